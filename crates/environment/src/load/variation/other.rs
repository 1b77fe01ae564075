//! Other values of a shape than the one that is there.

use serde_json::Value;

use crate::schema::shape::{Shape, Size};

/// How many there are of one value: who has tried these has tried enough.
const MOST: usize = 8;

/// Other values that a shape allows, the nearest first. What an environment's own checks say of them is not known here.
pub(super) fn others(value: &Value, shape: &Shape) -> Vec<Value> {
    let mut others: Vec<Value> = match (shape, value) {
        (Shape::Bool, Value::Bool(value)) => vec![(!value).into()],
        (Shape::Whole { least, most }, Value::Number(number)) => number
            .as_i64()
            .map(|number| whole(number, *least, *most))
            .unwrap_or_default(),
        (Shape::Number { least, most }, Value::Number(number)) => number
            .as_f64()
            .map(|number| fractional(number, *least, *most))
            .unwrap_or_default(),
        (Shape::Choice(choices), value) => after(choices, value),
        (Shape::Text { .. }, Value::String(text)) => texts(text, shape),
        (Shape::List { item, size, unique }, Value::Array(items)) => {
            lists(items, item, *size, *unique)
        }
        _ => Vec::new(),
    };
    others.retain(|other| other != value);
    others.truncate(MOST);
    others
}

/// A value that a shape allows; none where nobody can think of one.
pub(super) fn sample(shape: &Shape) -> Option<Value> {
    match shape {
        Shape::Bool => Some(false.into()),
        Shape::Whole { least, most } => Some(least.or(*most).unwrap_or(1).into()),
        Shape::Number { least, most } => Some(least.or(*most).unwrap_or(1.0).into()),
        Shape::Choice(choices) => choices.first().cloned(),
        Shape::Text { format, .. } => {
            let choices = format.map(|format| (format.choices)());
            let choices = choices.unwrap_or_default().into_iter();
            let guesses = ["example", "EXAMPLE", "/example"].map(str::to_owned);
            let mut texts = choices.chain(guesses);
            texts.find(|text| fits(text, shape)).map(Value::from)
        }
        Shape::List { item, size, .. } => match size.least {
            0 => Some(Value::Array(Vec::new())),
            1 => Some(Value::Array(vec![sample(item)?])),
            _ => None,
        },
        Shape::Map { size, .. } => (size.least == 0).then(|| Value::Object(Default::default())),
        Shape::Struct(fields) => {
            let required = fields.iter().filter(|field| field.required);
            let fields = required.map(|field| Some((field.name.clone(), sample(&field.shape)?)));
            fields.collect::<Option<_>>().map(Value::Object)
        }
        Shape::Tagged { tag, variants } => {
            let variant = variants.first()?;
            let required = variant.fields.iter().filter(|field| field.required);
            let fields = required.map(|field| Some((field.name.clone(), sample(&field.shape)?)));
            let mut map = fields.collect::<Option<serde_json::Map<_, _>>>()?;
            map.insert(tag.clone(), variant.name.as_str().into());
            Some(Value::Object(map))
        }
    }
}

/// One more, one less, twice and half as many, and the ends.
fn whole(number: i64, least: Option<i64>, most: Option<i64>) -> Vec<Value> {
    let near = [
        number.saturating_add(1),
        number.saturating_sub(1),
        number.saturating_mul(2),
        number / 2,
    ];
    let all = near.into_iter().chain(least).chain(most);
    let allowed = all.filter(|other| {
        least.is_none_or(|least| *other >= least) && most.is_none_or(|most| *other <= most)
    });
    distinct(allowed.map(Value::from))
}

fn fractional(number: f64, least: Option<f64>, most: Option<f64>) -> Vec<Value> {
    let near = [number + 1.0, number - 1.0, number * 2.0, number / 2.0];
    let all = near.into_iter().chain(least).chain(most);
    let allowed = all.filter(|other| {
        least.is_none_or(|least| *other >= least) && most.is_none_or(|most| *other <= most)
    });
    distinct(allowed.map(Value::from))
}

/// All of some values but one, from the one that follows it.
fn after(choices: &[Value], value: &Value) -> Vec<Value> {
    let start = choices.iter().position(|choice| choice == value);
    let (before, from) = choices.split_at(start.unwrap_or(0));
    from.iter().chain(before).cloned().collect()
}

/// Texts that are allowed: the others of a list, or nearly the same text.
fn texts(text: &str, shape: &Shape) -> Vec<Value> {
    let Shape::Text { format, .. } = shape else {
        return Vec::new();
    };
    let choices = format.map(|format| (format.choices)()).unwrap_or_default();
    let listed: Vec<Value> = choices.into_iter().map(Value::from).collect();
    let listed = after(&listed, &text.into()).into_iter();
    let mut found: Vec<Value> = listed
        .filter(|other| other.as_str() != Some(text))
        .collect();
    found.truncate(MOST);
    if found.is_empty() {
        let near = nearly(text).filter(|other| fits(other, shape));
        found.extend(near.take(MOST).map(Value::from));
    }
    found
}

/// Nearly the same text: something at the end, or one character another one, from the last to the first.
fn nearly(text: &str) -> impl Iterator<Item = String> {
    let longer = ["x", "1"]
        .into_iter()
        .map(move |end| format!("{text}{end}"));
    let characters: Vec<char> = text.chars().collect();
    let edited = (0..characters.len()).rev().filter_map(move |place| {
        let mut other = characters.clone();
        let character = other.get_mut(place)?;
        *character = next(*character)?;
        Some(other.into_iter().collect())
    });
    longer.chain(edited)
}

/// The next letter or digit.
fn next(character: char) -> Option<char> {
    match character {
        'z' => Some('a'),
        'Z' => Some('A'),
        '9' => Some('0'),
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(u32::from(character) + 1),
        _ => None,
    }
}

/// Whether a shape of text allows a text.
fn fits(text: &str, shape: &Shape) -> bool {
    match shape {
        Shape::Text {
            format: Some(format),
            ..
        } => (format.check)(text).is_ok(),
        Shape::Text { pattern, size, .. } => {
            let length = text.chars().count();
            (size.least..=size.most).contains(&length)
                && pattern
                    .as_ref()
                    .is_none_or(|pattern| pattern.is_match(text))
        }
        _ => false,
    }
}

/// The list with one item less, with each of its items another one, and with one more.
fn lists(items: &[Value], item: &Shape, size: Size, unique: bool) -> Vec<Value> {
    let less = [items.len().checked_sub(1), (!items.is_empty()).then_some(0)];
    let less = less.into_iter().flatten().map(|place| {
        let mut less = items.to_vec();
        less.remove(place);
        less
    });
    let other = |value: &Value| {
        let mut others = others(value, item).into_iter();
        others.find(|other| !unique || !items.contains(other))
    };
    let changed = items.iter().enumerate().filter_map(|(place, value)| {
        let mut changed = items.to_vec();
        *changed.get_mut(place)? = other(value)?;
        Some(changed)
    });
    let new = match items.last() {
        Some(last) => other(last),
        None => sample(item),
    };
    let more = new.map(|new| [items, &[new]].concat());
    let all = less.chain(changed).chain(more);
    let allowed = all.filter(|list| (size.least..=size.most).contains(&list.len()));
    distinct(allowed.map(Value::Array))
}

fn distinct(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut distinct: Vec<Value> = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}
