//! A deployment of a service: all that happens to it is settled when it begins, and the rest is looking at the time.
//!
//! What lives here: how far it is at a moment. What does not: when one begins (`begin`), those before it
//! (`history`), and what answers say of it.

use serde::{Deserialize, Serialize};
use stratiform_service::Timestamp;

use crate::operation::after;

/// A deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rollout {
    /// `ecs-svc/…`.
    pub(crate) id: String,
    /// The ARN of the service deployment.
    pub(crate) deployment: String,
    /// The ARN of the service revision.
    pub(crate) revision: String,
    pub(crate) task_definition: String,
    pub(crate) desired: u32,
    pub(crate) started: Timestamp,
    /// Milliseconds until it is done, or has failed.
    pub(crate) millis: u64,
    pub(crate) outcome: Outcome,
    pub(crate) strategy: Strategy,
    pub(crate) side: Side,
    /// The alarms that stop it.
    pub(crate) alarms: Vec<String>,
    /// Whether what failed is taken back.
    pub(crate) rolls_back: bool,
    /// When another one took its place before it was done.
    pub(crate) superseded: Option<Timestamp>,
    /// The deployment that this one takes back.
    pub(crate) undoes: Option<String>,
    /// What makes it another one than that before.
    pub(crate) configuration: String,
}

/// What becomes of a deployment?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    Success,
    Failure(Cause),
    /// It never ends.
    Stall,
}

/// Why does a deployment fail?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Cause {
    CircuitBreaker,
    Alarm,
    /// A stage of its life did.
    Stage,
    /// Somebody stopped it.
    Stopped,
}

/// How are tasks replaced?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Strategy {
    Rolling,
    /// All at once, after a second set of tasks runs.
    Shifting {
        /// Milliseconds that traffic takes to shift, more than usual.
        shift: u64,
        /// Milliseconds in which both sets run.
        bake: u64,
    },
}

/// Which of two target groups?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Side {
    Blue,
    Green,
}

/// How far is a deployment?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Running,
    Completed,
    Failed(Cause),
    Superseded,
}

/// The stages of a life, and when they begin, in thousandths of the time without waiting.
///
/// Source: ECS API, `ServiceDeployment` `lifecycleStage`. Their share of the time is ours.
const STAGES: [(u64, &str); 8] = [
    (0, "RECONCILE_SERVICE"),
    (40, "PRE_SCALE_UP"),
    (60, "SCALE_UP"),
    (400, "POST_SCALE_UP"),
    (440, "TEST_TRAFFIC_SHIFT"),
    (520, "POST_TEST_TRAFFIC_SHIFT"),
    (600, PRODUCTION),
    (800, "POST_PRODUCTION_TRAFFIC_SHIFT"),
];
const PRODUCTION: &str = "PRODUCTION_TRAFFIC_SHIFT";
const SHIFTED: u64 = 800;
const BAKES: u64 = 850;

impl Side {
    pub(crate) fn other(self) -> Side {
        match self {
            Side::Blue => Side::Green,
            Side::Green => Side::Blue,
        }
    }
}

impl Rollout {
    /// When it is done, or has failed.
    pub(crate) fn end(&self) -> Timestamp {
        after(self.started, self.millis)
    }

    /// Whether it ends by itself.
    pub(crate) fn ends(&self) -> bool {
        !matches!(self.outcome, Outcome::Stall)
    }

    pub(crate) fn progress(&self, now: Timestamp) -> Progress {
        if self.superseded.is_some_and(|at| at <= now) {
            return Progress::Superseded;
        }
        match self.outcome {
            Outcome::Success if self.end() <= now => Progress::Completed,
            Outcome::Failure(cause) if self.end() <= now => Progress::Failed(cause),
            Outcome::Success | Outcome::Failure(_) | Outcome::Stall => Progress::Running,
        }
    }

    fn elapsed(&self, now: Timestamp) -> u64 {
        let elapsed = now.millis().saturating_sub(self.started.millis());
        u64::try_from(elapsed).unwrap_or(0).min(self.millis)
    }

