//! Calls of change sets.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use stratiform_changes::ChangeSetView;
use stratiform_service::change_set::{ChangeSetType, OnStackFailure};
use stratiform_service::{
    ChangeSetId, ChangeSetName, ChangeSetStatus, ExecutionStatus, Refusal, StackStatus,
};

use crate::agenda::{Due, Place};
use crate::call::stack::{check_token, missing_realm, of_config};
use crate::call::{Call, Result};
use crate::change_set::ChangeSetRecord;
use crate::input::Refused;
use crate::intake::{self, form};
use crate::operation::{Adopted, OnFailure, Options, Purpose, Reality, Validation, after};
use crate::stack::{Deployment, Stack, Token};
use crate::state::State;

/// Milliseconds that it takes to make a change set.
const MAKE: u64 = 2_000;

/// How many change sets a stack may have. The service has a limit, and does not say which.
const LIMIT: usize = 1_000;

impl State {
    pub(crate) fn create_change_set(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        let stack_name = arguments.needed("StackName")?;
        let name = arguments.needed("ChangeSetName")?;
        form::stack_name(stack_name)?;
        form::change_set_name(name)?;
        if let Some(description) = arguments.text("Description") {
            form::text("description", description, 1, 1024)?;
        }
        let kind = kind(call)?;
        let existing = self.realm_of(call)?.stack(stack_name);
        self.check_existing(call, existing, kind, stack_name, name)?;
        if let Some(stack) = existing
            && let Some(answer) = self.made_before(call, stack, name)?
        {
            return Ok(answer);
        }
        let before = existing.filter(|stack| stack.status != StackStatus::ReviewInProgress);
        let (deployment, _) = self.deployment(call, before, intake::Call::ChangeSet)?;
        if kind == ChangeSetType::Import {
            import_alone(call, before, &deployment)?;
        }
        let adopted = self.adopted(call, kind, &deployment.template)?;
        let config = arguments.config()?;
        let on_stack_failure = arguments.text("OnStackFailure").map(|text| {
            text.parse::<OnStackFailure>().map_err(|_| {
                Refused::validation(format!(
                    "1 validation error detected: Value '{text}' at 'onStackFailure' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]"
                ))
            })
        });
        let on_stack_failure = on_stack_failure.transpose()?;
        if kind != ChangeSetType::Create && on_stack_failure == Some(OnStackFailure::Delete) {
            return Err(Refused::validation(
                "OnStackFailure can only be set to DELETE for change sets of type CREATE",
            ));
        }
        let known = existing.map(|stack| stack.id.clone());
        let is_new = known.is_none();
        let record = ChangeSetRecord {
            id: self.new_change_set_id(call.realm, name)?,
            name: ChangeSetName::new(name)
                .map_err(|error| Refused::validation(error.to_string()))?,
            stack: match known {
                Some(id) => id,
                None => {
                    let place = self.place_of_new(call.realm, stack_name)?;
                    place.stack.parse().map_err(|_| missing_realm())?
                }
            },
            kind,
            status: ChangeSetStatus::CreatePending,
            execution: ExecutionStatus::Unavailable,
            reason: None,
            warning: None,
            created: self.now(),
            call: arguments.all(),
            description: arguments.text("Description").map(str::to_owned),
            deployment,
            plain: Vec::new(),
            values: Vec::new(),
            include_nested_stacks: arguments.is("IncludeNestedStacks")?,
            on_stack_failure,
            import_existing: arguments.is("ImportExistingResources")?,
            config,
            deployment_mode: arguments.text("DeploymentMode").map(str::to_owned),
            disable_validation: arguments.is("DisableValidation")?,
            adopted,
            drift: None,
            parent: None,
            children: IndexMap::new(),
            is_gone: false,
        };
        let (id, stack) = (record.id.clone(), record.stack.clone());
        let due = Due::ChangeSet {
            realm: call.realm,
            change_set: id.to_string(),
        };
        self.agenda.put(after(self.now(), MAKE), due);
        self.realm_mut(call)?
            .change_sets
            .insert(id.to_string(), record.into());
        if is_new {
            let place = Place {
                realm: call.realm,
                stack: stack.to_string(),
            };
            self.with_stack(&place, call.effects, Stack::review);
        }
        Ok(json!({ "Id": id, "StackId": stack }))
    }

