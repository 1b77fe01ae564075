//! Every keyword that occurs in the source schemas: kept and why it is needed, or dropped and why.
//!
//! The importer refuses a keyword that is in neither table, so a new one is a decision that
//! somebody takes, never an oversight. What a kept keyword's value *is* ([`Holds`]) drives the one
//! walk that importing, checking and counting share.

/// What the value of a keyword is, for a walk that has to tell schemas from plain data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Plain data, kept as it is.
    Data,
    /// One schema, or a boolean.
    Schema,
    /// A list of schemas.
    Schemas,
    /// A map from names to schemas.
    NamedSchemas,
    /// A map in which only the entry `schema` is a schema.
    NestedSchema,
    /// A reference to a definition; the catalog keeps the definition's name.
    Reference,
    /// JSON pointers below `/properties/`, in nested lists or alone; the catalog drops that prefix.
    Pointers,
    /// The map of handlers; see [`HANDLER_KEYS`].
    Handlers,
    /// The tagging facts; `tagProperty` in it is a pointer.
    Tagging,
}

macro_rules! keywords {
    ($($variant:ident $name:literal $holds:ident $meaning:literal)*) => {
        /// A keyword that the catalog keeps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Keyword {
            $(#[doc = concat!("`", $name, "`: ", $meaning, ".")] $variant,)*
        }

        impl Keyword {
            /// All keywords, sorted by name.
            pub const ALL: &[Keyword] = &[$(Keyword::$variant,)*];

            /// Returns the name in the schema.
            pub fn name(self) -> &'static str {
                match self { $(Keyword::$variant => $name,)* }
            }

            /// Says what the value is.
            pub fn holds(self) -> Holds {
                match self { $(Keyword::$variant => Holds::$holds,)* }
            }

            /// Says in a few words what the keyword tells us.
            pub fn meaning(self) -> &'static str {
                match self { $(Keyword::$variant => $meaning,)* }
            }
        }
    };
}

