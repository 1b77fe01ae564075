//! What a stack tells the stacks in it to do.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use stratiform_service::{ExecutionStatus, StackId, StackStatus};

use crate::agenda::Place;
use crate::change_set::Child;
use crate::input::{Effect, Refused};
use crate::intake::{self, GivenParameter};
use crate::operation::nested::Errand;
use crate::operation::{Deferred, Options, Purpose, Stage};
use crate::stack::{Deployment, Stack};
use crate::state::State;

/// A stack in another one that is to be made.
struct New {
    parent: StackId,
    root: StackId,
    logical_id: String,
    reviewed: Option<Child>,
}

impl State {
    /// Runs an errand of a stack for one in it.
    pub(crate) fn run_errand(
        &mut self,
        realm: usize,
        parent: &StackId,
        root: StackId,
        logical_id: &str,
        what: Errand,
        effects: &mut Vec<Effect>,
    ) {
        let at = |stack: String| Place { realm, stack };
        let (child, outcome) = match what {
            Errand::Create {
                reviewed,
                properties,
                tags,
            } => {
                let new = New {
                    parent: parent.clone(),
                    root,
                    logical_id: logical_id.to_owned(),
                    reviewed,
                };
                let begun = self.begin_nested(realm, new, &properties, tags, effects);
                let begun = begun
                    .map(|id| id.to_string())
                    .map_err(|refused| refused.message);
                self.with_stack(&at(parent.to_string()), effects, |stack, around| {
                    stack.nested_began(logical_id, begun, around);
                });
                return;
            }
            Errand::Update {
                stack,
                reviewed,
                properties,
                tags,
            } => {
                let place = at(stack.clone());
                let reviewed = reviewed.as_ref();
                let outcome = self.update_nested(&place, reviewed, &properties, tags, effects);
                (stack, outcome)
            }
            Errand::Delete { stack } => {
                let outcome = self.delete_nested(&at(stack.clone()), effects);
                (stack, outcome)
            }
            Errand::RollBack { stack } => {
                let outcome = self.roll_back_nested(&at(stack.clone()), effects);
                (stack, outcome)
            }
            Errand::CleanUp { stack } => {
                self.with_stack(&at(stack), effects, |stack, around| {
                    let stage = stack.operation.as_ref().map(|operation| operation.stage);
                    if stage == Some(Stage::Held) {
                        stack.clean_up(around);
                    }
                });
                return;
            }
            Errand::Cancel { stack } => {
                self.with_stack(&at(stack), effects, |stack, around| {
                    if stack.status == StackStatus::CreateInProgress
                        || stack.status == StackStatus::UpdateInProgress
                    {
                        stack.call_off("Resource creation cancelled".to_owned(), around);
                    }
                });
                return;
            }
        };
        // What it is told is done at once, or will not be; or it says later how it went.
        if let (Some(outcome), Ok(child)) = (outcome, child.parse()) {
            let returned = Deferred::Returned {
                realm,
                child,
                parent: parent.clone(),
                logical_id: logical_id.to_owned(),
                outcome,
            };
            self.carry_out(returned, effects);
        }
    }

    fn begin_nested(
        &mut self,
        realm: usize,
        new: New,
        properties: &Map<String, Value>,
        tags: IndexMap<String, String>,
        effects: &mut Vec<Effect>,
    ) -> Result<StackId, Refused> {
        let place = match &new.reviewed {
            Some(child) => Place {
                realm,
                stack: child.stack.to_string(),
            },
            None => {
                let name = self.nested_name(realm, &new.parent, &new.logical_id);
                self.place_of_new(realm, &name)?
            }
        };
        let mut deployment = self.nested_deployment(&place, properties, tags, None)?;
        self.processed(&place, &mut deployment)?;
        let minutes = properties.get("TimeoutInMinutes").and_then(Value::as_str);
        let minutes = minutes.and_then(|minutes| minutes.parse().ok());
        let options = self.below(realm, new.reviewed.as_ref());
        let id = self.with_stack(&place, effects, |stack, around| {
            stack.parent = Some((new.parent, new.logical_id));
            stack.root = Some(new.root);
            stack.timeout_minutes = minutes;
            stack.executing.clone_from(&options.change_set);
            stack.begin(Purpose::Create, deployment, options, around);
            stack.id.clone()
        });
        id.ok_or_else(crate::call::missing)
    }

    /// How a stack in another one is deployed: as its change set says, where it has one.
    fn below(&mut self, realm: usize, reviewed: Option<&Child>) -> Options {
        let Some((child, realm)) = reviewed.zip(self.realms.get_mut(realm)) else {
            return Options::default();
        };
        let id = child.change_set.to_string();
        realm.drop_change_sets(child.stack.as_str(), Some(&id));
        let Some(change_set) = realm.change_sets.get_mut(&id) else {
            return Options::default();
        };
        change_set.execution = ExecutionStatus::ExecuteInProgress;
        Options {
            change_set: Some(id),
            reviewed: change_set.children.clone(),
            ..Options::default()
        }
    }

