//! Who a statement is about.

use stratiform_resolve::{Resolved, Style};

use super::pattern::{Case, Pattern, is_secret};

/// How everybody is called.
pub(super) const EVERYBODY: &str = "everybody";

/// The principals of `Principal`.
///
/// Source: IAM user guide, "AWS JSON policy elements: Principal".
pub(super) fn principals(value: &Resolved<'_>) -> Vec<Pattern> {
    match value {
        Resolved::Map(kinds) => {
            let each = kinds
                .iter()
                .flat_map(|(kind, names)| names.items().iter().map(|name| principal(kind, name)));
            each.collect()
        }
        names => names
            .items()
            .iter()
            .map(|name| principal("AWS", name))
            .collect(),
    }
}

fn principal(kind: &str, name: &Resolved<'_>) -> Pattern {
    let text = name.shown(Style::Expression);
    let word = match kind {
        "AWS" if text == "*" => return Pattern::any(EVERYBODY),
        "AWS" => {
            let pattern = Pattern::new(name, Case::Matters);
            return match account(&text).filter(|_| !is_secret(name)) {
                Some(account) => {
                    let shown = format!("account {account}");
                    pattern.with_text(account).of_kind(kind, shown)
                }
                None => pattern.of_kind(kind, text),
            };
        }
        "Service" => "service",
        "Federated" => "identity provider",
        "CanonicalUser" => "canonical user",
        other => other,
    };
    Pattern::new(name, Case::Matters).of_kind(kind, format!("{word} {text}"))
}

/// An account by its number or its root user, which mean the same.
fn account(name: &str) -> Option<&str> {
    let root = || {
        let name = name.strip_prefix("arn:")?.strip_suffix(":root")?;
        name.split_once(":iam::").map(|(_, account)| account)
    };
    let whole = is_account(name) || name == "${AWS::AccountId}";
    if whole { Some(name) } else { root() }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The account that a principal names by a number. One's own is written as `AWS::AccountId`.
pub(super) fn foreign_account(principal: &Pattern) -> Option<&str> {
    let shown = principal.shown();
    if !principal.is_written() {
        return None;
    }
    let number = match shown.strip_prefix("account ") {
        Some(number) => number,
        None => shown.strip_prefix("arn:")?.split(':').nth(3)?,
    };
    is_account(number).then_some(number)
}
