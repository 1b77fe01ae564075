//! Lambda functions: SnapStart, what a package needs, how large the environment is, names of layers.
//!
//! Source: Lambda API reference, `CreateFunction`; Lambda developer guide, "Improving startup performance with Lambda
//! SnapStart" and "Lambda quotas". cfn-lint: E2530, W2530, W2533, E3697, E3716.

use stratiform_finding::Code;
use stratiform_finding::words::{listed, shortened};
use stratiform_template::{Path, Reference, Text, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at a function of SAM: the same, as far as it has it.
pub(super) fn serverless<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| snap_start(look, properties, path));
    let _ = look.at_each(path, |look| package(look, properties, path));
}

/// Looks at a function.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| snap_start(look, properties, path));
    let _ = look.at_each(path, |look| package(look, properties, path));
    let way = ["Environment", "Variables"];
    let _ = look.along(properties, &way, path, &mut |look, value, path| {
        environment(look, value, path)
    });
    let _ = look.along(
        properties,
        &["Layers", "*"],
        path,
        &mut |look, value, path| look.at_each(path, |look| layer(look, value, path)),
    );
}

/// Whether SnapStart knows a runtime: Java 11, Python 3.12 and .NET 8, and those after them.
fn can_snap(runtime: &str) -> Option<bool> {
    let from = |start: &str, least: u32| {
        let version = runtime.strip_prefix(start)?;
        Some(version.parse::<u32>().is_ok_and(|version| version >= least))
    };
    from("python3.", 12)
        .or_else(|| from("java", 11))
        .or_else(|| from("dotnet", 8))
        .or_else(|| {
            let others = ["nodejs", "ruby", "go", "provided", "python2", "dotnetcore"];
            others
                .iter()
                .any(|other| runtime.starts_with(other))
                .then_some(false)
        })
}

fn snap_start<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let Some(settings) = look.given(properties, "SnapStart")?.and_then(Value::as_map) else {
        return Ok(());
    };
    if look.word_of(settings, "ApplyOn")?.as_deref() != Some("PublishedVersions") {
        return Ok(());
    }
    let path = path.key("SnapStart");
    let path = path.key("ApplyOn");
    if let Some(runtime) = look.word_of(properties, "Runtime")?
        && can_snap(&runtime) == Some(false)
    {
        let what = format!(
            "SnapStart does not know the runtime `{}`",
            shortened(&runtime)
        );
        let why = "it is for Java from 11, Python from 3.12 and .NET from 8";
        look.tell(
            &path,
            Code::SnapStart,
            what,
            why,
            "take `SnapStart` away, or use another runtime",
        );
    }
    // A macro may add a version.
    if !is_published(look, properties) && !look.scene.is_transformed {
        let (why, help) = match is_sam(look) {
            true => (
                "it is for published versions, and there is no `AutoPublishAlias`",
                "add `AutoPublishAlias`",
            ),
            false => (
                "it is for published versions, and no `AWS::Lambda::Version` of the function is here",
                "add an `AWS::Lambda::Version`, and call that",
            ),
        };
        look.warn(
            &path,
            Code::SnapStart,
            "SnapStart changes nothing",
            why,
            help,
        );
    }
    Ok(())
}

/// Whether the template publishes versions of the function.
fn is_published(look: &Look<'_, '_>, properties: &Entries) -> bool {
    if is_sam(look) {
        return properties.contains_key("AutoPublishAlias") || is_global(look, "AutoPublishAlias");
    }
    let own = look.subject.resource;
    let mut all = look.scene.template.each_resource();
    let Some((own, _)) = all.find(|(_, resource)| std::ptr::eq(*resource, own)) else {
        return true;
    };
    let mut versions = look.scene.template.each_resource();
    versions.any(|(_, resource)| {
        let mut refers = false;
        resource.for_each_reference(&mut |reference| {
            refers |= match reference {
                Reference::Name(name) => name == own,
                Reference::Attribute { logical_id, .. } => logical_id == own,
                Reference::Mapping(_)
                | Reference::Condition(_)
                | Reference::Export(_)
                | Reference::Output(_)
                | Reference::Anything => false,
            };
        });
        resource.resource_type == "AWS::Lambda::Version" && refers
    })
}

