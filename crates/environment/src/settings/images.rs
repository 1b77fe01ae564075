//! What the images of services are made from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text;
use crate::values::text::{RefusedText, check_kebab};

/// What the image of a service is made from. Paths are seen from the folder that has `environments/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageSource {
    /// The folder that the image is built in, the build's context: `services/api`.
    pub source: SourcePath,

    /// The Dockerfile; the one in `source` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<SourcePath>,

    /// Other files and folders that the image is made from, of which a change makes another image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<SourcePath>,
}

impl ImageSource {
    /// The path of its Dockerfile.
    pub fn dockerfile(&self) -> String {
        match &self.dockerfile {
            Some(dockerfile) => dockerfile.to_string(),
            None if self.source.as_ref() == "." => "Dockerfile".to_owned(),
            None => format!("{}/Dockerfile", self.source),
        }
    }
}

/// The images of an environment, by service.
pub type Images = BTreeMap<ServiceWithImage, ImageSource>;

text! {
    /// Name of a service that has an image: `web-api`. A stack has a parameter for its image, which is called as the service and ends in
    /// `Image`: `WebApiImage`.
    pub struct ServiceWithImage("service-with-image", "the name of a service", r"^[a-z][a-z0-9-]{0,39}$", check_service);
}

fn check_service(text: &str) -> Result<(), RefusedText> {
    check_kebab(text, 40)
}

text! {
    /// A file or folder of the repository, seen from the folder that has `environments/`: `services/api`,
    /// `../services/api`, `.`.
    pub struct SourcePath("image-source", "a path", r"^[^/\\:][^\\:]*$", check_source_path);
}

fn check_source_path(text: &str) -> Result<(), RefusedText> {
    let refused = |why: &str| Err(RefusedText::new(why, "write one such as `services/api`"));
    if text.contains(['\\', '\n', '\0']) {
        return refused("its parts are separated by `/`");
    }
    if text.starts_with('/') || text.contains(':') {
        return refused("it is seen from the folder that has `environments/`, and without `:`");
    }
    let inside = text.split('/').skip_while(|part| *part == "..");
    if text != "."
        && inside
            .into_iter()
            .any(|part| ["", ".", ".."].contains(&part))
    {
        return refused(
            "it has no part that says nothing: `..` only in front, no `.`, no `/` at the end",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::text::Text;

    #[test]
    fn paths_that_say_one_thing_in_one_way() {
        for path in [
            "services/api",
            ".",
            "..",
            "../../services/api",
            "a b/Größe.d",
        ] {
            assert!(SourcePath::new(path).is_ok(), "{path}");
        }
        let refused = [
            "", "/etc", "a/", "a//b", "./a", "a/.", "a/../b", "../a/..", "a\\b", "C:/a", "a:b",
            "a\nb",
        ];
        for path in refused {
            assert!(SourcePath::new(path).is_err(), "{path}");
        }
    }

    #[test]
    fn the_dockerfile_is_in_the_source_unless_it_is_named() {
        let image = |text: &str| serde_json::from_str::<ImageSource>(text).unwrap();
        let cases = [
            (r#"{"source": "api"}"#, "api/Dockerfile"),
            (r#"{"source": "."}"#, "Dockerfile"),
            (
                r#"{"source": "api", "dockerfile": "docker/api"}"#,
                "docker/api",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(image(text).dockerfile(), expected);
        }
    }
}
