//! Whatever AWS answers, in whatever order: a run ends, executes nothing that was not approved, deletes nothing that
//! holds something, and says how every stack was left.
#![expect(clippy::unwrap_used, reason = "a test")]
#![expect(clippy::result_large_err, reason = "answers as they are given")]

mod world;

use proptest::prelude::*;
use stratiform_deploy::{
    Besides, Call, Effect, Ending, FailureKind, Input, Notify, OnFailure, Outcome, PlannedCommand,
    PlannedTask, Reply, Run, Turn, Until,
};
use stratiform_service::Timestamp;

use world::{Luck, World, plan};

/// All that decides how a run goes.
#[derive(Clone, Debug)]
struct Course {
    /// How the stacks stand at first, as places in `world::STANDING`.
    standing: Vec<usize>,
    /// Which of the stacks before a stack it needs.
    needs: Vec<u8>,
    luck: Vec<Luck>,
    yes: bool,
    on_failure: OnFailure,
    until: Until,
    mends: bool,
    verifies: bool,
    backs_up: bool,
    /// Whether the stacks were looked at a moment ago.
    seen: bool,
    /// Tasks: the place of the stack, whether before it, and whether it can be undone.
    tasks: Vec<(u8, bool, bool)>,
    /// Whether those that cannot may be crossed.
    crosses: bool,
    /// Whether there is a command, and somebody who is told.
    besides: bool,
    cancel_at: Option<usize>,
}

