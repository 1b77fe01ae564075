//! Calls that make, change and delete stacks.

use indexmap::IndexMap;
use serde_json::{Value, json};
use stratiform_service::change_set::{
    DeploymentConfig, DeploymentConfigMode, RollbackConfiguration,
};
use stratiform_service::status::{Allowed, Operation as Asked};
use stratiform_service::{Refusal, StackId, StackName, StackStatus};

use crate::agenda::Place;
use crate::call::{Call, Result};
use crate::input::Refused;
use crate::intake::{self, Intake, ParameterValue, form};
use crate::operation::{OnFailure, Options, Purpose, Stage, Validation};
use crate::stack::{Deployment, Mode, Stack, Token};
use crate::state::{Realm, State};

impl Realm {
    /// A stack by its name, or by its ARN; by that also where it is deleted.
    pub(crate) fn stack(&self, name: &str) -> Option<&Stack> {
        if name.starts_with("arn:") {
            return self.stacks.get(name);
        }
        self.stacks.get(self.names.get(name)?.as_str())
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

    /// A new stack's ARN.
    pub(crate) fn new_stack_id(
        &mut self,
        realm: usize,
        name: &str,
    ) -> std::result::Result<StackId, Refused> {
        let uuid = self.ids.uuid();
        let realm = self.realms.get(realm).ok_or_else(missing_realm)?;
        let (partition, region, account) =
            (realm.region.partition(), &realm.region, &realm.account);
        let id = format!("arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{uuid}");
        StackId::new(id).map_err(|error| Refused::validation(error.to_string()))
    }

    /// The template that a call names: its text.
    pub(crate) fn body(
        &self,
        call: &Call<'_>,
        stack: Option<&Stack>,
    ) -> std::result::Result<String, Refused> {
        let arguments = call.arguments;
        let (body, url) = (
            arguments.text("TemplateBody"),
            arguments.text("TemplateURL"),
        );
        match form::source(body, url, arguments.is("UsePreviousTemplate")?)? {
            form::Given::Body(body) => Ok(body.to_owned()),
            form::Given::Url(url) => self.fetched(call.realm, url),
            form::Given::Previous => match stack {
                Some(stack) => Ok(stack.deployment.original.clone()),
                None => Err(Refusal::NoTemplate {}.into()),
            },
        }
    }

    /// A template from S3.
    pub(crate) fn fetched(&self, realm: usize, url: &str) -> std::result::Result<String, Refused> {
        let location = form::template_url(url)?;
        let object = self.object(realm, &location.bucket, &location.key);
        object.ok_or_else(|| {
            Refused::validation("S3 error: The specified key does not exist.\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html")
        })
    }

    /// What a call is to deploy, checked as far as the service checks it at once.
    pub(crate) fn deployment(
        &self,
        call: &Call<'_>,
        stack: Option<&Stack>,
        way: intake::Call,
    ) -> std::result::Result<(Deployment, Intake), Refused> {
        let realm = self.realm_of(call)?;
        let arguments = call.arguments;
        let original = self.body(call, stack)?;
        let intake = intake::read(&original)?;
        // What macros make of a template is not known yet.
        if intake.is_expandable() {
            intake::validate(&intake.template)?;
        }
        let before = stack.map(|stack| &stack.deployment);
        let given = arguments.parameters()?;
        let looked_up = |name: &str| {
            let name = name.split(':').next().unwrap_or(name);
            realm.estate.looked_up.get(name).cloned()
        };
        let previous = before.map(|before| &before.parameters);
        let parameters = intake::parameters(&intake.template, &given, previous, &looked_up)?;
        if let Some(allowed) = arguments
            .texts("ResourceTypes")
            .filter(|types| !types.is_empty())
        {
            form::resource_types(&intake.template, &allowed)?;
        }
        let needed = intake::capabilities(&intake);
        let capabilities = arguments.texts("Capabilities").unwrap_or_default();
        form::capabilities(&capabilities)?;
        intake::acknowledged(&needed, &capabilities, way)?;
        let tags = arguments.tags()?;
        let pairs = tags.iter().flatten();
        let pairs: Vec<_> = pairs
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        form::tags(&pairs)?;
        let kept = RollbackConfiguration::default();
        let rollback = arguments.rollback(before.map_or(&kept, |before| &before.rollback))?;
        let triggers = rollback.rollback_triggers.iter();
        let triggers =
            triggers.map(|trigger| (trigger.trigger_type.as_str(), trigger.arn.as_str()));
        let minutes = rollback.monitoring_time_in_minutes.map(i64::from);
        form::rollback(&triggers.collect::<Vec<_>>(), minutes)?;
        let notification_arns = match arguments.texts("NotificationARNs") {
            Some(arns) => arns,
            None => before
                .map(|before| before.notification_arns.clone())
                .unwrap_or_default(),
        };
        form::notification_arns(&notification_arns)?;
        let role = arguments.text("RoleARN").map(str::to_owned);
        if let Some(role) = &role {
            form::role(role)?;
        }
        let deployment = Deployment {
            transformed: !intake.transforms.is_empty(),
            template: intake.template.clone().into(),
            original,
            parameters,
            tags: match tags {
                Some(tags) => tags,
                None => before.map(|before| before.tags.clone()).unwrap_or_default(),
            },
            capabilities,
            role: role.or_else(|| before.and_then(|before| before.role.clone())),
            notification_arns,
            rollback,
        };
        self.check(realm, stack, call, &intake, &deployment)?;
        Ok((deployment, intake))
    }

    fn check(
        &self,
        realm: &Realm,
        stack: Option<&Stack>,
        call: &Call<'_>,
        intake: &Intake,
        deployment: &Deployment,
    ) -> std::result::Result<(), Refused> {
        let name = call.arguments.text("StackName").unwrap_or_default();
        let id = format!(
            "arn:{}:cloudformation:{}:{}:stack/{name}/00000000-0000-4000-8000-000000000000",
            realm.region.partition(),
            realm.region,
            realm.account
        );
        let nothing = IndexMap::new();
        let world = crate::world::Surroundings {
            place: stratiform_resolve::Whereabouts {
                stack: stack.map_or(name, |stack| stack.name.as_str()).to_owned(),
                region: realm.region.clone(),
                account: Some(realm.account.clone()),
            },
            stack_id: stack.map_or(id.as_str(), |stack| stack.id.as_str()),
            notification_arns: &deployment.notification_arns,
            resources: stack.map_or(&nothing, |stack| &stack.resources),
            exports: &self.exports,
            outputs: &self.outputs,
            parameters: &deployment.parameters,
        };
        // What a transform makes of it is checked when that is done.
        if !intake.is_expandable() {
            return Ok(());
        }
        let processed = intake::process(intake, &deployment.parameters, &world)?;
        intake::check(&processed, &deployment.parameters, &world)?;
        let changed = stack.and_then(|stack| retyped(stack, &processed, &deployment.parameters));
        match changed {
            Some(ids) => Err(Refused::validation(format!(
                "Update of resource type is not permitted. The new template modifies resource type of the following resources: [{ids}]"
            ))),
            None => Ok(()),
        }
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
        let place = self.place_of_new(call.realm, name)?;
        self.process(&place, &intake, &mut deployment)?;
        let protection = arguments.is("EnableTerminationProtection")?;
        let timeout = arguments.number("TimeoutInMinutes")?;
        let options = Options {
            token: arguments.text("ClientRequestToken").map(str::to_owned),
            on_failure,
            mode: config,
            retain_except_on_create: arguments.is("RetainExceptOnCreate")?,
            validation: validation(call)?,
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

    /// A stack of a new name, or the one that waits for its first change set.
    pub(crate) fn place_of_new(
        &mut self,
        realm: usize,
        name: &str,
    ) -> std::result::Result<Place, Refused> {
        let id = match self
            .realms
            .get(realm)
            .and_then(|realm| realm.names.get(name))
        {
            Some(id) => id.clone(),
            None => {
                let id = self.new_stack_id(realm, name)?;
                let stack_name =
                    StackName::new(name).map_err(|error| Refused::validation(error.to_string()))?;
                let stack = Stack::new(id.clone(), stack_name, self.now());
                if let Some(realm) = self.realms.get_mut(realm) {
                    realm.names.insert(name.to_owned(), id.clone());
                    realm.stacks.insert(id.to_string(), stack);
                }
                id
            }
        };
        Ok(Place {
            realm,
            stack: id.to_string(),
        })
    }

    /// Makes of a template what its transforms make of it.
    pub(crate) fn process(
        &self,
        place: &Place,
        intake: &Intake,
        deployment: &mut Deployment,
    ) -> std::result::Result<(), Refused> {
        let realm = self.realms.get(place.realm).ok_or_else(missing_realm)?;
        let stack = realm.stacks.get(&place.stack).ok_or_else(missing_realm)?;
        let whereabouts = realm.place_of(stack);
        let world = self.world(stack, deployment, &whereabouts);
        let template = intake::process(intake, &deployment.parameters, &world)?;
        drop(world);
        deployment.template = template.into();
        Ok(())
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
        self.process(&place, &intake, &mut deployment)?;
        let is_halted = self.stack_of(call)?.is_halted();
        let is_same_text = arguments.is("UsePreviousTemplate")?;
        let accepted_anyway = deployment.transformed && !is_same_text;
        let changes = self.changes_stack(&place, &deployment);
        if !changes && !is_halted && !accepted_anyway && policy.is_none() {
            return Err(Refusal::NoUpdates {}.into());
        }
        let options = Options {
            token: arguments.text("ClientRequestToken").map(str::to_owned),
            on_failure,
            mode,
            retain_except_on_create: arguments.is("RetainExceptOnCreate")?,
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

/// The resources whose types a template changes.
fn retyped(
    stack: &Stack,
    template: &stratiform_template::Template,
    _: &IndexMap<String, ParameterValue>,
) -> Option<String> {
    let changed = template.each_resource().filter(|(id, resource)| {
        let record = stack.resources.get(*id).filter(|record| record.exists());
        record.is_some_and(|record| record.resource_type != resource.resource_type)
    });
    let ids: Vec<&str> = changed.map(|(id, _)| id).collect();
    (!ids.is_empty()).then(|| ids.join(", "))
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
    if config
        .as_ref()
        .is_some_and(|config| config.disable_rollback.is_some())
        && (disabled.is_some() || on_failure.is_some())
    {
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
