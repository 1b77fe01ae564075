//! Maps with a key that says which other keys there are.

use serde_json::Value;
use stratiform_finding::Code;
use stratiform_finding::words::{listed, nearest};
use stratiform_template::Scalar;

use super::{Checker, Spot};
use crate::load::merge::{Kind, Map, Member};
use crate::schema::shape::{Field, Shape, Variant};

/// The variant that a map says it is.
struct Chosen<'a> {
    tag: &'a str,
    name: &'a str,
    member: &'a Member,
}

impl Checker<'_> {
    pub(super) fn tagged(&mut self, map: &Map, tag: &str, variants: &[Variant], spot: &Spot) {
        let names: Vec<&str> = variants
            .iter()
            .map(|variant| variant.name.as_str())
            .collect();
        let Some(member) = map.get(tag) else {
            return self.untagged(map, tag, &names, spot);
        };
        let choices = names.iter().map(|name| Value::from(*name)).collect();
        self.check(&member.value, &Shape::Choice(choices), &spot.of(member));
        let Kind::Scalar(Scalar::String(name)) = &member.value.kind else {
            return;
        };
        let Some(variant) = variants.iter().find(|variant| variant.name == *name) else {
            return;
        };
        let chosen = Chosen { tag, name, member };
        let mut misspelt: Vec<&str> = Vec::new();
        for member in map.members().filter(|member| member.key != tag) {
            if let Some(field) = variant.fields.iter().find(|field| field.name == member.key) {
                self.check(&member.value, &field.shape, &spot.of(member));
            } else if !self.of_another(member, &chosen, variants, spot) {
                let fields = variant.fields.iter().map(|field| field.name.as_str());
                let keys: Vec<&str> = std::iter::once(tag).chain(fields).collect();
                misspelt.extend(self.unknown_key(member, &keys, spot));
            }
        }
        for field in &variant.fields {
            let misspelt = misspelt.contains(&field.name.as_str());
            if field.required && !misspelt && map.get(&field.name).is_none() {
                self.missing(map, field, spot);
                self.also(member.value.place, format!("`{tag}: {name}` needs it"));
            }
        }
    }

    /// The tag is not there, or misspelt; without it no other key can be judged.
    fn untagged(&mut self, map: &Map, tag: &str, names: &[&str], spot: &Spot) {
        let misspelt = map
            .members()
            .find(|member| nearest(&member.key, [tag]).is_some());
        if let Some(member) = misspelt {
            self.unknown_key(member, &[tag], spot);
            return;
        }
        let field = Field {
            name: tag.to_owned(),
            shape: Shape::Choice(names.iter().map(|name| Value::from(*name)).collect()),
            required: true,
            about: format!("One of {}", listed(names)),
        };
        self.missing(map, &field, spot);
    }

    /// Whether a key belongs to another variant; if so, that is reported.
    fn of_another(
        &mut self,
        member: &Member,
        chosen: &Chosen<'_>,
        variants: &[Variant],
        spot: &Spot,
    ) -> bool {
        let Chosen { tag, name, .. } = chosen;
        let key = &member.key;
        let owners: Vec<&str> = variants
            .iter()
            .filter(|variant| variant.fields.iter().any(|field| field.name == *key))
            .map(|variant| variant.name.as_str())
            .collect();
        let Some(owner) = owners.first() else {
            return false;
        };
        let place = member.key_place();
        let tag_place = chosen.member.value.place;
        let what = format!(
            "`{key}` does not go with `{tag}: {name}` in {}",
            spot.name()
        );
        let why = listed(owners.iter().map(|owner| format!("{tag}: {owner}")));
        let help = if place.layer < tag_place.layer {
            let file = &self.sources[tag_place.layer].name;
            format!("add `{key}: null` beside `{tag}: {name}` in {file}")
        } else {
            format!("remove it, or write `{tag}: {owner}`")
        };
        self.report(
            Code::UnknownKey,
            place,
            what,
            format!("it goes with {why}"),
            help,
        );
        self.also(tag_place, format!("`{tag}: {name}` is here"));
        true
    }
}
