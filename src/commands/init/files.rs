//! What is in a new repository: layout is in `templates/init`, decisions are made.

use handlebars::{Handlebars, no_escape};
use serde::Serialize;

use super::dependency::Dependencies;
use crate::report::Failure;
use crate::view::review::not_rendered;

/// What the new repository says of its environments: its schema is written before anybody has built it.
#[expect(unreachable_pub, reason = "it is the interface of another crate")]
#[path = "../../../templates/init/stacks/environment.rs"]
mod environment;

/// A file of the new repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Where it is in the repository, with `/`.
    pub path: &'static str,
    pub text: String,
}

/// What a file is before it is known for whom: its place, the text, and whether there is something to fill in.
type Template = (&'static str, &'static str, Filling);

#[derive(Clone, Copy, Debug)]
enum Filling {
    Plain,
    Handlebars,
}

macro_rules! templates {
    (plain: $($plain:literal = $from:literal,)+ filled: $($filled:literal,)+) => {
        [
            $(($plain, include_str!(concat!("../../../templates/init/", $from)), Filling::Plain),)+
            $((
                $filled,
                include_str!(concat!("../../../templates/init/", $filled, ".hbs")),
                Filling::Handlebars,
            ),)+
        ]
    };
}

// The names that begin with a dot mean something to git and editors here, too.
const TEMPLATES: [Template; 17] = templates![
    plain:
    ".gitignore" = "gitignore",
    ".vscode/extensions.json" = "vscode/extensions.json",
    ".vscode/settings.json" = "vscode/settings.json",
    "build.rs" = "build.rs",
    "environments/dev.yaml" = "environments/dev.yaml",
    "environments/prod.yaml" = "environments/prod.yaml",
    "environments/staging.yaml" = "environments/staging.yaml",
    "resources.txt" = "resources.txt",
    "src/main.rs" = "src/main.rs",
    "stacks/environment.rs" = "stacks/environment.rs",
    "stacks/inbox.rs" = "stacks/inbox.rs",
    "stacks/lib.rs" = "stacks/lib.rs",
    filled:
    "Cargo.toml",
    "README.md",
    "environments/defaults.yaml",
    "rust-toolchain.toml",
    "tests/stacks.rs",
];

/// What is filled in.
#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    rust: &'static str,
    repository: &'static str,
    #[serde(flatten)]
    dependencies: &'a Dependencies,
}

/// All files of the repository of an app.
///
/// # Errors
/// A template of ours that cannot be filled in.
pub(super) fn all(name: &str, dependencies: &Dependencies) -> Result<Vec<File>, Failure> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(no_escape);
    let data = Data {
        name,
        rust: env!("CARGO_PKG_RUST_VERSION"),
        repository: env!("CARGO_PKG_REPOSITORY"),
        dependencies,
    };
    let files = TEMPLATES.into_iter().map(|(path, text, filling)| {
        let text = match filling {
            Filling::Plain => text.to_owned(),
            Filling::Handlebars => handlebars
                .render_template(text, &data)
                .map_err(|error| not_rendered(&error.to_string()))?,
        };
        Ok(File { path, text })
    });
    let schema = File {
        path: "environments/schema.json",
        text: stratiform_environment::schema::<environment::Environment>(),
    };
    files.chain([Ok(schema)]).collect()
}
