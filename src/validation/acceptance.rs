//! What somebody accepts: why, who, and until when.

use std::collections::HashSet;

use stratiform_finding::{Code, Finding, Level, Place};

use super::Verdict;

/// Why may something be as it is?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Acceptance {
    /// The command line says so.
    Allowed,
    /// It is written untyped in the code of the stack.
    Untyped,
    /// Its line says that it is no secret.
    Marked,
    /// The environment's file says so, or the template.
    Risk(Box<Risk>),
}

/// A decision to live with something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Risk {
    /// Why.
    pub reason: String,
    /// Who decided.
    pub owner: Option<String>,
    /// The last day on which it is accepted.
    pub until: Option<String>,
    /// Where it is written; none where nobody looked.
    pub place: Option<Place>,
}

impl Risk {
    /// Whether its last day is over.
    fn is_over(&self, today: &str) -> bool {
        self.until.as_deref().is_some_and(|day| day < today)
    }

    /// The reason with what else there is: `it is a test (web, until 2027-03-31)`.
    fn told(&self) -> String {
        let until = self.until.as_ref().map(|day| format!("until {day}"));
        let more: Vec<String> = self.owner.iter().cloned().chain(until).collect();
        match more.as_slice() {
            [] => self.reason.clone(),
            more => format!("{} ({})", self.reason, more.join(", ")),
        }
    }
}

impl Acceptance {
    /// The same in words.
    pub(crate) fn reason(&self) -> String {
        match self {
            Acceptance::Allowed => "--allow".to_owned(),
            Acceptance::Untyped => "untyped in the code of the stack".to_owned(),
            Acceptance::Marked => "its line says that it is no secret".to_owned(),
            Acceptance::Risk(risk) => risk.told(),
        }
    }

    /// The decision of an environment's file or a template.
    pub(crate) fn risk(&self) -> Option<&Risk> {
        match self {
            Acceptance::Risk(risk) => Some(risk),
            Acceptance::Allowed | Acceptance::Untyped | Acceptance::Marked => None,
        }
    }

    /// Whether its last day is over.
    pub(crate) fn is_over(&self, today: &str) -> bool {
        self.risk().is_some_and(|risk| risk.is_over(today))
    }
}

/// A decision as it is written, whether or not anything is found that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Written {
    /// What is accepted.
    pub code: Code,
    /// For which resources, as it is written; empty in a template.
    pub resource: String,
    /// The decision.
    pub risk: Risk,
}

/// What ends an acceptance, told where it is written: once, however much it is about.
pub(super) fn expired(code: Code, risk: &Risk) -> Finding {
    let day = risk.until.as_deref().unwrap_or_default();
    let what = format!("`{code}` was accepted until {day}, and is still found");
    let why = match &risk.owner {
        Some(owner) => format!("{owner} decided: {}", risk.reason),
        None => format!("the reason was: {}", risk.reason),
    };
    let help = match &risk.owner {
        Some(owner) => format!("mend it, or ask {owner} for another `until`"),
        None => "mend it, or decide again, with another `until`; nobody is named as its owner"
            .to_owned(),
    };
    let finding = Finding::new(Code::ExpiredAcceptance, what, help).because(why);
    risk.place.iter().cloned().fold(finding, Finding::at)
}

impl Verdict {
    /// What is written down as accepted and is about nothing that was found: it can go. Only where all has been asked that
    /// it could be about.
    pub(crate) fn tell_unused(&mut self) {
        let used = self.found.iter().filter_map(|found| {
            let risk = found.accepted.as_ref()?.risk()?;
            Some((found.finding.code, risk.place.clone()))
        });
        let expired = self.expired.iter().cloned();
        let used: HashSet<(Code, Option<Place>)> = used.chain(expired).collect();
        let mut told = HashSet::new();
        let written = std::mem::take(&mut self.written);
        let unused = written.iter().filter(|written| {
            let key = (written.code, written.risk.place.clone());
            !used.contains(&key) && told.insert(key)
        });
        let unused: Vec<Finding> = unused.map(unused_finding).collect();
        self.tell(unused);
    }
}

fn unused_finding(written: &Written) -> Finding {
    let Written {
        code,
        resource,
        risk,
    } = written;
    let about = match resource.as_str() {
        "" => String::new(),
        resource => format!(" for `{resource}`"),
    };
    let what = format!("`{code}` is accepted{about}, and nothing is found there");
    let why = "it would accept the next thing of its kind, which nobody decided";
    let finding = Finding {
        level: Level::Warning,
        ..Finding::new(Code::UnusedAcceptance, what, "take it away").because(why)
    };
    risk.place.iter().cloned().fold(finding, Finding::at)
}
