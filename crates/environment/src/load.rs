//! Layers to one checked value.

pub(crate) mod merge;
pub(crate) mod origin;
mod secrets;
pub(crate) mod variation;
mod words;

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use stratiform_finding::words::listed;
use stratiform_finding::{Code, Finding, Place, Source, Span};
use stratiform_template::{Function, Node, NodeKind, Scalar, parse_yaml};

use crate::check;
use crate::load::merge::{Kind, Map, Tree};
use crate::load::origin::Effective;
use crate::path::Path;
use crate::schema::shape::Shape;
use crate::values::names::EnvironmentName;
use crate::values::text::Text;
use crate::violation::{Related, Violation};
use crate::{AcceptedRisks, AnyEnvironment, Environment, EnvironmentType, Images, Settings};

/// An environment, and where its values are from.
#[derive(Clone, Debug)]
pub struct Loaded<E = AnyEnvironment> {
    /// Its name.
    pub name: EnvironmentName,
    /// Its values.
    pub environment: E,
    environment_type: EnvironmentType<E>,
    tree: Tree,
    sources: Vec<Source>,
}

/// Reads an environment from its layers, the shared one first.
///
/// Maps are merged key by key; scalars and lists replace what an earlier layer says; `null` removes it. All
/// problems of a stage are returned together, in the order of layers and lines: first what is no YAML, then
/// what the schema refuses, then what [`Environment::check`] finds.
pub fn load<E: Environment>(
    name: &EnvironmentName,
    layers: &[Source],
) -> Result<Loaded<E>, Vec<Finding>> {
    EnvironmentType::known().load(name, layers)
}

/// Says which environments lack a value, and which files those are: its place may be in one that all of them share.
fn in_environments(problem: Finding, environments: &[(&EnvironmentName, &[Source])]) -> Finding {
    if problem.code != Code::MissingKey {
        return problem;
    }
    let names = environments.iter().map(|(name, _)| name);
    let own = environments.iter().filter_map(|(_, layers)| layers.last());
    let (own, shared) = (
        listed(own.map(|layer| &layer.name)),
        environments.iter().any(|(_, layers)| layers.len() > 1),
    );
    let or_shared = if shared {
        ", or in a file that all environments share"
    } else {
        ""
    };
    Finding {
        what: format!("{} in {}", problem.what, listed(names)),
        help: format!("{}, in {own}{or_shared}", problem.help),
        ..problem
    }
}

/// Reads all environments of an app, and checks them against each other.
///
/// A problem in a layer that several share is returned once.
pub fn load_all<E: Environment>(
    environments: &[(EnvironmentName, Vec<Source>)],
) -> Result<Vec<Loaded<E>>, Vec<Finding>> {
    EnvironmentType::known().load_all(environments)
}

impl<E> EnvironmentType<E> {
    /// Reads an environment as [`load`] does.
    ///
    /// # Errors
    /// Those of [`load`].
    pub fn load(
        self,
        name: &EnvironmentName,
        layers: &[Source],
    ) -> Result<Loaded<E>, Vec<Finding>> {
        self.loader().load(name, layers)
    }

    /// Reads all environments of an app as [`load_all`] does.
    ///
    /// # Errors
    /// Those of [`load_all`].
    pub fn load_all(
        self,
        environments: &[(EnvironmentName, Vec<Source>)],
    ) -> Result<Vec<Loaded<E>>, Vec<Finding>> {
        self.loader().load_all(environments)
    }

    /// Takes from the type what an environment must be, for loading more than once.
    pub fn loader(self) -> Loader<E> {
        Loader {
            environment_type: self,
            shape: self.shape(),
        }
    }
}

/// A type of environments, with what it says an environment must be.
#[derive(Debug)]
pub struct Loader<E = AnyEnvironment> {
    environment_type: EnvironmentType<E>,
    /// What of the type cannot be checked, where there is something.
    shape: Result<Shape, Vec<String>>,
}

