//! From the text of a template to the template.

use stratiform_service::Refusal;
use stratiform_template::{Node, NodeKind, Scalar, Template, parse_with_repeats};

use super::{refused, sections, transform};
use crate::input::Refused;

/// The largest template, in bytes: one that comes by URL. Source: CloudFormation user guide, "quotas".
const MAX_BYTES: usize = 1_000_000;

/// A template as it was sent, read.
#[derive(Clone, Debug)]
pub(crate) struct Intake {
    /// The template.
    pub template: Template,
    /// The names of the transforms that it declares and of those inside of it, in order.
    pub transforms: Vec<String>,
    /// Its description.
    pub description: Option<String>,
}

impl Intake {
    /// Whether the engine itself has all transforms of it, so that what they make of it can be checked at once.
    pub(crate) fn is_expandable(&self) -> bool {
        let mut names = self.transforms.iter();
        names.all(|name| name == "AWS::LanguageExtensions")
    }
}

/// Reads the text of a template: well-formedness, and the form of its sections. Keys that stand twice are no error,
/// the last one counts.
///
/// # Errors
/// What the service says of a text that is no template.
pub(crate) fn read(body: &str) -> Result<Intake, Refused> {
    if body.len() > MAX_BYTES {
        let text = format!("Template may not exceed {MAX_BYTES} bytes in size.");
        return Err(Refused::validation(text));
    }
    let document = parse_with_repeats(body).map_err(|finding| refused::unreadable(&finding))?;
    if !matches!(document.node.kind, NodeKind::Map(_)) {
        let what = "unsupported structure.".to_owned();
        return Err(Refusal::TemplateFormat { what }.into());
    }
    if let Some(place) = null(&document.node, &mut Vec::new()) {
        return Err(Refusal::NullValue { place }.into());
    }
    let template =
        Template::from_node(&document.node).map_err(|findings| refused::first(&findings))?;
    sections::check(&template)?;
    Ok(Intake {
        transforms: transform::names(&template),
        description: template.description.clone(),
        template,
    })
}

/// The path of the first `null`. Metadata may have them.
fn null(node: &Node, path: &mut Vec<String>) -> Option<String> {
    match &node.kind {
        NodeKind::Scalar(Scalar::Null) => Some(format!("/{}", path.join("/"))),
        NodeKind::Scalar(_) => None,
        NodeKind::List(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| null_below(index.to_string(), item, path))
        }
        NodeKind::Map(entries) => {
            let has_metadata = may_have_metadata(path);
            let entries = entries.iter();
            let mut entries = entries.filter(|entry| !has_metadata || entry.key != "Metadata");
            entries.find_map(|entry| null_below(entry.key.clone(), &entry.value, path))
        }
    }
}

fn null_below(step: String, node: &Node, path: &mut Vec<String>) -> Option<String> {
    path.push(step);
    let found = null(node, path);
    path.pop();
    found
}

/// Whether a map at this path may have metadata: the template itself, and a resource.
fn may_have_metadata(path: &[String]) -> bool {
    match path {
        [] => true,
        [section, _] => section == "Resources",
        _ => false,
    }
}