    /// The time without waiting.
    fn base(&self) -> u64 {
        match self.strategy {
            Strategy::Rolling => self.millis,
            Strategy::Shifting { shift, bake } => self.millis.saturating_sub(shift + bake),
        }
    }

    /// Thousandths of the time without waiting.
    fn thousandths(&self, now: Timestamp) -> u64 {
        let base = self.base().max(1);
        let elapsed = self.elapsed(now);
        let at = |thousandths: u64| base * thousandths / 1000;
        let elapsed = match self.strategy {
            Strategy::Rolling => elapsed,
            // While it waits, the time without waiting stands still.
            Strategy::Shifting { shift, bake } => {
                let shifting = elapsed.saturating_sub(at(SHIFTED)).min(shift);
                let baking = elapsed.saturating_sub(at(BAKES) + shift).min(bake);
                elapsed - shifting - baking
            }
        };
        elapsed * 1000 / base
    }

    /// The stage of its life; none where it has none.
    pub(crate) fn stage(&self, now: Timestamp) -> Option<&'static str> {
        let Strategy::Shifting { shift, bake } = self.strategy else {
            return None;
        };
        let base = self.base();
        let elapsed = self.elapsed(now);
        let baked = base * BAKES / 1000 + shift;
        if elapsed >= baked {
            return Some(match elapsed >= baked + bake {
                true => "CLEAN_UP",
                false => "BAKE_TIME",
            });
        }
        if elapsed >= base * SHIFTED / 1000 && elapsed < base * SHIFTED / 1000 + shift {
            return Some(PRODUCTION);
        }
        let done = self.thousandths(now);
        let mut stages = STAGES.iter().rev();
        stages
            .find(|(start, _)| *start <= done)
            .map(|(_, stage)| *stage)
    }

    /// How many of its tasks run.
    pub(crate) fn running(&self, now: Timestamp) -> u32 {
        if self.undoes.is_some() {
            return self.desired;
        }
        match (self.outcome, self.strategy) {
            (Outcome::Success, Strategy::Rolling) => self.part(now, 200, 700),
            (Outcome::Success, Strategy::Shifting { .. }) => self.part(now, 100, 400),
            // A failure that its tasks did not cause.
            (Outcome::Failure(Cause::Alarm | Cause::Stage | Cause::Stopped), _) => {
                match self.progress(now) {
                    Progress::Running => self.part(now, 200, 700),
                    Progress::Completed | Progress::Failed(_) | Progress::Superseded => 0,
                }
            }
            (Outcome::Failure(Cause::CircuitBreaker) | Outcome::Stall, _) => 0,
        }
    }

    /// How many tasks of the one before still run.
    pub(crate) fn remaining(&self, now: Timestamp, before: u32) -> u32 {
        if self.undoes.is_some() {
            return 0;
        }
        let gone = match (self.outcome, self.strategy) {
            (Outcome::Failure(_) | Outcome::Stall, _) => 0,
            (Outcome::Success, Strategy::Rolling) => share(self.thousandths(now), 400, 900),
            (Outcome::Success, Strategy::Shifting { .. }) => {
                share(self.thousandths(now), 850, 1000)
            }
        };
        let gone = u64::from(before) * gone / 1000;
        before.saturating_sub(u32::try_from(gone).unwrap_or(before))
    }

    /// How many percent of production's traffic it has.
    pub(crate) fn weight(&self, now: Timestamp) -> u32 {
        match (self.outcome, self.stage(now)) {
            (_, None) | (Outcome::Success, Some("BAKE_TIME" | "CLEAN_UP")) => 100,
            (Outcome::Success, Some("POST_PRODUCTION_TRAFFIC_SHIFT")) => 100,
            _ => 0,
        }
    }

    /// How many tasks failed.
    pub(crate) fn failed_tasks(&self, now: Timestamp) -> u32 {
        match self.outcome {
            Outcome::Failure(Cause::CircuitBreaker) => {
                let part = self.elapsed(now) * u64::from(self.threshold()) / self.millis.max(1);
                u32::try_from(part).unwrap_or(0)
            }
            Outcome::Stall => u32::try_from(self.elapsed(now) / 60_000).unwrap_or(0),
            Outcome::Success | Outcome::Failure(_) => 0,
        }
    }

    /// How many tasks may fail.
    ///
    /// Source: ECS API, `DeploymentCircuitBreaker`: half of the desired count, at least 3 and at most 200.
    pub(crate) fn threshold(&self) -> u32 {
        self.desired.div_ceil(2).clamp(3, 200)
    }

    fn part(&self, now: Timestamp, from: u64, to: u64) -> u32 {
        let part = u64::from(self.desired) * share(self.thousandths(now), from, to) / 1000;
        u32::try_from(part).unwrap_or(self.desired)
    }
}

