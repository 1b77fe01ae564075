//! The way to a part of a template.

use crate::read::Step;

/// The way to a value: a step, and the way to what it is in.
#[derive(Clone, Copy, Debug)]
pub struct Path<'p> {
    /// What it is in.
    pub up: Option<&'p Path<'p>>,
    /// The last step.
    pub step: Step<'p>,
}

impl<'p> Path<'p> {
    /// The way to something directly inside.
    pub fn below(&'p self, step: Step<'p>) -> Path<'p> {
        Path {
            up: Some(self),
            step,
        }
    }

    /// The way to the entry of a key directly inside.
    pub fn key(&'p self, key: &'p str) -> Path<'p> {
        self.below(Step::Key(key))
    }

    /// The steps from the top.
    pub fn steps(&self) -> Vec<String> {
        let up = |path: &&Self| path.up;
        let mut steps: Vec<String> = std::iter::successors(Some(self), |path| up(path))
            .map(|path| path.step.to_string())
            .collect();
        steps.reverse();
        steps
    }
}
