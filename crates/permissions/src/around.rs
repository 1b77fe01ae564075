//! What templates need outside of their resources' handlers: functions, parameters, dynamic references, custom resources.

use std::collections::BTreeSet;

use stratiform_catalog::action::action;
use stratiform_catalog::behaviour::restores_from;
use stratiform_catalog::{Handler, catalog};
use stratiform_resolve::{Resolver, unexpanded};
use stratiform_template::{Function, Member, Resource, Template, Value};

use crate::needed::Unknown;
use crate::thing::{ANY, Names, Thing, pattern};

/// What `Fn::GetAZs` asks.
/// Source: CloudFormation template reference, "Fn::GetAZs", IAM permissions.
const ZONES: [&str; 3] = [
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeSubnets",
];

/// The type of stacks in others.
const NESTED_STACK: &str = "AWS::CloudFormation::Stack";

/// Types that only CloudFormation itself knows: they touch no service.
/// Source: CloudFormation template reference, the pages of the types.
const OF_CLOUDFORMATION: [&str; 3] = [
    "AWS::CDK::Metadata",
    "AWS::CloudFormation::WaitCondition",
    "AWS::CloudFormation::WaitConditionHandle",
];

/// What templates need outside of their resources' handlers.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Around {
    /// Actions and what they are on.
    pub(crate) permissions: BTreeSet<(String, String)>,
    pub(crate) unknown: BTreeSet<Unknown>,
}

impl Around {
    pub(crate) fn collect<'t>(&mut self, names: &Names<'_, 't>) {
        let template: &'t Template = names.scope.template;
        for name in unexpanded(template) {
            self.unknown.insert(Unknown {
                resource_type: name.to_owned(),
                instead: "nothing: what it stands for is not known before".to_owned(),
            });
        }
        for parameter in names.scope.parameters.values() {
            if let Some(name) = parameter
                .text
                .as_deref()
                .filter(|_| parameter.is_looked_up())
            {
                self.parameter(names, name);
            }
        }
        for (_, resource) in names.scope.resources() {
            for value in resource.properties.values() {
                value.walk(&mut |value| self.value(names, value));
            }
            self.restored(names, resource);
            if resource.resource_type == NESTED_STACK {
                let url = resource.properties.get("TemplateURL");
                self.template(url.map(|url| text(names, url)));
            }
            if is_custom(&resource.resource_type) {
                let to = resource.properties.get("ServiceToken");
                self.custom(names, &resource.resource_type, to);
            }
        }
        for (_, member) in &template.outputs {
            if let Member::One(output) = member {
                output.value.walk(&mut |value| self.value(names, value));
            }
        }
    }

    /// What can be made from a snapshot: from any of its kind, since only who deploys knows which.
    fn restored(&mut self, names: &Names<'_, '_>, resource: &Resource) {
        let mut from = restores_from().filter(|path| path.is_top_level());
        if !from.any(|path| resource.properties.contains_key(path.first())) {
            return;
        }
        let known = catalog().resource_type(&resource.resource_type);
        let named = known
            .into_iter()
            .flat_map(|known| known.permissions(Handler::Create));
        let restoring = named
            .filter_map(action)
            .filter(|action| action.name.starts_with("Restore"));
        for action in restoring {
            let kinds = action
                .kinds
                .iter()
                .filter(|kind| kind.name.ends_with("snapshot"));
            for format in kinds.flat_map(|kind| &kind.formats) {
                let format = format.replace("{region}", names.place.region.as_str());
                let format = format.replace("{account}", "${AWS::AccountId}");
                let name = format!("{}:{}", action.service, action.name);
                self.allow(&name, format!("arn:${{AWS::Partition}}:{format}"));
            }
        }
    }

    fn allow(&mut self, action: &str, resource: String) {
        self.permissions.insert((action.to_owned(), resource));
    }

    fn value<'t>(&mut self, names: &Names<'_, 't>, value: &'t Value) {
        match value {
            Value::Function(Function::GetAZs, _) => {
                ZONES
                    .iter()
                    .for_each(|action| self.allow(action, ANY.to_owned()));
            }
            Value::Function(Function::GetStackOutput, argument) => self.output(names, argument),
            Value::String(text) => self.dynamic(names, text),
            _ => {}
        }
    }

    /// `Fn::GetStackOutput` reads with the role, unless it names another one.
    /// Source: CloudFormation template reference, "Fn::GetStackOutput".
    fn output<'t>(&mut self, names: &Names<'_, 't>, argument: &'t Value) {
        let Some(wanted) = argument.as_map() else {
            return;
        };
        if wanted.contains_key("RoleArn") {
            return;
        }
        let text = |key: &str| wanted.get(key).map(|value| text(names, value));
        let stack = text("StackName").unwrap_or_else(|| ANY.to_owned());
        let region = text("Region").unwrap_or_else(|| names.place.region.to_string());
        let arn = match Thing::of_arn(&stack) {
            Some(named) => named.arn(),
            None => own(
                &format!("cloudformation:{region}"),
                &format!("stack/{stack}/*"),
            ),
        };
        self.allow("cloudformation:DescribeStacks", arn);
    }

    /// `{{resolve:SERVICE:REFERENCE}}`. The rest of a reference names what is in it.
    /// Source: CloudFormation user guide, "Get values stored in other services using dynamic references".
    fn dynamic(&mut self, names: &Names<'_, '_>, text: &str) {
        let references = text.split("{{resolve:").skip(1);
        for reference in references.filter_map(|rest| rest.split("}}").next()) {
            match reference.split_once(':') {
                Some(("ssm" | "ssm-secure", rest)) => {
                    self.parameter(names, rest.split(':').next().unwrap_or_default());
                }
                Some(("secretsmanager", rest)) => self.secret(names, rest),
                _ => {}
            }
        }
    }

    fn parameter(&mut self, names: &Names<'_, '_>, name: &str) {
        let arn = match Thing::of_arn(name) {
            Some(named) => named.arn(),
            None => {
                let name = pieces(name);
                let name = name.trim_start_matches('/');
                own(
                    &format!("ssm:{}", names.place.region),
                    &format!("parameter/{name}"),
                )
            }
        };
        self.allow("ssm:GetParameters", arn);
    }

    /// A secret's ARN ends with six letters that nobody chooses.
    fn secret(&mut self, names: &Names<'_, '_>, reference: &str) {
        let reference = pieces(reference);
        let arn = if reference.starts_with("arn:") {
            let parts: Vec<_> = reference.split(':').take(7).collect();
            Thing::of_arn(&parts.join(":")).map(|named| named.arn())
        } else {
            let name = reference.split(':').next().unwrap_or_default();
            let place = format!("secretsmanager:{}", names.place.region);
            Some(own(&place, &format!("secret:{name}-*")))
        };
        if let Some(arn) = arn {
            self.allow("secretsmanager:GetSecretValue", arn);
        }
    }

    /// The template of a nested stack is read from a bucket.
    /// Source: Amazon S3 user guide, "Virtual hosting of general purpose buckets".
    fn template(&mut self, url: Option<String>) {
        let Some((host, path)) = url
            .as_deref()
            .and_then(|url| url.strip_prefix("https://")?.split_once('/'))
        else {
            return;
        };
        let object = match host.split_once(".s3") {
            Some((bucket, _)) => format!("{bucket}/{path}"),
            None if host.starts_with("s3") => path.to_owned(),
            None => return,
        };
        self.allow(
            "s3:GetObject",
            format!("arn:${{AWS::Partition}}:s3:::{object}"),
        );
    }

    /// A custom resource calls a function, or tells a topic.
    /// Source: CloudFormation template reference, "AWS::CloudFormation::CustomResource".
    fn custom<'t>(&mut self, names: &Names<'_, 't>, resource_type: &str, to: Option<&'t Value>) {
        let to = to.map(|to| text(names, to));
        let named = to.as_deref().and_then(Thing::of_arn);
        let instead = match named {
            Some(topic) if topic.rest.starts_with("sns:") => {
                self.allow("sns:Publish", topic.arn());
                "`sns:Publish` on the topic of its service token"
            }
            Some(function) if function.rest.starts_with("lambda:") => {
                self.allow("lambda:InvokeFunction", function.arn());
                "`lambda:InvokeFunction` on the function of its service token"
            }
            Some(_) | None => "nothing: what its service token names is not known before",
        };
        self.unknown.insert(Unknown {
            resource_type: resource_type.to_owned(),
            instead: instead.to_owned(),
        });
    }
}

