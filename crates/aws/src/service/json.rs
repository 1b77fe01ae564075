//! The JSON protocols: JSON in both directions, with the operation in a header; and, of one service, paths that are read.
//!
//! Source: Smithy, "AWS JSON 1.1 protocol".

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stratiform_service::Timestamp;

use super::{Request, Service, Signing};
use crate::aws::Aws;
use crate::error::{Call, Error};

impl Aws {
    /// Calls an operation and answers with its result.
    ///
    /// `target` is the first part of the header: `AmazonEC2ContainerServiceV20141113`.
    ///
    /// # Errors
    /// The call fails, or the answer has not its form.
    pub(crate) async fn json<Answer: DeserializeOwned>(
        &self,
        service: &'static Service,
        target: &str,
        call: &Call,
        body: &Value,
    ) -> Result<Answer, Error> {
        // Equal calls have equal bytes, however `serde_json` is built.
        let mut body = body.clone();
        body.sort_all_objects();
        let request = Request {
            method: "POST",
            endpoint: self.endpoint(service).url(),
            path: "/".to_owned(),
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", format!("{target}.{}", call.operation)),
            ],
            body: body.to_string(),
            signing: Signing::Usual,
            patience: None,
        };
        let text = self.send(service, call, request).await?;
        read(call, &text)
    }
}

impl Aws {
    /// Reads what a path of a service in the REST protocol has.
    ///
    /// Source: Smithy, "AWS restJson1 protocol".
    ///
    /// # Errors
    /// The call fails, or the answer has not its form.
    pub(crate) async fn rest<Answer: DeserializeOwned>(
        &self,
        service: &'static Service,
        call: &Call,
        path: String,
    ) -> Result<Answer, Error> {
        let request = Request {
            method: "GET",
            endpoint: self.endpoint(service).url(),
            path,
            headers: Vec::new(),
            body: String::new(),
            signing: Signing::Usual,
            patience: None,
        };
        let text = self.send(service, call, request).await?;
        read(call, &text)
    }
}

/// Says where a text is wrong, and not what stands there.
fn read<Answer: DeserializeOwned>(call: &Call, text: &str) -> Result<Answer, Error> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        call.unreadable(&format!(
            "the answer has not its form, at line {line} column {column}"
        ))
    })
}

/// A moment in JSON: seconds since 1970, with a fraction.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Deserialize)]
#[serde(transparent)]
pub(crate) struct Seconds(f64);

impl Seconds {
    /// As a moment, to the millisecond; none outside of the years that there are.
    pub(crate) fn moment(self) -> Option<Timestamp> {
        let millis = (self.0 * 1000.0).round();
        let is_representable = millis.is_finite() && millis.abs() < 9.0e15;
        #[expect(clippy::cast_possible_truncation, reason = "it is below 2^53")]
        let millis = is_representable.then_some(millis as i64);
        millis.and_then(Timestamp::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::Seconds;

    #[test]
    fn seconds_are_moments() {
        let moment = Seconds(1_790_461_406.836).moment().unwrap();
        assert_eq!(moment.to_string(), "2026-09-26T22:23:26.836Z");
        assert_eq!(Seconds(f64::NAN).moment(), None);
        assert_eq!(Seconds(1e300).moment(), None);
    }
}
