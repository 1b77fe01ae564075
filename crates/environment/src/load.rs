//! Layers to one checked value.

use indexmap::IndexMap;
use serde_json::Value;
use stratiform_template::{
    Code as YamlCode, Function, Node, NodeKind, ParseError, Scalar, Span, parse_yaml,
};

use crate::check;
use crate::merge::{Kind, Map, Tree};
use crate::names::EnvironmentName;
use crate::near::listed;
use crate::origin::{self, Effective};
use crate::path::Path;
use crate::problem::{Also, Code, Problem, Related, Violation};
use crate::shape::Shape;
use crate::text::Text;
use crate::{Environment, Settings, schema};

/// The text of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name as shown to people: `environments/prod.yaml`.
    pub name: String,
    /// YAML.
    pub text: String,
}

/// An environment, and where its values are from.
#[derive(Clone, Debug)]
pub struct Loaded<E> {
    /// Its name.
    pub name: EnvironmentName,
    /// Its values.
    pub environment: E,
    tree: Tree,
    files: Vec<String>,
}

/// Reads an environment from its layers, the shared one first.
///
/// Maps are merged key by key; scalars and lists replace what an earlier layer says; `null` removes it. All
/// problems of a stage are returned together, in the order of layers and lines: first what is no YAML, then
/// what the schema refuses, then what [`Environment::check`] finds.
pub fn load<E: Environment>(
    name: &EnvironmentName,
    layers: &[Source],
) -> Result<Loaded<E>, Vec<Problem>> {
    load_as(&shape::<E>(layers)?, name, layers).map_err(|problems| {
        problems
            .into_iter()
            .map(|problem| in_environments(problem, &[(name, layers)]))
            .collect()
    })
}

/// Says which environments lack a value, and which files those are: its place may be in one that all of them share.
fn in_environments(problem: Problem, environments: &[(&EnvironmentName, &[Source])]) -> Problem {
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
    Problem {
        what: format!("{} in {}", problem.what, listed(names)),
        help: format!("{}, in {own}{or_shared}", problem.help),
        ..problem
    }
}

/// What `E` must be: made once, for all environments of an app.
fn shape<E: Environment>(layers: &[Source]) -> Result<Shape, Vec<Problem>> {
    schema::shape::<E>().map_err(|unsupported| vec![cannot_check(layers, &unsupported)])
}

fn load_as<E: Environment>(
    shape: &Shape,
    name: &EnvironmentName,
    layers: &[Source],
) -> Result<Loaded<E>, Vec<Problem>> {
    let files: Vec<String> = layers.iter().map(|layer| layer.name.clone()).collect();
    let tree = merge(layers)?;
    let problems = check::problems(&tree, shape, &files);
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
    let environment: E = serde_path_to_error::deserialize(value)
        .map_err(|error| vec![refused(&error, &tree, &files)])?;
    let loaded = Loaded {
        name: name.clone(),
        environment,
        tree,
        files,
    };
    let violations = loaded.environment.check();
    if violations.is_empty() {
        return Ok(loaded);
    }
    let mut problems: Vec<Problem> = violations
        .into_iter()
        .map(|violation| loaded.problem(violation, &[]))
        .collect();
    problems.sort_by_key(|problem| (position(&loaded.files, &problem.file), problem.span.start));
    Err(problems)
}

/// Reads all environments of an app, and checks them against each other.
///
/// A problem in a layer that several share is returned once.
pub fn load_all<E: Environment>(
    environments: &[(EnvironmentName, Vec<Source>)],
) -> Result<Vec<Loaded<E>>, Vec<Problem>> {
    let mut all = Vec::new();
    let mut found: IndexMap<Problem, Vec<(&EnvironmentName, &[Source])>> = IndexMap::new();
    let shape = shape::<E>(environments.first().map_or(&[], |(_, layers)| layers))?;
    for (name, layers) in environments {
        match load_as(&shape, name, layers) {
            Ok(loaded) => all.push(loaded),
            Err(problems) => {
                for problem in problems {
                    found.entry(problem).or_default().push((name, layers));
                }
            }
        }
    }
    let mut problems: Vec<Problem> = found
        .into_iter()
        .map(|(problem, environments)| in_environments(problem, &environments))
        .collect();
    if problems.is_empty() {
        problems = check_all(&all);
    }
    if problems.is_empty() {
        Ok(all)
    } else {
        Err(problems)
    }
}

/// What does not fit together between environments; see [`Environment::check_all`].
pub fn check_all<E: Environment>(all: &[Loaded<E>]) -> Vec<Problem> {
    let environments: Vec<(&EnvironmentName, &E)> = all
        .iter()
        .map(|loaded| (&loaded.name, &loaded.environment))
        .collect();
    E::check_all(&environments)
        .into_iter()
        .filter_map(|(name, violation)| {
            let loaded = all.iter().find(|loaded| loaded.name == name)?;
            Some(loaded.problem(violation, all))
        })
        .collect()
}

