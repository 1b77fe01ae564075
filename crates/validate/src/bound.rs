//! Ranges and choices of schemas, and how they are said.

use std::fmt::Display;
use std::ops::RangeInclusive;

use stratiform_catalog::{Fact, Keyword, Schema};

/// The least and the greatest that something may be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    least: Option<f64>,
    most: Option<f64>,
}

impl From<RangeInclusive<i64>> for Bounds {
    fn from(range: RangeInclusive<i64>) -> Self {
        Bounds {
            least: Some(*range.start() as f64),
            most: Some(*range.end() as f64),
        }
    }
}

impl Bounds {
    pub(crate) fn between(least: Option<f64>, most: Option<f64>) -> Bounds {
        Bounds { least, most }
    }

    pub(crate) fn of(schema: Schema, least: Keyword, most: Keyword) -> Bounds {
        let number = |keyword| schema.keyword(keyword).and_then(number);
        Bounds {
            least: number(least),
            most: number(most),
        }
    }

    /// The limit that a number breaks.
    pub(crate) fn broken_by(self, number: f64) -> Option<String> {
        match self {
            Bounds {
                least: Some(least), ..
            } if number < least => Some(format!("at least {least}")),
            Bounds {
                most: Some(most), ..
            } if number > most => Some(format!("at most {most}")),
            Bounds { .. } => None,
        }
    }

    /// What to do: `give it 128 to 10240`.
    pub(crate) fn help(self, unit: &str) -> String {
        let range = match (self.least, self.most) {
            (Some(least), Some(most)) if least == most => format!("{least}"),
            (Some(least), Some(most)) => format!("{least} to {most}"),
            (Some(least), None) => format!("{least} or more"),
            (None, Some(most)) => format!("{most} or less"),
            (None, None) => String::new(),
        };
        format!("give it {range} {unit}").trim_end().to_owned()
    }
}

fn number(fact: Fact) -> Option<f64> {
    match fact {
        // Limits of schemas are far below what a float holds exactly.
        Fact::Int(number) => Some(number as f64),
        Fact::Float(number) => Some(number),
        _ => None,
    }
}

/// The values of a choice.
pub(crate) fn choices(schema: Schema) -> Vec<Fact> {
    let mut values = [Keyword::Enum, Keyword::EnumCaseInsensitive].into_iter();
    let values = values.find_map(|keyword| schema.keyword(keyword)?.as_list());
    values
        .into_iter()
        .flat_map(|values| values.iter())
        .collect()
}

/// A value of a schema as text.
pub(crate) fn written(fact: Fact) -> String {
    match fact {
        Fact::Text(text) => text.to_owned(),
        other => format!("{other:?}"),
    }
}

/// A few of the choices in words.
pub(crate) fn some_of(known: &[impl Display]) -> String {
    const SHOWN: usize = 8;
    let shown = known.iter().take(SHOWN);
    let shown: Vec<String> = shown.map(|known| format!("`{known}`")).collect();
    match known.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}
