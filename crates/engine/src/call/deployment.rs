//! What a call is to deploy: its template, parameters, tags and settings, checked as far as the service checks them at
//! once.

use indexmap::IndexMap;
use stratiform_service::change_set::RollbackConfiguration;
use stratiform_service::{Refusal, StackId, StackName};

use crate::agenda::Place;
use crate::call::Call;
use crate::call::stack::missing_realm;
use crate::input::Refused;
use crate::intake::{self, Intake, form};
use crate::stack::{Deployment, Stack};
use crate::state::{Realm, State};

impl State {
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
        let previous = stack.filter(|stack| stack.deployment.transformed);
        let source = match arguments.is("UsePreviousTemplate")? {
            true => previous.map(|stack| stack.deployment.template.to_json()),
            false => None,
        };
        let intake = intake::read(source.as_ref().unwrap_or(&original))?;
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
            transformed: source.is_some() || !intake.transforms.is_empty(),
            template: intake.template.clone().into(),
            original,
            source,
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
        let changed = stack.and_then(|stack| retyped(stack, &processed));
        match changed {
            Some(ids) => Err(Refused::validation(format!(
                "Update of resource type is not permitted. The new template modifies resource type of the following resources: [{ids}]"
            ))),
            None => Ok(()),
        }
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
                    realm.stacks.insert(id.to_string(), stack.into());
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
}

/// The resources whose types a template changes.
fn retyped(stack: &Stack, template: &stratiform_template::Template) -> Option<String> {
    let changed = template.each_resource().filter(|(id, resource)| {
        let record = stack.resources.get(*id).filter(|record| record.exists());
        record.is_some_and(|record| record.resource_type != resource.resource_type)
    });
    let ids: Vec<&str> = changed.map(|(id, _)| id).collect();
    (!ids.is_empty()).then(|| ids.join(", "))
}
