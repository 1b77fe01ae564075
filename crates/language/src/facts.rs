//! What the catalog says of a place in a resource's properties.

use stratiform_catalog::behaviour::{self, Class};
use stratiform_catalog::{Fact, Handler, JsonType, Keyword, PropertyPath, ResourceType, Schema};

use crate::names::Names;

/// How many alternatives of a schema are looked at, and how deep they may be in each other.
const MOST: usize = 64;
const DEEPEST: usize = 6;

/// A place in the properties of a resource.
pub(crate) struct Facts {
    pub(crate) resource_type: ResourceType,
    /// Where, in the catalog's words: `Tags/*/Key`; empty for the properties as a whole.
    pub(crate) path: Vec<String>,
    /// What may be there: the schema as it is referred to, what that leads to, and its alternatives.
    pub(crate) schemas: Vec<Schema>,
    /// Whether what is above requires it.
    pub(crate) is_required: bool,
}

impl Facts {
    /// What is known of a path from the top of a template; branches of `Fn::If` are the place that they are in. None
    /// inside of other functions, and outside of properties.
    pub(crate) fn at(names: Names<'_>, path: &[&str]) -> Option<Facts> {
        let ["Resources", logical_id, "Properties", rest @ ..] = path else {
            return None;
        };
        let resource_type = names.resource_type(logical_id)?;
        let mut facts = Facts {
            resource_type,
            path: Vec::new(),
            schemas: alternatives(resource_type.schema()),
            is_required: false,
        };
        let mut rest = rest.iter();
        while let Some(step) = rest.next() {
            if *step == "Fn::If" {
                match rest.next() {
                    Some(&"1" | &"2") => continue,
                    _ => return None,
                }
            }
            if step.starts_with("Fn::") || *step == "Ref" {
                return None;
            }
            facts = facts.below(step)?;
        }
        Some(facts)
    }

    /// What is known of a property, or of the items of a list.
    pub(crate) fn below(&self, step: &str) -> Option<Facts> {
        let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
        let items = self.schemas.iter().filter_map(|schema| schema.items());
        let items: Vec<Schema> = items.filter(|_| is_index).collect();
        let (step, found) = match items.is_empty() {
            false => ("*", items),
            true => {
                let mut found: Vec<Schema> = self
                    .schemas
                    .iter()
                    .filter_map(|schema| schema.property(step))
                    .collect();
                if found.is_empty() {
                    let other = self.schemas.iter().flat_map(|schema| {
                        let patterns = schema.pattern_properties().map(|(_, schema)| schema);
                        schema.additional_properties().into_iter().chain(patterns)
                    });
                    found = other.collect();
                }
                (step, found)
            }
        };
        if found.is_empty() {
            return None;
        }
        let mut schemas = Vec::new();
        for schema in found {
            gather(schema, 0, &mut schemas);
        }
        let mut path = self.path.clone();
        path.push(step.to_owned());
        Some(Facts {
            resource_type: self.resource_type,
            is_required: self.schemas.first().is_some_and(|it| it.requires(step)),
            path,
            schemas,
        })
    }