impl<E> Loader<E> {
    /// Reads an environment as [`load`] does.
    ///
    /// # Errors
    /// Those of [`load`].
    pub fn load(
        &self,
        name: &EnvironmentName,
        layers: &[Source],
    ) -> Result<Loaded<E>, Vec<Finding>> {
        let loaded = load_as(self.environment_type, self.shape_for(layers)?, name, layers);
        loaded.map_err(|problems| {
            let problems = problems.into_iter();
            let problems = problems.map(|problem| in_environments(problem, &[(name, layers)]));
            hidden(problems.collect())
        })
    }

    /// Reads all environments of an app as [`load_all`] does.
    ///
    /// # Errors
    /// Those of [`load_all`].
    pub fn load_all(
        &self,
        environments: &[(EnvironmentName, Vec<Source>)],
    ) -> Result<Vec<Loaded<E>>, Vec<Finding>> {
        let environments = shared(environments);
        let mut all = Vec::new();
        let mut found: IndexMap<Finding, Vec<(&EnvironmentName, &[Source])>> = IndexMap::new();
        let shape = self.shape_for(environments.first().map_or(&[], |(_, layers)| layers))?;
        for (name, layers) in &environments {
            match load_as(self.environment_type, shape, name, layers) {
                Ok(loaded) => all.push(loaded),
                Err(problems) => {
                    for problem in problems {
                        found.entry(problem).or_default().push((name, layers));
                    }
                }
            }
        }
        let mut problems: Vec<Finding> = found
            .into_iter()
            .map(|(problem, environments)| in_environments(problem, &environments))
            .collect();
        if problems.is_empty() {
            problems = check_all(&all);
        }
        if problems.is_empty() {
            Ok(all)
        } else {
            Err(hidden(problems))
        }
    }

    /// What an environment must be.
    fn shape_for(&self, layers: &[Source]) -> Result<&Shape, Vec<Finding>> {
        let shape = self.shape.as_ref();
        shape.map_err(|unsupported| vec![cannot_check(layers, unsupported)])
    }
}

fn load_as<E>(
    environment_type: EnvironmentType<E>,
    shape: &Shape,
    name: &EnvironmentName,
    layers: &[Source],
) -> Result<Loaded<E>, Vec<Finding>> {
    let mut tree = merge(layers)?;
    words::take(&mut tree, shape, layers);
    let problems = check::findings(&tree, shape, layers);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut value = tree.to_json();
    if let Some(settings) = value
        .get_mut(Settings::SECTION)
        .and_then(Value::as_object_mut)
    {
        settings.insert("name".to_owned(), name.as_str().into());
    }
    let environment =
        (environment_type.read)(value).map_err(|error| vec![refused(&error, &tree, layers)])?;
    let loaded = Loaded {
        name: name.clone(),
        environment,
        environment_type,
        tree,
        sources: layers.to_vec(),
    };
    let violations = (environment_type.check)(&loaded.environment);
    if violations.is_empty() {
        return Ok(loaded);
    }
    let mut found: Vec<((usize, usize), Finding)> = violations
        .into_iter()
        .map(|violation| loaded.finding(violation, &[]))
        .collect();
    found.sort_by_key(|(position, _)| *position);
    Err(found.into_iter().map(|(_, finding)| finding).collect())
}

/// The same layers; those that are equal are one, so that comparing their findings does not compare their texts.
fn shared(environments: &[(EnvironmentName, Vec<Source>)]) -> Vec<(EnvironmentName, Vec<Source>)> {
    let mut known: IndexSet<Source> = IndexSet::new();
    let mut share = |source: &Source| {
        let (index, _) = known.insert_full(source.clone());
        known.get_index(index).unwrap_or(source).clone()
    };
    let layers = environments.iter();
    layers
        .map(|(name, layers)| (name.clone(), layers.iter().map(&mut share).collect()))
        .collect()
}

/// Findings that show no secret.
fn hidden(mut findings: Vec<Finding>) -> Vec<Finding> {
    secrets::hide(&mut findings);
    findings
}

/// What the images of an environment were made from, whatever else its layers say and however its type was then; none
/// where that cannot be read.
pub fn images(layers: &[Source]) -> Option<Images> {
    let tree = merge(layers).ok()?.to_json();
    match tree.get(Settings::SECTION)?.get("images") {
        Some(images) => serde_json::from_value(images.clone()).ok(),
        None => Some(Images::new()),
    }
}

