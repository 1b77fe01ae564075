//! A file of rules that can be evaluated without harm.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cloudformation_guard_lang::exprs::RulesFile;
use cloudformation_guard_lang::parser::{Span as Text, rules_file};
use stratiform_finding::{Code, Finding, Place, Source, Span};

use crate::circle::{Flaw, Spot, flaws};
use crate::clauses::{Clauses, Position};
use crate::evaluate::quietly;
use crate::subject::Subject;

/// How deep blocks, filters and lists may stand inside each other. Each takes some kilobytes of stack.
const DEEPEST: usize = 50;

/// How deep filters and lists may: Guard's parser tries each of them in two ways, and those in it again.
const DEEPEST_FILTER: usize = 10;

/// The rules of a file.
#[derive(Debug)]
pub struct Rules<'s> {
    source: &'s Source,
    pub(crate) file: RulesFile<'s>,
    clauses: Clauses,
    subject: Subject,
}

impl<'s> Rules<'s> {
    /// Reads a file; nothing where it has no rules.
    ///
    /// # Errors
    /// It is not written in Guard's language, names what is not there, or has rules that would never come to an end.
    pub fn read(source: &'s Source) -> Result<Option<Rules<'s>>, Vec<Finding>> {
        if let Some(place) = too_deep(&source.text) {
            let what = "blocks stand inside each other too many times";
            let finding = Finding::new(
                Code::GuardFile,
                what,
                "take parts out as rules of their own",
            )
            .because(format!(
                "at most {DEEPEST}, and filters at most {DEEPEST_FILTER}"
            ));
            return Err(vec![finding.at(Place::text(
                source,
                span(source, place),
                "",
            ))]);
        }
        let parsed = quietly(|| {
            catch_unwind(AssertUnwindSafe(|| {
                rules_file(Text::new_extra(&source.text, ""))
            }))
        });
        let file = match parsed {
            Ok(Ok(Some(file))) => file,
            Ok(Ok(None)) => return Ok(None),
            Ok(Err(error)) => return Err(vec![unreadable(source, &error.to_string())]),
            Err(_) => return Err(vec![unreadable(source, "")]),
        };
        let found: Vec<Finding> = flaws(&file).iter().map(|flaw| told(source, flaw)).collect();
        if !found.is_empty() {
            return Err(found);
        }
        Ok(Some(Rules {
            source,
            clauses: Clauses::of(&file),
            subject: Subject::of(&file),
            file,
        }))
    }

    /// How many rules the file has.
    pub fn count(&self) -> usize {
        self.file.guard_rules.len()
    }

    pub(crate) fn clauses(&self) -> &Clauses {
        &self.clauses
    }

    pub(crate) fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The place of a clause; that of its rule, where nothing says which it is.
    pub(crate) fn place(&self, rule: &str, clause: Option<Position>) -> Place {
        let declared = || declared(&self.source.text, "rule", rule).unwrap_or((1, 1));
        let position = clause.unwrap_or_else(declared);
        Place::text(
            self.source,
            span(self.source, position),
            format!("rule `{rule}`"),
        )
    }
}

fn unreadable(source: &Source, error: &str) -> Finding {
    let number = |after: &str| {
        let digits = error
            .split_once(after)?
            .1
            .split(|other: char| !other.is_ascii_digit());
        digits.into_iter().next()?.parse::<u32>().ok()
    };
    let position = number(" at line ").zip(number(" at column "));
    let wanted = error.split_once("when handling ").map(|(_, rest)| rest);
    let wanted = wanted
        .and_then(|rest| rest.split_once(", fragment"))
        .map(|(wanted, _)| wanted.trim());
    let why = match wanted {
        Some(wanted) if !wanted.is_empty() => format!("Guard says: {wanted}"),
        Some(_) | None => String::new(),
    };
    let what = "this is not written in the language of Guard";
    let help = "correct it; https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html says how rules are written";
    let finding = Finding::new(Code::GuardFile, what, help).because(why);
    finding.at(Place::text(
        source,
        span(source, position.unwrap_or((1, 1))),
        "",
    ))
}

fn told(source: &Source, flaw: &Flaw) -> Finding {
    let text = &source.text;
    let position = match &flaw.place {
        Spot::At(line, column) => Some((*line, *column)),
        Spot::Declared([keyword, name]) => declared(text, keyword, name),
        Spot::Used(name) => used(text, name),
    };
    let finding =
        Finding::new(Code::GuardFile, flaw.what.clone(), flaw.help).because(flaw.why.clone());
    finding.at(Place::text(
        source,
        span(source, position.unwrap_or((1, 1))),
        "",
    ))
}

/// Where a keyword stands with a name after it.
fn declared(text: &str, keyword: &str, name: &str) -> Option<Position> {
    lines(text).find_map(|(line, content)| {
        let start = content.find(keyword)?;
        let before = content.get(..start)?;
        let rest = content.get(start + keyword.len()..)?;
        let rest = rest.trim_start().strip_prefix(name)?;
        let ends = !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        (before.trim().is_empty() && ends).then(|| (line, column(before)))
    })
}

/// Where a variable is used first.
fn used(text: &str, name: &str) -> Option<Position> {
    let wanted = format!("%{name}");
    lines(text).find_map(|(line, content)| {
        let start = content.find(&wanted)?;
        Some((line, column(content.get(..start)?)))
    })
}

fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.lines())
}

