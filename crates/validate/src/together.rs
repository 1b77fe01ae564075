//! Several templates that belong together: what one exports and another imports, and names that only one can have.
//!
//! What lives here: what no template says alone. What does not: stacks in stacks (`nested`), and the order of stacks,
//! which `assembly` knows.

mod dimension;

use std::collections::{BTreeMap, BTreeSet};

use stratiform_catalog::naming::{NameScope, name_scope};
use stratiform_finding::words::{meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Member, Template, Value, sub_variables};

use crate::scene::Scene;
use crate::whole::name::{Claim, claims_by};
use crate::whole::walk;

/// A template that is deployed with others, to one account.
#[derive(Clone, Copy, Debug)]
pub struct Deployed<'t> {
    /// The stack's name, where it is known.
    pub stack: Option<&'t str>,
    /// Where it is deployed, where that is known.
    pub region: Option<&'t str>,
    /// What is deployed.
    pub template: &'t Template,
}

/// Holds templates against each other; each finding comes with the position of the template that it is about.
///
/// Names that depend on what nobody knows here (a parameter, the stack's name where it is not given) are left alone, and
/// so is whatever they could stand for.
///
/// ```
/// use stratiform_template::Template;
/// use stratiform_validate::{Deployed, validate_together};
///
/// let text = "Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue shop-name}}}";
/// let template = Template::parse(text).unwrap();
/// let shop = Deployed { stack: Some("shop"), region: None, template: &template };
/// let (position, finding) = &validate_together(&[shop])[0];
/// assert_eq!((*position, finding.code.as_str()), (0, "import-without-export"));
/// ```
pub fn validate_together(deployed: &[Deployed<'_>]) -> Vec<(usize, Finding)> {
    let mut findings = exports_and_imports(deployed);
    findings.extend(collisions(deployed));
    findings.extend(dimension::held(deployed));
    findings.extend(too_many(deployed));
    findings
}

/// How many stacks an account has in a region, where nobody asked AWS for more; nested ones count.
///
/// Source: CloudFormation user guide, "Understand CloudFormation quotas".
const MOST_STACKS: usize = 2000;

/// The first stack of each region that is one too many.
fn too_many(deployed: &[Deployed<'_>]) -> Vec<(usize, Finding)> {
    let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for (at, one) in deployed.iter().enumerate() {
        let resources = one.template.each_resource();
        let nested = resources
            .filter(|(_, resource)| resource.resource_type == "AWS::CloudFormation::Stack");
        let count = counts.entry(one.region).or_default();
        let before = *count;
        *count += 1 + nested.count();
        if before <= MOST_STACKS && *count > MOST_STACKS {
            let what = format!("these are more than {MOST_STACKS} stacks in one region");
            let help = "put resources together, or ask AWS for more";
            let finding = Finding::new(Code::QuotaExceeded, what, help);
            let finding = Finding {
                level: Level::Warning,
                path: vec!["Resources".to_owned()],
                ..finding.because("an account has no more, where nobody asked for more")
            };
            findings.push((at, finding));
        }
    }
    findings
}

/// Something that is exported or imported.
struct Named {
    /// Which template.
    at: usize,
    path: Vec<String>,
    /// Nothing, where nobody knows it.
    name: Option<String>,
}

fn exports_and_imports(deployed: &[Deployed<'_>]) -> Vec<(usize, Finding)> {
    let mut findings = Vec::new();
    let regions: BTreeSet<Option<&str>> = deployed.iter().map(|one| one.region).collect();
    for region in regions {
        let here = deployed
            .iter()
            .enumerate()
            .filter(|(_, one)| one.region == region);
        let (mut exports, mut imports) = (Vec::new(), Vec::new());
        for (at, one) in here {
            exported(at, *one, &mut exports);
            imported(at, *one, &mut imports);
        }
        findings.extend(twice(&exports));
        findings.extend(unmet(&exports, &imports));
        findings.extend(unused(&exports, &imports));
    }
    findings
}

fn exported(at: usize, one: Deployed<'_>, exports: &mut Vec<Named>) {
    for (name, member) in &one.template.outputs {
        let Member::One(output) = member else {
            // A loop may export anything.
            exports.push(Named {
                at,
                path: Vec::new(),
                name: None,
            });
            continue;
        };
        if let Some(export) = &output.export {
            let path = ["Outputs", name, "Export", "Name"].map(str::to_owned);
            exports.push(Named {
                at,
                path: path.to_vec(),
                name: text(export, one),
            });
        }
    }
}

fn imported(at: usize, one: Deployed<'_>, imports: &mut Vec<Named>) {
    let scene = Scene::new(one.template, &[]);
    walk::each(&scene, &mut |_, value, path| {
        if let Value::Function(Function::ImportValue, name) = value {
            imports.push(Named {
                at,
                path: path.key(Function::ImportValue.name()).steps(),
                name: text(name, one),
            });
        }
    });
    // A loop may import anything.
    let mut members = one.template.resources.values();
    if members.any(|member| matches!(member, Member::Unexpanded(_))) {
        imports.push(Named {
            at,
            path: Vec::new(),
            name: None,
        });
    }
}

/// One name that two stacks export.
fn twice(exports: &[Named]) -> Vec<(usize, Finding)> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for export in exports {
        let Some(name) = export.name.as_deref() else {
            continue;
        };
        match first.get(name) {
            // In one template it is told already.
            Some(at) if *at == export.at => {}
            Some(_) => findings.push((
                export.at,
                Finding {
                    path: export.path.clone(),
                    ..Finding::new(
                        Code::DuplicateExport,
                        format!("another stack exports `{}`, too", shortened(name)),
                        "rename one of the two",
                    )
                    .because("export names are unique in an account and region")
                },
            )),
            None => drop(first.insert(name, export.at)),
        }
    }
    findings
}

/// Imports of what nobody exports.
fn unmet(exports: &[Named], imports: &[Named]) -> Vec<(usize, Finding)> {
    let names: Option<BTreeSet<&str>> = exports.iter().map(|one| one.name.as_deref()).collect();
    // What is not known may be any.
    let Some(names) = names else {
        return Vec::new();
    };
    let missing = imports.iter().filter_map(|import| {
        let name = import.name.as_deref()?;
        (!names.contains(name)).then_some((import, name))
    });
    let told = missing.map(|(import, name)| {
        let help = meant(name, names.iter().copied());
        let help = help.unwrap_or_else(|| "export it, or correct the name".to_owned());
        let what = format!("no stack exports `{}`", shortened(name));
        let finding = Finding {
            // A stack that is not among these may.
            level: Level::Warning,
            path: import.path.clone(),
            ..Finding::new(Code::ImportWithoutExport, what, help)
                .because("what is imported must be exported before, in the account and region")
        };
        (import.at, finding)
    });
    told.collect()
}

/// Exports that nobody imports.
fn unused(exports: &[Named], imports: &[Named]) -> Vec<(usize, Finding)> {
    let names: Option<BTreeSet<&str>> = imports.iter().map(|one| one.name.as_deref()).collect();
    let Some(names) = names else {
        return Vec::new();
    };
    let told = exports.iter().filter_map(|export| {
        let name = export
            .name
            .as_deref()
            .filter(|name| !names.contains(name))?;
        let what = format!("no stack imports `{}`", shortened(name));
        let finding = Finding {
            level: Level::Note,
            path: export.path.clone(),
            ..Finding::new(
                Code::UnusedExport,
                what,
                "remove the export, where nobody else needs it",
            )
        };
        Some((export.at, finding))
    });
    told.collect()
}

/// Resources of two stacks that would be the same in what identifies them.
fn collisions(deployed: &[Deployed<'_>]) -> Vec<(usize, Finding)> {
    let mut findings = Vec::new();
    let mut first: BTreeMap<(String, Option<&str>), (usize, String, bool)> = BTreeMap::new();
    for (at, one) in deployed.iter().enumerate() {
        let scene = Scene::new(one.template, &[]);
        for (key, claim) in claims_by(&scene, &|value| text(value, *one)) {
            let Claim {
                logical_id,
                property,
                case,
                ..
            } = claim;
            let region = match name_scope(claim.type_name) {
                NameScope::Region => one.region,
                NameScope::Partition | NameScope::Account => None,
            };
            let is_always = case.decisions().is_empty();
            match first.get(&(key.clone(), region)) {
                // In one template it is told already.
                Some((other, ..)) if *other == at => {}
                Some((other, other_id, other_always)) => {
                    let of = deployed.get(*other).and_then(|one| one.stack);
                    let of = of.map(|stack| format!(" of `{stack}`")).unwrap_or_default();
                    let level = match is_always && *other_always {
                        true => Level::Error,
                        false => Level::Warning,
                    };
                    let path = ["Resources", logical_id, "Properties", &property];
                    let finding = Finding {
                        level,
                        path: path.map(str::to_owned).to_vec(),
                        ..Finding::new(
                            Code::NameCollision,
                            format!("`{}`{of} has this already", shortened(other_id)),
                            "give one of them another name, or none",
                        )
                        .because("two such resources cannot be the same in what identifies them")
                    };
                    findings.push((at, finding));
                }
                None => {
                    let own = (at, logical_id.to_owned(), is_always);
                    first.insert((key, region), own);
                }
            }
        }
    }
    findings
}

/// The text of a name, as far as the stack says it. What is the same in all stacks of an account stands for itself.
fn text(value: &Value, one: Deployed<'_>) -> Option<String> {
    let Value::Function(function, argument) = value else {
        return value.scalar().map(|text| text.into_owned());
    };
    match (function, argument.as_list()) {
        (Function::Ref, _) => pseudo(argument.as_str()?, one),
        (Function::Sub, None) => {
            let mut written = argument.as_str()?.to_owned();
            for variable in sub_variables(argument.as_str()?) {
                let known = pseudo(variable.trim(), one)?;
                written = written.replace(&format!("${{{variable}}}"), &known);
            }
            Some(written)
        }
        (Function::Join, Some([Value::String(delimiter), Value::List(items)])) => {
            let items: Option<Vec<String>> = items.iter().map(|item| text(item, one)).collect();
            Some(items?.join(delimiter))
        }
        _ => None,
    }
}

fn pseudo(name: &str, one: Deployed<'_>) -> Option<String> {
    match name {
        "AWS::StackName" => one.stack.map(str::to_owned),
        "AWS::Region" => Some(one.region.unwrap_or("(region)").to_owned()),
        "AWS::AccountId" | "AWS::Partition" | "AWS::URLSuffix" => Some(format!("({name})")),
        _ => None,
    }
}