    /// Whether a stack may get a change set of a kind.
    fn check_existing(
        &self,
        call: &Call<'_>,
        existing: Option<&Stack>,
        kind: ChangeSetType,
        stack_name: &str,
        name: &str,
    ) -> std::result::Result<(), Refused> {
        let Some(stack) = existing else {
            return match kind {
                ChangeSetType::Update => Err(Refusal::StackOfEventsMissing {
                    stack: stack_name.to_owned(),
                }
                .into()),
                ChangeSetType::Create | ChangeSetType::Import => Ok(()),
            };
        };
        if stack.status == StackStatus::ReviewInProgress {
            return match kind {
                ChangeSetType::Update => Err(Refusal::StackOfEventsMissing {
                    stack: stack_name.to_owned(),
                }
                .into()),
                ChangeSetType::Create | ChangeSetType::Import => Ok(()),
            };
        }
        if kind == ChangeSetType::Create {
            return Err(Refusal::StackNotCreatedAgain {
                stack: stack_name.to_owned(),
                change_set: name.to_owned(),
            }
            .into());
        }
        // Whether it may be executed without rollback is asked then.
        stack.allows_update(
            OnFailure::DoNothing,
            of_config(call.arguments.config()?.as_ref()).0,
        )
    }

    /// The answer to a call that made a change set of this name before.
    fn made_before(
        &self,
        call: &Call<'_>,
        stack: &Stack,
        name: &str,
    ) -> std::result::Result<Option<serde_json::Value>, Refused> {
        let realm = self.realm_of(call)?;
        let limit = realm.change_sets_of(stack.id.as_str()).count() >= LIMIT;
        let Some(made) = realm.change_set(name, Some(stack.id.as_str())) else {
            return match limit {
                true => Err(Refusal::ChangeSetLimit {
                    stack_id: stack.id.to_string(),
                }
                .into()),
                false => Ok(None),
            };
        };
        let (before, now) = (made.call.as_object(), call.arguments.all());
        let differs = |key: &&str| {
            let before = before.and_then(|before| before.get(*key));
            before != now.get(*key)
        };
        const COMPARED: [&str; 9] = [
            "Description",
            "TemplateBody",
            "TemplateURL",
            "Parameters",
            "Tags",
            "Capabilities",
            "ChangeSetType",
            "RoleARN",
            "ClientToken",
        ];
        match COMPARED.iter().find(|key| differs(key)) {
            None => Ok(Some(json!({ "Id": made.id, "StackId": made.stack }))),
            Some(attribute) => Err(Refusal::ChangeSetMismatch {
                change_set: name.to_owned(),
                attribute: (*attribute).to_owned(),
            }
            .into()),
        }
    }

    pub(crate) fn new_change_set_id(
        &mut self,
        realm: usize,
        name: &str,
    ) -> std::result::Result<ChangeSetId, Refused> {
        let uuid = self.ids.uuid();
        let realm = self.realms.get(realm).ok_or_else(missing_realm)?;
        let (partition, region, account) =
            (realm.region.partition(), &realm.region, &realm.account);
        let id =
            format!("arn:{partition}:cloudformation:{region}:{account}:changeSet/{name}/{uuid}");
        ChangeSetId::new(id).map_err(|error| Refused::validation(error.to_string()))
    }

