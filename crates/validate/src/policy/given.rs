//! Templates with the values of their parameters that are known.

use indexmap::IndexMap;
use stratiform_template::{Template, Value};

/// The template whose parameters have these values, and can have no others; none where it has none of them.
///
/// What hides its value, is a list, or names what is looked up when the stack is deployed, stays as it is.
pub fn given(template: &Template, values: &IndexMap<String, String>) -> Option<Template> {
    let known = template.parameters.iter();
    let known = known.filter(|(_, declared)| {
        !declared.is_list() && !declared.is_looked_up() && declared.no_echo != Some(true)
    });
    let known: Vec<(String, Value)> = known
        .filter_map(|(name, _)| Some((name.clone(), Value::from(values.get(name)?.as_str()))))
        .collect();
    if known.is_empty() {
        return None;
    }
    let mut template = template.clone();
    for (name, value) in known {
        if let Some(declared) = template.parameters.get_mut(&name) {
            declared.default = Some(value.clone());
            let only = Value::List(vec![value]);
            declared
                .constraints
                .insert("AllowedValues".to_owned(), only);
        }
    }
    Some(template)
}
