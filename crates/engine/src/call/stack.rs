//! Calls that make, change and delete stacks.

use std::ops::Deref;

use indexmap::IndexMap;
use serde_json::{Value, json};
use stratiform_service::change_set::{DeploymentConfig, DeploymentConfigMode};
use stratiform_service::status::{Allowed, Operation as Asked};
use stratiform_service::{Refusal, StackStatus};

use crate::agenda::Place;
use crate::call::{Call, Result};
use crate::input::Refused;
use crate::intake::{self, form};
use crate::operation::{OnFailure, Options, Purpose, Stage, Validation};
use crate::stack::{Deployment, Mode, Stack, Token};
use crate::state::{Realm, State};

impl Realm {
    /// A stack by its name, or by its ARN; by that also where it is deleted.
    pub(crate) fn stack(&self, name: &str) -> Option<&Stack> {
        if name.starts_with("arn:") {
            return self.stacks.get(name).map(Deref::deref);
        }
        let id = self.names.get(name)?.as_str();
        self.stacks.get(id).map(Deref::deref)
    }
}

impl State {
    pub(crate) fn realm_of(&self, call: &Call<'_>) -> std::result::Result<&Realm, Refused> {
        self.realms.get(call.realm).ok_or_else(missing_realm)
    }

    pub(crate) fn realm_mut(
        &mut self,
        call: &Call<'_>,
    ) -> std::result::Result<&mut Realm, Refused> {
        self.realms.get_mut(call.realm).ok_or_else(missing_realm)
    }

    /// The stack that a call names.
    pub(crate) fn stack_of(&self, call: &Call<'_>) -> std::result::Result<&Stack, Refused> {
        let name = call.arguments.needed("StackName")?;
        let stack = self.realm_of(call)?.stack(name);
        stack.ok_or_else(|| {
            Refused::from(Refusal::StackMissing {
                stack: name.to_owned(),
            })
        })
    }

    pub(crate) fn place_of(&self, call: &Call<'_>) -> std::result::Result<Place, Refused> {
        Ok(Place {
            realm: call.realm,
            stack: self.stack_of(call)?.id.to_string(),
        })
    }

    /// A token that was used: whether this is the same call again.
    pub(crate) fn repeated(stack: &Stack, call: &Call<'_>) -> std::result::Result<bool, Refused> {
        let Some(token) = call.arguments.text("ClientRequestToken") else {
            return Ok(false);
        };
        match stack.tokens.get(token) {
            None => Ok(false),
            Some(used) if *used == used_now(call) => Ok(true),
            Some(_) => Err(Refusal::TokenUsed {
                token: token.to_owned(),
            }
            .into()),
        }
    }

    pub(crate) fn create_stack(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        let name = arguments.needed("StackName")?;
        form::stack_name(name)?;
        check_token(call)?;
        let existing = self.realm_of(call)?.stack(name);
        if let Some(stack) = existing
            && stack.status != StackStatus::ReviewInProgress
        {
            if State::repeated(stack, call)? {
                return Ok(json!({ "StackId": stack.id }));
            }
            return Err(Refusal::StackExists {
                stack: name.to_owned(),
            }
            .into());
        }
        let (mut deployment, intake) = self.deployment(call, None, intake::Call::Direct)?;
        let (config, on_failure) = failing(call)?;
        let policy = self.policy_of(call, "StackPolicyBody", "StackPolicyURL")?;
        let protection = arguments.is("EnableTerminationProtection")?;
        let timeout = arguments.number("TimeoutInMinutes")?;
        let retain_except_on_create = arguments.is("RetainExceptOnCreate")?;
        let validation = validation(call)?;
        // From here on nothing is refused: the stack is there.
        let place = self.place_of_new(call.realm, name)?;
        let doom = self.process(&place, &intake, &mut deployment).err();
        let options = Options {
            token: arguments.text("ClientRequestToken").map(str::to_owned),
            on_failure,
            mode: config,
            retain_except_on_create,
            doom: doom.map(|refused| refused.message),
            validation,
            ..Options::default()
        };
        let used = used_now(call);
        if let Some(realm) = self.realms.get_mut(call.realm) {
            realm.outdate_change_sets(&place.stack);
        }
        let answer = self.with_stack(&place, call.effects, |stack, around| {
            stack.protection = protection;
            stack.policy = policy;
            stack.timeout_minutes = timeout;
            stack.remember_token(options.token.as_deref(), used);
            stack.begin(Purpose::Create, deployment, options, around);
            json!({ "StackId": stack.id, "OperationId": stack.operation_id() })
        });
        answer.ok_or_else(missing_realm)
    }