impl<E: Environment> Loaded<E> {
    /// Every value that is in force, and where it is from; built-in defaults included.
    ///
    /// In the order of the files; built-in values follow those of their section, sorted.
    pub fn values(&self) -> impl Iterator<Item = Effective> + use<E> {
        let mut value = serde_json::to_value(&self.environment).unwrap_or_default();
        // The name is the file's name, and what was asked for.
        if let Some(settings) = value
            .get_mut(Settings::SECTION)
            .and_then(Value::as_object_mut)
        {
            settings.remove("name");
        }
        origin::values(&value, &self.tree, &self.files).into_iter()
    }

    fn problem(&self, violation: Violation, all: &[Loaded<E>]) -> Problem {
        let (place, written) = self.tree.locate(&violation.path);
        let mut also: Vec<Also> = violation
            .also
            .into_iter()
            .map(|related| self.also(related, all))
            .collect();
        if !written {
            also.insert(
                0,
                Also {
                    file: self.files[place.layer].clone(),
                    span: place.span,
                    note: format!(
                        "`{}` is not written, so that its built-in value holds",
                        violation.path
                    ),
                },
            );
        }
        Problem {
            code: Code::Conflict,
            what: violation.what,
            file: self.files[place.layer].clone(),
            span: place.span,
            why: violation.why,
            help: violation.help,
            also,
        }
    }

    fn also(&self, related: Related, all: &[Loaded<E>]) -> Also {
        let other = related.environment.as_ref();
        let loaded = all
            .iter()
            .find(|loaded| Some(&loaded.name) == other)
            .unwrap_or(self);
        let (place, _) = loaded.tree.locate(&related.path);
        Also {
            file: loaded.files[place.layer].clone(),
            span: place.span,
            note: related.note,
        }
    }
}

/// All layers in one tree; the problems of all that are no YAML map.
fn merge(layers: &[Source]) -> Result<Tree, Vec<Problem>> {
    let mut merged: Option<Tree> = None;
    let mut problems = Vec::new();
    for (layer, source) in layers.iter().enumerate() {
        let node = match parse_yaml(&source.text) {
            Ok(node) => node,
            Err(error) => {
                problems.push(unreadable(error, source));
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
                problems.push(Problem {
                    code: Code::WrongType,
                    what: format!("{} is no map", source.name),
                    file: source.name.clone(),
                    span: node.span,
                    why: "an environment is a map from keys to values".to_owned(),
                    help: "write `key: value` lines".to_owned(),
                    also: Vec::new(),
                });
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
fn functions(node: &Node, source: &Source) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut nodes = vec![node];
    while let Some(node) = nodes.pop() {
        match &node.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::List(items) => nodes.extend(items.iter().rev()),
            NodeKind::Map(entries) => match entries.as_slice() {
                [only] if is_function(&only.key, only.key_span == only.value.span) => {
                    found.push(Problem {
                        code: Code::WrongType,
                        what: format!("`{}` is a function of CloudFormation", only.key),
                        file: source.name.clone(),
                        span: node.span,
                        why: NO_FUNCTIONS.to_owned(),
                        help: "write the value itself".to_owned(),
                        also: Vec::new(),
                    });
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
fn unreadable(error: ParseError, source: &Source) -> Problem {
    let also = error.related.into_iter().map(|span| Also {
        file: source.name.clone(),
        span: *span,
        note: "it is here first".to_owned(),
    });
    let (why, help) = match error.code {
        YamlCode::UnknownTag => (
            NO_FUNCTIONS.to_owned(),
            "write the value itself, or put the text in quotes".to_owned(),
        ),
        YamlCode::MultipleDocuments => ("a file has one environment".to_owned(), error.help),
        YamlCode::KeyNotScalar => ("the keys of an environment are text".to_owned(), error.help),
        YamlCode::TooLarge => (
            format!("at most {} bytes are read", stratiform_template::MAX_BYTES),
            "take out what does not belong there".to_owned(),
        ),
        YamlCode::TooManyNodes => (error.why, "write out fewer aliases".to_owned()),
        _ => (error.why, error.help),
    };
    Problem {
        code: Code::Yaml(error.code),
        what: error.what,
        file: source.name.clone(),
        span: error.span,
        why,
        help,
        also: also.collect(),
    }
}

/// A value that the check let through and its type does not: the check and the type disagree.
fn refused(
    error: &serde_path_to_error::Error<serde_json::Error>,
    tree: &Tree,
    files: &[String],
) -> Problem {
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
    Problem {
        code: Code::Malformed,
        what: format!("`{path}` cannot be read"),
        file: files[place.layer].clone(),
        span: place.span,
        why: error.inner().to_string(),
        help: "change the value; and tell the stacks' authors that the schema allows it".to_owned(),
        also: Vec::new(),
    }
}

fn cannot_check(layers: &[Source], unsupported: &[String]) -> Problem {
    Problem {
        code: Code::Unsupported,
        what: "the environment's Rust type cannot be checked".to_owned(),
        file: layers
            .first()
            .map(|layer| layer.name.clone())
            .unwrap_or_default(),
        span: Span::default(),
        why: listed(unsupported),
        help: "change the type, or add what it needs to `Environment::formats`".to_owned(),
        also: Vec::new(),
    }
}

fn position(files: &[String], file: &str) -> usize {
    files
        .iter()
        .position(|name| name == file)
        .unwrap_or(usize::MAX)
}
