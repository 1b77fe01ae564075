//! The difference between two texts of YAML, line by line.

use similar::TextDiff;
use stratiform_finding::words::visible;

use crate::report::Colour;
use crate::view::reviewed::ReviewedStack;
use crate::view::style::{CYAN, GREEN, RED, paint};

/// Lines of context around a difference.
const CONTEXT: usize = 3;

/// A unified diff of a file before and after; empty where both are equal.
pub(crate) fn unified(name: &str, before: Option<&str>, after: Option<&str>) -> String {
    let side = |text: Option<&str>, side: &str| match text {
        Some(_) => format!("{side}/{name}"),
        None => "/dev/null".to_owned(),
    };
    let (from, to) = (side(before, "a"), side(after, "b"));
    let diff = TextDiff::from_lines(before.unwrap_or_default(), after.unwrap_or_default());
    let mut unified = diff.unified_diff();
    unified
        .context_radius(CONTEXT)
        .header(&from, &to)
        .to_string()
}

/// A unified diff in colours.
pub(crate) fn coloured(diff: &str, colour: Colour) -> String {
    let paint = |line: &str| match line.as_bytes().first() {
        Some(b'+') => paint(line, GREEN),
        Some(b'-') => paint(line, RED),
        Some(b'@') => paint(line, CYAN),
        _ => line.to_owned(),
    };
    match colour {
        Colour::Never => diff.to_owned(),
        Colour::Always => diff.split_inclusive('\n').map(paint).collect(),
    }
}

/// The difference between a stack's templates, with everything visible.
pub(super) fn of_stack(stack: &ReviewedStack) -> String {
    let (before, after) = (stack.before.as_deref(), stack.after.as_deref());
    let diff = unified(&stack.diff.name, before, after);
    diff.lines().map(|line| visible(line) + "\n").collect()
}
