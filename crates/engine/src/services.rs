//! What a deployer asks the services around CloudFormation, answered from the resources that are there.
//!
//! What lives here: which services there are, and what the rest of the engine asks of them. What does not: their protocols
//! (`endpoint`).
//!
//! Members have the names of the services' models. What somebody changes by a call here, on a resource of a stack, has
//! drifted. Nothing happens here between calls but what is on the agenda: how far something is follows from the time.

mod backup;
mod cloudwatch;
mod control;
mod derived;
mod ecr;
mod ecs;
mod elb;
mod logs;
mod model;
mod outside;
mod page;
mod rds;
mod s3;
mod secret;
mod sns;
mod sqs;
mod ssm;
mod sts;

use serde_json::{Map, Value};

use crate::call::{Call, Result, unsupported};
use crate::estate::{Estate, Living};
use crate::input::Effect;
use crate::state::State;

pub(crate) use ecs::begin::Occasion;
pub(crate) use secret::current_text as secret_text;
pub(crate) use ssm::count_version;

/// Answers a call of a service that is not CloudFormation.
pub(crate) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    let answer = match call.request.service.as_str() {
        "sts" => sts::answer(state, call),
        "ssm" => ssm::answer(state, call),
        "secretsmanager" => secret::answer(state, call),
        "s3" => s3::answer(state, call),
        "ecs" => ecs::answer(state, call),
        "ecr" => ecr::answer(state, call),
        "elasticloadbalancing" => elb::answer(state, call),
        "monitoring" => cloudwatch::answer(state, call),
        "rds" => rds::answer(state, call),
        "backup" => backup::answer(state, call),
        "sns" => sns::answer(state, call),
        "logs" => logs::answer(state, call),
        "sqs" => sqs::answer(state, call),
        "cloudcontrolapi" => control::answer(state, call),
        service => {
            let message = format!("The embedded engine has no service {service}");
            Err(unsupported(call, "UnknownOperationException", message))
        }
    };
    answer.map(model::dense)
}

impl State {
    /// An alarm is off: deployments that watch it fail, and composite alarms above it are off too.
    pub(crate) fn tell_of_alarm(&mut self, realm: usize, name: &str, effects: &mut Vec<Effect>) {
        self.fail_services(realm, name, effects);
        let found = self.realms.get(realm);
        let above = found.map(|found| cloudwatch::set_off(&found.estate, name));
        for above in above.unwrap_or_default() {
            self.alarm_in(realm, &above, effects);
        }
    }

    /// An alarm is not off any more, wherever it is.
    pub(crate) fn quiet_alarm(&mut self, name: &str) {
        for realm in &mut self.realms {
            cloudwatch::quiet(&mut realm.estate, name);
        }
    }
}

/// Properties whose scalars are text, as the engine has them.
pub(crate) fn plain_properties(properties: &Map<String, Value>) -> Map<String, Value> {
    let plain = properties.iter();
    plain
        .map(|(name, value)| (name.clone(), model::plain(value)))
        .collect()
}

/// Milliseconds that a resource waits on purpose, once it is made or changed: a service that bakes.
pub(crate) fn wait(resource_type: &str, properties: &Map<String, Value>) -> u64 {
    match resource_type {
        ecs::SERVICE => ecs::begin::wait(properties),
        _ => 0,
    }
}

/// A task definition is gone: it is inactive, and can still be looked at.
pub(crate) fn keep_definition(estate: &mut Estate, arn: &str, living: &Living) {
    ecs::keep_definition(estate, arn, living);
}
