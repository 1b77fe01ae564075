//! Moments as AWS writes them. There is no clock here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::names::Malformed;

/// A moment, to the millisecond: `2026-09-26T22:23:26.836Z`.
///
/// Reading accepts any offset and more digits, as the AWS CLI prints them (`2026-09-26T22:23:26.836000+00:00`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Milliseconds of the years 0 to 9999: what has four digits.
const YEARS: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;
const DAY: i64 = 86_400_000;

impl Timestamp {
    /// The first moment of 1970.
    pub const EPOCH: Timestamp = Timestamp(0);

    /// From milliseconds since 1970; none where the year has not four digits.
    pub fn from_millis(millis: i64) -> Option<Timestamp> {
        YEARS.contains(&millis).then_some(Timestamp(millis))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let time = self.0.rem_euclid(DAY);
        let (hours, minutes) = (time / 3_600_000, time / 60_000 % 60);
        let (seconds, millis) = (time / 1000 % 60, time % 1000);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z"
        )
    }
}

impl FromStr for Timestamp {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text)
            .and_then(Timestamp::from_millis)
            .ok_or_else(|| Malformed {
                noun: "a time",
                text: text.to_owned(),
                allowed: "such as `2026-09-26T22:23:26.836Z`",
            })
    }
}

fn read(text: &str) -> Option<i64> {
    let (day, time) = text.split_once(['T', ' '])?;
    let (year, month, day) = numbers(day, '-', [4, 2, 2])?;
    let (time, offset) = match time.strip_suffix('Z') {
        Some(time) => (time, 0),
        None => {
            let at = time.rfind(['+', '-'])?;
            let (time, offset) = time.split_at_checked(at)?;
            let sign = if offset.starts_with('-') { -1 } else { 1 };
            let (hours, minutes, _) = numbers(&format!("{}:00", offset.get(1..)?), ':', [2, 2, 2])?;
            (hours < 24 && minutes < 60)
                .then_some((time, sign * (hours * 60 + minutes) * 60_000))?
        }
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis: i64 = fraction
        .chars()
        .chain("00".chars())
        .take(3)
        .collect::<String>()
        .parse()
        .ok()?;
    let (hours, minutes, seconds) = numbers(time, ':', [2, 2, 2])?;
    let days = days(year, month, day);
    // A day that is not in the calendar comes back as another one.
    let fits = date(days) == (year, month, day) && hours < 24 && minutes < 60 && seconds < 60;
    let time = ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis;
    fits.then_some(days * DAY + time - offset)
}

/// Three numbers of a fixed length each.
fn numbers(text: &str, separator: char, lengths: [usize; 3]) -> Option<(i64, i64, i64)> {
    let mut parts = text.split(separator);
    let mut next = |length: usize| {
        let part = parts.next()?;
        let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let [first, second, third] = lengths;
    let numbers = (next(first)?, next(second)?, next(third)?);
    parts.next().is_none().then_some(numbers)
}

/// Days since 1970 of a date. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of days since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, Timestamp, YEARS};

    #[test]
    fn one_moment_in_many_spellings() {
        for text in [
            "2026-09-26T22:23:26.836Z",
            "2026-09-26T22:23:26.836000+00:00",
            "2026-09-27T00:23:26.8369+02:00",
            "2026-09-26 19:53:26.836-02:30",
        ] {
            let moment: Timestamp = text.parse().unwrap();
            assert_eq!(moment.to_string(), "2026-09-26T22:23:26.836Z", "{text}");
            assert_eq!(moment.millis(), 1_790_461_406_836);
        }
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            "datetime",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "2026-1-01T00:00:00Z",
            "2026-01-01T00:00:00+1",
            "2026-01-01T00:00:00.0é+00:00",
            "2026-00-01T00:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_day_is_read_as_it_is_written() {
        let mut day = *YEARS.start();
        while day <= *YEARS.end() {
            let moment = Timestamp::from_millis(day).unwrap();
            assert_eq!(moment.to_string().parse(), Ok(moment));
            day += DAY * 13 + 1;
        }
        assert_eq!(Timestamp::from_millis(i64::MAX), None);
        assert_eq!(
            Timestamp::from_millis(0).unwrap().to_string(),
            "1970-01-01T00:00:00.000Z"
        );
    }
}
