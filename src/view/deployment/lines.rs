//! A deployment as plain lines: what happened when, in which stack.

use stratiform_deploy::{Plan, Told};

use super::words::{duration, line};
use super::{Clock, Ended, Follow, Proposals, Sink, Sources, ended, review};
use crate::report::Colour;
use crate::view::guard::{self, Guarded};

/// Lines for a pipe, a log, or whoever wants no more.
pub(crate) struct Lines {
    /// Where they go.
    pub sink: Sink,
    /// How long it has been.
    pub clock: Clock,
    /// Whether there is colour.
    pub colour: Colour,
}

impl Lines {
    fn put(&mut self, text: &str) {
        (self.sink)(text);
    }
}

/// A line: how long it has been, which stack, what.
pub(super) fn put(
    plan: &Plan,
    since: std::time::Duration,
    stack: Option<usize>,
    what: &str,
) -> String {
    let keys = plan.stacks.iter().map(|stack| stack.key.chars().count());
    let width = keys.max().unwrap_or_default();
    let key = stack.and_then(|stack| plan.stacks.get(stack));
    let key = key.map_or("", |stack| stack.key.as_str());
    format!("{:>12}  {key:width$}  {what}\n", duration(since))
}

impl Follow for Lines {
    fn guarded(&mut self, guarded: &Guarded<'_>) {
        let text = guard::in_short(guarded, self.colour);
        self.put(&text);
    }

    fn told(&mut self, plan: &Plan, told: &Told) {
        if let Some((stack, what)) = line(plan, told) {
            let text = put(plan, (self.clock)(), stack, &what);
            self.put(&text);
        }
    }

    fn review(&mut self, plan: &Plan, proposals: &Proposals<'_>) {
        let text = review::text(plan, proposals, self.colour);
        self.put(&format!("\n{text}\n"));
    }

    fn say(&mut self, sentence: &str) {
        self.put(&format!("{sentence}\n"));
    }

    fn finish(&mut self, plan: &Plan, sources: &Sources, end: &Ended) {
        let text = ended(plan, sources, end, self.colour);
        self.put(&format!("\n{text}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_deployment_that_fails() {
        insta::assert_snapshot!(fixture::followed(|sink, clock| {
            Box::new(Lines {
                sink,
                clock,
                colour: Colour::Never,
            })
        }));
    }
}
