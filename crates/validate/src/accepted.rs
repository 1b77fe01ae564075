//! What a template says may be so: `Metadata: {stratiform: {accept: […]}}`, of a resource or of the template.
//!
//! What lives here: reading it, and what is wrong with it. What does not: the acceptances of an environment's file, and
//! what day it is.

use stratiform_finding::words::{listed, meant};
use stratiform_finding::{Code, Finding};
use stratiform_template::{Map, Template, Value};

/// Something that a template accepts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Accepted {
    /// What of it is accepted: findings with this code.
    pub code: Code,
    /// Why.
    pub reason: String,
    /// Who decided so.
    pub owner: Option<String>,
    /// The last day on which it is accepted: `2027-03-31`.
    pub until: Option<String>,
    /// Where it is written: keys and list positions from the top of the template.
    pub path: Vec<String>,
}

impl Accepted {
    /// Whether it is about a finding: its resource's, or any of the template's.
    pub fn covers(&self, finding: &Finding) -> bool {
        let about = match self.path.first().map(String::as_str) {
            Some("Resources") => self.path.get(..2),
            _ => Some(&[][..]),
        };
        self.code == finding.code && about.is_some_and(|about| finding.path.starts_with(about))
    }
}

/// What an entry has.
const FIELDS: [&str; 4] = ["code", "reason", "owner", "until"];

/// What a template accepts, and what it would accept if it were written as it has to be.
pub fn accepted(template: &Template) -> (Vec<Accepted>, Vec<Finding>) {
    let mut found = (Vec::new(), Vec::new());
    read(&template.metadata, vec!["Metadata".to_owned()], &mut found);
    for (logical_id, resource) in template.each_resource() {
        if let Some(metadata) = resource.metadata.as_ref().and_then(Value::as_map) {
            let path = ["Resources", logical_id, "Metadata"];
            read(metadata, path.map(str::to_owned).to_vec(), &mut found);
        }
    }
    found
}

fn read(
    metadata: &Map,
    mut path: Vec<String>,
    (accepted, wrong): &mut (Vec<Accepted>, Vec<Finding>),
) {
    const OURS: &str = "stratiform";
    const ENTRIES: &str = "accept";
    let Some(ours) = metadata.get(OURS) else {
        return;
    };
    path.push(OURS.to_owned());
    let Some(entries) = ours.as_map().and_then(|ours| ours.get(ENTRIES)) else {
        return;
    };
    path.push(ENTRIES.to_owned());
    let Some(entries) = entries.as_list() else {
        let help = "write a list: `- {code: …, reason: …}`";
        return wrong.push(malformed("what is accepted is no list", help, path));
    };
    for (position, written) in entries.iter().enumerate() {
        let path = [&path[..], &[position.to_string()]].concat();
        match entry(written, &path) {
            Ok(entry) => accepted.push(entry),
            Err(finding) => wrong.push(*finding),
        }
    }
}

fn malformed(what: impl Into<String>, help: impl Into<String>, path: Vec<String>) -> Finding {
    let why = format!("an acceptance has {}, all of them text", listed(FIELDS));
    Finding {
        path,
        ..Finding::new(Code::InvalidAcceptance, what, help).because(why)
    }
}

