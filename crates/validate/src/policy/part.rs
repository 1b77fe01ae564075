//! Parts of values, as policies ask for them: what is not known is said, and never taken for right.
//!
//! All of it is asked in a case; see [`Check`](super::Check).

use stratiform_template::{Function, Path, Value};

use super::Policy;
use crate::schema::{Entries, Look, Looked};

/// What there is of a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Part<'v> {
    /// It is written, and may still be a function.
    Given(&'v Value),
    /// It is not there.
    Absent,
    /// Nobody can say whether it is there: a macro or a loop may add it, or what it would be in is not known.
    Unknown,
}

impl<'t> Look<'_, 't> {
    /// Tells that a policy is broken.
    pub(crate) fn broken(
        &mut self,
        policy: &Policy,
        path: &Path<'_>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.tell(path, policy.code, what, policy.reason, help);
    }

    /// What there is of a property, along names of maps.
    pub(crate) fn part<'v>(&self, entries: &'v Entries, way: &[&str]) -> Looked<'t, Part<'v>> {
        let Some((name, rest)) = way.split_first() else {
            return Ok(Part::Unknown);
        };
        let Some(value) = self.given(entries, name)? else {
            return Ok(match self.may_grow(entries) {
                true => Part::Unknown,
                false => Part::Absent,
            });
        };
        match (rest, value) {
            ([], Value::Function(Function::If | Function::Transform, _)) => Ok(Part::Unknown),
            ([], _) => Ok(Part::Given(value)),
            (_, Value::Map(inner)) => self.part(inner, rest),
            _ => Ok(Part::Unknown),
        }
    }

    /// Whether a property is `true`; none where nobody knows. Left out it is what AWS takes then.
    pub(crate) fn flag(
        &self,
        entries: &Entries,
        way: &[&str],
        left_out: bool,
    ) -> Looked<'t, Option<bool>> {
        match self.part(entries, way)? {
            Part::Given(value) => self.is_true(value),
            Part::Absent => Ok(Some(left_out)),
            Part::Unknown => Ok(None),
        }
    }

    /// A property that has to be `true`, and is `false` where it is left out: broken, or in doubt, where it is not.
    pub(crate) fn has_to_be_true(
        &mut self,
        policy: &Policy,
        entries: &Entries,
        way: &[&str],
        path: &Path<'_>,
        what: impl Into<String>,
    ) -> Looked<'t> {
        self.has_to_be(policy, entries, (way, true, false), path, what)
    }

    /// A property that has to be `true` or `false`, and is one of them where it is left out: broken, or in doubt, where
    /// it is not.
    pub(super) fn has_to_be(
        &mut self,
        policy: &Policy,
        entries: &Entries,
        (way, wanted, left_out): (&[&str], bool, bool),
        path: &Path<'_>,
        what: impl Into<String>,
    ) -> Looked<'t> {
        match self.flag(entries, way, left_out)? {
            Some(given) if given == wanted => {}
            Some(_) => {
                let help = format!("write `{}: {wanted}`", way.join("."));
                self.broken_at(policy, entries, way, path, what, help);
            }
            None => self.doubt(),
        }
        Ok(())
    }

    /// Tells that a policy is broken by a property: at what of it is written.
    pub(crate) fn broken_at(
        &mut self,
        policy: &Policy,
        entries: &Entries,
        way: &[&str],
        path: &Path<'_>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        match way.split_first() {
            Some((name, rest)) if entries.contains_key(name) => {
                let inner = entries.get(name).and_then(Value::as_map);
                let path = path.key(name);
                match inner {
                    Some(inner) if !rest.is_empty() => {
                        self.broken_at(policy, inner, rest, &path, what, help);
                    }
                    _ => self.broken(policy, &path, what, help),
                }
            }
            _ => self.broken(policy, path, what, help),
        }
    }

    /// The items of a list that are there in this case, with their positions; none where some are not known, and then in
    /// doubt. What is left out has none.
    pub(crate) fn items_of<'v>(
        &mut self,
        entries: &'v Entries,
        way: &[&str],
    ) -> Looked<'t, Option<Vec<(usize, &'v Value)>>> {
        let items = match self.part(entries, way)? {
            Part::Given(value) => self.items(value)?,
            Part::Absent => return Ok(Some(Vec::new())),
            Part::Unknown => None,
        };
        if items.is_none() {
            self.doubt();
        }
        Ok(items)
    }
}
