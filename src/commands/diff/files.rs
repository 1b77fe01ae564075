//! `diff OLD NEW`: any two templates, or two folders of them.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use indexmap::{IndexMap, IndexSet};
use stratiform_assembly::{Assembly, AssemblyFile, FILE as ASSEMBLY, StackAt};
use stratiform_finding::Code;
use stratiform_finding::words::{joined, meant};
use stratiform_service::Region;

use super::found::Laws;
use super::{Sides, compare, facts};
use crate::args::Diff;
use crate::assemblies::parse;
use crate::exit::Exit;
use crate::regions::region;
use crate::report::Failure;
use crate::repository::input::{Input, TEMPLATE_ENDINGS};
use crate::view::reviewed::{Method, Review};

/// Pseudo parameters that follow from the region.
const OF_REGION: [&str; 3] = ["AWS::Region", "AWS::Partition", "AWS::URLSuffix"];

/// Compares what the two paths have.
pub(super) fn review(files: &[std::path::PathBuf], args: &Diff) -> Result<Review, Failure> {
    let [old, new] = files else {
        return Err(Failure::new(
            Exit::Usage,
            Code::Files,
            match files.len() {
                1 => "two templates or folders are needed, the old and the new: one is given"
                    .to_owned(),
                count => format!("two templates or folders are compared, and {count} are given"),
            },
            "write `diff OLD NEW`",
        ));
    };
    let one_is_a_folder = old.is_dir() != new.is_dir();
    if old.exists() && new.exists() && one_is_a_folder {
        return Err(Failure::new(
            Exit::Usage,
            Code::Files,
            format!(
                "one of `{}` and `{}` is a folder, the other is a file",
                old.display(),
                new.display()
            ),
            "compare two files, or two folders",
        ));
    }
    let new_values = args.parameters.as_deref().map(values).transpose()?;
    let old_values = args.old_parameters.as_deref().map(values).transpose()?;
    let old_values = old_values.or_else(|| new_values.clone());
    let region = args.region.as_deref().map(region).transpose()?;
    let region = region.as_ref();
    let are_plain = args.parameters.is_none() && args.old_parameters.is_none();
    if are_plain
        && region.is_none()
        && let Some(sides) = environments(old, new)?
    {
        let method = Method {
            before: old.display().to_string(),
            after: new.display().to_string(),
            facts: facts(),
        };
        return compare(sides, method, args, &Laws::none());
    }
    let before = read(
        old,
        old_values.as_ref(),
        args.old_parameters.is_some(),
        region,
    )?;
    let mut after = read(new, new_values.as_ref(), args.parameters.is_some(), region)?;
    if let ([_], [stack]) = (before.stacks.as_slice(), after.stacks.as_mut_slice())
        && !new.is_dir()
    {
        // Two files are the same stack, whatever they are called.
        stack.name.clone_from(&before.stacks[0].name);
    }
    let names = [&before, &after].map(|side| side.environment.as_deref());
    let hint = match names {
        [Some(one), Some(two)] if one != two => format!(
            " (another environment: `diff --env {one} --against {two}` looks behind the names)"
        ),
        _ => String::new(),
    };
    let method = Method {
        before: old.display().to_string(),
        after: format!("{}{hint}", new.display()),
        facts: facts(),
    };
    compare(
        vec![Sides::new(Some(before), Some(after))],
        method,
        args,
        &Laws::none(),
    )
}

/// Two folders of environments, each with its `assembly.json`, as `synth` writes them.
fn environments(old: &Path, new: &Path) -> Result<Option<Vec<Sides>>, Failure> {
    let [old, new] = [assemblies(old)?, assemblies(new)?];
    if old.is_empty() || new.is_empty() {
        return Ok(None);
    }
    let names: IndexSet<String> = new.keys().chain(old.keys()).cloned().collect();
    let (mut old, mut new) = (old, new);
    let sides = names
        .iter()
        .map(|name| Sides::new(old.swap_remove(name), new.swap_remove(name)));
    Ok(Some(sides.collect()))
}

/// The environments below a folder that is none itself, by name.
fn assemblies(path: &Path) -> Result<IndexMap<String, Assembly>, Failure> {
    let mut found = IndexMap::new();
    if !path.is_dir() || path.join(ASSEMBLY).exists() {
        return Ok(found);
    }
    let failed = |error: std::io::Error| Failure::io("read", path, &error);
    let entries = fs::read_dir(path)
        .map_err(failed)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    let mut folders: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    folders.retain(|folder| folder.join(ASSEMBLY).is_file());
    folders.sort();
    for below in folders {
        let name = below.file_name().unwrap_or_default();
        found.insert(name.to_string_lossy().into_owned(), folder(&below)?);
    }
    Ok(found)
}

/// A file as one stack, or all templates of a folder.
fn read(
    path: &Path,
    values: Option<&IndexMap<String, String>>,
    strict: bool,
    region: Option<&Region>,
) -> Result<Assembly, Failure> {
    let mut source = if path.is_dir() {
        folder(path)?
    } else {
        file(path)?
    };
    if let Some(region) = region {
        source.region = region.clone();
        let stacks = source.stacks.iter_mut();
        stacks.for_each(|stack| stack.supposed.retain(|name| !OF_REGION.contains(name)));
    }
    let Some(values) = values else {
        return Ok(source);
    };
    let declared: Vec<&str> = source
        .stacks
        .iter()
        .flat_map(|stack| stack.template.parameters.keys().map(String::as_str))
        .collect();
    if let (true, Some(name)) = (
        strict,
        values
            .keys()
            .find(|name| !declared.contains(&name.as_str())),
    ) {
        return Err(Failure::new(
            Exit::Failed,
            Code::UnknownParameter,
            format!(
                "no template in `{}` has a parameter `{name}`",
                path.display()
            ),
            match meant(name, declared.iter().copied()) {
                Some(question) => question,
                None if declared.is_empty() => {
                    "there are no parameters: leave the file out".to_owned()
                }
                None => format!("the parameters are: {}", joined(declared)),
            },
        ));
    }
    for stack in &mut source.stacks {
        let given = values
            .iter()
            .filter(|(name, _)| stack.template.parameters.contains_key(*name));
        stack.parameters = given
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
    }
    Ok(source)
}

