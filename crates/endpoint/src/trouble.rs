//! What is wrong with a call before it reaches the engine, in the words of the protocol that it came in.

use std::fmt;

use stratiform_engine::Refused;

use crate::protocol::Protocol;

/// Why a call goes no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It has no signature at all.
    NoSignature,
    /// Its signature lacks a part.
    HalfSignature,
    /// Its signature is for another place: a region that has not the form of one.
    Misdirected,
    /// It cannot be read.
    Malformed(String),
    /// It names no operation.
    NoOperation,
    /// It names one that is not there.
    UnknownOperation {
        /// Which.
        operation: String,
        /// The version of the service's interface that was asked for.
        version: String,
    },
    /// It is larger than so many bytes.
    TooLarge(usize),
    /// It does not arrive.
    TooSlow,
    /// The server itself fails.
    Internal(&'static str),
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::NoSignature => formatter.write_str("Request is missing Authentication Token"),
            Trouble::HalfSignature => formatter.write_str(
                "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
                 parameter. Authorization header requires 'SignedHeaders' parameter.",
            ),
            Trouble::Misdirected => {
                formatter.write_str("Credential should be scoped to a valid region.")
            }
            Trouble::Malformed(what) => write!(formatter, "The request is malformed: {what}"),
            Trouble::NoOperation => formatter.write_str("Missing Action"),
            Trouble::UnknownOperation { operation, version } => {
                write!(
                    formatter,
                    "Could not find operation {operation} for version {version}"
                )
            }
            Trouble::TooLarge(limit) => {
                write!(formatter, "Request must be smaller than {limit} bytes")
            }
            Trouble::TooSlow => formatter.write_str("The request was not received in time"),
            Trouble::Internal(what) => formatter.write_str(what),
        }
    }
}

impl Trouble {
    /// The service's code and status for it.
    pub(crate) fn refused(&self, protocol: Protocol) -> Refused {
        let (code, http_status) = match protocol {
            Protocol::Query => self.in_query(),
            Protocol::Json(_) | Protocol::Cbor | Protocol::Backup => self.in_json(),
            Protocol::S3 => self.in_s3(),
        };
        let message = match (self, protocol) {
            (Trouble::UnknownOperation { operation, .. }, protocol)
                if protocol != Protocol::Query =>
            {
                format!("The operation {operation} is not known here")
            }
            _ => self.to_string(),
        };
        Refused {
            code: code.to_owned(),
            message,
            http_status,
        }
    }

    /// Source: CloudFormation, "Common errors".
    fn in_query(&self) -> (&'static str, u16) {
        match self {
            Trouble::NoSignature => ("MissingAuthenticationToken", 403),
            Trouble::HalfSignature => ("IncompleteSignature", 400),
            Trouble::Misdirected => ("SignatureDoesNotMatch", 403),
            Trouble::Malformed(_) => ("MalformedInput", 400),
            Trouble::NoOperation => ("MissingAction", 400),
            Trouble::UnknownOperation { .. } => ("InvalidAction", 400),
            Trouble::TooLarge(_) => ("RequestEntityTooLarge", 413),
            Trouble::TooSlow => ("RequestTimeout", 408),
            Trouble::Internal(_) => ("InternalFailure", 500),
        }
    }

    /// Source: Smithy, "AWS JSON 1.1 protocol"; the errors that the services' pages have in common.
    fn in_json(&self) -> (&'static str, u16) {
        match self {
            Trouble::NoSignature => ("MissingAuthenticationTokenException", 403),
            Trouble::HalfSignature => ("IncompleteSignatureException", 400),
            Trouble::Misdirected => ("InvalidSignatureException", 403),
            Trouble::Malformed(_) => ("SerializationException", 400),
            Trouble::NoOperation | Trouble::UnknownOperation { .. } => {
                ("UnknownOperationException", 400)
            }
            Trouble::TooLarge(_) => ("RequestEntityTooLargeException", 413),
            Trouble::TooSlow => ("RequestTimeoutException", 408),
            Trouble::Internal(_) => ("InternalFailure", 500),
        }
    }

    /// Source: S3, "Error responses".
    fn in_s3(&self) -> (&'static str, u16) {
        match self {
            Trouble::NoSignature => ("AccessDenied", 403),
            Trouble::HalfSignature | Trouble::Misdirected => ("AuthorizationHeaderMalformed", 400),
            Trouble::Malformed(_) => ("InvalidRequest", 400),
            Trouble::NoOperation => ("MethodNotAllowed", 405),
            Trouble::UnknownOperation { .. } => ("NotImplemented", 501),
            Trouble::TooLarge(_) => ("EntityTooLarge", 400),
            Trouble::TooSlow => ("RequestTimeout", 400),
            Trouble::Internal(_) => ("InternalError", 500),
        }
    }
}
