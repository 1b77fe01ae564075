//! Resource types: what is true of a type as a whole rather than of one of its values.

use crate::attribute::{Attribute, covers, is_open};
use crate::fact::{Fact, MapFact};
use crate::keyword::Keyword;
use crate::schema::Schema;
use std::fmt;
use std::time::Duration;

/// Keys of the facts that the catalog keeps about a type beside its schemas.
pub(crate) mod key {
    pub(crate) const ATTRIBUTES: &str = "attributes";
    pub(crate) const ATTRIBUTE_SCHEMAS: &str = "attributeSchemas";
    pub(crate) const REGIONS: &str = "regions";
    pub(crate) const SCHEMA: &str = "schema";
    pub(crate) const STATEFUL: &str = "stateful";
    pub(crate) const TRANSFORM: &str = "transform";
    pub(crate) const VARIANTS: &str = "variants";
}

/// A resource type, with the schema of one of its variants.
///
/// A type has a variant for each different schema; in most catalogs each type has one, which all
/// its regions share. <https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html>
#[derive(Clone, Copy, PartialEq)]
pub struct ResourceType {
    name: &'static str,
    record: MapFact,
    variant: Fact,
    schema: Schema,
}

impl ResourceType {
    /// Takes the main variant: the one of `us-east-1`, which is stored first.
    pub(crate) fn main_variant(name: &'static str, record: MapFact) -> Option<ResourceType> {
        let variant = variants(record).next()?;
        ResourceType::variant(name, record, variant)
    }

    /// Takes the variant of a region.
    pub(crate) fn variant_in(self, region: &str) -> Option<ResourceType> {
        let variant = variants(self.record).find(|variant| is_in(*variant, region))?;
        ResourceType::variant(self.name, self.record, variant)
    }

    fn variant(name: &'static str, record: MapFact, variant: Fact) -> Option<ResourceType> {
        let schema = Schema::root(variant.get(key::SCHEMA)?);
        Some(ResourceType {
            name,
            record,
            variant,
            schema,
        })
    }

    /// Returns the name, for example `AWS::RDS::DBInstance`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Returns the schema of this variant.
    pub fn schema(self) -> Schema {
        self.schema
    }

