//! The parameters of a call, whatever protocol they came in.
//!
//! In the Query protocol all scalars are text, and a list that is empty is an empty text.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use stratiform_service::Word;
use stratiform_service::change_set::{DeploymentConfig, RollbackConfiguration, RollbackTrigger};

use crate::input::Refused;
use crate::intake::GivenParameter;

/// The parameters of a call, or a structure among them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arguments<'a>(Option<&'a Map<String, Value>>);

impl<'a> Arguments<'a> {
    pub(crate) fn new(parameters: &'a Value) -> Arguments<'a> {
        Arguments(parameters.as_object())
    }

    /// The parameter of a name.
    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name).filter(|value| !value.is_null())
    }

    /// A text; none where it is empty.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A text that has to be there.
    pub(crate) fn needed(self, name: &str) -> Result<&'a str, Refused> {
        self.text(name).ok_or_else(|| {
            let member = uncapitalized(name);
            Refused::validation(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    /// A truth value.
    pub(crate) fn flag(self, name: &str) -> Result<Option<bool>, Refused> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "" => Ok(None),
                "true" | "1" => Ok(Some(true)),
                "false" | "0" => Ok(Some(false)),
                _ => Err(malformed(text, "Boolean")),
            },
            Some(other) => Err(malformed(&other.to_string(), "Boolean")),
        }
    }

    /// Whether something is so; it is not where nothing is said.
    pub(crate) fn is(self, name: &str) -> Result<bool, Refused> {
        Ok(self.flag(name)?.unwrap_or(false))
    }

    /// A whole number from 0 on.
    pub(crate) fn number(self, name: &str) -> Result<Option<u32>, Refused> {
        let text = match self.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) if text.is_empty() => return Ok(None),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let number = text.trim_start_matches('+').parse();
        number.map(Some).map_err(|_| malformed(&text, "Integer"))
    }

    /// A list; none where it is not there at all.
    pub(crate) fn list(self, name: &str) -> Option<&'a [Value]> {
        match self.get(name)? {
            Value::Array(items) => Some(items),
            Value::String(text) if text.is_empty() => Some(&[]),
            _ => None,
        }
    }

    /// A list of texts.
    pub(crate) fn texts(self, name: &str) -> Option<Vec<String>> {
        let items = self.list(name)?.iter();
        Some(items.filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// A list of structures.
    pub(crate) fn structures(self, name: &str) -> Option<Vec<Arguments<'a>>> {
        let items = self.list(name)?.iter();
        Some(items.map(Arguments::new).collect())
    }

    /// A structure.
    pub(crate) fn structure(self, name: &str) -> Option<Arguments<'a>> {
        self.get(name)
            .filter(|value| value.is_object())
            .map(Arguments::new)
    }

    /// All parameters as they came.
    pub(crate) fn all(self) -> Value {
        self.0.cloned().map_or(Value::Null, Value::Object)
    }

    /// `Parameters` of a stack.
    pub(crate) fn parameters(self) -> Result<Vec<GivenParameter>, Refused> {
        let given = self.structures("Parameters").unwrap_or_default();
        let given = given.into_iter().map(|parameter| {
            Ok(GivenParameter {
                parameter_key: parameter.needed("ParameterKey")?.to_owned(),
                // An empty text is a value.
                parameter_value: parameter.get("ParameterValue").map(|value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                }),
                use_previous_value: parameter.flag("UsePreviousValue")?,
            })
        });
        given.collect()
    }

    /// `Tags`; none where they are not there at all.
    pub(crate) fn tags(self) -> Result<Option<IndexMap<String, String>>, Refused> {
        let Some(tags) = self.structures("Tags") else {
            return Ok(None);
        };
        let mut all = IndexMap::new();
        for tag in tags {
            let key = tag.needed("Key")?.to_owned();
            let value = tag.get("Value").and_then(Value::as_str);
            let before = all.insert(key, value.unwrap_or_default().to_owned());
            if before.is_some() {
                return Err(Refused::validation("Tag keys must be unique."));
            }
        }
        Ok(Some(all))
    }

    /// `RollbackConfiguration`; the first is what stays of the one before where a part is not there at all.
    pub(crate) fn rollback(
        self,
        before: &RollbackConfiguration,
    ) -> Result<RollbackConfiguration, Refused> {
        let Some(given) = self.structure("RollbackConfiguration") else {
            return Ok(before.clone());
        };
        let triggers = match given.structures("RollbackTriggers") {
            None => before.rollback_triggers.clone(),
            Some(triggers) => {
                let triggers = triggers.into_iter().map(|trigger| {
                    Ok(RollbackTrigger {
                        arn: trigger.needed("Arn")?.to_owned(),
                        trigger_type: trigger.needed("Type")?.to_owned(),
                    })
                });
                triggers.collect::<Result<_, Refused>>()?
            }
        };
        let minutes = given.number("MonitoringTimeInMinutes")?;
        Ok(RollbackConfiguration {
            monitoring_time_in_minutes: minutes.or(before.monitoring_time_in_minutes),
            rollback_triggers: triggers,
        })
    }

    /// `DeploymentConfig`.
    pub(crate) fn config(self) -> Result<Option<DeploymentConfig>, Refused> {
        let Some(given) = self.structure("DeploymentConfig") else {
            return Ok(None);
        };
        Ok(Some(DeploymentConfig {
            disable_rollback: given.flag("DisableRollback")?,
            mode: given.text("Mode").map(Word::new),
        }))
    }
}

/// A scalar that is none.
///
/// Source: AWS Query, as IAM and STS answer it.
fn malformed(text: &str, kind: &str) -> Refused {
    Refused::new("MalformedInput", format!("'{text}' is not a valid {kind}"))
}

/// The name of a member, as messages write it.
pub(crate) fn uncapitalized(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
