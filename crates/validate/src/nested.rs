//! Stacks in stacks: the parameters that a nested stack is given, and the outputs that it is asked for. `E3043`, `E6101`.

use indexmap::IndexMap;
use stratiform_catalog::behaviour::{Nested, nests};
use stratiform_finding::words::{listed, meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Map, Path, Reference, Resource, Step, Template, Text, Value};

use crate::scene::Scene;
use crate::whole::walk;

/// Holds nested stacks against their templates, as far as those are at hand: a function gives the template of what the
/// parent writes as its place.
///
/// ```
/// use stratiform_template::Template;
/// use stratiform_validate::validate_nested;
///
/// let text = "Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yaml}}}";
/// let parent = Template::parse(text).unwrap();
/// let child = "Parameters: {Name: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}";
/// let child = Template::parse(child).unwrap();
/// let found = validate_nested(&parent, &|place| (place == "./child.yaml").then(|| child.clone()));
/// assert_eq!(found[0].code.as_str(), "nested-parameter");
/// ```
pub fn validate_nested(
    template: &Template,
    child: &dyn Fn(&str) -> Option<Template>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut children: IndexMap<&str, Template> = IndexMap::new();
    let resources = Path {
        up: None,
        step: Step::Key("Resources"),
    };
    for (logical_id, resource) in template.each_resource() {
        let found = of(resource, Nested::Template).and_then(|(_, place)| child(place.as_str()?));
        let Some(found) = found else { continue };
        let path = resources.key(logical_id);
        parameters(resource, &found, &path.key("Properties"), &mut findings);
        children.insert(logical_id, found);
    }
    if !children.is_empty() {
        outputs(template, &children, &mut findings);
    }
    findings
}

/// The property that says something of a nested stack, and its value.
fn of(resource: &Resource, wanted: Nested) -> Option<(&'static str, &Value)> {
    let mut rows = nests(&resource.resource_type).filter(|(_, nested)| *nested == wanted);
    rows.find_map(|(path, _)| {
        let value = resource.properties.get(path.as_str())?;
        path.is_top_level().then_some((path.as_str(), value))
    })
}

fn parameters(resource: &Resource, child: &Template, path: &Path<'_>, findings: &mut Vec<Finding>) {
    let none = Map::new();
    let (name, given) = match of(resource, Nested::Parameters) {
        Some((name, Value::Map(given))) => (name, given),
        // What a function gives is not known.
        Some(_) => return,
        None => ("Parameters", &none),
    };
    let mut tell = |path: &Path<'_>, what: String, help: String| {
        findings.push(Finding {
            path: path.steps(),
            ..Finding::new(Code::NestedParameter, what, help)
                .because("by the template of the stack")
        });
    };
    let own = path.key(name);
    let is_member = |name: &&Text| !name.starts_with("Fn::");
    for name in given.keys().filter(is_member) {
        if !child.parameters.contains_key(name.as_str()) {
            let names = child.parameters.keys().map(String::as_str);
            let help = meant(name, names).unwrap_or_else(|| "take it away".to_owned());
            tell(
                &own.key(name),
                format!("the stack has no parameter `{}`", shortened(name)),
                help,
            );
        }
    }
    let is_whole = given.keys().all(|name| is_member(&name));
    let needed = child
        .parameters
        .iter()
        .filter(|(_, declared)| declared.default.is_none());
    for (name, _) in needed.filter(|(name, _)| is_whole && !given.contains_key(name)) {
        let what = format!("the stack is not given parameter `{}`", shortened(name));
        tell(
            path,
            what,
            "give it a value, or a default in the stack's template".to_owned(),
        );
    }
}

fn outputs(template: &Template, children: &IndexMap<&str, Template>, findings: &mut Vec<Finding>) {
    let scene = Scene::new(template, &[]);
    walk::each(&scene, &mut |_, value, path| {
        value.for_own_references(&mut |reference| {
            let Reference::Attribute {
                logical_id,
                attribute: Some(attribute),
            } = reference
            else {
                return;
            };
            let output = attribute.strip_prefix("Outputs.");
            let Some((child, output)) = children.get(logical_id).zip(output) else {
                return;
            };
            let is_open = child.outputs.keys().any(|name| name.starts_with("Fn::"));
            if child.outputs.contains_key(output) || is_open {
                return;
            }
            let names: Vec<&str> = child.outputs.keys().map(String::as_str).collect();
            let help = meant(output, names.iter().copied());
            let help = help.unwrap_or_else(|| format!("it has {}", listed(&names)));
            let what = format!(
                "`{}` has no output `{}`",
                shortened(logical_id),
                shortened(output)
            );
            let function = match value {
                Value::Function(function, _) => path.key(function.name()),
                _ => *path,
            };
            findings.push(Finding {
                level: Level::Error,
                path: function.steps(),
                ..Finding::new(Code::UnknownAttribute, what, help)
                    .because("by the template of the stack")
            });
        });
    });
}
