//! What our policies say.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_finding::Level;
use stratiform_template::{Template, Value};
use stratiform_validate::policy::{ALL, Answer, Levels, ask};

use super::checkov::Failure;
use super::corpus::Case;

/// What some policies say of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// One is broken.
    Broken,
    /// None is, and of one nobody knows.
    Unknown,
    /// All hold, or are not about it.
    Nothing,
}

/// A resource: the template's name, and the logical ID.
type Place = (String, String);

/// All answers.
#[derive(Debug, Default)]
pub(super) struct Ours {
    pub(super) resources: usize,
    /// Resource → policies that are broken there.
    broken: BTreeMap<Place, BTreeSet<&'static str>>,
    unknown: BTreeMap<Place, BTreeSet<&'static str>>,
    /// Resource → its properties.
    properties: BTreeMap<Place, Value>,
}

impl Ours {
    /// Asks about every template, each policy.
    ///
    /// # Errors
    /// One is no template.
    pub(super) fn ask(cases: &[Case]) -> Result<Ours, String> {
        let mut levels = Levels::default();
        for policy in ALL.iter().filter(|policy| policy.level.is_none()) {
            levels.set(policy, Some(Level::Note));
        }
        let mut ours = Ours::default();
        for case in cases {
            let told = |findings: Vec<_>| stratiform_finding::one_line(&findings);
            let template = Template::parse(&case.text)
                .map_err(told)
                .map_err(|error| format!("{}: {error}", case.name))?;
            for (logical_id, resource) in template.each_resource() {
                let place = (case.name.clone(), logical_id.to_owned());
                let properties = Value::Map(resource.properties.clone());
                ours.properties.insert(place, properties);
                ours.resources += 1;
            }
            for answered in ask(&template, &[&case.region], &levels).answers {
                let Some(logical_id) = answered.path.get(1) else {
                    continue;
                };
                let place = (case.name.clone(), logical_id.clone());
                let kind = match answered.answer {
                    Answer::Broken => &mut ours.broken,
                    Answer::Unknown => &mut ours.unknown,
                    Answer::Holds => continue,
                };
                kind.entry(place)
                    .or_default()
                    .insert(answered.code.as_str());
            }
        }
        Ok(ours)
    }

    /// What some policies say of the resource of a failure.
    pub(super) fn said(&self, failure: &Failure, policies: &[String]) -> Said {
        let place = (failure.template.clone(), failure.logical_id.clone());
        let has = |kind: &BTreeMap<Place, BTreeSet<&'static str>>| {
            let said = kind.get(&place);
            said.is_some_and(|said| policies.iter().any(|policy| said.contains(policy.as_str())))
        };
        match (has(&self.broken), has(&self.unknown)) {
            (true, _) => Said::Broken,
            (false, true) => Said::Unknown,
            (false, false) => Said::Nothing,
        }
    }

    /// The properties of the resource of a failure, as text.
    pub(super) fn text(&self, failure: &Failure) -> String {
        let place = (failure.template.clone(), failure.logical_id.clone());
        let properties = self.properties.get(&place);
        properties.map(Value::to_json).unwrap_or_default()
    }
}
