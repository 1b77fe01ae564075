//! All stacks at the end.

use stratiform_deploy::{Ending, Outcome, Plan};
use stratiform_finding::words::counted;

use super::Ended;
use super::words::{duration, ending, keys};

/// A stack's line: its name, how it ended, and what has to be known about that.
struct Row {
    key: String,
    ending: &'static str,
    more: String,
}

fn rows(plan: &Plan, ended: &Ended) -> Vec<Row> {
    let stacks = plan.stacks.iter().enumerate();
    let rows = stacks.map(|(index, stack)| {
        let how = ended.endings.get(index).and_then(Option::as_ref);
        let took = ended.each.get(index).copied().flatten();
        let more = match how {
            Some(Ending::NotReached(stacks)) => format!("needs {}", keys(plan, stacks)),
            Some(Ending::Held(task)) => {
                let task = plan.conduct.besides.tasks.get(*task);
                task.map(|task| format!("{} failed before it", task.name))
                    .unwrap_or_default()
            }
            _ => took.map(duration).unwrap_or_default(),
        };
        Row {
            key: stack.key.clone(),
            ending: ending(how),
            more,
        }
    });
    rows.collect()
}

/// The stacks for people, and the whole in a sentence.
pub(super) fn text(plan: &Plan, ended: &Ended) -> String {
    let rows = rows(plan, ended);
    let width = |of: fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or_default();
    let (keys, endings) = (
        width(|row| row.key.chars().count()),
        width(|row| row.ending.chars().count()),
    );
    let mut text = String::new();
    for Row { key, ending, more } in &rows {
        let line = format!("  {key:keys$}  {ending:endings$}  {more}");
        text += &format!("{}\n", line.trim_end());
    }
    format!("{text}\n{}\n", sentence(plan, ended))
}

/// The stacks for a page.
pub(super) fn markdown(plan: &Plan, ended: &Ended) -> String {
    let rows = rows(plan, ended).into_iter();
    let rows = rows.map(|Row { key, ending, more }| format!("| `{key}` | {ending} | {more} |\n"));
    let rows: String = rows.collect();
    format!("| stack | | |\n|---|---|---|\n{rows}")
}

/// The whole in a sentence.
pub(super) fn sentence(plan: &Plan, ended: &Ended) -> String {
    let count = |of: fn(&Ending) -> bool| {
        let endings = ended.endings.iter().flatten();
        endings.filter(|ending| of(ending)).count()
    };
    let (deployed, unchanged) = (
        count(|ending| matches!(ending, Ending::Deployed)),
        count(|ending| matches!(ending, Ending::Unchanged)),
    );
    let went_back = count(|ending| matches!(ending, Ending::WentBack));
    let prepared = count(|ending| matches!(ending, Ending::Prepared));
    let took = duration(ended.took);
    let stacks = counted(plan.stacks.len(), "stack");
    match ended.outcome {
        Outcome::Done if prepared > 0 => format!(
            "prepared in {took}: {}, {unchanged} unchanged; nothing was executed",
            counted(prepared, "stack")
        ),
        Outcome::Done if went_back > 0 => {
            format!("went back in {took}: {}", counted(went_back, "stack"))
        }
        Outcome::Done if deployed == 0 => format!("nothing to deploy in {stacks}, in {took}"),
        Outcome::Done => format!(
            "deployed in {took}: {}, {unchanged} unchanged",
            counted(deployed, "stack")
        ),
        Outcome::No => format!(
            "not deployed: the answer is no, and nothing was changed by what was not approved ({took})"
        ),
        Outcome::Failed if !ended.unwell.is_empty() => {
            format!("deployed in {took}, and not all that runs is well")
        }
        Outcome::Failed if deployed > 0 && !ended.failed.is_empty() => {
            format!("deployed in {took}, and not all of the release succeeded")
        }
        Outcome::Failed => format!("failed in {took}: no stack was changed by what failed"),
        Outcome::RolledBack => format!("rolled back in {took}: all that failed is as it was"),
        Outcome::NeedsPerson if !ended.in_the_way.is_empty() => {
            format!("failed in {took}: somebody has to decide how it goes on")
        }
        Outcome::NeedsPerson => format!("a stack needs a person ({took})"),
    }
}