fn column(before: &str) -> u32 {
    u32::try_from(before.chars().count())
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

/// The rest of a line, from a position on.
fn span(source: &Source, (line, column): Position) -> Span {
    let text = &source.text;
    let index = |number: u32| usize::try_from(number.saturating_sub(1)).unwrap_or_default();
    let starts =
        std::iter::once(0).chain(text.match_indices('\n').map(|(position, _)| position + 1));
    let start = starts.into_iter().nth(index(line)).unwrap_or(text.len());
    let content = text.get(start..).unwrap_or_default();
    let content = content.split('\n').next().unwrap_or_default();
    let before: usize = content
        .chars()
        .take(index(column))
        .map(char::len_utf8)
        .sum();
    let end = content.trim_end().len().max(before);
    Span {
        start: start + before,
        end: start + end,
        line: index(line) + 1,
        column: index(column) + 1,
    }
}

/// Where brackets stand inside each other more often than may be; those in texts, patterns, comments and messages are
/// none.
fn too_deep(text: &str) -> Option<Position> {
    let mut depth = 0_usize;
    let mut filters = 0_usize;
    for (line, content) in lines(text) {
        let mut characters = content.chars().zip(1_u32..);
        let mut quote: Option<char> = None;
        let mut before = ' ';
        while let Some((character, column)) = characters.next() {
            match (quote, character) {
                (Some(_), '\\') => {
                    characters.next();
                }
                (Some(open), close) if open == close => quote = None,
                (Some(_), _) => {}
                (None, '#') => break,
                (None, '"' | '\'' | '/') => quote = Some(character),
                (None, '[') => filters += 1,
                (None, ']') => filters = filters.saturating_sub(1),
                (None, '{' | '(') => depth += 1,
                (None, '}' | ')') => depth = depth.saturating_sub(1),
                (None, '<') if before == '<' => break,
                (None, _) => {}
            }
            before = character;
            if depth > DEEPEST || filters > DEEPEST_FILTER {
                return Some((line, column));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<usize, Vec<String>> {
        let source = Source::new("policies/a.guard", text);
        let rules = Rules::read(&source);
        let rules = rules.map(|rules| rules.map_or(0, |rules| rules.count()));
        rules.map_err(|found| {
            let told = found.iter().map(|finding| {
                assert_eq!(finding.code, Code::GuardFile);
                let span = finding.span().unwrap();
                let marked = &source.text[span.range()];
                format!(
                    "{}:{} `{marked}`: {}; {}",
                    span.line, span.column, finding.what, finding.why
                )
            });
            told.collect()
        })
    }

    #[track_caller]
    fn refused(text: &str, told: &[&str]) {
        assert_eq!(read(text).unwrap_err(), told, "{text}");
    }

    #[test]
    fn rules_are_counted_and_comments_are_none() {
        assert_eq!(
            read("rule a {\n  Resources exists\n}\nrule b {\n  a\n}\n"),
            Ok(2)
        );
        assert_eq!(read("# nothing\n"), Ok(0));
        assert_eq!(read("AWS::S3::Bucket {\n  Properties exists\n}\n"), Ok(1));
    }

    #[test]
    fn what_is_no_rule_is_found_where_it_stands() {
        refused(
            "rule a {\n  Resources exists\n}\n\nrule b when {\n",
            &[
                "5:13 `{`: this is not written in the language of Guard; Guard says: There were no clauses present #5@13",
            ],
        );
        refused(
            "rule a {\n  Resources.* ==\n}\n",
            &[
                "2:17 ``: this is not written in the language of Guard; Guard says: expecting either a property access \"engine.core\" or value like \"string\" or [\"this\", \"that\"]",
            ],
        );
    }

    #[test]
    fn rules_that_lead_to_themselves_are_refused() {
        refused(
            "rule a when b {\n  Resources exists\n}\nrule b {\n  a\n}\n",
            &["1:1 `rule a when b {`: rule `a` leads to itself; rule `a` → rule `b` → rule `a`"],
        );
        refused(
            "rule a(x) {\n  a(%x)\n}\nrule b {\n  a(Resources)\n}\n",
            &["1:1 `rule a(x) {`: rule `a` leads to itself; rule `a` → rule `a`"],
        );
        refused(
            "let x = Resources.*[ Type == %y ]\nlet y = %x.Type\nrule a {\n  %x exists\n}\n",
            &[
                "1:1 `let x = Resources.*[ Type == %y ]`: variable `x` leads to itself; variable `x` → variable `y` → variable `x`",
            ],
        );
        // What is called sees the variables of whoever calls it.
        refused(
            "rule inner(p) {\n  %x exists\n}\nrule a {\n  let x = Resources.*[ inner(this) ]\n  %x exists\n}\n",
            &[
                "5:3 `let x = Resources.*[ inner(this) ]`: variable `x` leads to itself; variable `x` → rule `inner` → variable `x`",
            ],
        );
        // An inner variable hides an outer one, and asks for itself.
        refused(
            "let x = Resources\nrule a {\n  let x = %x.*\n  %x exists\n}\n",
            &["1:1 `let x = Resources`: variable `x` leads to itself; variable `x` → variable `x`"],
        );
        assert_eq!(
            read(
                "let x = Resources\nrule a {\n  let y = %x.*\n  %y exists\n}\nrule b {\n  let y = %x\n  %y exists\n  a\n}\n"
            ),
            Ok(2)
        );
    }

    #[test]
    fn a_chain_without_an_end_in_sight_is_refused_and_a_long_one_is_not() {
        let chain = |length: usize| {
            let mut text = "let x0 = Resources\n".to_owned();
            for number in 1..length {
                text += &format!("let x{number} = %x{}\n", number - 1);
            }
            text + &format!("rule a {{\n  %x{} exists\n}}\n", length - 1)
        };
        assert_eq!(read(&chain(150)), Ok(1));
        let told = read(&chain(3_000)).unwrap_err();
        assert_eq!(told.len(), 1);
        assert!(
            told[0].contains("leads through too many others; at most 200"),
            "{told:?}"
        );
    }

    #[test]
    fn what_is_asked_for_and_not_there_is_found_where_it_is_asked_for() {
        refused(
            "rule a {\n  Resources.%thing exists\n  nope\n  other(Resources)\n}\n",
            &[
                "3:3 `nope`: there is no rule `nope`; nothing in the file is called so",
                "4:3 `other(Resources)`: there is no rule `other` with parameters; nothing in the file is called so",
                "2:13 `%thing exists`: there is no variable `thing`; nothing in the file is called so",
            ],
        );
        assert_eq!(
            read(
                "rule a {\n  Resources[ id | Type == 'AWS::S3::Bucket' ] exists\n  %id exists\n}\n"
            ),
            Ok(1)
        );
    }

    #[test]
    fn what_stands_too_deep_is_refused_before_it_is_read() {
        let nested = |depth: usize| {
            format!(
                "rule a {{\n{}X exists{}\n}}\n",
                "X {\n".repeat(depth),
                "\n}".repeat(depth)
            )
        };
        assert_eq!(read(&nested(DEEPEST - 1)), Ok(1));
        let told = read(&nested(100_000)).unwrap_err();
        assert_eq!(
            told,
            [
                "51:3 `{`: blocks stand inside each other too many times; at most 50, and filters at most 10"
            ]
        );
        let filters = |depth: usize| {
            let (open, close) = ("X.*[ ".repeat(depth), " ] exists".repeat(depth));
            format!("rule a {{\n  {open}Z exists{close}\n}}\n")
        };
        assert_eq!(read(&filters(8)), Ok(1));
        assert_eq!(read(&filters(40)).unwrap_err().len(), 1);
        // Brackets in texts, patterns, comments and messages are none.
        let text = format!(
            "rule a {{\n  # {0}\n  Resources.* != '{0}'\n  X != /{0}/ << {0} >>\n}}\n",
            "\\[".repeat(60)
        );
        assert_eq!(read(&text), Ok(1));
    }
}
