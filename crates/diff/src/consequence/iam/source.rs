//! Where resource types keep policy documents, and whom these are about.

use stratiform_resolve::{Resolved, Style};

use super::condition;
use super::pattern::{Case, Pattern};
use super::property::{at, quoted};
use super::statement::{Defaults, Document};

/// A place of policy documents.
#[derive(Debug)]
pub(super) struct Source {
    pub resource_type: &'static str,
    /// The path of the documents; `*` is every item.
    pub path: &'static [&'static str],
    pub about: About,
    /// The properties that name what the documents belong to; none where that is the resource itself.
    pub targets: &'static [&'static str],
}

/// Whom is a document about?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// The resource itself.
    Itself,
    /// Those that the targets name.
    Targets,
    /// Those that each statement names.
    Principals,
    /// Everybody who comes this way: it limits, and grants nothing.
    Passers,
    /// Those that the one statement names whose parts are properties of their own.
    Permission,
}

impl Source {
    /// The statements that a resource has at this place.
    pub(super) fn document(&self, logical_id: &str, properties: &Resolved<'static>) -> Document {
        let resource = Pattern::name(own_name(self.resource_type, logical_id));
        let principals = match self.about {
            About::Itself => vec![resource.clone()],
            About::Targets => self.holders(logical_id, properties),
            About::Passers => vec![Pattern::any("everybody who comes this way")],
            About::Principals | About::Permission => {
                vec![Pattern::name("whoever it does not name")]
            }
        };
        let defaults = Defaults {
            principals,
            resource,
        };
        let mut document = Document::default();
        if self.about == About::Permission {
            let statement = properties.get("Statement").cloned();
            document.statement(
                &statement.unwrap_or_else(|| permission(properties)),
                &defaults,
            );
            return document;
        }
        let values = at(properties, self.path);
        // VPC user guide, "Control access to VPC endpoints using endpoint policies": the default allows everything.
        if self.about == About::Passers && values.is_empty() {
            let entry = |(key, value): (&'static str, _)| (key.into(), Resolved::literal(value));
            let allowed = [("Effect", "Allow"), ("Action", "*"), ("Resource", "*")].map(entry);
            document.statement(&Resolved::Map(allowed.into_iter().collect()), &defaults);
        }
        for value in values {
            document.read(value, &defaults);
        }
        document
    }

    /// Those whom a policy is attached to.
    fn holders(&self, logical_id: &str, properties: &Resolved<'static>) -> Vec<Pattern> {
        let each = self.targets.iter().flat_map(|property| {
            let kind = match *property {
                "Roles" | "RoleName" => "role",
                "Users" | "UserName" => "user",
                _ => "group",
            };
            let names = properties
                .get(property)
                .into_iter()
                .flat_map(Resolved::items);
            names.map(move |name| named(kind, name))
        });
        let holders: Vec<Pattern> = each.collect();
        if holders.is_empty() {
            let own = own_name(self.resource_type, logical_id);
            return vec![Pattern::name(format!("whoever has {own}"))];
        }
        holders
    }
}

/// ``role `Api` ``: the resource itself.
pub(super) fn own_name(resource_type: &str, logical_id: &str) -> String {
    let name = crate::consequence::nouns::named(resource_type, logical_id);
    name.strip_prefix("the ").unwrap_or(&name).to_owned()
}

/// ``role `Api` ``: something of this stack by its logical ID, anything else by its name.
fn named(kind: &str, name: &Resolved<'_>) -> Pattern {
    let shown = format!("{kind} {}", quoted(name));
    Pattern::new(name, Case::Matters).of_kind(kind, shown)
}

/// The statement that `AWS::Lambda::Permission` and its like write with properties.
///
/// Source: Lambda API reference, "AddPermission", "AddLayerVersionPermission"; EventBridge API reference, "PutPermission".
fn permission(properties: &Resolved<'static>) -> Resolved<'static> {
    let mut statement = indexmap::IndexMap::new();
    let mut put = |key: &'static str, value: Resolved<'static>| statement.insert(key.into(), value);
    put("Effect", Resolved::literal("Allow"));
    for (key, property) in [
        ("Action", "Action"),
        ("Resource", "FunctionName"),
        ("Resource", "LayerVersionArn"),
    ] {
        if let Some(value) = properties.get(property) {
            put(key, value.clone());
        }
    }
    if let Some(principal) = properties.get("Principal") {
        let shown = principal.shown(Style::Expression);
        let service = shown.contains(".amazon") && !shown.starts_with("arn:");
        let kind = if service { "Service" } else { "AWS" };
        let kinds = [(kind.into(), principal.clone())];
        put("Principal", Resolved::Map(kinds.into_iter().collect()));
    }
    let mut tests: indexmap::IndexMap<_, Resolved<'static>> = indexmap::IndexMap::new();
    for (property, operator, key) in [
        ("SourceArn", "ArnLike", "aws:SourceArn"),
        ("SourceAccount", "StringEquals", "aws:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("OrganizationId", "StringEquals", "aws:PrincipalOrgID"),
        (
            "EventSourceToken",
            "StringEquals",
            "lambda:EventSourceToken",
        ),
        (
            "FunctionUrlAuthType",
            "StringEquals",
            "lambda:FunctionUrlAuthType",
        ),
        (
            "InvokedViaFunctionUrl",
            "Bool",
            "lambda:InvokedViaFunctionUrl",
        ),
    ] {
        if let Some(value) = properties.get(property) {
            condition::add(&mut tests, operator, key, value.clone());
        }
    }
    if let Some(own) = properties.get("Condition") {
        let text = |key: &str| own.get(key).map(|text| text.shown(Style::Expression));
        if let (Some(operator), Some(key), Some(value)) =
            (text("Type"), text("Key"), own.get("Value"))
        {
            condition::add(&mut tests, &operator, &key, value.clone());
        }
    }
    put("Condition", Resolved::Map(tests));
    Resolved::Map(statement)
}
