//! What a state can have, by its type and by the language that it is written in.

use stratiform_finding::words::{listed, meant, shortened};
use stratiform_template::{Path, Step, Value};

use super::{choice, tell, text};
use crate::schema::{Entries, Form, Look, Looked, named};

/// How a state takes values out of what it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Path,
    Jsonata,
}

impl Language {
    pub(super) fn named(name: &str) -> Option<Language> {
        match name {
            "JSONPath" => Some(Language::Path),
            "JSONata" => Some(Language::Jsonata),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Language::Path => "JSONPath",
            Language::Jsonata => "JSONata",
        }
    }

    /// The language that a field is of, where it is of one.
    fn of(field: &str) -> Option<Language> {
        match field {
            "Arguments" | "Output" | "Items" => Some(Language::Jsonata),
            "Parameters" | "ResultSelector" => Some(Language::Path),
            _ if field.ends_with("Path") => Some(Language::Path),
            _ => None,
        }
    }
}

/// What every state can have.
const COMMON: [&str; 3] = ["Type", "Comment", "QueryLanguage"];

/// A type of state.
struct Type {
    name: &'static str,
    fields: &'static [&'static str],
    /// Fields that must be there.
    needs: &'static [&'static str],
    /// Fields of which there must be one, and no more.
    one_of: &'static [&'static str],
    /// Whether something follows it, or it says that it is the end.
    leads_on: bool,
}

const TYPES: [Type; 8] = [
    Type {
        name: "Task",
        fields: &[
            "Resource",
            "Parameters",
            "Arguments",
            "Credentials",
            "ResultSelector",
            "ResultPath",
            "Output",
            "Assign",
            "InputPath",
            "OutputPath",
            "TimeoutSeconds",
            "TimeoutSecondsPath",
            "HeartbeatSeconds",
            "HeartbeatSecondsPath",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        needs: &["Resource"],
        one_of: &[],
        leads_on: true,
    },
    Type {
        name: "Pass",
        fields: &[
            "Result",
            "Parameters",
            "Arguments",
            "ResultSelector",
            "ResultPath",
            "Output",
            "Assign",
            "InputPath",
            "OutputPath",
            "Next",
            "End",
        ],
        needs: &[],
        one_of: &[],
        leads_on: true,
    },
    Type {
        name: "Wait",
        fields: &[
            "Seconds",
            "SecondsPath",
            "Timestamp",
            "TimestampPath",
            "Arguments",
            "Output",
            "Assign",
            "InputPath",
            "OutputPath",
            "Next",
            "End",
        ],
        needs: &[],
        one_of: &["Seconds", "SecondsPath", "Timestamp", "TimestampPath"],
        leads_on: true,
    },
    Type {
        name: "Choice",
        fields: &[
            "Choices",
            "Default",
            "Arguments",
            "Output",
            "Assign",
            "InputPath",
            "OutputPath",
            "Next",
            "End",
        ],
        needs: &["Choices"],
        one_of: &[],
        leads_on: false,
    },
    Type {
        name: "Succeed",
        fields: &["Output", "InputPath", "OutputPath"],
        needs: &[],
        one_of: &[],
        leads_on: false,
    },
    Type {
        name: "Fail",
        fields: &[
            "Error",
            "ErrorPath",
            "Cause",
            "CausePath",
            "Arguments",
            "Output",
            "InputPath",
            "OutputPath",
        ],
        needs: &[],
        one_of: &[],
        leads_on: false,
    },
    Type {
        name: "Parallel",
        fields: &[
            "Branches",
            "Parameters",
            "Arguments",
            "ResultSelector",
            "ResultPath",
            "Output",
            "Assign",
            "InputPath",
            "OutputPath",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        needs: &["Branches"],
        one_of: &[],
        leads_on: true,
    },
    Type {
        name: "Map",
        fields: &[
            "ItemProcessor",
            "Iterator",
            "Items",
            "ItemsPath",
            "ItemReader",
            "ItemSelector",
            "ItemBatcher",
            "ResultWriter",
            "MaxConcurrency",
            "MaxConcurrencyPath",
            "Label",
            "ToleratedFailureCount",
            "ToleratedFailureCountPath",
            "ToleratedFailurePercentage",
            "ToleratedFailurePercentagePath",
            "Parameters",
            "Arguments",
            "ResultSelector",
            "ResultPath",
            "Output",
            "Assign",
            "InputPath",
            "OutputPath",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        needs: &[],
        one_of: &["ItemProcessor", "Iterator"],
        leads_on: true,
    },
];

/// Looks at the fields of a state, in the case that is looked at.
pub(super) fn check<'t>(
    look: &mut Look<'_, 't>,
    state: &Entries,
    language: Option<Language>,
    path: &Path<'_>,
) -> Looked<'t> {
    if look.may_grow(state) {
        return Ok(());
    }
    let Some(known) = type_of(look, state, path)? else {
        return Ok(());
    };
    for name in state.keys() {
        if look.given(state, name)?.is_some() {
            let is_known = allowed(look, known, name, language, path);
            if let Some(form) = form(name).filter(|_| is_known) {
                formed(look, state, name, form, path)?;
            }
        }
    }
    for name in known.needs {
        if look.given(state, name)?.is_none() {
            let what = format!("a state of type `{}` has no `{name}`", known.name);
            tell(look, path, what, "it needs it", format!("add `{name}`"));
        }
    }
    if !known.one_of.is_empty() {
        exactly_one(look, state, known, known.one_of, path)?;
    }
    if known.leads_on {
        exactly_one(look, state, known, &["Next", "End"], path)?;
    }
    values(look, state, path)?;
    retries(look, state, "Retry", path)?;
    retries(look, state, "Catch", path)?;
    choice::check(look, state, language, path)
}

fn type_of<'t>(
    look: &mut Look<'_, 't>,
    state: &Entries,
    path: &Path<'_>,
) -> Looked<'t, Option<&'static Type>> {
    let names = TYPES.iter().map(|known| known.name);
    let why = format!("there are {}", listed(names.clone()));
    if look.given(state, "Type")?.is_none() {
        tell(look, path, "a state has no `Type`", why, "add `Type`");
        return Ok(None);
    }
    let Some(name) = text(look, state, "Type")? else {
        formed(look, state, "Type", Form::Scalar, path)?;
        return Ok(None);
    };
    let known = TYPES.iter().find(|known| known.name == name);
    if known.is_none() {
        let what = format!("there is no type `{}` of states", shortened(&name));
        let help = meant(&name, names).unwrap_or_else(|| "use one of them".to_owned());
        tell(look, &path.key("Type"), what, why, help);
    }
    Ok(known)
}

