//! A sealed release: what was prepared, as a file that somebody approves and that is executed as it is.
//!
//! What lives here: the file, what it says, and what has to be the same when it is executed. That a change set and its
//! stack are what they were is asked by the run itself (`stratiform_deploy::SealedChangeSet`).

pub(crate) mod shown;

use std::io::Write as _;
use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use stratiform_assembly::Assembly;
use stratiform_aws::now;
use stratiform_deploy::call::ParameterValue;
use stratiform_deploy::{
    Besides, Ending, Impact, Plan, PlannedCommand, PlannedStack, PlannedTask, Prediction, Run,
    SealedChangeSet, changes_digest, impact, stack_of, text_digest,
};
use stratiform_finding::{Code, Finding};
use stratiform_service::{AccountId, LogicalId, Region, Timestamp};

use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::input::Input;

/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;

/// A sealed release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Sealed {
    version: u32,
    environment: String,
    account: AccountId,
    region: Region,
    release: Option<String>,
    commit: Option<String>,
    /// When it was made.
    made: Timestamp,
    /// What the run is called, then and when it is executed.
    run: String,
    stacks: Vec<SealedStack>,
    /// What is done besides.
    #[serde(default, skip_serializing_if = "is_nothing")]
    besides: Besides,
}

/// A stack of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SealedStack {
    /// Its short name.
    stack: String,
    /// What becomes of it.
    state: State,
    /// The digest of its template.
    template: String,
    /// Values of its parameters, but for those that nobody may see.
    parameters: IndexMap<String, ParameterValue>,
    /// What its change set does, or what is predicted of one that can only be made later.
    changes: Vec<SealedChange>,
    /// The change set, where there is one.
    change_set: Option<SealedChangeSet>,
}

/// What becomes of a stack?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum State {
    /// It is as it should be.
    Unchanged,
    /// Its change set is executed.
    Changes,
    /// Its change set can only be made after others; it is executed where it is no worse than predicted.
    Later,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SealedChange {
    logical_id: LogicalId,
    impact: Impact,
}

impl Sealed {
    /// What a run prepared.
    ///
    /// # Errors
    /// A stack that waits for others has a value that nobody may see, and so cannot be written down.
    pub(super) fn of(run: &Run, assembly: &Assembly, environment: &str) -> Result<Sealed, Failure> {
        let plan = run.plan();
        let account = assembly.account.clone().ok_or_else(|| {
            let what = "it is not known whose account this is";
            Failure::new(Exit::Failed, Code::AwsUnreadable, what, "try again")
        })?;
        let each = plan.stacks.iter().zip(run.proposals()).zip(run.endings());
        let stacks = each.map(|((stack, proposal), ending)| {
            let state = match (proposal, ending) {
                (Some(_), Some(Ending::Prepared)) => State::Changes,
                (None, Some(Ending::Prepared)) => State::Later,
                _ => State::Unchanged,
            };
            let predicted = || {
                stack
                    .predicted
                    .iter()
                    .flat_map(|predicted| &predicted.changes)
            };
            let changes = match (state, proposal) {
                (State::Changes, Some(proposal)) => {
                    let changes = proposal.change_set.changes.iter();
                    let changes = changes.map(|change| SealedChange {
                        logical_id: change.resource_change.logical_resource_id.clone(),
                        impact: impact(&change.resource_change),
                    });
                    changes.collect()
                }
                (State::Later, _) => {
                    let changes = predicted().map(|predicted| SealedChange {
                        logical_id: predicted.logical_id.clone(),
                        impact: predicted.impact,
                    });
                    changes.collect()
                }
                _ => Vec::new(),
            };
            Ok(SealedStack {
                stack: stack.key.clone(),
                state,
                template: text_digest(&stack.template),
                parameters: visible(stack, assembly, state)?,
                changes,
                change_set: proposal
                    .filter(|_| state == State::Changes)
                    .map(|proposal| SealedChangeSet {
                        change_set: proposal.change_set.change_set_id.clone(),
                        stack_changed: proposal.stack_changed,
                        digest: changes_digest(&proposal.change_set),
                    }),
            })
        });
        Ok(Sealed {
            version: VERSION,
            environment: environment.to_owned(),
            account,
            region: assembly.region.clone(),
            release: plan.conduct.record.release.clone(),
            commit: plan.conduct.record.commit.clone(),
            made: now(),
            run: plan.conduct.run.clone(),
            stacks: stacks.collect::<Result<_, Failure>>()?,
            besides: Besides {
                tasks: plan.conduct.besides.due().cloned().collect(),
                ..plan.conduct.besides.clone()
            },
        })
    }