keywords! {
    Ref "$ref" Reference "the schema is that of a definition"
    AdditionalIdentifiers "additionalIdentifiers" Pointers "other sets of properties that identify the resource"
    AdditionalProperties "additionalProperties" Schema "whether, or how, properties not listed are allowed"
    AllOf "allOf" Schemas "all of these apply"
    AnyOf "anyOf" Schemas "one of these applies, or more"
    ArrayType "arrayType" Data "whether a list is a list of attributes"
    CfnContext "cfnContext" NestedSchema "a rule over values gathered from other resources"
    CfnGather "cfnGather" NestedSchema "values to gather from other resources, and the rule over them"
    ConditionalCreateOnlyProperties "conditionalCreateOnlyProperties" Pointers "properties whose change sometimes replaces"
    Const "const" Data "the only value"
    Contains "contains" Schema "at least one item is like this"
    CreateOnlyProperties "createOnlyProperties" Pointers "properties whose change replaces the resource"
    Default "default" Data "the value if none is given"
    Definitions "definitions" NamedSchemas "schemas that others refer to"
    Dependencies "dependencies" Data "properties that need other properties"
    DependentExcluded "dependentExcluded" Data "properties that forbid other properties"
    DependentRequired "dependentRequired" Data "properties that need other properties"
    DeprecatedProperties "deprecatedProperties" Pointers "properties not to use any more"
    Else "else" Schema "applies where `if` does not"
    Enum "enum" Data "the values"
    EnumCaseInsensitive "enumCaseInsensitive" Data "the values, in any case"
    ExclusiveMaximum "exclusiveMaximum" Data "the number is below this"
    ExclusiveMinimum "exclusiveMinimum" Data "the number is above this"
    Format "format" Data "what kind of thing the string names"
    Handlers "handlers" Handlers "permissions and timeout of each operation"
    If "if" Schema "chooses `then` or `else`"
    InsertionOrder "insertionOrder" Data "whether the order of items means anything"
    Items "items" Schema "every item is like this"
    Lifecycle "lifecycle" Data "whether the service is being retired, and when"
    MaxItems "maxItems" Data "most items"
    MaxLength "maxLength" Data "longest string"
    MaxProperties "maxProperties" Data "most properties"
    MaxUniqueItems "maxUniqueItems" Data "most different items"
    Maximum "maximum" Data "greatest number"
    MinItems "minItems" Data "fewest items"
    MinLength "minLength" Data "shortest string"
    MinProperties "minProperties" Data "fewest properties"
    Minimum "minimum" Data "least number"
    MultipleOf "multipleOf" Data "the number is a multiple of this"
    Not "not" Schema "this does not apply"
    OneOf "oneOf" Schemas "exactly one of these applies"
    Pattern "pattern" Data "the regular expression a string matches"
    PatternProperties "patternProperties" NamedSchemas "properties whose names match a pattern"
    PrefixItems "prefixItems" Schemas "the first items, one by one"
    PrimaryIdentifier "primaryIdentifier" Pointers "the properties that identify the resource"
    Properties "properties" NamedSchemas "the properties"
    PropertyNames "propertyNames" Schema "every property's name is like this"
    PropertyTransform "propertyTransform" Data "how the service rewrites values, for comparing them"
    ReadOnlyProperties "readOnlyProperties" Pointers "properties that are returned and cannot be set"
    RelationshipRef "relationshipRef" Data "the type and property whose value this is"
    ReplacementStrategy "replacementStrategy" Data "whether a replacement creates or deletes first"
    Required "required" Data "properties that must be present"
    RequiredOr "requiredOr" Data "properties of which one must be present, or more"
    RequiredXor "requiredXor" Data "properties of which exactly one must be present"
    Taggable "taggable" Data "whether the resource takes tags; older spelling"
    Tagging "tagging" Tagging "whether, where and when the resource takes tags"
    Then "then" Schema "applies where `if` does"
    Type "type" Data "the JSON type, or a list of them"
    TypeConfiguration "typeConfiguration" Schema "settings of the type for a whole account"
    TypeName "typeName" Data "the name of the resource type"
    UniqueItems "uniqueItems" Data "whether items differ"
    UniqueKeys "uniqueKeys" Data "properties by which items differ"
    WriteOnlyProperties "writeOnlyProperties" Pointers "properties that are set and not returned"
}

/// Keywords that the catalog does not keep, and why.
pub const DROPPED: &[(&str, &str)] = &[
    ("$comment", "prose for the schema's authors"),
    ("$schema", "names the schema language, the same for all"),
    ("description", "prose"),
    ("documentationUrl", "a link for readers"),
    ("examples", "illustrates, decides nothing"),
    ("resourceLink", "a link into the web console"),
    ("sourceUrl", "a link for readers"),
    ("title", "prose"),
];

/// What a handler may say. `false`: dropped, because only listing through Cloud Control reads it.
pub const HANDLER_KEYS: &[(&str, bool)] = &[
    ("handlerSchema", false),
    ("permissions", true),
    ("timeoutInMinutes", true),
];

impl Keyword {
    /// Returns the keyword of that name, if the catalog keeps it.
    pub fn from_name(name: &str) -> Option<Keyword> {
        Keyword::ALL
            .iter()
            .copied()
            .find(|keyword| keyword.name() == name)
    }
}

/// What a reference to a definition starts with, in the source.
#[cfg(feature = "encode")]
pub const DEFINITIONS: &str = "#/definitions/";

/// What a pointer to a property starts with, in the source.
#[cfg(feature = "encode")]
pub const PROPERTIES: &str = "/properties/";

/// Tells whether the catalog drops a keyword.
#[cfg(feature = "encode")]
pub fn is_dropped(keyword: &str) -> bool {
    DROPPED.iter().any(|(dropped, _)| *dropped == keyword)
}

/// Tells an extension that maps regions to schemas from one that is a schema: no keyword is
/// `all` or has a hyphen.
#[cfg(feature = "encode")]
pub fn is_by_region(extension: &serde_json::Value) -> bool {
    let entries = extension.as_object().into_iter().flatten();
    entries
        .into_iter()
        .any(|(key, _)| key == "all" || key.contains('-'))
}
