//! The deployments of a service, one after the other.

use serde_json::Value;
use stratiform_service::Timestamp;

use super::rollout::{Progress, Rollout};
use crate::estate::Estate;

/// Where deployments are kept, under the ARN of their service.
const KEPT: &str = "rollouts";

/// The deployments of a service, oldest first; those that are still to come too.
pub(crate) fn rollouts(estate: &Estate, service: &str) -> Vec<Rollout> {
    let kept = estate.kept(KEPT, service).cloned();
    kept.and_then(|kept| serde_json::from_value(kept).ok())
        .unwrap_or_default()
}

/// All services that have deployments.
pub(crate) fn deployed(estate: &Estate) -> impl Iterator<Item = &str> {
    let kept = estate.kept.get(KEPT).into_iter().flatten();
    kept.map(|(service, _)| service.as_str())
}

/// Keeps the deployments of a service.
pub(crate) fn keep(estate: &mut Estate, service: &str, rollouts: &[Rollout]) {
    let value = serde_json::to_value(rollouts).unwrap_or(Value::Null);
    estate.keep(KEPT, service, value);
}

/// The deployments that have begun, and which of them are in use.
pub(crate) struct Rollouts {
    pub(crate) all: Vec<Rollout>,
}

impl Rollouts {
    pub(crate) fn of(estate: &Estate, service: &str, now: Timestamp) -> Rollouts {
        let mut all = rollouts(estate, service);
        all.retain(|rollout| rollout.started <= now);
        Rollouts { all }
    }

    /// The newest one.
    pub(crate) fn current(&self) -> Option<&Rollout> {
        self.all.last()
    }

    /// The last one before the one with this ID that was completed when that began.
    pub(crate) fn source(&self, id: &str) -> Option<&Rollout> {
        let at = self.all.iter().position(|rollout| rollout.id == id)?;
        let started = self.all.get(at)?.started;
        let mut before = self.all.iter().take(at).rev();
        before.find(|rollout| rollout.progress(started) == Progress::Completed)
    }

    /// The one that takes another one back.
    pub(crate) fn undoing(&self, id: &str) -> Option<&Rollout> {
        let mut all = self.all.iter();
        all.find(|rollout| rollout.undoes.as_deref() == Some(id))
    }

    /// Those that have tasks, newest first, and how many.
    pub(crate) fn running(&self, now: Timestamp) -> Vec<(&Rollout, u32)> {
        let Some(current) = self.current() else {
            return Vec::new();
        };
        let mut all = vec![(current, current.running(now))];
        if let Some(source) = self.source(&current.id) {
            let remaining = current.remaining(now, source.desired);
            if remaining > 0 {
                all.push((source, remaining));
            }
        }
        all
    }
}
