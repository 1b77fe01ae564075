//! `validate`: what is wrong with templates, the project's own or anybody's.

pub(crate) mod files;
mod fixing;
mod since;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use stratiform_finding::{Code, Finding, Level};
use stratiform_validate::policy::Levels;

use self::fixing::Outcome;
use self::since::{FilesThen, StacksThen};
use crate::args::{Deny, Global, Validate, ValidateFormat};
use crate::assemblies::synthesis::{Validated, validated};
use crate::assemblies::verdict::Questions;
use crate::commands::explain::code::known;
use crate::cores::on_all_cores;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::own_rules::RuleFiles;
use crate::regions::region;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::validation::{Verdict, Written, today};
use crate::view::validated::{compliance, github, json, sarif, text};
use crate::view::{Answer, summary};

/// Looks at all templates, and shows what was found.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Validate,
) -> Result<Answer, Failure> {
    let accepted = args.allow.iter().map(|code| known(code));
    let accepted = accepted.collect::<Result<Vec<Code>, _>>()?;
    let regions = args.region.iter().map(|name| region(name));
    let regions = regions.map(|region| region.map(|region| region.to_string()));
    let regions = regions.collect::<Result<Vec<String>, _>>()?;
    let judged = |mut looked: Looked| {
        looked.verdict.judge(&accepted, args.deny.map(Deny::least));
        looked.verdict.sort();
        looked
    };
    let named = RuleFiles::named(args.rules());
    if args.files.is_empty() {
        let looked = stacks(define, global, args, (&regions, named))?;
        return Ok(shown(&judged(looked), global, args));
    }
    let then = args.new_since.as_deref().map(FilesThen::at).transpose()?;
    let mut of_rules = Verdict::default();
    let rules = named.rules(&mut of_rules);
    let asked = files::Asked {
        regions: &regions,
        policies: args.policies.then(Levels::default),
        rules: &rules,
    };
    let of_files = || -> Result<Looked, Failure> {
        let mut verdict = files::verdict(&args.files, &asked, then.as_ref())?;
        verdict.add(of_rules.clone());
        verdict.expire(&today());
        if args.policies {
            verdict.tell_unused();
        }
        Ok(judged(Looked {
            verdict,
            ..Looked::default()
        }))
    };
    if args.fix {
        fixing::files_only(args)?;
    }
    let looked = of_files()?;
    let colour = Colour::on(global.color, &std::io::stderr());
    let looked = match args.fix {
        true if fixing::fix(&looked.verdict, args, colour)? == Outcome::Written => of_files()?,
        _ => looked,
    };
    Ok(shown(&looked, global, args))
}

/// What was found, and where its Rust files are.
#[derive(Default)]
struct Looked {
    verdict: Verdict,
    root: PathBuf,
    /// The score that an environment asks for.
    minimum: HashMap<String, u32>,
    /// Environments that nothing was checked against.
    unchecked: Vec<String>,
    /// What has to be known besides.
    said: String,
}

/// The stacks of the project's environments.
fn stacks(
    define: &dyn Definition,
    global: &Global,
    args: &Validate,
    (regions, named): (&[String], RuleFiles),
) -> Result<Looked, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let then = args.new_since.as_deref();
    let then = then.map(|revision| StacksThen::at(&project, revision));
    let mut then = then.transpose()?;
    let checked = project.load(define, &args.env)?;
    let mut verdict = Verdict::default();
    let files = named.with_those_of(&project.root);
    let rules = files.rules(&mut verdict);
    let rules = rules.as_slice();
    let asked = Questions::Everything { regions, rules };
    let mut minimum = HashMap::new();
    let mut findings: Vec<Finding> = Vec::new();
    for loaded in &checked.environments {
        let settings = loaded.environment.settings();
        let least = settings.deployment.compliance_at_least;
        minimum.extend(least.map(|least| (settings.name.to_string(), least)));
    }
    let looked = on_all_cores(&checked.environments, |loaded| {
        validated(define, loaded, asked)
    });
    for (loaded, looked) in checked.environments.iter().zip(looked) {
        match looked {
            Ok(Validated {
                assemblies,
                verdict: mut of_it,
                ..
            }) => {
                if let Some(then) = then.as_mut().filter(|_| of_it.open().next().is_some()) {
                    of_it.know(&then.found(loaded, &assemblies, asked)?);
                }
                verdict.add(of_it);
            }
            Err(found) => findings.extend(found),
        }
    }
    // What cannot be synthesized cannot be looked at.
    if !findings.is_empty() {
        findings.extend(verdict.errors());
        return Err(Failure::below(&project.root, findings));
    }
    verdict.since = then.as_ref().map(|then| then.shown().to_owned());
    let said = then.as_ref().map(StacksThen::said).unwrap_or_default();
    verdict.expire(&today());
    // In another region, or with other environments beside them, there may be what is accepted and not found here.
    if regions.is_empty() {
        if !args.env.is_empty() || !checked.unchecked.is_empty() {
            let names = checked.environments.iter().map(|loaded| &loaded.name);
            let names: Vec<String> = names.map(ToString::to_string).collect();
            verdict.written.retain(|written| is_own(written, &names));
        }
        verdict.tell_unused();
    }
    Ok(Looked {
        verdict,
        minimum,
        root: project.root,
        unchecked: checked.unchecked,
        said,
    })
}

/// Whether an acceptance stands in the file of one of these environments, and in none that they share with others.
pub(crate) fn is_own(written: &Written, names: &[String]) -> bool {
    let file = written
        .risk
        .place
        .as_ref()
        .map(|place| place.at.position().0);
    let stem = file.and_then(|file| Path::new(file).file_stem()?.to_str());
    stem.is_some_and(|stem| names.iter().any(|name| name == stem))
}

fn shown(looked: &Looked, global: &Global, args: &Validate) -> Answer {
    let Looked { verdict, root, .. } = looked;
    let are_notes_shown = args.notes;
    let sentence = verdict.sentence(are_notes_shown) + "\n" + &compliance(verdict, &looked.minimum);
    let unchecked = looked.said.clone() + &summary::unchecked(&looked.unchecked);
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
            if args.known {
                page += &text::known(verdict);
            }
            if global.verbose {
                page += &text::not_checked(verdict);
            }
            (page + &sentence, unchecked)
        }
        ValidateFormat::Json => (json(verdict, &looked.minimum), sentence + &unchecked),
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
