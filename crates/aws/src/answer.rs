//! That a successful answer is one to its call.
//!
//! The SDK takes anything for the answer to an operation that answers with nothing, be it a page of a proxy, and reads a
//! list as far as it goes, be it cut off.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::service::root;

/// Refuses what is not one whole document in the Query protocol: that makes an answer unreadable, and says nothing about
/// whether the call was carried out.
#[derive(Debug)]
pub(crate) struct WholeAnswer;

/// Why an answer is none.
#[derive(Debug, thiserror::Error)]
#[error("the answer is none to {0}")]
pub(crate) struct NoAnswer(String);

#[dyn_dispatch_hint]
impl Intercept for WholeAnswer {
    fn name(&self) -> &'static str {
        "Whole answers only"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map_or("", Metadata::name);
        // What failed has failed, for a reason that says whether it may be tried again.
        let is_failed = context.output_or_error().is_err();
        if is_failed || is_answer(context.response().body().bytes(), operation) {
            return Ok(());
        }
        Err(NoAnswer(operation.to_owned()).into())
    }
}

/// Whether a body is one whole element with the name that answers to an operation have.
fn is_answer(body: Option<&[u8]>, operation: &str) -> bool {
    body.and_then(|body| std::str::from_utf8(body).ok())
        .and_then(|text| root(text).ok())
        .and_then(|root| root.strip_suffix("Response"))
        .is_some_and(|name| name == operation)
}
