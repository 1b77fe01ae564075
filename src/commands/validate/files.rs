//! `validate FILE…`: any templates, on all cores, read and let go one by one.

use std::fs;
use std::path::{Path, PathBuf};

use stratiform_assembly::{AssemblyFile, FILE as ASSEMBLY};
use stratiform_finding::{Code, Finding, Fix, Group, Place, Source, Span};
use stratiform_template::{
    Document, MAX_BYTES, Node, RepeatedKey, Template, parse_bytes, parse_with_repeats,
};
use stratiform_validate::policy::{Levels, ask};
use stratiform_validate::{inspect, validate_nested};

use super::since::FilesThen;
use crate::assemblies::policies::{answered, decided, questions_of, risk};
use crate::cores::on_all_cores;
use crate::own_rules::{self, Rules, Setting};
use crate::report::Failure;
use crate::repository::input::{Input, TEMPLATE_ENDINGS, entries, is_of_others};
use crate::secrets::settled;
use crate::validation::{Acceptance, Terms, Unchecked, Verdict, today};

/// A file that is to be looked at.
struct File {
    path: PathBuf,
    why: Why,
    /// The region that its folder says.
    region: Option<String>,
}

/// Why is a file looked at?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Somebody named it: it has to be a template.
    Named,
    /// It is in a folder that was named, and may be anything.
    InFolder,
}

/// What is asked of files.
pub(crate) struct Asked<'a> {
    /// The regions that they are deployed to; none where nobody says.
    pub regions: &'a [String],
    /// How much policies matter, where they are asked.
    pub policies: Option<Levels>,
    /// Rules of the user's.
    pub rules: &'a [Rules<'a>],
}

/// What is wrong with the templates that are named, and with those in folders that are; and what of that was there
/// before.
///
/// # Errors
/// Git cannot be asked what was there.
pub(super) fn verdict(
    paths: &[PathBuf],
    asked: &Asked<'_>,
    then: Option<&FilesThen>,
) -> Result<Verdict, Failure> {
    let mut verdict = Verdict::default();
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            collect(path, &mut files, &mut verdict);
            folders.push((path, before..files.len()));
        } else {
            files.push(File {
                path: path.clone(),
                why: Why::Named,
                region: None,
            });
        }
    }
    let looked = on_all_cores(&files, |file| {
        let mut verdict = looked_at(file, asked);
        // Of what is right now, nobody asks what it was.
        if let Some(then) = then.filter(|_| verdict.open().next().is_some())
            && let Some(text) = then.text(&file.path)?
        {
            verdict.know(&of_text(file, text, asked));
        }
        Ok(verdict)
    });
    let looked = looked.into_iter().collect::<Result<Vec<_>, Failure>>()?;
    for (folder, of_it) in folders {
        let mut inside = looked.get(of_it).unwrap_or_default().iter();
        if inside.all(|file| file.found.is_empty() && file.templates == 0) {
            verdict.unreadable += 1;
            verdict.tell([no_templates(folder)]);
        }
    }
    looked.into_iter().for_each(|one| verdict.add(one));
    verdict.since = then.map(|then| then.shown().to_owned());
    Ok(verdict)
}

/// The files below a folder that end as templates do, by name. Links to folders are not followed, and nobody has
/// templates of their own in what is hidden or comes from a registry.
fn collect(folder: &Path, files: &mut Vec<File>, verdict: &mut Verdict) {
    let entries = match entries(folder) {
        Ok(entries) => entries,
        Err(finding) => {
            verdict.unreadable += 1;
            verdict.tell([at_file(folder, *finding)]);
            return;
        }
    };
    let region = region_of(folder);
    for entry in entries {
        let name = entry.file_name();
        let (path, kind) = (entry.path(), entry.file_type());
        if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
            if !is_of_others(&name) {
                collect(&path, files, verdict);
            }
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str());
        let is_ours = ending.is_some_and(|ending| TEMPLATE_ENDINGS.contains(&ending));
        let Some(metadata) = fs::metadata(&path)
            .ok()
            .filter(|_| is_ours && name != ASSEMBLY)
        else {
            continue;
        };
        // What is larger than any template is none.
        if usize::try_from(metadata.len()).is_ok_and(|length| length <= MAX_BYTES) {
            files.push(File {
                path,
                why: Why::InFolder,
                region: region.clone(),
            });
        } else {
            verdict.passed_over += 1;
        }
    }
}

