//! Deployments that fail while they run: an alarm goes off, or somebody stops one.

use super::begin::undo;
use super::history::{deployed, keep, rollouts};
use super::rollout::{Cause, Progress};
use super::{SERVICE, update};
use crate::agenda::Place;
use crate::input::Effect;
use crate::operation::Work;
use crate::provider;
use crate::state::State;

impl State {
    /// An alarm is off: deployments that watch it fail, and so do the stacks that wait for them.
    pub(in crate::services) fn fail_services(
        &mut self,
        realm: usize,
        name: &str,
        effects: &mut Vec<Effect>,
    ) {
        let now = self.now();
        let mut stopped = Vec::new();
        let Some(found) = self.realms.get_mut(realm) else {
            return;
        };
        let services: Vec<String> = deployed(&found.estate).map(str::to_owned).collect();
        for service in services {
            let mut all = rollouts(&found.estate, &service);
            all.retain(|rollout| rollout.started <= now);
            let current = all.last_mut().filter(|current| {
                let watches = current.alarms.iter().any(|known| known == name);
                // An alarm that is off already when a deployment begins is not watched.
                let is_new = current.started < now;
                watches && is_new && current.progress(now) == Progress::Running
            });
            let Some(current) = current else {
                continue;
            };
            current.fail(Cause::Alarm, now);
            let failed = current.clone();
            let mut before = all.iter().rev();
            let source = before.find(|known| known.progress(failed.started) == Progress::Completed);
            if let Some(source) = source.cloned() {
                all.push(undo(&failed, &source, &mut self.ids));
            }
            keep(&mut found.estate, &service, &all);
            stopped.push(service);
        }
        for service in stopped {
            self.refuse_service(realm, &service, Cause::Alarm, effects);
        }
    }

    /// A stack that waits for a service to become stable waits in vain.
    pub(super) fn refuse_service(
        &mut self,
        realm: usize,
        service: &str,
        cause: Cause,
        effects: &mut Vec<Effect>,
    ) {
        let found = self.realms.get(realm);
        let living = found.and_then(|realm| realm.estate.living(SERVICE, service));
        let Some((Some(stack), logical_id)) =
            living.map(|living| (living.stack.clone(), living.logical_id.clone()))
        else {
            return;
        };
        let reason =
            provider::handler_reason(cause.told(), "GeneralServiceException", &mut self.ids);
        let place = Place {
            realm,
            stack: stack.to_string(),
        };
        self.with_stack(&place, effects, |stack, around| {
            let tasks = stack
                .operation
                .as_mut()
                .map(|operation| operation.tasks.iter_mut());
            let mut tasks = tasks.into_iter().flatten().enumerate();
            let waiting = tasks.find_map(|(index, task)| match &mut task.work {
                Some(Work::Create(made) | Work::Update(made)) if task.logical_id == logical_id => {
                    made.refused = Some(reason.clone());
                    Some(index)
                }
                _ => None,
            });
            if let Some(index) = waiting {
                stack.done(index, around);
            }
        });
    }

    /// Something outside of stacks is done.
    pub(crate) fn finish_in_estate(&mut self, realm: usize, what: &str) {
        update::finish(self, realm, what);
    }
}
