//! Schemas: what a value may be. Views of facts, with JSON Schema's words.
//!
//! What is not here: deciding whether a value fits. That is `validate`'s work.

use crate::attribute::split;
use crate::fact::Fact;
use crate::keyword::Keyword;
use std::fmt;

/// How many references [`Schema::resolve`] follows. The longest chain in the catalog has 2, but
/// one definition refers to itself: `SseSpecification` of `AWS::EC2::VerifiedAccessTrustProvider`.
const MAX_REFERENCES: usize = 16;

/// How many schemas [`Schema::descend`] looks at. The longest path in the catalog has 10 steps.
const MAX_STEPS: u32 = 1000;

/// A schema: of a resource type, of a property, or of a part of one.
#[derive(Clone, Copy, PartialEq)]
pub struct Schema {
    root: Fact,
    node: Fact,
}

impl Schema {
    /// Takes the schema of a resource type, which holds the definitions.
    pub(crate) fn root(root: Fact) -> Schema {
        Schema { root, node: root }
    }

    fn at(self, node: Fact) -> Schema {
        Schema { node, ..self }
    }

    /// Returns the schema as a fact: a map, or a boolean (`true` allows all, `false` nothing).
    pub fn fact(self) -> Fact {
        self.node
    }

    /// Returns what tells the schema from all others of the catalog; `None` for a boolean.
    pub fn id(self) -> Option<(usize, usize)> {
        Some((self.root.place()?, self.node.place()?))
    }

    /// Returns a keyword's value. For [`Keyword::Ref`] it is what [`Schema::reference`] says.
    pub fn keyword(self, keyword: Keyword) -> Option<Fact> {
        self.node.get(keyword.name())
    }

    /// Returns the JSON types of the value; empty if the schema does not say.
    pub fn types(self) -> TypeSet {
        let types = self.keyword(Keyword::Type);
        types.map_or(TypeSet::EMPTY, TypeSet::of)
    }

    /// Returns the properties, sorted by name.
    pub fn properties(self) -> impl Iterator<Item = (&'static str, Schema)> {
        self.named(Keyword::Properties)
    }

    /// Returns a property.
    pub fn property(self, name: &str) -> Option<Schema> {
        Some(self.at(self.keyword(Keyword::Properties)?.get(name)?))
    }

