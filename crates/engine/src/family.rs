//! What a stack tells the stacks in it to do.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use stratiform_service::{StackId, StackStatus};

use crate::agenda::Place;
use crate::input::{Effect, Refused};
use crate::intake::{self, GivenParameter};
use crate::operation::nested::Errand;
use crate::operation::{OnFailure, Options, Purpose};
use crate::stack::{Deployment, Stack};
use crate::state::State;

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
        let outcome = match what {
            Errand::Create { properties, tags } => {
                let begun =
                    self.begin_nested(realm, parent, root, logical_id, &properties, tags, effects);
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
                properties,
                tags,
            } => self.update_nested(&at(stack), &properties, tags, effects),
            Errand::Delete { stack } => self.delete_nested(&at(stack), effects),
            Errand::RollBack { stack } => self.roll_back_nested(&at(stack), effects),
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
        if let Some(outcome) = outcome {
            self.with_stack(&at(parent.to_string()), effects, |stack, around| {
                stack.nested_returned(logical_id, outcome, IndexMap::new(), around);
            });
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all of what a new stack in another one is made from"
    )]
    fn begin_nested(
        &mut self,
        realm: usize,
        parent: &StackId,
        root: StackId,
        logical_id: &str,
        properties: &Map<String, Value>,
        tags: IndexMap<String, String>,
        effects: &mut Vec<Effect>,
    ) -> Result<StackId, Refused> {
        let parent_name = self
            .realms
            .get(realm)
            .and_then(|realm| realm.stacks.get(parent.as_str()))
            .map(|stack| stack.name.to_string())
            .unwrap_or_default();
        let name = format!("{parent_name}-{logical_id}-{}", self.ids.upper(13));
        let place = self.place_of_new(realm, &name)?;
        let mut deployment = self.nested_deployment(&place, properties, tags, None)?;
        self.processed(&place, &mut deployment)?;
        let minutes = properties.get("TimeoutInMinutes").and_then(Value::as_str);
        let minutes = minutes.and_then(|minutes| minutes.parse().ok());
        let id = self.with_stack(&place, effects, |stack, around| {
            stack.parent = Some((parent.clone(), logical_id.to_owned()));
            stack.root = Some(root);
            stack.timeout_minutes = minutes;
            stack.begin(Purpose::Create, deployment, Options::default(), around);
            stack.id.clone()
        });
        id.ok_or_else(crate::call::missing)
    }

    /// None where it will say how it went.
    fn update_nested(
        &mut self,
        place: &Place,
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
        self.with_stack(place, effects, |stack, around| {
            stack.begin(Purpose::Update, deployment, Options::default(), around);
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
        let before = stack.before_last.clone();
        match (stack.status, before) {
            (StackStatus::UpdateComplete, Some(before)) => {
                self.with_stack(place, effects, |stack, around| {
                    let options = Options {
                        on_failure: OnFailure::Rollback,
                        ..Options::default()
                    };
                    stack.begin(Purpose::Update, *before, options, around);
                });
                None
            }
            (StackStatus::UpdateRollbackFailed, _) => Some(Err(format!(
                "Embedded stack {} is in UPDATE_ROLLBACK_FAILED",
                stack.id
            ))),
            _ => Some(Ok(())),
        }
    }

    fn nested(&self, place: &Place) -> Option<&Stack> {
        self.realms.get(place.realm)?.stacks.get(&place.stack)
    }

    fn nested_deployment(
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
        let intake = intake::read(&deployment.original)?;
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
