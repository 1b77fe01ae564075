//! Smithy's RPC v2 with CBOR: what CloudWatch is spoken to in.
//!
//! Source: Smithy, "Smithy RPC v2 CBOR protocol". Times are tag 1; numbers with a fraction in the model are floats even
//! where they are whole, because clients take no integer for them.

use axum::http::{HeaderName, StatusCode};
use cbor4ii::core::Value as Cbor;
use cbor4ii::core::dec::Decode;
use cbor4ii::core::enc::Encode;
use cbor4ii::core::utils::{BufWriter, SliceReader};
use serde_json::{Map, Number, Value};
use stratiform_engine::Refused;

use crate::base64;
use crate::protocol::{is_operation, time};
use crate::reply::Reply;
use crate::trouble::Trouble;

const CONTENT: &str = "application/cbor";
/// The tag of a time in seconds since 1970.
const EPOCH: u64 = 1;
/// The members that CloudWatch's model has as floats (botocore 1.43.11).
const FLOATS: [&str; 11] = [
    "AggregateValue",
    "ApproximateAggregateValue",
    "ApproximateValue",
    "Average",
    "MaxContributorValue",
    "Maximum",
    "Minimum",
    "SampleCount",
    "Sum",
    "Threshold",
    "Values",
];

/// The operation that a path names: `/service/GraniteServiceVersion20100801/operation/DescribeAlarms`.
///
/// # Errors
/// It names none.
pub(crate) fn operation(path: &str) -> Result<String, Trouble> {
    let mut parts = path.rsplit('/');
    let (operation, word) = (parts.next().unwrap_or_default(), parts.next());
    if word != Some("operation") || !is_operation(operation) {
        return Err(Trouble::NoOperation);
    }
    Ok(operation.to_owned())
}

/// The parameters in a body; none are an empty object.
///
/// # Errors
/// The body is no CBOR, or no map.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Trouble> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let wrong = || Trouble::Malformed("the body is no map in CBOR".to_owned());
    let cbor = Cbor::decode(&mut SliceReader::new(body)).map_err(|_| wrong())?;
    match json(cbor) {
        Some(value @ Value::Object(_)) => Ok(value),
        _ => Err(wrong()),
    }
}

/// The answer to a call.
pub(crate) fn answer(result: Value) -> Reply {
    let result = match result {
        Value::Null => Value::Object(Map::new()),
        result => result,
    };
    reply(StatusCode::OK, &cbor("", result))
}

/// The answer to a call that is refused.
pub(crate) fn refusal(status: StatusCode, refused: &Refused) -> Reply {
    let text = |text: &str| Cbor::Text(text.to_owned());
    let envelope = Cbor::Map(vec![
        (text("__type"), text(&refused.code)),
        (text("message"), text(&refused.message)),
    ]);
    let fault = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    // Clients that came from the Query protocol look for the code there.
    reply(status, &envelope).with(
        HeaderName::from_static("x-amzn-query-error"),
        &format!("{};{fault}", refused.code),
    )
}

fn reply(status: StatusCode, content: &Cbor) -> Reply {
    let mut writer = BufWriter::new(Vec::new());
    // Only memory can be lacking, and then this is not what fails first.
    let body = match content.encode(&mut writer) {
        Ok(()) => writer.into_inner(),
        Err(_) => Vec::new(),
    };
    let reply = Reply::new(status, CONTENT, body);
    reply.with(HeaderName::from_static("smithy-protocol"), "rpc-v2-cbor")
}

/// None where a part has no form in JSON: a key that is no text, a number that is none.
fn json(cbor: Cbor) -> Option<Value> {
    Some(match cbor {
        Cbor::Null => Value::Null,
        Cbor::Bool(truth) => Value::Bool(truth),
        Cbor::Integer(number) => Value::Number(Number::from_i128(number)?),
        Cbor::Float(number) => Value::Number(Number::from_f64(number)?),
        Cbor::Bytes(bytes) => Value::String(base64::encode(&bytes)),
        Cbor::Text(text) => Value::String(text),
        Cbor::Array(items) => Value::Array(items.into_iter().map(json).collect::<Option<_>>()?),
        Cbor::Map(members) => {
            let members = members.into_iter().map(|(key, value)| match key {
                Cbor::Text(key) => Some((key, json(value)?)),
                _ => None,
            });
            Value::Object(members.collect::<Option<_>>()?)
        }
        Cbor::Tag(EPOCH, seconds) => {
            let moment = time::from_seconds(json(*seconds)?.as_f64()?)?;
            Value::String(moment.to_string())
        }
        Cbor::Tag(_, inner) => json(*inner)?,
        _ => return None,
    })
}

fn cbor(name: &str, value: Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(truth) => Cbor::Bool(truth),
        Value::Number(number) => match number.as_i128() {
            Some(whole) if !FLOATS.contains(&name) => Cbor::Integer(whole),
            _ => Cbor::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => match time::moment(name, &text) {
            Some(moment) => Cbor::Tag(EPOCH, Box::new(Cbor::Float(time::fraction(moment)))),
            None => Cbor::Text(text),
        },
        Value::Array(items) => {
            Cbor::Array(items.into_iter().map(|item| cbor(name, item)).collect())
        }
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            let members = members.map(|(name, value)| {
                let value = cbor(&name, value);
                (Cbor::Text(name), value)
            });
            Cbor::Map(members.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use cbor4ii::core::Value as Cbor;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{cbor, operation, parse, reply};

    fn there_and_back(value: Value) -> Value {
        let reply = reply(axum::http::StatusCode::OK, &cbor("", value));
        parse(reply.bytes()).unwrap()
    }

    #[test]
    fn values_go_there_and_back() {
        let value = json!({
            "MetricAlarms": [{"AlarmName": "a", "Period": 60, "ActionsEnabled": true, "Threshold": 5.0, "Low": -3}],
            "StateUpdatedTimestamp": "2026-09-26T22:23:26.836Z",
        });
        assert_eq!(there_and_back(value.clone()), value);
    }

    #[test]
    fn whole_numbers_of_a_fraction_are_floats_and_times_are_tagged() {
        assert_eq!(cbor("Threshold", json!(80)), Cbor::Float(80.0));
        assert_eq!(cbor("Period", json!(80)), Cbor::Integer(80));
        let time = cbor("Timestamp", json!("1970-01-01T00:00:01.500Z"));
        assert_eq!(time, Cbor::Tag(1, Box::new(Cbor::Float(1.5))));
    }

    #[test]
    fn paths_name_operations() {
        let path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
        assert_eq!(operation(path).as_deref(), Ok("DescribeAlarms"));
        for path in [
            "/",
            "/service/X",
            "/service/X/operation/",
            "/a/b/c",
            "/operation/<b>",
        ] {
            assert!(operation(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }
    }
}
