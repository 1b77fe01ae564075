//! What stands in the elements of a policy.

use stratiform_catalog::access;
use stratiform_finding::words::{listed, meant, shortened};
use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step, Value};

use super::place::Kind;
use crate::schema::{Form, Known, Look, Looked, named};

/// What `Version` can be.
const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

/// What the author calls the policy.
pub(super) fn name<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    is_misformed(look, value, Form::Scalar, path).map(drop)
}

pub(super) fn version<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    if is_misformed(look, value, Form::Scalar, path)? {
        return Ok(());
    }
    let Some(version) = look.word(value)? else {
        return Ok(());
    };
    let help = "write `2012-10-17`";
    if !VERSIONS.contains(&version.as_ref()) {
        let what = format!("the policy's `Version` is `{}`", shortened(&version));
        let why = "it is the version of the language, not of the policy";
        look.tell(path, Code::InvalidPolicy, what, why, help);
    } else if version == VERSIONS[1] {
        let why = "it takes `${aws:username}` and other variables for plain text";
        let what = "the policy is in IAM's old language";
        look.warn(path, Code::PolicyVersion, what, why, help);
    }
    Ok(())
}

/// Looks at one element of a statement.
pub(super) fn check<'t>(
    look: &mut Look<'_, 't>,
    kind: Kind,
    name: &str,
    value: &Value,
    path: &Path<'_>,
) -> Looked<'t> {
    match name {
        "Effect" => look.at_each(path, |look| effect(look, value, path)),
        "Sid" => look.at_each(path, |look| id(look, kind, value, path)),
        "Action" | "NotAction" => {
            look.at_each(path, |look| {
                if look.items(value)?.is_some_and(|items| items.is_empty()) {
                    let what = format!("{} is empty", named(path));
                    let why = "a statement is about at least one action";
                    look.tell(path, Code::InvalidPolicy, what, why, "add an action");
                }
                Ok(())
            })?;
            texts(look, value, path, &mut |look, text, path| {
                action(look, text, path);
            })
        }
        "Resource" | "NotResource" => texts(look, value, path, &mut |look, text, path| {
            resource(look, kind, text, path);
        }),
        "Principal" | "NotPrincipal" => look.inside(value, path, &mut principal),
        "Condition" => look.inside(value, path, &mut condition),
        _ => Ok(()),
    }
}

/// Asks about a text, or about each of a list, where it is known.
fn texts<'t>(
    look: &mut Look<'_, 't>,
    value: &Value,
    path: &Path<'_>,
    ask: &mut dyn FnMut(&mut Look<'_, 't>, &str, &Path<'_>),
) -> Looked<'t> {
    look.inside(value, path, &mut |look, value, path| match value {
        Value::List(items) => {
            for (position, item) in items.iter().enumerate() {
                let path = path.below(Step::Index(position));
                match item {
                    Value::List(_) => {
                        let why = "it is a text, or a list of texts";
                        let what = format!("an item of {} is a list", named(&path));
                        let help = "take out the inner brackets";
                        look.tell(&path, Code::InvalidPolicy, what, why, help);
                    }
                    item => texts(look, item, &path, ask)?,
                }
            }
            Ok(())
        }
        Value::Map(entries) if !look.may_grow(entries) => {
            let what = format!("{} is a map", named(path));
            let why = "it is a text, or a list of texts";
            look.tell(path, Code::InvalidPolicy, what, why, "write it as a text");
            Ok(())
        }
        value => look.at_each(path, |look| {
            if let Known::Value(known) = look.known(value)?
                && let Some(items) = known.as_list()
            {
                for text in items.iter().filter_map(Value::as_str) {
                    ask(look, text, path);
                }
            } else if let Some(text) = look.word(value)? {
                ask(look, &text, path);
            }
            Ok(())
        }),
    })
}