    /// A name for a stack in another one.
    pub(crate) fn nested_name(
        &mut self,
        realm: usize,
        parent: &StackId,
        logical_id: &str,
    ) -> String {
        let suffix = self.ids.upper(13);
        let realm = self.realms.get(realm);
        let parent = realm.and_then(|realm| realm.stacks.get(parent.as_str()));
        let parent = parent.map_or("", |stack| stack.name.as_str());
        format!("{parent}-{logical_id}-{suffix}")
    }

    /// None where it will say how it went.
    fn update_nested(
        &mut self,
        place: &Place,
        reviewed: Option<&Child>,
        properties: &Map<String, Value>,
        tags: IndexMap<String, String>,
        effects: &mut Vec<Effect>,
    ) -> Option<Result<(), String>> {
        let before = self.nested(place)?.deployment.clone();
        let deployment = self
            .nested_deployment(place, properties, tags, Some(&before))
            .and_then(|mut deployment| {
                self.processed(place, &mut deployment)?;
                Ok(deployment)
            });
        let deployment = match deployment {
            Ok(deployment) => deployment,
            Err(refused) => return Some(Err(refused.message)),
        };
        let realm = self.realms.get(place.realm)?;
        let stack = realm.stacks.get(&place.stack)?;
        let adopted = IndexMap::new();
        if !self
            .computed(realm, stack, deployment.clone(), &adopted)
            .changes
        {
            return Some(Ok(()));
        }
        let options = self.below(place.realm, reviewed);
        self.with_stack(place, effects, |stack, around| {
            stack.executing.clone_from(&options.change_set);
            stack.begin(Purpose::Update, deployment, options, around);
        });
        None
    }

    fn delete_nested(
        &mut self,
        place: &Place,
        effects: &mut Vec<Effect>,
    ) -> Option<Result<(), String>> {
        let is_gone = self
            .nested(place)
            .is_none_or(|stack| stack.status == StackStatus::DeleteComplete);
        if is_gone {
            return Some(Ok(()));
        }
        self.with_stack(place, effects, |stack, around| {
            stack.begin_deletion(None, Vec::new(), false, around);
        });
        None
    }

    /// A stack in another one that was updated is updated back.
    fn roll_back_nested(
        &mut self,
        place: &Place,
        effects: &mut Vec<Effect>,
    ) -> Option<Result<(), String>> {
        let stack = self.nested(place)?;
        let stage = stack.operation.as_ref().map(|operation| operation.stage);
        match (stage, stack.status) {
            (Some(Stage::Held), _) => {
                self.with_stack(place, effects, |stack, around| {
                    let reason = "The stack around it goes back".to_owned();
                    stack.roll_back_update(StackStatus::UpdateRollbackInProgress, reason, around);
                });
                None
            }
            // It is on its way back already, and will say when it is there.
            (Some(Stage::Back | Stage::BackCleanup), _) => None,
            (_, StackStatus::UpdateRollbackFailed) => Some(Err(format!(
                "Embedded stack {} is in UPDATE_ROLLBACK_FAILED",
                stack.id
            ))),
            (_, StackStatus::UpdateComplete) => match stack.before_last.clone() {
                Some(before) => {
                    self.with_stack(place, effects, |stack, around| {
                        let options = Options::default();
                        stack.begin(Purpose::Update, *before, options, around);
                    });
                    None
                }
                None => Some(Ok(())),
            },
            _ => Some(Ok(())),
        }
    }

    fn nested(&self, place: &Place) -> Option<&Stack> {
        self.realms.get(place.realm)?.stack(&place.stack)
    }

    pub(crate) fn nested_deployment(
        &self,
        place: &Place,
        properties: &Map<String, Value>,
        tags: IndexMap<String, String>,
        before: Option<&Deployment>,
    ) -> Result<Deployment, Refused> {
        let url = properties.get("TemplateURL").and_then(Value::as_str);
        let body = properties.get("TemplateBody").and_then(Value::as_str);
        let original = match (url, body) {
            (Some(url), _) => self.fetched(place.realm, url)?,
            (None, Some(body)) => body.to_owned(),
            (None, None) => String::new(),
        };
        let intake = intake::read(&original)?;
        let given = properties.get("Parameters").and_then(Value::as_object);
        let given: Vec<GivenParameter> = given
            .into_iter()
            .flatten()
            .map(|(key, value)| GivenParameter {
                parameter_key: key.clone(),
                parameter_value: Some(text(value)),
                use_previous_value: None,
            })
            .collect();
        let own = properties.get("Tags").and_then(Value::as_array);
        let mut tags = tags;
        for tag in own.into_iter().flatten() {
            let part = |key: &str| tag.get(key).map(text).unwrap_or_default();
            tags.insert(part("Key"), part("Value"));
        }
        let looked_up = |name: &str| {
            let realm = self.realms.get(place.realm)?;
            realm.estate.looked_up.get(name).cloned()
        };
        let previous = before.map(|before| &before.parameters);
        let parameters = intake::parameters(&intake.template, &given, previous, &looked_up)?;
        Ok(Deployment {
            transformed: !intake.transforms.is_empty(),
            template: intake.template.into(),
            original,
            parameters,
            tags,
            ..Deployment::default()
        })
    }

    fn processed(&self, place: &Place, deployment: &mut Deployment) -> Result<(), Refused> {
        let intake = intake::read(deployment.text())?;
        self.process(place, &intake, deployment)
    }
}

/// A parameter of a nested stack as text; a list with commas.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
