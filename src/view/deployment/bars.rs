//! A deployment on a terminal: a bar for each stack that is being deployed, and above them what has ended.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use stratiform_deploy::{News, Plan, Told};
use stratiform_service::event::Subject;
use stratiform_service::status::ResourcePhase;

use super::words::{is_failure, line};
use super::{Clock, Ended, Follow, Proposals, Sources, ended, lines, review};
use crate::report::Colour;
use crate::view::guard::{self, Guarded};
use crate::view::stderr;

/// How often a bar moves by itself.
const TICK: Duration = Duration::from_millis(120);

/// The resources that are named beside a bar.
const NAMED: usize = 3;

/// Bars for somebody who looks at them.
pub(crate) struct Bars {
    all: MultiProgress,
    stacks: BTreeMap<usize, Bar>,
    clock: Clock,
    colour: Colour,
}

/// A stack that is being deployed.
struct Bar {
    bar: ProgressBar,
    /// The resources that are being worked on.
    moving: Vec<String>,
    /// Those that are done.
    done: std::collections::HashSet<String>,
}

impl Bars {
    /// Bars on standard error.
    pub(crate) fn new(clock: Clock, colour: Colour) -> Bars {
        Bars {
            all: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()),
            stacks: BTreeMap::new(),
            clock,
            colour,
        }
    }

    /// A line above the bars.
    fn put(&self, text: &str) {
        if self.all.println(text.trim_end_matches('\n')).is_err() {
            stderr(text);
        }
    }

    fn begin(&mut self, plan: &Plan, stack: usize, count: usize) {
        let Some(planned) = plan.stacks.get(stack) else {
            return;
        };
        let template = "{spinner} {prefix} {bar:20} {pos}/{len} {elapsed:>4}  {wide_msg}";
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let width = plan.stacks.iter().map(|stack| stack.key.chars().count());
        let width = width.max().unwrap_or_default();
        let bar = ProgressBar::new(count.try_into().unwrap_or(u64::MAX));
        let bar = self.all.add(bar.with_style(style));
        bar.set_prefix(format!("{:width$}", planned.key));
        bar.enable_steady_tick(TICK);
        let bar = Bar {
            bar,
            moving: Vec::new(),
            done: std::collections::HashSet::new(),
        };
        self.stacks.insert(stack, bar);
    }
}

impl Bar {
    fn event(&mut self, event: &stratiform_service::StackEvent) {
        let Subject::Resource(id) = event.subject() else {
            return;
        };
        let id = id.to_string();
        self.moving.retain(|moving| *moving != id);
        match event.resource_status.phase() {
            ResourcePhase::Moving => {
                self.done.remove(&id);
                self.moving.push(id);
            }
            ResourcePhase::Done | ResourcePhase::Left => drop(self.done.insert(id)),
            ResourcePhase::Failed | ResourcePhase::Unknown => {}
        }
        let done = self.done.len().try_into().unwrap_or(u64::MAX);
        // What a rollback deletes was not counted.
        self.bar
            .set_length(self.bar.length().unwrap_or_default().max(done));
        self.bar.set_position(done);
        let mut names: Vec<&str> = self.moving.iter().map(String::as_str).collect();
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        self.bar.set_message(names.join(", ") + &more);
    }
}

impl Follow for Bars {
    fn guarded(&mut self, guarded: &Guarded<'_>) {
        self.put(&guard::in_short(guarded, self.colour));
    }

    fn told(&mut self, plan: &Plan, told: &Told) {
        if let Told::Stack { stack, news } = told {
            match news {
                News::Executing(count) => return self.begin(plan, *stack, *count),
                News::Event(event) => {
                    if let Some(bar) = self.stacks.get_mut(stack) {
                        bar.event(event);
                    }
                    if !is_failure(event) {
                        return;
                    }
                }
                News::Finished(_) => {
                    if let Some(bar) = self.stacks.remove(stack) {
                        bar.bar.finish_and_clear();
                    }
                }
                _ => {}
            }
        }
        if let Some((stack, what)) = line(plan, told) {
            self.put(&lines::put(plan, (self.clock)(), stack, &what));
        }
    }

    fn review(&mut self, plan: &Plan, proposals: &Proposals<'_>) {
        let text = review::text(plan, proposals, self.colour);
        self.put(&format!("\n{text}\n "));
    }

    fn say(&mut self, sentence: &str) {
        self.put(sentence);
    }

    fn finish(&mut self, plan: &Plan, sources: &Sources, end: &Ended) {
        for bar in std::mem::take(&mut self.stacks).into_values() {
            bar.bar.finish_and_clear();
        }
        stderr(&format!("\n{}", ended(plan, sources, end, self.colour)));
    }
}