/// Tells what has another form than its element; whether it has.
fn is_misformed<'t>(
    look: &mut Look<'_, 't>,
    value: &Value,
    wanted: Form,
    path: &Path<'_>,
) -> Looked<'t, bool> {
    let Some(form) = look.misformed(value, wanted)? else {
        return Ok(false);
    };
    let what = format!("{} is {}", named(path), form.noun());
    let why = format!("it is {}, by IAM's grammar", wanted.noun());
    look.tell(
        path,
        Code::InvalidPolicy,
        what,
        why,
        "write it in that form",
    );
    Ok(true)
}

fn effect<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    if is_misformed(look, value, Form::Scalar, path)? {
        return Ok(());
    }
    let choices = ["Allow", "Deny"];
    if let Some(effect) = look.word(value)?
        && !choices.contains(&effect.as_ref())
    {
        let what = format!("`Effect` is `{}`", shortened(&effect));
        let help = meant(&effect, choices).unwrap_or_else(|| "write one of them".to_owned());
        let why = "it is `Allow` or `Deny`, by IAM's grammar";
        look.tell(path, Code::InvalidPolicy, what, why, help);
    }
    Ok(())
}

fn id<'t>(look: &mut Look<'_, 't>, kind: Kind, value: &Value, path: &Path<'_>) -> Looked<'t> {
    if !is_misformed(look, value, Form::Scalar, path)?
        && kind == Kind::Identity
        && let Some(id) = look.word(value)?
        && !id.chars().all(|letter| letter.is_ascii_alphanumeric())
    {
        let what = format!("`Sid` is `{}`", shortened(&id));
        let why = "it has letters and digits only in a policy of an identity";
        let name: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        let help = format!("write `{name}`");
        look.tell(path, Code::InvalidPolicy, what, why, help);
    }
    Ok(())
}

/// Types whose policies know their own service's actions only.
const OWN: [(&str, &str); 3] = [
    ("AWS::S3::BucketPolicy", "s3"),
    ("AWS::SNS::TopicPolicy", "sns"),
    ("AWS::SQS::QueuePolicy", "sqs"),
];

fn action(look: &mut Look<'_, '_>, written: &str, path: &Path<'_>) {
    if written == "*" {
        return;
    }
    let Some((service, name)) = written.split_once(':') else {
        let what = format!("`{}` is no action", shortened(written));
        let why = "an action is a service and what it does";
        let help = "write the service before it: `sqs:SendMessage`";
        return look.warn(path, Code::UnknownAction, what, why, help);
    };
    let lower = service.to_ascii_lowercase();
    let resource_type = look.subject.resource_type.name();
    if let Some((_, own)) = OWN.iter().find(|(about, _)| *about == resource_type)
        && lower != *own
    {
        let what = format!("`{}` is no action of `{own}`", shortened(written));
        let why = format!("a policy of {resource_type} is about its own service");
        return look.warn(path, Code::UnknownAction, what, why, "take it away");
    }
    let known = || access::actions(&lower).map(|all| all.map(|(name, _)| name));
    let Some(mut names) = known() else {
        // Whatever is meant with `*`, there is such a service.
        if lower.contains(['*', '?', '$']) {
            return;
        }
        let what = format!("IAM has no service `{}`", shortened(service));
        let why = format!("`{}` names it", shortened(written));
        let help = meant(&lower, access::services())
            .unwrap_or_else(|| "look it up in the Service Authorization Reference".to_owned());
        return look.warn(path, Code::UnknownAction, what, why, help);
    };
    let is_pattern = name.contains(['*', '?']);
    let is_known = match is_pattern {
        true => names.any(|known| matches(name.as_bytes(), known.as_bytes())),
        false => access::permission(written).is_some(),
    };
    if !is_known {
        let what = match is_pattern {
            true => format!("no action matches `{}`", shortened(written)),
            false => format!("IAM has no action `{}`", shortened(written)),
        };
        let names = || known().into_iter().flatten();
        let why = format!("none of the {} actions of `{lower}`", names().count());
        let help = meant(name, names())
            .unwrap_or_else(|| "look it up in the Service Authorization Reference".to_owned());
        look.warn(path, Code::UnknownAction, what, why, help);
    }
}

