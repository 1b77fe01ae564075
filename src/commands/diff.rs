//! `diff`: what a change will do.

#[cfg(feature = "aws")]
pub(crate) mod deployed;
#[cfg(not(feature = "aws"))]
#[path = "diff/without_aws.rs"]
mod deployed;
mod files;
mod found;
mod origins;
mod parity;
mod scores;

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;
use stratiform_assembly::{StackAt, environment_of};
use stratiform_bootstrap::supposed;
use stratiform_catalog::catalog;
use stratiform_diff::{Kind, Note, StackChange, diff_environment, importers_unknown};
use stratiform_finding::Code;
use stratiform_finding::words::{joined, meant, plural};

use self::found::Laws;
use self::origins::Before;
use crate::args::{Diff, FailOn, Global, ReviewFormat};
use crate::assemblies::since::{Sides, Since, since};
#[cfg(feature = "aws")]
use crate::commands::deploy::sealing::shown::review as sealed_release;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::own_rules::RuleFiles;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::secrets;
use crate::validation::{Terms, Verdict};
use crate::view::review::text::{Full, Layout};
use crate::view::reviewed::{Method, Origins, Review, ReviewedEnvironment, ReviewedStack};
use crate::view::{Answer, View, review, width};

/// Compares and shows; nothing is shown before everything is known.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Diff,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    if let Some(against) = &args.against {
        return parity::run(define, global, args, against);
    }
    #[cfg(feature = "aws")]
    if let [file] = args.files.as_slice()
        && file.is_file()
        && let Some(answer) = sealed_release(file, args)?
    {
        return Ok(answer);
    }
    let review = match args.files.as_slice() {
        [] if args.deployed => {
            let mut review = deployed::review(define, global, args, view)?;
            let project = Project::find(global.environments.as_deref())?;
            origins::add(define, &project, &Before::new(), &mut review);
            review
        }
        [] => with_revision(define, global, args)?,
        files => files::review(files, args)?,
    };
    let (exit, why) = exit(&review, args);
    let stderr = without_stacks(&review, args) + &why;
    Ok(Answer {
        stdout: shown(&review, global, args)?,
        stderr,
        exit,
    })
}

/// The working tree's synthesis against the snapshots of a revision.
fn with_revision(define: &dyn Definition, global: &Global, args: &Diff) -> Result<Review, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Since {
        revision,
        has_snapshots,
        sides,
    } = since(define, &project, args.base.as_deref(), &args.env)?;
    if !has_snapshots {
        return Err(Failure::new(
            Exit::Failed,
            Code::NoSnapshots,
            format!("there is no folder `snapshots` at {}", revision.shown),
            "compare with a revision that has one (--base REV), or with what is deployed (--deployed)",
        ));
    }
    let method = Method {
        before: format!("snapshots at {}", revision.shown),
        after: "the working tree, synthesized".to_owned(),
        facts: facts(),
    };
    let before: Before = sides
        .iter()
        .filter_map(|sides| {
            let name = sides.after.as_ref()?.environment.clone()?;
            Some((name, sides.layers.clone()))
        })
        .collect();
    // Nobody else shows them, and asking takes longer than comparing.
    let scores = match args.format {
        ReviewFormat::Markdown => scores::scores(define, &project, &sides),
        ReviewFormat::Text | ReviewFormat::Html | ReviewFormat::Json => HashMap::new(),
    };
    let mut review = by_laws(define, &project, |laws| compare(sides, method, args, laws))?;
    for environment in &mut review.environments {
        let name = environment.name.as_ref();
        environment.compliance = name.and_then(|name| scores.get(name).cloned());
    }
    origins::add(define, &project, &before, &mut review);
    Ok(review)
}

