//! A destruction as plain lines: what would go, what happened when, and what stays.

use stratiform_deploy::Outcome;
use stratiform_deploy::destruction::Ending;
use stratiform_deploy::destruction::{Inventory, Kept, News, Plan, Survey, Told};
use stratiform_finding::words::{counted, visible};

use super::findings::findings;
use super::{Ended, Show, ending, fate};
use crate::report::{Colour, Failure};
use crate::view::deployment::words::{duration, is_noise, of_event, one_line};
use crate::view::deployment::{Clock, Sink, Sources};

/// Lines for people.
pub(crate) struct Text {
    /// Where they go.
    pub sink: Sink,
    /// How long it has been.
    pub clock: Clock,
    /// Whether there is colour.
    pub colour: Colour,
}

/// How wide the longest key is.
fn width(plan: &Plan) -> usize {
    let keys = plan.stacks.iter().map(|stack| stack.key.chars().count());
    keys.max().unwrap_or_default()
}

fn keys(plan: &Plan, stacks: &[usize]) -> String {
    let keys = stacks.iter().filter_map(|stack| plan.stacks.get(*stack));
    let keys: Vec<&str> = keys.map(|stack| stack.key.as_str()).collect();
    keys.join(", ")
}

fn line(news: &News) -> Option<String> {
    Some(match news {
        News::Found(_) => return None,
        News::Resumed => "goes on where an earlier run was interrupted".to_owned(),
        News::Deleting(count) => format!("is deleted: {}", counted(*count, "resource")),
        News::Event(event) if is_noise(event) => return None,
        News::Event(event) => of_event(event),
        News::Finished(
            how @ (Ending::Deleted(_)
            | Ending::NotReached(_)
            | Ending::Refused(_)
            | Ending::CameBack { .. }
            | Ending::Stuck(_)),
        ) => ending(Some(how)).to_owned(),
        // Of what is not touched, the table says so.
        News::Finished(
            Ending::Absent | Ending::Protected(_) | Ending::DataAtRisk(_) | Ending::NotApproved,
        ) => return None,
    })
}

/// What would become of a stack: its resources that have to be known, and how many others there are.
fn reviewed(key: &str, width: usize, inventory: &Inventory) -> String {
    let known: Vec<_> = inventory
        .items
        .iter()
        .filter_map(|item| Some((fate(item)?, item)))
        .collect();
    let count = counted(inventory.items.len(), "resource");
    let mut text = format!("  {key:width$}  {count}\n");
    let fates = known.iter().map(|(fate, _)| fate.len()).max();
    let fates = fates.unwrap_or_default();
    let ids = known.iter().map(|(_, item)| item.logical_id.as_str().len());
    let ids = ids.max().unwrap_or_default();
    let types = known.iter().map(|(_, item)| item.resource_type.len());
    let types = types.max().unwrap_or_default();
    for (fate, item) in known {
        text += &format!(
            "    {fate:fates$}  {:ids$}  {:types$}  {}\n",
            item.logical_id,
            visible(&item.resource_type),
            visible(item.physical_id.as_str()),
        );
    }
    text
}

/// All stacks, in the order in which they are deleted at the latest.
fn review(plan: &Plan, survey: &Survey) -> String {
    let width = width(plan);
    let stacks = plan.stacks.iter().zip(&survey.stacks).rev();
    let stacks: String = stacks
        .filter_map(|(stack, inventory)| Some(reviewed(&stack.key, width, inventory.as_ref()?)))
        .collect();
    format!("to be deleted, with all that they have but for what stays:\n\n{stacks}")
}