    /// Returns the names of the properties that must be present, in the source's order.
    pub fn required(self) -> impl Iterator<Item = &'static str> {
        self.texts(Keyword::Required)
    }

    /// Tells whether a property must be present.
    pub fn requires(self, name: &str) -> bool {
        self.required().any(|required| required == name)
    }

    /// Returns the schema of every item of a list.
    pub fn items(self) -> Option<Schema> {
        Some(self.at(self.keyword(Keyword::Items)?))
    }

    /// Returns the allowed values, in the source's order.
    pub fn enum_values(self) -> Option<impl Iterator<Item = Fact>> {
        Some(self.keyword(Keyword::Enum)?.items())
    }

    /// Returns the only allowed value.
    pub fn const_value(self) -> Option<Fact> {
        self.keyword(Keyword::Const)
    }

    /// Returns the value that applies if none is given.
    pub fn default_value(self) -> Option<Fact> {
        self.keyword(Keyword::Default)
    }

    /// Returns what kind of thing the string names, for example `AWS::KMS::Key.Arn`.
    pub fn format(self) -> Option<&'static str> {
        self.keyword(Keyword::Format)?.as_text()
    }

    /// Returns the regular expression that a string must match, as written: ECMA-262.
    pub fn pattern(self) -> Option<&'static str> {
        self.keyword(Keyword::Pattern)?.as_text()
    }

    /// Returns the type and the property (`PropertyPath` text) whose value this one is.
    pub fn relationship(self) -> Option<(&'static str, &'static str)> {
        let relationship = self.keyword(Keyword::RelationshipRef)?;
        let path = relationship.get("propertyPath")?.as_text()?;
        Some((
            relationship.get("typeName")?.as_text()?,
            path.strip_prefix("/properties/").unwrap_or(path),
        ))
    }

    /// Returns the name of the definition that this schema refers to.
    ///
    /// `None` also for a reference to something else, which [`Schema::resolve`] follows all the
    /// same; `#/properties/Arn` in `AWS::OpenSearchService::Application` is the only one.
    pub fn reference(self) -> Option<&'static str> {
        self.keyword(Keyword::Ref)?
            .as_text()
            .filter(|reference| !reference.starts_with('#'))
    }

    /// Follows references until there is none. Keywords beside a `$ref` are on the unresolved
    /// schema only: ask both. A reference that leads nowhere, or in circles, resolves to itself.
    pub fn resolve(self) -> Schema {
        let mut schema = self;
        for _ in 0..MAX_REFERENCES {
            match schema.follow() {
                Some(next) => schema = next,
                None if schema.keyword(Keyword::Ref).is_some() => return self,
                None => return schema,
            }
        }
        self
    }

    fn follow(self) -> Option<Schema> {
        let reference = self.keyword(Keyword::Ref)?.as_text()?;
        match reference.strip_prefix("#/") {
            None => self.definition(reference),
            Some(pointer) => pointer
                .split('/')
                .try_fold(self.root, |fact, step| fact.get(step))
                .map(|fact| self.at(fact)),
        }
    }

    /// Follows the name of an attribute: through properties, `*` for the items of a list, and where
    /// they have no such step, through the alternatives. The result is not resolved.
    pub(crate) fn descend(self, name: &str) -> Option<Schema> {
        let mut steps = MAX_STEPS;
        self.walk(name, &mut steps)
    }

    fn walk(self, name: &str, steps: &mut u32) -> Option<Schema> {
        *steps = steps.checked_sub(1)?;
        let schema = self.resolve();
        let (step, rest) = split(name);
        let items = if step == "*" { schema.items() } else { None };
        let next = items.or_else(|| schema.property(step));
        let found = next.and_then(|next| match rest {
            Some(rest) => next.walk(rest, steps),
            None => Some(next),
        });
        found.or_else(|| {
            schema
                .any_of()
                .chain(schema.all_of())
                .chain(schema.one_of())
                .find_map(|alternative| alternative.walk(name, steps))
        })
    }

    /// Returns a definition of the resource type that this schema is part of.
    pub fn definition(self, name: &str) -> Option<Schema> {
        let definitions = self.root.get(Keyword::Definitions.name())?;
        Some(self.at(definitions.get(name)?))
    }

    /// Returns all definitions of the resource type that this schema is part of.
    pub fn definitions(self) -> impl Iterator<Item = (&'static str, Schema)> {
        self.at(self.root).named(Keyword::Definitions)
    }

    /// Returns the schemas of which exactly one applies.
    pub fn one_of(self) -> impl Iterator<Item = Schema> {
        self.schemas(Keyword::OneOf)
    }

    /// Returns the schemas of which at least one applies.
    pub fn any_of(self) -> impl Iterator<Item = Schema> {
        self.schemas(Keyword::AnyOf)
    }

    /// Returns the schemas that all apply.
    pub fn all_of(self) -> impl Iterator<Item = Schema> {
        self.schemas(Keyword::AllOf)
    }

    /// Returns the schemas of properties whose names match a pattern.
    pub fn pattern_properties(self) -> impl Iterator<Item = (&'static str, Schema)> {
        self.named(Keyword::PatternProperties)
    }

    /// Returns the schema of properties that are not listed; `None` if none is given, or only
    /// whether there may be any, which [`Schema::allows_additional_properties`] tells.
    pub fn additional_properties(self) -> Option<Schema> {
        let node = self.keyword(Keyword::AdditionalProperties)?;
        node.as_map().map(|_| self.at(node))
    }

    /// Tells whether properties are allowed that are not listed. As in JSON Schema, silence
    /// allows them; names that match a pattern are listed.
    pub fn allows_additional_properties(self) -> bool {
        self.keyword(Keyword::AdditionalProperties) != Some(Fact::Bool(false))
    }

    /// Returns the schema that a keyword holds, for example [`Keyword::If`].
    pub fn part(self, keyword: Keyword) -> Option<Schema> {
        Some(self.at(self.keyword(keyword)?))
    }

    /// Returns the schema below a key that is no keyword: rules over gathered values have such.
    pub fn part_named(self, key: &str) -> Option<Schema> {
        Some(self.at(self.node.get(key)?))
    }

    /// Returns the schemas that a keyword holds, for example [`Keyword::PrefixItems`].
    pub fn parts(self, keyword: Keyword) -> impl Iterator<Item = Schema> {
        self.schemas(keyword)
    }

    fn texts(self, keyword: Keyword) -> impl Iterator<Item = &'static str> {
        self.keyword(keyword).into_iter().flat_map(Fact::texts)
    }

    fn schemas(self, keyword: Keyword) -> impl Iterator<Item = Schema> {
        self.keyword(keyword)
            .into_iter()
            .flat_map(Fact::items)
            .map(move |node| self.at(node))
    }

    fn named(self, keyword: Keyword) -> impl Iterator<Item = (&'static str, Schema)> {
        self.keyword(keyword)
            .into_iter()
            .flat_map(Fact::entries)
            .map(move |(name, node)| (name, self.at(node)))
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// A JSON type, as the keyword `type` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JsonType {
    /// `array`.
    Array,
    /// `boolean`.
    Boolean,
    /// `integer`.
    Integer,
    /// `null`.
    Null,
    /// `number`.
    Number,
    /// `object`.
    Object,
    /// `string`.
    String,
}

