//! What a plain YAML scalar is.
//!
//! CloudFormation reads YAML 1.1, most tools since 2009 read YAML 1.2, and the two disagree. A plain scalar is
//! resolved only where it means the same to everyone who matters; anything else stays text exactly as written,
//! so that nothing is lost. cfn-lint (PyYAML) is the yardstick for the words.
//!
//! | written | read as | why |
//! |---|---|---|
//! | nothing, `~`, `null`, `Null`, `NULL` | null | YAML 1.1 and 1.2 |
//! | `true`, `True`, `TRUE`, `yes`, `on` and their cases | `true` | YAML 1.1 |
//! | `false`, `False`, `FALSE`, `no`, `off` and their cases | `false` | YAML 1.1 |
//! | `y`, `n`, `Y`, `N` | text | PyYAML never resolved them |
//! | `0`, `-1`, `1.50`, `1e5` (any JSON number) | number, digits as written | nothing is lost: `1.50` stays `1.50` |
//! | `012345678901`, `0o17`, `0x1F`, `0b1`, `1_000` | text | an account ID is no octal number |
//! | `+1`, `.5`, `1.`, `.inf`, `.nan` | text | no JSON number |
//! | `1:30`, `22:22` | text | base 60 in YAML 1.1 only |
//! | `2010-09-09`, `2001-12-14t21:59:43Z` | text | format versions are dates by accident |
//! | `=`, `<<` as a value | text | `<<` is special as a key only |
//! | anything in quotes or a block | text | |
//! | anything under a short tag (`!Ref 5`) | text | cfn-lint does the same |
//!
//! As a key, every scalar is text as written: `80:`, `true:`, `012345678901:`.

use crate::node::Scalar;
use crate::value::Number;

/// What a plain scalar without a tag means.
pub(crate) fn resolve(text: &str) -> Scalar {
    if is_null(text) {
        return Scalar::Null;
    }
    if let Some(boolean) = boolean(text) {
        return Scalar::Bool(boolean);
    }
    match text.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => match Number::parse(text) {
            Some(number) => Scalar::Number(number),
            None => Scalar::String(text.to_owned()),
        },
        _ => Scalar::String(text.to_owned()),
    }
}

pub(crate) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::node::Scalar;
    use crate::value::Number;

    #[test]
    fn the_table_holds() {
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve(text), Scalar::Null, "{text}");
        }
        for text in [
            "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON",
        ] {
            assert_eq!(resolve(text), Scalar::Bool(true), "{text}");
        }
        for text in ["false", "False", "no", "No", "NO", "off", "Off", "OFF"] {
            assert_eq!(resolve(text), Scalar::Bool(false), "{text}");
        }
        for text in [
            "0",
            "-0",
            "-1",
            "10",
            "1.50",
            "1e5",
            "1E+05",
            "99999999999999999999999",
        ] {
            let number = Number::parse(text).expect("a JSON number");
            assert_eq!(resolve(text), Scalar::Number(number), "{text}");
        }
        for text in [
            "y",
            "n",
            "Y",
            "N",
            "nULL",
            "tRUE",
            "012345678901",
            "0o17",
            "0x1F",
            "0b1",
            "1_000",
            "+1",
            ".5",
            "1.",
            ".inf",
            "-.inf",
            ".nan",
            "1:30",
            "22:22",
            "2010-09-09",
            "2001-12-14t21:59:43.10-05:00",
            "=",
            "<<",
            "-",
            "1e",
            "--1",
            "1 2",
            "10.0.0.0/16",
            "١",
        ] {
            assert_eq!(resolve(text), Scalar::String(text.to_owned()), "{text}");
        }
    }
}
