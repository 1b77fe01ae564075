//! What may be written in the argument of a function.

use stratiform_catalog::Attribute;
use stratiform_template::Function;

use super::{Asked, Completion, Kind};
use crate::facts::Facts;
use crate::names::PSEUDO;
use crate::sketch::Style;

/// The proposals inside of a function; none where the cursor is not in one that has any of its own.
pub(super) fn argument(asked: &Asked<'_>) -> Option<Vec<Completion>> {
    let steps = asked.spot.steps();
    match steps.as_slice() {
        [.., "Fn::Sub"] | [.., "Fn::Sub", "0"] => {
            return Some(variable(asked).unwrap_or_default());
        }
        // Whoever writes `"${` anywhere means a variable that this text will have.
        _ if asked.typed().contains("${") => return None,
        _ => {}
    }
    let outer = |inner: usize| steps.get(..steps.len() - inner).unwrap_or_default();
    let found = match steps.as_slice() {
        [.., "Ref"] => referable(asked, outer(1)),
        [.., "Fn::GetAtt"] => match asked.inner().split_once('.') {
            Some((logical_id, _)) => attributes(asked, outer(1), logical_id, true),
            None => owners(asked, asked.spot.style != Style::Json),
        },
        [.., "Fn::GetAtt", "0"] => owners(asked, false),
        [.., "Fn::GetAtt", "1"] => {
            let logical_id = asked.spot.before.first()?;
            attributes(asked, outer(2), logical_id, false)
        }
        [.., "Fn::If", "0"] => conditions(asked),
        [.., "Fn::FindInMap", "0"] => names(asked, &["Mappings"], "mapping"),
        [.., "Fn::FindInMap", "1"] => {
            let mapping = asked.spot.before.first()?;
            names(asked, &["Mappings", mapping], "first key")
        }
        [.., "Fn::FindInMap", "2"] => second_keys(asked, asked.spot.before.first()?),
        ["Conditions" | "Rules", .., "Condition"] => conditions(asked),
        [.., "Fn::And" | "Fn::Or" | "Fn::Not", _, "Condition"] => conditions(asked),
        _ => return None,
    };
    Some(found)
}

/// What `Ref` may name.
fn referable(asked: &Asked<'_>, place: &[&str]) -> Vec<Completion> {
    let wanted = wanted(asked, place);
    let mut found = Vec::new();
    for (name, detail, rank) in refs(asked, &wanted) {
        found.push(Completion {
            detail,
            rank,
            ..asked.value(Kind::Reference, &name)
        });
    }
    found
}

