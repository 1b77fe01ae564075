//! Rust identifiers for CloudFormation's names.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// `DBInstanceClass` → `db_instance_class`, as an identifier.
pub(crate) fn snake(name: &str) -> String {
    identifier(&words(name).to_snake_case())
}

/// `DBInstance` → `DbInstance`, as an identifier.
pub(crate) fn camel(name: &str) -> String {
    let words = words(name);
    let mut camel = String::new();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let word = word.to_upper_camel_case();
        // Two numbers stay two: `X86_64`.
        if camel.ends_with(|last: char| last.is_ascii_digit())
            && word.starts_with(|first: char| first.is_ascii_digit())
        {
            camel.push('_');
        }
        camel.push_str(&word);
    }
    identifier(&camel)
}

/// The identifier of a kind of text: `AWS::EC2::VPC.Id` → `Ec2VpcId`.
pub(crate) fn kind_name(format: &str) -> String {
    camel(format.strip_prefix("AWS::").unwrap_or(format))
}

/// Cuts a name where case alone does not: `IPv6` is one word, `KMSKeyARNs` ends in one.
fn words(name: &str) -> String {
    let name = name
        .replace("IPv", "Ipv")
        .replace("ARNs", "Arns")
        .replace("IDs", "Ids");
    let only_words = name.chars().map(|character| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            ' '
        }
    });
    only_words.collect()
}

/// Makes text a legal identifier: never empty, no digit first, no keyword.
fn identifier(text: &str) -> String {
    if text.is_empty() {
        return "Empty".to_owned();
    }
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("_{text}");
    }
    match text {
        // These cannot be raw identifiers.
        "self" | "super" | "crate" | "Self" => format!("{text}_"),
        _ if KEYWORDS.contains(&text) => format!("r#{text}"),
        _ => text.to_owned(),
    }
}

/// Rust's keywords, reserved ones included. Source: the Rust reference, "Keywords".
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized",
    "use", "virtual", "where", "while",
];

/// Names that are taken in one scope.
#[derive(Debug, Default)]
pub(crate) struct TakenNames(HashSet<String>);

impl TakenNames {
    /// Takes the first of some names that is free, or the last of them with a number.
    pub(crate) fn take(&mut self, names: impl IntoIterator<Item = String>) -> String {
        let mut last = String::new();
        for name in names {
            if self.0.insert(name.clone()) {
                return name;
            }
            last = name;
        }
        let numbered = (2..)
            .map(|number| format!("{last}{number}"))
            .find(|name| self.0.insert(name.clone()));
        numbered.unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_rust() {
        let cases = [
            ("DBInstanceClass", "db_instance_class", "DbInstanceClass"),
            (
                "VPCSecurityGroups",
                "vpc_security_groups",
                "VpcSecurityGroups",
            ),
            ("CidrIPv6", "cidr_ipv6", "CidrIpv6"),
            ("Type", "r#type", "Type"),
            ("Self", "self_", "Self_"),
            ("10.0", "_10_0", "_10_0"),
            ("X86_64", "x86_64", "X86_64"),
            ("aws:kms", "aws_kms", "AwsKms"),
            ("*", "Empty", "Empty"),
        ];
        for (name, as_snake, as_camel) in cases {
            assert_eq!(
                (snake(name).as_str(), camel(name).as_str()),
                (as_snake, as_camel),
                "{name}"
            );
        }
    }

    #[test]
    fn a_scope_never_gives_a_name_twice() {
        let mut scope = TakenNames::default();
        let names: Vec<String> = (0..3)
            .map(|_| scope.take(["A".to_owned(), "B".to_owned()]))
            .collect();
        assert_eq!(names, ["A", "B", "B2"]);
    }
}
