//! The names and paths that services are described with.

use stratiform_environment::text::{check_kebab, check_length};
use stratiform_environment::{RefusedText, text};

text! {
    /// Name of a service: lower-case letters, digits and hyphens, at most 20 characters.
    pub struct ServiceName("service-name", "a service name", r"^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", check_service_name);
}

impl ServiceName {
    /// The start of the logical IDs of what belongs to the service: `WebApi` for `web-api`.
    pub fn logical_id_prefix(&self) -> String {
        let words = self.0.split('-');
        let words = words.map(|word| match word.split_at_checked(1) {
            Some((first, rest)) => first.to_ascii_uppercase() + rest,
            None => String::new(),
        });
        words.collect()
    }
}

fn check_service_name(text: &str) -> Result<(), RefusedText> {
    check_kebab(text, 20)
}

text! {
    /// Name of an environment variable that holds no secret: `LOG_LEVEL`.
    pub struct VariableName("variable-name", "a variable name", r"^[A-Z_][A-Z0-9_]{0,99}$", check_variable_name);
}

/// Words that are in the names of secrets, and rarely anywhere else.
const SECRET_WORDS: [&str; 10] = [
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "TOKEN",
    "APIKEY",
    "API_KEY",
    "PRIVATE_KEY",
    "ACCESS_KEY",
    "CREDENTIALS",
];

fn check_variable_name(text: &str) -> Result<(), RefusedText> {
    check_variable(text)?;
    match SECRET_WORDS.into_iter().find(|word| text.contains(word)) {
        // Where a secret is, is no secret.
        Some(_)
            if ["_ARN", "_NAME", "_ID", "_URL", "_TTL"]
                .iter()
                .any(|end| text.ends_with(end)) =>
        {
            Ok(())
        }
        Some(word) => Err(RefusedText::new(
            format!(
                "`{word}` sounds like a secret, and who may read a task definition reads its variables"
            ),
            format!(
                "put the value in Parameter Store, and its name under `secrets`: `{text}: /storefront/…`"
            ),
        )),
        None => Ok(()),
    }
}

text! {
    /// Name of an environment variable that holds a secret: `PAYMENT_KEY`.
    pub struct SecretVariableName("secret-variable-name", "a variable name", r"^[A-Z_][A-Z0-9_]{0,98}[A-Z0-9_]?$", check_variable);
}

fn check_variable(text: &str) -> Result<(), RefusedText> {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if !text.bytes().all(allowed) || text.starts_with(|first: char| first.is_ascii_digit()) {
        let near: String = text
            .to_uppercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        return Err(RefusedText::new(
            "a variable is capital letters, digits and `_`, and does not start with a digit",
            format!(
                "write `{}`",
                near.trim_start_matches(|c: char| c.is_ascii_digit())
            ),
        ));
    }
    check_length(text, 1, 100)
}

text! {
    /// Name of a parameter in Parameter Store: `/storefront/prod/payment-key`.
    pub struct ParameterName("parameter-name", "the name of a parameter", r"^/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", check_parameter_name);
}

fn check_parameter_name(text: &str) -> Result<(), RefusedText> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte);
    let shaped = text.starts_with('/')
        && !text.ends_with('/')
        && !text.contains("//")
        && text.bytes().all(allowed);
    let reserved = text.starts_with("/aws") || text.starts_with("/ssm");
    if !shaped || reserved {
        return Err(RefusedText::new(
            if reserved {
                "AWS keeps names that start with `/aws` or `/ssm` for itself"
            } else {
                "a parameter's name is words of letters, digits, `_`, `.` and `-`, with `/` before each"
            },
            "write a name such as `/storefront/prod/payment-key`",
        ));
    }
    check_length(text, 2, 1011)
}

text! {
    /// A path of a URL: `/healthz`.
    pub struct HttpPath("http-path", "a path", r"^/[^ *]*$", check_http_path);
}

fn check_http_path(text: &str) -> Result<(), RefusedText> {
    if text.starts_with('/') && !text.contains(|c: char| c.is_whitespace() || c == '*') {
        return check_length(text, 1, 1024);
    }
    Err(RefusedText::new(
        "a path starts with `/`, and has no spaces and no `*`",
        "write a path such as `/healthz`",
    ))
}

text! {
    /// Paths of URLs, where `*` is any text and `?` any character: `/api/*`.
    pub struct PathPattern("path-pattern", "a path pattern", r"^/[A-Za-z0-9_.$/~&'@:+*?-]*$", check_path_pattern);
}

impl PathPattern {
    /// Every path: `/*`.
    pub fn every() -> PathPattern {
        PathPattern("/*".to_owned())
    }
}

fn check_path_pattern(text: &str) -> Result<(), RefusedText> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.$/~'@:+*?&".contains(&byte);
    if text.starts_with('/') && text.bytes().all(allowed) {
        return check_length(text, 1, 128);
    }
    Err(RefusedText::new(
        "a path pattern starts with `/`, and has no spaces and no `\"`, which URLs never have",
        "write a pattern such as `/api/*`",
    ))
}
