//! Parts of values, as rules ask for them.
//!
//! What goes into values ([`Look::inside`], [`Look::along`]) goes into each branch of their conditions; what asks
//! ([`Look::given`], [`Look::word`]) does so in the case that is looked at, inside of [`Look::at_each`].

use std::borrow::Cow;

use stratiform_catalog::{JsonType, TypeSet};
use stratiform_finding::{Code, Level};
use stratiform_template::{Function, Map, Path, Resource, Step, Value};

use super::{Known, Look, Looked};
use crate::cases::Open;

/// The entries of a map.
pub(crate) type Entries = Map;

/// What a part of a document is, as far as that is the same for all of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Text, a number, or a boolean.
    Scalar,
    List,
    Map,
}

impl Form {
    /// The form of what is written out.
    pub(crate) fn of(value: &Value) -> Option<Form> {
        match value {
            Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(Form::Scalar),
            Value::List(_) => Some(Form::List),
            Value::Map(_) => Some(Form::Map),
            Value::Null | Value::Function(..) => None,
        }
    }

    /// The form of what a function gives, where all that it can give has one.
    fn of_types(types: TypeSet) -> Option<Form> {
        let mut forms = types.iter().map(|one| match one {
            JsonType::Array => Some(Form::List),
            JsonType::Object | JsonType::Null => None,
            JsonType::Boolean | JsonType::Integer | JsonType::Number | JsonType::String => {
                Some(Form::Scalar)
            }
        });
        let first = forms.next()??;
        forms.all(|form| form == Some(first)).then_some(first)
    }

    /// The form with its article.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Form::Scalar => "a text or number",
            Form::List => "a list",
            Form::Map => "a map",
        }
    }
}

/// What is done with a part of a value.
pub(crate) type Visit<'v, 's, 't> =
    &'v mut dyn FnMut(&mut Look<'s, 't>, &Value, &Path<'_>) -> Looked<'t>;

impl<'s, 't> Look<'s, 't> {
    /// Tells what is probably not what was meant.
    pub(crate) fn warn(
        &mut self,
        path: &Path<'_>,
        code: Code,
        what: impl Into<String>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.tell_as(Level::Warning, path, code, what, why, help);
    }

    /// Tells something that matters this much.
    pub(crate) fn tell_as(
        &mut self,
        level: Level,
        path: &Path<'_>,
        code: Code,
        what: impl Into<String>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.tell(path, code, what, why, help);
        if let Some(finding) = self.found.last_mut() {
            finding.level = level;
        }
    }