    /// What is done besides, as it was approved.
    ///
    /// # Errors
    /// What is declared now is something else.
    pub(super) fn besides(
        &self,
        tasks: &[PlannedTask],
        commands: &[PlannedCommand],
    ) -> Result<&Besides, Failure> {
        let is_declared = |sealed: &PlannedTask| {
            let now = tasks.iter().find(|task| task.name == sealed.name);
            // Which image it has was found out when it was sealed.
            now.is_some_and(|now| {
                *sealed
                    == PlannedTask {
                        images: sealed.images.clone(),
                        ..now.clone()
                    }
            })
        };
        let other = self.besides.tasks.iter().find(|task| !is_declared(task));
        let what = match other {
            Some(task) => format!("the task `{}` is another one", task.name),
            None if self.besides.commands != commands => "the commands are others".to_owned(),
            None => return Ok(&self.besides),
        };
        Err(moved([what]))
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let written = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
            .and_then(|mut file| file.write_all(text.as_bytes()).map(|()| file))
            .and_then(|file| file.persist(path).map_err(|error| error.error));
        written.map(drop).map_err(|error| {
            let what = format!("cannot write `{}`: {error}", path.display());
            Failure::new(Exit::Failed, Code::File, what, "choose another file")
        })
    }

    /// Reads it.
    pub(super) fn read(path: &Path) -> Result<Sealed, Failure> {
        let text = Input::Parameters.text(path)?;
        Sealed::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Sealed, Failure> {
        let refused = |why: String| {
            let what = format!("`{}` is no sealed release: {why}", path.display());
            Failure::new(
                Exit::Failed,
                Code::SealedRelease,
                what,
                "make it again: --prepare FILE",
            )
        };
        let sealed: Sealed =
            serde_json::from_str(text).map_err(|error| refused(error.to_string()))?;
        match sealed.version {
            VERSION => Ok(sealed),
            other => Err(refused(format!(
                "it has version {other}, and this program reads {VERSION}"
            ))),
        }
    }

    /// Whether it has the change set of a stack.
    pub(super) fn has_change_set(&self, key: &str) -> bool {
        let mut stacks = self.stacks.iter();
        stacks.any(|stack| stack.stack == key && stack.change_set.is_some())
    }

    /// The release that it is.
    pub(super) fn release(&self) -> Option<&str> {
        self.release.as_deref()
    }

    /// The values of all parameters that it has.
    pub(super) fn values(&self) -> IndexMap<String, String> {
        let parameters = self.stacks.iter().flat_map(|stack| &stack.parameters);
        let values = parameters.filter_map(|(name, value)| match value {
            ParameterValue::Value(value) => Some((name.clone(), value.clone())),
            ParameterValue::Previous => None,
        });
        values.collect()
    }

    /// The short names of its stacks; of one that is deployed twice the first time has a name of its own.
    pub(super) fn stacks(&self) -> Vec<String> {
        let names = self.stacks.iter().map(|stack| stack.stack.clone());
        names.filter(|name| stack_of(name) == *name).collect()
    }

    /// Has a plan be what was sealed, or says all that moved.
    pub(super) fn seal(
        &self,
        plan: &mut Plan,
        assembly: &Assembly,
        environment: &str,
    ) -> Result<(), Failure> {
        let mut moved = Vec::new();
        let mut differs = |what: &str, sealed: &str, now: &str| {
            if sealed != now {
                moved.push(format!(
                    "it is for the {what} `{sealed}`, and this is `{now}`"
                ));
            }
        };
        let account = assembly.account.as_ref().map_or("", AccountId::as_str);
        differs("environment", &self.environment, environment);
        differs("account", self.account.as_str(), account);
        differs("region", self.region.as_str(), assembly.region.as_str());
        for planned in &mut plan.stacks {
            match self
                .stacks
                .iter()
                .find(|sealed| sealed.stack == planned.key)
            {
                Some(sealed) if sealed.template == text_digest(&planned.template) => {
                    sealed.apply(planned)
                }
                Some(_) => moved.push(format!("the template of `{}` is another one", planned.key)),
                None => moved.push(format!("the stack `{}` is not in it", planned.key)),
            }
        }
        if moved.is_empty() {
            plan.conduct.run.clone_from(&self.run);
            plan.conduct.record.release.clone_from(&self.release);
            plan.conduct.record.commit.clone_from(&self.commit);
            return Ok(());
        }
        Err(self::moved(moved))
    }
}

/// What was sealed is not what would be deployed.
fn moved(what: impl IntoIterator<Item = String>) -> Failure {
    let findings = what.into_iter().map(|what| {
        Finding::new(
            Code::SealedRelease,
            format!("what was sealed is not what would be deployed: {what}"),
            "check out what was sealed, or prepare and approve it again: --prepare FILE",
        )
    });
    let mut failure = Failure::of(findings);
    failure.exit = Exit::No;
    failure
}

fn is_nothing(besides: &Besides) -> bool {
    *besides
        == Besides {
            variables: besides.variables.clone(),
            root: besides.root.clone(),
            ..Besides::default()
        }
}

/// Whether a text is a sealed release, of whatever version.
fn is_sealed(text: &str) -> bool {
    let value = serde_json::from_str::<serde_json::Value>(text);
    value.is_ok_and(|value| {
        ["version", "run", "stacks"]
            .iter()
            .all(|key| value.get(key).is_some())
    })
}

impl SealedStack {
    fn apply(&self, planned: &mut PlannedStack) {
        for (name, value) in &self.parameters {
            planned.parameters.insert(name.clone(), value.clone());
        }
        planned.sealed.clone_from(&self.change_set);
        // What differs from this is asked about.
        let changes = self
            .changes
            .iter()
            .map(|change| stratiform_deploy::Predicted {
                logical_id: change.logical_id.clone(),
                impact: change.impact,
            });
        planned.predicted = Some(Prediction {
            changes: changes.collect(),
        });
    }
}

/// Values of parameters, but for those of `NoEcho`: a change set has them already.
fn visible(
    stack: &PlannedStack,
    assembly: &Assembly,
    state: State,
) -> Result<IndexMap<String, ParameterValue>, Failure> {
    let template = assembly
        .stack(stack.name.as_str())
        .map(|stack| &stack.template);
    let is_hidden = |name: &str| {
        let parameter = template.and_then(|template| template.parameters.get(name));
        parameter.is_some_and(|parameter| parameter.no_echo == Some(true))
    };
    let mut shown = IndexMap::new();
    for (name, value) in &stack.parameters {
        match value {
            ParameterValue::Value(_) if is_hidden(name) && state == State::Later => {
                let what = format!(
                    "the parameter `{name}` of `{}` is a secret, and its change set can only be made later: it cannot be sealed",
                    stack.key
                );
                let help = "deploy the stacks that it needs first, then prepare the rest";
                return Err(Failure::new(Exit::Failed, Code::SealedRelease, what, help));
            }
            ParameterValue::Value(_) if is_hidden(name) => {}
            value => drop(shown.insert(name.clone(), value.clone())),
        }
    }
    Ok(shown)
}
