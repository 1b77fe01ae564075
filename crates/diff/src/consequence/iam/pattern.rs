//! Texts with wildcards, and which of them cover which.

use std::hash::{Hash, Hasher};

use stratiform_resolve::{Resolved, Segment, Style, Time};

/// Longer texts are covered by their equals only.
const MAX_LENGTH: usize = 2048;

/// Does one thing include all of another? Best last, so that a whole is the `min` of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cover {
    No,
    Perhaps,
    Yes,
}

/// Is `A` the same as `a`?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Matters,
    Ignored,
}

/// A text of a policy: wildcards, characters, and parts whose value is not known here.
#[derive(Clone)]
pub(super) struct Pattern {
    shown: String,
    tokens: Vec<Token>,
    /// With the current values of references, where that is something else.
    values: Option<Vec<Token>>,
    except: bool,
    /// Whether the template says it itself, or a parameter; not a pseudo parameter.
    written: bool,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Token {
    /// `*`
    Any,
    /// `?`
    One,
    Char(char),
    /// Only the same as itself. May be a secret, so that tokens have no `Debug`.
    Opaque(String),
}

impl Pattern {
    pub(super) fn new(value: &Resolved<'_>, case: Case) -> Self {
        let mut tokens = Vec::new();
        let mut values = Vec::new();
        match value {
            Resolved::Text(text) => {
                for segment in &text.segments {
                    let part = segment_tokens(segment, case);
                    values.extend(match segment {
                        Segment::Resource {
                            now: Some(now),
                            time: Time::Now,
                            ..
                        } => tokenise(now, case),
                        _ => part.clone(),
                    });
                    tokens.extend(part);
                }
            }
            other => tokens = tokenise(&other.shown(Style::Expression), case),
        }
        let (tokens, values) = (normal(tokens), normal(values));
        let differs = matches!(value, Resolved::Text(_)) && values != tokens;
        Pattern {
            shown: value.shown(Style::Expression),
            values: differs.then_some(values),
            tokens,
            except: false,
            written: match value {
                Resolved::Text(text) => !text.uses.is_empty(),
                _ => true,
            },
        }
    }

    /// Something that has a name of its own and no wildcards.
    pub(super) fn name(shown: impl Into<String>) -> Self {
        let shown = shown.into();
        Pattern {
            tokens: vec![Token::Opaque(shown.clone())],
            shown,
            values: None,
            except: false,
            written: false,
        }
    }

    /// Everything there is.
    pub(super) fn any(shown: &str) -> Self {
        Pattern {
            tokens: vec![Token::Any],
            ..Pattern::name(shown)
        }
    }

    /// Several as one: everything, where one of them is everything.
    pub(super) fn one_of(patterns: Vec<Pattern>) -> Self {
        let any = patterns.iter().find(|pattern| pattern.is_any()).cloned();
        any.unwrap_or_else(|| Pattern::joined(patterns))
    }

    /// Several as one text, compared as a whole.
    fn joined(mut patterns: Vec<Pattern>) -> Self {
        patterns.sort_by(|one, two| one.shown.cmp(&two.shown));
        patterns.dedup();
        let shown: Vec<&str> = patterns.iter().map(Pattern::shown).collect();
        let tokens = patterns.iter().flat_map(|pattern| {
            let end = std::iter::once(Token::Opaque(String::new()));
            let literal = pattern.tokens.iter().map(|token| match token {
                Token::Any => Token::Opaque("*".to_owned()),
                Token::One => Token::Opaque("?".to_owned()),
                Token::Char(_) | Token::Opaque(_) => token.clone(),
            });
            literal.chain(end)
        });
        Pattern {
            tokens: tokens.collect(),
            ..Pattern::name(shown.join(", "))
        }
    }

    /// Everything but these: `NotAction` and its like.
    pub(super) fn except(patterns: Vec<Pattern>) -> Self {
        let joined = Pattern::joined(patterns);
        let not = std::iter::once(Token::Opaque("not".to_owned()));
        Pattern {
            tokens: not.chain(joined.tokens).collect(),
            except: true,
            ..Pattern::name(format!("everything but {}", joined.shown))
        }
    }

    /// Another text that comes from the same place.
    pub(super) fn with_text(&self, text: &str) -> Self {
        Pattern {
            written: self.written,
            ..Pattern::new(&Resolved::literal(text), Case::Matters)
        }
    }

    /// The same text as another kind of thing, which only covers its own kind.
    pub(super) fn of_kind(mut self, kind: &str, shown: String) -> Self {
        let kind = Token::Opaque(kind.to_owned());
        self.tokens.insert(0, kind.clone());
        if let Some(values) = &mut self.values {
            values.insert(0, kind);
        }
        Pattern { shown, ..self }
    }

    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) fn is_written(&self) -> bool {
        self.written
    }

    pub(super) fn is_except(&self) -> bool {
        self.except
    }

    pub(super) fn is_any(&self) -> bool {
        self.tokens == [Token::Any]
    }

    fn values(&self) -> &[Token] {
        self.values.as_ref().unwrap_or(&self.tokens)
    }