    /// The resources that a change set adopts.
    fn adopted(
        &self,
        call: &Call<'_>,
        kind: ChangeSetType,
        template: &stratiform_template::Template,
    ) -> std::result::Result<IndexMap<String, Adopted>, Refused> {
        let given = call
            .arguments
            .structures("ResourcesToImport")
            .unwrap_or_default();
        if kind != ChangeSetType::Import {
            return match given.is_empty() {
                true => Ok(IndexMap::new()),
                false => Err(Refused::validation(
                    "ResourcesToImport can only be specified for change sets of type IMPORT",
                )),
            };
        }
        if given.is_empty() {
            return Err(Refused::validation(
                "ResourcesToImport must be specified for change sets of type IMPORT",
            ));
        }
        let mut adopted = IndexMap::new();
        let mut unprotected = Vec::new();
        for resource in given {
            let logical_id = resource.needed("LogicalResourceId")?;
            let resource_type = resource.needed("ResourceType")?;
            let identifier = resource.get("ResourceIdentifier");
            let values = identifier.and_then(serde_json::Value::as_object);
            let parts = values.into_iter().flat_map(Map::values);
            let parts: Vec<&str> = parts.filter_map(serde_json::Value::as_str).collect();
            let written = template.each_resource().find(|(id, _)| *id == logical_id);
            if let Some((_, resource)) = written
                && resource.resource_type != resource_type
            {
                return Err(Refused::validation(format!(
                    "ResourceType {resource_type} of resource to import [{logical_id}] does not match {} in the template",
                    resource.resource_type
                )));
            }
            if written.is_none_or(|(_, resource)| resource.deletion_policy.is_none()) {
                unprotected.push(logical_id.to_owned());
            }
            adopted.insert(
                logical_id.to_owned(),
                Adopted {
                    resource_type: resource_type.to_owned(),
                    physical_id: parts.join("|"),
                },
            );
        }
        if !unprotected.is_empty() {
            return Err(Refusal::ImportsWithoutDeletionPolicy {
                logical_ids: unprotected,
            }
            .into());
        }
        Ok(adopted)
    }

    /// The change set that a call names.
    fn change_set_of(&self, call: &Call<'_>) -> std::result::Result<&ChangeSetRecord, Refused> {
        let name = call.arguments.needed("ChangeSetName")?;
        let realm = self.realm_of(call)?;
        let missing = || {
            Refused::from(Refusal::ChangeSetMissing {
                change_set: name.to_owned(),
            })
        };
        if name.starts_with("arn:") {
            return realm.change_set(name, None).ok_or_else(missing);
        }
        let Some(stack_name) = call.arguments.text("StackName") else {
            return Err(Refusal::StackNameMissing {}.into());
        };
        let Some(stack) = realm.stack(stack_name) else {
            return Err(Refusal::StackOfEventsMissing {
                stack: stack_name.to_owned(),
            }
            .into());
        };
        realm
            .change_set(name, Some(stack.id.as_str()))
            .ok_or_else(missing)
    }

    pub(crate) fn describe_change_set(&mut self, call: &mut Call<'_>) -> Result {
        let view = match call.arguments.is("IncludePropertyValues")? {
            true => ChangeSetView::WithValues,
            false => ChangeSetView::WithoutValues,
        };
        let change_set = self.change_set_of(call)?;
        let stack = self.realm_of(call)?.stacks.get(change_set.stack.as_str());
        let stack = stack.ok_or_else(missing_realm)?;
        let described = change_set.described(stack, view);
        serde_json::to_value(described).map_err(|error| Refused::validation(error.to_string()))
    }

    pub(crate) fn describe_change_set_hooks(&mut self, call: &mut Call<'_>) -> Result {
        let change_set = self.change_set_of(call)?;
        Ok(json!({
            "ChangeSetId": change_set.id,
            "ChangeSetName": change_set.name,
            "Hooks": [],
            "Status": "PLANNED",
            "StackId": change_set.stack,
        }))
    }

    pub(crate) fn list_change_sets(&mut self, call: &mut Call<'_>) -> Result {
        let name = call.arguments.needed("StackName")?;
        let realm = self.realm_of(call)?;
        let Some(stack) = realm.stack(name) else {
            return Err(Refusal::StackOfEventsMissing {
                stack: name.to_owned(),
            }
            .into());
        };
        let summaries = realm.change_sets_of(stack.id.as_str()).map(|change_set| {
            let mut summary = json!({
                "ChangeSetId": change_set.id,
                "ChangeSetName": change_set.name,
                "CreationTime": change_set.created,
                "ExecutionStatus": change_set.execution,
                "IncludeNestedStacks": change_set.include_nested_stacks,
                "StackId": stack.id,
                "StackName": stack.name,
                "Status": change_set.status,
            });
            put(
                &mut summary,
                "Description",
                change_set.description.as_deref(),
            );
            put(&mut summary, "StatusReason", change_set.reason.as_deref());
            summary
        });
        Ok(json!({ "Summaries": summaries.collect::<Vec<_>>() }))
    }

