//! Why a call failed, in our words, with AWS's own passed through.

use std::error::Error as StdError;
use std::{fmt, io};

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::operation::RequestId;
use stratiform_finding::{Code, Finding};
use stratiform_service::{AccountId, Refusal};

use crate::answer::NoAnswer;
use crate::identity::Identity;

/// Why something could not be asked of AWS. What is its `Display`; why and what to do are methods.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No credentials were found, or AWS does not accept them: expired, unknown, wrongly signed.
    #[error("{0} needs credentials that AWS accepts")]
    Credentials(FailedCall),
    /// The credentials are good, and may not do this.
    #[error("{0} is not allowed with these credentials")]
    Denied(FailedCall),
    /// AWS wanted fewer calls, and still did after all attempts.
    #[error("{0} was throttled, every time it was tried")]
    Throttled(FailedCall),
    /// AWS refused the call for another reason.
    #[error("{0} was refused")]
    Refused(FailedCall),
    /// There was no answer, or one that the service is out of order.
    #[error("{0} failed: AWS is out of reach, or out of order")]
    Unavailable(FailedCall),
    /// The answer is not what AWS sends.
    #[error("{0} got an answer that cannot be read")]
    Unreadable(FailedCall),
    /// A web server that is not AWS's did not answer.
    #[error("{0} was not answered")]
    Unanswered(FailedCall),
    /// The credentials are of another account than the environment.
    #[error("the environment is in account {expected}, and the credentials are of account {}", .identity.account)]
    OtherAccount {
        /// The environment's account.
        expected: AccountId,
        /// Whose credentials they are.
        identity: Identity,
    },
}

/// A call of AWS's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// AWS's name of it: `DescribeStacks`.
    pub operation: &'static str,
    /// The stack, change set, export, service or whatever it is about; empty where it is about the account.
    pub subject: String,
}

/// A call that failed, and what is known about why.
#[derive(Clone, Debug)]
pub struct FailedCall {
    /// What was called.
    pub call: Call,
    /// AWS's code, as sent: `ValidationError`. None where AWS said nothing.
    pub code: Option<String>,
    /// AWS's message, as sent; or what went wrong where AWS said nothing.
    pub message: String,
    /// What AWS's support asks for.
    pub request_id: Option<String>,
}

impl Error {
    /// The kind of error.
    pub fn code(&self) -> Code {
        match self {
            Error::Credentials(_) => Code::AwsCredentials,
            Error::Denied(_) => Code::AwsDenied,
            Error::Throttled(_) => Code::AwsThrottled,
            Error::Refused(_) => Code::AwsRefused,
            Error::Unavailable(_) | Error::Unanswered(_) => Code::AwsUnavailable,
            Error::Unreadable(_) => Code::AwsUnreadable,
            Error::OtherAccount { .. } => Code::OtherAccount,
        }
    }

    /// Why, with AWS's own words where it said something.
    pub fn why(&self) -> String {
        match self {
            Error::Credentials(failure)
            | Error::Denied(failure)
            | Error::Throttled(failure)
            | Error::Refused(failure)
            | Error::Unavailable(failure)
            | Error::Unreadable(failure)
            | Error::Unanswered(failure) => failure.why(),
            Error::OtherAccount { identity, .. } => format!("they are of `{}`", identity.arn),
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Error::Credentials(_) => {
                "sign in again (`aws sso login`), or choose a profile with AWS_PROFILE; \
                 `aws sts get-caller-identity` shows whether AWS accepts what it finds"
                    .to_owned()
            }
            Error::Denied(FailedCall { call, .. }) => format!(
                "use credentials that may call {}, or allow it in their policies",
                call.operation
            ),
            Error::Throttled(_) => {
                "try again when less is going on in the account: its programs share one limit"
                    .to_owned()
            }
            Error::Refused(FailedCall { call, .. }) => {
                format!("look for the code in AWS's reference of {}", call.operation)
            }
            Error::Unavailable(_) => {
                "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL, and try again".to_owned()
            }
            Error::Unreadable(_) => {
                "check that AWS_ENDPOINT_URL and HTTPS_PROXY, where set, lead to AWS".to_owned()
            }
            Error::Unanswered(_) => {
                "check the address, and that it can be reached from here".to_owned()
            }
            Error::OtherAccount { expected, .. } => format!(
                "use credentials of account {expected}, or correct `settings.account` of the environment"
            ),
        }
    }
}

impl Error {
    /// Whether AWS refused, with one of these codes.
    pub(crate) fn has_code(&self, codes: &[&str]) -> bool {
        match self {
            Error::Refused(failed) => {
                let code = failed.code.as_deref();
                code.is_some_and(|code| codes.contains(&code))
            }
            _ => false,
        }
    }
}

impl From<Error> for Finding {
    fn from(error: Error) -> Finding {
        Finding::new(error.code(), error.to_string(), error.help()).because(error.why())
    }
}

