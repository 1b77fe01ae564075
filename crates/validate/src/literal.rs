//! Values that are written out, held against the schemas: ranges, lengths, patterns, choices, repetitions.
//!
//! A value that several schemas may be about is right where one of them takes it.

use stratiform_catalog::{
    JsonType, Keyword, PropertyPath, ResourceType, Schema, behaviour, catalog,
};
use stratiform_finding::{Code, Finding};
use stratiform_template::{Function, Member, Resource, Template, Value};

use crate::bound::{self, Bounds};
use crate::{kind, pattern};

/// Alternatives inside of alternatives, beyond which nothing is said. The catalog has fewer.
const DEEPEST: usize = 16;

/// Limits of the schemas that AWS does not keep to: type and property. Each with who found it.
const WRONG: [(&str, &str); 1] = [
    // aws-cdk#38827: 32 hexadecimal digits without hyphens are accepted.
    ("AWS::SSO::Assignment", "PrincipalId"),
];

/// What literal values of a template break: each finding has the value's path, and no place.
///
/// Resources of types that the catalog does not have, and what a loop or macro makes, are passed over.
pub fn literals(template: &Template) -> Vec<Finding> {
    let mut found = Vec::new();
    for (logical_id, member) in &template.resources {
        let Member::One(resource) = member else {
            continue;
        };
        if let Some(resource_type) = catalog().resource_type(&resource.resource_type) {
            resource_literals(logical_id, resource, resource_type, &mut found);
        }
    }
    found
}

fn resource_literals(
    logical_id: &str,
    resource: &Resource,
    resource_type: ResourceType,
    found: &mut Vec<Finding>,
) {
    let start = ["Resources", logical_id, "Properties"].map(str::to_owned);
    for (name, value) in &resource.properties {
        if WRONG.contains(&(resource_type.name(), name)) {
            continue;
        }
        let mut check = Check {
            resource_type,
            path: start.iter().chain([name]).cloned().collect(),
            found: Vec::new(),
        };
        check.member(name, value, resource_type.schema(), 0);
        found.append(&mut check.found);
    }
}

/// One look at a value and what is inside of it.
struct Check {
    resource_type: ResourceType,
    path: Vec<String>,
    found: Vec<Finding>,
}

impl Check {
    /// A value that a map has by a name, by the schema of the map.
    fn member(&mut self, name: &str, value: &Value, map: Schema, depth: usize) {
        let mut schemas = Vec::new();
        members(name, map, depth, &mut schemas);
        self.any(value, &schemas, depth);
    }

    /// One schema must take the value; what the first has to say of it counts.
    fn any(&mut self, value: &Value, schemas: &[Schema], depth: usize) {
        let before = self.found.len();
        let mut first = Vec::new();
        for schema in schemas {
            self.value(value, *schema, depth);
            let said = self.found.split_off(before);
            if said.is_empty() {
                return;
            }
            if first.is_empty() {
                first = said;
            }
        }
        self.found.append(&mut first);
    }

    fn value(&mut self, value: &Value, schema: Schema, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let resolved = schema.resolve();
        match value {
            Value::Function(Function::If, branches) => {
                return self.branches(branches, schema, depth);
            }
            Value::Function(..) | Value::Null => return,
            // What stands in the place of a document is one.
            _ if resolved.format() == Some("json") => return,
            Value::String(text) => self.text(text, schema),
            Value::Number(number) => self.number(number.as_str(), resolved),
            Value::Bool(_) => {}
            Value::List(items) => self.list(items, resolved, depth),
            Value::Map(entries) => {
                for (name, member) in entries {
                    self.path.push(name.clone());
                    self.member(name, member, resolved, depth + 1);
                    self.path.pop();
                }
                // The members of the alternatives are looked at above.
                return;
            }
        }
        for alternatives in [
            Vec::from_iter(resolved.any_of()),
            Vec::from_iter(resolved.one_of()),
        ] {
            let fitting = alternatives.into_iter().filter(|one| fits(value, *one));
            self.any(value, &Vec::from_iter(fitting), depth + 1);
        }
    }

