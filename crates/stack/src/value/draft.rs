//! Values whose references still name stacks.
//!
//! While an app is being built, `subnet.id()` does not know yet who will use it. A [`Draft`] keeps the
//! reference as it is; once all stacks are there, synthesis turns it into `Ref`, `Fn::GetAtt`,
//! `Fn::ImportValue` or `Fn::GetStackOutput`.

use std::borrow::Cow;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use indexmap::IndexMap;
use stratiform_template::{Function, Text, Value};

/// A tree of values, intrinsic functions and references across stacks.
#[derive(Clone, Debug)]
pub enum Draft {
    /// A value that is final: scalars, and whatever has no reference inside.
    Value(Value),
    /// A list.
    List(Vec<Draft>),
    /// A map, in order.
    Map(Vec<(Text, Draft)>),
    /// An intrinsic function and its argument.
    Function(Function, Box<Draft>),
    /// Text with values in it: becomes `Fn::Sub`.
    Text(Vec<Part>),
    /// A reference to a resource of some stack of the environment.
    Reference(Box<Reference>),
    /// A value that is as somebody wants it, whatever the catalog says.
    Untyped(Box<Draft>),
    /// A statement of a policy document.
    Statement(StatementDraft),
    /// The name of a condition, as the first argument of `Fn::If`.
    Condition(Target),
}

/// A statement of a policy document, which is held against what IAM knows.
#[derive(Clone, Debug)]
pub struct StatementDraft {
    /// Where it was written.
    pub(crate) location: &'static Location<'static>,
    pub(crate) listed: Listed,
    /// A map.
    pub(crate) content: Box<Draft>,
}

/// Where a statement's actions and keys are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// In the catalog.
    Here,
    /// Only at AWS, which is ahead of the catalog.
    Elsewhere,
}

/// A part of a [`Draft::Text`].
#[derive(Clone, Debug)]
pub enum Part {
    /// Text as it is; `${` in it is escaped.
    Literal(String),
    /// A value in its place.
    Value(Draft),
}

/// What a reference points at: a resource, and either its `Ref` or one attribute.
#[derive(Clone, Debug)]
pub struct Reference {
    pub(crate) target: Target,
    pub(crate) attribute: Option<Text>,
    pub(crate) shape: Shape,
}

/// Whether a reference gives one value or a list; exports hold text only, so a list crosses as joined text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    Single,
    /// A list of strings.
    List,
}

/// What a [`crate::Handle`], a parameter or a condition stands for: a place in a stack, which knows its logical ID.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub(crate) stack: StackId,
    /// The position in what the stack has declared.
    pub(crate) position: usize,
    /// Where it was declared.
    pub(crate) location: &'static Location<'static>,
}

/// Which stack it is, of whatever app: names are unique in one app only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StackId(u32);

impl StackId {
    /// One that no stack of this process has.
    pub(crate) fn next() -> StackId {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        StackId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What a stack keeps of a resource, a parameter or a condition for those who refer to it.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) exposure: Exposure,
    /// Where it was declared.
    pub(crate) location: &'static Location<'static>,
}

/// What a stack has declared, by logical ID. The keys are its authors' own, so that a quick hash will do.
pub(crate) type ByLogicalId = IndexMap<Text, Declared, foldhash::fast::RandomState>;

/// Whether a value may stand in an output, where everyone in the account can read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposure {
    /// It may.
    Open,
    /// It must not: a `NoEcho` parameter.
    Secret,
}

impl Reference {
    /// The reference that `Ref` gives.
    pub fn to(target: Target) -> Reference {
        Reference {
            target,
            attribute: None,
            shape: Shape::Single,
        }
    }

    /// The reference that `Fn::GetAtt` gives.
    pub fn attribute(target: Target, attribute: impl Into<Text>, shape: Shape) -> Reference {
        Reference {
            target,
            attribute: Some(attribute.into()),
            shape,
        }
    }
}

impl Draft {
    /// A map with static keys, leaving out what is not set.
    ///
    /// A vector, not any iterator: generated code calls this once per struct.
    pub fn object(entries: Vec<(&'static str, Option<Draft>)>) -> Draft {
        // Collecting would go on using the vector that is given, with its room for what is not set.
        let mut set =
            Vec::with_capacity(entries.iter().filter(|(_, value)| value.is_some()).count());
        set.extend(
            entries
                .into_iter()
                .filter_map(|(key, value)| Some((Text::new_static(key), value?))),
        );
        Draft::Map(set)
    }

    /// A reference as a value.
    pub(crate) fn reference(reference: Reference) -> Draft {
        Draft::Reference(Box::new(reference))
    }

    /// Notes the paths below a path, of whatever is untyped; inside of it nothing more is noted.
    pub(crate) fn untyped<'d>(
        &'d self,
        path: &mut Vec<Cow<'d, str>>,
        found: &mut Vec<Vec<String>>,
    ) {
        let mut inside = |step: Cow<'d, str>, draft: &'d Draft| {
            path.push(step);
            draft.untyped(path, found);
            path.pop();
        };
        match self {
            Draft::Untyped(_) => found.push(path.iter().map(Cow::to_string).collect()),
            Draft::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    inside(position.to_string().into(), item);
                }
            }
            Draft::Map(entries) => {
                for (key, entry) in entries {
                    inside(Cow::Borrowed(key), entry);
                }
            }
            Draft::Function(function, argument) => inside(function.name().into(), argument),
            Draft::Value(_)
            | Draft::Text(_)
            | Draft::Reference(_)
            | Draft::Statement(_)
            | Draft::Condition(_) => {}
        }
    }

    /// Leaves `null` in the place of a draft.
    pub(crate) fn take(&mut self) -> Draft {
        std::mem::replace(self, Draft::Value(Value::Null))
    }
}

impl<T: Into<Value>> From<T> for Draft {
    fn from(value: T) -> Self {
        Draft::Value(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_as_small_as_a_value() {
        assert_eq!(size_of::<Draft>(), size_of::<Value>());
    }
}