    pub(crate) fn update_stack(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        let name = arguments.needed("StackName")?;
        form::stack_name(name)?;
        check_token(call)?;
        let stack = self.stack_of(call)?;
        if State::repeated(stack, call)? {
            return Ok(json!({ "StackId": stack.id }));
        }
        if stack.status == StackStatus::ReviewInProgress {
            return Err(Refusal::StackMissing {
                stack: name.to_owned(),
            }
            .into());
        }
        let (mode, on_failure) = failing(call)?;
        stack.allows_update(on_failure, mode)?;
        let (mut deployment, intake) = self.deployment(call, Some(stack), intake::Call::Direct)?;
        let during = self.policy_of(
            call,
            "StackPolicyDuringUpdateBody",
            "StackPolicyDuringUpdateURL",
        )?;
        let policy = self.policy_of(call, "StackPolicyBody", "StackPolicyURL")?;
        let place = self.place_of(call)?;
        let doom = self.process(&place, &intake, &mut deployment).err();
        let is_halted = self.stack_of(call)?.is_halted();
        let is_same_text = arguments.is("UsePreviousTemplate")?;
        let accepted_anyway = deployment.transformed && !is_same_text;
        let changes = self.changes_stack(&place, &deployment);
        if !changes && !is_halted && !accepted_anyway && policy.is_none() && doom.is_none() {
            return Err(Refusal::NoUpdates {}.into());
        }
        let options = Options {
            token: arguments.text("ClientRequestToken").map(str::to_owned),
            on_failure,
            mode,
            retain_except_on_create: arguments.is("RetainExceptOnCreate")?,
            doom: doom.map(|refused| refused.message),
            validation: validation(call)?,
            ..Options::default()
        };
        let used = used_now(call);
        if let Some(realm) = self.realms.get_mut(call.realm) {
            realm.outdate_change_sets(&place.stack);
        }
        let answer = self.with_stack(&place, call.effects, |stack, around| {
            stack.remember_token(options.token.as_deref(), used);
            // The policy that comes with an update does not judge it.
            let judge = during.or_else(|| stack.policy.clone());
            let judge = match (&policy, judge) {
                (Some(_), None) => Some("{}".to_owned()),
                (_, judge) => judge,
            };
            let options = Options {
                policy_during: judge,
                ..options
            };
            stack.begin(Purpose::Update, deployment, options, around);
            if policy.is_some() {
                stack.policy = policy;
            }
            json!({ "StackId": stack.id, "OperationId": stack.operation_id() })
        });
        answer.ok_or_else(missing_realm)
    }

    fn changes_stack(&self, place: &Place, deployment: &Deployment) -> bool {
        let Some(realm) = self.realms.get(place.realm) else {
            return false;
        };
        let Some(stack) = realm.stacks.get(&place.stack) else {
            return false;
        };
        self.computed(realm, stack, deployment.clone(), &IndexMap::new())
            .changes
    }

