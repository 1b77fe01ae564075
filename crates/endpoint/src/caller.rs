//! Who calls, and where: read from the form of a signature, whose value nobody checks.
//!
//! What lives here: account, region and service out of `Authorization` or a presigned URL. An access key that is an
//! account's twelve digits stands for that account, and so does one that carries them as temporary ones here do
//! (`ASIA` and the digits first); any other stands for [`DEFAULT_ACCOUNT`].
//!
//! Source: IAM, "AWS Signature Version 4 for API requests".

use axum::http::request::Parts;
use stratiform_engine::Request;
use stratiform_service::{AccountId, Region};

use crate::form;
use crate::protocol::text;
use crate::trouble::Trouble;

/// The account of an access key that names none.
pub const DEFAULT_ACCOUNT: &str = "111122223333";

/// The longest name of a service that is taken for one.
const SERVICE: usize = 64;

/// Who calls, where, and which service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The account.
    pub(crate) account: AccountId,
    /// The region.
    pub(crate) region: Region,
    /// The service, as in the scope of a signature.
    pub(crate) service: String,
}

impl Caller {
    /// Reads the signature of a request.
    ///
    /// # Errors
    /// There is none, or it lacks a part.
    pub(crate) fn of(head: &Parts) -> Result<Caller, Trouble> {
        let signature = match head.headers.get("authorization") {
            Some(value) => header(value.to_str().map_err(|_| Trouble::HalfSignature)?)?,
            None => presigned(head.uri.query().unwrap_or_default())?,
        };
        let Signature {
            credential,
            algorithm,
        } = signature;
        let scope: Vec<&str> = credential.split('/').collect();
        let set = text(&head.headers, "x-amz-region-set");
        let (key, region, service) = match (scope.as_slice(), algorithm) {
            ([key, _, region, service, "aws4_request"], Algorithm::Symmetric) => {
                (*key, *region, *service)
            }
            ([key, _, service, "aws4_request"], Algorithm::Asymmetric) => {
                (*key, first_of(set), *service)
            }
            _ => return Err(Trouble::HalfSignature),
        };
        let named = |service: &str| {
            (1..=SERVICE).contains(&service.len())
                && service
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if key.is_empty() || !named(service) {
            return Err(Trouble::HalfSignature);
        }
        Ok(Caller {
            account: account(key)?,
            region: Region::new(region).map_err(|_| Trouble::Misdirected)?,
            service: service.to_owned(),
        })
    }

    /// Whoever calls with an identity token instead of a signature: a job that becomes a role.
    pub(crate) fn by_token(body: &[u8]) -> Option<Caller> {
        const ACTION: &[u8] = b"Action=AssumeRoleWithWebIdentity";
        let mut pairs = body.split(|byte| *byte == b'&');
        pairs.any(|pair| pair == ACTION).then_some(Caller {
            account: AccountId::new(DEFAULT_ACCOUNT).ok()?,
            region: Region::new("us-east-1").ok()?,
            service: "sts".to_owned(),
        })
    }

    /// The call that the caller makes.
    pub(crate) fn call(self, operation: String, parameters: serde_json::Value) -> Request {
        let Caller {
            account,
            region,
            service,
        } = self;
        Request {
            account,
            region,
            service,
            operation,
            parameters,
        }
    }
}

/// What a signature says without its value.
struct Signature {
    credential: String,
    algorithm: Algorithm,
}

/// Which kind of signature is it?
#[derive(Clone, Copy)]
enum Algorithm {
    /// SigV4: its scope has a region.
    Symmetric,
    /// SigV4A: its scope has none, and a header has a set of them.
    Asymmetric,
}

fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "AWS4-HMAC-SHA256" => Some(Algorithm::Symmetric),
        "AWS4-ECDSA-P256-SHA256" => Some(Algorithm::Asymmetric),
        _ => None,
    }
}

fn header(value: &str) -> Result<Signature, Trouble> {
    let half = || Trouble::HalfSignature;
    let (name, rest) = value.trim().split_once(' ').ok_or_else(half)?;
    let algorithm = algorithm(name).ok_or_else(half)?;
    let part = |wanted: &str| {
        let mut parts = rest
            .split(',')
            .filter_map(|part| part.trim().split_once('='));
        let value = parts.find_map(|(name, value)| (name == wanted).then_some(value));
        value.filter(|value| !value.is_empty()).ok_or_else(half)
    };
    part("SignedHeaders")?;
    part("Signature")?;
    Ok(Signature {
        credential: part("Credential")?.to_owned(),
        algorithm,
    })
}

