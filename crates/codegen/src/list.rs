//! The list of resource types that a crate uses.

use std::collections::BTreeMap;
use std::fmt;

use stratiform_catalog::{ResourceType, catalog};
use stratiform_finding::words::nearest;

/// A line of the list that names no resource type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListProblem {
    /// The line, from 1.
    pub line: usize,
    /// What the line says.
    pub name: String,
    /// The nearest name that exists.
    pub nearest: Option<&'static str>,
}

impl fmt::Display for ListProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: no resource type is called `{}`",
            self.line, self.name
        )?;
        match self.nearest {
            Some(nearest) => write!(formatter, "; did you mean `{nearest}`?"),
            None => write!(
                formatter,
                "; a type newer than the catalog can be written with `Untyped::new`"
            ),
        }
    }
}

impl std::error::Error for ListProblem {}

/// Reads a list: one resource type per line, `#` starts a comment.
///
/// # Errors
/// Every line that names no resource type.
pub fn parse_list(text: &str) -> Result<Vec<ResourceType>, Vec<ListProblem>> {
    let mut resource_types = BTreeMap::new();
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let name = line.split('#').next().unwrap_or_default().trim();
        if name.is_empty() {
            continue;
        }
        match catalog().resource_type(name) {
            Some(resource_type) => {
                resource_types.insert(name, resource_type);
            }
            None => problems.push(ListProblem {
                line: index + 1,
                name: name.to_owned(),
                nearest: nearest_type(name),
            }),
        }
    }
    if problems.is_empty() {
        Ok(resource_types.into_values().collect())
    } else {
        Err(problems)
    }
}

fn nearest_type(name: &str) -> Option<&'static str> {
    nearest(name, catalog().resource_types().map(ResourceType::name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_sorted_and_without_repetition() {
        let list = "# ours\nAWS::SQS::Queue\nAWS::KMS::Key # keys\n\nAWS::SQS::Queue\n";
        let names: Vec<&str> = parse_list(list)
            .unwrap()
            .into_iter()
            .map(ResourceType::name)
            .collect();
        assert_eq!(names, ["AWS::KMS::Key", "AWS::SQS::Queue"]);
    }

    #[test]
    fn every_wrong_line_is_reported_with_the_nearest_name() {
        let problems =
            parse_list("AWS::SQS::Queu\nAWS::KMS::Key\nAWS::S3::Bukket\nNonsense\n").unwrap_err();
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        1: no resource type is called `AWS::SQS::Queu`; did you mean `AWS::SQS::Queue`?
        3: no resource type is called `AWS::S3::Bukket`; did you mean `AWS::S3::Bucket`?
        4: no resource type is called `Nonsense`; a type newer than the catalog can be written with `Untyped::new`
        ");
    }
}