    pub(crate) fn delete_change_set(&mut self, call: &mut Call<'_>) -> Result {
        let found = self.change_set_of(call);
        let (id, execution, is_nested) = match found {
            Ok(change_set) => (
                change_set.id.clone(),
                change_set.execution,
                change_set.parent.is_some(),
            ),
            // One that is not there is deleted already.
            Err(refused) if refused.code == "ChangeSetNotFound" => return Ok(json!({})),
            Err(refused) => return Err(refused),
        };
        match execution {
            ExecutionStatus::ExecuteInProgress
            | ExecutionStatus::ExecuteComplete
            | ExecutionStatus::ExecuteFailed => {
                return Err(Refusal::ChangeSetNotDeletable {
                    status: execution.into(),
                }
                .into());
            }
            ExecutionStatus::Unavailable
            | ExecutionStatus::Available
            | ExecutionStatus::Obsolete => {}
        }
        if is_nested {
            return Err(Refused::validation(
                "A nested change set can only be deleted from its root change set",
            ));
        }
        for id in self.family_of(call.realm, &id) {
            if let Some(change_set) = self.realm_mut(call)?.change_sets.get_mut(id.as_str()) {
                change_set.status = ChangeSetStatus::DeleteComplete;
                change_set.is_gone = true;
            }
        }
        Ok(json!({}))
    }

    pub(crate) fn execute_change_set(&mut self, call: &mut Call<'_>) -> Result {
        check_token(call)?;
        let named = self.change_set_of(call);
        if let Some(answer) = self.executed_before(call, &named)? {
            return Ok(answer);
        }
        let change_set = named?;
        let id = change_set.id.to_string();
        if change_set.status != ChangeSetStatus::CreateComplete {
            return Err(Refusal::ChangeSetNotExecutable {
                change_set_id: id,
                status: change_set.status.as_str().to_owned(),
            }
            .into());
        }
        if !change_set.execution.can_be_executed() {
            return Err(Refusal::ChangeSetNotExecutableAgain {
                change_set_id: id,
                status: change_set.execution.into(),
            }
            .into());
        }
        let stack = self.realm_of(call)?.stacks.get(change_set.stack.as_str());
        let stack = stack.ok_or_else(missing_realm)?;
        let (purpose, options) = self.execution(call, change_set)?;
        if stack.status != StackStatus::ReviewInProgress {
            stack.allows_update(options.on_failure, options.mode)?;
        }
        let deployment = change_set.deployment.clone();
        let place = Place {
            realm: call.realm,
            stack: stack.id.to_string(),
        };
        let used = executed_now(&change_set.id);
        let realm = self.realm_mut(call)?;
        if let Some(change_set) = realm.change_sets.get_mut(&id) {
            change_set.execution = ExecutionStatus::ExecuteInProgress;
        }
        realm.drop_change_sets(&place.stack, Some(&id));
        self.with_stack(&place, call.effects, |stack, around| {
            stack.remember_token(options.token.as_deref(), used);
            stack.executing = Some(id);
            let judge = stack.policy.clone();
            let options = Options {
                policy_during: judge,
                ..options
            };
            stack.begin(purpose, deployment, options, around);
        });
        Ok(json!({}))
    }

    /// The answer to the same call again, however it names the change set: by its name it is not found any more.
    fn executed_before(
        &self,
        call: &Call<'_>,
        named: &std::result::Result<&ChangeSetRecord, Refused>,
    ) -> std::result::Result<Option<serde_json::Value>, Refused> {
        let Some(token) = call.arguments.text("ClientRequestToken") else {
            return Ok(None);
        };
        let realm = self.realm_of(call)?;
        let name = call.arguments.needed("ChangeSetName")?;
        let stack = match (named, call.arguments.text("StackName")) {
            (Ok(change_set), _) => realm.stack(change_set.stack.as_str()),
            (Err(_), Some(name)) => realm.stack(name),
            (Err(_), None) => None,
        };
        let Some((stack, used)) = stack.and_then(|stack| Some((stack, stack.tokens.get(token)?)))
        else {
            return Ok(None);
        };
        let executed = realm.change_sets.values().rev().find(|change_set| {
            let is_meant = change_set.id.as_str() == name || change_set.name.as_str() == name;
            is_meant && change_set.stack == stack.id
        });
        match executed.map(|change_set| executed_now(&change_set.id)) {
            Some(now) if now == *used => Ok(Some(json!({}))),
            _ => Err(Refusal::TokenUsed {
                token: token.to_owned(),
            }
            .into()),
        }
    }

