//! Which resources a backup plan selects.
//!
//! Source: AWS Backup developer guide, "BackupSelection"; AWS re:Post, "How do I assign resources to a Backup plan":
//! conditions are all needed, on top of the resources; tags of the list are each enough, besides the resources; what is
//! excluded is excluded; and where nothing is said, all is selected.

use indexmap::IndexMap;

/// What a plan selects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// ARNs, with `*` for anything.
    pub resources: Vec<String>,
    /// ARNs that are left out.
    pub not_resources: Vec<String>,
    /// Tags, each of which is enough: key and value.
    pub tags: Vec<(String, String)>,
    /// What tags must be, all of it.
    pub conditions: Vec<Condition>,
}

/// What a tag must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How it is compared.
    pub operator: Operator,
    /// The tag's key.
    pub key: String,
    /// The value that it is compared with.
    pub value: String,
}

/// How is a tag compared?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// It is the value.
    Equals,
    /// It is another.
    NotEquals,
    /// It is like the value, in which `*` stands for anything.
    Like,
    /// It is not.
    NotLike,
}

impl Selection {
    /// Whether it selects a resource.
    pub fn covers(&self, arn: &str, tags: &IndexMap<String, String>) -> bool {
        let is_among = |patterns: &[String]| patterns.iter().any(|known| is_like(arn, known));
        let says_nothing = self.resources.is_empty() && self.tags.is_empty();
        let has_tag = |(key, value): &(String, String)| tags.get(key) == Some(value);
        let is_selected =
            says_nothing || is_among(&self.resources) || self.tags.iter().any(has_tag);
        is_selected
            && !is_among(&self.not_resources)
            && self
                .conditions
                .iter()
                .all(|condition| condition.holds(tags))
    }
}

impl Condition {
    fn holds(&self, tags: &IndexMap<String, String>) -> bool {
        let tag = tags.get(&self.key).map(String::as_str);
        match self.operator {
            Operator::Equals => tag == Some(&self.value),
            Operator::NotEquals => tag != Some(&self.value),
            Operator::Like => tag.is_some_and(|tag| is_like(tag, &self.value)),
            Operator::NotLike => !tag.is_some_and(|tag| is_like(tag, &self.value)),
        }
    }
}

/// Whether a text is like a pattern, in which `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    let mut left = text;
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:rds:eu-west-1:111122223333:db:shop";

    fn covers(selection: Selection) -> bool {
        let tags = [("team".to_owned(), "shop".to_owned())].into();
        selection.covers(ARN, &tags)
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn condition(operator: Operator, value: &str) -> Selection {
        Selection {
            conditions: vec![Condition {
                operator,
                key: "team".to_owned(),
                value: value.to_owned(),
            }],
            ..Selection::default()
        }
    }

    #[test]
    fn resources_and_what_is_left_out() {
        let resources = |patterns: &[&str], not: &[&str]| Selection {
            resources: texts(patterns),
            not_resources: texts(not),
            ..Selection::default()
        };
        assert!(covers(resources(&[], &[])), "nothing said is all");
        for (patterns, expected) in [
            (&[ARN][..], true),
            (&["arn:aws:rds:*:*:db:*"], true),
            (&["*"], true),
            (&["arn:aws:rds:*:cluster:*"], false),
            (&["arn:aws:rds:*:db:shop-other"], false),
            (&["arn:aws:ec2:*", ARN], true),
        ] {
            assert_eq!(covers(resources(patterns, &[])), expected, "{patterns:?}");
        }
        assert!(!covers(resources(&["*"], &["arn:aws:rds:*"])));
    }

    #[test]
    fn a_tag_is_enough_and_conditions_are_all_needed() {
        let other = texts(&["arn:aws:ec2:*"]);
        let tagged = |value: &str| Selection {
            resources: other.clone(),
            tags: vec![("team".to_owned(), value.to_owned())],
            ..Selection::default()
        };
        assert!(covers(tagged("shop")));
        assert!(!covers(tagged("bank")));
        for (operator, value, expected) in [
            (Operator::Equals, "shop", true),
            (Operator::Equals, "sh*", false),
            (Operator::Like, "sh*", true),
            (Operator::NotEquals, "shop", false),
            (Operator::NotLike, "b*", true),
        ] {
            assert_eq!(covers(condition(operator, value)), expected, "{operator:?}");
        }
        let mut both = condition(Operator::Equals, "shop");
        both.resources = other;
        assert!(!covers(both), "a condition selects nothing by itself");
    }

    #[test]
    fn patterns() {
        for (text, pattern, expected) in [
            ("abc", "a*c", true),
            ("abc", "*b*", true),
            ("abc", "a*b", false),
            ("aa", "a*a", true),
            ("a", "a*a", false),
            ("", "*", true),
        ] {
            assert_eq!(is_like(text, pattern), expected, "{text} {pattern}");
        }
    }
}
