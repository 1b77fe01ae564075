//! Names as people read them.

pub use stratiform_template::nearest;

/// Names in one line, each in backticks, the longest lists cut: `a`, `b` and 12 more.
pub fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let quoted = |name: S| format!("`{}`", name.as_ref());
    joined(names.into_iter().map(quoted))
}

/// Numbers, or whatever needs no backticks, in one line: 1, 3 and 5.
pub fn joined(items: impl IntoIterator<Item: ToString>) -> String {
    const SHOWN: usize = 24;
    let names: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if names.len() > SHOWN + 1 {
        return format!(
            "{} and {} more",
            names[..SHOWN].join(", "),
            names.len() - SHOWN
        );
    }
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
