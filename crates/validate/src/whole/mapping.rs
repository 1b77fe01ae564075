//! Mappings and keys of `Fn::FindInMap` that depend on what parameters are, or on the region. `E1011`, `W1034`.

use std::borrow::Cow;

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Map, Path, Value};

use super::{told, walk};
use crate::cases::{Case, Open};
use crate::parameter;
use crate::scene::Scene;

pub(super) fn keys(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    walk::each(scene, &mut |spot, value, path| {
        let Value::Function(Function::FindInMap, argument) = value else {
            return;
        };
        // With a default, nothing is missing.
        let Some(lookup @ [_, _, _]) = argument.as_list() else {
            return;
        };
        let asked = scene.cases.each(&spot.case, |case| {
            let missing = missing(scene, case, lookup)?;
            Ok(missing
                .map(|missing| tell(path, &missing))
                .into_iter()
                .collect())
        });
        for (case, mut finding) in asked.into_iter().flatten() {
            if case != spot.case {
                finding.when = scene.cases.witness(&case);
            }
            findings.push(finding);
        }
    });
}

/// What a lookup does not find.
enum Missing {
    Mapping(String),
    Key(String),
}

fn tell(path: &Path<'_>, missing: &Missing) -> Finding {
    let (what, why, help) = match missing {
        Missing::Mapping(name) => (
            format!("mapping `{}` does not exist", shortened(name)),
            "a parameter or the region names it",
            "add the mapping, or take the value from `AllowedValues`",
        ),
        Missing::Key(name) => (
            format!("`{}` does not exist in the mapping", shortened(name)),
            "a parameter or the region can be that",
            "add the key to the mapping, or take the value from `AllowedValues`",
        ),
    };
    told(
        &path.key(Function::FindInMap.name()),
        (Code::UnresolvedMapping, Level::Error),
        what,
        why,
        help,
    )
}

/// What is not there in a case. Where all are literals, it is found without this.
fn missing<'t>(
    scene: &Scene<'t>,
    case: &Case<'t>,
    lookup: &'t [Value],
) -> Result<Option<Missing>, Open<'t>> {
    let [name, first, second] = lookup else {
        return Ok(None);
    };
    let is_literal = |value: &Value| value.as_str().is_some();
    let is_hidden = |rows: &Map| rows.keys().any(|key| key.starts_with("Fn::"));
    let mappings = &scene.template.mappings;
    if scene.is_transformed || is_hidden(mappings) {
        return Ok(None);
    }
    let Some(mapping) = text(scene, case, name)? else {
        return Ok(None);
    };
    let Some(rows) = mappings.get(mapping.as_ref()) else {
        return Ok((!is_literal(name)).then(|| Missing::Mapping(mapping.into_owned())));
    };
    let Some(rows) = rows.as_map().filter(|rows| !is_hidden(rows)) else {
        return Ok(None);
    };
    if [name, first, second].into_iter().all(is_literal) {
        return Ok(None);
    }
    let Some(first) = text(scene, case, first)? else {
        return Ok(None);
    };
    let Some(row) = rows.get(first.as_ref()) else {
        return Ok(Some(Missing::Key(first.into_owned())));
    };
    let (Some(row), Some(second)) = (row.as_map(), text(scene, case, second)?) else {
        return Ok(None);
    };
    let is_there = row.contains_key(second.as_ref()) || is_hidden(row);
    Ok((!is_there).then(|| Missing::Key(second.into_owned())))
}

/// The text of a key: a literal, or what a parameter is.
fn text<'t>(
    scene: &Scene<'t>,
    case: &Case<'t>,
    value: &'t Value,
) -> Result<Option<Cow<'t, str>>, Open<'t>> {
    let name = match value {
        Value::Function(Function::Ref, name) => match name.as_str() {
            Some(name) => name,
            None => return Ok(None),
        },
        _ => return Ok(value.scalar()),
    };
    if let (Some(Some(text)), _) = (case.parameter(name), ()) {
        return Ok(Some(Cow::Borrowed(text)));
    }
    if name == "AWS::Region" {
        return Ok(match scene.regions {
            [region] => Some(Cow::Borrowed(region)),
            _ => None,
        });
    }
    let declared = scene.template.parameters.get(name);
    let can_be = declared.filter(|declared| {
        parameter::choices(declared).is_some() && declared.no_echo != Some(true)
    });
    match (can_be, case.parameter(name)) {
        (Some(_), None) => Err(Open::Parameter(name)),
        _ => Ok(None),
    }
}