impl JsonType {
    /// All types, sorted by name.
    pub const ALL: [JsonType; 7] = [
        JsonType::Array,
        JsonType::Boolean,
        JsonType::Integer,
        JsonType::Null,
        JsonType::Number,
        JsonType::Object,
        JsonType::String,
    ];

    /// Returns the name in the schema.
    pub fn name(self) -> &'static str {
        match self {
            JsonType::Array => "array",
            JsonType::Boolean => "boolean",
            JsonType::Integer => "integer",
            JsonType::Null => "null",
            JsonType::Number => "number",
            JsonType::Object => "object",
            JsonType::String => "string",
        }
    }
}

/// A set of JSON types. The empty set means that the schema does not say.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct TypeSet(u8);

impl TypeSet {
    /// No types: the schema does not say.
    pub const EMPTY: TypeSet = TypeSet(0);

    /// Returns what the value of the keyword `type` says: a name, or a list of some.
    pub fn of(types: Fact) -> TypeSet {
        match types {
            Fact::Text(name) => TypeSet::EMPTY.with_name(name),
            list => list.texts().fold(TypeSet::EMPTY, TypeSet::with_name),
        }
    }

    /// Returns the set with a type added.
    #[must_use]
    pub fn with(self, json_type: JsonType) -> TypeSet {
        TypeSet(self.0 | 1 << json_type as u8)
    }

    fn with_name(self, name: &str) -> TypeSet {
        JsonType::ALL
            .into_iter()
            .filter(|json_type| json_type.name() == name)
            .fold(self, TypeSet::with)
    }

    /// Tells whether a type is in the set.
    pub fn contains(self, json_type: JsonType) -> bool {
        self.0 & 1 << json_type as u8 != 0
    }

    /// Tells whether the schema names no type.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the types, sorted by name.
    pub fn iter(self) -> impl Iterator<Item = JsonType> {
        JsonType::ALL
            .into_iter()
            .filter(move |json_type| self.contains(*json_type))
    }

    /// Returns the type if there is exactly one.
    pub fn single(self) -> Option<JsonType> {
        let mut types = self.iter();
        types.next().filter(|_| types.next().is_none())
    }
}

impl fmt::Debug for TypeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
