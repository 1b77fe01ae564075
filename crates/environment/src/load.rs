//! Layers to one checked value.

use serde_json::Value;
use stratiform_template::{NodeKind, ParseError, Scalar, Span, parse_yaml};

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
            .map(|problem| in_environments(problem, &[name]))
            .collect()
    })
}

/// Says which environments lack a value: its place may be in a file that all of them share.
fn in_environments(problem: Problem, names: &[&EnvironmentName]) -> Problem {
    if problem.code != Code::MissingKey {
        return problem;
    }
    let files = if names.len() == 1 {
        "its file"
    } else {
        "their files"
    };
    Problem {
        what: format!("{} in {}", problem.what, listed(names)),
        help: format!(
            "{}, in {files} or in one that all environments share",
            problem.help
        ),
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
    let mut found: Vec<(Problem, Vec<&EnvironmentName>)> = Vec::new();
    let shape = shape::<E>(environments.first().map_or(&[], |(_, layers)| layers))?;
    for (name, layers) in environments {
        match load_as(&shape, name, layers) {
            Ok(loaded) => all.push(loaded),
            Err(problems) => {
                for problem in problems {
                    match found.iter_mut().find(|(there, _)| *there == problem) {
                        Some((_, names)) => names.push(name),
                        None => found.push((problem, vec![name])),
                    }
                }
            }
        }
    }
    let mut problems: Vec<Problem> = found
        .into_iter()
        .map(|(problem, names)| in_environments(problem, &names))
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

fn unreadable(error: ParseError, source: &Source) -> Problem {
    let also = error.related.into_iter().map(|span| Also {
        file: source.name.clone(),
        span: *span,
        note: "it is here first".to_owned(),
    });
    Problem {
        code: Code::Yaml(error.code),
        what: error.what,
        file: source.name.clone(),
        span: error.span,
        why: error.why,
        help: error.help,
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
