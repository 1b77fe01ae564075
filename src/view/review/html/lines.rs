//! The lines of a template that change.

use serde::Serialize;

use super::budget::{Budget, escaped};
use crate::view::review::yaml;
use crate::view::reviewed::ReviewedStack;

/// The most characters of a line.
pub(super) const LENGTH: usize = 300;

/// The lines that change, with some around them.
#[derive(Default, Serialize)]
pub(super) struct TemplateLines {
    added: usize,
    removed: usize,
    /// Neighbours of one kind are one text.
    runs: Vec<Run>,
    left_out: usize,
}

#[derive(Serialize)]
struct Run {
    class: &'static str,
    text: String,
}

impl TemplateLines {
    /// `None` where the templates are the same text.
    pub(super) fn new(reviewed: &ReviewedStack, budget: &mut Budget) -> Option<TemplateLines> {
        let diff = yaml::of_stack(reviewed);
        let mut shown = TemplateLines::default();
        // The first two lines name the files.
        for line in diff.lines().skip(2) {
            let class = match line.as_bytes().first() {
                Some(b'+') => "come",
                Some(b'-') => "gone",
                Some(b'@') => "place",
                _ => "same",
            };
            shown.added += usize::from(class == "come");
            shown.removed += usize::from(class == "gone");
            let end = line.char_indices().nth(LENGTH);
            let line = end.map_or(line, |(end, _)| &line[..end]);
            if shown.left_out > 0 || !budget.spend(escaped(line)) {
                shown.left_out += 1;
                continue;
            }
            match shown.runs.last_mut() {
                Some(run) if run.class == class => run.text += &format!("{line}\n"),
                _ => shown.runs.push(Run {
                    class,
                    text: format!("{line}\n"),
                }),
            }
        }
        (shown.added + shown.removed > 0).then_some(shown)
    }
}
