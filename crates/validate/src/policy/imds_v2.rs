//! Instances that hand their credentials to whoever gets a request through.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ImdsV2,
    level: Some(Level::Warning),
    rule: "The metadata of an instance is read with a token only",
    reason: "a program on it that fetches any address for its users gives them the instance's credentials",
    remedy: "Write `HttpTokens: required` in `MetadataOptions`.",
    sources: &[
        "AutoScaling.3",
        "EC2.8",
        "EC2.170",
        "CKV_AWS_79",
        "CKV_AWS_371",
        "cdk-nag EC2IMDSv2Enabled",
    ],
    checks: &[
        (
            "AWS::AutoScaling::LaunchConfiguration",
            |look, launch, path| tokens(look, launch, &["MetadataOptions"], path),
        ),
        ("AWS::EC2::Instance", instance),
        ("AWS::EC2::LaunchTemplate", |look, template, path| {
            tokens(
                look,
                template,
                &["LaunchTemplateData", "MetadataOptions"],
                path,
            )
        }),
        (
            "AWS::SageMaker::NotebookInstance",
            |look, notebook, path| {
                let way = [
                    "InstanceMetadataServiceConfiguration",
                    "MinimumInstanceMetadataServiceVersion",
                ];
                look.has_to_read(&POLICY, notebook, (&way, &["2"]), path, WHAT)
            },
        ),
    ],
};

const WHAT: &str = "the instance gives its credentials without a token";

fn instance<'t>(look: &mut Look<'_, 't>, instance: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_given(instance, &["LaunchTemplate"])? {
        // The launch template is asked.
        Some(true) => look.pass(),
        Some(false) => tokens(look, instance, &["MetadataOptions"], path)?,
        None => look.doubt(),
    }
    Ok(())
}

fn tokens<'t>(
    look: &mut Look<'_, 't>,
    launch: &Entries,
    options: &[&str],
    path: &Path<'_>,
) -> Looked<'t> {
    let of = |name| [options, &[name]].concat();
    // Where nothing answers, nothing is given away.
    if let Text::Known(endpoint) = look.text_of(launch, &of("HttpEndpoint"))?
        && endpoint == "disabled"
    {
        return Ok(());
    }
    look.has_to_read(
        &POLICY,
        launch,
        (&of("HttpTokens"), &["required"]),
        path,
        WHAT,
    )
}
