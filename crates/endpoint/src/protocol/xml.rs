//! The Query protocol's answers, and values as XML.
//!
//! What lives here: envelopes, and a `serde_json::Value` as elements. Escaping is `stratiform_service::xml`'s.

use axum::http::StatusCode;
use serde_json::Value;
use stratiform_engine::Refused;
use stratiform_service::xml::escape;

use crate::protocol::services;
use crate::reply::Reply;

/// Their content type: what the service says, to the letter.
const XML: &str = "text/xml";

/// The answer to a call.
pub(crate) fn answer(service: &str, operation: &str, result: &Value, id: &str) -> Reply {
    let namespace = services::namespace(service);
    let mut out = format!("<{operation}Response xmlns=\"{namespace}\">\n");
    if !services::is_silent(service, operation) {
        element(
            &mut out,
            &format!("{operation}Result"),
            result,
            &Lists::Of(service),
        );
    }
    out += "<ResponseMetadata>";
    leaf(&mut out, "RequestId", id);
    out += &format!("</ResponseMetadata>\n</{operation}Response>\n");
    Reply::new(StatusCode::OK, XML, out)
}

/// The answer to a call that is refused.
pub(crate) fn refusal(service: &str, status: StatusCode, refused: &Refused, id: &str) -> Reply {
    let mut out = format!(
        "<ErrorResponse xmlns=\"{}\">\n<Error>",
        services::namespace(service)
    );
    let fault = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    leaf(&mut out, "Type", fault);
    leaf(&mut out, "Code", &refused.code);
    leaf(&mut out, "Message", &refused.message);
    out += "</Error>\n";
    leaf(&mut out, "RequestId", id);
    out += "\n</ErrorResponse>\n";
    Reply::new(status, XML, out)
}

/// How are lists and maps written?
#[derive(Clone, Copy)]
pub(crate) enum Lists<'s> {
    /// As a service in the Query protocol does.
    Of(&'s str),
    /// As S3 does: an item is an element with the list's name.
    Flat,
}

/// A value as an element. What is null is not there.
pub(crate) fn element(out: &mut String, name: &str, value: &Value, lists: &Lists<'_>) {
    match value {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => leaf(out, name, &value.to_string()),
        Value::String(text) => leaf(out, name, text),
        Value::Array(items) => match lists {
            Lists::Flat => {
                for item in items {
                    element(out, name, item, lists);
                }
            }
            Lists::Of(service) => {
                let item = services::item(service, name);
                around(out, name, |out| {
                    for value in items {
                        element(out, item, value, lists);
                    }
                });
            }
        },
        Value::Object(members) => {
            let map = match lists {
                Lists::Of(service) => services::is_map(service, name),
                Lists::Flat => false,
            };
            around(out, name, |out| {
                for (member, value) in members {
                    if map || !is_name(member) {
                        around(out, "entry", |out| {
                            leaf(out, "key", member);
                            element(out, "value", value, lists);
                        });
                    } else {
                        element(out, member, value, lists);
                    }
                }
            });
        }
    }
}

/// An element with text.
pub(crate) fn leaf(out: &mut String, name: &str, text: &str) {
    around(out, name, |out| escape(out, text));
}

fn around(out: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    let start = out.len();
    out.extend(["<", name, ">"]);
    let inside = out.len();
    content(out);
    if out.len() == inside {
        out.truncate(start);
        out.extend(["<", name, "/>"]);
    } else {
        out.extend(["</", name, ">"]);
    }
}

/// Can a text be an element's name? A key of a map that nobody told of may be anything.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Lists, element};

    fn written(service: &str, value: &Value) -> String {
        let mut out = String::new();
        element(&mut out, "R", value, &Lists::Of(service));
        out
    }

    #[test]
    fn lists_maps_and_what_is_not_there() {
        let value = json!({"A": [1, "b<"], "B": [], "C": null, "D": {"E": true}, "ResourceIdentifier": {"k/": "v"}});
        assert_eq!(
            written("cloudformation", &value),
            "<R><A><member>1</member><member>b&lt;</member></A><B/><D><E>true</E></D><ResourceIdentifier><entry>\
             <key>k/</key><value>v</value></entry></ResourceIdentifier></R>"
        );
        let value = json!({"DBInstances": [{"TagList": [{"Key": "k"}]}]});
        assert_eq!(
            written("rds", &value),
            "<R><DBInstances><DBInstance><TagList><Tag><Key>k</Key></Tag></TagList></DBInstance></DBInstances></R>"
        );
        let mut out = String::new();
        element(
            &mut out,
            "R",
            &json!({"Contents": [{"Key": "a"}, {"Key": "b"}]}),
            &Lists::Flat,
        );
        assert_eq!(
            out,
            "<R><Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents></R>"
        );
    }

    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 32, 4, |inner| {
            let keys = prop_oneof!["[A-Z][a-z]{0,4}", ".{0,4}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map(keys, inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Do the tags of a text open and close as XML's do, and is there nothing that XML cannot say?
    fn well_formed(text: &str) -> bool {
        let mut open = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find('<') {
            let Some(end) = rest.get(start..).and_then(|tag| tag.find('>')) else {
                return false;
            };
            let tag = rest.get(start + 1..start + end).unwrap_or_default();
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop() != Some(name) {
                    return false;
                }
            } else if !tag.ends_with('/') {
                open.push(tag);
            }
            rest = rest.get(start + end + 1..).unwrap_or_default();
        }
        open.is_empty() && !text.chars().any(|c| c < ' ' && !matches!(c, '\n' | '\t'))
    }

    proptest! {
        #[test]
        fn whatever_it_is_the_xml_is_well_formed(value in anything()) {
            for service in ["cloudformation", "rds", "nobody"] {
                let text = written(service, &value);
                prop_assert!(well_formed(&text), "{text}");
            }
        }
    }
}
