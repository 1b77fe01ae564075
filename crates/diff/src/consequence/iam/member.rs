//! What is attached to whom: managed policies, groups, roles of instances, and the boundary of permissions.

use stratiform_catalog::PropertyPath;
use stratiform_catalog::behaviour::{Attachment, attachments};
use stratiform_changes::ChangedResource;
use stratiform_resolve::{Resolved, Style};

use super::pattern::{Case, Cover, Pattern};
use super::place::own_name;
use super::property::quoted;
use super::{Collected, Direction, Line, Sides};
use crate::consequence::Certainty;
use crate::consequence::standing::Properties;

/// Policies of AWS that allow everything, or allow to become everything.
const ADMINISTRATORS: [&str; 3] = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"];

/// The lines of a resource: what is newly attached, and what no longer is.
pub(super) fn lines(
    change: &ChangedResource,
    sides: &Sides<'_>,
    [before, after]: &[Collected; 2],
) -> Vec<Line> {
    let [old, new] = sides;
    let mut lines = Vec::new();
    for (path, attachment) in attachments(&change.resource_type) {
        let [was, is] = sides.each_ref().map(|one| {
            let properties = one.as_ref().map(|one| one.properties);
            items(change, properties, path, attachment)
        });
        for (sign, one, items, others, there, here) in [
            ('+', new, &is, &was, before, after),
            ('-', old, &was, &is, after, before),
        ] {
            let Some(one) = one else { continue };
            for (value, item, says) in items {
                let mut others = others.iter();
                let stays = others.any(|(_, other, _)| other.covers(item) == Cover::Yes);
                let told = stays
                    || here.tells(attachment, value, there)
                    || there.gives(one, attachment, value, here);
                if !told {
                    lines.push(line(sign, item, says));
                }
            }
        }
    }
    if let [Some(before), Some(after)] = sides {
        boundary(before.properties, after.properties, &mut lines);
    }
    lines
}

/// The items of a list, each with its sentence.
fn items<'r>(
    change: &ChangedResource,
    side: Option<Properties<'r>>,
    path: PropertyPath,
    attachment: Attachment,
) -> Vec<(&'r Resolved<'static>, Pattern, String)> {
    let items = side.and_then(|side| side.get(path.as_str())).into_iter();
    let items = items.flat_map(Resolved::items).map(|item| {
        let says = sentence(change, side, attachment);
        // The sentence is part of what is compared: the same user in another group is something else.
        let pattern = Pattern::new(item, Case::Matters).of_kind(&says, quoted(item));
        let says = says.replace("{item}", pattern.shown());
        (item, pattern, says)
    });
    items.collect()
}

/// What is attached to whom; `{item}` is the item.
fn sentence(
    change: &ChangedResource,
    side: Option<Properties<'_>>,
    attachment: Attachment,
) -> String {
    let id = &change.logical_id;
    let shown = |name: &str| {
        let value = side.and_then(|side| side.get(name));
        value.map_or_else(
            || format!("{{{name}}}"),
            |value| value.shown(Style::Expression),
        )
    };
    match attachment {
        Attachment::Policy => {
            let own = own_name(&change.resource_type, id);
            format!("{own} has policy {{item}}")
        }
        Attachment::Group => format!("user `{id}` is in group {{item}}"),
        Attachment::Member => format!("user {{item}} is in group {}", shown("GroupName")),
        Attachment::InstanceRole => format!("instances with profile `{id}` act as role {{item}}"),
        Attachment::Audience => format!("tokens of {} for {{item}} are accepted", shown("Url")),
        Attachment::Certificate => format!("{} is known by certificate {{item}}", shown("Url")),
        Attachment::Share => format!("{{item}} has a part in share `{id}`"),
    }
}

fn line(sign: char, item: &Pattern, says: &str) -> Line {
    let administrator = ADMINISTRATORS.into_iter().find(|name| {
        let shown = item.shown().trim_matches('`');
        shown == *name || shown.ends_with(&format!(":aws:policy/{name}"))
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
fn boundary(before: Properties<'_>, after: Properties<'_>, lines: &mut Vec<Line>) {
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
