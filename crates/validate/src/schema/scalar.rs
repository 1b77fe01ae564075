//! Texts, numbers and booleans: choices, ranges, lengths, patterns.

use stratiform_catalog::{Fact, JsonType, Keyword, PropertyPath, Schema, behaviour};
use stratiform_finding::words::{meant, only_near, shortened};
use stratiform_finding::{Code, Finding, Fix};
use stratiform_template::{Function, Path, Step, Value};

use super::decoded::Decoded;
use super::{Look, named};
use crate::bound::{self, Bounds};
use crate::{kind, pattern};

/// Limits of the schemas that AWS does not keep to: type and property, `*` for any step. Each with who found it.
const WRONG: [(&str, &str); 6] = [
    // ECS API, `RegisterTaskDefinition` and `CreateService`; Batch API, `CreateComputeEnvironment`: the short name of a
    // role, or its ARN.
    ("AWS::Batch::ComputeEnvironment", "ServiceRole"),
    ("AWS::ECS::Service", "Role"),
    ("AWS::ECS::TaskDefinition", "ExecutionRoleArn"),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn"),
    // aws-cdk#38827: 32 hexadecimal digits without hyphens are accepted.
    ("AWS::SSO::Assignment", "PrincipalId"),
    // AWS SAM, "Cognito": names of triggers; the catalog has CloudFormation's own property there.
    ("AWS::Serverless::Function", "Events/*/Properties/Trigger"),
];

/// Of those, what is not even of the schema's type.
const WRONG_TYPES: [(&str, &str); 1] = [WRONG[5]];