/// The fields that are lists, and those that are maps. Others are text, numbers, or anything.
const LISTS: [&str; 4] = ["Branches", "Catch", "Choices", "Retry"];
const MAPS: [&str; 9] = [
    "Assign",
    "ItemBatcher",
    "ItemProcessor",
    "ItemReader",
    "ItemSelector",
    "Iterator",
    "Parameters",
    "ResultSelector",
    "ResultWriter",
];
const ANYTHING: [&str; 5] = ["Arguments", "Credentials", "Items", "Output", "Result"];

/// The form of a field; none where it may have any.
pub(super) fn form(name: &str) -> Option<Form> {
    match name {
        _ if ANYTHING.contains(&name) => None,
        _ if LISTS.contains(&name) => Some(Form::List),
        _ if MAPS.contains(&name) => Some(Form::Map),
        _ => Some(Form::Scalar),
    }
}

/// The entries of an item that must be a map; told, where it is something else.
pub(super) fn map<'v, 't>(
    look: &mut Look<'_, 't>,
    item: &'v Value,
    path: &Path<'_>,
) -> Looked<'t, Option<&'v Entries>> {
    if let Some(form) = look.misformed(item, Form::Map)? {
        let what = format!("an item of {} is {}", named(path), form.noun());
        tell(look, path, what, "it is a map", "write it in that form");
    }
    look.entries(item)
}

/// Tells a field of another form.
pub(super) fn formed<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    name: &str,
    wanted: Form,
    path: &Path<'_>,
) -> Looked<'t> {
    let Some(value) = look.given(entries, name)? else {
        return Ok(());
    };
    // In JSONata, an expression gives whatever is wanted.
    let is_expression = value
        .as_str()
        .is_some_and(|text| text.contains("{%") || text.contains("${"));
    if let Some(form) = look.misformed(value, wanted)?.filter(|_| !is_expression) {
        let what = format!("`{name}` is {}", form.noun());
        let why = format!("it is {}", wanted.noun());
        tell(look, &path.key(name), what, why, "write it in that form");
    }
    Ok(())
}

/// Whether the type of a state has a field; told where it does not, or its language does not.
fn allowed(
    look: &mut Look<'_, '_>,
    known: &Type,
    name: &str,
    language: Option<Language>,
    path: &Path<'_>,
) -> bool {
    let path = path.key(name);
    if !COMMON.contains(&name) && !known.fields.contains(&name) {
        let what = format!("a state of type `{}` has no `{name}`", known.name);
        let fields = known.fields.iter().chain(&COMMON).copied();
        let help = meant(name, fields).unwrap_or_else(|| "take it away".to_owned());
        tell(
            look,
            &path,
            what,
            "Step Functions refuses what a type does not have",
            help,
        );
        return false;
    }
    if let (Some(language), Some(of)) = (language, Language::of(name))
        && language != of
    {
        let what = format!("`{name}` is of the language {}", of.name());
        let why = format!("the state is written in {}", language.name());
        let help = match of {
            Language::Jsonata => "add `QueryLanguage: JSONata` to the state, or take it away",
            Language::Path => "write it as `Arguments` or `Output`, or take it away",
        };
        tell(look, &path, what, why, help);
    }
    true
}

