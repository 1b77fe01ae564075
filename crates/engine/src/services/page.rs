//! Answers in pages.

use serde_json::Value;

/// The part of a list after a token, of at most so many items, and the token of the next part. A token that is none of ours
/// begins at the start.
pub(super) fn page(
    items: impl IntoIterator<Item = Value>,
    token: Option<&str>,
    most: usize,
) -> (Vec<Value>, Option<String>) {
    let start = token.and_then(|token| token.parse().ok()).unwrap_or(0);
    let mut items = items.into_iter().skip(start);
    let part: Vec<Value> = items.by_ref().take(most.max(1)).collect();
    let more = items.next().is_some();
    let next = more.then(|| (start + part.len()).to_string());
    (part, next)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::page;

    #[test]
    fn pages_have_all_items_once() {
        let items: Vec<Value> = (0..5).map(Value::from).collect();
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let (part, next) = page(items.clone(), token.as_deref(), 2);
            seen.extend(part);
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, items);
    }
}