    pub(crate) fn delete_stack(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        let name = arguments.needed("StackName")?;
        form::stack_name(name)?;
        // Deleting what is not there succeeds.
        let Some(stack) = self.realm_of(call)?.stack(name) else {
            return Ok(json!({}));
        };
        if matches!(
            stack.status,
            StackStatus::DeleteComplete | StackStatus::DeleteInProgress
        ) || State::repeated(stack, call)?
        {
            return Ok(json!({}));
        }
        if stack.protection || self.root_is_protected(call, stack) {
            return Err(Refusal::Protected {
                stack: name.to_owned(),
            }
            .into());
        }
        match stack.status.allows(Asked::Delete) {
            Allowed::Yes | Allowed::WithoutRollback | Allowed::Unknown => {}
            Allowed::No => {
                return Err(Refusal::CannotBeDeleted {
                    stack: name.to_owned(),
                    status: stack.status.into(),
                }
                .into());
            }
        }
        let spared = arguments.texts("RetainResources").unwrap_or_default();
        if !spared.is_empty() {
            retained(stack, &spared)?;
        }
        let forced = arguments.text("DeletionMode") == Some("FORCE_DELETE_STACK");
        let token = arguments.text("ClientRequestToken").map(str::to_owned);
        let place = self.place_of(call)?;
        let used = used_now(call);
        if let Some(realm) = self.realms.get_mut(call.realm) {
            realm.drop_change_sets(&place.stack, None);
        }
        self.with_stack(&place, call.effects, |stack, around| {
            stack.remember_token(token.as_deref(), used);
            stack.begin_deletion(token, spared, forced, around);
        });
        Ok(json!({}))
    }

    fn root_is_protected(&self, call: &Call<'_>, stack: &Stack) -> bool {
        let root = stack.root.as_ref();
        root.and_then(|root| self.realms.get(call.realm)?.stacks.get(root.as_str()))
            .is_some_and(|root| root.protection)
    }

    /// A stack policy from a call.
    pub(crate) fn policy_of(
        &self,
        call: &Call<'_>,
        body: &str,
        url: &str,
    ) -> std::result::Result<Option<String>, Refused> {
        let (text, url) = (call.arguments.text(body), call.arguments.text(url));
        let policy = match (text, url) {
            (Some(_), Some(_)) => return Err(Refusal::TwoStackPolicies {}.into()),
            (Some(text), None) => text.to_owned(),
            (None, Some(url)) => self.fetched(call.realm, url)?,
            (None, None) => return Ok(None),
        };
        let member = crate::call::arguments::uncapitalized(body);
        form::stack_policy(&member, &policy)?;
        Ok(Some(policy))
    }
}

impl Stack {
    pub(crate) fn is_halted(&self) -> bool {
        let operation = self.operation.as_ref();
        operation.is_some_and(|operation| operation.stage == Stage::Halted)
    }

    pub(crate) fn operation_id(&self) -> Value {
        self.history
            .last()
            .map_or(Value::Null, |begun| begun.id.clone().into())
    }

    pub(crate) fn remember_token(&mut self, token: Option<&str>, used: Token) {
        if let Some(token) = token {
            self.tokens.insert(token.to_owned(), used);
        }
    }

    /// Whether an update may begin.
    pub(crate) fn allows_update(
        &self,
        on_failure: OnFailure,
        mode: Mode,
    ) -> std::result::Result<(), Refused> {
        let status = self.status.as_str();
        match self.status.allows(Asked::Update) {
            Allowed::Yes | Allowed::Unknown => Ok(()),
            Allowed::WithoutRollback if self.mode == Mode::Express && mode != Mode::Express => {
                Err(Refused::validation(format!(
                    "This stack is in a {status} state from a previous operation that used EXPRESS deployment mode with disable-rollback. Follow-up operations must use the same DeploymentConfig (mode=EXPRESS) until the stack reaches a *_COMPLETE state."
                )))
            }
            Allowed::WithoutRollback if on_failure == OnFailure::DoNothing => Ok(()),
            Allowed::WithoutRollback => Err(Refusal::Halfway {
                status: self.status.into(),
            }
            .into()),
            Allowed::No => Err(Refusal::CannotBeUpdated {
                stack_id: self.id.to_string(),
                status: self.status.into(),
            }
            .into()),
        }
    }
}

