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

/// The values of a choice, where all are text.
pub(crate) fn choices(schema: Schema) -> Option<Vec<&'static str>> {
    let mut values = [Keyword::Enum, Keyword::EnumCaseInsensitive].into_iter();
    let values = values.find_map(|keyword| schema.keyword(keyword))?;
    values.as_list()?.iter().map(Fact::as_text).collect()
}

/// The numbers of a choice, where all are.
pub(crate) fn numbers(schema: Schema) -> Option<Vec<f64>> {
    let values = schema.keyword(Keyword::Enum)?;
    values.as_list()?.iter().map(number).collect()
}

/// Whether a text is this value of the choice.
pub(crate) fn is_choice(schema: Schema, known: &str, text: &str) -> bool {
    match schema.keyword(Keyword::EnumCaseInsensitive) {
        Some(_) => known.eq_ignore_ascii_case(text),
        None => known == text,
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
