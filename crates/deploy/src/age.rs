//! Ages in words.

/// Minutes as people say them: `119 minutes`, `26 hours`, `2 days`.
pub fn age(minutes: i64) -> String {
    let count = |number: i64, noun: &str| {
        let end = if number == 1 { "" } else { "s" };
        format!("{number} {noun}{end}")
    };
    match minutes {
        ..120 => count(minutes, "minute"),
        120..2_880 => count(minutes / 60, "hour"),
        _ => count(minutes / 1_440, "day"),
    }
}