    /// What may come of `Fn::If`.
    fn branches(&mut self, branches: &Value, schema: Schema, depth: usize) {
        let Value::List(branches) = branches else {
            return;
        };
        for (position, branch) in branches.iter().enumerate().skip(1) {
            let step = [Function::If.name().to_owned(), position.to_string()];
            self.path.extend(step);
            self.value(branch, schema, depth + 1);
            self.path.truncate(self.path.len() - 2);
        }
    }

    fn list(&mut self, items: &[Value], schema: Schema, depth: usize) {
        let is_literal = |value: &Value| !matches!(value, Value::Function(..));
        // How many items a function gives nobody knows: it may be none.
        if items.iter().all(is_literal) {
            let bounds = Bounds::of(schema, Keyword::MinItems, Keyword::MaxItems);
            if let Some(limit) = bounds.broken_by(items.len() as f64) {
                let what = format!("{} has {} items", self.named(), items.len());
                self.tell(Code::ValueLength, what, limit, bounds.help("items"));
            }
        }
        let differ = schema.keyword(Keyword::UniqueItems);
        if differ.and_then(|differ| differ.as_bool()) == Some(true) {
            let literal = || items.iter().filter(|item| is_literal(item));
            let repeated = literal()
                .enumerate()
                .any(|(position, item)| literal().take(position).any(|before| before == item));
            if repeated {
                let what = format!("{} has an item twice", self.named());
                let help = "take one of them away".to_owned();
                self.tell(
                    Code::ValueRepeated,
                    what,
                    "its items must differ".to_owned(),
                    help,
                );
            }
        }
        let Some(schema) = schema.items() else {
            return;
        };
        for (position, item) in items.iter().enumerate() {
            self.path.push(position.to_string());
            self.value(item, schema, depth + 1);
            self.path.pop();
        }
    }

    fn number(&mut self, written: &str, schema: Schema) {
        let bounds = match behaviour::range(self.resource_type.name(), &self.property_path()) {
            Some(range) => range.into(),
            None => Bounds::of(schema, Keyword::Minimum, Keyword::Maximum),
        };
        let Ok(number) = written.parse() else {
            return;
        };
        let what = format!("{} is {written}", self.named());
        if let Some(limit) = bounds.broken_by(number) {
            self.tell(Code::ValueOutOfRange, what, limit, bounds.help(""));
        } else if let Some(known) = bound::numbers(schema)
            && !known.contains(&number)
        {
            let why = format!("it must be one of {}", bound::some_of(&known));
            self.tell(Code::ValueNotAllowed, what, why, nearest(number, &known));
        }
    }

    fn text(&mut self, text: &str, schema: Schema) {
        // CloudFormation puts something else in its place.
        if text.contains("{{resolve:") {
            return;
        }
        let resolved = schema.resolve();
        let types = resolved.types();
        if !types.is_empty() && !types.contains(JsonType::String) {
            // Numbers may be written as text.
            return self.number(text, resolved);
        }
        let is = match self.is_secret() {
            true => format!("{} is text that is not shown here", self.named()),
            false => format!("{} is `{text}`", self.named()),
        };
        // What stands beside a reference to a definition counts, too.
        let beside = (schema != resolved).then_some(schema);
        for schema in [resolved].into_iter().chain(beside) {
            let bounds = Bounds::of(schema, Keyword::MinLength, Keyword::MaxLength);
            let length = text.chars().count();
            if let Some(limit) = bounds.broken_by(length as f64) {
                let what = format!("{} has {length} characters", self.named());
                return self.tell(Code::ValueLength, what, limit, bounds.help("characters"));
            }
            if let Some(pattern) = schema.pattern()
                && pattern::matches(pattern, text) == Some(false)
            {
                let why = format!("it must match `{pattern}`");
                let meant = (!self.is_secret()).then(|| meant(pattern, text)).flatten();
                let help = meant.unwrap_or_else(|| help_for(schema));
                return self.tell(Code::ValuePattern, is, why, help);
            }
            if let Some(known) = bound::choices(schema).or_else(|| self.choices())
                && !known
                    .iter()
                    .any(|known| bound::is_choice(schema, known, text))
            {
                let help = stratiform_finding::words::meant(text, known.iter().copied());
                let why = format!("it must be one of {}", bound::some_of(&known));
                let help = help.unwrap_or_else(|| UNTYPED.to_owned());
                return self.tell(Code::ValueNotAllowed, is, why, help);
            }
            if let Some(start) = kind::start(schema)
                && !text.starts_with(start)
            {
                let why = format!("it must begin with `{start}`");
                let help = "give the ID or the ARN of such a resource, or a handle".to_owned();
                return self.tell(Code::ValuePattern, is, why, help);
            }
        }
    }

