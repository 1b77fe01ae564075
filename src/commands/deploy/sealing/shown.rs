//! A sealed release for whoever approves it.

use std::path::Path;

use stratiform_deploy::Impact;
use stratiform_deploy::call::ParameterValue;
use stratiform_finding::Code;
use stratiform_finding::words::counted;

use super::{Sealed, SealedStack, State, is_sealed};
use crate::args::{Diff, ReviewFormat};
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::git::short;
use crate::repository::input::Input;
use crate::view::Answer;
use crate::view::deployment::besides::text as besides_text;
use crate::view::deployment::review::word;

/// The review of a file that is a sealed release; none of any other file.
///
/// # Errors
/// It cannot be read, or is of another version.
pub(crate) fn review(path: &Path, args: &Diff) -> Result<Option<Answer>, Failure> {
    let text = Input::Parameters.text(path)?;
    if !is_sealed(&text) {
        return Ok(None);
    }
    let sealed = Sealed::parse(path, &text)?;
    let changes = sealed
        .stacks
        .iter()
        .any(|stack| stack.state != State::Unchanged);
    let is_plain = args.fail_on.is_empty() && !args.full && args.format != ReviewFormat::Html;
    if !is_plain {
        return Err(Failure::new(
            Exit::Usage,
            Code::Files,
            "a sealed release has changes and no consequences: it is shown without --fail-on, --full and a page",
            "write `diff FILE`, with --exit-code where a change is to be told; `diff --deployed` has the rest",
        ));
    }
    let stdout = match args.format {
        ReviewFormat::Json => text,
        ReviewFormat::Markdown => format!("```text\n{}```\n", sealed.text(path)),
        ReviewFormat::Text | ReviewFormat::Html => sealed.text(path),
    };
    Ok(Some(Answer {
        exit: if changes && args.exit_code {
            Exit::No
        } else {
            Exit::Done
        },
        ..Answer::of(stdout)
    }))
}

impl Sealed {
    /// What was sealed, the worst of each stack first.
    fn text(&self, path: &Path) -> String {
        let Sealed {
            environment,
            account,
            region,
            release,
            commit,
            made,
            run,
            stacks,
            besides,
            ..
        } = self;
        let what = match (release, commit) {
            (Some(release), Some(commit)) => format!("{release} ({})", short(commit)),
            (Some(release), None) => release.clone(),
            (None, Some(commit)) => short(commit).to_owned(),
            (None, None) => "what was checked out".to_owned(),
        };
        let mut text = format!(
            "{what} for {environment}: account {account}, {region}\nsealed at {made}, run {run}\n\n"
        );
        text.extend(stacks.iter().map(SealedStack::text));
        let besides = besides_text(besides);
        if !besides.is_empty() {
            text += &format!("\n{besides}");
        }
        let parameters = stacks.iter().flat_map(|stack| &stack.parameters);
        let values = parameters.filter_map(|(name, value)| match value {
            ParameterValue::Value(value) => Some(format!("  {name}={value}\n")),
            ParameterValue::Previous => None,
        });
        let mut values: Vec<String> = values.collect();
        values.sort();
        values.dedup();
        if !values.is_empty() {
            text += &format!("\nparameters\n{}", values.concat());
        }
        let losses = stacks.iter().flat_map(|stack| &stack.changes);
        let losses = losses
            .filter(|change| change.impact > Impact::Updated)
            .count();
        let verdict = match losses {
            0 => "nothing is replaced or removed".to_owned(),
            losses => format!(
                "{} replaced or removed, or perhaps",
                counted(losses, "resource")
            ),
        };
        text + &format!(
            "\n{verdict}\nto execute exactly this: deploy --env {environment} --execute {}\n",
            path.display()
        )
    }
}

impl SealedStack {
    fn text(&self) -> String {
        let state = match (self.state, self.changes.len()) {
            (State::Unchanged, _) => "is as it should be".to_owned(),
            (State::Changes, count) => format!("{}, by its change set", counted(count, "change")),
            (State::Later, count) => format!(
                "{} predicted: its change set can only be made after others, and a worse one is asked about",
                counted(count, "change")
            ),
        };
        let mut changes: Vec<_> = self.changes.iter().collect();
        changes.sort_by_key(|change| std::cmp::Reverse(change.impact));
        let lines = changes
            .iter()
            .map(|change| format!("    {:16}  {}\n", word(change.impact), change.logical_id));
        format!("{}  {state}\n{}", self.stack, lines.collect::<String>())
    }
}
