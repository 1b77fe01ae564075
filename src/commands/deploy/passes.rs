//! Exports that are in use and go: CloudFormation refuses to take one away that a stack imports, and goes through the
//! stacks one by one. So the exporter is deployed twice: first it keeps them, then what imported them is deployed without
//! them, then they go.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stratiform_assembly::StackAt;
use stratiform_aws::Aws;
use stratiform_deploy::call::ParameterValue;
use stratiform_deploy::guard::StackFound;
use stratiform_deploy::{Call, FIRST, PlannedStack, Reply};
use stratiform_diff::diff;
use stratiform_finding::words::{counted, few};
use stratiform_finding::{Code, Finding};
use stratiform_resolve::Whereabouts;
use stratiform_template::{Function, Member, Output, Reference, Template, Value};

use super::prediction::prediction;
use super::preparing::failed;
use crate::exit::Exit;
use crate::report::Failure;

/// A stack of a plan, as it is there and as it is to be.
pub(super) struct Sides<'a> {
    /// As it is there, with what it exports.
    pub found: &'a StackFound,
    /// The same in the form that it is compared in; none where nothing is there.
    pub before: Option<&'a StackAt>,
    /// As it is to be.
    pub after: &'a StackAt,
}

/// Gives each stack that takes away exports that are in use a pass before, in which it keeps them, and puts the stack itself
/// behind what imports them. Says so; and which place in `sides` each stack of the plan comes from.
///
/// # Errors
/// An export goes that a stack imports which is not deployed here, or goes on importing it.
pub(super) async fn in_two_passes(
    aws: &Aws,
    sides: &[Sides<'_>],
    place: impl Fn(&StackAt) -> Whereabouts,
    stacks: &mut Vec<PlannedStack>,
) -> Result<(Vec<usize>, Vec<String>), Failure> {
    let mut origins: Vec<usize> = (0..stacks.len()).collect();
    let mut said = Vec::new();
    let mut findings = Vec::new();
    // From the back: a second pass comes after those of who imports from it.
    for (index, side) in sides.iter().enumerate().rev() {
        let mut used: IndexMap<String, String> = IndexMap::new();
        let mut importers = BTreeSet::new();
        for (output, export) in going(side) {
            let call = Call::ListImports {
                export: export.clone(),
            };
            let names = match aws.call(&call).await.map_err(failed)? {
                Reply::Importers(names) => names,
                _ => continue,
            };
            for name in &names {
                let place = sides.iter().position(|side| side.after.name == *name);
                match place.filter(|place| !imports(&sides[*place].after.template, &export)) {
                    Some(place) => drop(importers.insert(place)),
                    None => findings.push(in_use(side, &export, name, place.is_some())),
                }
            }
            if !names.is_empty() {
                used.insert(output, export);
            }
        }
        let (Some(before), false) = (side.before, used.is_empty()) else {
            continue;
        };
        let kept = StackAt {
            template: keeping(&side.after.template, &before.template, used.keys()).into(),
            ..side.after.clone()
        };
        let key = stacks[index].key.clone();
        said.push(format!(
            "`{key}` is deployed twice: {} ({}) in use, and stays until {} deployed without",
            counted(used.len(), "export"),
            few(&used.values().cloned().collect::<Vec<_>>()),
            few_are(
                importers
                    .iter()
                    .map(|place| stacks[*place].key.clone())
                    .collect()
            ),
        ));
        let place = place(side.after);
        let mut last = stacks[index].clone();
        last.seen = None;
        last.depends_on = [index].into_iter().chain(importers).collect();
        last.predicted = Some(prediction(&diff(Some(&kept), Some(side.after), &place)));
        let first = &mut stacks[index];
        first.key = key + FIRST;
        first.template = kept.template.to_json();
        for name in kept.template.parameters.keys() {
            let parameters = &mut first.parameters;
            parameters
                .entry(name.clone())
                .or_insert(ParameterValue::Previous);
        }
        first.predicted = Some(prediction(&diff(Some(before), Some(&kept), &place)));
        stacks.push(last);
        origins.push(index);
    }
    // An importer that takes exports away itself imports until its own second pass.
    let lasts: Vec<(usize, usize)> = (sides.len()..stacks.len())
        .map(|last| (origins[last], last))
        .collect();
    for (own, last) in &lasts {
        let needed = stacks[*last].depends_on.clone();
        let needed = needed.into_iter().map(|needed| {
            let second = lasts
                .iter()
                .find(|(place, _)| *place == needed && needed != *own);
            second.map_or(needed, |(_, second)| *second)
        });
        stacks[*last].depends_on = needed.collect();
    }
    if findings.is_empty() {
        return Ok((origins, said));
    }
    let mut failure = Failure::of(findings);
    failure.exit = Exit::No;
    Err(failure)
}

fn few_are(keys: Vec<String>) -> String {
    let verb = if keys.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", few(&keys))
}

fn in_use(side: &Sides<'_>, export: &str, importer: &str, is_here: bool) -> Finding {
    let help = if is_here {
        "keep it, or take its import away in the same change"
    } else {
        "deploy that stack without its import first"
    };
    let what = format!(
        "the stack `{}` no longer exports `{export}`, which `{importer}` imports",
        side.found.key
    );
    Finding::new(Code::ExportInUse, what, help)
        .because("CloudFormation takes no export away as long as a stack imports it")
}

/// Outputs whose exports are there and go, with the exports' names. A name that is no plain text may be the same.
fn going(side: &Sides<'_>) -> Vec<(String, String)> {
    let Some(stack) = side.found.there() else {
        return Vec::new();
    };
    let outputs = &side.after.template.outputs;
    let names = outputs.values().filter_map(|output| match output {
        Member::One(output) => output.export.as_ref()?.as_str(),
        Member::Unexpanded(_) => None,
    });
    let names: BTreeSet<&str> = names.collect();
    let may_be_the_same = |key: &str| {
        outputs.get(key).is_some_and(|output| match output {
            Member::One(output) => output
                .export
                .as_ref()
                .is_some_and(|name| name.as_str().is_none()),
            Member::Unexpanded(_) => true,
        })
    };
    let exports = stack
        .outputs
        .iter()
        .filter_map(|(key, (_, export))| Some((key, export.as_ref()?)));
    exports
        .filter(|(key, export)| !names.contains(export.as_str()) && !may_be_the_same(key))
        .map(|(key, export)| (key.clone(), export.clone()))
        .collect()
}

/// Whether a template imports something by this name, or by one that is no plain text.
fn imports(template: &Template, export: &str) -> bool {
    let mut found = false;
    let mut look = |value: &Value| {
        value.for_each_reference(&mut |reference| {
            if let Reference::Export(name) = reference {
                found |= name.as_str().is_none_or(|name| name == export);
            }
        });
    };
    for resource in template.resources.values() {
        match resource {
            Member::One(resource) => resource.properties.values().for_each(&mut look),
            Member::Unexpanded(value) => look(value),
        }
    }
    for output in template.outputs.values() {
        match output {
            Member::One(output) => look(&output.value),
            Member::Unexpanded(value) => look(value),
        }
    }
    found
}

/// A template with outputs of an earlier one, and with all that they need of it.
fn keeping<'k>(
    after: &Template,
    before: &Template,
    outputs: impl Iterator<Item = &'k String>,
) -> Template {
    let mut kept = after.clone();
    let mut needed: Vec<String> = Vec::new();
    for key in outputs {
        if let Some(output) = before.outputs.get(key) {
            if let Member::One(Output {
                value, condition, ..
            }) = output
            {
                needed.extend(names(value));
                needed.extend(condition.clone());
            }
            kept.outputs.insert(key.clone(), output.clone());
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = needed.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        if let Some(parameter) = before.parameters.get(&name) {
            kept.parameters
                .entry(name.clone())
                .or_insert_with(|| parameter.clone());
        }
        if let Some(mapping) = before.mappings.get(&name) {
            kept.mappings
                .entry(name.clone())
                .or_insert_with(|| mapping.clone());
        }
        if let Some(condition) = before.conditions.get(&name)
            && !kept.conditions.contains_key(&name)
        {
            if let Member::One(value) = condition {
                needed.extend(names(value));
            }
            kept.conditions.insert(name.clone(), condition.clone());
        }
        if let Some(resource) = before.resources.get(&name)
            && !kept.resources.contains_key(&name)
        {
            if let Member::One(resource) = resource {
                needed.extend(resource.properties.values().flat_map(names));
                needed.extend(resource.depends_on.iter().cloned());
                needed.extend(resource.condition.clone());
            }
            kept.resources.insert(name, resource.clone());
        }
    }
    kept
}

/// The names that a value refers to.
fn names(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    value.for_each_reference(&mut |reference| match reference {
        Reference::Name(name)
        | Reference::Attribute {
            logical_id: name, ..
        }
        | Reference::Mapping(name)
        | Reference::Condition(name) => names.push(name.to_owned()),
        Reference::Export(_) | Reference::Output(_) | Reference::Anything => {}
    });
    if let Value::Function(Function::Condition, name) = value {
        names.extend(name.as_str().map(str::to_owned));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap()
    }

    #[test]
    fn what_an_output_needs_stays_and_nothing_else() {
        let before = template(
            "Parameters: {Zone: {Type: String, Default: a}}\n\
             Conditions: {Wanted: !Equals [!Ref Zone, a]}\n\
             Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n  \
             Subnet: {Type: AWS::EC2::Subnet, Condition: Wanted, DependsOn: Table, Properties: {VpcId: !Ref Vpc}}\n  \
             Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}\n  \
             Topic: {Type: AWS::SNS::Topic}\n\
             Outputs:\n  Subnet: {Value: !Ref Subnet, Condition: Wanted, Export: {Name: 'a:Subnet'}}\n",
        );
        let after = template(
            "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}\n",
        );
        let kept = keeping(&after, &before, [&"Subnet".to_owned()].into_iter());
        let ids: Vec<&String> = kept.resources.keys().collect();
        assert_eq!(ids, ["Vpc", "Subnet", "Table"]);
        // What is there on both sides is as it is to be.
        assert_eq!(kept.resources["Vpc"], after.resources["Vpc"]);
        assert_eq!(kept.outputs["Subnet"], before.outputs["Subnet"]);
        assert!(kept.parameters.contains_key("Zone") && kept.conditions.contains_key("Wanted"));
    }

    #[test]
    fn who_imports() {
        let importer = |name: &str| {
            template(&format!(
                "Resources:\n  A: {{Type: AWS::SNS::Topic, Properties: {{TopicName: {{'Fn::ImportValue': {name}}}}}}}\n"
            ))
        };
        assert!(imports(&importer("a"), "a"));
        assert!(!imports(&importer("b"), "a"));
        let computed = "{'Fn::Sub': '${AWS::StackName}-a'}";
        assert!(imports(&importer(computed), "a"), "it may be that one");
    }
}