    /// Goes to what a value is, in each branch of `Fn::If`; nowhere where `AWS::NoValue` takes it away.
    pub(crate) fn inside(
        &mut self,
        value: &Value,
        path: &Path<'_>,
        go: Visit<'_, 's, 't>,
    ) -> Looked<'t> {
        match value {
            Value::Function(Function::If, branches) => {
                self.branches(branches, path, |look, branch, path| {
                    look.inside(branch, path, go)
                })
            }
            Value::Function(Function::Ref, name) if name.as_str() == Some("AWS::NoValue") => Ok(()),
            _ => go(self, value, path),
        }
    }

    /// Goes along names of properties, `*` for each item of a list, to each part that is there.
    pub(crate) fn along(
        &mut self,
        entries: &Entries,
        way: &[&str],
        path: &Path<'_>,
        go: Visit<'_, 's, 't>,
    ) -> Looked<'t> {
        let Some((name, rest)) = way.split_first() else {
            return Ok(());
        };
        match entries.get(name) {
            Some(value) => self.further(value, rest, &path.key(name), go),
            None => Ok(()),
        }
    }

    /// Goes along names and `*` from a value, to each part that is there.
    pub(crate) fn further(
        &mut self,
        value: &Value,
        way: &[&str],
        path: &Path<'_>,
        go: Visit<'_, 's, 't>,
    ) -> Looked<'t> {
        self.inside(value, path, &mut |look, value, path| match (way, value) {
            ([], _) => go(look, value, path),
            (["*", rest @ ..], Value::List(items)) => {
                for (position, item) in items.iter().enumerate() {
                    look.further(item, rest, &path.below(Step::Index(position)), go)?;
                }
                Ok(())
            }
            (_, Value::Map(entries)) => look.along(entries, way, path, go),
            _ => Ok(()),
        })
    }

    /// What a property is in this case; none where it is not there.
    pub(crate) fn given<'v>(
        &self,
        entries: &'v Entries,
        name: &str,
    ) -> Looked<'t, Option<&'v Value>> {
        match entries.get(name) {
            Some(value) => self.settled(value),
            None => Ok(None),
        }
    }

    /// The text that a value comes to in this case, where that is known before it is deployed.
    pub(crate) fn word<'v>(&self, value: &'v Value) -> Looked<'t, Option<Cow<'v, str>>> {
        let text = self.text_known(value)?;
        Ok(text.filter(|text| !text.contains("{{resolve:")))
    }

    /// The text of a property in this case, where that is known.
    pub(crate) fn word_of<'v>(
        &self,
        entries: &'v Entries,
        name: &str,
    ) -> Looked<'t, Option<Cow<'v, str>>> {
        match self.given(entries, name)? {
            Some(value) => self.word(value),
            None => Ok(None),
        }
    }

    /// The number that a property is in this case, where that is known.
    pub(crate) fn number_of(&self, entries: &Entries, name: &str) -> Looked<'t, Option<f64>> {
        let text = self.word_of(entries, name)?;
        Ok(text.and_then(|text| text.trim().parse().ok()))
    }

    /// The entries of a map in this case.
    pub(crate) fn entries<'v>(&self, value: &'v Value) -> Looked<'t, Option<&'v Entries>> {
        Ok(self.settled(value)?.and_then(Value::as_map))
    }

    /// The items that a list has in this case, with their positions; none where some are not known.
    pub(crate) fn items<'v>(
        &self,
        value: &'v Value,
    ) -> Looked<'t, Option<Vec<(usize, &'v Value)>>> {
        match self.settled(value)?.and_then(Value::as_list) {
            Some(items) => self.present(items),
            None => Ok(None),
        }
    }

    /// Those of some items that there are in this case, with their positions; none where some are not known.
    pub(super) fn present<'v>(
        &self,
        items: &'v [Value],
    ) -> Looked<'t, Option<Vec<(usize, &'v Value)>>> {
        let mut present = Vec::new();
        for (position, item) in items.iter().enumerate() {
            match self.settled(item)? {
                None => {}
                Some(Value::Function(Function::Transform, _)) => return Ok(None),
                Some(item) => present.push((position, item)),
            }
        }
        Ok(Some(present))
    }

    /// The form that a value has in this case and must not have; none where it fits, or nobody knows.
    pub(crate) fn misformed(&self, value: &Value, wanted: Form) -> Looked<'t, Option<Form>> {
        let Some(value) = self.settled(value)? else {
            return Ok(None);
        };
        let is_open = |entries: &Entries| entries.keys().any(|key| key.starts_with("Fn::"));
        let form = match value {
            Value::Function(..) => match self.known(value)? {
                Known::Value(known) => Form::of(&known),
                Known::Unknown(types) => Form::of_types(types),
                Known::Absent => None,
            },
            value => Form::of(value).filter(|_| !value.as_map().is_some_and(is_open)),
        };
        Ok(form.filter(|form| *form != wanted))
    }

    /// Whether a macro or a loop may add to a map.
    pub(crate) fn may_grow(&self, entries: &Entries) -> bool {
        self.scene.is_transformed || entries.keys().any(|key| key.starts_with("Fn::"))
    }

    /// Whether a resource is there in this case.
    pub(crate) fn exists(&self, resource: &'t Resource) -> Looked<'t, bool> {
        let Some(name) = &resource.condition else {
            return Ok(true);
        };
        if !self.scene.template.conditions.contains_key(name) {
            return Ok(true);
        }
        match self.scene.cases.holds(&self.case, name) {
            Some(holds) => Ok(holds),
            None => Err(Open::Condition(name)),
        }
    }

    /// The resource of this template that a value refers to in this case.
    pub(crate) fn target(&self, value: &Value) -> Looked<'t, Option<(&'t str, &'t Resource)>> {
        let Some(Value::Function(function, argument)) = self.settled(value)? else {
            return Ok(None);
        };
        let name = match (function, argument.as_ref()) {
            (Function::Ref, Value::String(name)) => name,
            (Function::GetAtt, Value::List(items)) => match items.first() {
                Some(Value::String(name)) => name,
                _ => return Ok(None),
            },
            (Function::Sub, Value::String(text)) => {
                let whole = text
                    .strip_prefix("${")
                    .and_then(|text| text.strip_suffix('}'));
                match whole {
                    Some(name) => name.split('.').next().unwrap_or(name),
                    None => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        let template = self.scene.template;
        let known = template.resources.get_key_value(name);
        Ok(known.and_then(|(name, _)| Some((name.as_str(), template.resource(name)?))))
    }

    /// What a value is known by in this case: two values with one key are one thing, whatever they come to.
    pub(crate) fn key(&self, value: &Value) -> Looked<'t, Option<String>> {
        if let Some((name, resource)) = self.target(value)?
            && let Some(Value::Function(function, argument)) = self.settled(value)?
        {
            let short = resource
                .resource_type
                .rsplit("::")
                .next()
                .unwrap_or_default();
            let attribute = argument.as_list().and_then(|items| items.get(1)?.as_str());
            let is_id = match (function, attribute) {
                (Function::GetAtt, Some(attribute)) => {
                    attribute == "Id"
                        || attribute
                            .strip_suffix("Id")
                            .is_some_and(|kind| kind.eq_ignore_ascii_case(short))
                }
                _ => true,
            };
            if is_id {
                return Ok(Some(format!("${{{name}}}")));
            }
        }
        if let Some(text) = self.text_known(value)? {
            return Ok(Some(text.into_owned()));
        }
        Ok(match self.settled(value)? {
            Some(Value::Function(Function::Transform, _)) | None => None,
            Some(value) => Some(value.to_json()),
        })
    }

    /// Whether a value is `true` in this case, where that is known.
    pub(crate) fn is_true(&self, value: &Value) -> Looked<'t, Option<bool>> {
        let text = self.word(value)?;
        Ok(match text.as_deref() {
            Some("true" | "True" | "TRUE") => Some(true),
            Some("false" | "False" | "FALSE") => Some(false),
            _ => None,
        })
    }
}
