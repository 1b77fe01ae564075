//! `validate`: what is wrong with templates, the project's own or anybody's.

pub(crate) mod files;
mod fixing;

use std::path::PathBuf;

use stratiform_environment::Environment;
use stratiform_finding::{Code, Finding, Level};

use self::fixing::Outcome;
use crate::Define;
use crate::args::{Deny, Global, Validate, ValidateFormat};
use crate::assemblies::synthesis::{Questions, validated};
use crate::commands::explain::code::known;
use crate::cores::on_all_cores;
use crate::exit::Exit;
use crate::own_rules::RuleFiles;
use crate::regions::region;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::validation::{Verdict, today};
use crate::view::validated::{github, json, sarif, text};
use crate::view::{Answer, summary};

/// Looks at all templates, and shows what was found.
pub(crate) fn run<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Validate,
) -> Result<Answer, Failure> {
    let accepted = args.allow.iter().map(|code| known(code));
    let accepted = accepted.collect::<Result<Vec<Code>, _>>()?;
    let regions = args.region.iter().map(|name| region(name));
    let regions = regions.map(|region| region.map(|region| region.to_string()));
    let regions = regions.collect::<Result<Vec<String>, _>>()?;
    let judged = |mut looked: Looked| {
        looked.verdict.expire(&today());
        looked.verdict.judge(&accepted, args.deny.map(Deny::least));
        looked.verdict.sort();
        looked
    };
    let named = RuleFiles::named(args.rules());
    if args.files.is_empty() {
        let looked = stacks(define, global, args, (&regions, named))?;
        return Ok(shown(&judged(looked), global, args));
    }
    let mut of_rules = Verdict::default();
    let rules = named.rules(&mut of_rules);
    let of_files = || {
        let mut verdict = files::verdict(&args.files, &regions, &rules);
        verdict.add(of_rules.clone());
        judged(Looked {
            verdict,
            ..Looked::default()
        })
    };
    if args.fix {
        fixing::files_only(args)?;
    }
    let looked = of_files();
    let colour = Colour::on(global.color, &std::io::stderr());
    let looked = match args.fix {
        true if fixing::fix(&looked.verdict, args, colour)? == Outcome::Written => of_files(),
        _ => looked,
    };
    Ok(shown(&looked, global, args))
}

/// What was found, and where its Rust files are.
#[derive(Default)]
struct Looked {
    verdict: Verdict,
    root: PathBuf,
    /// Environments that nothing was checked against.
    unchecked: Vec<String>,
}

/// The stacks of the project's environments.
fn stacks<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Validate,
    (regions, named): (&[String], RuleFiles),
) -> Result<Looked, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let checked = project.load::<E>(&args.env)?;
    let mut verdict = Verdict::default();
    let files = named.with_those_of(&project.root);
    let rules = files.rules(&mut verdict);
    let rules = rules.as_slice();
    let mut findings: Vec<Finding> = Vec::new();
    let looked = on_all_cores(&checked.environments, |loaded| {
        let asked = Questions::Everything { regions, rules };
        validated(define, loaded, asked)
    });
    for looked in looked {
        match looked {
            Ok((_, of_it)) => verdict.add(of_it),
            Err(found) => findings.extend(found),
        }
    }
    // What cannot be synthesized cannot be looked at.
    if !findings.is_empty() {
        findings.extend(verdict.errors());
        return Err(Failure::below(&project.root, findings));
    }
    Ok(Looked {
        verdict,
        root: project.root,
        unchecked: checked.unchecked,
    })
}

fn shown(looked: &Looked, global: &Global, args: &Validate) -> Answer {
    let Looked { verdict, root, .. } = looked;
    let are_notes_shown = args.notes;
    let sentence = verdict.sentence(are_notes_shown) + "\n";
    let unchecked = summary::unchecked(&looked.unchecked);
    let (stdout, stderr) = match args.format {
        ValidateFormat::Text => {
            let colour = Colour::on(global.color, &std::io::stdout());
            let least = if are_notes_shown {
                Level::Note
            } else {
                Level::Warning
            };
            let mut page = text(verdict, least, root, colour);
            page += &text::accepted(verdict);
            if global.verbose {
                page += &text::not_checked(verdict);
            }
            (page + &sentence, unchecked)
        }
        ValidateFormat::Json => (json(verdict), sentence + &unchecked),
        ValidateFormat::Sarif => (sarif(verdict), sentence + &unchecked),
        ValidateFormat::Github => (github(verdict, are_notes_shown), sentence + &unchecked),
    };
    let exit = match verdict.count(Level::Error) {
        _ if verdict.unreadable > 0 => Exit::Failed,
        0 => Exit::Done,
        _ => Exit::No,
    };
    Answer {
        stdout,
        stderr,
        exit,
    }
}
