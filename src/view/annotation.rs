//! Texts in GitHub's workflow commands.
//!
//! Source: GitHub docs, "Workflow commands for GitHub Actions".

/// A text as GitHub reads it in a command.
pub(crate) fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D");
    text.replace('\n', "%0A")
}

/// A text as GitHub reads it as the value of a property.
pub(crate) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
