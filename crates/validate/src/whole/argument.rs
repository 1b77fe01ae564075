//! Arguments of functions, as far as only facts tell what is wrong with them. `E1015`, `E1017`, `E1022`, `E1024`.

use std::net::{Ipv4Addr, Ipv6Addr};

use stratiform_catalog::{JsonType, catalog};
use stratiform_finding::words::{meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Path, Step, Value};

use super::told;
use super::walk::Spot;

pub(super) fn check<'t>(
    spot: &Spot<'_, 't>,
    value: &'t Value,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let Value::Function(function, argument) = value else {
        return;
    };
    let path = path.key(function.name());
    match (function, argument.as_list()) {
        (Function::GetAZs, None) => zones(argument, &path, findings),
        (Function::Cidr, Some([block, rest @ ..])) => {
            blocks(block, &path.below(Step::Index(0)), findings);
            numbers(rest, &path, findings);
        }
        (Function::Join | Function::Select, Some([_, Value::List(items)])) => {
            let list = path.below(Step::Index(1));
            for (position, item) in items.iter().enumerate() {
                let path = list.below(Step::Index(position));
                if *function == Function::Join {
                    attribute(spot, (*function, item), Wanted::Text, &path, findings);
                }
            }
        }
        (Function::Join | Function::Select, Some([_, list])) => {
            let path = path.below(Step::Index(1));
            attribute(spot, (*function, list), Wanted::List, &path, findings);
        }
        (Function::Split, Some([_, source])) => {
            let path = path.below(Step::Index(1));
            attribute(spot, (*function, source), Wanted::Text, &path, findings);
        }
        _ => {}
    }
}

/// The region of `Fn::GetAZs`; the text without one means this region.
fn zones(region: &Value, path: &Path<'_>, findings: &mut Vec<Finding>) {
    let Some(region) = region.scalar().filter(|region| !region.is_empty()) else {
        return;
    };
    let region = region.as_ref();
    if catalog().regions().any(|known| known == region) {
        return;
    }
    findings.push(told(
        path,
        // There may be newer ones.
        (Code::InvalidFunctionArgument, Level::Warning),
        format!("there is no region `{}`", shortened(region)),
        "by the catalog",
        meant(region, catalog().regions())
            .unwrap_or_else(|| "write `\"\"` for the stack's own".to_owned()),
    ));
}

fn blocks(block: &Value, path: &Path<'_>, findings: &mut Vec<Finding>) {
    let Some(text) = block.scalar() else { return };
    if is_block(&text) || text.contains("{{resolve:") {
        return;
    }
    findings.push(told(
        path,
        (Code::InvalidFunctionArgument, Level::Error),
        format!("`{}` is no block of addresses", shortened(&text)),
        "`Fn::Cidr` takes a part of a block",
        "write one as `10.0.0.0/16`, or refer to it",
    ));
}

fn is_block(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let most = match (address.parse::<Ipv4Addr>(), address.parse::<Ipv6Addr>()) {
        (Ok(_), _) => 32,
        (_, Ok(_)) => 128,
        _ => return false,
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}

/// How many blocks, and of how many bits.
fn numbers(numbers: &[Value], path: &Path<'_>, findings: &mut Vec<Finding>) {
    for (position, (value, most)) in numbers.iter().zip([256, 128]).enumerate() {
        let Some(text) = value.scalar() else { continue };
        let fits = text
            .trim()
            .parse::<u32>()
            .is_ok_and(|number| (1..=most).contains(&number));
        if !fits {
            findings.push(told(
                &path.below(Step::Index(position + 1)),
                (Code::InvalidFunctionArgument, Level::Error),
                format!("`{}` is no number from 1 to {most}", shortened(&text)),
                "that is what `Fn::Cidr` takes here",
                "correct the number",
            ));
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Text,
    List,
}

/// An attribute that is one text where a list belongs, or the other way round.
fn attribute(
    spot: &Spot<'_, '_>,
    (function, value): (Function, &Value),
    wanted: Wanted,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let Value::Function(Function::GetAtt, argument) = value else {
        return;
    };
    let Some([Value::String(name), Value::String(attribute)]) = argument.as_list() else {
        return;
    };
    let scene = spot.scene;
    let resource = scene.template.resource(name);
    let known = resource.and_then(|resource| scene.resource_type(&resource.resource_type));
    let known = known.filter(|known| known.transform().is_none());
    let schema = known
        .and_then(|known| known.attribute(attribute))
        .filter(|attribute| !attribute.is_open())
        .and_then(|attribute| attribute.schema);
    let only = schema.and_then(|schema| schema.resolve().types().single());
    let (gives, takes) = match (only, wanted) {
        (Some(JsonType::Array), Wanted::Text) => ("a list", "one text"),
        (Some(JsonType::String), Wanted::List) => ("one text", "a list"),
        _ => return,
    };
    let help = match wanted {
        Wanted::Text => "take one of them with `Fn::Select`, or join them with `Fn::Join`",
        Wanted::List => "write a list, or split the text with `Fn::Split`",
    };
    let what = format!("`Fn::GetAtt` gives {gives}, where `{function}` takes {takes}");
    findings.push(told(
        path,
        (Code::InvalidFunctionArgument, Level::Error),
        what,
        "by the catalog",
        help,
    ));
}
