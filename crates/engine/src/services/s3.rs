//! S3: objects, so that templates can be fetched from there.

use serde_json::{Value, json};

use crate::call::{Call, Result, unsupported};
use crate::input::Refused;
use crate::state::State;

/// Bodies are text: the endpoint hands others over in Base64, and says so in `Encoding`.
pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    let arguments = call.arguments;
    match call.request.operation.as_str() {
        "PutObject" => {
            let name = name(call)?;
            let object = json!({
                "Body": arguments.get("Body").and_then(Value::as_str).unwrap_or_default(),
                "Encoding": arguments.text("Encoding"),
                "ContentType": arguments.text("ContentType"),
                "LastModified": state.now(),
                "ETag": format!("\"{}\"", state.ids.hex(32)),
            });
            let etag = object.get("ETag").cloned();
            state.realm_mut(call)?.estate.keep("objects", &name, object);
            Ok(json!({ "ETag": etag }))
        }
        "GetObject" | "HeadObject" => {
            let name = name(call)?;
            let object = state.realm_of(call)?.estate.kept("objects", &name);
            object.cloned().ok_or_else(|| Refused {
                code: "NoSuchKey".to_owned(),
                message: "The specified key does not exist.".to_owned(),
                http_status: 404,
            })
        }
        operation => {
            let message = format!("S3's {operation} is not in the embedded engine");
            Err(unsupported(call, "NotImplemented", message))
        }
    }
}

fn name(call: &Call<'_>) -> std::result::Result<String, Refused> {
    let bucket = call.arguments.needed("Bucket")?;
    let key = call.arguments.needed("Key")?;
    Ok(format!("{bucket}/{key}"))
}

impl State {
    /// The text of an object.
    pub(crate) fn object(&self, realm: usize, bucket: &str, key: &str) -> Option<String> {
        let estate = &self.realms.get(realm)?.estate;
        let object = estate.kept("objects", &format!("{bucket}/{key}"))?;
        object.get("Body")?.as_str().map(str::to_owned)
    }

    /// Something outside of stacks is done.
    pub(crate) fn finish_in_estate(&mut self, _: usize, _: &str) {}
}
