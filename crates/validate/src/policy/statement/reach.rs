//! How far a statement reaches: to some resources, or to all that there are.

use super::super::shape::{HOLE, shape};
use super::{Item, items};
use crate::schema::{Entries, Look, Looked};

/// How far a statement reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Reach {
    /// To all resources of its services, at least of the account.
    Everything,
    /// To some.
    Limited,
    /// Nobody knows.
    Unknown,
}

/// How far a statement reaches. One without `Resource` is about what it is attached to.
pub(in super::super) fn reach<'t>(look: &Look<'_, 't>, statement: &Entries) -> Looked<'t, Reach> {
    reach_of(look, statement, &[])
}

/// The same, where all of a kind are everything: `role/`.
pub(in super::super) fn reach_of<'t>(
    look: &Look<'_, 't>,
    statement: &Entries,
    kinds: &[&str],
) -> Looked<'t, Reach> {
    let mut widest = Reach::Limited;
    for item in items(look, statement, "Resource")? {
        match of_item(look, &item, kinds)? {
            Reach::Everything => return Ok(Reach::Everything),
            Reach::Unknown => widest = Reach::Unknown,
            Reach::Limited => {}
        }
    }
    Ok(widest)
}

fn of_item<'t>(look: &Look<'_, 't>, item: &Item<'_>, kinds: &[&str]) -> Looked<'t, Reach> {
    let shape = match item {
        Item::Text(text) => text.to_string(),
        Item::Value(value) => shape(look, value)?,
    };
    Ok(match shape.contains(HOLE) {
        false if is_everything(&shape, kinds) => Reach::Everything,
        false => Reach::Limited,
        // Whatever is put there, there is more of it.
        true if !is_everything(&shape.replace(HOLE, "*"), kinds) => Reach::Limited,
        true => Reach::Unknown,
    })
}

/// Whether an ARN means all resources of a service, or all of one of some kinds: those of other accounts say themselves whom they let in.
fn is_everything(arn: &str, kinds: &[&str]) -> bool {
    match arn.splitn(6, ':').nth(5) {
        Some(resource) => {
            let kind = kinds.iter().find_map(|kind| resource.strip_prefix(kind));
            let rest = kind.unwrap_or(resource);
            rest.chars().all(|letter| "*/".contains(letter))
        }
        // `arn:aws:s3` names nothing; `arn:*` and `*` everything.
        _ => arn.ends_with('*'),
    }
}

#[cfg(test)]
mod tests {
    use super::is_everything;

    #[test]
    fn an_arn_without_a_resource_means_all_of_a_service() {
        for arn in [
            "*",
            "arn:*",
            "arn:aws:s3:::*",
            "arn:aws:s3:::*/*",
            "arn:aws:sqs:eu-west-1:111122223333:*",
            "arn:aws:sqs:*:*:*",
            "arn:aws:sqs:*",
        ] {
            assert!(is_everything(arn, &[]), "{arn}");
        }
        for arn in [
            "arn:aws:s3:::bucket/*",
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:sqs:eu-west-1:111122223333:orders-*",
            "bucket",
            "",
        ] {
            assert!(!is_everything(arn, &[]), "{arn}");
        }
        let role = "arn:aws:iam::111122223333:role/";
        assert!(is_everything(&format!("{role}*"), &["role/"]));
        assert!(!is_everything(&format!("{role}app/*"), &["role/"]));
    }
}
