//! Images of instances: one is needed, and CloudFormation can look whether it exists.
//!
//! Source: EC2 API reference, `RunInstances`; CloudFormation user guide, "AWS-specific parameter types". cfn-lint:
//! E3673, W2506.

use stratiform_finding::{Code, Level};
use stratiform_template::{Function, Path, Step, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at an instance: its image is its own, or that of its launch template.
pub(super) fn instance<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| needed(look, properties, path));
    parameter(look, properties, path);
}

fn needed<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    if look.given(properties, "ImageId")?.is_some() || look.may_grow(properties) {
        return Ok(());
    }
    let why = match look.given(properties, "LaunchTemplate")? {
        None => "it has no launch template either".to_owned(),
        Some(reference) => {
            let Some(name) = template_of(look, reference)? else {
                return Ok(());
            };
            format!("its launch template `{name}` has none either")
        }
    };
    let help = "add `ImageId`";
    look.tell(
        path,
        Code::MissingProperty,
        "the instance has no image",
        why,
        help,
    );
    Ok(())
}

/// The launch template that is referred to, where it has no image.
fn template_of<'t>(look: &Look<'_, 't>, reference: &'t Value) -> Looked<'t, Option<&'t str>> {
    let Some(reference) = look.entries(reference)? else {
        return Ok(None);
    };
    let named = match look.given(reference, "LaunchTemplateId")? {
        Some(id) => Some(id),
        None => look.given(reference, "LaunchTemplateName")?,
    };
    let Some(named) = named else {
        return Ok(None);
    };
    let Some((name, template)) = look.target(named)? else {
        return Ok(None);
    };
    if template.resource_type != "AWS::EC2::LaunchTemplate" || look.may_grow(&template.properties) {
        return Ok(None);
    }
    let Some(data) = look.given(&template.properties, "LaunchTemplateData")? else {
        return Ok(None);
    };
    let Some(data) = data.as_map().filter(|data| !look.may_grow(data)) else {
        return Ok(None);
    };
    Ok(look.given(data, "ImageId")?.is_none().then_some(name))
}

/// Where images stand.
const WAYS: [&[&str]; 4] = [
    &["ImageId"],
    &["ComputeResources", "ImageId"],
    &["LaunchTemplateData", "ImageId"],
    &[
        "SpotFleetRequestConfigData",
        "LaunchSpecifications",
        "*",
        "ImageId",
    ],
];

/// Types of parameters of which CloudFormation looks whether the image exists.
const LOOKED_UP: [&str; 2] = [
    "AWS::EC2::Image::Id",
    "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
];

/// Looks at images that are parameters.
pub(super) fn parameter<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    for way in WAYS {
        let _ = look.along(properties, way, path, &mut |look, value, _| {
            let Value::Function(Function::Ref, name) = value else {
                return Ok(());
            };
            let template = look.scene.template;
            let declared = name
                .as_str()
                .and_then(|name| template.parameters.get_key_value(name));
            if let Some((name, declared)) = declared
                && !LOOKED_UP.contains(&declared.parameter_type.as_str())
            {
                let what = format!("the parameter `{name}` is an image, and could be any text");
                let why = format!("it has the type `{}`", declared.parameter_type);
                let help = format!(
                    "give `{name}` the type `{}`, and CloudFormation looks first",
                    LOOKED_UP[0]
                );
                let section = Path {
                    up: None,
                    step: Step::Key("Parameters"),
                };
                let path = section.key(name);
                look.tell_as(
                    Level::Note,
                    &path.key("Type"),
                    Code::ImageParameter,
                    what,
                    why,
                    help,
                );
            }
            Ok(())
        });
    }
}
