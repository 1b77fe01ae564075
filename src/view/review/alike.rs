//! What is the same in two environments, but for the environment's name.

/// A text with the name of its environment and its layout taken out, for comparing.
pub(super) fn without_environment(text: &str, environment: Option<&str>) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let Some(name) = environment.filter(|name| !name.is_empty()) else {
        return text;
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(name) {
        let (before, found) = rest.split_at(at);
        let behind = &found[name.len()..];
        let is_word = !out_ends_in_word(&out, before) && !begins_word(behind);
        out += before;
        out += if is_word { "\u{0}" } else { name };
        rest = behind;
    }
    out + rest
}

fn out_ends_in_word(out: &str, before: &str) -> bool {
    let last = before
        .chars()
        .next_back()
        .or_else(|| out.chars().next_back());
    last.is_some_and(char::is_alphanumeric)
}

fn begins_word(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_environments_are_words() {
        let of = |text| without_environment(text, Some("prod"));
        assert_eq!(of("shop-prod-api\n  in prod"), of("shop-prod-api in  prod"));
        assert_eq!(
            of("shop-prod-api in prod"),
            without_environment("shop-dev-api in dev", Some("dev"))
        );
        assert_eq!(of("product, reprod, prod2"), "product, reprod, prod2");
        assert_eq!(of("prod"), "\u{0}");
        assert_eq!(without_environment("prod", None), "prod");
    }
}
