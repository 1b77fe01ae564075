//! Whatever AWS answers, in whatever order: a destruction ends, deletes nothing that is protected or that nobody agreed
//! to, keeps the order, and says how every stack was left.
#![expect(clippy::unwrap_used, reason = "a test")]
#![expect(clippy::result_large_err, reason = "answers as they are given")]

mod known;
#[expect(dead_code, reason = "deployments use the rest")]
#[path = "../world/mod.rs"]
mod luck;
mod world;

use proptest::prelude::*;
use stratiform_deploy::destruction::{Destruction, Effect, Ending, Plan};
use stratiform_deploy::{Call, Input, Outcome};
use stratiform_service::Timestamp;

use luck::Luck;
use world::{Given, World, plan};

/// All that decides how a destruction goes.
#[derive(Clone, Debug)]
struct Course {
    stacks: Vec<Given>,
    luck: Vec<Luck>,
    yes: bool,
    concurrency: usize,
    cancel_at: Option<usize>,
}

fn course() -> impl Strategy<Value = Course> {
    (
        prop::collection::vec(world::given(), 1..5usize),
        prop::collection::vec(luck::luck(), 300),
        prop::bool::weighted(0.8),
        1..4usize,
        prop::option::weighted(0.2, 0..80usize),
    )
        .prop_map(|(stacks, luck, yes, concurrency, cancel_at)| Course {
            stacks,
            luck,
            yes,
            concurrency,
            cancel_at,
        })
}

/// How a destruction went.
struct Went {
    destruction: Destruction,
    world: World,
    violations: Vec<String>,
    /// Every call and what came of it, in short.
    trace: String,
}

fn go(course: &Course) -> Went {
    let mut world = World::new(&course.stacks, course.luck.clone());
    let mut now: Timestamp = "2026-11-28T03:00:00.000Z".parse().unwrap();
    let plan: Plan = plan(&course.stacks, course.concurrency);
    let (mut destruction, mut effects) = Destruction::new(plan, now);
    let mut violations = Vec::new();
    let mut open: Vec<(u64, Box<Call>)> = Vec::new();
    let mut begun = Vec::new();
    let (mut said, mut cancelled) = (None, false);
    let mut trace = String::new();
    for step in 0.. {
        assert!(
            step < 100_000,
            "it does not end: {:?} after {course:?}",
            destruction.endings()
        );
        let mut wake = None;
        let mut question = false;
        for effect in effects.drain(..) {
            match effect {
                Effect::Call { ticket, call } => {
                    if let Call::DeleteStack { stack, token } = &*call {
                        let is_again = begun.contains(&(stack.clone(), token.clone()));
                        if said != Some(true) {
                            violations.push(format!("nobody said yes to {call:?}"));
                        }
                        if cancelled && !is_again {
                            violations.push(format!("{call:?} is begun after the end"));
                        }
                        // What a lost answer was about may be under way, and more.
                        if !is_again {
                            violations.extend(world.objection(stack));
                        }
                        begun.push((stack.clone(), token.clone()));
                    }
                    open.push((ticket, call));
                }
                Effect::Wake(at) => wake = Some(at),
                Effect::Tell(_) | Effect::Abandon(_) => {}
                Effect::Approve(_) => question = true,
            }
        }
        let resumed = course.stacks.iter().filter(|given| given.is_resumed());
        if open.len() > course.concurrency + resumed.count() {
            violations.push(format!("{} calls at the same time", open.len()));
        }
        if destruction.outcome().is_some() && open.is_empty() {
            return Went {
                destruction,
                world,
                violations,
                trace,
            };
        }
        let input = if course.cancel_at == Some(step) {
            cancelled = true;
            Input::Cancel
        } else if question {
            said = Some(course.yes);
            Input::Approved(course.yes)
        } else if !open.is_empty() {
            let (ticket, call) = open.remove(world.pick(open.len()));
            let reply = Box::new(world.answer(&call, now));
            trace += &format!("\n{} => {}", short(&call), short(&reply));
            Input::Answer { ticket, reply }
        } else if let Some(at) = wake {
            now = now.max(at);
            Input::Time
        } else {
            panic!("it waits for nothing: {destruction:#?} after {trace}");
        };
        effects = destruction.step(input, now);
    }
    unreachable!()
}

/// The beginning of what it looks like.
fn short(what: &impl std::fmt::Debug) -> String {
    format!("{what:?}").chars().take(160).collect()
}

proptest! {
    #[test]
    fn a_destruction_ends_and_deletes_nothing_that_it_may_not(course in course()) {
        let went = go(&course);
        prop_assert!(went.violations.is_empty(), "{:?}: {}", went.violations, went.trace);
        prop_assert!(went.destruction.endings().iter().all(Option::is_some));
    }

    #[test]
    fn a_destruction_says_how_every_stack_was_left(course in course()) {
        let went = go(&course);
        let outcome = went.destruction.outcome().unwrap();
        let endings: Vec<Ending> = went.destruction.endings().into_iter().flatten().cloned().collect();
        for (index, ending) in endings.iter().enumerate() {
            let left = went.world.left(index);
            let is_right = match ending {
                Ending::Absent | Ending::Deleted(_) => left.is_gone,
                Ending::CameBack { .. } => !left.is_gone && left.is_well,
                Ending::Stuck(_) => true,
                Ending::Protected(_)
                | Ending::DataAtRisk(_)
                | Ending::NotApproved
                | Ending::NotReached(_)
                | Ending::Refused(_) => !left.was_touched,
            };
            prop_assert!(is_right, "stack {index}: {ending:?}, and {left:?}: {}", went.trace);
            if left.was_touched && !left.is_well {
                prop_assert_eq!(outcome, Outcome::NeedsPerson, "stack {} is not well", index);
            }
        }
        if outcome == Outcome::Done {
            prop_assert!((0..endings.len()).all(|index| went.world.left(index).is_gone), "{endings:?}");
        }
    }
}