    fn execution(
        &self,
        call: &Call<'_>,
        change_set: &ChangeSetRecord,
    ) -> std::result::Result<(Purpose, Options), Refused> {
        let arguments = call.arguments;
        let disabled = arguments.flag("DisableRollback")?;
        if disabled.is_some() && change_set.on_stack_failure.is_some() {
            return Err(Refused::validation(
                "DisableRollback cannot be specified for a change set with OnStackFailure",
            ));
        }
        let (mode, by_mode) = of_config(change_set.config.as_ref());
        let on_failure = match (change_set.on_stack_failure, disabled) {
            (Some(OnStackFailure::DoNothing), _) | (None, Some(true)) => OnFailure::DoNothing,
            (Some(OnStackFailure::Delete), _) => OnFailure::Delete,
            (Some(OnStackFailure::Rollback), _) => OnFailure::Rollback,
            (None, Some(false) | None) => by_mode,
        };
        let purpose = match change_set.kind {
            ChangeSetType::Create => Purpose::Create,
            ChangeSetType::Update => Purpose::Update,
            ChangeSetType::Import => Purpose::Import,
        };
        let options = Options {
            token: arguments.text("ClientRequestToken").map(str::to_owned),
            change_set: Some(change_set.id.to_string()),
            on_failure,
            retain_except_on_create: arguments.is("RetainExceptOnCreate")?,
            mode,
            policy_during: None,
            adopted: change_set.adopted.clone(),
            // What can be known before was asked when the change set was made.
            validation: Validation::OnTheWay,
            reality: match change_set.reverts_drift() {
                true => Reality::Reverted,
                false => Reality::Ignored,
            },
            doom: None,
            reviewed: change_set.children.clone(),
        };
        Ok((purpose, options))
    }
}

/// An import changes nothing else: no outputs, no tags, no role.
fn import_alone(
    call: &Call<'_>,
    before: Option<&Stack>,
    deployment: &Deployment,
) -> std::result::Result<(), Refused> {
    let nothing = Deployment::default();
    let before = before.map_or(&nothing, |stack| &stack.deployment);
    let mut attributes = Vec::new();
    if deployment.template.outputs != before.template.outputs {
        attributes.push("Outputs".to_owned());
    }
    if call.arguments.text("RoleARN").is_some() && deployment.role != before.role {
        attributes.push("RoleArn".to_owned());
    }
    if deployment.tags != before.tags {
        attributes.push("Tags".to_owned());
    }
    match attributes.is_empty() {
        true => Ok(()),
        false => Err(Refusal::ImportWithMore { attributes }.into()),
    }
}

/// What a token of an execution was used for.
fn executed_now(id: &ChangeSetId) -> Token {
    Token {
        operation: "ExecuteChangeSet".to_owned(),
        parameters: json!({ "ChangeSetName": id }),
    }
}

fn kind(call: &Call<'_>) -> std::result::Result<ChangeSetType, Refused> {
    let Some(text) = call.arguments.text("ChangeSetType") else {
        return Ok(ChangeSetType::Update);
    };
    text.parse().map_err(|_| {
        Refused::validation(format!(
            "1 validation error detected: Value '{text}' at 'changeSetType' failed to satisfy constraint: Member must satisfy enum value set: [IMPORT, UPDATE, CREATE]"
        ))
    })
}

/// Puts a text into an object, where there is one.
pub(crate) fn put(object: &mut Value, key: &str, text: Option<&str>) {
    if let (Some(object), Some(text)) = (object.as_object_mut(), text) {
        object.insert(key.to_owned(), text.into());
    }
}