impl FailedCall {
    fn why(&self) -> String {
        let code = self.code.as_deref().map(|code| format!("{code}: "));
        let request = self.request_id.as_deref();
        let request = request.map(|id| format!(" (request {id})"));
        format!(
            "{}{}{}",
            code.unwrap_or_default(),
            self.message,
            request.unwrap_or_default()
        )
    }
}

impl fmt::Display for FailedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        if !self.subject.is_empty() {
            write!(f, " of `{}`", self.subject)?;
        }
        Ok(())
    }
}

impl Call {
    pub(crate) fn new(operation: &'static str, subject: &str) -> Call {
        Call {
            operation,
            subject: subject.to_owned(),
        }
    }

    /// A part of the answer that AWS always sends.
    pub(crate) fn required(&self, part: Option<&str>, name: &str) -> Result<String, Error> {
        // Where one is missing the SDK puts an empty text, or these words for a status.
        part.filter(|text| !text.is_empty() && *text != "no value was set")
            .map(str::to_owned)
            .ok_or_else(|| self.unreadable(&format!("the answer has no {name}")))
    }

    /// An answer without what is needed.
    pub(crate) fn unreadable(&self, why: &str) -> Error {
        Error::Unreadable(FailedCall {
            call: self.clone(),
            code: None,
            message: why.to_owned(),
            request_id: None,
        })
    }

    /// Nothing is configured that could sign it.
    pub(crate) fn without_credentials(&self) -> Error {
        Error::Credentials(FailedCall {
            call: self.clone(),
            code: None,
            message: "no credentials are configured".to_owned(),
            request_id: None,
        })
    }

    /// The SDK's error as ours.
    pub(crate) fn error<E>(&self, error: &SdkError<E>) -> Error
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let credentials = chain(error).find(|cause| cause.is::<CredentialsError>());
        let no_answer = chain(error).find(|cause| cause.is::<NoAnswer>());
        let failure = FailedCall {
            call: self.clone(),
            code: error.code().map(str::to_owned),
            message: match (error.message(), error) {
                (Some(message), _) => without_token(message),
                // What the SDK could not read says less than the status does.
                (None, SdkError::ServiceError(reply)) => {
                    let status = reply.raw().status();
                    format!("the answer has status {status}, and no error of AWS's")
                }
                (None, _) => messages(credentials.or(no_answer).unwrap_or(error)),
            },
            request_id: error.request_id().map(str::to_owned),
        };
        let status = match error {
            SdkError::ServiceError(reply) => Some(reply.raw().status()),
            _ => None,
        };
        if let Some(code) = error.code() {
            return match by_code(code)(failure) {
                // Whoever is out of order refuses nothing: it may even have been done.
                Error::Refused(failure)
                    if status.is_some_and(|status| status.is_server_error()) =>
                {
                    Error::Unavailable(failure)
                }
                error => error,
            };
        }
        match error {
            _ if credentials.is_some() => Error::Credentials(failure),
            SdkError::ServiceError(reply) if !reply.raw().status().is_server_error() => {
                Error::Unreadable(failure)
            }
            // An answer that ended too early says nothing about who sent it.
            SdkError::ResponseError(_) if !chain(error).any(|cause| cause.is::<io::Error>()) => {
                Error::Unreadable(failure)
            }
            _ => Error::Unavailable(failure),
        }
    }
}

/// Why CloudFormation refused a call; none where it did not, or somebody else did.
pub(crate) fn refusal<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Option<Refusal> {
    Refusal::read(error.code()?, error.message().unwrap_or_default())
}

/// The kind of error that a code is, from AWS's [common errors], those of the services that are called, and what the SDK
/// takes for throttling.
///
/// [common errors]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
fn by_code(code: &str) -> fn(FailedCall) -> Error {
    match code {
        "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "InvalidToken"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => Error::Credentials,
        "AccessDenied" | "AccessDeniedException" | "NotAuthorized" | "UnauthorizedOperation" => {
            Error::Denied
        }
        "RequestLimitExceeded"
        | "RequestThrottled"
        | "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException" => Error::Throttled,
        "InternalError" | "InternalFailure" | "RequestTimeout" | "ServiceUnavailable" => {
            Error::Unavailable
        }
        _ => Error::Refused,
    }
}

/// The message without the text that was to be signed, which AWS repeats with all headers: a session token is one.
fn without_token(message: &str) -> String {
    let end = message.find("The Canonical String");
    message[..end.unwrap_or(message.len())].trim().to_owned()
}

/// The messages of an error and what is below it. Never their `Debug` form, which may show more than people should see.
pub(crate) fn messages(error: &(dyn StdError + 'static)) -> String {
    let mut messages: Vec<String> = chain(error).map(ToString::to_string).collect();
    messages.dedup();
    messages.join(": ")
}

fn chain<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
