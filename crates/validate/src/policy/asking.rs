//! What policies ask besides parts: texts, entries of lists, other resources of the template.
//!
//! All of it is asked in a case; see [`Check`](super::Check).

use std::borrow::Cow;

use stratiform_template::{Path, Resource, Step, Value};

use super::{Part, Policy};
use crate::schema::{Entries, Look, Looked};

/// The text that a property is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text<'v> {
    Known(Cow<'v, str>),
    /// It is not there.
    Absent,
    /// Nobody knows.
    Unknown,
}

/// A question about a map.
pub(crate) type Ask<'a, 's, 't> =
    &'a mut dyn FnMut(&mut Look<'s, 't>, &Entries, &Path<'_>) -> Looked<'t>;

impl<'s, 't> Look<'s, 't> {
    /// The text of a property, along names of maps.
    pub(crate) fn text_of<'v>(&self, entries: &'v Entries, way: &[&str]) -> Looked<'t, Text<'v>> {
        Ok(match self.part(entries, way)? {
            Part::Given(value) => self.word(value)?.map_or(Text::Unknown, Text::Known),
            Part::Absent => Text::Absent,
            Part::Unknown => Text::Unknown,
        })
    }

    /// Whether a property is there; none where nobody knows.
    pub(crate) fn is_given(&self, entries: &Entries, way: &[&str]) -> Looked<'t, Option<bool>> {
        Ok(match self.part(entries, way)? {
            Part::Given(_) => Some(true),
            Part::Absent => Some(false),
            Part::Unknown => None,
        })
    }

    /// Whether one of some properties is there; none where nobody knows.
    pub(crate) fn is_any_given(
        &self,
        entries: &Entries,
        names: &[&str],
    ) -> Looked<'t, Option<bool>> {
        let mut any = Some(false);
        for name in names {
            match self.is_given(entries, &[name])? {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None => any = None,
            }
        }
        Ok(any)
    }

    /// A property that has to be there: broken, or in doubt, where it is not.
    pub(crate) fn has_to_be_there(
        &mut self,
        policy: &Policy,
        entries: &Entries,
        way: &[&str],
        path: &Path<'_>,
        (what, help): (&str, &str),
    ) -> Looked<'t> {
        match self.is_given(entries, way)? {
            Some(true) => {}
            Some(false) => self.broken_at(policy, entries, way, path, what, help),
            None => self.doubt(),
        }
        Ok(())
    }

    /// A property that must not be `true`, and is not where it is left out.
    pub(crate) fn must_not_be_true(
        &mut self,
        policy: &Policy,
        entries: &Entries,
        way: &[&str],
        path: &Path<'_>,
        what: &str,
    ) -> Looked<'t> {
        self.has_to_be(policy, entries, (way, false, false), path, what)
    }

    /// A property that must not be `false`, and is `true` where it is left out.
    pub(crate) fn must_not_be_false(
        &mut self,
        policy: &Policy,
        entries: &Entries,
        way: &[&str],
        path: &Path<'_>,
        what: &str,
    ) -> Looked<'t> {
        self.has_to_be(policy, entries, (way, true, true), path, what)
    }

    /// A property that must have a text; left out it does not.
    pub(crate) fn has_to_read(
        &mut self,
        policy: &Policy,
        entries: &Entries,
        (way, wanted): (&[&str], &[&str]),
        path: &Path<'_>,
        what: &str,
    ) -> Looked<'t> {
        match self.text_of(entries, way)? {
            Text::Known(text) if wanted.contains(&text.as_ref()) => {}
            Text::Known(_) | Text::Absent => {
                let wanted = wanted.first().copied().unwrap_or_default();
                let help = format!("write `{}: {wanted}`", way.join("."));
                self.broken_at(policy, entries, way, path, what, help);
            }
            Text::Unknown => self.doubt(),
        }
        Ok(())
    }

    /// The value of the entry with a key, in a list of `Key` and `Value`.
    fn attribute_of<'v>(
        &self,
        entries: &'v Entries,
        (list, key): (&str, &str),
    ) -> Looked<'t, Text<'v>> {
        let items = match self.part(entries, &[list])? {
            Part::Given(value) => self.items(value)?,
            Part::Absent => return Ok(Text::Absent),
            Part::Unknown => None,
        };
        let Some(items) = items else {
            return Ok(Text::Unknown);
        };
        let mut otherwise = Text::Absent;
        for (_, item) in items {
            let Some(item) = item.as_map() else {
                otherwise = Text::Unknown;
                continue;
            };
            match self.text_of(item, &["Key"])? {
                Text::Known(known) if known == key => return self.text_of(item, &["Value"]),
                Text::Known(_) | Text::Absent => {}
                Text::Unknown => otherwise = Text::Unknown,
            }
        }
        Ok(otherwise)
    }

    /// The entry with a key has to be `true`, in a list of `Key` and `Value`; left out it is not.
    pub(crate) fn attribute_has_to_be_true(
        &mut self,
        policy: &Policy,
        entries: &Entries,
        (list, key): (&str, &str),
        path: &Path<'_>,
        (what, help): (&str, &str),
    ) -> Looked<'t> {
        match self.attribute_of(entries, (list, key))? {
            Text::Known(given) if given == "true" => {}
            Text::Known(_) | Text::Absent => {
                self.broken_at(policy, entries, &[list], path, what, help);
            }
            Text::Unknown => self.doubt(),
        }
        Ok(())
    }

    /// The maps of a list that are there in this case, each with its position; in doubt where some are not known.
    pub(crate) fn maps_of<'v>(
        &mut self,
        entries: &'v Entries,
        way: &[&str],
    ) -> Looked<'t, Vec<(usize, &'v Entries)>> {
        let mut maps = Vec::new();
        for (position, item) in self.items_of(entries, way)?.unwrap_or_default() {
            match item {
                Value::Map(item) => maps.push((position, item)),
                _ => self.doubt(),
            }
        }
        Ok(maps)
    }

    /// The resources of a type that are there in this case.
    pub(crate) fn others(&self, resource_type: &str) -> Looked<'t, Vec<&'t Resource>> {
        let mut others = Vec::new();
        let scene = self.scene;
        for (_, resource) in scene.template.each_resource() {
            if resource.resource_type == resource_type && self.exists(resource)? {
                others.push(resource);
            }
        }
        Ok(others)
    }

    /// Whether a value is this resource, whose properties are at the path.
    pub(crate) fn is_own(&self, value: &Value, path: &Path<'_>) -> Looked<'t, bool> {
        let own = match path.up.map(|resource| resource.step) {
            Some(Step::Key(own)) => own,
            Some(Step::Index(_)) | None => return Ok(false),
        };
        Ok(self.target(value)?.is_some_and(|(name, _)| name == own))
    }

    /// Goes to each map of a list, in each branch of its conditions: each is asked about by itself, so that conditions of
    /// one do not multiply with those of another. In doubt where some are not known.
    pub(crate) fn each_map(
        &mut self,
        entries: &Entries,
        name: &str,
        path: &Path<'_>,
        ask: Ask<'_, 's, 't>,
    ) -> Looked<'t> {
        let Some(list) = entries.get(name) else {
            if self.may_grow(entries) {
                self.doubt();
            }
            return Ok(());
        };
        self.inside(list, &path.key(name), &mut |look, list, path| match list {
            Value::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    let path = path.below(Step::Index(position));
                    look.inside(item, &path, &mut |look, item, path| {
                        look.ask_one(item, path, ask)
                    })?;
                }
                Ok(())
            }
            // One may stand for a list.
            one => look.ask_one(one, path, ask),
        })
    }

    fn ask_one(&mut self, value: &Value, path: &Path<'_>, ask: Ask<'_, 's, 't>) -> Looked<'t> {
        match value {
            Value::Map(entries) => self.at_each(path, |look| ask(look, entries, path)),
            _ => {
                self.doubt();
                Ok(())
            }
        }
    }
}