/// Does something by what a project says of its templates.
fn by_laws<T>(define: &dyn Definition, project: &Project, work: impl FnOnce(&Laws<'_>) -> T) -> T {
    let files = RuleFiles::of(&project.root);
    let mut verdict = Verdict::default();
    let rules = files.rules(&mut verdict);
    let terms = |name: &str| {
        let loaded = project.load_one(define, environment_of(name));
        let terms = loaded.map(|loaded| Terms::of(loaded.environment.settings()));
        terms.unwrap_or_default()
    };
    work(&Laws {
        rules: &rules,
        unread: verdict.open().cloned().collect(),
        terms: &terms,
    })
}

/// Compares what was found, in deployment order; what goes comes last, in reverse.
fn compare(
    mut sides: Vec<Sides>,
    method: Method,
    args: &Diff,
    laws: &Laws<'_>,
) -> Result<Review, Failure> {
    for sides in &mut sides {
        if !sides.is_environment() {
            let bootstraps = [&mut sides.before, &mut sides.after];
            bootstraps.into_iter().flatten().for_each(supposed);
        }
    }
    choose(&sides, &args.stack)?;
    let wanted: HashSet<&str> = args.stack.iter().map(String::as_str).collect();
    let mut environments = Vec::new();
    for sides in &sides {
        let Some(of) = sides.after.as_ref().or(sides.before.as_ref()) else {
            continue;
        };
        let pairs = sides.pairs(of);
        let mut diffs = diff_environment(&pairs);
        if !args.files.is_empty() {
            importers_unknown(&pairs, &mut diffs);
        }
        let stacks = pairs.iter().zip(diffs).filter(|(pair, _)| {
            let name = pair.place.stack.as_str();
            wanted.is_empty() || wanted.contains(name) || wanted.contains(of.key(name))
        });
        // Files that are compared may be anybody's; validating them takes longer than comparing them.
        let is_validated = args.files.is_empty()
            || matches!(args.format, ReviewFormat::Markdown | ReviewFormat::Html);
        // Writing templates takes longer than comparing them: only where they are shown.
        let is_shown =
            args.full || matches!(args.format, ReviewFormat::Markdown | ReviewFormat::Html);
        let shown = |side: Option<&StackAt>| {
            let side = side.filter(|_| is_shown)?;
            Some(secrets::review::text(&side.template))
        };
        // Read once, for the first of its stacks of which something is found.
        let terms = OnceCell::new();
        let stacks = stacks.map(|(pair, mut diff)| {
            diff.notes.extend(text_notes(sides, &pair.place.stack));
            if is_validated && diff.change != StackChange::Unchanged {
                diff.notes.extend(found::notes(pair, (of, &terms), laws));
            }
            if diff.change != StackChange::Unchanged {
                secrets::review::hide(&mut diff, [pair.before, pair.after]);
            }
            ReviewedStack {
                before: shown(pair.before),
                after: shown(pair.after),
                diff,
                origins: Origins::default(),
            }
        });
        environments.push(ReviewedEnvironment {
            name: of.environment.clone(),
            region: of.region.to_string(),
            tool: sides.tool.clone(),
            compliance: None,
            stacks: stacks.collect(),
        });
    }
    Ok(Review {
        method,
        environments,
    })
}

/// What has to be known about the texts of a stack's templates; of one that is on both sides, once.
fn text_notes(sides: &Sides, stack: &str) -> IndexSet<Note> {
    let sides = [&sides.before, &sides.after].into_iter().flatten();
    let stacks = sides.filter_map(|assembly| assembly.stack(stack));
    let findings = stacks.flat_map(|stack| &stack.findings);
    findings
        .map(|finding| Note {
            what: finding.what.clone(),
            help: Some(finding.help.clone()).filter(|help| !help.is_empty()),
        })
        .collect()
}

/// Refuses stacks that are on neither side.
fn choose(sides: &[Sides], wanted: &[String]) -> Result<(), Failure> {
    let sources = sides
        .iter()
        .flat_map(|sides| [&sides.before, &sides.after])
        .flatten();
    let known: IndexSet<&str> = sources
        .flat_map(|source| {
            source
                .stacks
                .iter()
                .map(move |stack| (source, stack.name.as_str()))
        })
        .flat_map(|(source, name)| [source.key(name), name])
        .collect();
    let Some(name) = wanted.iter().find(|name| !known.contains(name.as_str())) else {
        return Ok(());
    };
    let help = meant(name, known.iter().copied())
        .unwrap_or_else(|| format!("the stacks are: {}", joined(known.iter().copied())));
    Err(Failure::new(
        Exit::Usage,
        Code::UnknownStack,
        format!("no stack is called `{name}`"),
        help,
    ))
}

/// Where facts about resource types come from.
fn facts() -> String {
    let catalog = catalog();
    format!(
        "offline, from the catalog (cfn-lint {}, schemas of {})",
        catalog.source_version(),
        catalog.schema_date().get(..10).unwrap_or_default()
    )
}

/// The environments that were named and have none of the stacks that were: nothing is said of them elsewhere.
fn without_stacks(review: &Review, args: &Diff) -> String {
    let environments = review.environments.iter();
    let without = environments.filter(|environment| {
        let name = environment.name.as_ref();
        environment.stacks.is_empty() && name.is_some_and(|name| args.env.contains(name))
    });
    let lines = without.filter_map(|environment| {
        let name = environment.name.as_ref()?;
        Some(format!("`{name}` has no stack {}\n", joined(&args.stack)))
    });
    match args.stack.is_empty() {
        true => String::new(),
        false => lines.collect(),
    }
}

/// The review in the format that was asked for.
fn shown(review: &Review, global: &Global, args: &Diff) -> Result<String, Failure> {
    Ok(match args.format {
        ReviewFormat::Text => {
            let colour = Colour::on(global.color, &std::io::stdout());
            let full = if args.full { Full::Yes } else { Full::No };
            let layout = Layout {
                full,
                colour,
                width: width::of_stdout(),
            };
            review::text::text(review, layout)
        }
        ReviewFormat::Markdown => review::markdown::markdown(review)?,
        ReviewFormat::Html => review::html::html(review)?,
        ReviewFormat::Json => review::json::json(review),
    })
}

/// The exit code, and why it is not 0.
fn exit(review: &Review, args: &Diff) -> (Exit, String) {
    let mut reasons = Vec::new();
    if args.exit_code && review.changed().next().is_some() {
        reasons.push("something changes (--exit-code)".to_owned());
    }
    for class in &args.fail_on {
        let (word, kinds): (&str, &[Kind]) = match class {
            FailOn::Replacement => ("replacement", &[Kind::Replacement]),
            FailOn::DataLoss => ("data-loss", &[Kind::DataLoss]),
            FailOn::Interruption => ("interruption", &[Kind::Interruption]),
            FailOn::Widening => ("widening", &[Kind::AccessWidened, Kind::NetworkWidened]),
            FailOn::Any => ("any", &Kind::ALL),
        };
        let count = review.to_look_at(kinds);
        if count > 0 {
            let nouns = plural(count, "consequence");
            reasons.push(match class {
                FailOn::Any => format!("{count} {nouns} to look at (--fail-on any)"),
                _ => format!("{count} {nouns} of class {word} (--fail-on)"),
            });
        }
    }
    if reasons.is_empty() {
        return (Exit::Done, String::new());
    }
    let why = format!("the answer is no: {}\n", reasons.join(", "));
    (Exit::No, why)
}