    /// The properties that may be here, without those that are only returned; those that must be are marked.
    pub(crate) fn properties(&self) -> Vec<(&'static str, bool)> {
        let mut found: Vec<(&'static str, bool)> = Vec::new();
        let required: Vec<&str> = self
            .schemas
            .first()
            .map_or_else(Vec::new, |schema| schema.required().collect());
        for schema in &self.schemas {
            for (name, _) in schema.properties() {
                let is_known = found.iter().any(|(known, _)| *known == name);
                if !is_known && !self.is_in(self.resource_type.read_only(), Some(name)) {
                    found.push((name, required.contains(&name)));
                }
            }
        }
        found
    }

    /// Whether one of the paths is this one, or that of something in it.
    fn is_in(&self, mut paths: impl Iterator<Item = PropertyPath>, below: Option<&str>) -> bool {
        paths.any(|path| {
            let own = self.path.iter().map(String::as_str);
            path.segments().eq(own.chain(below))
        })
    }

    /// Whether one of the paths is this one, or that of something that this is in.
    fn is_under(&self, mut paths: impl Iterator<Item = PropertyPath>) -> bool {
        paths.any(|path| {
            let steps: Vec<&str> = path.segments().collect();
            let own: Vec<&str> = self.path.iter().map(String::as_str).collect();
            own.starts_with(&steps)
        })
    }

    /// All texts, numbers and booleans that may be here, where the catalog has a list.
    pub(crate) fn values(&self) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        let mut add = |value: String| {
            if !values.contains(&value) {
                values.push(value);
            }
        };
        for schema in &self.schemas {
            let listed = schema.enum_values().into_iter().flatten();
            let only = schema.const_value();
            listed.chain(only).filter_map(scalar).for_each(&mut add);
            let either = schema.keyword(Keyword::EnumCaseInsensitive);
            let either = either.and_then(Fact::as_list).into_iter();
            let either = either.flat_map(stratiform_catalog::ListFact::iter);
            either.filter_map(scalar).for_each(&mut add);
        }
        for (path, choices) in behaviour::choices(self.resource_type.name()) {
            if self.is_in(std::iter::once(path), None) {
                choices.into_iter().map(str::to_owned).for_each(&mut add);
            }
        }
        if values.is_empty() && self.takes(JsonType::Boolean) {
            values.extend(["true", "false"].map(str::to_owned));
        }
        values
    }

    pub(crate) fn takes(&self, json_type: JsonType) -> bool {
        let mut schemas = self.schemas.iter();
        schemas.any(|schema| schema.types().contains(json_type))
    }

    /// Whether what is here has parts.
    pub(crate) fn is_collection(&self) -> bool {
        let mut schemas = self.schemas.iter();
        schemas.any(|schema| {
            let types = schema.types();
            let is_map = schema.properties().next().is_some();
            is_map || types.contains(JsonType::Object) || types.contains(JsonType::Array)
        })
    }

    /// The kinds of text that may be here; none where it may be any.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        for kind in self
            .schemas
            .iter()
            .flat_map(|schema| stratiform_validate::kinds(*schema))
        {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }

    /// What is here, in words: `text, 1 to 80 characters`.
    pub(crate) fn shape(&self) -> String {
        let mut words = self.schemas.iter().map(|schema| shape(*schema));
        let words = words.find(|words| !words.is_empty());
        words.unwrap_or_default()
    }

    /// What a change does.
    pub(crate) fn change(&self) -> String {
        let known = self.resource_type;
        if self.is_under(known.create_only()) {
            return "A change **replaces** the resource.".to_owned();
        }
        if self.is_under(known.conditional_create_only()) {
            return "A change **may replace** the resource.".to_owned();
        }
        let has_handlers = known.handlers().next().is_some();
        if has_handlers && !known.handlers().any(|handler| handler == Handler::Update) {
            return "A change **replaces** the resource: the type has no updates.".to_owned();
        }
        let Some(documented) = behaviour::documented(known.name(), &self.path) else {
            return "A change is made in place.".to_owned();
        };
        let words = match documented.class {
            Class::None => "A change is made in place, without interruption",
            Class::Some => "A change is made in place, with some interruption",
            Class::Sometimes => "A change is made in place, sometimes with an interruption",
            Class::Exchanges => "What becomes another is taken away and added again",
            Class::Replaces => "A change **may replace** the resource, or interrupt it",
            Class::Deploys => "A change is deployed bit by bit",
            Class::Later => "A change is for what is made later",
        };
        match documented.what {
            "" | "-" | "no interruption" => format!("{words}."),
            what => format!("{words}: {what}."),
        }
    }