/// How far between two marks, in thousandths.
fn share(done: u64, from: u64, to: u64) -> u64 {
    done.saturating_sub(from).min(to - from) * 1000 / (to - from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    fn rollout(strategy: Strategy, millis: u64, outcome: Outcome) -> Rollout {
        Rollout {
            id: "1".to_owned(),
            deployment: String::new(),
            revision: String::new(),
            task_definition: String::new(),
            desired: 4,
            started: at(0),
            millis,
            outcome,
            strategy,
            side: Side::Blue,
            alarms: Vec::new(),
            rolls_back: true,
            superseded: None,
            undoes: None,
            configuration: String::new(),
        }
    }

    #[test]
    fn rolling_never_runs_less_than_is_desired() {
        let rollout = rollout(Strategy::Rolling, 100_000, Outcome::Success);
        let mut last = 0;
        for second in 0..=100 {
            let (new, old) = (
                rollout.running(at(second)),
                rollout.remaining(at(second), 4),
            );
            assert!(new + old >= 4, "{second}: {new} + {old}");
            assert!(new >= last);
            last = new;
        }
        assert_eq!(
            (rollout.running(at(100)), rollout.remaining(at(100), 4)),
            (4, 0)
        );
        assert_eq!(rollout.progress(at(99)), Progress::Running);
        assert_eq!(rollout.progress(at(100)), Progress::Completed);
    }

    #[test]
    fn stages_are_in_order_and_waiting_is_in_its_stage() {
        let strategy = Strategy::Shifting {
            shift: 600_000,
            bake: 900_000,
        };
        let rollout = rollout(strategy, 1_600_000, Outcome::Success);
        let mut seen: Vec<&str> = Vec::new();
        for second in 0..=1600 {
            let stage = rollout.stage(at(second)).unwrap();
            if seen.last() != Some(&stage) {
                seen.push(stage);
            }
        }
        let mut expected: Vec<&str> = STAGES.iter().map(|(_, stage)| *stage).collect();
        expected.extend(["BAKE_TIME", "CLEAN_UP"]);
        assert_eq!(seen, expected);
        assert_eq!(rollout.stage(at(500)), Some(PRODUCTION));
        assert_eq!(rollout.stage(at(1000)), Some("BAKE_TIME"));
        assert_eq!(
            (rollout.weight(at(500)), rollout.weight(at(1000))),
            (0, 100)
        );
        assert_eq!(
            (rollout.running(at(1000)), rollout.remaining(at(1000), 4)),
            (4, 4)
        );
    }

    #[test]
    fn a_circuit_breaker_counts_tasks() {
        let rollout = rollout(
            Strategy::Rolling,
            60_000,
            Outcome::Failure(Cause::CircuitBreaker),
        );
        assert_eq!(rollout.failed_tasks(at(0)), 0);
        assert_eq!(rollout.failed_tasks(at(60)), rollout.threshold());
        assert_eq!(
            (rollout.running(at(60)), rollout.remaining(at(60), 4)),
            (0, 4)
        );
        assert_eq!(
            rollout.progress(at(60)),
            Progress::Failed(Cause::CircuitBreaker)
        );
    }
}
