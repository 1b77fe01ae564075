//! Maps with a key that says which other keys there are.

use serde_json::Value;
use stratiform_template::Scalar;

use super::{Checker, Spot};
use crate::merge::{Kind, Map, Member};
use crate::message;
use crate::near::{listed, nearest};
use crate::problem::Code;
use crate::shape::{Field, Shape, Variant};

impl Checker<'_> {
    pub(super) fn tagged(&mut self, map: &Map, tag: &str, variants: &[Variant], spot: &Spot) {
        let names: Vec<&str> = variants
            .iter()
            .map(|variant| variant.name.as_str())
            .collect();
        let Some(chosen) = map.get(tag) else {
            let field = Field {
                name: tag.to_owned(),
                shape: Shape::Bool,
                required: true,
                about: format!("One of {}", listed(&names)),
            };
            return self.missing(map, &field, spot);
        };
        let choices: Vec<Value> = names.iter().map(|name| Value::from(*name)).collect();
        let tag_spot = spot.of(chosen);
        self.check(&chosen.value, &Shape::Choice(choices), &tag_spot);
        let name = match &chosen.value.kind {
            Kind::Scalar(Scalar::String(name)) => name.as_str(),
            _ => return,
        };
        let Some(variant) = variants.iter().find(|variant| variant.name == name) else {
            return;
        };
        let others: Vec<&Member> = map
            .members
            .iter()
            .filter(|member| member.key != tag)
            .collect();
        for member in &others {
            if let Some(field) = variant.fields.iter().find(|field| field.name == member.key) {
                self.check(&member.value, &field.shape, &spot.of(member));
                continue;
            }
            self.not_of_variant(member, chosen, (tag, name), variants, spot);
        }
        for field in &variant.fields {
            if field.required && map.get(&field.name).is_none() {
                self.missing(map, field, spot);
                self.also(chosen.value.place, format!("`{tag}: {name}` needs it"));
            }
        }
    }

    fn not_of_variant(
        &mut self,
        member: &Member,
        chosen: &Member,
        (tag, name): (&str, &str),
        variants: &[Variant],
        spot: &Spot,
    ) {
        let has_key =
            |variant: &&Variant| variant.fields.iter().any(|field| field.name == member.key);
        let owners: Vec<&str> = variants
            .iter()
            .filter(has_key)
            .map(|variant| variant.name.as_str())
            .collect();
        let place = member.key_place();
        let tag_place = chosen.value.place;
        let key = &member.key;
        if owners.is_empty() {
            let fields = variants
                .iter()
                .filter(|variant| variant.name == name)
                .flat_map(|variant| &variant.fields);
            let names: Vec<&str> = std::iter::once(tag)
                .chain(fields.map(|field| field.name.as_str()))
                .collect();
            let what = message::unknown_key(key, false, &spot.name());
            let help = match nearest(key, names.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "remove it".to_owned(),
            };
            return self.report(
                Code::UnknownKey,
                place,
                what,
                format!("the keys of `{tag}: {name}` are {}", listed(names)),
                help,
            );
        }
        let what = format!(
            "`{key}` does not go with `{tag}: {name}` in {}",
            spot.name()
        );
        let owners_of = owners.iter().map(|owner| format!("{tag}: {owner}"));
        let why = format!("it goes with {}", listed(owners_of));
        let help = if place.layer < tag_place.layer {
            format!(
                "add `{key}: null` beside `{tag}: {name}` in {}",
                self.files[tag_place.layer]
            )
        } else {
            format!("remove it, or write `{tag}: {}`", owners[0])
        };
        self.report(Code::UnknownKey, place, what, why, help);
        self.also(tag_place, format!("`{tag}: {name}` is here"));
    }
}