fn entry(written: &Value, path: &[String]) -> Result<Accepted, Box<Finding>> {
    let below = |name: &str| [path, &[name.to_owned()]].concat();
    let refused = |what: String, help: &str, path: Vec<String>| -> Box<Finding> {
        Box::new(malformed(what, help, path))
    };
    let Some(fields) = written.as_map() else {
        let what = "an acceptance is no map".to_owned();
        let help = "write a map: `{code: …, reason: …}`";
        return Err(refused(what, help, path.to_vec()));
    };
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let help = meant(unknown, FIELDS).unwrap_or_else(|| "take it away".to_owned());
        let what = format!("an acceptance has nothing called `{unknown}`");
        return Err(refused(what, &help, below(unknown)));
    }
    let text = |name: &str| match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.to_string())),
        Some(_) => {
            let what = format!("the `{name}` of an acceptance is no text");
            Err(refused(what, "write it out, in quotes", below(name)))
        }
    };
    let needed = |name: &str, help: &str| match text(name)? {
        Some(text) => Ok(text),
        None => {
            let what = format!("an acceptance does not say its `{name}`");
            Err(refused(what, help, path.to_vec()))
        }
    };
    const CODE: &str = "write what stands in brackets: `storage-encrypted`";
    let code = needed("code", CODE)?;
    let code = code.parse::<Code>().map_err(|unknown| {
        let near = unknown
            .nearest
            .map(|near| format!("did you mean `{near}`?"));
        let what = format!("no finding has the code `{code}`");
        refused(what, near.as_deref().unwrap_or(CODE), below("code"))
    })?;
    let reason = needed("reason", "say why it may be so")?;
    let until = text("until")?;
    if until.as_deref().is_some_and(|day| !is_day(day)) {
        let what = "the `until` of an acceptance is no day".to_owned();
        let help = "write one such as `2027-03-31`, in quotes";
        return Err(refused(what, help, below("until")));
    }
    Ok(Accepted {
        code,
        reason,
        owner: text("owner")?,
        until,
        path: path.to_vec(),
    })
}

/// Whether a text is a day that can be compared as one: `2027-03-31`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize, most: u32| {
        let is_number = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number
            && part
                .parse::<u32>()
                .is_ok_and(|number| (1..=most).contains(&number))
    };
    matches!(parts[..], [year, month, day]
        if number(year, 4, 9999) && number(month, 2, 12) && number(day, 2, 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(metadata: &str) -> String {
        let text = format!(
            "Metadata: {{stratiform: {{accept: {metadata}}}}}\nResources: {{T: {{Type: AWS::SNS::Topic}}}}"
        );
        let (accepted, wrong) = accepted(&Template::parse(&text).unwrap());
        let accepted = accepted.iter().map(|one| {
            format!(
                "{} {} {:?} {:?}",
                one.code, one.reason, one.owner, one.until
            )
        });
        let wrong = wrong.iter().map(|finding| {
            format!(
                "{}: {}; {}",
                finding.path[3..].join("/"),
                finding.what,
                finding.help
            )
        });
        accepted.chain(wrong).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_acceptance_says_what_and_why_and_perhaps_who_and_until_when() {
        insta::assert_snapshot!(
            [
                "[{code: bucket-public, reason: it is a web page}]",
                "[{code: bucket-public, reason: it is a web page, owner: web, until: '2027-03-31'}]",
                "bucket-public",
                "[bucket-public]",
                "[{code: bucket-public}]",
                "[{code: bucket-publik, reason: because}]",
                "[{code: CKV_AWS_1, reason: because}]",
                "[{code: bucket-public, reason: ''}]",
                "[{code: bucket-public, reason: because, resource: T}]",
                "[{code: bucket-public, reason: because, untill: '2027-03-31'}]",
                "[{code: bucket-public, reason: because, until: '31.3.2027'}]",
                "[{code: bucket-public, reason: because, until: '2027-13-01'}]",
                "[{code: bucket-public, reason: {Ref: T}}]",
            ]
            .map(told)
            .join("\n")
        );
    }

    #[test]
    fn a_resource_accepts_for_itself_and_a_template_for_all() {
        let text = "
Metadata: {stratiform: {accept: [{code: null-value, reason: all of them}]}}
Resources:
  T: {Type: AWS::SNS::Topic, Metadata: {stratiform: {accept: [{code: bucket-public, reason: only this}]}}}
";
        let (accepted, _) = accepted(&Template::parse(text).unwrap());
        let covers = |code: Code, path: [&str; 2]| {
            let finding = Finding {
                path: path.map(str::to_owned).to_vec(),
                ..Finding::new(code, "", "")
            };
            accepted.iter().any(|one| one.covers(&finding))
        };
        assert!(covers(Code::NullValue, ["Outputs", "O"]));
        assert!(covers(Code::BucketPublic, ["Resources", "T"]));
        assert!(!covers(Code::BucketPublic, ["Resources", "U"]));
        assert!(!covers(Code::ValueType, ["Resources", "T"]));
    }
}