    /// What the value is called: the last name of its path that is neither a position nor a function.
    fn named(&self) -> String {
        let mut names = self.path.iter().rev();
        let named = |step: &&String| !is_position(step) && *step != Function::If.name();
        let name = names.find(named).map_or("it", String::as_str);
        format!("`{name}`")
    }

    /// The path as the catalog writes it: names, and `*` for the items of a list.
    fn property_path(&self) -> String {
        let mut steps = self.path.iter().skip(3).map(String::as_str);
        let mut named = Vec::new();
        while let Some(step) = steps.next() {
            match step {
                // What follows is one of its branches.
                step if step == Function::If.name() => drop(steps.next()),
                step if is_position(step) => named.push("*"),
                step => named.push(step),
            }
        }
        named.join("/")
    }

    /// The choices that only AWS's page has.
    fn choices(&self) -> Option<Vec<&'static str>> {
        let own = self.property_path();
        let mut choices = behaviour::choices(self.resource_type.name());
        let (_, known) = choices.find(|(path, _)| path.as_str() == own)?;
        Some(known)
    }

    fn is_secret(&self) -> bool {
        let own = self.property_path();
        let is_step = |(step, own): (&str, &str)| step == own;
        let hidden = |path: PropertyPath| path.segments().zip(own.split('/')).all(is_step);
        self.resource_type.write_only().any(hidden)
    }

    fn tell(&mut self, code: Code, what: String, limit: String, help: String) {
        let why = format!("{limit}, by the catalog for {}", self.resource_type.name());
        self.found.push(Finding {
            path: self.path.clone(),
            ..Finding::new(code, what, help).because(why)
        });
    }
}

/// What to do where AWS knows better than the catalog.
const UNTYPED: &str = "where AWS accepts it, write `Opt::untyped(…)` or `Prop::untyped(…)`";

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
fn meant(pattern: &'static str, text: &str) -> Option<String> {
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

fn is_position(step: &str) -> bool {
    step.bytes().all(|byte| byte.is_ascii_digit())
}

/// The schemas of a member: that of its name, or else those that match it, and those of alternatives.
fn members(name: &str, map: Schema, depth: usize, found: &mut Vec<Schema>) {
    if depth > DEEPEST {
        return;
    }
    let map = map.resolve();
    if let Some(own) = map.property(name) {
        return found.push(own);
    }
    let named = map.pattern_properties();
    found.extend(named.filter_map(|(pattern, schema)| {
        (pattern::matches(pattern, name) == Some(true)).then_some(schema)
    }));
    found.extend(map.additional_properties());
    for branch in map.any_of().chain(map.one_of()).chain(map.all_of()) {
        members(name, branch, depth + 1, found);
    }
}

/// Whether a schema is about such values at all.
fn fits(value: &Value, schema: Schema) -> bool {
    let types = schema.resolve().types();
    types.is_empty()
        || match value {
            Value::String(_) | Value::Number(_) => [
                JsonType::String,
                JsonType::Number,
                JsonType::Integer,
                JsonType::Boolean,
            ]
            .into_iter()
            .any(|one| types.contains(one)),
            Value::List(_) => types.contains(JsonType::Array),
            Value::Map(_) => types.contains(JsonType::Object),
            Value::Bool(_) | Value::Null | Value::Function(..) => true,
        }
}
