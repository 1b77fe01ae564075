//! What is attached to whom: managed policies, groups, roles of instances, and the boundary of permissions.

use stratiform_changes::ChangedResource;
use stratiform_resolve::{Resolved, Style};

use super::pattern::{Case, Cover, Pattern};
use super::property::{quoted, sides};
use super::{Direction, Line};
use crate::consequence::Certainty;

/// A property whose items are attached to something.
struct Membership {
    resource_type: &'static str,
    property: &'static str,
    /// The sentence; `{id}` is the resource, `{item}` the item, `{Name}` a property.
    says: &'static str,
}

const fn of(resource_type: &'static str, property: &'static str, says: &'static str) -> Membership {
    Membership {
        resource_type,
        property,
        says,
    }
}

const MEMBERSHIPS: &[Membership] = &[
    of(
        "AWS::IAM::Group",
        "ManagedPolicyArns",
        "group `{id}` has policy {item}",
    ),
    of(
        "AWS::IAM::InstanceProfile",
        "Roles",
        "instances with profile `{id}` act as role {item}",
    ),
    of(
        "AWS::IAM::OIDCProvider",
        "ClientIdList",
        "tokens of {Url} for {item} are accepted",
    ),
    of(
        "AWS::IAM::OIDCProvider",
        "ThumbprintList",
        "{Url} is known by certificate {item}",
    ),
    of(
        "AWS::IAM::Role",
        "ManagedPolicyArns",
        "role `{id}` has policy {item}",
    ),
    of("AWS::IAM::User", "Groups", "user `{id}` is in group {item}"),
    of(
        "AWS::IAM::User",
        "ManagedPolicyArns",
        "user `{id}` has policy {item}",
    ),
    of(
        "AWS::IAM::UserToGroupAddition",
        "Users",
        "user {item} is in group {GroupName}",
    ),
    of(
        "AWS::RAM::ResourceShare",
        "Principals",
        "{item} has a part in share `{id}`",
    ),
    of(
        "AWS::SSO::PermissionSet",
        "ManagedPolicies",
        "permission set `{id}` has policy {item}",
    ),
];

/// Policies of AWS that allow everything, or allow to become everything.
const ADMINISTRATORS: [&str; 3] = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"];

/// The lines of a resource: what is newly attached, and what no longer is.
pub(super) fn lines(change: &ChangedResource) -> Vec<Line> {
    let sides = sides(change);
    let mut lines = Vec::new();
    for membership in MEMBERSHIPS {
        if membership.resource_type == change.resource_type {
            let [before, after] = sides.map(|side| membership.items(&change.logical_id, side));
            for (sign, items, others) in [('+', &after, &before), ('-', &before, &after)] {
                let new = items.iter().filter(|(item, _)| {
                    !others
                        .iter()
                        .any(|(other, _)| other.covers(item) == Cover::Yes)
                });
                lines.extend(new.map(|(item, says)| line(sign, item, says)));
            }
        }
    }
    if let [Some(before), Some(after)] = sides {
        boundary(before, after, &mut lines);
    }
    lines
}

impl Membership {
    /// The items, each with its sentence.
    fn items(&self, logical_id: &str, side: Option<&Resolved<'static>>) -> Vec<(Pattern, String)> {
        let items = side.and_then(|side| side.get(self.property)).into_iter();
        let items = items.flat_map(Resolved::items).map(|item| {
            let mut says = self.says.replace("{id}", logical_id);
            for name in ["GroupName", "Url"] {
                if let Some(value) = side.and_then(|side| side.get(name)) {
                    let shown = value.shown(Style::Expression);
                    says = says.replace(&format!("{{{name}}}"), &shown);
                }
            }
            // The sentence is part of what is compared: the same user in another group is something else.
            let pattern = Pattern::new(item, Case::Matters).of_kind(&says, quoted(item));
            let says = says.replace("{item}", pattern.shown());
            (pattern, says)
        });
        items.collect()
    }
}

fn line(sign: char, item: &Pattern, says: &str) -> Line {
    let administrator = ADMINISTRATORS.into_iter().find(|name| {
        item.shown()
            .trim_end_matches('`')
            .ends_with(&format!(":aws:policy/{name}"))
    });
    let (direction, why) = match sign {
        '+' => (Direction::Wider, "it was not attached before"),
        _ => (Direction::Narrower, "it is no longer attached"),
    };
    Line {
        text: format!("{sign} {says}"),
        direction,
        certainty: Certainty::Will,
        alarm: administrator.map(|name| format!("the policy {name}")),
        why,
    }
}

/// What a boundary does not allow is denied; without one, nothing is.
///
/// Source: IAM user guide, "Permissions boundaries for IAM entities".
fn boundary(before: &Resolved<'static>, after: &Resolved<'static>, lines: &mut Vec<Line>) {
    const WIDER: Direction = Direction::Wider;
    const NARROWER: Direction = Direction::Narrower;
    let [old, new] = [before, after].map(|side| side.get("PermissionsBoundary"));
    let shown = |value: &Resolved<'_>| value.shown(Style::Expression);
    let pattern = |value| Pattern::new(value, Case::Matters);
    let (text, certainty, directions, why) = match (old, new) {
        (Some(old), None) => {
            let why = "the boundary that limited it is gone";
            (
                format!("- the permissions boundary {}", shown(old)),
                Certainty::Will,
                &[WIDER][..],
                why,
            )
        }
        (None, Some(new)) => {
            let why = "a boundary newly limits it";
            (
                format!("+ the permissions boundary {}", shown(new)),
                Certainty::Will,
                &[NARROWER][..],
                why,
            )
        }
        (Some(old), Some(new)) if pattern(old).covers(&pattern(new)) != Cover::Yes => {
            let text = format!(
                "- the permissions boundary {}, now {}",
                shown(old),
                shown(new)
            );
            (
                text,
                Certainty::May,
                &[WIDER, NARROWER][..],
                "the boundary is another one",
            )
        }
        (Some(_), Some(_)) | (None, None) => return,
    };
    lines.extend(directions.iter().map(|direction| Line {
        text: text.clone(),
        direction: *direction,
        certainty,
        alarm: None,
        why,
    }));
}
