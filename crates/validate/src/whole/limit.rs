//! Quotas that are nearly used up. `I1003`, `I2010`, `I2011`, `I3010`, `I3012`, `I6010`, `I6011`, `I7002`, `I7010`.
//!
//! Source: CloudFormation user guide, "Understand CloudFormation quotas".

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::Path;

use super::{section, told};
use crate::scene::Scene;

const LONGEST_NAME: usize = 255;
const LONGEST_DESCRIPTION: usize = 1024;

/// How long a template may be, in bytes.
const LARGEST: usize = 1_048_576;

/// The length of the text. `E1002`, `I1002`.
pub(crate) fn size(bytes: usize) -> Option<Finding> {
    if bytes > LARGEST {
        let what = format!("the template has {bytes} bytes");
        let finding = Finding::new(
            Code::QuotaExceeded,
            what,
            "split the template into several stacks",
        );
        return Some(finding.because(format!("CloudFormation takes {LARGEST}, from S3")));
    }
    let mut findings = Vec::new();
    let top = section("Resources");
    near(
        &top,
        "the template has",
        bytes,
        "bytes",
        LARGEST,
        &mut findings,
    );
    findings.pop()
}

pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    let template = scene.template;
    let description = template.description.as_deref().unwrap_or_default();
    let path = section("Description");
    near(
        &path,
        "the description has",
        description.len(),
        "bytes",
        LONGEST_DESCRIPTION,
        findings,
    );
    let names = |of, limit, names: Vec<&str>, findings: &mut Vec<Finding>| {
        let path = section(of);
        near(&path, "there are", names.len(), "of them", limit, findings);
        for name in names {
            let path = path.key(name);
            let what = format!("the name `{}` has", shortened(name));
            near(
                &path,
                &what,
                name.len(),
                "characters",
                LONGEST_NAME,
                findings,
            );
        }
    };
    names(
        "Parameters",
        200,
        template.parameters.keys().map(String::as_str).collect(),
        findings,
    );
    names(
        "Mappings",
        200,
        template.mappings.keys().map(|name| name.as_str()).collect(),
        findings,
    );
    names(
        "Resources",
        500,
        template.resources.keys().map(String::as_str).collect(),
        findings,
    );
    names(
        "Outputs",
        200,
        template.outputs.keys().map(String::as_str).collect(),
        findings,
    );
}

/// More than nine tenths of what is allowed, and no more than that.
fn near(
    path: &Path<'_>,
    what: &str,
    count: usize,
    unit: &str,
    limit: usize,
    findings: &mut Vec<Finding>,
) {
    if count * 10 > limit * 9 && count <= limit {
        findings.push(told(
            path,
            (Code::NearLimit, Level::Note),
            format!("{what} {count} {unit}"),
            format!("CloudFormation allows {limit}"),
            "think of splitting the template",
        ));
    }
}