fn exactly_one<'t>(
    look: &mut Look<'_, 't>,
    state: &Entries,
    known: &Type,
    names: &[&str],
    path: &Path<'_>,
) -> Looked<'t> {
    let mut there = Vec::new();
    for name in names {
        if look.given(state, name)?.is_some() {
            there.push(*name);
        }
    }
    let why = format!("it has one of {}", listed(names));
    match there[..] {
        [_] => {}
        [] => {
            let what = format!(
                "a state of type `{}` has none of {}",
                known.name,
                listed(names)
            );
            let help = format!("add one of them, such as `{}`", names[0]);
            tell(look, path, what, why, help);
        }
        _ => {
            let what = format!("a state of type `{}` has {}", known.name, listed(&there));
            tell(look, path, what, why, "keep one of them");
        }
    }
    Ok(())
}

fn values<'t>(look: &mut Look<'_, 't>, state: &Entries, path: &Path<'_>) -> Looked<'t> {
    if let Some(resource) = text(look, state, "Resource")?
        && !resource.starts_with("arn:")
    {
        let what = format!("`Resource` is `{}`", shortened(&resource));
        let help = "write the ARN of what it calls, such as `arn:aws:states:::lambda:invoke`";
        tell(look, &path.key("Resource"), what, "it is an ARN", help);
    }
    for name in ["InputPath", "OutputPath", "ResultPath"] {
        if let Some(written) = text(look, state, name)?
            && !written.starts_with('$')
            && !written.starts_with("States.")
        {
            let what = format!("`{name}` is `{}`", shortened(&written));
            let help = format!("write `$.{written}`");
            tell(look, &path.key(name), what, "a path starts with `$`", help);
        }
    }
    for (name, least) in [
        ("TimeoutSeconds", 1.0),
        ("HeartbeatSeconds", 1.0),
        ("Seconds", 0.0),
    ] {
        number(look, state, name, least, path)?;
    }
    Ok(())
}

/// A field that is a number, of at least this much.
fn number<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    name: &str,
    least: f64,
    path: &Path<'_>,
) -> Looked<'t> {
    let Some(written) = text(look, entries, name)? else {
        return Ok(());
    };
    let is_right = written.trim().parse::<f64>().map(|number| number >= least);
    // In JSONata it may be computed.
    let is_computed = written.trim_start().starts_with("{%");
    if !is_computed && is_right != Ok(true) {
        let what = format!("`{name}` is {}", shortened(&written));
        let why = format!("it is a number of at least {least}");
        let help = format!("give it {least} or more");
        tell(look, &path.key(name), what, why, help);
    }
    Ok(())
}

/// What says when, and how often, something is done again.
const SCALARS: [&str; 7] = [
    "BackoffRate",
    "IntervalSeconds",
    "JitterStrategy",
    "MaxAttempts",
    "MaxDelaySeconds",
    "Next",
    "ResultPath",
];

/// What is done when a state fails.
fn retries<'t>(
    look: &mut Look<'_, 't>,
    state: &Entries,
    name: &str,
    path: &Path<'_>,
) -> Looked<'t> {
    let Some(list) = state.get(name) else {
        return Ok(());
    };
    let path = path.key(name);
    for (position, item) in look.items(list)?.unwrap_or_default() {
        let path = path.below(Step::Index(position));
        let Some(entries) = map(look, item, &path)? else {
            continue;
        };
        formed(look, entries, "ErrorEquals", Form::List, &path)?;
        for name in SCALARS {
            formed(look, entries, name, Form::Scalar, &path)?;
        }
        for (name, least) in [
            ("BackoffRate", 1.0),
            ("IntervalSeconds", 1.0),
            ("MaxAttempts", 0.0),
            ("MaxDelaySeconds", 1.0),
        ] {
            number(look, entries, name, least, &path)?;
        }
        if let Some(names) = entries.get("ErrorEquals") {
            let path = path.key("ErrorEquals");
            for (position, name) in look.items(names)?.unwrap_or_default() {
                if let Some(form) = look.misformed(name, Form::Scalar)? {
                    let path = path.below(Step::Index(position));
                    let what = format!("the name of an error is {}", form.noun());
                    tell(look, &path, what, "it is text", "write it as text");
                }
            }
        }
        let needs = match name {
            "Catch" => &["ErrorEquals", "Next"][..],
            _ => &["ErrorEquals"][..],
        };
        for needed in needs {
            if look.given(entries, needed)?.is_none() && !look.may_grow(entries) {
                let what = format!("an item of `{name}` has no `{needed}`");
                tell(look, &path, what, "it needs it", format!("add `{needed}`"));
            }
        }
    }
    Ok(())
}
