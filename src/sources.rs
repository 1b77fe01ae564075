//! What the images of services are made from (`settings.images`), as files of the repository.

use std::path::{Path, PathBuf};

use stratiform_environment::{ImageSource, Loaded, Path as ValuePath, Violation};
use stratiform_finding::{Code, Finding};

/// The paths that an image is made from, as they are written; what is inside of its source is not named again.
pub(crate) fn paths(image: &ImageSource) -> Vec<String> {
    let source = image.source.to_string();
    let below = match source.as_str() {
        "." => String::new(),
        source => format!("{source}/"),
    };
    let others = [image.dockerfile()].into_iter();
    let others = others.chain(image.also.iter().map(ToString::to_string));
    let outside = others.filter(|path| path.starts_with("..") || !path.starts_with(&below));
    let mut paths: Vec<String> = outside.filter(|path| *path != source).collect();
    paths.insert(0, source);
    paths.dedup();
    paths
}

/// A path from a project's folder as one from the repository's top; both are given from there, without `.`. None where it
/// leads out.
pub(crate) fn from_top(project: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = project.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| *part != ".") {
        match part {
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What `settings.images` names and is not there, or is not in the repository.
pub(crate) fn missing(root: &Path, loaded: &Loaded) -> Vec<Finding> {
    let top = top(root);
    let mut found = Vec::new();
    for (service, image) in &loaded.environment.settings().images {
        let mut check = |key: &str, path: &str, noun: &str, is_right: fn(&Path) -> bool| {
            let why = match root.join(path).canonicalize() {
                Ok(there) if top.as_ref().is_some_and(|top| !there.starts_with(top)) => {
                    "it leads out of the repository".to_owned()
                }
                Ok(there) if is_right(&there) => return,
                Ok(_) => format!("it is no {noun}"),
                Err(_) => format!("there is no such {noun}"),
            };
            let at = ValuePath::from("settings.images").key(service).key(key);
            let what = format!("the image of `{service}` cannot be made from `{path}`");
            let help = "correct the path: it is seen from the folder that has `environments/`";
            found.push(Finding {
                code: Code::MissingSource,
                ..loaded.refused(Violation::new(at, what, why, help))
            });
        };
        check("source", image.source.as_ref(), "folder", Path::is_dir);
        check("dockerfile", &image.dockerfile(), "file", Path::is_file);
        for path in &image.also {
            check("also", path.as_ref(), "file or folder", Path::exists);
        }
    }
    found
}

/// The top of the repository that a folder is in, where it is in one.
fn top(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let mut folders = folder.ancestors();
    let top = folders.find(|folder| folder.join(".git").exists())?;
    Some(top.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_repositorys_top() {
        let cases = [
            ("", "services/api", Some("services/api")),
            ("infra", "services/api", Some("infra/services/api")),
            ("infra/aws", "../../services/api", Some("services/api")),
            ("infra", "..", Some("")),
            ("infra", ".", Some("infra")),
            ("", ".", Some("")),
            ("infra", "../..", None),
            ("", "../api", None),
        ];
        for (project, path, expected) in cases {
            let found = from_top(project, path);
            assert_eq!(found.as_deref(), expected, "{project} {path}");
        }
    }

    #[test]
    fn what_is_inside_of_the_source_is_not_named_again() {
        let cases = [
            (r#"{"source": "api"}"#, vec!["api"]),
            (r#"{"source": ".", "also": ["x"]}"#, vec!["."]),
            (r#"{"source": ".", "also": ["../x"]}"#, vec![".", "../x"]),
            (
                r#"{"source": "api", "dockerfile": "api.Dockerfile", "also": ["lib", "api/x", "api"]}"#,
                vec!["api", "api.Dockerfile", "lib"],
            ),
        ];
        for (text, expected) in cases {
            let image: ImageSource = serde_json::from_str(text).unwrap();
            assert_eq!(paths(&image), expected);
        }
    }
}