/// Whether a pattern of `*` and `?` is a text, in letters of any size.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(letter) if *letter == b'?' || letter.eq_ignore_ascii_case(&text[seen]) => {
                at += 1;
                seen += 1;
            }
            _ => match star {
                Some((position, from)) => {
                    at = position + 1;
                    seen = from + 1;
                    star = Some((position, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

fn resource(look: &mut Look<'_, '_>, kind: Kind, written: &str, path: &Path<'_>) {
    if kind == Kind::Other {
        return;
    }
    let is_all = written == "*";
    if is_all && kind != Kind::Bucket {
        return;
    }
    let parts: Vec<&str> = written.splitn(6, ':').collect();
    let why = match &parts[..] {
        _ if is_all => "S3 wants the bucket, and what is in it, in a bucket's policy",
        ["arn", _, service, ..] if !service.is_empty() => return,
        _ => "it is an ARN, or `*`",
    };
    let what = format!("the resource is `{}`", shortened(written));
    let help = match is_all {
        true => "write `arn:aws:s3:::bucket/*`, or `!Sub ${Bucket.Arn}/*`",
        false => "write its ARN, or refer to it with `Fn::GetAtt`",
    };
    look.tell(path, Code::InvalidPolicy, what, why, help);
}

/// Whom `Principal` can name.
const PRINCIPALS: [&str; 4] = ["AWS", "CanonicalUser", "Federated", "Service"];

fn principal<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let entries = match value {
        Value::Map(entries) => entries,
        Value::List(_) => {
            let why = "it is `*`, or a map";
            let help = "write `AWS:` before the list";
            look.tell(
                path,
                Code::InvalidPolicy,
                "the principal is a list",
                why,
                help,
            );
            return Ok(());
        }
        value => {
            return look.at_each(path, |look| {
                if let Some(text) = look.word(value)?
                    && text != "*"
                {
                    let what = format!("the principal is `{}`", shortened(&text));
                    let why = "it is `*`, or a map";
                    let help = match text.ends_with(".amazonaws.com") {
                        true => format!("write `Service: {}`", shortened(&text)),
                        false => format!("write `AWS: {}`", shortened(&text)),
                    };
                    look.tell(path, Code::InvalidPolicy, what, why, help);
                }
                Ok(())
            });
        }
    };
    for (name, value) in entries {
        let path = path.key(name);
        if name == "AWS" {
            texts(look, value, &path, &mut account)?;
        } else if PRINCIPALS.contains(&name.as_str()) {
            texts(look, value, &path, &mut |_, _, _| {})?;
        } else if !name.starts_with("Fn::") {
            let what = format!("`{name}` is no kind of principal");
            let why = format!("there are {}", listed(PRINCIPALS));
            let help = meant(name, PRINCIPALS).unwrap_or_else(|| "use one of them".to_owned());
            look.tell(&path, Code::InvalidPolicy, what, why, help);
        }
    }
    Ok(())
}

/// An account, or somebody in one: an account ID, an ARN, or the unique ID of a user or role.
fn account(look: &mut Look<'_, '_>, written: &str, path: &Path<'_>) {
    let is_id = |length| written.len() == length && written.bytes().all(|one| one.is_ascii_digit());
    let is_unique = written.len() >= 16
        && written.starts_with('A')
        && written
            .bytes()
            .all(|one| one.is_ascii_uppercase() || one.is_ascii_digit());
    let parts: Vec<&str> = written.split(':').collect();
    let is_arn = match parts[..] {
        ["arn", _, "iam" | "sts", _, account, _, ..] => {
            let is_account = account.len() == 12 && account.bytes().all(|one| one.is_ascii_digit());
            is_account || ["cloudfront", "aws", "*"].contains(&account) || account.contains('$')
        }
        _ => false,
    };
    if written == "*" || is_id(12) || is_unique || is_arn {
        return;
    }
    let what = format!("the principal is `{}`", shortened(written));
    let why = "it is `*`, an account's ID, or the ARN of a user or role";
    let help = match written.ends_with(".amazonaws.com") {
        true => "write it below `Service`",
        false => "write `arn:aws:iam::123456789012:root` for a whole account",
    };
    look.tell(path, Code::InvalidPolicy, what, why, help);
}

/// Operators of conditions, without what goes before and after.
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];

fn condition<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let Some(entries) = value.as_map() else {
        return look.at_each(path, |look| {
            is_misformed(look, value, Form::Map, path).map(drop)
        });
    };
    for (written, tests) in entries {
        let path = path.key(written);
        let several = ["ForAllValues:", "ForAnyValue:"];
        let bare = several.iter().find_map(|which| written.strip_prefix(which));
        let bare = bare.unwrap_or(written);
        let bare = bare.strip_suffix("IfExists").unwrap_or(bare);
        let is_known = OPERATORS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(bare));
        if !is_known && !written.starts_with("Fn::") {
            let what = format!("IAM has no operator `{}`", shortened(written));
            let why = "a condition compares with one of IAM's operators";
            let help = meant(bare, OPERATORS)
                .unwrap_or_else(|| "use one of them, such as `StringEquals`".to_owned());
            look.tell(&path, Code::UnknownOperator, what, why, help);
        }
        look.inside(tests, &path, &mut |look, tests, path| {
            for (name, value) in tests.as_map().into_iter().flatten() {
                let path = path.key(name);
                key(look, name, &path);
                texts(look, value, &path, &mut |_, _, _| {})?;
            }
            if matches!(tests, Value::Map(_)) {
                return Ok(());
            }
            look.at_each(path, |look| {
                if look.misformed(tests, Form::Map)?.is_none() {
                    return Ok(());
                }
                let what = format!("`{}` compares nothing", shortened(written));
                let why = "below an operator stand keys with what they are compared with";
                let help = "write `key: value` below it";
                look.tell_as(Level::Error, path, Code::InvalidPolicy, what, why, help);
                Ok(())
            })
        })?;
    }
    Ok(())
}