fn file(path: &Path) -> Result<Assembly, Failure> {
    let stem = match path == Path::new("-") {
        true => "stdin".to_owned(),
        false => path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    };
    Ok(Assembly {
        app: None,
        environment: None,
        region: Region::us_east_1(),
        account: None,
        stacks: vec![stack(stem, path, Input::Template)?],
        tasks: Vec::new(),
    })
}

/// A template of which nothing tells in which stack it is, and where.
fn stack(name: String, path: &Path, input: Input) -> Result<StackAt, Failure> {
    let parsed = parse(&path.display().to_string(), &input.text(path)?)?;
    Ok(StackAt {
        supposed: OF_REGION.into_iter().chain(["AWS::StackName"]).collect(),
        findings: parsed.findings,
        ..StackAt::of(name, parsed.template)
    })
}

/// The stacks that `assembly.json` lists, where there is one; otherwise every file that ends like a template, by
/// name.
fn folder(path: &Path) -> Result<Assembly, Failure> {
    let listing = path.join(ASSEMBLY);
    if listing.symlink_metadata().is_ok() {
        return assembled(path, &Input::Snapshot.text(&listing)?);
    }
    let failed = |error: std::io::Error| Failure::io("read", path, &error);
    let entries = fs::read_dir(path)
        .map_err(failed)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        !file.is_dir() && extension.is_some_and(|extension| TEMPLATE_ENDINGS.contains(&extension))
    });
    files.sort();
    let stacks = files.iter().map(|file| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        stack(stem.into_owned(), file, Input::Snapshot)
    });
    let stacks: Vec<StackAt> = stacks.collect::<Result<_, _>>()?;
    let mut names = HashSet::new();
    if let Some(stack) = stacks.iter().find(|stack| !names.insert(&stack.name)) {
        return Err(Failure::new(
            Exit::Failed,
            Code::SameName,
            format!(
                "`{}` has two templates of the name `{}`",
                path.display(),
                stack.name
            ),
            "leave one of them: the name, without its ending, tells which stack it is",
        ));
    }
    if stacks.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            Code::NoTemplates,
            format!("there is no template in `{}`", path.display()),
            "name a folder with files that end in .yaml, .yml, .json or .template",
        ));
    }
    Ok(Assembly {
        app: None,
        environment: None,
        region: Region::us_east_1(),
        account: None,
        stacks,
        tasks: Vec::new(),
    })
}

fn assembled(path: &Path, text: &str) -> Result<Assembly, Failure> {
    let listing = path.join(ASSEMBLY);
    let assembly = AssemblyFile::parse(text).map_err(|why| {
        Failure::new(
            Exit::Failed,
            Code::AssemblyFile,
            format!("`{}` cannot be read: {why}", listing.display()),
            "write it again with `synth`",
        )
    })?;
    let stacks = assembly.stacks.into_iter().map(|entry| {
        let template = path.join(&entry.template);
        let read = stack(entry.name.clone(), &template, Input::Snapshot)?;
        Ok(entry.with_template(read.template, read.findings))
    });
    Ok(Assembly {
        app: Some(assembly.app),
        environment: Some(assembly.environment),
        region: assembly.region,
        account: None,
        stacks: stacks.collect::<Result<_, Failure>>()?,
        tasks: assembly.tasks,
    })
}

/// A JSON map of parameters' names to values; numbers and booleans count as their text.
fn values(path: &Path) -> Result<IndexMap<String, String>, Failure> {
    let shown = path.display().to_string();
    let wrong = |what: String| {
        Failure::new(
            Exit::Failed,
            Code::ParametersFile,
            format!("`{shown}` {what}"),
            "write a JSON map of names to values: {\"Size\": \"db.t3.small\"}",
        )
    };
    let json: serde_json::Value = serde_json::from_str(&Input::Parameters.text(path)?)
        .map_err(|error| wrong(format!("is no JSON: {error}")))?;
    let entries: Vec<(String, serde_json::Value)> = match json {
        serde_json::Value::Object(entries) => entries.into_iter().collect(),
        // As the AWS CLI has them.
        serde_json::Value::Array(items) => {
            let entry = |item: serde_json::Value| {
                let name = item.get("ParameterKey")?.as_str()?.to_owned();
                Some((name, item.get("ParameterValue")?.clone()))
            };
            let entries: Option<Vec<_>> = items.into_iter().map(entry).collect();
            entries.ok_or_else(|| {
                wrong("is no list of `ParameterKey` and `ParameterValue`".to_owned())
            })?
        }
        _ => return Err(wrong("is no map".to_owned())),
    };
    entries
        .into_iter()
        .map(|(name, value)| match value {
            serde_json::Value::String(text) => Ok((name, text)),
            serde_json::Value::Number(number) => Ok((name, number.to_string())),
            serde_json::Value::Bool(boolean) => Ok((name, boolean.to_string())),
            _ => Err(wrong(format!(
                "has a value of `{name}` that is no text, number or boolean"
            ))),
        })
        .collect()
}