/// The kinds of text that a place takes.
fn wanted(asked: &Asked<'_>, place: &[&str]) -> Vec<&'static str> {
    Facts::at(asked.names, place).map_or_else(Vec::new, |facts| facts.kinds())
}

/// Parameters, resources and pseudo parameters, with what is said of them, and how well they fit.
fn refs(asked: &Asked<'_>, wanted: &[&str]) -> Vec<(String, String, u8)> {
    let mut found = Vec::new();
    for sign in asked.names.below(&["Parameters"]) {
        let kind = asked.names.value(&["Parameters", &sign.key, "Type"]);
        let kind = kind.unwrap_or_default();
        // `AWS::EC2::VPC.Id` is `AWS::EC2::VPC::Id` there, or in a list of them.
        let fits = wanted
            .iter()
            .any(|it| kind.contains(&it.replace('.', "::")));
        let rank = if fits { 0 } else { 1 };
        found.push((sign.key.clone(), format!("parameter, {kind}"), rank));
    }
    let own = own_id(asked);
    for sign in asked.names.below(&["Resources"]) {
        if Some(sign.key.as_str()) == own {
            continue;
        }
        let rank = fit(wanted, &asked.names.given(&sign.key, None));
        let kind = asked.names.type_name(&sign.key).unwrap_or_default();
        found.push((sign.key.clone(), kind.to_owned(), rank));
    }
    let pseudo = PSEUDO.into_iter();
    found.extend(pseudo.map(|(name, about)| (name.to_owned(), about.to_owned(), 4)));
    found
}

/// The resource that the cursor is in: it cannot refer to itself.
fn own_id<'a>(asked: &'a Asked<'_>) -> Option<&'a str> {
    match asked.spot.path.as_slice() {
        [section, own, ..] if section == "Resources" => Some(own),
        _ => None,
    }
}

/// How well what is given fits what is wanted: surely, perhaps, or not.
fn fit(wanted: &[&str], given: &[&str]) -> u8 {
    if wanted.is_empty() || given.is_empty() {
        return 2;
    }
    match given.iter().any(|kind| wanted.contains(kind)) {
        true => 0,
        false => 3,
    }
}

/// The resources that have attributes; `dotted` where the attribute follows in the same text.
fn owners(asked: &Asked<'_>, dotted: bool) -> Vec<Completion> {
    let own = own_id(asked);
    let resources = asked.names.below(&["Resources"]).into_iter();
    let others = resources.filter(|sign| Some(sign.key.as_str()) != own);
    let proposal = |sign: &crate::sketch::Sign| {
        let mut found = asked.value(Kind::Reference, &sign.key);
        if dotted {
            found.insert = asked.spaced(&format!("{}.", sign.key));
        }
        Completion {
            detail: asked
                .names
                .type_name(&sign.key)
                .unwrap_or_default()
                .to_owned(),
            ..found
        }
    };
    others.map(proposal).collect()
}

/// The attributes of a resource; `dotted` where they stand behind its name.
fn attributes(
    asked: &Asked<'_>,
    place: &[&str],
    logical_id: &str,
    dotted: bool,
) -> Vec<Completion> {
    let wanted = wanted(asked, place);
    let Some(known) = asked.names.resource_type(logical_id) else {
        return Vec::new();
    };
    let proposal = |attribute: Attribute| {
        let name = attribute.name;
        let written = match dotted {
            true => format!("{logical_id}.{name}"),
            false => name.to_owned(),
        };
        let given = asked.names.given(logical_id, Some(name));
        Completion {
            label: name.to_owned(),
            detail: given.join(", "),
            rank: fit(&wanted, &given),
            ..asked.value(Kind::Reference, &written)
        }
    };
    known.attributes().map(proposal).collect()
}

fn conditions(asked: &Asked<'_>) -> Vec<Completion> {
    names(asked, &["Conditions"], "condition")
}

/// All names below a path.
pub(super) fn names(asked: &Asked<'_>, path: &[&str], what: &str) -> Vec<Completion> {
    let all = asked.names.below(path).into_iter();
    let others = all.filter(|sign| asked.spot.path.get(1) != Some(&sign.key) || path.len() > 1);
    let proposal = |sign: &crate::sketch::Sign| Completion {
        detail: what.to_owned(),
        ..asked.value(Kind::Name, &sign.key)
    };
    others.map(proposal).collect()
}

/// The keys of all maps of a mapping.
fn second_keys(asked: &Asked<'_>, mapping: &str) -> Vec<Completion> {
    let mut found: Vec<Completion> = Vec::new();
    for first in asked.names.below(&["Mappings", mapping]) {
        for proposal in names(asked, &["Mappings", mapping, &first.key], "second key") {
            if !found.contains(&proposal) {
                found.push(proposal);
            }
        }
    }
    found
}

/// What may stand in the `${` that the cursor is behind.
fn variable(asked: &Asked<'_>) -> Option<Vec<Completion>> {
    let typed = asked.typed();
    let open = typed.rfind("${")?;
    let name = typed.get(open + 2..)?;
    if name.contains('}') || name.starts_with('!') {
        return None;
    }
    let start = asked.cursor - name.len();
    let behind = asked.text.get(asked.cursor..)?;
    let rest = behind.find(|it: char| !(it.is_alphanumeric() || matches!(it, ':' | '.')));
    let rest = rest.unwrap_or(behind.len());
    let is_closed = behind
        .get(rest..)
        .is_some_and(|behind| behind.starts_with('}'));
    let proposal = |label: &str, written: &str, is_whole: bool| Completion {
        label: label.to_owned(),
        replace: start..asked.cursor + rest,
        filter: written.to_owned(),
        insert: match is_closed || !is_whole {
            true => written.to_owned(),
            false => format!("{written}}}"),
        },
        ..asked.proposal(Kind::Reference, label, String::new())
    };
    if let Some((logical_id, _)) = name.split_once('.') {
        let known = asked.names.resource_type(logical_id)?;
        let attributes = known.attributes().map(|attribute| {
            let written = format!("{logical_id}.{}", attribute.name);
            Completion {
                detail: asked
                    .names
                    .given(logical_id, Some(attribute.name))
                    .join(", "),
                ..proposal(attribute.name, &written, true)
            }
        });
        return Some(attributes.collect());
    }
    let all = refs(asked, &[]).into_iter();
    let all = all.filter(|(name, ..)| name != "AWS::NoValue");
    let found = all.map(|(name, detail, rank)| Completion {
        detail,
        rank,
        ..proposal(&name, &name, true)
    });
    Some(found.collect())
}

/// The functions that a place takes as they would be written, and the references that surely fit it.
pub(super) fn calls(asked: &Asked<'_>) -> Vec<Completion> {
    let steps = asked.spot.steps();
    let wanted = wanted(asked, &steps);
    let mut found = Vec::new();
    let is_json = asked.is_json();
    let mut fitting = |rank: u8, label: String, insert: String, detail: String| {
        found.push(Completion {
            detail,
            rank,
            ..asked.proposal(Kind::Reference, &label, insert)
        });
    };
    if !wanted.is_empty() {
        for (name, detail, _) in refs(asked, &wanted).into_iter().filter(|it| it.2 == 0) {
            let insert = match is_json {
                true => format!("{{\"Ref\": \"{name}\"}}"),
                false => asked.spaced(&format!("!Ref {name}")),
            };
            fitting(0, format!("!Ref {name}"), insert, detail);
        }
        for sign in asked.names.below(&["Resources"]) {
            let known = asked.names.resource_type(&sign.key);
            let others = known.filter(|_| Some(sign.key.as_str()) != own_id(asked));
            for attribute in others.into_iter().flat_map(|known| known.attributes()) {
                let (id, name) = (&sign.key, attribute.name);
                let given = asked.names.given(id, Some(name));
                if fit(&wanted, &given) == 0 {
                    let insert = match is_json {
                        true => format!("{{\"Fn::GetAtt\": [\"{id}\", \"{name}\"]}}"),
                        false => asked.spaced(&format!("!GetAtt {id}.{name}")),
                    };
                    fitting(1, format!("!GetAtt {id}.{name}"), insert, given.join(", "));
                }
            }
        }
    }
    found.extend(functions(asked));
    found
}

/// The functions that may stand where the cursor is.
fn functions(asked: &Asked<'_>) -> Vec<Completion> {
    let section = asked.spot.path.first().map(String::as_str);
    let is_condition = matches!(section, Some("Conditions" | "Rules"));
    let fits = |function: &Function| match function {
        Function::Condition | Function::And | Function::Or | Function::Not | Function::Equals => {
            is_condition
        }
        Function::If
        | Function::GetAtt
        | Function::ImportValue
        | Function::Base64
        | Function::Cidr
        | Function::GetAZs => !is_condition,
        Function::Transform | Function::GetStackOutput => section == Some("Resources"),
        // Functions of rules and of language extensions have no short form.
        other => other.tag().is_some(),
    };
    let all = Function::ALL.into_iter().filter(fits);
    let proposal = |function: Function| {
        let name = function.name();
        let (label, insert) = match (function.tag(), asked.spot.style) {
            (_, Style::Json) => (
                name.to_owned(),
                format!("{{\"{name}\": {}}}", empty(function)),
            ),
            (Some(tag), _) => (format!("!{tag}"), asked.spaced(&format!("!{tag} "))),
            (None, _) => return None,
        };
        Some(Completion {
            detail: about(function).to_owned(),
            rank: 5,
            ..asked.proposal(Kind::Function, &label, insert)
        })
    };
    all.filter_map(proposal).collect()
}

/// An argument that says nothing yet.
fn empty(function: Function) -> &'static str {
    match function {
        Function::Ref
        | Function::Condition
        | Function::Sub
        | Function::Base64
        | Function::GetAZs
        | Function::ImportValue => "\"\"",
        Function::Transform | Function::GetStackOutput => "{}",
        _ => "[]",
    }
}