    /// Returns the regions in which the type exists, in any variant. None for a type that exists
    /// only through a transform, see [`ResourceType::transform`].
    pub fn regions(self) -> impl Iterator<Item = &'static str> {
        variants(self.record).flat_map(regions)
    }

    /// Tells whether the type exists in a region, in any variant.
    pub fn is_available_in(self, region: &str) -> bool {
        variants(self.record).any(|variant| is_in(variant, region))
    }

    /// Returns the transform that a template needs for this type, for example
    /// `AWS::Serverless-2016-10-31`; `None` for a type that CloudFormation itself knows.
    pub fn transform(self) -> Option<&'static str> {
        self.record.get(key::TRANSFORM)?.as_text()
    }

    /// Tells whether deleting such a resource loses data.
    pub fn is_stateful(self) -> bool {
        self.record.get(key::STATEFUL) == Some(Fact::Bool(true))
    }

    /// Returns the properties whose change replaces the resource.
    pub fn create_only(self) -> impl Iterator<Item = PropertyPath> {
        self.paths(Keyword::CreateOnlyProperties)
    }

    /// Returns the properties whose change replaces the resource under some conditions.
    pub fn conditional_create_only(self) -> impl Iterator<Item = PropertyPath> {
        self.paths(Keyword::ConditionalCreateOnlyProperties)
    }

    /// Returns the properties that are returned and cannot be set. What `Fn::GetAtt` gives is
    /// [`ResourceType::attributes`].
    pub fn read_only(self) -> impl Iterator<Item = PropertyPath> {
        self.paths(Keyword::ReadOnlyProperties)
    }

    /// Returns all attributes that have a name: the read-only ones first, in the source's order,
    /// then those that can be set, sorted. Of some types even write-only ones are attributes, as far
    /// as `Fn::GetAtt` accepts their names.
    pub fn attributes(self) -> impl Iterator<Item = Attribute> {
        self.attribute_names()
            .filter(|name| !is_open(name))
            .map(move |name| self.named_attribute(name))
    }

    /// Returns what stands for further attributes, see [`Attribute::is_open`]. Most types have none.
    ///
    /// That `Fn::GetAtt` reaches into lists (`Nodes.0.Id`) is the source's reading of schemas; AWS
    /// documents no example.
    pub fn open_attributes(self) -> impl Iterator<Item = Attribute> {
        self.attribute_names()
            .filter(|name| is_open(name))
            .map(move |name| self.named_attribute(name))
    }

    /// Returns the attribute of a name, or what stands for it.
    pub fn attribute(self, name: &str) -> Option<Attribute> {
        let open = |known: &&str| is_open(known) && covers(known, name);
        let found = self
            .attribute_names()
            .find(|known| *known == name && !is_open(known))
            .or_else(|| self.attribute_names().find(open))?;
        Some(self.named_attribute(found))
    }

    fn attribute_names(self) -> impl Iterator<Item = &'static str> {
        self.variant
            .get(key::ATTRIBUTES)
            .into_iter()
            .flat_map(Fact::texts)
    }

    fn named_attribute(self, name: &'static str) -> Attribute {
        let own = self.variant.get(key::ATTRIBUTE_SCHEMAS);
        let schema = match own.and_then(|schemas| schemas.get(name)) {
            Some(schema) => Some(Schema::root(schema)),
            None => self.schema.descend(name),
        };
        Attribute { name, schema }
    }

    /// Returns the properties that can be set and are not returned.
    pub fn write_only(self) -> impl Iterator<Item = PropertyPath> {
        self.paths(Keyword::WriteOnlyProperties)
    }

    /// Returns the properties that should not be used any more.
    pub fn deprecated(self) -> impl Iterator<Item = PropertyPath> {
        self.paths(Keyword::DeprecatedProperties)
    }

    /// Returns the properties that together identify a resource of this type.
    pub fn primary_identifier(self) -> impl Iterator<Item = PropertyPath> {
        self.paths(Keyword::PrimaryIdentifier)
    }

    /// Returns the other sets of properties that identify a resource.
    pub fn additional_identifiers(
        self,
    ) -> impl Iterator<Item = impl Iterator<Item = PropertyPath>> {
        let identifiers = self.schema.keyword(Keyword::AdditionalIdentifiers);
        identifiers
            .into_iter()
            .flat_map(Fact::items)
            .map(|identifier| identifier.texts().map(PropertyPath))
    }

    /// Returns the order in which a replacement happens.
    pub fn replacement_strategy(self) -> ReplacementStrategy {
        match self.schema.keyword(Keyword::ReplacementStrategy) {
            Some(Fact::Text("delete_then_create")) => ReplacementStrategy::DeleteThenCreate,
            _ => ReplacementStrategy::CreateThenDelete,
        }
    }

    /// Returns how the resource takes tags. What the schema leaves out has AWS's default.
    pub fn tagging(self) -> Tagging {
        let tagging = self.schema.keyword(Keyword::Tagging);
        let says = |key| tagging.and_then(|tagging| tagging.get(key)?.as_bool());
        let older = self
            .schema
            .keyword(Keyword::Taggable)
            .and_then(Fact::as_bool);
        let taggable = says("taggable").or(older).unwrap_or(true);
        let property = tagging
            .and_then(|tagging| tagging.get("tagProperty")?.as_text())
            .map_or(PropertyPath("Tags"), PropertyPath);
        let exists = self.schema.property(property.first()).is_some();
        Tagging {
            property: (taggable && exists).then_some(property),
            on_create: says("tagOnCreate").unwrap_or(true),
            updatable: says("tagUpdatable").unwrap_or(true),
            system_tags: says("cloudFormationSystemTags").unwrap_or(true),
        }
    }

    /// Returns the IAM actions that tagging needs, for example `rds:AddTagsToResource`.
    pub fn tagging_permissions(self) -> impl Iterator<Item = &'static str> {
        let tagging = self.schema.keyword(Keyword::Tagging);
        tagging
            .and_then(|tagging| tagging.get("permissions"))
            .into_iter()
            .flat_map(Fact::texts)
    }

    /// Returns the operations that the type supports. A type without any is either older than
    /// handlers, and supports what CloudFormation does for it, or comes through a transform.
    pub fn handlers(self) -> impl Iterator<Item = Handler> {
        Handler::ALL
            .into_iter()
            .filter(move |handler| self.handler(*handler).is_some())
    }

    /// Returns the IAM actions that an operation needs.
    pub fn permissions(self, handler: Handler) -> impl Iterator<Item = &'static str> {
        self.handler(handler)
            .and_then(|handler| handler.get("permissions"))
            .into_iter()
            .flat_map(Fact::texts)
    }

    /// Returns how long an operation may take, where the schema says so. AWS's default is 2 hours.
    pub fn timeout(self, handler: Handler) -> Option<Duration> {
        let minutes = self.handler(handler)?.get("timeoutInMinutes")?.as_int()?;
        Some(Duration::from_secs(60 * u64::try_from(minutes).ok()?))
    }

    /// Returns whether the service is being retired.
    pub fn lifecycle(self) -> Option<Lifecycle> {
        let lifecycle = self.schema.keyword(Keyword::Lifecycle)?;
        Some(Lifecycle {
            status: lifecycle.get("status")?.as_text()?,
            date: lifecycle.get("date").and_then(Fact::as_text),
        })
    }

    fn handler(self, handler: Handler) -> Option<Fact> {
        self.schema.keyword(Keyword::Handlers)?.get(handler.name())
    }

    fn paths(self, keyword: Keyword) -> impl Iterator<Item = PropertyPath> {
        self.schema
            .keyword(keyword)
            .into_iter()
            .flat_map(Fact::texts)
            .map(PropertyPath)
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResourceType").field(&self.name).finish()
    }
}

