//! The JSON view of a review. `docs/diff.md` documents it.

use serde::Serialize;
use serde_json::json;
use stratiform_changes::{ChangeSetView, Edit, describe};
use stratiform_diff::{Consequence, Kind, StackChange, verdict};
use stratiform_resolve::Style;
use stratiform_service::ResourceChange;

use crate::view::explained::json::{place, sources};
use crate::view::reviewed::{Origin, Review, ReviewedEnvironment, ReviewedStack, ToolChange};
use crate::view::sorted::sorted;

/// The version of the form. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    verdict: String,
    severity: &'static str,
    method: Method<'r>,
    stacks: Vec<Stack<'r>>,
}

#[derive(Serialize)]
struct Method<'r> {
    before: &'r str,
    after: &'r str,
    facts: &'r str,
}

#[derive(Serialize)]
struct Stack<'r> {
    name: &'r str,
    environment: Option<&'r str>,
    region: &'r str,
    change: &'static str,
    verdict: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'r ToolChange>,
    consequences: Vec<Item<'r>>,
    outputs: Vec<Named<'r>>,
    parameters: Vec<Named<'r>>,
    notes: Vec<Note<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<serde_json::Value>,
    #[serde(rename = "ResourceChanges")]
    with_values: Vec<ResourceChange>,
    #[serde(rename = "ResourceChangesWithoutValues")]
    without_values: Vec<ResourceChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'r> {
    kind: &'static str,
    severity: &'static str,
    certainty: stratiform_diff::Certainty,
    logical_id: Option<&'r str>,
    resource_type: Option<&'r str>,
    what: &'r str,
    why: &'r str,
    details: &'r [String],
    help: Option<&'r str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    withheld: &'r [Kind],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named<'r> {
    name: &'r str,
    change: &'static str,
    before: Option<String>,
    after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    export_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    export_after: Option<String>,
}

#[derive(Serialize)]
struct Note<'r> {
    what: &'r str,
    help: Option<&'r str>,
}

/// The review as JSON text.
pub(crate) fn json(review: &Review) -> String {
    let method = Method {
        before: &review.method.before,
        after: &review.method.after,
        facts: &review.method.facts,
    };
    let stacks = review.environments.iter().flat_map(|environment| {
        environment
            .stacks
            .iter()
            .map(move |reviewed| stack(environment, reviewed))
    });
    let document = Document {
        version: VERSION,
        verdict: verdict(review.stacks()),
        severity: review.severity().as_str(),
        method,
        stacks: stacks.collect(),
    };
    // Text and numbers in maps with text keys: nothing that JSON cannot hold.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn stack<'r>(environment: &'r ReviewedEnvironment, reviewed: &'r ReviewedStack) -> Stack<'r> {
    let diff = &reviewed.diff;
    let text = |value: &stratiform_resolve::Resolved<'_>| value.shown(Style::ChangeSet);
    let outputs = diff.outputs.iter().map(|output| Named {
        name: &output.logical_id,
        change: output.change_type.as_str(),
        before: output.before.as_ref().map(|output| text(&output.value)),
        after: output.after.as_ref().map(|output| text(&output.value)),
        export_before: output
            .before
            .as_ref()
            .and_then(|output| output.export.as_ref().map(text)),
        export_after: output
            .after
            .as_ref()
            .and_then(|output| output.export.as_ref().map(text)),
    });
    let parameters = diff.parameters.iter().map(|parameter| Named {
        name: &parameter.name,
        change: match (&parameter.before, &parameter.after) {
            (None, _) => Edit::Add,
            (_, None) => Edit::Remove,
            _ => Edit::Modify,
        }
        .as_str(),
        before: parameter.before.as_ref().map(text),
        after: parameter.after.as_ref().map(text),
        export_before: None,
        export_after: None,
    });
    Stack {
        name: &diff.name,
        environment: environment.name.as_deref(),
        region: &environment.region,
        change: match diff.change {
            StackChange::Unchanged => "unchanged",
            StackChange::Updated => "updated",
            StackChange::Created => "created",
            StackChange::Removed => "removed",
        },
        verdict: verdict([diff]),
        severity: diff.severity().as_str(),
        tool: match diff.change {
            StackChange::Unchanged => None,
            StackChange::Updated | StackChange::Created | StackChange::Removed => {
                environment.tool.as_ref()
            }
        },
        consequences: diff.consequences.iter().map(consequence).collect(),
        outputs: outputs.collect(),
        parameters: parameters.collect(),
        notes: diff
            .notes
            .iter()
            .map(|note| Note {
                what: &note.what,
                help: note.help.as_deref(),
            })
            .collect(),
        origins: reviewed.origins.all().iter().map(origin).collect(),
        with_values: describe(&diff.resources, ChangeSetView::WithValues),
        without_values: describe(&diff.resources, ChangeSetView::WithoutValues),
    }
}

fn origin(origin: &Origin) -> serde_json::Value {
    sorted(json!({
        "logicalId": origin.logical_id,
        "path": origin.path,
        "from": sources(&origin.sources),
        "declared": origin.declared.map(place),
    }))
}

fn consequence(consequence: &Consequence) -> Item<'_> {
    Item {
        kind: consequence.kind.as_str(),
        severity: consequence.severity.as_str(),
        certainty: consequence.certainty,
        logical_id: consequence.logical_id.as_deref(),
        resource_type: consequence.resource_type.as_deref(),
        what: &consequence.what,
        why: &consequence.why,
        details: &consequence.details,
        help: consequence.help.as_deref(),
        withheld: &consequence.withheld,
    }
}