/// A package in a `.zip` file needs a handler and a runtime; an image has both inside.
fn package<'t>(look: &mut Look<'_, 't>, properties: &Entries, path: &Path<'_>) -> Looked<'t> {
    if look.may_grow(properties) || !is_zip(look, properties)? {
        return Ok(());
    }
    let mut missing = Vec::new();
    for name in ["Handler", "Runtime"] {
        if look.given(properties, name)?.is_none() && !is_global(look, name) {
            missing.push(name);
        }
    }
    if !missing.is_empty() {
        let what = format!("the function has no {}", listed(&missing));
        let why = "a package in a `.zip` file needs a handler and a runtime";
        let help = format!("add {}", listed(&missing));
        look.tell(path, Code::MissingProperty, what, why, help);
    }
    Ok(())
}

fn is_zip<'t>(look: &Look<'_, 't>, properties: &Entries) -> Looked<'t, bool> {
    if let Some(given) = look.given(properties, "PackageType")? {
        return Ok(look.word(given)?.as_deref() == Some("Zip"));
    }
    if is_sam(look) {
        let is_image = look.given(properties, "ImageUri")?.is_some();
        return Ok(!is_image && !is_global(look, "PackageType") && !is_global(look, "ImageUri"));
    }
    let Some(code) = look.given(properties, "Code")?.and_then(Value::as_map) else {
        return Ok(false);
    };
    Ok(look
        .given(code, "ZipFile")?
        .or(look.given(code, "S3Key")?)
        .is_some())
}

/// Whether the function is one of SAM's.
fn is_sam(look: &Look<'_, '_>) -> bool {
    look.subject.resource_type.name() == "AWS::Serverless::Function"
}

/// Whether SAM gives all functions a property.
fn is_global(look: &Look<'_, '_>, name: &str) -> bool {
    let globals = look
        .scene
        .template
        .unknown
        .get("Globals")
        .filter(|_| is_sam(look));
    let function = globals
        .and_then(Value::as_map)
        .and_then(|globals| globals.get("Function"));
    match function {
        Some(Value::Map(function)) => function.contains_key(name),
        Some(_) => true,
        None => false,
    }
}

/// How many bytes names and values of variables have together.
const MOST: usize = 4096;

fn environment<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let Some(entries) = value.as_map() else {
        return Ok(());
    };
    // What is not known may be empty. Only what is written out is counted, so that nothing hangs on conditions.
    let length = |(name, value): (&Text, &Value)| match value {
        Value::String(text) if text.contains("{{resolve:") => name.len(),
        Value::String(text) => name.len() + text.len(),
        _ => name.len(),
    };
    let all: usize = entries.iter().map(length).sum();
    if all > MOST {
        let what = format!("the environment has {all} bytes");
        let why = format!("at most {MOST}, names and values together, by Lambda's quotas");
        let help = "put what is large into a parameter of Systems Manager, or into a file";
        look.tell(path, Code::ValueLength, what, why, help);
    }
    Ok(())
}

/// How long a layer's name can be. cfn-lint counts the whole ARN, and with it versions of up to three digits.
const LONGEST: usize = 140;

fn layer<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let Some(arn) = look.word(value)? else {
        return Ok(());
    };
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "lambda", _, _, "layer", name, ..] = parts[..] else {
        return Ok(());
    };
    if name.len() > LONGEST {
        let what = format!("the layer's name has {} characters", name.len());
        let why = format!("names of layers have at most {LONGEST}");
        look.tell(path, Code::ValueLength, what, why, "correct the ARN");
    }
    Ok(())
}