fn course() -> impl Strategy<Value = Course> {
    let stacks = 1..5usize;
    let shape = stacks.prop_flat_map(|stacks| {
        (
            prop::collection::vec(0..world::STANDING.len(), stacks),
            prop::collection::vec(any::<u8>(), stacks),
        )
    });
    let until = prop::sample::select(vec![
        Until::Mended,
        Until::Prepared,
        Until::Deployed,
        Until::Deployed,
    ]);
    let ways = (
        any::<bool>(),
        any::<bool>(),
        until,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    let besides = (
        prop::collection::vec(any::<(u8, bool, bool)>(), 0..4),
        any::<bool>(),
        any::<bool>(),
    );
    (
        shape,
        prop::collection::vec(world::luck(), 400),
        ways,
        prop::option::weighted(0.2, 0..60usize),
        besides,
    )
        .prop_map(
            |(
                (standing, needs),
                luck,
                (yes, back, until, mends, verifies, backs_up, seen),
                cancel_at,
                (tasks, crosses, besides),
            )| Course {
                standing,
                needs,
                luck,
                yes,
                on_failure: if back {
                    OnFailure::RollBackAll
                } else {
                    OnFailure::Keep
                },
                until,
                mends,
                verifies,
                backs_up,
                seen,
                tasks,
                crosses,
                besides,
                cancel_at,
            },
        )
}

fn besides(course: &Course) -> Besides {
    let tasks = course.tasks.iter().enumerate();
    let tasks = tasks.map(|(index, (stack, before, reversible))| PlannedTask {
        name: format!("t{index}"),
        service: "api".to_owned(),
        stack: format!("s{}", usize::from(*stack) % course.standing.len()),
        service_id: "Api".parse().unwrap(),
        container: world::ecs::CONTAINER.to_owned(),
        images: Default::default(),
        command: vec!["true".to_owned()],
        runs: if *before { Turn::Before } else { Turn::After },
        reversible: *reversible,
        patience_minutes: 1,
    });
    let tasks: Vec<PlannedTask> = tasks.collect();
    let command = course.besides.then(|| PlannedCommand {
        name: "c".to_owned(),
        argv: vec!["true".to_owned()],
        folder: String::new(),
        patience_minutes: 1,
    });
    let notify = course.besides.then(|| Notify {
        topics: vec!["arn:aws:sns:eu-west-1:111122223333:shop".to_owned()],
        webhook: Some("HOOK".to_owned()),
        subject: "shop dev".to_owned(),
        link: None,
        waits: true,
    });
    Besides {
        crossed: match course.crosses {
            true => tasks.iter().map(|task| task.name.clone()).collect(),
            false => Vec::new(),
        },
        tasks,
        commands: command.into_iter().collect(),
        notify,
        ..Besides::default()
    }
}

/// A task of the course, as ECS knows who started it.
fn started_by(index: usize) -> String {
    format!("stratiform-r1-t{index}")
}

/// What is done to a stack although its tasks are not done, or are in the way.
fn misplaced(course: &Course, call: &Call, world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for (index, (stack, before, reversible)) in course.tasks.iter().enumerate() {
        let (is_done, has_begun) = world.tasks.of(&started_by(index));
        let name = format!("shop-dev-s{}", usize::from(*stack) % course.standing.len());
        match call {
            Call::ExecuteChangeSet { change_set, .. }
                if world.updates(change_set).as_ref() == Some(&name)
                    && !change_set.as_str().contains("-back-")
                    && *before
                    && !is_done =>
            {
                found.push(format!("t{index} comes before {call:?}"));
            }
            Call::CreateChangeSet(new)
                if new.name.contains("-back-") && !reversible && !course.crosses && has_begun =>
            {
                found.push(format!("t{index} is in the way of {call:?}"));
            }
            _ => {}
        }
    }
    found
}

/// How a run went.
struct Went {
    run: Run,
    world: World,
    /// Change sets that somebody said yes to, or that were no worse than what was predicted.
    violations: Vec<String>,
    /// Every call and what came of it, in short.
    trace: String,
}

fn go(course: &Course) -> Went {
    let mut world = World::new(&course.standing, course.luck.clone());
    let mut now: Timestamp = "2026-11-28T03:00:00.000Z".parse().unwrap();
    let mut plan = plan(course.standing.len(), &course.needs, |conduct| {
        conduct.on_failure = course.on_failure;
        conduct.until = course.until;
        conduct.mending = match course.mends {
            true => stratiform_deploy::Mending::Rollbacks,
            false => stratiform_deploy::Mending::Harmless,
        };
        conduct.backup = course.backs_up;
        conduct.besides = besides(course);
        if !course.verifies {
            conduct.verify = None;
        }
    });
    if course.seen {
        let stacks = plan.stacks.iter_mut();
        stacks.for_each(|stack| stack.seen = Some(world.seen(stack.name.as_str())));
    }
    let (mut run, mut effects) = Run::new(plan, now);
    let mut violations = Vec::new();
    let mut open: Vec<(u64, Box<Call>)> = Vec::new();
    let mut said = None;
    let mut trace = String::new();
    for step in 0.. {
        assert!(
            step < 200_000,
            "it does not end: {:?} after {course:?}",
            run.endings()
        );
        let mut wake = None;
        let mut question = false;
        for effect in effects.drain(..) {
            match effect {
                Effect::Call { ticket, call } => {
                    if let Call::ExecuteChangeSet { .. } = &*call
                        && said != Some(true)
                    {
                        violations.push(format!("nobody said yes to {call:?}"));
                    }
                    if let Call::RunTask(new) = &*call {
                        if said != Some(true) {
                            violations.push(format!("nobody said yes to {new:?}"));
                        }
                        if world.tasks.running(&new.started_by) > 0 && !world.tasks.knows(new) {
                            violations.push(format!("it runs already: {new:?}"));
                        }
                    }
                    violations.extend(misplaced(course, &call, &world));
                    if let Call::CreateChangeSet(_) = &*call
                        && course.until == Until::Mended
                    {
                        violations.push(format!("nothing was to be proposed: {call:?}"));
                    }
                    if let Call::DeleteStack { stack, .. } = &*call
                        && !world.holds_nothing(stack)
                    {
                        violations.push(format!("{stack} holds something"));
                    }
                    open.push((ticket, call));
                }
                Effect::Wake(at) => wake = Some(at),
                Effect::Abandon(ticket) => open.retain(|(known, _)| *known != ticket),
                Effect::Tell(_) => {}
                Effect::Approve(_) => question = true,
            }
        }
        if run.outcome().is_some() && open.is_empty() {
            return Went {
                run,
                world,
                violations,
                trace,
            };
        }
        let input = if question {
            said = Some(course.yes);
            Input::Approved(course.yes)
        } else if course.cancel_at == Some(step) {
            Input::Cancel
        } else if !open.is_empty() {
            let (ticket, call) = open.remove(world.pick(open.len()));
            let reply = Box::new(world.answer(&call, now));
            trace += &format!("\n{} => {}", short(&call), short(&reply));
            Input::Answer { ticket, reply }
        } else if let Some(at) = wake {
            now = now.max(at);
            Input::Time
        } else {
            panic!("it waits for nothing: {run:#?} after {trace}");
        };
        effects = run.step(input, now);
    }
    unreachable!()
}

/// The beginning of what it looks like.
fn short(what: &impl std::fmt::Debug) -> String {
    format!("{what:?}").chars().take(160).collect()
}

proptest! {

    #[test]
    fn a_run_ends_and_does_nothing_that_nobody_wanted(course in course()) {
        let went = go(&course);
        prop_assert!(went.violations.is_empty(), "{:?}: {}", went.violations, went.trace);
        let endings = went.run.endings();
        prop_assert!(endings.iter().all(Option::is_some));
    }

    #[test]
    fn what_cannot_be_undone_and_may_be_half_done_needs_a_person(course in course(), before: bool) {
        // Only what is deployed has tasks that begin.
        let course = Course {
            yes: true,
            until: Until::Deployed,
            crosses: false,
            tasks: vec![(0, before, false)],
            ..course
        };
        let went = go(&course);
        let endings = went.run.endings();
        for (index, (stack, _, reversible)) in course.tasks.iter().enumerate() {
            let (is_done, has_begun) = went.world.tasks.of(&started_by(index));
            let ending = &endings[usize::from(*stack) % endings.len()];
            let is_planned = matches!(ending, Some(Ending::Deployed | Ending::Unchanged));
            let is_whole = is_done && is_planned;
            if has_begun && !reversible && !is_whole {
                prop_assert_eq!(went.run.outcome(), Some(Outcome::NeedsPerson), "t{} is left: {}", index, went.trace);
            }
        }
    }

    #[test]
    fn a_run_says_how_every_stack_was_left(course in course()) {
        let went = go(&course);
        let outcome = went.run.outcome().unwrap();
        let mut known = Vec::new();
        for (index, ending) in went.run.endings().into_iter().enumerate() {
            let ending = ending.unwrap();
            let left = went.world.left(index);
            let is_right = match &ending {
                Ending::Deployed | Ending::Stays(_) => left.is_planned,
                Ending::RolledBack(_) | Ending::WentBack => left.is_well && !left.is_planned,
                Ending::Stuck(_) => true,
                Ending::Unchanged => left.is_planned || !left.was_touched,
                Ending::Prepared
                | Ending::Refused(_)
                | Ending::NotApproved
                | Ending::NotReached(_)
                | Ending::Held(_) => !left.was_touched,
            };
            prop_assert!(is_right, "stack {index}: {ending:?}, and {left:?}: {}", went.trace);
            if left.was_touched && !left.is_well {
                prop_assert_eq!(outcome, Outcome::NeedsPerson, "stack {} is not well", index);
            }
            known.push(ending);
        }
        if outcome == Outcome::Done && course.until == Until::Deployed {
            prop_assert!(known.iter().all(|ending| matches!(ending, Ending::Deployed | Ending::Unchanged)), "{:?}", known);
            for (index, (stack, before, _)) in course.tasks.iter().enumerate() {
                let stack = &known[usize::from(*stack) % known.len()];
                let is_due = match before {
                    true => *stack == Ending::Deployed,
                    false => known.contains(&Ending::Deployed),
                };
                let (is_done, _) = went.world.tasks.of(&started_by(index));
                prop_assert!(is_done || !is_due, "t{} was left out: {}", index, went.trace);
            }
        }
    }
}

/// Goes on for 26 hours in which each third question about the operation finds credentials that expired, and nothing is
/// heard of it otherwise.
#[test]
fn a_wait_survives_a_day_and_credentials_that_expire_in_it() {
    let began: Timestamp = "2026-11-28T03:00:00.000Z".parse().unwrap();
    let over = Timestamp::from_millis(began.millis() + 26 * 3_600_000).unwrap();
    let mut world = World::new(&[2], Vec::new());
    let plan = plan(1, &[0], |conduct| conduct.verify = None);
    let (mut run, mut effects) = Run::new(plan, began);
    let (mut now, mut asked, mut executed) = (began, 0u32, false);
    while run.outcome().is_none() {
        let mut input = Input::Time;
        let mut wake = None;
        for effect in effects.drain(..) {
            match effect {
                Effect::Call { ticket, call } => {
                    let is_about_it = executed
                        && matches!(*call, Call::StackEvents { .. } | Call::DescribeStack { .. });
                    executed |= matches!(*call, Call::ExecuteChangeSet { .. });
                    asked += u32::from(is_about_it);
                    let reply = match is_about_it && now < over {
                        true if asked % 3 == 0 => {
                            Err(world::failure(FailureKind::Credentials, None))
                        }
                        true if matches!(*call, Call::StackEvents { .. }) => {
                            Ok(Reply::Events(Vec::new()))
                        }
                        true => Err(world::failure(FailureKind::Unknown, None)),
                        false => world.answer(&call, now),
                    };
                    let reply = Box::new(reply);
                    input = Input::Answer { ticket, reply };
                }
                Effect::Approve(_) => input = Input::Approved(true),
                Effect::Wake(at) => wake = Some(at),
                Effect::Tell(_) | Effect::Abandon(_) => {}
            }
        }
        if matches!(input, Input::Time) {
            now = wake.unwrap_or(now);
        }
        effects = run.step(input, now);
    }
    assert_eq!(run.endings(), [Some(Ending::Deployed)]);
    assert!(now >= over);
    // Not once a second for a day: the longest pause is reached soon.
    let most = 26 * 3_600_000 / run.plan().conduct.pace.most;
    assert!(i64::from(asked) < most + 500, "{asked} of {most}");
}

/// Goes through to the end without bad luck, and says when that was: asked as often as the run wants, or only when it
/// says that it decides.
fn ends(waits_for_the_verdict: bool) -> (Option<Outcome>, i64) {
    let began: Timestamp = "2026-11-28T03:00:00.000Z".parse().unwrap();
    let mut world = World::new(&[2, 2], Vec::new());
    let (mut run, mut effects) = Run::new(plan(2, &[0, 1], |_| ()), began);
    let mut open = Vec::new();
    let (mut now, mut wake) = (began, None);
    while run.outcome().is_none() {
        let mut asks = false;
        for effect in effects.drain(..) {
            match effect {
                Effect::Call { ticket, call } => open.push((ticket, call)),
                Effect::Approve(_) => asks = true,
                Effect::Wake(at) => wake = Some(at),
                Effect::Tell(_) | Effect::Abandon(_) => {}
            }
        }
        let input = if asks {
            Input::Approved(true)
        } else if let Some((ticket, call)) = open.pop() {
            let reply = Box::new(world.answer(&call, now));
            Input::Answer { ticket, reply }
        } else {
            let decides = run.decides().filter(|_| waits_for_the_verdict);
            now = decides.max(wake.take()).unwrap().max(now);
            Input::Time
        };
        effects = run.step(input, now);
    }
    (run.outcome(), now.millis() - began.millis())
}

#[test]
fn what_stays_as_it_is_is_judged_when_that_was_said() {
    let (asked, later) = ends(false);
    let (waited, at) = ends(true);
    assert_eq!((asked, waited), (Some(Outcome::Done), Some(Outcome::Done)));
    let pause = plan(1, &[0], |_| ()).conduct.pace.most;
    assert!((at..=at + pause).contains(&later), "{at} and {later}");
}
