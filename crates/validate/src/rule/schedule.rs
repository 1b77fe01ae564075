//! Schedules of EventBridge: `rate(5 minutes)`, `cron(0 12 * * ? *)`, and `at(…)` of EventBridge Scheduler.
//!
//! Source: EventBridge user guide, "Setting a schedule pattern for scheduled rules"; EventBridge Scheduler user guide,
//! "Schedule types". cfn-lint: E3027.

use stratiform_finding::Code;
use stratiform_finding::words::{listed, shortened};
use stratiform_template::Path;

use crate::schema::{Entries, Look};

/// A rule of EventBridge.
pub(super) fn event_rule<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    expression(look, properties, path, rule);
}

/// A schedule of EventBridge Scheduler.
pub(super) fn scheduler<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    expression(look, properties, path, schedule);
}

/// What is wrong with an expression: why, and what to do.
type Wrong = (String, String);

fn expression(
    look: &mut Look<'_, '_>,
    properties: &Entries,
    path: &Path<'_>,
    wrong: fn(&str) -> Result<(), Wrong>,
) {
    let way = ["ScheduleExpression"];
    let _ = look.along(properties, &way, path, &mut |look, value, path| {
        look.at_each(path, |look| {
            if let Some(text) = look.word(value)?
                && let Err((why, help)) = wrong(&text)
            {
                let what = format!("the schedule is `{}`", shortened(&text));
                look.tell(path, Code::Schedule, what, why, help);
            }
            Ok(())
        })
    });
}

fn rule(text: &str) -> Result<(), Wrong> {
    match inside(text) {
        Some(("rate", inner)) => rate(inner, Units::Fitting),
        Some(("cron", inner)) => cron(inner),
        _ => Err((
            "a rule has `rate(…)` or `cron(…)`".to_owned(),
            "write `rate(5 minutes)`, or `cron(0 12 * * ? *)`".to_owned(),
        )),
    }
}

fn schedule(text: &str) -> Result<(), Wrong> {
    match inside(text) {
        Some(("rate", inner)) => rate(inner, Units::Any),
        Some(("cron", inner)) => cron(inner),
        Some(("at", inner)) => at(inner),
        _ => Err((
            "a schedule has `rate(…)`, `cron(…)` or `at(…)`".to_owned(),
            "write `rate(5 minutes)`, or `cron(0 12 * * ? *)`".to_owned(),
        )),
    }
}

/// What stands before the brackets, and in them.
fn inside(text: &str) -> Option<(&str, &str)> {
    let (kind, inner) = text.strip_suffix(')')?.split_once('(')?;
    Some((kind, inner))
}

/// Which units a rate can have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Units {
    /// `1 minute`, and `5 minutes`.
    Fitting,
    /// Either with any number.
    Any,
}

fn rate(inner: &str, units: Units) -> Result<(), Wrong> {
    let wrong = |why: &str, help: String| Err((why.to_owned(), help));
    let words: Vec<&str> = inner.split_whitespace().collect();
    let [number, unit] = words[..] else {
        return wrong(
            "a rate is a number and a unit",
            "write `rate(5 minutes)`".to_owned(),
        );
    };
    let number = match number.parse::<u64>() {
        Ok(number) if number > 0 => number,
        _ => {
            return wrong(
                "its number is whole, and at least 1",
                "write `rate(5 minutes)`".to_owned(),
            );
        }
    };
    let singular = unit.strip_suffix('s').unwrap_or(unit);
    if !["minute", "hour", "day"].contains(&singular) {
        return wrong(
            "its unit is minutes, hours or days",
            format!("write `rate({number} minutes)`, or another of them"),
        );
    }
    if units == Units::Fitting && (number == 1) != (unit == singular) {
        let unit = match number {
            1 => singular.to_owned(),
            _ => format!("{singular}s"),
        };
        return wrong(
            "the unit is singular for 1, and plural for all others",
            format!("write `rate({number} {unit})`"),
        );
    }
    Ok(())
}

/// `2026-11-30T12:00:00`.
fn at(inner: &str) -> Result<(), Wrong> {
    let form = |letter: char| if letter.is_ascii_digit() { '9' } else { letter };
    let form: String = inner.chars().map(form).collect();
    match form == "9999-99-99T99:99:99" {
        true => Ok(()),
        false => Err((
            "it is a moment".to_owned(),
            "write it as `at(2026-11-30T12:00:00)`".to_owned(),
        )),
    }
}

