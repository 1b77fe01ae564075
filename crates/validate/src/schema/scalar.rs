//! Texts, numbers and booleans: choices, ranges, lengths, patterns.

use stratiform_catalog::{Fact, JsonType, Keyword, MapFact, PropertyPath, Schema, behaviour};
use stratiform_finding::Code;
use stratiform_finding::words::{meant, shortened};
use stratiform_template::{Function, Path, Step, Value};

use super::{Look, named, text_of};
use crate::bound::{self, Bounds};
use crate::{kind, pattern};

/// Limits of the schemas that AWS does not keep to: type and property. Each with who found it.
const WRONG: [(&str, &str); 1] = [
    // aws-cdk#38827: 32 hexadecimal digits without hyphens are accepted.
    ("AWS::SSO::Assignment", "PrincipalId"),
];

impl<'t> Look<'_, 't> {
    pub(super) fn scalar(
        &mut self,
        value: &Value,
        schema: Schema,
        keywords: MapFact,
        path: &Path<'_>,
    ) {
        let Some(text) = text_of(value) else { return };
        let own = self.property_path(path);
        if WRONG.contains(&(self.subject.resource_type.name(), own.as_str())) {
            return;
        }
        let before = self.found.len();
        let types = schema.types();
        let is_text = types.contains(JsonType::String)
            || types.is_empty() && matches!(value, Value::String(_));
        if let Ok(number) = text.trim().parse::<f64>() {
            self.number(&text, number, schema, &own, path);
        }
        if is_text {
            self.text(&text, schema, path);
        }
        for (keyword, fact) in keywords.iter() {
            match keyword {
                _ if self.found.len() > before => break,
                "const" => self.only(&text, fact, path),
                "enum" | "enumCaseInsensitive" => self.choice(&text, schema, path),
                _ => {}
            }
        }
        // Those that only AWS's page has.
        if self.found.len() == before && is_text && keywords.get("enum").is_none() {
            let mut choices = behaviour::choices(self.subject.resource_type.name());
            if let Some((_, known)) = choices.find(|(path, _)| path.as_str() == own)
                && !known.contains(&text.as_ref())
            {
                self.not_among(&text, &known, path);
            }
        }
    }

    fn number(&mut self, text: &str, number: f64, schema: Schema, own: &str, path: &Path<'_>) {
        let bounds = match behaviour::range(self.subject.resource_type.name(), own) {
            Some(range) if self.is_top(schema) => range.into(),
            _ => {
                let limit = |keyword| schema.keyword(keyword).and_then(|fact| self.limit(fact));
                Bounds::between(limit(Keyword::Minimum), limit(Keyword::Maximum))
            }
        };
        let broken = bounds.broken_by(number).or_else(|| {
            let beyond = |keyword, is_beyond: fn(f64, f64) -> bool| {
                let limit = self.limit(schema.keyword(keyword)?)?;
                is_beyond(number, limit).then_some(limit)
            };
            let above = beyond(Keyword::ExclusiveMinimum, |number, limit| number <= limit);
            let below = beyond(Keyword::ExclusiveMaximum, |number, limit| number >= limit);
            let above = above.map(|limit| format!("more than {limit}"));
            above.or(below.map(|limit| format!("less than {limit}")))
        });
        if let Some(limit) = broken {
            let what = format!("{} is {text}", named(path));
            let why = self.why(&limit);
            self.tell(path, Code::ValueOutOfRange, what, why, bounds.help(""));
        } else if let Some(step) = schema.keyword(Keyword::MultipleOf).and_then(Fact::as_float)
            && step > 0.0
            && (number / step).fract() != 0.0
        {
            let what = format!("{} is {text}", named(path));
            let why = self.why(&format!("it must be a multiple of {step}"));
            let below = (number / step).floor() * step;
            let help = format!("give it {below} or {}", below + step);
            self.tell(path, Code::ValueOutOfRange, what, why, help);
        }
    }

    /// Ranges that AWS's pages have are those of the property, whatever schemas its alternatives add.
    fn is_top(&self, schema: Schema) -> bool {
        schema.keyword(Keyword::Type).is_some()
    }

    fn text(&mut self, text: &str, schema: Schema, path: &Path<'_>) {
        let bounds = Bounds::of(schema, Keyword::MinLength, Keyword::MaxLength);
        let length = text.chars().count();
        if let Some(limit) = bounds.broken_by(length as f64) {
            let what = format!("{} has {length} characters", named(path));
            let why = self.why(&limit);
            return self.tell(
                path,
                Code::ValueLength,
                what,
                why,
                bounds.help("characters"),
            );
        }
        if let Some(pattern) = schema
            .keyword(Keyword::Pattern)
            .and_then(|fact| self.pattern_of(fact))
            && pattern::matches(pattern, text) == Some(false)
        {
            let why = self.why(&format!("it must match `{pattern}`"));
            let is_secret = self.is_secret(path);
            let meant = (!is_secret).then(|| meant_name(pattern, text)).flatten();
            let help = meant.unwrap_or_else(|| help_for(schema));
            let what = self.said(text, path);
            return self.tell(path, Code::ValuePattern, what, why, help);
        }
        if let Some(start) = kind::start(schema)
            && !text.starts_with(start)
        {
            let why = self.why(&format!("it must begin with `{start}`"));
            let help = "give the ID or the ARN of such a resource, or a handle";
            let what = self.said(text, path);
            self.tell(path, Code::ValuePattern, what, why, help);
        }
    }

    fn choice(&mut self, text: &str, schema: Schema, path: &Path<'_>) {
        let known = bound::choices(schema);
        let any_case = self.is_rule() || schema.keyword(Keyword::EnumCaseInsensitive).is_some();
        if known.iter().any(|known| is(text, *known, any_case)) || known.is_empty() {
            return;
        }
        let numbers: Option<Vec<f64>> = known.iter().map(|known| known.as_float()).collect();
        if let Some((numbers, number)) = numbers.zip(text.trim().parse().ok()) {
            let what = format!("{} is {text}", named(path));
            let known = bound::some_of(&numbers);
            let why = self.why(&format!("it must be one of {known}"));
            return self.tell(
                path,
                Code::ValueNotAllowed,
                what,
                why,
                nearest(number, &numbers),
            );
        }
        let known: Vec<String> = known.into_iter().map(bound::written).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.not_among(text, &known, path);
    }

    fn not_among(&mut self, text: &str, known: &[&str], path: &Path<'_>) {
        let help = match self.is_secret(path) {
            true => None,
            false => meant(text, known.iter().copied()),
        };
        let why = self.why(&format!("it must be one of {}", bound::some_of(known)));
        let what = self.said(text, path);
        let help = help.unwrap_or_else(|| UNTYPED.to_owned());
        self.tell(path, Code::ValueNotAllowed, what, why, help);
    }

    fn only(&mut self, text: &str, wanted: Fact, path: &Path<'_>) {
        if is(text, wanted, self.is_rule()) {
            return;
        }
        let wanted = bound::written(wanted);
        let what = self.said(text, path);
        let why = self.why(&format!("it must be `{wanted}`"));
        self.tell(
            path,
            Code::ValueNotAllowed,
            what,
            why,
            format!("write `{wanted}`"),
        );
    }

    fn said(&self, text: &str, path: &Path<'_>) -> String {
        match self.is_secret(path) {
            true => format!("{} is text that is not shown here", named(path)),
            false => format!("{} is `{}`", named(path), shortened(text)),
        }
    }

    /// The path as the catalog writes it: names, and `*` for the items of a list.
    fn property_path(&self, path: &Path<'_>) -> String {
        let mut steps = Vec::new();
        let mut path = Some(path);
        while let Some(here) = path {
            steps.push(here.step);
            path = here.up;
        }
        // From the top: the section, the logical ID, `Properties`.
        let mut steps = steps.into_iter().rev().skip(3);
        let mut named = Vec::new();
        while let Some(step) = steps.next() {
            match step {
                // What follows is one of its branches.
                Step::Key(key) if key == Function::If.name() => drop(steps.next()),
                Step::Key(key) => named.push(key),
                Step::Index(_) => named.push("*"),
            }
        }
        named.join("/")
    }

    pub(super) fn is_secret(&self, path: &Path<'_>) -> bool {
        let own = self.property_path(path);
        let is_step = |(step, own): (&str, &str)| step == own;
        let hidden = |path: PropertyPath| path.segments().zip(own.split('/')).all(is_step);
        self.subject.resource_type.write_only().any(hidden)
    }
}

