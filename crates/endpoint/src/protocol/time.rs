//! Times: the engine writes them as text, and JSON and CBOR have them as numbers.
//!
//! A text is a time where both are so: its member's name ends as those of times do, and it reads as one. The rule stands
//! for the models, in which no member of a service that is answered here is called so and is a text
//! (botocore 1.43.11: ECS, ECR, Secrets Manager, Backup, CloudWatch; in Systems Manager some operations on maintenance
//! windows have such).

use serde_json::Value;
use stratiform_service::Timestamp;

const ENDINGS: [&str; 7] = [
    "At",
    "Date",
    "Time",
    "Timestamp",
    "Timestamps",
    "lastUpdated",
    "StartBy",
];

/// The moment that a member with this name and text is.
pub(crate) fn moment(name: &str, text: &str) -> Option<Timestamp> {
    let named = ENDINGS.iter().any(|ending| name.ends_with(ending));
    named.then(|| text.parse().ok()).flatten()
}

/// Seconds since 1970, whole where they are.
pub(crate) fn seconds(moment: Timestamp) -> Value {
    let millis = moment.millis();
    if millis.rem_euclid(1000) == 0 {
        return Value::from(millis / 1000);
    }
    Value::from(fraction(moment))
}

/// Seconds since 1970.
pub(crate) fn fraction(moment: Timestamp) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of the years 0 to 9999 have less than 53 bits"
    )]
    let millis = moment.millis() as f64;
    millis / 1000.0
}

/// A moment from seconds since 1970.
pub(crate) fn from_seconds(seconds: f64) -> Option<Timestamp> {
    let millis = (seconds * 1000.0).round();
    let representable = millis.is_finite() && millis.abs() < 9.0e15;
    #[expect(clippy::cast_possible_truncation, reason = "it is below 2^53")]
    let millis = representable.then_some(millis as i64);
    millis.and_then(Timestamp::from_millis)
}

/// As HTTP's headers have it: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http(moment: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let text = moment.to_string();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let day = moment.millis().div_euclid(86_400_000).rem_euclid(7);
    let day = usize::try_from(day).ok().and_then(|day| DAYS.get(day));
    let month = part(5..7).parse::<usize>().unwrap_or(1).saturating_sub(1);
    let month = MONTHS.get(month);
    format!(
        "{}, {} {} {} {} GMT",
        day.unwrap_or(&"Thu"),
        part(8..10),
        month.unwrap_or(&"Jan"),
        part(0..4),
        part(11..19),
    )
}

#[cfg(test)]
mod tests {
    use super::{from_seconds, http, moment, seconds};

    #[test]
    fn times_are_known_by_name_and_form() {
        let time = "2026-09-26T22:23:26.500Z";
        let read = moment("createdAt", time).unwrap();
        assert_eq!(seconds(read), serde_json::json!(1_790_461_406.5));
        assert_eq!(from_seconds(1_790_461_406.5), Some(read));
        assert_eq!(http(read), "Sat, 26 Sep 2026 22:23:26 GMT");
        assert_eq!(moment("Name", time), None);
        assert_eq!(moment("createdAt", "yesterday"), None);
        assert_eq!(from_seconds(f64::NAN), None);
        assert_eq!(from_seconds(1e300), None);
    }
}