    /// What else is to be known of it.
    pub(crate) fn remarks(&self) -> Vec<&'static str> {
        let known = self.resource_type;
        let mut remarks = Vec::new();
        if self.is_under(known.read_only()) {
            remarks.push("It is read-only: returned, and never set.");
        }
        if self.is_under(known.write_only()) {
            remarks.push("It is write-only: set, and never returned, so that drift is not seen.");
        }
        if self.is_deprecated() {
            remarks.push("It is deprecated.");
        }
        remarks
    }

    pub(crate) fn is_deprecated(&self) -> bool {
        self.is_under(self.resource_type.deprecated())
    }

    /// The value that holds where none is written.
    pub(crate) fn default(&self) -> Option<String> {
        let mut schemas = self.schemas.iter();
        schemas.find_map(|schema| scalar(schema.default_value()?))
    }

    /// The numbers that AWS takes, where only its pages say so.
    pub(crate) fn range(&self) -> Option<std::ops::RangeInclusive<i64>> {
        behaviour::range(self.resource_type.name(), &self.path.join("/"))
    }
}

/// A schema as it is referred to, what that leads to, and all alternatives in it.
fn alternatives(schema: Schema) -> Vec<Schema> {
    let mut found = Vec::new();
    gather(schema, 0, &mut found);
    found
}

fn gather(schema: Schema, depth: usize, found: &mut Vec<Schema>) {
    if depth > DEEPEST || found.len() >= MOST {
        return;
    }
    let resolved = schema.resolve();
    found.push(resolved);
    if resolved.id() != schema.id() {
        // What stands beside a reference counts, too.
        found.push(schema);
    }
    let branches = [Keyword::Then, Keyword::Else];
    let branches = branches.into_iter().filter_map(|it| resolved.part(it));
    let all = resolved.any_of().chain(resolved.one_of());
    for branch in all.chain(resolved.all_of()).chain(branches) {
        gather(branch, depth + 1, found);
    }
}

pub(crate) fn scalar(fact: Fact) -> Option<String> {
    match fact {
        Fact::Text(text) => Some(text.to_owned()),
        Fact::Int(number) => Some(number.to_string()),
        Fact::Float(number) => Some(number.to_string()),
        Fact::Bool(boolean) => Some(boolean.to_string()),
        Fact::Null | Fact::List(_) | Fact::Map(_) => None,
    }
}

/// What a schema takes, in words.
pub(crate) fn shape(schema: Schema) -> String {
    let types: Vec<&str> = JsonType::ALL
        .into_iter()
        .filter(|it| schema.types().contains(*it))
        .map(word)
        .collect();
    if types.is_empty() {
        return String::new();
    }
    let mut words = types.join(" or ");
    if let Some(items) = schema.items().map(|items| shape(items.resolve()))
        && words == "list"
        && !items.is_empty()
    {
        let items = items.split(',').next().unwrap_or_default();
        words = format!("list of {}", plural(items));
    }
    let number = |keyword| schema.keyword(keyword).and_then(scalar);
    let between = |least: Option<String>, most: Option<String>, of: &str| match (least, most) {
        (Some(least), Some(most)) if least == most => Some(format!("{least}{of}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}{of}")),
        (Some(least), None) => Some(format!("at least {least}{of}")),
        (None, Some(most)) => Some(format!("at most {most}{of}")),
        (None, None) => None,
    };
    let bounds = [
        (Keyword::Minimum, Keyword::Maximum, ""),
        (Keyword::MinLength, Keyword::MaxLength, " characters"),
        (Keyword::MinItems, Keyword::MaxItems, " items"),
    ];
    for (least, most, of) in bounds {
        if let Some(bounds) = between(number(least), number(most), of) {
            words += &format!(", {bounds}");
        }
    }
    words
}

fn word(json_type: JsonType) -> &'static str {
    match json_type {
        JsonType::Array => "list",
        JsonType::Boolean => "boolean",
        JsonType::Integer => "whole number",
        JsonType::Null => "null",
        JsonType::Number => "number",
        JsonType::Object => "map",
        JsonType::String => "text",
    }
}

fn plural(word: &str) -> String {
    format!("{word}s")
}
