//! What things of a deployment are called.

use std::time::Duration;

use super::besides::{of_command_news, of_task_news};
use stratiform_deploy::{Ending, Impact, News, Outcome, Plan, Proposal, Subject, Told, impact};
use stratiform_finding::words::{counted, listed, shortened, visible};
use stratiform_service::event::Subject as Of;
use stratiform_service::status::ResourcePhase;
use stratiform_service::{Reason, StackEvent};

/// How it ended with a stack, in a word or two.
pub(super) fn ending(ending: Option<&Ending>) -> &'static str {
    match ending {
        None => "not known",
        Some(Ending::Unchanged) => "unchanged",
        Some(Ending::Prepared) => "prepared",
        Some(Ending::Deployed) => "deployed",
        Some(Ending::WentBack) => "went back",
        Some(Ending::Stays(_)) => "could not go back",
        Some(Ending::RolledBack(_)) => "rolled back",
        Some(Ending::Stuck(_)) => "needs a person",
        Some(Ending::Refused(_)) => "refused",
        Some(Ending::NotApproved) => "not approved",
        Some(Ending::NotReached(_)) => "not reached",
        Some(Ending::Held(_)) => "not changed",
    }
}

/// How the whole ended, for programs.
pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::No => "no",
        Outcome::Failed => "failed",
        Outcome::RolledBack => "rolled-back",
        Outcome::NeedsPerson => "needs-person",
    }
}

/// What is looked at.
pub(super) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Stack(stack) => format!("the resources of {stack}"),
        Subject::Service(_, service) => format!("the service {service}"),
        Subject::TargetGroup(arn) => {
            // `…:targetgroup/name/id`
            let name = arn.split('/').nth(1).unwrap_or(arn);
            format!("the target group {name}")
        }
        Subject::Alarms => "the alarms".to_owned(),
        Subject::Database(identifier) => format!("the database {identifier}"),
        Subject::Http(url) => url.clone(),
    }
}

