//! What the catalog says of resource types, taken out of its bytes: each once, however many resources and threads ask.

use stratiform_catalog::naming::{arns, naming};
use stratiform_catalog::{PropertyPath, ResourceType, behaviour};

use crate::kept::Kept;

/// What is asked of a type at each resource.
pub(crate) struct TypeFacts {
    /// Choices that only AWS's pages have, by property.
    pub(crate) choices: Vec<(PropertyPath, Vec<&'static str>)>,
    /// Whether AWS's pages have ranges that the schema has not.
    pub(crate) has_ranges: bool,
    /// The properties that AWS returns, and nobody sets.
    pub(crate) read_only: Vec<&'static str>,
    /// The steps to the tags. Not every type that has tags says that it has.
    pub(crate) tags: Vec<&'static str>,
    /// The property with the name that only one such resource can have: of types whose names were looked at one by one.
    pub(crate) unique_name: Option<&'static str>,
    /// The properties that identify a resource; none where AWS chooses one of them.
    pub(crate) identifier: Vec<&'static str>,
}

/// A type, in one of its variants.
type Id = (&'static str, Option<(usize, usize)>);

static ALL: Kept<Id, TypeFacts> = Kept::new();

impl TypeFacts {
    /// Those of a type.
    pub(crate) fn of(resource_type: ResourceType) -> &'static TypeFacts {
        let id = (resource_type.name(), resource_type.schema().id());
        let known = ALL.get(&id);
        known.unwrap_or_else(|| ALL.keep(id, TypeFacts::new(resource_type)))
    }

    fn new(resource_type: ResourceType) -> Self {
        let name = resource_type.name();
        let tags = resource_type.tagging().property;
        let read_only: Vec<PropertyPath> = resource_type.read_only().collect();
        let identifier = resource_type.primary_identifier().map(|path| {
            let is_set = path.is_top_level() && !read_only.contains(&path);
            is_set.then(|| path.as_str())
        });
        TypeFacts {
            choices: behaviour::choices(name).collect(),
            has_ranges: behaviour::has_ranges(name),
            tags: tags.map_or(vec!["Tags"], |way| way.segments().collect()),
            unique_name: unique_name(resource_type),
            identifier: identifier.collect::<Option<_>>().unwrap_or_default(),
            read_only: read_only
                .iter()
                .filter(|path| path.is_top_level())
                .map(|path| path.as_str())
                .collect(),
        }
    }
}

fn unique_name(resource_type: ResourceType) -> Option<&'static str> {
    let type_name = resource_type.name();
    let name = behaviour::unique_name(resource_type).map(PropertyPath::as_str)?;
    let is_written_down = arns(type_name).are_own_known
        && naming(type_name).property.as_deref() == Some(name)
        && !behaviour::is_revision(type_name);
    is_written_down.then_some(name)
}
