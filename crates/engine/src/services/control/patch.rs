//! JSON Patch.
//!
//! Source: RFC 6902; places are JSON Pointers, RFC 6901.

use serde_json::Value;

/// A document after all steps of a patch; why there is none.
pub(super) fn patched(document: &Value, steps: &Value) -> Result<Value, String> {
    let Value::Array(steps) = steps else {
        return Err("PatchDocument is no list".to_owned());
    };
    let mut document = document.clone();
    for step in steps {
        let text = |name: &str| {
            let text = step.get(name).and_then(Value::as_str);
            text.ok_or_else(|| format!("a step of PatchDocument has no `{name}`"))
        };
        let value = || {
            let value = step.get("value").cloned();
            value.ok_or_else(|| "a step of PatchDocument has no `value`".to_owned())
        };
        let path = text("path")?;
        match text("op")? {
            "add" => add(&mut document, path, value()?)?,
            "remove" => remove(&mut document, path).map(drop)?,
            "replace" => *at(&mut document, path)? = value()?,
            "move" => {
                let moved = remove(&mut document, text("from")?)?;
                add(&mut document, path, moved)?;
            }
            "copy" => {
                let copied = at(&mut document, text("from")?)?.clone();
                add(&mut document, path, copied)?;
            }
            "test" => {
                if *at(&mut document, path)? != value()? {
                    return Err(format!("`{path}` is not what the patch expects"));
                }
            }
            other => return Err(format!("`{other}` is no step of a patch")),
        }
    }
    Ok(document)
}

fn missing(path: &str) -> String {
    format!("there is nothing at `{path}`")
}

fn at<'d>(document: &'d mut Value, path: &str) -> Result<&'d mut Value, String> {
    document.pointer_mut(path).ok_or_else(|| missing(path))
}

/// What holds a place, and the place's name in it.
fn around<'d>(document: &'d mut Value, path: &str) -> Result<(&'d mut Value, String), String> {
    let (holder, name) = path.rsplit_once('/').ok_or_else(|| missing(path))?;
    let name = name.replace("~1", "/").replace("~0", "~");
    Ok((at(document, holder)?, name))
}

fn add(document: &mut Value, path: &str, value: Value) -> Result<(), String> {
    if path.is_empty() {
        *document = value;
        return Ok(());
    }
    let (holder, name) = around(document, path)?;
    match holder {
        Value::Object(members) => {
            members.insert(name, value);
            Ok(())
        }
        Value::Array(items) if name == "-" => {
            items.push(value);
            Ok(())
        }
        Value::Array(items) => match name.parse::<usize>() {
            Ok(index) if index <= items.len() => {
                items.insert(index, value);
                Ok(())
            }
            _ => Err(missing(path)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(missing(path)),
    }
}

fn remove(document: &mut Value, path: &str) -> Result<Value, String> {
    let (holder, name) = around(document, path)?;
    match holder {
        Value::Object(members) => members.remove(&name).ok_or_else(|| missing(path)),
        Value::Array(items) => match name.parse::<usize>() {
            Ok(index) if index < items.len() => Ok(items.remove(index)),
            _ => Err(missing(path)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(missing(path)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::patched;

    #[test]
    fn steps_are_taken_in_order() {
        let document = json!({"a": {"b/c": 1}, "list": [1, 2]});
        for (steps, expected) in [
            (
                json!([{"op": "add", "path": "/d", "value": 2}]),
                Some(json!({"a": {"b/c": 1}, "list": [1, 2], "d": 2})),
            ),
            (
                json!([{"op": "replace", "path": "/a/b~1c", "value": 3}]),
                Some(json!({"a": {"b/c": 3}, "list": [1, 2]})),
            ),
            (
                json!([{"op": "remove", "path": "/list/0"}]),
                Some(json!({"a": {"b/c": 1}, "list": [2]})),
            ),
            (
                json!([{"op": "add", "path": "/list/-", "value": 3}]),
                Some(json!({"a": {"b/c": 1}, "list": [1, 2, 3]})),
            ),
            (
                json!([{"op": "move", "from": "/a", "path": "/e"}]),
                Some(json!({"e": {"b/c": 1}, "list": [1, 2]})),
            ),
            (
                json!([{"op": "test", "path": "/list/1", "value": 2}, {"op": "remove", "path": "/list"}]),
                Some(json!({"a": {"b/c": 1}})),
            ),
            (json!([{"op": "test", "path": "/list/1", "value": 3}]), None),
            (
                json!([{"op": "replace", "path": "/none", "value": 3}]),
                None,
            ),
            (json!([{"op": "add", "path": "/list/9", "value": 3}]), None),
            (json!([{"op": "remove", "path": ""}]), None),
            (json!([{"op": "paint", "path": "/a"}]), None),
            (json!({}), None),
        ] {
            let found: Option<Value> = patched(&document, &steps).ok();
            assert_eq!(found, expected, "{steps}");
        }
    }
}