/// The findings that an environment accepts, whatever else its layers say and however its type was then; none where that
/// cannot be read.
pub fn accepted_risks(layers: &[Source]) -> Option<AcceptedRisks> {
    let tree = merge(layers).ok()?.to_json();
    match tree.get(Settings::SECTION)?.get("accepted_risks") {
        Some(risks) => serde_json::from_value(risks.clone()).ok(),
        None => Some(AcceptedRisks::new()),
    }
}

/// What does not fit together between environments; see [`Environment::check_all`].
pub fn check_all<E>(all: &[Loaded<E>]) -> Vec<Finding> {
    let Some(Loaded {
        environment_type, ..
    }) = all.first()
    else {
        return Vec::new();
    };
    let environments: Vec<(&EnvironmentName, &E)> = all
        .iter()
        .map(|loaded| (&loaded.name, &loaded.environment))
        .collect();
    let violations = (environment_type.check_all)(&environments).into_iter();
    let findings = violations.filter_map(|(name, violation)| {
        let loaded = all.iter().find(|loaded| loaded.name == name)?;
        Some(loaded.finding(violation, all).1)
    });
    hidden(findings.collect())
}

impl<E> Loaded<E> {
    /// The files that its values are from, the shared one first.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Every value that is in force, and where it is from; built-in defaults included.
    ///
    /// In the order of the files; built-in values follow those of their section, sorted.
    pub fn values(&self) -> impl Iterator<Item = Effective> + use<E> {
        let mut value = (self.environment_type.to_json)(&self.environment).unwrap_or_default();
        // The name is the file's name, and what was asked for.
        if let Some(settings) = value
            .get_mut(Settings::SECTION)
            .and_then(Value::as_object_mut)
        {
            settings.remove("name");
        }
        origin::values(&value, &self.tree, &self.sources).into_iter()
    }

    /// A violation that only whoever uses the environment can see, as a finding with its place.
    pub fn refused(&self, violation: Violation) -> Finding {
        let mut finding = self.finding(violation, &[]).1;
        secrets::hide(std::slice::from_mut(&mut finding));
        finding
    }

    /// A violation as a finding, and where it stands: its layer, and the position in it.
    fn finding(&self, violation: Violation, all: &[Loaded<E>]) -> ((usize, usize), Finding) {
        let (place, written) = self.tree.locate(&violation.path);
        let source = &self.sources[place.layer];
        let mut finding = Finding::new(Code::Conflict, violation.what, violation.help)
            .because(violation.why)
            .at(Place::text(source, place.span, ""));
        if !written {
            let path = &violation.path;
            let label = format!("`{path}` is not written, so that its built-in value holds");
            finding.places.push(Place::text(source, place.span, label));
        }
        let related = violation.also.into_iter();
        finding
            .places
            .extend(related.map(|related| self.related(related, all)));
        ((place.layer, place.span.start), finding)
    }

    fn related(&self, related: Related, all: &[Loaded<E>]) -> Place {
        let other = related.environment.as_ref();
        let loaded = all
            .iter()
            .find(|loaded| Some(&loaded.name) == other)
            .unwrap_or(self);
        let (place, _) = loaded.tree.locate(&related.path);
        Place::text(&loaded.sources[place.layer], place.span, related.note)
    }
}

/// All layers in one tree; the problems of all that are no YAML map.
fn merge(layers: &[Source]) -> Result<Tree, Vec<Finding>> {
    let mut merged: Option<Tree> = None;
    let mut problems = Vec::new();
    for (layer, source) in layers.iter().enumerate() {
        let node = match parse_yaml(&source.text) {
            Ok(node) => node,
            Err(error) => {
                problems.push(unreadable(*error, source));
                continue;
            }
        };
        let functions = functions(&node, source);
        if !functions.is_empty() {
            problems.extend(functions);
            continue;
        }
        let mut tree = Tree::of(&node, layer);
        match node.kind {
            NodeKind::Map(_) => {}
            // A file of comments, or none at all, says nothing.
            NodeKind::Scalar(Scalar::Null) => tree.kind = Kind::Map(Map::default()),
            NodeKind::Scalar(_) | NodeKind::List(_) => {
                problems.push(
                    Finding::new(
                        Code::WrongType,
                        format!("{} is no map", source.name),
                        "write `key: value` lines",
                    )
                    .because("an environment is a map from keys to values")
                    .at(Place::text(source, node.span, "")),
                );
                continue;
            }
        }
        match &mut merged {
            Some(below) => below.lay(tree),
            None => merged = Some(tree),
        }
    }
    match merged {
        Some(tree) if problems.is_empty() => Ok(tree),
        _ => Err(problems),
    }
}

