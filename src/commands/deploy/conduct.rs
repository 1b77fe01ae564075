//! How a plan is carried out, by the command line and the environment's file.

use stratiform_deploy::{Allowance, Approval, Conduct, Mending, OnFailure, Pace, Record, Until};
use stratiform_environment::Settings;
use stratiform_service::change_set::DeploymentConfigMode;

use crate::args::Deploy;

/// How often AWS is asked: often enough to notice the end within two per cent, and never more than its limits bear.
const PACE: Pace = Pace {
    least: 250,
    most: 5_000,
};

/// How often the embedded engine is asked: time passes there with each call.
const PACE_OF_ENGINE: Pace = Pace { least: 1, most: 20 };

/// How a plan is carried out.
pub(super) fn conduct(
    args: &Deploy,
    _settings: &Settings,
    run: String,
    record: Record,
    allowed: Vec<Allowance>,
) -> Conduct {
    Conduct {
        run,
        record,
        concurrency: args.concurrency.get(),
        on_failure: OnFailure::Keep,
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
        mending: if args.continue_rollback {
            Mending::Rollbacks
        } else {
            Mending::Harmless
        },
        role: None,
        notification_arns: Vec::new(),
        rollback: None,
        mode: DeploymentConfigMode::Standard,
        bucket: None,
        verify: None,
        pace: if args.local { PACE_OF_ENGINE } else { PACE },
    }
}
