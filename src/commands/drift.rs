//! `drift`: what was changed by hand.
//!
//! What lives here: from arguments to an answer. What does not: what was covered (`stratiform_deploy::drift`), what a
//! difference does (`stratiform_diff::drift`), and setting it back ([`reverting`]).

pub(crate) mod looking;
mod reverting;
mod tracing;

use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::drift::{Ledger, StackDrift, Verdict};
use stratiform_diff::drift::{Drifted, drifted, stays, who};
use stratiform_resolve::Whereabouts;

use self::looking::{All, Found, look};
use self::reverting::revert;
use self::tracing::Tracing;
use crate::args::{Drift, Global, StatusFormat};
use crate::assemblies::environment::{Synthesized, environment};
use crate::cloud::Cloud;
use crate::commands::deploy::preparing::identity;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::runtime::{all_of, or_interrupted};
use crate::view::drift::{Difference, Judged, Shown, adoption, json, json_line, sentence, text};
use crate::view::{Answer, Event, View, stderr};

/// Looks, and tells; or sets back, or says what to write.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Drift,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        mut assembly,
        settings,
        ..
    } = environment(define, &project, &args.env)?;
    let loaded = project.load_one(define, &args.env)?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    view.event(&Event::Asking {
        environment: args.env.clone(),
        region: assembly.region.to_string(),
    });
    let is_json = args.format == StatusFormat::Json;
    all_of(async {
        let (aws, found) = or_interrupted(async {
            let account = assembly.account.as_ref();
            let aws = cloud.deploying(&assembly.region, account).await;
            let identity = identity(&aws, &assembly).await?;
            assembly.account = Some(identity.account);
            let found = look(&aws, &assembly, args.local).await;
            Ok((aws, found))
        })
        .await?;
        let judged = judged(&assembly, &found);
        let judged = placed(judged, &assembly, &Tracing::new(define, &loaded, &assembly));
        let shown = shown(&args.env, &assembly, (&judged, &found));
        if args.revert {
            if !is_json {
                stderr(&text(&shown, Colour::on(global.color, &std::io::stderr())));
            }
            if shown.verdict != Verdict::Drifted {
                return Ok(nothing_to_revert(&shown, is_json));
            }
            let site = reverting::Site {
                project: &project,
                cloud: &cloud,
                aws: &aws,
                assembly: &assembly,
                settings: &settings,
                found: &found.stacks,
            };
            let exit = revert(global, args, &site, &shown, view).await?;
            if exit != Exit::Done {
                return Ok(answer(exit));
            }
            return again(&aws, args, &assembly).await;
        }
        Ok(Answer {
            exit: match args.exit_code && shown.verdict.needs_a_look() {
                true => Exit::No,
                false => Exit::Done,
            },
            ..Answer::of(match (args.adopt, args.format) {
                (true, _) => adoption(&shown),
                (false, StatusFormat::Text) => {
                    text(&shown, Colour::on(global.color, &std::io::stdout()))
                }
                (false, StatusFormat::Json) => json(&shown),
            })
        })
    })
}

fn answer(exit: Exit) -> Answer {
    Answer {
        exit,
        ..Answer::of(String::new())
    }
}

/// Nothing drifted that was looked at: where something was not, that is no yes.
fn nothing_to_revert(shown: &Shown<'_>, is_json: bool) -> Answer {
    let exit = match shown.verdict.needs_a_look() {
        true => Exit::No,
        false => Exit::Done,
    };
    Answer {
        exit,
        ..Answer::of(in_a_line(shown, is_json))
    }
}

fn in_a_line(shown: &Shown<'_>, is_json: bool) -> String {
    match is_json {
        true => json_line(shown),
        false => String::new(),
    }
}

