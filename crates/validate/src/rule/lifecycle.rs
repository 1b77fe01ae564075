//! Services that have been shut down, or will be.
//!
//! Source: AWS general reference, "Service lifecycle", as the catalog has it. cfn-lint: E3710, W3696, W3697.

use stratiform_catalog::catalog;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use crate::schema::{Entries, Look};

/// Looks at the service of a resource.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, _: &'t Entries, path: &Path<'_>) {
    let Some(known) = look.subject.resource_type.lifecycle() else {
        return;
    };
    let name = look.subject.resource_type.name();
    let is_over = known.status == "shutdown";
    let (code, level, what) = match known.status {
        "shutdown" => {
            let what = format!("the service of `{name}` has been shut down");
            (Code::ServiceEnded, Level::Error, what)
        }
        "sunset" => {
            let what = format!("the service of `{name}` is being shut down");
            (Code::ServiceEnding, Level::Warning, what)
        }
        _ => {
            let what = format!("the service of `{name}` takes no new customers");
            (Code::ServiceEnding, Level::Note, what)
        }
    };
    let today = catalog().schema_date();
    let why = match known.date {
        Some(day) if day > today => format!("on {day}, by AWS's service lifecycle"),
        Some(day) => format!("since {day}, by AWS's service lifecycle"),
        None => "by AWS's service lifecycle".to_owned(),
    };
    let Some(resource) = path.up else { return };
    let help = match is_over {
        true => "take it away, or use what AWS names instead",
        false => "plan to move to what AWS names instead",
    };
    look.tell_as(level, &resource.key("Type"), code, what, why, help);
}