/// What is to be said of nested stacks: their templates are not at hand.
pub(crate) fn nested(resource_type: &str) -> Option<Unknown> {
    (resource_type == NESTED_STACK).then(|| Unknown {
        resource_type: resource_type.to_owned(),
        instead: "the stack itself; nothing for what its template makes".to_owned(),
    })
}

fn is_custom(resource_type: &str) -> bool {
    resource_type.starts_with("Custom::") || resource_type == "AWS::CloudFormation::CustomResource"
}

/// What is to be said of a type without handlers, custom resources aside.
pub(crate) fn without_handlers(resource_type: &str) -> Option<Unknown> {
    if is_custom(resource_type) || OF_CLOUDFORMATION.contains(&resource_type) {
        return None;
    }
    let known = catalog().resource_type(resource_type);
    let instead = match known.map(|known| known.transform()) {
        Some(Some(transform)) => format!("nothing: {transform} makes other resources of it"),
        Some(None) => "nothing: its schema does not say what it needs".to_owned(),
        None => "nothing: the catalog does not know the type".to_owned(),
    };
    Some(Unknown {
        resource_type: resource_type.to_owned(),
        instead,
    })
}

/// A value as text, with `*` for what is not known of it.
fn text<'t>(names: &Names<'_, 't>, value: &'t Value) -> String {
    let resolved = Resolver::new(names.scope, names).resolve(value).part();
    resolved.map_or_else(String::new, |value| pattern(&value))
}

/// Text with `*` for the variables that a function fills in.
fn pieces(text: &str) -> String {
    let mut parts = text.split("${");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(ANY);
        plain.push_str(part.split_once('}').map_or("", |(_, after)| after));
    }
    plain
}

fn own(service_and_region: &str, resource: &str) -> String {
    format!("arn:${{AWS::Partition}}:{service_and_region}:${{AWS::AccountId}}:{resource}")
}