/// What to do where AWS knows better than the catalog.
const UNTYPED: &str = "where AWS accepts it, write `Opt::untyped(…)` or `Prop::untyped(…)`";

/// Whether a text is what a schema has, as CloudFormation compares.
fn is(text: &str, known: Fact, any_case: bool) -> bool {
    match known {
        Fact::Text(known) => known == text || any_case && known.eq_ignore_ascii_case(text),
        Fact::Bool(known) => text.eq_ignore_ascii_case(if known { "true" } else { "false" }),
        Fact::Int(_) | Fact::Float(_) => text.trim().parse().ok() == known.as_float(),
        Fact::Null | Fact::List(_) | Fact::Map(_) => false,
    }
}

/// The choices next to a number, below and above.
fn nearest(number: f64, known: &[f64]) -> String {
    let below = known.iter().copied().filter(|known| *known < number);
    let above = known.iter().copied().filter(|known| *known > number);
    match (below.reduce(f64::max), above.reduce(f64::min)) {
        (Some(below), Some(above)) => format!("give it {below} or {above}"),
        (Some(next), None) | (None, Some(next)) => format!("give it {next}"),
        (None, None) => UNTYPED.to_owned(),
    }
}

fn help_for(schema: Schema) -> String {
    match schema.pattern() {
        Some(pattern) if pattern.trim_start_matches(['^', '(']).starts_with("arn:") => {
            format!("give an ARN, or a handle; {UNTYPED}")
        }
        _ => format!("correct the text; {UNTYPED}"),
    }
}

/// A name like the text that matches: without spaces, with hyphens for what names do not have, in small letters.
fn meant_name(pattern: &'static str, text: &str) -> Option<String> {
    let hyphens = |is_one: fn(char) -> bool| text.trim().replace(is_one, "-");
    let name = hyphens(|letter| !letter.is_ascii_alphanumeric());
    let small = name.to_ascii_lowercase();
    let names = [
        text.trim().to_owned(),
        hyphens(char::is_whitespace),
        name,
        small,
    ];
    let fits = |name: &String| pattern::matches(pattern, name) == Some(true);
    let name = names.into_iter().find(fits)?;
    Some(format!("did you mean `{name}`?"))
}