    /// Whether everything that matches the other matches this.
    pub(super) fn covers(&self, other: &Pattern) -> Cover {
        let current = || {
            (self.values.is_some() || other.values.is_some())
                && matches(self.values(), other.values())
        };
        if matches(&self.tokens, &other.tokens) || current() {
            Cover::Yes
        } else if self.except {
            Cover::Perhaps
        } else {
            Cover::No
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.tokens == other.tokens
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.tokens.hash(state);
    }
}

fn segment_tokens(segment: &Segment, case: Case) -> Vec<Token> {
    vec![Token::Opaque(match segment {
        Segment::Known(text) => return tokenise(text, case),
        Segment::Resource {
            logical_id,
            attribute: None,
            ..
        } => format!("${{{logical_id}}}"),
        Segment::Resource {
            logical_id,
            attribute: Some(attribute),
            ..
        } => format!("${{{logical_id}.{attribute}}}"),
        Segment::Unknown { what, .. } => format!("${{{what}}}"),
        // No text of a template has this character.
        Segment::Secret(secret) => format!("\0{}", secret.reveal()),
    })]
}

/// Text with wildcards; IAM's variables (`${aws:username}`, `${*}`) are parts that are not known here.
fn tokenise(text: &str, case: Case) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let variable = rest.strip_prefix("${").and_then(|name| name.find('}'));
        let length = match variable {
            Some(end) => end + "${}".len(),
            None => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(match (variable, first, case) {
            (Some(_), ..) => Token::Opaque(token.to_owned()),
            (None, '*', _) => Token::Any,
            (None, '?', _) => Token::One,
            (None, first, Case::Ignored) => Token::Char(first.to_ascii_lowercase()),
            (None, first, Case::Matters) => Token::Char(first),
        });
        rest = after;
    }
    tokens
}

/// Runs of wildcards in one form: every `?` first, then at most one `*`.
fn normal(tokens: Vec<Token>) -> Vec<Token> {
    let mut normal: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match (normal.last(), &token) {
            (Some(Token::Any), Token::Any) => {}
            (Some(Token::Any), Token::One) => normal.insert(normal.len() - 1, token),
            _ => normal.push(token),
        }
    }
    normal
}

/// Whether a pattern matches all that another one matches: the other's wildcards are characters that only a wildcard
/// matches.
fn matches(pattern: &[Token], text: &[Token]) -> bool {
    if pattern.len().max(text.len()) > MAX_LENGTH {
        return pattern == text;
    }
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while position < text.len() {
        let fits = match (pattern.get(at), &text[position]) {
            (Some(Token::Any), _) => {
                star = Some((at, position));
                at += 1;
                continue;
            }
            (Some(Token::One), token) => matches!(token, Token::One | Token::Char(_)),
            (Some(one), two) => one == two,
            (None, _) => false,
        };
        if fits {
            (at, position) = (at + 1, position + 1);
        } else if let Some((star_at, matched)) = star {
            // The wildcard takes one more, and the rest is tried again.
            star = Some((star_at, matched + 1));
            (at, position) = (star_at + 1, matched + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|token| *token == Token::Any)
}

/// Whether a secret is in a text: then nothing of it may decide what is shown.
pub(super) fn is_secret(value: &Resolved<'_>) -> bool {
    let Resolved::Text(text) = value else {
        return false;
    };
    let mut segments = text.segments.iter();
    segments.any(|segment| matches!(segment, Segment::Secret(_)))
}

#[cfg(test)]
mod tests {
    use stratiform_resolve::{Resolved, Time};

    use super::{Case, Cover, Pattern};

    fn check(pattern: &str, other: &str, expected: bool) {
        let pattern_of =
            |text: &str| Pattern::new(&Resolved::literal(text.to_owned()), Case::Ignored);
        let covers = pattern_of(pattern).covers(&pattern_of(other)) == Cover::Yes;
        assert_eq!(covers, expected, "{pattern} covers {other}");
    }

    #[test]
    fn wildcards_cover_what_they_match() {
        check("*", "", true);
        check("*", "s3:*", true);
        check("s3:*", "S3:GetObject", true);
        check("s3:*", "s3:Get*", true);
        check("s3:Get*", "s3:*", false);
        check("s3:Get*", "s3:PutObject", false);
        check("s3:?et*", "s3:GetObject", true);
        check("a?", "a*", false);
        check("a*", "a?", true);
        check("*?", "?*", true);
        check("**", "*", true);
        check("a*b*c", "axbxbyc", true);
        check("a*b*c", "axbxby", false);
        check("arn:x/${aws:username}/*", "arn:x/${aws:username}/a", true);
        check("arn:x/${aws:username}", "arn:x/${aws:userid}", false);
        check("arn:x/?", "arn:x/${aws:username}", false);
        check("é*", "éa", true);
        check("${", "${", true);
    }

    #[test]
    fn what_is_not_known_is_covered_by_itself_and_by_wildcards() {
        let star = Resolved::unknown("*", Time::Now, Vec::new());
        let star = Pattern::new(&star, Case::Matters);
        let name = Pattern::new(&Resolved::literal("x"), Case::Matters);
        assert!(star.covers(&star) == Cover::Yes);
        assert!(Pattern::any("*").covers(&star) == Cover::Yes);
        assert!(star.covers(&name) == Cover::No);
    }
}
