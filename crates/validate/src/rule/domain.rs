//! Names of domains inside of each other: records and their zone, certificates and who validates them.
//!
//! Source: template reference, `AWS::Route53::RecordSet` and `AWS::CertificateManager::Certificate
//! DomainValidationOption`. cfn-lint: E3041, E3503.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;
use stratiform_template::Path;

use crate::schema::{Entries, Look, Looked};

/// Looks at a record of Route 53.
pub(super) fn record<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| zone(look, properties, path));
    let _ = look.at_each(path, |look| in_zone(look, properties, properties, path));
}

/// Looks at a group of records of one zone.
pub(super) fn records<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| zone(look, properties, path));
    let _ = look.along(
        properties,
        &["RecordSets", "*"],
        path,
        &mut |look, value, path| match value.as_map() {
            Some(record) => look.at_each(path, |look| in_zone(look, properties, record, path)),
            None => Ok(()),
        },
    );
}

fn zone<'t>(look: &mut Look<'_, 't>, properties: &Entries, path: &Path<'_>) -> Looked<'t> {
    if let Some(zone) = look.word_of(properties, "HostedZoneName")?
        && !zone.ends_with('.')
    {
        let what = format!("the zone `{}` has no dot at its end", shortened(&zone));
        let why = "CloudFormation finds a zone by its whole name";
        let help = format!("write `{zone}.`");
        look.tell(
            &path.key("HostedZoneName"),
            Code::DomainName,
            what,
            why,
            help,
        );
    }
    Ok(())
}

fn in_zone<'t>(
    look: &mut Look<'_, 't>,
    properties: &Entries,
    record: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    let zone = look.word_of(properties, "HostedZoneName")?;
    let (Some(zone), Some(name)) = (zone, look.word_of(record, "Name")?) else {
        return Ok(());
    };
    if !is_inside(&name, &zone) {
        let what = format!(
            "the record `{}` is not in the zone `{}`",
            shortened(&name),
            shortened(&zone)
        );
        let why = "a record's name is the zone's, or ends with it";
        let help = format!(
            "write `{}.{zone}`, or another zone",
            name.trim_end_matches('.')
        );
        look.tell(&path.key("Name"), Code::DomainName, what, why, help);
    }
    Ok(())
}

/// Whether a domain is another, or one below it.
fn is_inside(name: &str, domain: &str) -> bool {
    let plain = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let (name, domain) = (plain(name), plain(domain));
    let rest = name.strip_suffix(&domain);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Looks at who validates a certificate.
pub(super) fn certificate<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let way = ["DomainValidationOptions", "*"];
    let _ = look.along(
        properties,
        &way,
        path,
        &mut |look, value, path| match value.as_map() {
            Some(option) => look.at_each(path, |look| validation(look, option, path)),
            None => Ok(()),
        },
    );
}

fn validation<'t>(look: &mut Look<'_, 't>, option: &Entries, path: &Path<'_>) -> Looked<'t> {
    let validation = look.word_of(option, "ValidationDomain")?;
    let (Some(validation), Some(name)) = (validation, look.word_of(option, "DomainName")?) else {
        return Ok(());
    };
    if !is_inside(&name, &validation) {
        let what = format!(
            "`{}` cannot validate `{}`",
            shortened(&validation),
            shortened(&name)
        );
        let why = "whoever validates has the domain, or one above it";
        let help = "write the domain, or what it ends with";
        look.tell(
            &path.key("ValidationDomain"),
            Code::DomainName,
            what,
            why,
            help,
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn domains_are_inside_of_each_other() {
        assert!(is_inside("example.com", "example.com."));
        assert!(is_inside("*.a.Example.com", "example.com"));
        assert!(!is_inside("badexample.com", "example.com"));
        assert!(!is_inside("example.com", "a.example.com"));
    }
}
