//! Where a value is in an environment: `services.api.cpu`.

use std::fmt;

/// A path of keys and list positions.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

/// A step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into a map.
    Key(String),
    /// Into a list, from 0.
    Position(usize),
}

impl Path {
    /// The same path, one key deeper.
    #[must_use]
    pub fn key(&self, key: impl AsRef<str>) -> Path {
        self.step(Step::Key(key.as_ref().to_owned()))
    }

    /// The same path, one list position deeper.
    #[must_use]
    pub fn position(&self, position: usize) -> Path {
        self.step(Step::Position(position))
    }

    fn step(&self, step: Step) -> Path {
        Path([self.0.as_slice(), &[step]].concat())
    }

    /// What it is in; the path itself where that is the environment.
    #[must_use]
    pub fn parent(&self) -> Path {
        match self.0.split_last() {
            Some((_, above)) => Path(above.to_vec()),
            None => Path::default(),
        }
    }

    /// The steps, from the top.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

/// Keys with dots between them; a key that has a dot itself needs [`Path::key`].
impl From<&str> for Path {
    fn from(text: &str) -> Self {
        Path(
            text.split('.')
                .filter(|key| !key.is_empty())
                .map(|key| Step::Key(key.to_owned()))
                .collect(),
        )
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Position(position) => write!(formatter, "[{position}]")?,
                Step::Key(key) => {
                    if depth > 0 {
                        formatter.write_str(".")?;
                    }
                    if key.contains(['.', ' ', '[']) || key.is_empty() {
                        write!(formatter, "{key:?}")?;
                    } else {
                        formatter.write_str(key)?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_the_yaml_it_points_into() {
        let path = Path::from("network.interface_endpoints").position(2);
        assert_eq!(path.to_string(), "network.interface_endpoints[2]");
        let path = Path::from("settings.tags").key("cost.center");
        assert_eq!(path.to_string(), "settings.tags.\"cost.center\"");
        assert_eq!(Path::default().to_string(), "");
    }
}