/// A field of `cron(…)`.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    /// Names for the numbers from the least on.
    names: &'static [&'static str],
    /// What it can have besides numbers, `,`, `-`, `*` and `/`.
    signs: &'static str,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const fn field(
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
    signs: &'static str,
) -> Field {
    Field {
        name,
        least,
        most,
        names,
        signs,
    }
}

const FIELDS: [Field; 6] = [
    field("minute", 0, 59, &[], ""),
    field("hour", 0, 23, &[], ""),
    field("day of month", 1, 31, &[], "?LW"),
    field("month", 1, 12, &MONTHS, ""),
    field("day of week", 1, 7, &DAYS, "?L#"),
    field("year", 1970, 2199, &[], ""),
];

fn cron(inner: &str) -> Result<(), Wrong> {
    let parts: Vec<&str> = inner.split_whitespace().collect();
    let [_, _, day_of_month, _, day_of_week, _] = parts[..] else {
        let names = listed(FIELDS.iter().map(|field| field.name));
        let why = format!("it has {} of the six fields {names}", parts.len());
        let help = match parts.len() {
            5 => "add the year, `*`, and write `?` for one of the days".to_owned(),
            _ => "write `cron(0 12 * * ? *)`".to_owned(),
        };
        return Err((why, help));
    };
    for (part, field) in parts.iter().zip(&FIELDS) {
        if let Some(wrong) = part.split(',').find(|item| !field.allows(item)) {
            let why = format!(
                "`{}` is no {}: from {} to {}",
                shortened(wrong),
                field.name,
                field.least,
                field.most
            );
            return Err((why, "correct it".to_owned()));
        }
    }
    if day_of_month != "?" && day_of_week != "?" {
        let why = "one of day of month and day of week must be `?`".to_owned();
        let mut fixed = parts.clone();
        match day_of_week {
            "*" => fixed[4] = "?",
            _ => fixed[2] = "?",
        }
        return Err((why, format!("write `cron({})`", fixed.join(" "))));
    }
    Ok(())
}

impl Field {
    /// Whether one item of the field's list is in order. What has signs of its own is taken as it is.
    fn allows(&self, item: &str) -> bool {
        if item.contains(|letter| self.signs.contains(letter)) && !self.is_name(item) {
            return true;
        }
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        if step.is_some_and(|step| step.parse::<u32>().is_err()) {
            return false;
        }
        match range.split_once('-') {
            Some((first, last)) => self.has(first) && self.has(last),
            // `/5` is `*/5`.
            None => range == "*" || range.is_empty() && step.is_some() || self.has(range),
        }
    }

    fn is_name(&self, item: &str) -> bool {
        self.names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(item))
    }

    fn has(&self, value: &str) -> bool {
        let in_range = |number| (self.least..=self.most).contains(&number);
        self.is_name(value) || value.parse().is_ok_and(in_range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_told_apart() {
        for text in [
            "rate(1 minute)",
            "rate(5 minutes)",
            "cron(0 12 * * ? *)",
            "cron(0/15 10-16 ? * MON-FRI *)",
            "cron(15 10 ? * 6L 2025-2030)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0 9 L * ? *)",
            "cron(0 9 3W JUL ? *)",
            "cron(0,30 */2 ? JAN,DEC SUN,SAT *)",
        ] {
            assert_eq!(rule(text), Ok(()), "{text}");
            assert_eq!(schedule(text), Ok(()), "{text}");
        }
        for text in ["rate(1 hours)", "at(2026-11-30T12:00:00)"] {
            assert!(rule(text).is_err(), "{text}");
            assert_eq!(schedule(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "5 minutes",
            "rate()",
            "rate(5)",
            "rate(0 minutes)",
            "rate(1.5 hours)",
            "rate(2 weeks)",
            "cron()",
            "cron(0 12 * * *)",
            "cron(0 12 * * * *)",
            "cron(60 12 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 12 0 * ? *)",
            "cron(0 12 ? * 0 *)",
            "cron(0 12 ? FEBR 1 *)",
            "cron(a 12 ? * 1 *)",
            "at(tomorrow)",
        ] {
            assert!(rule(text).is_err() && schedule(text).is_err(), "{text}");
        }
    }
}
