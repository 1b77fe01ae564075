//! An app called `shop`, and what comes out of it.

use indexmap::IndexMap;
use stratiform_stack::{App, Problem, References, Settings};

pub(crate) fn app(references: References) -> App {
    App::new(Settings {
        app: "shop".to_owned(),
        environment: "test".to_owned(),
        region: "eu-central-1".to_owned(),
        references,
        termination_protection: false,
        tags: IndexMap::from([("team".to_owned(), "platform".to_owned())]),
    })
}

/// The problems as text, without the lines of the tests.
pub(crate) fn problems(app: App) -> String {
    let text: String = found(app)
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect();
    let mut parts = text.split(".rs:");
    let mut redacted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|place: char| place.is_ascii_digit() || place == ':');
        redacted += &format!(".rs:[PLACE]:{rest}");
    }
    redacted
}

pub(crate) fn found(app: App) -> Vec<Problem> {
    app.synthesize().unwrap_err()
}