impl<'t> Look<'_, 't> {
    pub(super) fn scalar(&mut self, value: &Value, decoded: &Decoded, path: &Path<'_>) {
        let schema = decoded.schema;
        let Some(text) = value.scalar() else { return };
        if self.is_wrong_limit(path) {
            return;
        }
        let before = self.found.len();
        let types = decoded.types;
        let is_text = types.contains(JsonType::String)
            || types.is_empty() && matches!(value, Value::String(_));
        for (keyword, fact) in decoded.keywords.iter().copied() {
            match keyword {
                _ if self.found.len() > before => return,
                "const" => self.only(&text, fact, path),
                "enum" | "enumCaseInsensitive" => {
                    let any_case = self.is_rule() || keyword == "enumCaseInsensitive";
                    let mut known = fact.as_list().into_iter().flat_map(|known| known.iter());
                    if !known.any(|known| is(&text, known, any_case)) {
                        self.choice(&text, schema, path);
                    }
                }
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                    self.bound(&text, keyword, fact, schema, path);
                }
                "multipleOf" => self.step(&text, fact, path),
                "minLength" | "maxLength" if is_text => {
                    self.length_of(&text, keyword, fact, schema, path)
                }
                "pattern" if is_text => self.pattern(&text, fact, path),
                "format" if is_text => self.kind(&text, schema, path),
                _ => {}
            }
        }
        self.beyond_schema(&text, schema, path);
    }

    /// What only AWS's pages have: it is about the property, whatever its schema adds elsewhere.
    fn beyond_schema(&mut self, text: &str, schema: Schema, path: &Path<'_>) {
        let subject = self.subject;
        if schema.keyword(Keyword::Type).is_none()
            || subject.facts.choices.is_empty() && !subject.facts.has_ranges
        {
            return;
        }
        let own = self.property_path(path);
        let mut choices = subject.facts.choices.iter();
        if let Some((_, known)) = choices.find(|(path, _)| path.as_str() == own)
            && !known.contains(&text)
        {
            return self.not_among(text, known, path);
        }
        let range = behaviour::range(subject.resource_type.name(), &own);
        let bounds = range.map(Bounds::from).zip(text.trim().parse().ok());
        if let Some((bounds, number)) = bounds
            && let Some(limit) = bounds.broken_by(number)
        {
            self.out_of_range(text, &limit, bounds, path);
        }
    }

    /// One end of a range.
    fn bound(&mut self, text: &str, keyword: &str, fact: Fact, schema: Schema, path: &Path<'_>) {
        let Some((number, limit)) = text.trim().parse::<f64>().ok().zip(self.limit(fact)) else {
            return;
        };
        let (is_broken, words) = match keyword {
            "minimum" => (number < limit, "at least"),
            "maximum" => (number > limit, "at most"),
            "exclusiveMinimum" => (number <= limit, "more than"),
            _ => (number >= limit, "less than"),
        };
        if is_broken {
            let limit_of = |keyword| schema.keyword(keyword).and_then(|fact| self.limit(fact));
            let bounds = Bounds::between(limit_of(Keyword::Minimum), limit_of(Keyword::Maximum));
            self.out_of_range(text, &format!("{words} {limit}"), bounds, path);
        }
    }

    fn out_of_range(&mut self, text: &str, limit: &str, bounds: Bounds, path: &Path<'_>) {
        let what = format!("{} is {text}", named(path));
        let why = self.why(limit);
        self.tell(path, Code::ValueOutOfRange, what, why, bounds.help(""));
    }

    fn step(&mut self, text: &str, fact: Fact, path: &Path<'_>) {
        let Some((number, step)) = text.trim().parse::<f64>().ok().zip(fact.as_float()) else {
            return;
        };
        if step > 0.0 && (number / step).fract() != 0.0 {
            let what = format!("{} is {text}", named(path));
            let why = self.why(&format!("it must be a multiple of {step}"));
            let below = (number / step).floor() * step;
            let help = format!("give it {below} or {}", below + step);
            self.tell(path, Code::ValueOutOfRange, what, why, help);
        }
    }

    fn length_of(
        &mut self,
        text: &str,
        keyword: &str,
        fact: Fact,
        schema: Schema,
        path: &Path<'_>,
    ) {
        // Counted only where bytes leave it open.
        let is_broken =
            fact.as_int()
                .is_some_and(|limit| match (keyword, usize::try_from(limit)) {
                    ("minLength", Ok(limit)) => text.chars().take(limit).count() < limit,
                    (_, Ok(limit)) => text.len() > limit && text.chars().count() > limit,
                    (_, Err(_)) => false,
                });
        if !is_broken {
            return;
        }
        let length = text.chars().count();
        let bounds = Bounds::of(schema, Keyword::MinLength, Keyword::MaxLength);
        if let Some(limit) = bounds.broken_by(length as f64) {
            let what = format!("{} has {length} characters", named(path));
            let why = self.why(&limit);
            self.tell(
                path,
                Code::ValueLength,
                what,
                why,
                bounds.help("characters"),
            );
        }
    }

    fn pattern(&mut self, text: &str, fact: Fact, path: &Path<'_>) {
        let Some(pattern) = self.pattern_of(fact) else {
            return;
        };
        if pattern::matches(pattern, text) == Some(false) && !self.fails_silently() {
            let why = self.why(&format!("it must match `{pattern}`"));
            let is_secret = self.is_secret(path);
            let meant = (!is_secret).then(|| meant_name(pattern, text)).flatten();
            let help = meant.unwrap_or_else(|| help_for(pattern));
            let what = self.said(text, path);
            self.tell(path, Code::ValuePattern, what, why, help);
        }
    }

    /// Whether AWS does not keep to what the schema says of a property.
    pub(super) fn is_wrong_limit(&self, path: &Path<'_>) -> bool {
        self.stands_in(&WRONG, path)
    }

    /// Whether a property may have another type than its schema says.
    pub(super) fn is_wrong_type(&self, path: &Path<'_>) -> bool {
        self.stands_in(&WRONG_TYPES, path)
    }

    /// Whether a value stands at one of some properties: type and path, `*` for any step.
    pub(super) fn stands_in(&self, places: &[(&str, &str)], path: &Path<'_>) -> bool {
        let name = self.subject.resource_type.name();
        let mut known = places
            .iter()
            .filter(|(resource_type, _)| *resource_type == name);
        known.any(|(_, property)| {
            let own = self.property_path(path);
            let is_step = |(known, step): (&str, &str)| known == "*" || known == step;
            property.split('/').count() == own.split('/').count()
                && property.split('/').zip(own.split('/')).all(is_step)
        })
    }

    fn kind(&mut self, text: &str, schema: Schema, path: &Path<'_>) {
        if let Some(limit) = kind::broken(schema, text)
            && !self.fails_silently()
        {
            let why = self.why(&limit);
            let help = "give the ID or the ARN of such a resource, or a handle";
            let what = self.said(text, path);
            self.tell(path, Code::ValuePattern, what, why, help);
        }
    }

    /// A text that is none of the choices.
    fn choice(&mut self, text: &str, schema: Schema, path: &Path<'_>) {
        if self.fails_silently() {
            return;
        }
        let known = bound::choices(schema);
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
        let (help, only) = match self.is_secret(path) {
            true => (None, None),
            false => (
                meant(text, known.iter().copied()),
                only_near(text, known.iter().copied()),
            ),
        };
        let why = self.why(&format!("it must be one of {}", bound::some_of(known)));
        let what = self.said(text, path);
        let help = help.unwrap_or_else(|| "write one of them".to_owned());
        let finding = Finding::new(Code::ValueNotAllowed, what, help).because(why);
        let fix = only.map(|only| Fix::Replace(only.to_owned()));
        self.tell_finding(path, Finding { fix, ..finding });
    }

    fn only(&mut self, text: &str, wanted: Fact, path: &Path<'_>) {
        // What a rule gathered may have no such value.
        if let Fact::Map(_) = wanted {
            self.is_unknown = true;
            return;
        }
        if is(text, wanted, self.is_rule()) || self.fails_silently() {
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
    pub(super) fn property_path(&self, path: &Path<'_>) -> String {
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

/// Whether a text is what a schema has, as CloudFormation compares.
pub(super) fn is(text: &str, known: Fact, any_case: bool) -> bool {
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
        (None, None) => "write one of them".to_owned(),
    }
}

fn help_for(pattern: &str) -> String {
    match pattern.trim_start_matches(['^', '(']).starts_with("arn:") {
        true => "give an ARN".to_owned(),
        false => "correct the text".to_owned(),
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