/// How many resources a change set touches, and how; worst first.
pub(super) fn counts(proposal: &Proposal) -> String {
    let changes = proposal.change_set.changes.iter();
    let impacts: Vec<Impact> = changes
        .map(|change| impact(&change.resource_change))
        .collect();
    let words = [
        (Impact::Removed, "removed"),
        (Impact::Replaced, "replaced"),
        (Impact::MayBeReplaced, "may be replaced"),
        (Impact::Updated, "updated"),
        (Impact::Made, "new"),
        (Impact::Tagged, "with other tags only"),
    ];
    let counts = words.into_iter().filter_map(|(of, word)| {
        let count = impacts.iter().filter(|impact| **impact == of).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() {
        return "no resource changes".to_owned();
    }
    counts.join(", ")
}

/// The keys of stacks.
pub(super) fn keys(plan: &Plan, stacks: &[usize]) -> String {
    let keys = stacks.iter().filter_map(|stack| plan.stacks.get(*stack));
    let keys: Vec<&str> = keys.map(|stack| stack.key.as_str()).collect();
    keys.join(", ")
}

/// Which stack something is about, and what happened, in a line; none where it is only for programs.
pub(super) fn line(plan: &Plan, told: &Told) -> Option<(Option<usize>, String)> {
    match told {
        Told::Stack { stack, news } => Some((Some(*stack), of_stack(plan, news)?)),
        Told::Again { stack, failure, .. } => {
            let why = one_line(&failure.why);
            let text = format!("{}, and is tried again: {why}", failure.what);
            Some((Some(*stack), text))
        }
        Told::BackedUp { database, snapshot } => Some((
            None,
            format!("the database {database} is saved as {snapshot}"),
        )),
        Told::NotBackedUp { subject, why } => {
            let why = one_line(why);
            let text = format!("{subject} could not be saved, and nothing is executed: {why}");
            Some((None, text))
        }
        Told::Verifying => Some((None, "what runs is looked at".to_owned())),
        Told::Health {
            subject: of,
            health,
        } => {
            let how = match health {
                stratiform_deploy::Health::Healthy => "well".to_owned(),
                stratiform_deploy::Health::Not(why) => format!("not well yet: {}", one_line(why)),
                stratiform_deploy::Health::Broken(why) => format!("not well: {}", one_line(why)),
            };
            Some((None, format!("{}: {how}", subject(of))))
        }
        Told::Verified { verdict, .. } => Some((
            None,
            match verdict {
                stratiform_deploy::Verified::Yes => "all that runs is well".to_owned(),
                stratiform_deploy::Verified::No => "not all that runs is well".to_owned(),
            },
        )),
        Told::GoingBack => Some((None, "all stacks of this run go back".to_owned())),
        Told::Stays { tasks } => Some((
            None,
            format!(
                "nothing goes back by itself: {} cannot be undone, and nobody has named it",
                listed(tasks)
            ),
        )),
        Told::Task { task, news } => Some((None, of_task_news(plan, *task, news)?)),
        Told::Command { command, news } => Some((None, of_command_news(plan, *command, news)?)),
        Told::NotNotified { receiver, why } => {
            let why = one_line(why);
            Some((None, format!("{receiver} could not be told: {why}")))
        }
    }
}

fn of_stack(plan: &Plan, news: &News) -> Option<String> {
    Some(match news {
        News::Found(_) | News::Unchanged => return None,
        News::Resumed => "goes on where an earlier run was interrupted".to_owned(),
        News::Clearing => "a creation that never succeeded is deleted".to_owned(),
        News::Unprotecting(ids) => {
            let ids = listed(ids.iter().map(|id| id.as_str()));
            format!("the deletion protection of {ids} is lifted")
        }
        News::Mending => "goes back to where it can be deployed from".to_owned(),
        News::Waits(stacks) => format!(
            "its change set can only be made after {}",
            keys(plan, stacks)
        ),
        News::Proposed(proposal) => format!("change set: {}", counts(proposal)),
        News::Executing(0) => "executes".to_owned(),
        News::Executing(count) => format!("executes: {}", counted(*count, "resource")),
        News::Event(event) if is_noise(event) => return None,
        News::Event(event) => of_event(event),
        News::Finished(ended) => ending(Some(ended)).to_owned(),
    })
}

/// What happened to a resource, or to the stack itself.
pub(crate) fn of_event(event: &StackEvent) -> String {
    let status = event.resource_status.as_str();
    let name = match event.subject() {
        Of::Stack => String::new(),
        Of::Resource(_) | Of::Other(_) => format!("{}  ", event.logical_resource_id),
    };
    let reason = event.resource_status_reason.as_deref();
    let reason = reason.filter(|_| is_failure(event));
    let reason = reason.map(|reason| format!("  {}", one_line(reason)));
    format!("{name}{status}{}", reason.unwrap_or_default())
}

/// Whether an event says again what was said before: a resource has its physical ID, or is waited for.
pub(crate) fn is_noise(event: &StackEvent) -> bool {
    let reason = event.resource_status_reason.as_deref().unwrap_or_default();
    matches!(
        Reason::read(reason),
        Reason::CreationInitiated {} | Reason::ConsistencyCheck {}
    )
}

/// Whether something went wrong, or back.
pub(super) fn is_failure(event: &StackEvent) -> bool {
    let status = event.resource_status.as_str();
    event.resource_status.phase() == ResourcePhase::Failed
        || status.ends_with("ROLLBACK_IN_PROGRESS")
}

/// AWS's words in one line, and everything in them visible: no terminal obeys them.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    visible(&words.join(" ")).into_owned()
}

/// A name of AWS's, short.
pub(super) fn named(name: &str) -> String {
    listed([shortened(name)])
}

/// A duration as people read it: `0.4 s`, `12 s`, `3 min 4 s`, `2 h 5 min`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) if seconds < 10 => format!("{:.1} s", duration.as_secs_f64()),
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            (90, "0.1 s"),
            (9_900, "9.9 s"),
            (12_345, "12 s"),
            (184_000, "3 min 4 s"),
            (7_500_000, "2 h 5 min"),
        ];
        for (millis, expected) in cases {
            assert_eq!(duration(Duration::from_millis(millis)), expected);
        }
    }
}