/// What a function gives.
pub(crate) fn about(function: Function) -> &'static str {
    match function {
        Function::Ref => "a parameter's value, or what identifies a resource",
        Function::Condition => "whether another condition holds",
        Function::GetAtt => "an attribute of a resource",
        Function::Sub => "text with `${…}` filled in",
        Function::Join => "texts joined, with something between them",
        Function::Split => "a text as a list",
        Function::Select => "an item of a list",
        Function::FindInMap => "a value of a mapping",
        Function::If => "one value or another, by a condition",
        Function::Equals => "whether two values are the same",
        Function::And => "whether all of them hold",
        Function::Or => "whether one of them holds",
        Function::Not => "whether it does not hold",
        Function::Base64 => "text as Base64",
        Function::Cidr => "blocks of addresses inside of one",
        Function::GetAZs => "the zones of a region",
        Function::ImportValue => "what another stack exports",
        Function::GetStackOutput => "an output of another stack",
        Function::Transform => "what a macro makes",
        Function::Length => "how many items a list has",
        Function::ToJsonString => "a value as JSON",
        Function::Contains => "whether a list has a value",
        Function::EachMemberEquals => "whether all items are this value",
        Function::EachMemberIn => "whether all items are in another list",
        Function::RefAll => "all values of parameters of a type",
        Function::ValueOf => "an attribute of a parameter's value",
        Function::ValueOfAll => "that of all parameters of a type",
    }
}
