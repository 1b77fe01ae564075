//! The user's own rules: which files there are, and what they say of a template.
//!
//! What lives here: finding and reading the files, and what of a stack is known to rules. Whoever holds templates against
//! rules asks here. What does not: the language (`stratiform-guard-rules`, behind the feature `guard-rules`; a build
//! without it says of each file that nobody reads it), and what is accepted (`assemblies::verdict`).

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use stratiform_assembly::StackAt;
use stratiform_finding::{Code, Finding, Source};
#[cfg(feature = "guard-rules")]
pub(crate) use stratiform_guard_rules::{Rules, Setting};
use stratiform_service::AccountId;
use stratiform_template::Template;
use stratiform_validate::NotChecked;

use crate::repository::input::{Input, entries, is_of_others};
use crate::validation::{Verdict, values};

/// The folder of a project that has its rules.
const FOLDER: &str = "policies";

/// How files of rules end.
const ENDING: &str = "guard";

/// There are none: this was built without them.
#[cfg(not(feature = "guard-rules"))]
#[derive(Debug)]
pub(crate) enum Rules<'s> {
    #[expect(dead_code, reason = "never made")]
    Never(std::convert::Infallible, &'s Source),
}

/// What is known of where a template is deployed.
#[cfg(not(feature = "guard-rules"))]
#[derive(Clone, Copy, Debug, Default)]
#[expect(dead_code, reason = "nobody asks")]
pub(crate) struct Setting<'a> {
    pub regions: &'a [&'a str],
    pub stack: Option<&'a str>,
    pub account: Option<&'a AccountId>,
    pub parameters: Option<&'a IndexMap<String, String>>,
}

/// Files of rules, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct RuleFiles {
    sources: Vec<Source>,
    unreadable: Vec<Finding>,
}

impl RuleFiles {
    /// Reads the files that are named, and those in folders that are.
    pub(crate) fn named(paths: &[PathBuf]) -> RuleFiles {
        let mut files = RuleFiles::default();
        for path in paths {
            if !path.is_dir() {
                files.read(path, path);
                continue;
            }
            let before = files.sources.len() + files.unreadable.len();
            files.collect(path, Path::new(""));
            if files.sources.len() + files.unreadable.len() == before {
                let what = format!("there are no rules in `{}`", path.display());
                let help = "name a file, or a folder with files that end in .guard";
                files
                    .unreadable
                    .push(Finding::new(Code::GuardFile, what, help));
            }
        }
        files
    }

    /// Those of a project.
    pub(crate) fn of(root: &Path) -> RuleFiles {
        RuleFiles::default().with_those_of(root)
    }

    /// Adds those of a project.
    pub(crate) fn with_those_of(mut self, root: &Path) -> RuleFiles {
        let folder = root.join(FOLDER);
        if folder.is_dir() {
            self.collect(&folder, root);
        }
        self
    }

    /// The rules of all files. What is wrong with files is told to the verdict.
    pub(crate) fn rules(&self, verdict: &mut Verdict) -> Vec<Rules<'_>> {
        verdict.unreadable += self.unreadable.len();
        verdict.tell(self.unreadable.iter().cloned());
        parsed(&self.sources, verdict)
    }

    /// The files of a folder that end as rules do, by name as seen from the top.
    fn collect(&mut self, folder: &Path, top: &Path) {
        let entries = match entries(folder) {
            Ok(entries) => entries,
            Err(finding) => return self.unreadable.push(*finding),
        };
        for entry in entries {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !is_of_others(&entry.file_name()) {
                    self.collect(&path, top);
                }
            } else if is_rules(&path) {
                self.read(&path, path.strip_prefix(top).unwrap_or(&path));
            }
        }
    }

    fn read(&mut self, path: &Path, name: &Path) {
        match Input::Rules.text(path) {
            Ok(text) => {
                let name = name.display().to_string().replace('\\', "/");
                self.sources.push(Source::new(name, text));
            }
            Err(failure) => self.unreadable.extend(failure.findings),
        }
    }
}

fn is_rules(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == ENDING)
}

#[cfg(feature = "guard-rules")]
fn parsed<'s>(sources: &'s [Source], verdict: &mut Verdict) -> Vec<Rules<'s>> {
    // Blocks of rules go as deep as those of templates.
    let read = crate::cores::on_all_cores(sources, Rules::read);
    let mut rules = Vec::new();
    for read in read {
        match read {
            Ok(read) => rules.extend(read),
            Err(found) => {
                verdict.unreadable += 1;
                verdict.tell(found);
            }
        }
    }
    verdict.rules = rules.iter().map(Rules::count).sum();
    rules
}

#[cfg(not(feature = "guard-rules"))]
fn parsed<'s>(sources: &'s [Source], verdict: &mut Verdict) -> Vec<Rules<'s>> {
    let unread = sources.iter().map(|source| {
        let what = format!("nothing here reads the rules in `{}`", source.name);
        let help = "build with the feature `guard-rules`, or move the file away";
        Finding::new(Code::GuardFile, what, help)
    });
    verdict.unreadable += sources.len();
    verdict.tell(unread);
    Vec::new()
}

/// What breaks rules in a stack, where it is deployed, and what they could not judge. What is known of its parameters
/// besides what they are given counts where it is what they are deployed with.
pub(crate) fn held(
    stack: &StackAt,
    regions: &[&str],
    account: Option<&AccountId>,
    known: &IndexMap<String, String>,
    rules: &[Rules<'_>],
) -> (Vec<Finding>, Vec<NotChecked>) {
    if rules.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut parameters = stack.parameters.clone();
    // Of a default, other values are tried where a condition asks for them.
    let deployed = values(stack, known).into_iter();
    parameters.extend(deployed.filter(|(name, value)| known.get(name) == Some(value)));
    let setting = Setting {
        regions,
        stack: Some(&stack.name),
        account,
        parameters: Some(&parameters),
    };
    check(&stack.template, &setting, rules)
}

/// What breaks rules in a template, and what they could not judge.
#[cfg(feature = "guard-rules")]
pub(crate) fn check(
    template: &Template,
    setting: &Setting<'_>,
    rules: &[Rules<'_>],
) -> (Vec<Finding>, Vec<NotChecked>) {
    if rules.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let checked = stratiform_guard_rules::check(template, setting, rules);
    (checked.findings, checked.not_checked)
}

#[cfg(not(feature = "guard-rules"))]
pub(crate) fn check(
    _template: &Template,
    _setting: &Setting<'_>,
    _rules: &[Rules<'_>],
) -> (Vec<Finding>, Vec<NotChecked>) {
    (Vec::new(), Vec::new())
}
