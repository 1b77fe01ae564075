//! Has CloudFormation look at all stacks, at the same time, and reads what it found.

use std::time::Duration;

use futures_util::future::join;
use futures_util::{StreamExt, stream};
use stratiform_assembly::{Assembly, StackAt};
use stratiform_aws::Aws;
use stratiform_deploy::call::Stack;
use stratiform_deploy::drift::{Looked, StackDrift, is_detectable};
use stratiform_deploy::guard::{Asked, Unasked};
use stratiform_deploy::{Call, FailureKind, Pace, Reply};
use stratiform_diff::drift::Drifted;
use stratiform_service::StackId;
use stratiform_service::drift::{Detection, DetectionStatus, ResourceDrift};
use stratiform_service::status::{Ending, Phase};
use tokio::time::{Instant, sleep};

use crate::assemblies::deployed::parse_deployed;
use crate::commands::deploy::conduct::pace;
use crate::commands::diff::deployed::is_left;
use crate::commands::guard::looking::{self, ask};
use crate::repository::standing::unasked;

/// How many stacks at the same time: each looks up all of its resources, at rates that they share with everything else in
/// the account. AWS names no limit; resources that it could not look up for that reason are told (`Rate exceeded`).
const AT_ONCE: usize = 8;

/// How long a look may take. AWS says "up to several minutes".
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// What was found.
pub(super) struct All {
    /// The stacks of the code, in order, then those that are deployed and that the code does not have.
    pub stacks: Vec<Found>,
    /// Why it is not known which stacks there are that the code does not have.
    pub unlisted: Option<Unasked>,
}

/// A stack, and what was found.
pub(super) struct Found {
    /// Whether the code has it.
    pub is_in_code: bool,
    /// What of it was looked at; none where there is no stack.
    pub drift: Option<StackDrift>,
    /// The stack as it is deployed; none where its template cannot be read.
    pub deployed: Option<StackAt>,
    /// The text of that template.
    pub template: Option<String>,
    /// The stack.
    pub stack: Option<Box<Stack>>,
    /// Its resources that are not as they should be.
    pub drifted: Vec<Drifted>,
}

