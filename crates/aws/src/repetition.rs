//! Which failed attempts the SDK does not repeat.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Nobody answered: whoever calls decides how long that may go on. Or a limit is reached, which the SDK takes for
/// throttling: waiting does not help, unless it is one of calls in a time.
#[derive(Debug)]
pub(crate) struct Repetition;

impl ClassifyRetry for Repetition {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let failed = context.output_or_error().and_then(|output| output.err());
        let is_unanswered = failed.is_some_and(|error| error.is_connector_error());
        let refusal = context
            .response()
            .filter(|reply| !reply.status().is_success());
        let body = refusal.and_then(|reply| reply.body().bytes());
        if is_unanswered || body.is_some_and(is_limit) {
            return RetryAction::RetryForbidden;
        }
        RetryAction::NoActionIndicated
    }

    fn name(&self) -> &'static str {
        "Told rather than repeated"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_before(RetryClassifierPriority::http_status_code_classifier())
    }
}

/// Whether a refusal has the code of a limit: in XML.
fn is_limit(body: &[u8]) -> bool {
    const CODE: &[u8] = b"<Code>LimitExceededException</Code>";
    body.windows(CODE.len()).any(|part| part == CODE)
}
