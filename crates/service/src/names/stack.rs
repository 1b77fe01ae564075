//! Names of stacks: `<app>-<environment>-<key>`, put together and taken apart here and nowhere else.

use std::fmt;

use super::{Malformed, is_hyphenated, name};

name! {
    /// Name of a stack, unique in an account and region: 1 to 128 letters, digits and hyphens, a letter first.
    ///
    /// Source: CloudFormation API reference, "CreateStack".
    pub struct StackName(
        "a stack's name",
        "1 to 128 letters, digits and hyphens, a letter first",
        is_hyphenated
    );
}

/// How the names of an app's stacks in one environment start: `storefront-prod-`.
///
/// Both parts may have hyphens in them, so that a name alone does not say where they end: whoever takes one apart says
/// which app and which environment are meant.
///
/// ```
/// use stratiform_service::{StackName, StackPrefix};
///
/// let ours = StackPrefix::of("shop-dev-tools", "dev");
/// let name = StackName::new("shop-dev-tools-dev-network")?;
/// assert_eq!(ours.key(&name), Some("network"));
/// assert_eq!(ours.name("network")?, name);
/// # Ok::<(), stratiform_service::Malformed>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackPrefix(String);

impl StackName {
    /// The name of an app's stack in an environment.
    ///
    /// # Errors
    /// The parts do not make a stack's name, or the key is empty.
    pub fn of(app: &str, environment: &str, key: &str) -> Result<StackName, Malformed> {
        StackPrefix::of(app, environment).name(key)
    }
}

impl StackPrefix {
    /// The prefix of an app in an environment.
    pub fn of(app: &str, environment: &str) -> StackPrefix {
        StackPrefix(format!("{app}-{environment}-"))
    }

    /// The prefix as text, with its last hyphen.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the stack with a key.
    ///
    /// # Errors
    /// That is no stack's name, or the key is empty.
    pub fn name(&self, key: &str) -> Result<StackName, Malformed> {
        let text = self.text(key);
        match StackName::new(&text) {
            Ok(name) if !key.is_empty() => Ok(name),
            Ok(_) => Err(Malformed {
                noun: "a stack's name",
                text,
                allowed: "the app, the environment and the stack's own name",
            }),
            Err(malformed) => Err(malformed),
        }
    }

    /// What the name of the stack with a key would be, whether or not that can be one: for messages.
    pub fn text(&self, key: &str) -> String {
        format!("{}{key}", self.0)
    }

    /// The key of a stack; none where the name does not start so.
    ///
    /// A name that starts so is not for certain the app's own: `shop-dev-tools-dev-network` is `tools-dev-network` of
    /// the app `shop` in `dev`, as far as a name can say.
    pub fn key<'n>(&self, name: &'n (impl AsRef<str> + ?Sized)) -> Option<&'n str> {
        let key = name.as_ref().strip_prefix(&self.0)?;
        (!key.is_empty()).then_some(key)
    }

    /// The name of the same stack in another environment or app; none where the name does not start so.
    ///
    /// # Errors
    /// The name would be too long.
    pub fn renamed(
        &self,
        name: &StackName,
        to: &StackPrefix,
    ) -> Result<Option<StackName>, Malformed> {
        self.key(name).map(|key| to.name(key)).transpose()
    }
}

impl fmt::Display for StackPrefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}
