//! Distributions of CloudFront: names that they answer to, and origins that they get things from.
//!
//! Source: CloudFront developer guide, "Requirements for using alternate domain names" and "Distribution settings
//! reference". cfn-lint: E3013, E3057, which only looks at the default behavior.

use stratiform_finding::Code;
use stratiform_finding::words::{listed, meant, shortened};
use stratiform_template::{Path, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at a distribution.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let way = ["DistributionConfig", "Aliases", "*"];
    let _ = look.along(properties, &way, path, &mut |look, value, path| {
        look.at_each(path, |look| alias(look, value, path))
    });
    let way = ["DistributionConfig"];
    let _ = look.along(properties, &way, path, &mut |look, value, path| {
        let Some(settings) = value.as_map() else {
            return Ok(());
        };
        let ways = [
            &["DefaultCacheBehavior", "TargetOriginId"][..],
            &["CacheBehaviors", "*", "TargetOriginId"][..],
        ];
        for way in ways {
            look.along(settings, way, path, &mut |look, value, path| {
                look.at_each(path, |look| target(look, settings, value, path))
            })?;
        }
        Ok(())
    });
}

fn alias<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let Some(name) = look.word(value)? else {
        return Ok(());
    };
    let mut labels: Vec<&str> = name.split('.').collect();
    if labels.len() > 1 && labels.first() == Some(&"*") {
        labels.remove(0);
    }
    let is_label = |label: &&str| {
        let is_letter =
            |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit() || b"-_".contains(&one);
        (1..=63).contains(&label.len())
            && label.bytes().all(is_letter)
            && label.trim_matches('-').len() == label.len()
    };
    let wrong = match labels.iter().find(|label| !is_label(label)) {
        _ if labels.len() < 2 => Some("it has at least one dot"),
        Some(label) if label.contains('*') => Some("`*` can only be all of its first part"),
        Some(_) => Some("it has small letters and digits between dots, and hyphens between those"),
        None if labels.last().is_some_and(|label| label.len() < 2) => {
            Some("no domain ends with one letter")
        }
        None => None,
    };
    if let Some(why) = wrong {
        let what = format!("`{}` is no name of a domain", shortened(&name));
        let help = "write a name such as `www.example.com`";
        look.tell(path, Code::DomainName, what, why, help);
    }
    Ok(())
}

/// The origin of a behavior is there.
fn target<'t>(
    look: &mut Look<'_, 't>,
    settings: &Entries,
    value: &Value,
    path: &Path<'_>,
) -> Looked<'t> {
    let Some(wanted) = look.word(value)? else {
        return Ok(());
    };
    let mut known: Vec<String> = Vec::new();
    let groups = match look.given(settings, "OriginGroups")? {
        Some(groups) => match look.entries(groups)? {
            Some(groups) => look.given(groups, "Items")?,
            None => return Ok(()),
        },
        None => None,
    };
    if look.may_grow(settings) {
        return Ok(());
    }
    // The old forms of an origin have no ID.
    if settings.contains_key("S3Origin") || settings.contains_key("CustomOrigin") {
        return Ok(());
    }
    let origins = look.given(settings, "Origins")?;
    for list in origins.into_iter().chain(groups) {
        let Some(items) = look.items(list)? else {
            return Ok(());
        };
        for (_, item) in items {
            let id = match item.as_map() {
                Some(entries) => look.word_of(entries, "Id")?,
                None => None,
            };
            match id {
                Some(id) => known.push(id.into_owned()),
                None => return Ok(()),
            }
        }
    }
    if known.iter().any(|known| *known == wanted) {
        return Ok(());
    }
    let what = format!("there is no origin `{}`", shortened(&wanted));
    let why = match known.as_slice() {
        [] => "the distribution has no origins".to_owned(),
        known => format!("the distribution has {}", listed(known)),
    };
    let help = meant(&wanted, known.iter().map(String::as_str))
        .unwrap_or_else(|| "name one of them, or add it to `Origins`".to_owned());
    look.tell(path, Code::UnknownOrigin, what, why, help);
    Ok(())
}
