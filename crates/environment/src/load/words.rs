//! Words that YAML takes for booleans, where one of some words is wanted: `off` is one of a policy's levels.

use stratiform_finding::Source;
use stratiform_template::Scalar;

use crate::load::merge::{Kind, Tree};
use crate::schema::shape::Shape;

/// Takes what is written without quotes for the word that it is, wherever that word can be chosen.
pub(super) fn take(tree: &mut Tree, shape: &Shape, layers: &[Source]) {
    match (&mut tree.kind, shape) {
        (Kind::Scalar(scalar @ Scalar::Bool(_)), Shape::Choice(choices)) => {
            let place = tree.place;
            let written = layers.get(place.layer);
            let written = written.and_then(|source| source.text.get(place.span.range()));
            if let Some(word) = written.filter(|word| choices.iter().any(|one| one == word)) {
                *scalar = Scalar::String(word.to_owned());
            }
        }
        (Kind::Map(map), Shape::Struct(fields)) => {
            for field in fields {
                if let Some(value) = map.value_mut(&field.name) {
                    take(value, &field.shape, layers);
                }
            }
        }
        (Kind::Map(map), Shape::Map { value: shape, .. }) => {
            for value in map.values_mut() {
                take(value, shape, layers);
            }
        }
        (Kind::List(items), Shape::List { item: shape, .. }) => {
            for item in items {
                take(item, shape, layers);
            }
        }
        _ => {}
    }
}
