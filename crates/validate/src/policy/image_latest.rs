//! Images whose tag says nothing of what runs.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::shape::{HOLE, LATER, shape};
use super::{Part, Policy, container};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ImageLatest,
    level: Some(Level::Warning),
    rule: "An image has a tag other than `latest`, or a digest",
    reason: "what runs changes without a deployment, and nobody can go back to what ran before",
    remedy: "Name a version, or best a digest: `repository@sha256:…`.",
    sources: &[
        "ECS task definition parameters: `image`",
        "Kubernetes documentation, \"Images\"",
    ],
    checks: &[
        ("AWS::Batch::JobDefinition", |look, job, path| {
            image(look, job, &["ContainerProperties", "Image"], path)
        }),
        ("AWS::ECS::TaskDefinition", task),
        ("AWS::Lambda::Function", |look, function, path| {
            image(look, function, &["Code", "ImageUri"], path)
        }),
        ("AWS::Serverless::Function", |look, function, path| {
            image(look, function, &["ImageUri"], path)
        }),
    ],
};

fn task<'t>(look: &mut Look<'_, 't>, task: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    container::each(look, task, path, &mut |look, container, path| {
        image(look, container, &["Image"], path)
    })
}

fn image<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    way: &[&str],
    path: &Path<'_>,
) -> Looked<'t> {
    let name = match look.part(entries, way)? {
        // Whatever the account is, the tag is written.
        Part::Given(value) => Some(shape(look, value)?).filter(|name| is_tag_known(name)),
        Part::Absent => {
            look.pass();
            return Ok(());
        }
        Part::Unknown => None,
    };
    let Some(name) = name else {
        look.doubt();
        return Ok(());
    };
    if is_latest(&name) {
        let name = name.replace([HOLE, LATER], "…");
        let what = format!("the image `{name}` is whatever is the latest");
        look.broken_at(
            &POLICY,
            entries,
            way,
            path,
            what,
            "name a version or a digest",
        );
    }
    Ok(())
}

/// Whether a name has no digest, and no tag but `latest`. A colon before the last slash is a port.
fn is_latest(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.split_once(':') {
        _ if name.contains('@') => false,
        Some((_, tag)) => tag == "latest",
        None => true,
    }
}

/// Whether it is known what a name ends with, whatever it begins with: `:1.2` of `${Repository.RepositoryUri}:1.2`.
fn is_tag_known(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let tag = last.rsplit_once(':').map_or(last, |(_, tag)| tag);
    last.contains('@') || !tag.contains([HOLE, LATER])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_tag_and_a_digest_is_enough() {
        for name in ["nginx", "nginx:latest", "host:5000/team/nginx"] {
            assert!(is_latest(name), "{name}");
        }
        for name in [
            "nginx:1.27",
            "host:5000/nginx:1",
            "nginx@sha256:0f",
            "a/b:latest@sha256:0f",
        ] {
            assert!(!is_latest(name), "{name}");
        }
    }
}