fn variants(record: MapFact) -> impl Iterator<Item = Fact> {
    record.get(key::VARIANTS).into_iter().flat_map(Fact::items)
}

fn regions(variant: Fact) -> impl Iterator<Item = &'static str> {
    variant.get(key::REGIONS).into_iter().flat_map(Fact::texts)
}

fn is_in(variant: Fact, region: &str) -> bool {
    let regions = variant.get(key::REGIONS).and_then(Fact::as_list);
    regions.is_some_and(|regions| regions.has_text(region))
}

/// A path to a property from the top of a resource: names joined by `/`, `*` for the items of a
/// list. For example `Endpoint/Address` or `Listeners/*/Port`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyPath(pub(crate) &'static str);

impl PropertyPath {
    /// Returns the path as text.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Returns the steps of the path, from the top.
    pub fn segments(self) -> impl Iterator<Item = &'static str> {
        self.0.split('/')
    }

    /// Returns the name of the top-level property that the path starts at.
    pub fn first(self) -> &'static str {
        self.segments().next().unwrap_or_default()
    }

    /// Tells whether the path is a top-level property and nothing below.
    pub fn is_top_level(self) -> bool {
        !self.0.contains('/')
    }
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// In which order does a replacement create and delete?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReplacementStrategy {
    /// The new resource exists before the old one goes. AWS's default.
    CreateThenDelete,
    /// The old resource goes first: the replacement interrupts, and may not be undone.
    DeleteThenCreate,
}

/// How a resource type takes tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tagging {
    /// The property that takes the tags; `None` if the type takes none.
    pub property: Option<PropertyPath>,
    /// Whether tags can be given when the resource is created.
    pub on_create: bool,
    /// Whether tags can be changed without replacing the resource.
    pub updatable: bool,
    /// Whether CloudFormation adds its own tags (`aws:cloudformation:…`).
    pub system_tags: bool,
}

impl Tagging {
    /// Tells whether the type takes tags.
    pub fn is_taggable(self) -> bool {
        self.property.is_some()
    }
}

/// An operation on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handler {
    /// Makes the resource.
    Create,
    /// Reads its properties.
    Read,
    /// Changes it in place.
    Update,
    /// Deletes it.
    Delete,
    /// Finds all resources of the type.
    List,
}

impl Handler {
    /// All operations.
    pub const ALL: [Handler; 5] = [
        Handler::Create,
        Handler::Read,
        Handler::Update,
        Handler::Delete,
        Handler::List,
    ];

    /// Returns the name in the schema.
    pub fn name(self) -> &'static str {
        match self {
            Handler::Create => "create",
            Handler::Read => "read",
            Handler::Update => "update",
            Handler::Delete => "delete",
            Handler::List => "list",
        }
    }
}

/// What AWS says about the retirement of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// `maintenance` (closed to new customers), `sunset` (will end) or `shutdown` (has ended).
    pub status: &'static str,
    /// The date, as `2026-05-20`.
    pub date: Option<&'static str>,
}
