//! Changes of a template: what people do to them.

use stratiform_catalog::catalog;
use stratiform_template::{Member, Resource, Template, Value};

use crate::entropy::Entropy;
use crate::property::{reference, value};
use crate::template::{IDS, resource, template};

/// The template after some changes, or another one altogether.
pub fn change(entropy: &mut Entropy<'_>, before: &Template) -> Template {
    if entropy.once_in(16) {
        return template(entropy);
    }
    let mut after = before.clone();
    for _ in 0..=entropy.below(4) {
        one_change(entropy, &mut after);
    }
    after
}

fn one_change(entropy: &mut Entropy<'_>, template: &mut Template) {
    let count = template.resources.len();
    let index = entropy.below(count);
    match entropy.below(10) {
        0 => {
            template.resources.shift_remove_index(index);
        }
        1 => {
            let id = entropy.pick(&IDS).to_owned();
            let resource = Member::One(resource(entropy));
            template.resources.insert(id, resource);
        }
        // Another logical ID.
        2 => {
            if let Some((_, member)) = template.resources.shift_remove_index(index) {
                template.resources.insert("Renamed".to_owned(), member);
            }
        }
        3 => {
            let name = entropy.pick(&["Given", "Free", "Bounded"]);
            if let Some(parameter) = template.parameters.get_mut(name) {
                parameter.default = Some(entropy.pick(&["x", "y", "a,c"]).into());
            }
        }
        4 => {
            template.outputs.shift_remove_index(0);
        }
        5 => {
            let row = Value::from([("x", "9".into())]);
            template
                .mappings
                .insert("Map".to_owned(), Value::from([("x", row)]));
        }
        _ => {
            if let Some((_, Member::One(resource))) = template.resources.get_index_mut(index) {
                edit(entropy, resource);
            }
        }
    }
}

/// One edit of one resource.
fn edit(entropy: &mut Entropy<'_>, resource: &mut Resource) {
    let schema = catalog()
        .resource_type(&resource.resource_type)
        .map(|known| known.schema());
    let count = resource.properties.len();
    let index = entropy.below(count);
    match entropy.below(6) {
        0 => {
            let name = resource.properties.keys().nth(index).cloned();
            name.map(|name| resource.properties.shift_remove(&name));
        }
        1 => resource.deletion_policy = Some(entropy.pick(&["Retain", "Delete"]).into()),
        2 => resource.condition = Some(entropy.pick(&["Holds", "Open", "Follows"]).to_owned()),
        // A property that was not there.
        3 => {
            let names = schema.into_iter().flat_map(|schema| schema.properties());
            let names: Vec<&'static str> = names.map(|(name, _)| name).collect();
            let name = entropy.pick(&names);
            let property = schema.and_then(|schema| schema.property(name));
            let value = value(entropy, property, 1);
            resource.properties.insert(name.to_owned(), value);
        }
        4 => {
            if let Some((_, value)) = resource.properties.iter_mut().nth(index) {
                *value = reference(entropy);
            }
        }
        _ => {
            if let Some((name, old)) = resource.properties.iter_mut().nth(index) {
                let property = schema.and_then(|schema| schema.property(name));
                *old = value(entropy, property, 1);
            }
        }
    }
}