/// The region of a folder that `synth` wrote.
fn region_of(folder: &Path) -> Option<String> {
    let listing = folder.join(ASSEMBLY);
    let text = listing
        .is_file()
        .then(|| Input::Snapshot.text(&listing).ok())?;
    let assembly = AssemblyFile::parse(&text?).ok()?;
    Some(assembly.region.to_string())
}

fn no_templates(folder: &Path) -> Finding {
    let what = format!("there is no template in `{}`", folder.display());
    let help = "name a folder with files that end in .yaml, .yml, .json or .template";
    at_file(folder, Finding::new(Code::NoTemplates, what, help))
}

/// One file, read, looked at and let go.
fn looked_at(file: &File, asked: &Asked<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    let bytes = match Input::Template.bytes(&file.path) {
        Ok(bytes) => bytes,
        Err(failure) => {
            verdict.unreadable += 1;
            let findings = failure.findings.into_iter();
            verdict.tell(findings.map(|finding| at_file(&file.path, finding)));
            return verdict;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => return of_text(file, text, asked),
        Err(error) => {
            if file.why == Why::InFolder {
                verdict.passed_over += 1;
            } else {
                verdict.unreadable += 1;
                // What is no text is not shown.
                let source = Source::new(shown(&file.path), "");
                let found = parse_bytes(error.as_bytes()).err();
                verdict.tell(found.map(|finding| finding.in_source(&source)));
            }
        }
    }
    verdict
}

/// A file's text, looked at.
fn of_text(file: &File, text: String, asked: &Asked<'_>) -> Verdict {
    let of_folder = file.region.iter().filter(|_| asked.regions.is_empty());
    let regions: Vec<&str> = asked
        .regions
        .iter()
        .chain(of_folder)
        .map(String::as_str)
        .collect();
    let mut verdict = Verdict::default();
    if file.why == Why::InFolder && !may_be_template(&text) {
        verdict.passed_over += 1;
        return verdict;
    }
    let source = Source::new(shown(&file.path), text);
    let laws = (asked.policies.as_ref(), asked.rules);
    read(&source, (file, &regions), laws, &mut verdict);
    verdict
}

/// What is wrong with the text of a file that somebody writes, as [`verdict`] says it of that file. It may be anything: then
/// nothing is.
pub(crate) fn as_one_types(source: &Source, path: &Path, asked: &Asked<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    if may_be_template(&source.text) {
        let region = path.parent().and_then(region_of);
        let regions: Vec<&str> = region.iter().map(String::as_str).collect();
        let file = File {
            path: path.to_owned(),
            why: Why::InFolder,
            region: region.clone(),
        };
        let laws = (asked.policies.as_ref(), asked.rules);
        read(source, (&file, &regions), laws, &mut verdict);
    }
    verdict.expire(&today());
    if asked.policies.is_some() {
        verdict.tell_unused();
    }
    verdict
}

/// The same of a text that was read.
fn read(
    source: &Source,
    (file, regions): (&File, &[&str]),
    (policies, rules): (Option<&Levels>, &[Rules<'_>]),
    verdict: &mut Verdict,
) {
    match parse_with_repeats(&source.text) {
        Ok(document) if is_template(&document.node, file.why) => {
            let laws = (policies, rules);
            template(&document, source, (&file.path, regions), laws, verdict);
        }
        Ok(_) if file.why == Why::InFolder => verdict.passed_over += 1,
        Ok(document) => {
            verdict.unreadable += 1;
            verdict.tell([no_template(&document.node, source)]);
        }
        Err(_) if file.why == Why::InFolder && !source.text.contains("AWS") => {
            verdict.passed_over += 1;
        }
        Err(finding) => {
            verdict.templates += 1;
            verdict.tell([finding.in_source(source)]);
        }
    }
}

/// What is wrong with a template.
fn template(
    document: &Document,
    source: &Source,
    (path, regions): (&Path, &[&str]),
    (policies, rules): (Option<&Levels>, &[Rules<'_>]),
    verdict: &mut Verdict,
) {
    verdict.templates += 1;
    let repeated = document
        .repeated
        .iter()
        .map(|repeated| written_twice(repeated, source));
    let node = &document.node;
    let place = |path: &[String]| {
        let span = node.span_at(path.iter().map(String::as_str));
        Place::text(source, span, "")
    };
    let placed = |mut finding: Finding| {
        // The place of a rule comes after that of what breaks it.
        if Group::Rules.codes().contains(&finding.code) {
            finding.places.insert(0, place(&finding.path));
        }
        match finding.places.as_slice() {
            [] => {
                let steps = finding.path.iter().map(String::as_str);
                let span = match is_about_a_name(finding.code) {
                    true => node.key_span_at(steps),
                    false => node.span_at(steps),
                };
                finding.at(Place::text(source, span, ""))
            }
            _ => finding.in_source(source),
        }
    };
    let mut report = inspect(node, regions);
    verdict.resources += report.checked;
    let mut found: Vec<Finding> = report.findings;
    found.extend(nested(document, source, path));
    // Nobody else writes that word into `Metadata`.
    let has_decisions = source.text.contains("stratiform");
    let is_asked = has_decisions || policies.is_some() || !rules.is_empty();
    let template = is_asked.then(|| stratiform_template::inspect(node).template);
    let (decisions, refused) = match template.as_ref().filter(|_| has_decisions) {
        Some(template) => decided(template, |path| Some(place(path))),
        None => Default::default(),
    };
    found.extend(refused);
    let mut questions = Vec::new();
    if let Some((template, levels)) = template.as_ref().zip(policies) {
        let asked = ask(template, regions, levels);
        found.extend(asked.findings);
        report.not_checked.extend(asked.not_checked);
        questions = questions_of(asked.answers, (None, ""));
    }
    if let Some(template) = &template {
        let setting = Setting {
            regions,
            ..Setting::default()
        };
        let (broken, not_judged) = own_rules::check(template, &setting, rules);
        found.extend(broken);
        report.not_checked.extend(not_judged);
    }
    let terms = Terms::default();
    let found = found.into_iter().map(|finding| {
        let accepted = risk(&finding, "", &terms, &decisions);
        (finding, accepted)
    });
    let found: Vec<(Finding, Option<Acceptance>)> = found.collect();
    let about = found
        .iter()
        .map(|(finding, accepted)| (finding, accepted.as_ref()));
    verdict.asked.extend(answered(questions, about));
    let written = decisions.into_iter().map(|(_, written)| written);
    verdict.written.extend(written);
    let (held, accepted): (Vec<Finding>, Vec<Option<Acceptance>>) = found.into_iter().unzip();
    let repeated = repeated.map(|finding| (finding, None));
    let held = held.into_iter().map(placed).zip(accepted);
    let (all, accepted): (Vec<_>, Vec<_>) = repeated.chain(held).unzip();
    for (mut found, accepted) in settled(all, source).into_iter().zip(accepted) {
        found.accepted = found.accepted.take().or(accepted);
        verdict.found.push(found);
    }
    let not_checked = report.not_checked.into_iter().map(|it| Unchecked {
        reason: it.reason,
        place: Some(place(&it.path)),
        path: it.path,
    });
    verdict.not_checked.extend(not_checked);
}

/// What is wrong with how nested stacks are used whose templates lie beside this one, as they do before they are
/// packaged.
fn nested(document: &Document, source: &Source, path: &Path) -> Vec<Finding> {
    const NESTED: [&str; 2] = ["AWS::CloudFormation::Stack", "AWS::Serverless::Application"];
    if !NESTED.iter().any(|name| source.text.contains(name)) {
        return Vec::new();
    }
    let Ok(parent) = Template::from_node(&document.node) else {
        return Vec::new();
    };
    validate_nested(&parent, &|place| {
        let is_elsewhere = place.contains("://") || Path::new(place).is_absolute();
        let beside = path.parent()?.join(place);
        if is_elsewhere || !beside.is_file() {
            return None;
        }
        let bytes = Input::Template.bytes(&beside).ok()?;
        let document = parse_with_repeats(std::str::from_utf8(&bytes).ok()?).ok()?;
        Template::from_node(&document.node).ok()
    })
}

/// Whether a finding is about a name and not about what it stands for.
fn is_about_a_name(code: Code) -> bool {
    matches!(
        code,
        Code::NoSuchProperty
            | Code::UnknownMember
            | Code::UnknownFunction
            | Code::ReadOnlyProperty
            | Code::ExclusiveProperties
            | Code::InvalidName
    )
}

/// A key that stands more than once in one map.
fn written_twice(repeated: &RepeatedKey, source: &Source) -> Finding {
    let RepeatedKey { path, key, places } = repeated;
    let what = format!("key `{key}` stands {} in one map", times(places.len()));
    let finding = Finding::new(
        Code::DuplicateKey,
        what,
        "leave the one that is meant, and remove the others",
    );
    let finding = finding.because("CloudFormation takes the last one, and says nothing");
    let path = path.iter().chain([key]).cloned().collect();
    let finding = Finding { path, ..finding }.fixed_by(Fix::Once);
    let last_first = places.iter().rev().enumerate();
    let placed = last_first.map(|(index, span)| {
        let label = if index == 0 {
            "this one counts"
        } else {
            "in vain"
        };
        Place::text(source, *span, label)
    });
    // More of them help nobody.
    placed.take(4).fold(finding, Finding::at)
}

fn times(count: usize) -> String {
    match count {
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// Whether a file of a folder is worth reading as a template.
fn may_be_template(text: &str) -> bool {
    text.contains("AWSTemplateFormatVersion") || (text.contains("Resources") && text.contains("::"))
}

/// Whether a tree is a template, as far as that can be asked of it. What is no map at all says so when it is read.
fn is_template(node: &Node, why: Why) -> bool {
    let is_resource = |node: &Node| {
        let kind = node.get("Type").and_then(Node::as_str);
        kind.is_some_and(|kind| kind.contains("::"))
    };
    let has = |section: &str| node.get(section).is_some();
    match why {
        Why::Named => {
            node.entries().is_empty()
                || ["Resources", "AWSTemplateFormatVersion", "Transform"]
                    .into_iter()
                    .any(has)
        }
        Why::InFolder => {
            has("AWSTemplateFormatVersion")
                || node.get("Resources").is_some_and(|resources| {
                    let mut entries = resources.entries().iter();
                    entries.any(|entry| is_resource(&entry.value))
                })
        }
    }
}

fn no_template(node: &Node, source: &Source) -> Finding {
    let keys = node.entries().iter().map(|entry| entry.key.as_str());
    let what = format!("`{}` is no template: it has no `Resources`", source.name);
    let help = match stratiform_finding::words::nearest("Resources", keys) {
        Some(near) => format!("did you mean `Resources` by `{near}`?"),
        None => "name a CloudFormation template, or a folder of templates".to_owned(),
    };
    at_file(
        Path::new(&*source.name),
        Finding::new(Code::NoTemplate, what, help),
    )
}

/// A finding about a file as a whole.
fn at_file(path: &Path, finding: Finding) -> Finding {
    let first = Span {
        line: 1,
        column: 1,
        ..Span::default()
    };
    finding.at(Place::text(&Source::new(shown(path), ""), first, ""))
}

/// A file's name as people see it, and tests compare it: with `/` everywhere.
fn shown(path: &Path) -> String {
    let shown = path.to_string_lossy().replace('\\', "/");
    match shown.strip_prefix("./") {
        Some(below) if !below.is_empty() => below.to_owned(),
        _ => shown,
    }
}