fn presigned(query: &str) -> Result<Signature, Trouble> {
    let part = |wanted: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.find_map(|(name, value)| (name == wanted).then_some(value));
        value.filter(|value| !value.is_empty())
    };
    part("X-Amz-Signature").ok_or(Trouble::NoSignature)?;
    let half = || Trouble::HalfSignature;
    let credential = part("X-Amz-Credential").ok_or_else(half)?;
    part("X-Amz-SignedHeaders").ok_or_else(half)?;
    Ok(Signature {
        credential: form::segment(credential).map_err(|_| half())?,
        algorithm: part("X-Amz-Algorithm")
            .and_then(algorithm)
            .ok_or_else(half)?,
    })
}

/// The region of a set that may be `*` or a list.
fn first_of(set: &str) -> &str {
    let first = set.split(',').next().unwrap_or_default().trim();
    match first {
        "" | "*" => "us-east-1",
        region => region,
    }
}

fn account(key: &str) -> Result<AccountId, Trouble> {
    let carried = || key.strip_prefix("ASIA").and_then(|rest| rest.get(..12));
    let named = AccountId::new(key).ok();
    let named = named.or_else(|| carried().and_then(|digits| AccountId::new(digits).ok()));
    match named {
        Some(account) => Ok(account),
        None => AccountId::new(DEFAULT_ACCOUNT).map_err(|_| Trouble::HalfSignature),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::{Caller, Trouble};

    fn read(authorization: &str, query: &str, set: &str) -> Result<String, Trouble> {
        let mut request = Request::builder().uri(format!("/?{query}"));
        if !authorization.is_empty() {
            request = request.header("authorization", authorization);
        }
        if !set.is_empty() {
            request = request.header("x-amz-region-set", set);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let caller = Caller::of(&head)?;
        Ok(format!(
            "{} {} {}",
            caller.account, caller.region, caller.service
        ))
    }

    fn signed(credential: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature=abc"
        )
    }

    #[test]
    fn account_region_and_service_are_in_the_scope() {
        for (credential, expected) in [
            (
                "123456789012/20261128/eu-west-1/ecs/aws4_request",
                "123456789012 eu-west-1 ecs",
            ),
            (
                "AKIAEXAMPLE/20261128/us-east-1/sts/aws4_request",
                "111122223333 us-east-1 sts",
            ),
            (
                // stratiform: no secret: the engine made it
                "ASIA444455556666ABCD/20261128/us-east-1/sts/aws4_request",
                "444455556666 us-east-1 sts",
            ),
        ] {
            assert_eq!(read(&signed(credential), "", "").as_deref(), Ok(expected));
        }
        let asymmetric = "AWS4-ECDSA-P256-SHA256 Credential=a/20261128/s3/aws4_request,SignedHeaders=host,Signature=s";
        assert_eq!(
            read(asymmetric, "", "*").as_deref(),
            Ok("111122223333 us-east-1 s3")
        );
        assert_eq!(
            read(asymmetric, "", "eu-west-1,eu-west-2").as_deref(),
            Ok("111122223333 eu-west-1 s3")
        );
        let presigned = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20261128%2Feu-west-1%2Fs3%2Faws4_request\
                         &X-Amz-SignedHeaders=host&X-Amz-Signature=s";
        assert_eq!(
            read("", presigned, "").as_deref(),
            Ok("111122223333 eu-west-1 s3")
        );
    }

    #[test]
    fn what_is_no_signature() {
        assert_eq!(read("", "", ""), Err(Trouble::NoSignature));
        for authorization in [
            "Bearer token",
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=a/b/eu-west-1/ecs/aws4_request",
            "AWS4-HMAC-SHA256 Credential=a/b/eu-west-1/ecs/aws4_request, SignedHeaders=h, Signature=",
            &signed("a/b/eu-west-1/ecs"),
            &signed("/b/eu-west-1/ecs/aws4_request"),
            &signed("a/b/eu-west-1/<ecs>/aws4_request"),
        ] {
            assert_eq!(
                read(authorization, "", ""),
                Err(Trouble::HalfSignature),
                "{authorization}"
            );
        }
        assert_eq!(
            read(&signed("a/b/here/ecs/aws4_request"), "", ""),
            Err(Trouble::Misdirected)
        );
        assert_eq!(
            read("", "X-Amz-Signature=s", ""),
            Err(Trouble::HalfSignature)
        );
    }
}