/// CloudFormation's functions: an environment is data, and nothing calls them.
fn functions(node: &Node, source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut nodes = vec![node];
    while let Some(node) = nodes.pop() {
        match &node.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::List(items) => nodes.extend(items.iter().rev()),
            NodeKind::Map(entries) => match entries.as_slice() {
                [only] if is_function(&only.key, only.key_span == only.value.span) => {
                    found.push(
                        Finding::new(
                            Code::WrongType,
                            format!("`{}` is a function of CloudFormation", only.key),
                            "write the value itself",
                        )
                        .because(NO_FUNCTIONS.to_owned())
                        .at(Place::text(source, node.span, "")),
                    );
                }
                entries => nodes.extend(entries.iter().rev().map(|entry| &entry.value)),
            },
        }
    }
    found
}

/// Whether a key that stands alone is a function: `!Ref x`, whose key has the place of its value, or `Fn::Sub: x`.
fn is_function(key: &str, is_tag: bool) -> bool {
    let is_known = Function::ALL.iter().any(|function| function.name() == key);
    is_known && (is_tag || key.starts_with("Fn::"))
}

const NO_FUNCTIONS: &str = "functions have no place in the file of an environment";

/// Why a file is no YAML, in the words of environments: the parser's are those of templates.
fn unreadable(mut error: Finding, source: &Source) -> Finding {
    let given = std::mem::take(&mut error.help);
    let (why, help) = match error.code {
        Code::UnknownTag => (
            NO_FUNCTIONS.to_owned(),
            "write the value itself, or put the text in quotes".to_owned(),
        ),
        Code::MultipleDocuments => ("a file has one environment".to_owned(), given),
        Code::KeyNotScalar => ("the keys of an environment are text".to_owned(), given),
        Code::TemplateTooLarge => (
            format!("at most {} bytes are read", stratiform_template::MAX_BYTES),
            "take out what does not belong there".to_owned(),
        ),
        Code::TooManyNodes => (
            std::mem::take(&mut error.why),
            "write out fewer aliases".to_owned(),
        ),
        _ => (std::mem::take(&mut error.why), given),
    };
    Finding {
        why,
        help,
        recorded: None,
        fix: None,
        when: String::new(),
        ..error
    }
    .in_source(source)
}

/// A value that the check let through and its type does not: the check and the type disagree.
fn refused(
    error: &serde_path_to_error::Error<serde_json::Error>,
    tree: &Tree,
    sources: &[Source],
) -> Finding {
    use serde_path_to_error::Segment;
    let path = error
        .path()
        .iter()
        .fold(Path::default(), |path, segment| match segment {
            Segment::Seq { index } => path.position(*index),
            Segment::Map { key } | Segment::Enum { variant: key } => path.key(key),
            Segment::Unknown => path,
        });
    let (place, _) = tree.locate(&path);
    Finding::new(
        Code::Malformed,
        format!("`{path}` cannot be read"),
        "change the value; and tell the stacks' authors that the schema allows it",
    )
    .because(error.inner().to_string())
    .at(Place::text(&sources[place.layer], place.span, ""))
}

fn cannot_check(layers: &[Source], unsupported: &[String]) -> Finding {
    let finding = Finding::new(
        Code::UnsupportedType,
        "the environment's Rust type cannot be checked",
        "change the type, or add what it needs to `Environment::formats`",
    );
    let place = layers
        .first()
        .map(|source| Place::text(source, Span::default(), ""));
    Finding {
        places: place.into_iter().collect(),
        ..finding.because(listed(unsupported))
    }
}
