//! `AWS::CloudFormation::Interface`: how the console asks for parameters. `E4001`, `W4001`.
//!
//! Source: CloudFormation template reference, "AWS::CloudFormation::Interface".

use stratiform_finding::words::{meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Map, Path, Step, Text, Value};

use super::{section, told};
use crate::scene::Scene;

const INTERFACE: &str = "AWS::CloudFormation::Interface";

struct Reading<'a, 't> {
    scene: &'a Scene<'t>,
    findings: &'a mut Vec<Finding>,
}

pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    let Some(interface) = scene.template.metadata.get(INTERFACE) else {
        return;
    };
    let metadata = section("Metadata");
    let path = metadata.key(INTERFACE);
    let mut reading = Reading { scene, findings };
    let Some(entries) = reading.map(interface, &path, &["ParameterGroups", "ParameterLabels"])
    else {
        return;
    };
    if let Some(groups) = entries.get("ParameterGroups") {
        reading.groups(groups, &path.key("ParameterGroups"));
    }
    if let Some(labels) = entries.get("ParameterLabels") {
        let path = path.key("ParameterLabels");
        for (name, label) in reading.map(labels, &path, &[]).into_iter().flatten() {
            reading.parameter(name, &path.key(name));
            reading.label(label, &path.key(name));
        }
    }
}

impl Reading<'_, '_> {
    fn groups(&mut self, groups: &Value, path: &Path<'_>) {
        let Some(groups) = groups.as_list() else {
            return self.wrong(path, "is no list");
        };
        for (position, group) in groups.iter().enumerate() {
            let path = path.below(Step::Index(position));
            let Some(group) = self.map(group, &path, &["Label", "Parameters"]) else {
                continue;
            };
            if let Some(label) = group.get("Label") {
                self.label(label, &path.key("Label"));
            }
            let path = path.key("Parameters");
            match group.get("Parameters") {
                Some(Value::List(names)) => {
                    for (position, name) in names.iter().enumerate() {
                        if let Some(name) = name.as_str() {
                            self.parameter(name, &path.below(Step::Index(position)));
                        }
                    }
                }
                Some(_) => self.wrong(&path, "is no list"),
                None => {}
            }
        }
    }

    fn label(&mut self, label: &Value, path: &Path<'_>) {
        let text = self.map(label, path, &["default"]);
        let text = text.and_then(|label| label.get("default"));
        if text.is_some_and(|text| text.scalar().is_none()) {
            self.wrong(&path.key("default"), "is no text");
        }
    }

    /// A map with some keys; any, where there are none.
    fn map<'v>(&mut self, value: &'v Value, path: &Path<'_>, known: &[&str]) -> Option<&'v Map> {
        let Value::Map(entries) = value else {
            self.wrong(path, "is no map");
            return None;
        };
        let unknown = |key: &&Text| !known.is_empty() && !known.contains(&key.as_str());
        for key in entries.keys().filter(unknown) {
            self.wrong(&path.key(key), "is not known here");
        }
        Some(entries)
    }

    fn parameter(&mut self, name: &str, path: &Path<'_>) {
        let parameters = &self.scene.template.parameters;
        if parameters.contains_key(name) || self.scene.is_transformed {
            return;
        }
        let what = format!("the template has no parameter `{}`", shortened(name));
        let names = parameters.keys().map(String::as_str);
        let help = meant(name, names).unwrap_or_else(|| "remove it".to_owned());
        let kind = (Code::InterfaceEntry, Level::Warning);
        self.findings.push(told(path, kind, what, "", help));
    }

    fn wrong(&mut self, path: &Path<'_>, is: &str) {
        let what = format!("{} {is}", crate::schema::named(path));
        self.findings.push(told(
            path,
            // Nothing is refused for it: the console shows less.
            (Code::InterfaceEntry, Level::Warning),
            what,
            "the console reads `ParameterGroups`, with `Label` and `Parameters`, and `ParameterLabels`",
            "write it in that form, or remove it",
        ));
    }
}
