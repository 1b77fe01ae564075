//! Texts of which not all is known.

use stratiform_template::{Function, Value, sub_variables};

use crate::parameter;
use crate::schema::{Look, Looked};

/// Stands for a text that nobody knows. Nobody writes it: it is for private use.
pub(super) const HOLE: char = '\u{F8FF}';

/// Stands for something that is known later, and is no `*`: an account, an ID. Nobody writes it either.
pub(super) const LATER: char = '\u{F8FE}';

/// A text with [`HOLE`] for what could be anything, `*` too.
pub(super) fn shape<'t>(look: &Look<'_, 't>, value: &Value) -> Looked<'t, String> {
    if let Some(text) = look.word(value)? {
        return Ok(text.into_owned());
    }
    let Some(value) = look.settled(value)? else {
        return Ok(String::new());
    };
    let arguments = match value {
        Value::Function(_, argument) => {
            argument.as_list().unwrap_or(std::slice::from_ref(argument))
        }
        _ => &[],
    };
    match (value, arguments) {
        (Value::Function(Function::Ref, _), [Value::String(name)]) => reference(look, name),
        // What resources and other stacks give are names, IDs and ARNs.
        (Value::Function(Function::GetAtt | Function::ImportValue, _), _) => Ok(LATER.to_string()),
        (Value::Function(Function::Sub, _), [Value::String(text), others @ ..]) => {
            let own = others.first().and_then(Value::as_map);
            let mut written = text.to_string();
            for variable in sub_variables(text) {
                let name = variable.trim();
                let shape = match own.and_then(|own| own.get(name)) {
                    Some(value) => shape(look, value)?,
                    None if name.contains('.') => LATER.to_string(),
                    None => reference(look, name)?,
                };
                written = written.replace(&format!("${{{variable}}}"), &shape);
            }
            Ok(written)
        }
        (Value::Function(Function::Join, _), [Value::String(delimiter), Value::List(items)]) => {
            let mut parts = Vec::new();
            for item in items {
                if look.settled(item)?.is_some() {
                    parts.push(shape(look, item)?);
                }
            }
            Ok(parts.join(delimiter))
        }
        _ => Ok(HOLE.to_string()),
    }
}

fn reference<'t>(look: &Look<'_, 't>, name: &str) -> Looked<'t, String> {
    let reference = Value::function(Function::Ref, name);
    if let Some(text) = look.word(&reference)? {
        return Ok(text.into_owned());
    }
    let template = look.scene.template;
    let is_anything = match template.parameters.get(name) {
        Some(declared) => {
            // IDs and the like are looked at by CloudFormation.
            let is_text =
                ["String", "CommaDelimitedList"].contains(&declared.parameter_type.as_str());
            let may_be_all = parameter::allows(declared, "*") != Some(false);
            (is_text || declared.is_looked_up()) && may_be_all
        }
        None => !name.starts_with("AWS::") && template.resource(name).is_none(),
    };
    Ok(match is_anything {
        true => HOLE.to_string(),
        false => LATER.to_string(),
    })
}