/// Looks once more, at what is left.
async fn again(aws: &Aws, args: &Drift, assembly: &Assembly) -> Result<Answer, Failure> {
    let found = or_interrupted(async { Ok(look(aws, assembly, args.local).await) }).await?;
    let judged = judged(assembly, &found);
    let shown = shown(&args.env, assembly, (&judged, &found));
    stderr(&format!("looked again: {}\n", sentence(&shown)));
    let is_json = args.format == StatusFormat::Json;
    Ok(Answer {
        exit: match shown.verdict {
            Verdict::Drifted => Exit::No,
            _ => Exit::Done,
        },
        ..Answer::of(in_a_line(&shown, is_json))
    })
}

fn shown<'a>(
    environment: &'a str,
    assembly: &'a Assembly,
    (judged, found): (&'a [Judged], &'a All),
) -> Shown<'a> {
    let stacks: Vec<StackDrift> = judged.iter().map(|judged| judged.stack.clone()).collect();
    Shown {
        environment,
        region: assembly.region.as_str(),
        account: assembly.account.as_ref().map(|account| account.as_str()),
        verdict: match found.unlisted {
            Some(_) => Verdict::of(&stacks).max(Verdict::NotAllChecked),
            None => Verdict::of(&stacks),
        },
        ledger: Ledger::of(&stacks),
        stacks: judged,
        unlisted: found.unlisted.as_ref(),
    }
}

/// What the differences of each stack do, and what differs.
fn judged(assembly: &Assembly, found: &All) -> Vec<Judged> {
    let stacks = found.stacks.iter().filter_map(|found| {
        let stack = found.drift.clone()?;
        let differences = stack.drifted().flat_map(|(covered, drift)| {
            let resource = found.of(covered.logical_id.as_str());
            let differences = drift.differences.iter();
            differences.map(move |difference| {
                let (expected, actual) = resource
                    .map(|resource| resource.at(&difference.path))
                    .unwrap_or_default();
                Difference {
                    logical_id: covered.logical_id.to_string(),
                    path: difference.path.clone(),
                    kind: difference.kind.clone(),
                    expected,
                    actual,
                    who: found.who(covered.logical_id.as_str(), &difference.path),
                    stays: stays(&covered.resource_type, &difference.path),
                    keys: Vec::new(),
                }
            })
        });
        let differences = differences.collect();
        let diff = found
            .deployed
            .as_ref()
            .map(|deployed| drifted(deployed, &found.drifted, &place(assembly, &stack.name)));
        Some(Judged {
            is_in_code: found.is_in_code,
            stack,
            diff,
            differences,
            declared: Default::default(),
        })
    });
    stacks.collect()
}

/// Where the stack is.
fn place(assembly: &Assembly, stack: &str) -> Whereabouts {
    Whereabouts {
        stack: stack.to_owned(),
        region: assembly.region.clone(),
        account: assembly.account.clone(),
    }
}

/// With the lines of Rust and of YAML that the expected values come from.
fn placed(mut judged: Vec<Judged>, assembly: &Assembly, tracing: &Tracing<'_>) -> Vec<Judged> {
    for judged in &mut judged {
        let declared = assembly.stack(&judged.stack.name);
        for (covered, _) in judged.stack.drifted() {
            let id = covered.logical_id.as_str();
            let location = declared.and_then(|stack| stack.locations.get(id));
            if let Some(location) = location {
                judged.declared.insert(id.to_owned(), *location);
            }
        }
        for difference in &mut judged.differences {
            difference.keys = tracing.trace(&judged.stack.name, difference);
        }
    }
    judged
}

impl Found {
    /// A resource that is not as its template says.
    fn of(&self, logical_id: &str) -> Option<&Drifted> {
        let mut drifted = self.drifted.iter();
        drifted.find(|drifted| drifted.logical_id == logical_id)
    }

    /// Who may have changed a property of it.
    fn who(&self, logical_id: &str, path: &str) -> Option<String> {
        let deployed = self.deployed.as_ref()?;
        who(&deployed.template, logical_id, path)
    }
}
