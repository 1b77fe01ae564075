//! How a plan is carried out, by the command line and the environment's file.

use std::num::NonZeroUsize;

use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::guard::Running;
use stratiform_deploy::{
    Allowance, Approval, Besides, Call, Conduct, Contract, HttpCheck, Mending, OnFailure, Pace,
    Record, Reply, Until,
};
use stratiform_environment::{Deployment, OnFailure as Written};
use stratiform_service::change_set::{
    DeploymentConfigMode, RollbackConfiguration, RollbackTrigger,
};
use stratiform_template::{Member, Value};

use super::preparing::failed;
use crate::args::Deploy;
use crate::report::Failure;

/// How often AWS is asked: often enough to notice the end within two per cent, and never more than its limits bear.
const PACE: Pace = Pace {
    least: 1_000,
    most: 10_000,
};

/// How often the embedded engine is asked: time passes there with each call.
const PACE_OF_ENGINE: Pace = Pace { least: 1, most: 20 };

/// How many stacks at the same time: as many as were asked for, else as the environment's file says.
pub(crate) fn concurrency(given: Option<NonZeroUsize>, written: &Deployment) -> usize {
    let written = || usize::try_from(written.concurrency).unwrap_or(1).max(1);
    given.map_or_else(written, NonZeroUsize::get)
}

/// How often is asked how things are.
pub(crate) fn pace(local: bool) -> Pace {
    if local { PACE_OF_ENGINE } else { PACE }
}

/// What is found out before, and differs from run to run.
pub(crate) struct Found {
    /// What the run is called.
    pub run: String,
    /// Where it comes from.
    pub record: Record,
    /// What may go.
    pub allowed: Vec<Allowance>,
    /// The alarms that roll stacks back.
    pub rollback: Option<RollbackConfiguration>,
    /// What may be done about stacks that cannot be updated as they are.
    pub mending: Mending,
    /// What is done besides.
    pub besides: Besides,
}

/// What may be done about stacks that cannot be updated as they are.
pub(super) fn mending(args: &Deploy) -> Mending {
    if args.continue_rollback {
        Mending::Rollbacks
    } else {
        Mending::Harmless
    }
}

/// How a plan is carried out.
pub(crate) fn conduct(args: &Deploy, written: &Deployment, found: Found) -> Conduct {
    let Found {
        run,
        record,
        allowed,
        rollback,
        mending,
        besides,
    } = found;
    Conduct {
        run,
        record,
        concurrency: concurrency(args.concurrency, written),
        on_failure: match written.on_failure {
            Written::Keep => OnFailure::Keep,
            Written::RollbackAll => OnFailure::RollBackAll,
        },
        until: if args.prepare.is_some() {
            Until::Prepared
        } else {
            Until::Deployed
        },
        // What was sealed was approved. `--yes` is an answer, so that all is shown first.
        approval: if args.execute.is_some() {
            Approval::Given
        } else {
            Approval::Asked
        },
        allowed,
        mending,
        skip: Vec::new(),
        role: written.role_arn.clone(),
        notification_arns: written.notification_arns.clone(),
        rollback,
        mode: if written.express {
            DeploymentConfigMode::Express
        } else {
            DeploymentConfigMode::Standard
        },
        // Replication made the repositories there, with the images in them.
        import_existing: args.elsewhere.from.is_some(),
        bucket: written.artifact_bucket.clone(),
        backup: written.backup_before_deploy,
        verify: contract(args, written),
        besides,
        pace: pace(args.local),
    }
}

/// What has to be true afterwards. Behind the engine no web server answers, and nobody waits for its time.
fn contract(args: &Deploy, written: &Deployment) -> Option<Contract> {
    let mut verify = written.verify.clone();
    if written.express {
        // CloudFormation says that it is done before anything runs: nobody else looks.
        (verify.services, verify.targets, verify.database) = (true, true, true);
    }
    let http = verify.http.iter().filter(|_| !args.local);
    let http: Vec<HttpCheck> = http
        .map(|check| HttpCheck {
            url: check.url.clone(),
            status: check.status,
            contains: check.contains.clone(),
        })
        .collect();
    let asked = [
        verify.services,
        verify.targets,
        verify.alarms,
        verify.database,
        !http.is_empty(),
    ];
    asked.contains(&true).then_some(Contract {
        services: verify.services,
        targets: verify.targets,
        alarms: verify.alarms,
        database: verify.database,
        http,
        bake_minutes: if args.local { 0 } else { written.bake_minutes },
        patience_minutes: verify.within_minutes,
    })
}

/// What of the environment's file is not done in this run, in sentences.
pub(super) fn left_out(args: &Deploy, written: &Deployment) -> Vec<String> {
    let mut left_out = Vec::new();
    if args.local && (written.bake_minutes > 0 || !written.verify.http.is_empty()) {
        left_out.push(
            "not with --local: the bake time (`bake_minutes`), and web addresses (`verify.http`)"
                .to_owned(),
        );
    }
    left_out
}

/// The alarm that rolls stacks back, as it is there; and what has to be known about it. The guard has asked for it with all
/// others; where it was not answered, it is asked for again, and has to be.
pub(super) async fn rollback(
    aws: &Aws,
    assembly: &Assembly,
    written: &Deployment,
    running: &Running,
) -> Result<(Option<RollbackConfiguration>, Option<String>), Failure> {
    let Some(name) = &written.rollback_alarm else {
        return Ok((None, None));
    };
    let alarms = match &running.alarms {
        Ok(alarms) => alarms.clone(),
        Err(_) => {
            let names = vec![name.clone()];
            match aws.call(&Call::DescribeAlarms { names }).await {
                Ok(Reply::Alarms(alarms)) => alarms,
                Ok(_) => Vec::new(),
                Err(failure) => return Err(failed(failure)),
            }
        }
    };
    let alarm = alarms.into_iter().find(|alarm| alarm.name == *name);
    let Some(alarm) = alarm else {
        let note =
            format!("there is no alarm `{name}` yet: no stack of this run is rolled back by it");
        return Ok((None, Some(note)));
    };
    let note = (alarm.state == "ALARM")
        .then(|| format!("the alarm `{name}` is in ALARM: what is deployed now is rolled back"));
    let configuration = RollbackConfiguration {
        monitoring_time_in_minutes: Some(written.monitoring_minutes),
        rollback_triggers: vec![RollbackTrigger {
            arn: alarm.arn,
            trigger_type: alarm_type(assembly, name).to_owned(),
        }],
    };
    Ok((Some(configuration), note))
}

/// The type of an alarm: that of the stacks' alarm of this name; where they have none, a composite one.
fn alarm_type(assembly: &Assembly, name: &str) -> &'static str {
    const METRIC: &str = "AWS::CloudWatch::Alarm";
    let stacks = assembly.stacks.iter();
    let mut resources = stacks.flat_map(|stack| stack.template.resources.values());
    let is_metric = resources.any(|resource| match resource {
        Member::One(resource) => {
            let own = resource.properties.get("AlarmName").and_then(Value::as_str);
            resource.resource_type == METRIC && own == Some(name)
        }
        Member::Unexpanded(_) => false,
    });
    if is_metric {
        METRIC
    } else {
        "AWS::CloudWatch::CompositeAlarm"
    }
}