/// The stacks of an environment, looked at.
pub(super) async fn look(aws: &Aws, assembly: &Assembly, local: bool) -> All {
    let (left, unlisted) = match left(aws, assembly).await {
        Ok(left) => (left, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let names = assembly.stacks.iter().map(|stack| &stack.name);
    let found = names
        .chain(&left)
        .map(|name| stack(aws, assembly, name, pace(local)));
    All {
        stacks: stream::iter(found).buffered(AT_ONCE).collect().await,
        unlisted,
    }
}

/// The names of stacks that start as those of the environment do, and that the code does not have.
async fn left(aws: &Aws, assembly: &Assembly) -> Asked<Vec<String>> {
    let Some(prefix) = assembly.prefix() else {
        return Ok(Vec::new());
    };
    let mut names = aws.stack_names(prefix.as_str()).await?;
    names.retain(|name| assembly.stack(name).is_none());
    Ok(names)
}

async fn stack(aws: &Aws, assembly: &Assembly, name: &str, pace: Pace) -> Found {
    let is_in_code = assembly.stack(name).is_some();
    let stack = described(aws, name).await;
    let stack = stack.map(|stack| stack.filter(|it| is_in_code || is_left(it, assembly)));
    let unknown = || Unasked::because("nobody knows which stack that would be", "");
    let (mut detection, mut resources, mut drifts) =
        (Err(unknown()), Ok(Vec::new()), Ok(Vec::new()));
    let mut template = Err(unknown());
    if let Ok(Some(stack)) = &stack {
        let id = &stack.id;
        let (looked, (listed, text)) = join(
            detect(aws, stack, pace),
            join(looking::resources(aws, id), looking::template(aws, id)),
        )
        .await;
        (detection, resources, template) = (looked, listed, text);
        drifts = self::drifts(aws, id).await;
    }
    let there = stack.as_ref().ok().cloned().flatten();
    let looked = Looked {
        key: assembly.key(name).to_owned(),
        name: name.to_owned(),
        stack,
        detection,
        resources,
        drifts,
    };
    let deployed = template.clone().and_then(|text| {
        let parsed = parse_deployed(name, &text);
        parsed.map_err(|failure| unasked(&failure))
    });
    let mut drift = StackDrift::of(looked);
    // Without it nobody can say what a difference does, or hide what is not to be seen.
    let deployed = match (deployed, &there) {
        (Ok(parsed), Some(there)) => Some(StackAt {
            parameters: there.values(),
            tags: there.tags.clone(),
            termination_protection: Some(there.termination_protection),
            ..StackAt::of(name, parsed.template)
        }),
        (Err(why), Some(_)) => {
            drift
                .iter_mut()
                .for_each(|drift| drift.unasked.push(why.clone()));
            None
        }
        (_, None) => None,
    };
    let drifted = match (&drift, &deployed) {
        (Some(drift), Some(deployed)) => drift
            .drifted()
            .map(|(covered, found)| {
                let (expected, actual) = (found.expected.as_deref(), found.actual.as_deref());
                let id = covered.logical_id.as_str();
                Drifted::new(&deployed.template, id, expected, actual)
            })
            .collect(),
        _ => Vec::new(),
    };
    Found {
        is_in_code,
        drift,
        deployed,
        template: template.ok(),
        stack: there,
        drifted,
    }
}

/// The stack; none where none is deployed.
async fn described(aws: &Aws, name: &str) -> Asked<Option<Box<Stack>>> {
    let call = Call::DescribeStack {
        stack: name.to_owned(),
    };
    let stack = ask(aws, call, |reply| match reply {
        Reply::Stack(stack) => Some(stack),
        _ => None,
    });
    Ok(stack.await?.filter(|stack| {
        let phase = stack.status.phase();
        !matches!(phase, Phase::Settled(Ending::Gone | Ending::Reviewed))
    }))
}

/// Is it waited for until CloudFormation has looked?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Yes, asking so often.
    ForTheEnd(Pace),
    /// No: what it finds is at the stack later.
    No,
}

/// Has CloudFormation look at the stacks of the code that it can look at now, and says of which it could not be asked to.
pub(crate) async fn look_again(aws: &Aws, assembly: &Assembly, wait: Wait) -> Vec<Unasked> {
    let looks = assembly.stacks.iter().map(async |planned| {
        let stack = described(aws, &planned.name).await?;
        let Some(stack) = stack.filter(|stack| is_detectable(&stack.status)) else {
            return Ok(());
        };
        match wait {
            Wait::ForTheEnd(pace) => detect(aws, &stack, pace).await.map(drop),
            Wait::No => match begin(aws, &stack.id).await {
                Err(why) if !is_under_way(&why) => Err(why),
                _ => Ok(()),
            },
        }
    });
    let looks = stream::iter(looks).buffered(AT_ONCE);
    let unasked = looks.filter_map(async |look: Asked<()>| look.err());
    unasked.collect().await
}

/// Has CloudFormation look at a stack, and waits until it has.
async fn detect(aws: &Aws, stack: &Stack, pace: Pace) -> Asked<Detection> {
    if !is_detectable(&stack.status) {
        return Err(Unasked::because(
            format!(
                "`{}` is {}: CloudFormation looks for drift only in stacks that are complete",
                stack.name, stack.status
            ),
            "wait until it is, or bring it back: `rollback`",
        ));
    }
    let began = Instant::now();
    let mut id = None;
    loop {
        if began.elapsed() > PATIENCE {
            return Err(Unasked::because(
                format!("the look at `{}` did not end within 30 minutes", stack.name),
                "try again later",
            ));
        }
        let waited = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let pause = u64::try_from(pace.pause(waited)).unwrap_or_default();
        match &id {
            None => match begin(aws, &stack.id).await {
                Ok(begun) => id = Some(begun),
                // Somebody else looks: then it is our turn, so that what is told is of now.
                Err(why) if is_under_way(&why) => {}
                Err(why) => return Err(why),
            },
            Some(id) => {
                let detection = status(aws, id).await?;
                if detection.status != DetectionStatus::InProgress {
                    return Ok(detection);
                }
            }
        }
        sleep(Duration::from_millis(pause)).await;
    }
}

/// Whether a look was refused because another one is going on. The words are not recorded.
fn is_under_way(why: &Unasked) -> bool {
    why.kind == Some(FailureKind::Refused) && why.why.contains("already in progress")
}

async fn begin(aws: &Aws, stack: &StackId) -> Asked<String> {
    let stack = stack.clone();
    ask(aws, Call::DetectStackDrift { stack }, |reply| match reply {
        Reply::DetectionBegun { detection } => Some(detection),
        _ => None,
    })
    .await
}

async fn status(aws: &Aws, id: &str) -> Asked<Detection> {
    let detection = id.to_owned();
    let call = Call::DriftDetectionStatus { detection };
    ask(aws, call, |reply| match reply {
        Reply::Detection(detection) => Some(detection),
        _ => None,
    })
    .await
}

/// What CloudFormation found at its last look at a stack; nothing where it is not there.
pub(crate) async fn differences(aws: &Aws, name: &str) -> Asked<Vec<ResourceDrift>> {
    match described(aws, name).await? {
        Some(stack) => drifts(aws, &stack.id).await,
        None => Ok(Vec::new()),
    }
}

async fn drifts(aws: &Aws, stack: &StackId) -> Asked<Vec<ResourceDrift>> {
    let stack = stack.clone();
    ask(aws, Call::ResourceDrifts { stack }, |reply| match reply {
        Reply::Drifts(drifts) => Some(drifts),
        _ => None,
    })
    .await
}