fn remains(plan: &Plan, ended: &Ended<'_>) -> String {
    let rows = ended.remains().filter_map(|(place, remains)| {
        let key = &plan.stacks.get(place)?.key;
        let physical_id = visible(remains.physical_id.as_str());
        let what = match &remains.kept {
            Kept::Itself => physical_id.into_owned(),
            Kept::Snapshot(Some(snapshot)) => {
                format!("the snapshot {} of {physical_id}", visible(snapshot))
            }
            Kept::Snapshot(None) => format!("a snapshot of {physical_id}"),
        };
        let resource_type = visible(&remains.resource_type).into_owned();
        Some((format!("{key}/{}", remains.logical_id), resource_type, what))
    });
    let rows: Vec<(String, String, String)> = rows.collect();
    if rows.is_empty() {
        return String::new();
    }
    let ids = rows.iter().map(|(id, ..)| id.chars().count()).max();
    let types = rows.iter().map(|(_, kind, _)| kind.chars().count()).max();
    let (ids, types) = (ids.unwrap_or_default(), types.unwrap_or_default());
    let lines = rows.iter();
    let lines = lines.map(|(id, kind, what)| format!("  {id:ids$}  {kind:types$}  {what}\n"));
    let lines: String = lines.collect();
    format!("this stays, and costs what it costs; no stack manages it any more:\n\n{lines}\n")
}

fn table(plan: &Plan, ended: &Ended<'_>) -> String {
    let width = width(plan);
    let rows = plan.stacks.iter().zip(&ended.endings).rev();
    let rows = rows.map(|(stack, how)| {
        let more = match how {
            Some(Ending::NotReached(stacks)) => {
                format!("  needed by {}, still there", keys(plan, stacks))
            }
            _ => String::new(),
        };
        format!("  {:width$}  {}{more}\n", stack.key, ending(*how))
    });
    rows.collect()
}

/// The whole in a sentence.
fn sentence(plan: &Plan, ended: &Ended<'_>) -> String {
    let endings = ended.endings.iter().flatten();
    let deleted = endings
        .filter(|how| matches!(how, Ending::Deleted(_)))
        .count();
    let took = duration(ended.took);
    let done = match deleted {
        0 => "nothing was deleted".to_owned(),
        deleted => format!(
            "{deleted} of {} deleted",
            counted(plan.stacks.len(), "stack")
        ),
    };
    match ended.outcome {
        Outcome::Done if deleted == 0 => {
            let stacks = counted(plan.stacks.len(), "stack");
            format!("nothing to delete: none of {stacks} is there ({took})")
        }
        Outcome::Done => {
            let count = ended.remains().count();
            let stays = match count {
                0 => "nothing stays".to_owned(),
                1 => "1 resource stays".to_owned(),
                count => format!("{} stay", counted(count, "resource")),
            };
            format!("deleted in {took}: {}, {stays}", counted(deleted, "stack"))
        }
        Outcome::No => format!("not destroyed: the answer is no; {done} ({took})"),
        Outcome::Failed | Outcome::RolledBack => format!("failed in {took}: {done}"),
        Outcome::NeedsPerson => format!("a stack needs a person; {done} ({took})"),
    }
}

impl Text {
    fn put(&mut self, text: &str) {
        (self.sink)(text);
    }
}

impl Show for Text {
    fn told(&mut self, plan: &Plan, told: &Told) {
        let (stack, what) = match told {
            Told::Stack { stack, news } => (*stack, line(news)),
            Told::Again { stack, failure, .. } => {
                let why = one_line(&failure.why);
                (
                    *stack,
                    Some(format!("{}, and is tried again: {why}", failure.what)),
                )
            }
        };
        if let Some(what) = what {
            let (since, width) = (duration((self.clock)()), width(plan));
            let key = plan
                .stacks
                .get(stack)
                .map_or("", |stack| stack.key.as_str());
            self.put(&format!("{since:>12}  {key:width$}  {what}\n"));
        }
    }

    fn review(&mut self, plan: &Plan, survey: &Survey) {
        let text = review(plan, survey);
        self.put(&format!("\n{text}\n"));
    }

    fn say(&mut self, sentence: &str) {
        self.put(&format!("{sentence}\n"));
    }

    fn finish(&mut self, plan: &Plan, sources: &Sources, ended: &Ended<'_>) {
        let findings = findings(plan, sources, ended);
        let drawn = Failure::below(&sources.root, findings).draw(self.colour);
        let allowances = ended.allowances(plan);
        let flags = match allowances.is_empty() {
            true => String::new(),
            false => format!(
                "to let all of that data go, add:\n\n    {}\n\n",
                allowances.join(" ")
            ),
        };
        let text = format!(
            "\n{drawn}{flags}{}{}\n{}\n",
            remains(plan, ended),
            table(plan, ended),
            sentence(plan, ended)
        );
        self.put(&text);
    }
}
