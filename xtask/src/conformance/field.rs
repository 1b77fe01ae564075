//! The fields of a change that are compared.

/// A field, or several that are compared as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// Whether the resource is listed, with which action and as which type.
    Action,
    Replacement,
    /// Attributes and properties that change; with values, as paths.
    Paths,
    PolicyAction,
    Scope,
    /// `Details` as a set, without the values in them.
    Details,
    /// `BeforeValue`, `AfterValue` and `AttributeChangeType` of the details that both have.
    Values,
    BeforeContext,
    AfterContext,
}

impl Field {
    pub(super) const ALL: [Field; 9] = [
        Field::Action,
        Field::Replacement,
        Field::Paths,
        Field::PolicyAction,
        Field::Scope,
        Field::Details,
        Field::Values,
        Field::BeforeContext,
        Field::AfterContext,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Field::Action => "action",
            Field::Replacement => "replacement",
            Field::Paths => "property paths",
            Field::PolicyAction => "policy action",
            Field::Scope => "scope",
            Field::Details => "details",
            Field::Values => "values",
            Field::BeforeContext => "before context",
            Field::AfterContext => "after context",
        }
    }

    /// Whether a difference without a reason makes the comparison fail: what a reviewer decides by.
    pub(super) fn must_agree(self) -> bool {
        self <= Field::Paths
    }
}