/// A key of a service. AWS's own, and those of whoever vouches for users, are held against nothing here.
fn key(look: &mut Look<'_, '_>, written: &str, path: &Path<'_>) {
    let Some((service, name)) = written.split_once(':') else {
        return;
    };
    let lower = service.to_ascii_lowercase();
    let known = || access::keys(&lower).into_iter().flatten();
    let has_keys = access::keys(&lower).is_some_and(|mut keys| keys.next().is_some());
    if !has_keys
        || written.contains("${")
        || known().any(|known| matches(known.as_bytes(), name.as_bytes()))
    {
        return;
    }
    let what = format!("`{lower}` has no condition key `{}`", shortened(written));
    let why = format!(
        "none of the {} keys of `{lower}`: no request has it",
        known().count()
    );
    let full: Vec<String> = known().map(|key| format!("{lower}:{key}")).collect();
    let help = meant(written, full.iter().map(String::as_str))
        .unwrap_or_else(|| "look it up in the Service Authorization Reference".to_owned());
    look.warn(path, Code::UnknownConditionKey, what, why, help);
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match() {
        for (pattern, text, expected) in [
            ("get*", "getobject", true),
            ("*", "", true),
            ("g?t*", "getobject", true),
            ("*object", "getobject", true),
            ("get", "getobject", false),
            ("*b*b", "objectb", true),
            ("get*x", "getobject", false),
        ] {
            let found = matches(pattern.as_bytes(), text.as_bytes());
            assert_eq!(found, expected, "{pattern} {text}");
        }
    }
}