/// Which resources may be spared: those of a stack whose deletion failed, unless they are deleted.
///
/// Source: aws-nuke#270.
fn retained(stack: &Stack, spared: &[String]) -> std::result::Result<(), Refused> {
    if stack.status != StackStatus::DeleteFailed {
        return Err(Refused::validation(format!(
            "Invalid operation on stack [{}]. RetainResources can only be specified when the stack is in DELETE_FAILED state",
            stack.id
        )));
    }
    let is_there = |id: &String| {
        stack
            .resources
            .get(id)
            .is_some_and(crate::stack::Record::exists)
    };
    if spared.iter().all(is_there) {
        return Ok(());
    }
    Err(Refused::validation(
        "The specified resources to retain must be in a valid state. Do not specify resources that are in the DELETE_COMPLETE state.",
    ))
}

/// When the properties are validated that a call gives.
fn validation(call: &Call<'_>) -> std::result::Result<Validation, Refused> {
    Ok(match call.arguments.is("DisableValidation")? {
        true => Validation::OnTheWay,
        false => Validation::Before,
    })
}

/// Checks the form of a token.
pub(crate) fn check_token(call: &Call<'_>) -> std::result::Result<(), Refused> {
    match call.arguments.text("ClientRequestToken") {
        Some(token) => form::token("clientRequestToken", token),
        None => Ok(()),
    }
}

pub(crate) fn used_now(call: &Call<'_>) -> Token {
    Token {
        operation: call.request.operation.clone(),
        parameters: call.arguments.all(),
    }
}

pub(crate) fn missing_realm() -> Refused {
    Refused::validation("The stack is gone")
}

/// What happens where something fails, as a call says it.
pub(crate) fn failing(call: &Call<'_>) -> std::result::Result<(Mode, OnFailure), Refused> {
    let arguments = call.arguments;
    let config = arguments.config()?;
    let disabled = arguments.flag("DisableRollback")?;
    let on_failure = arguments.text("OnFailure");
    if config.is_some() && (disabled.is_some() || on_failure.is_some()) {
        return Err(Refused::validation(
            "DisableRollback and OnFailure cannot be specified together with DeploymentConfig",
        ));
    }
    if disabled.is_some() && on_failure.is_some() {
        return Err(Refused::validation(
            "You can specify either DisableRollback or OnFailure, but not both.",
        ));
    }
    let (mode, by_mode) = of_config(config.as_ref());
    let on_failure = match (on_failure, disabled) {
        (Some("DO_NOTHING"), _) | (_, Some(true)) => OnFailure::DoNothing,
        (Some("DELETE"), _) => OnFailure::Delete,
        (Some("ROLLBACK") | None, _) => match disabled {
            Some(false) => OnFailure::Rollback,
            _ => by_mode,
        },
        (Some(other), _) => {
            return Err(Refused::validation(format!(
                "1 validation error detected: Value '{other}' at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]"
            )));
        }
    };
    Ok((mode, on_failure))
}

/// The mode of a configuration, and what happens in it where something fails: in express mode, nothing is rolled back
/// unless the configuration says so.
///
/// Source: CloudFormation user guide, "Express mode".
pub(crate) fn of_config(config: Option<&DeploymentConfig>) -> (Mode, OnFailure) {
    let is_express = config
        .and_then(|config| config.mode.as_ref())
        .is_some_and(|mode| *mode == DeploymentConfigMode::Express);
    let disabled = config.and_then(|config| config.disable_rollback);
    let mode = if is_express {
        Mode::Express
    } else {
        Mode::Standard
    };
    let on_failure = match disabled.unwrap_or(is_express) {
        true => OnFailure::DoNothing,
        false => OnFailure::Rollback,
    };
    (mode, on_failure)
}
