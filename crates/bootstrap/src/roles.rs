//! The roles of a bootstrap's template, with their policies as IAM sees them.

use serde_json::{Map, Value as Json};
use stratiform_template::{Function, Resource, Template, Value};

use crate::names::Whereabouts;
use crate::places::referred;

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Who may take it on.
    pub trust: Json,
    /// The ARN of what limits it.
    pub boundary: Option<Json>,
    /// What it may do.
    pub policies: Vec<Policy>,
}

/// A managed policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub document: Json,
}

impl Policy {
    /// How many characters IAM counts: all but white space.
    pub fn characters(&self) -> usize {
        let text = self.document.to_string();
        text.chars().filter(|c| !c.is_whitespace()).count()
    }
}

/// The roles of a template, where it is deployed: in its order.
pub fn roles(template: &Template, place: &Whereabouts) -> Vec<Role> {
    let resources = template.each_resource();
    let roles = resources.filter(|(_, resource)| resource.resource_type == "AWS::IAM::Role");
    roles
        .map(|(_, role)| {
            let property = |name: &str| role.properties.get(name).map(|value| plain(value, place));
            let text = |name: &str| property(name)?.as_str().map(str::to_owned);
            Role {
                name: text("RoleName").unwrap_or_default(),
                trust: property("AssumeRolePolicyDocument").unwrap_or_default(),
                boundary: property("PermissionsBoundary"),
                policies: policies(template, role, place),
            }
        })
        .collect()
}

/// The managed policies of the template that a role has.
fn policies(template: &Template, role: &Resource, place: &Whereabouts) -> Vec<Policy> {
    let arns = match role.properties.get("ManagedPolicyArns") {
        Some(Value::List(arns)) => arns.as_slice(),
        _ => &[],
    };
    let resources = arns.iter().filter_map(|arn| referred(template, arn));
    resources
        .map(|(id, policy)| {
            let name = policy.properties.get("ManagedPolicyName");
            let document = policy.properties.get("PolicyDocument");
            Policy {
                name: name.and_then(Value::as_str).unwrap_or(id).to_owned(),
                document: document.map(|it| plain(it, place)).unwrap_or_default(),
            }
        })
        .collect()
}

/// A value as IAM gets it; of a choice, what is there already. What only CloudFormation knows stays as it is written, and so matches nothing.
fn plain(value: &Value, place: &Whereabouts) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => serde_json::from_str(number.as_str()).unwrap_or_default(),
        Value::String(text) => Json::String(text.to_string()),
        Value::List(items) => items.iter().map(|item| plain(item, place)).collect(),
        Value::Map(members) => {
            let members = members.iter();
            let members = members.map(|(key, value)| (key.to_string(), plain(value, place)));
            Json::Object(members.collect::<Map<String, Json>>())
        }
        Value::Function(Function::Ref, name) => {
            let name = name.as_str().unwrap_or_default();
            Json::String(filled(&format!("${{{name}}}"), place))
        }
        Value::Function(Function::Sub, argument) => match &**argument {
            Value::String(text) => Json::String(filled(text, place)),
            _ => Json::String(value.to_json()),
        },
        Value::Function(Function::If, branches) => match &**branches {
            Value::List(branches) => branches
                .last()
                .map_or(Json::Null, |last| plain(last, place)),
            _ => Json::String(value.to_json()),
        },
        Value::Function(..) => Json::String(value.to_json()),
    }
}

fn filled(text: &str, place: &Whereabouts) -> String {
    text.replace("${AWS::Partition}", &place.partition)
        .replace("${AWS::AccountId}", &place.account)
        .replace("${AWS::Region}", &place.region)
}
