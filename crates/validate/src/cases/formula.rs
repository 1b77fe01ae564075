//! Conditions as formulas over what is not known.

use std::borrow::Cow;

/// Something that can have one of several texts.
#[derive(Clone, Debug)]
pub(super) struct Variable<'t> {
    /// What it is called.
    pub(super) name: Name<'t>,
    /// The texts that the template compares it with, or allows; the default first.
    pub(super) texts: Vec<Cow<'t, str>>,
    /// Whether it can have another text than those.
    pub(super) is_open: bool,
}

impl Variable<'_> {
    /// What it is supposed to be, in words; none for a text that the template does not name.
    pub(super) fn told(&self, text: Option<&str>) -> String {
        let verb = match self.name {
            Name::Truth(_) => {
                let holds = if text.is_some() {
                    "holds"
                } else {
                    "does not hold"
                };
                return format!("`{}` {holds}", self.name.said());
            }
            Name::Expression(_) => "gives",
            Name::Parameter(_) => "is",
        };
        let name = self.name.said();
        match (text, self.texts.as_slice()) {
            (Some(""), _) => format!("`{name}` {verb} nothing"),
            (Some(text), _) => format!("`{name}` {verb} `{text}`"),
            (None, []) => format!("`{name}` {verb} anything"),
            (None, [only]) if only.is_empty() => format!("`{name}` {verb} something"),
            (None, [only]) => format!("`{name}` {verb} not `{only}`"),
            (None, texts) => {
                let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
                format!("`{name}` {verb} none of {}", texts.join(", "))
            }
        }
    }
}

/// What a [`Variable`] is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Name<'t> {
    /// A parameter, or a pseudo parameter.
    Parameter(&'t str),
    /// An expression whose value nobody knows, as it is written.
    Expression(String),
    /// An expression that holds or does not, as it is written.
    Truth(String),
}

impl Name<'_> {
    /// What it is called in sentences.
    pub(super) fn said(&self) -> &str {
        match self {
            Name::Parameter(name) => name,
            Name::Expression(written) | Name::Truth(written) => written,
        }
    }
}

/// The position of a [`Variable`].
pub(super) type Place = usize;

/// What holds where the variables have certain texts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Formula {
    /// It always holds, or never does.
    Constant(bool),
    /// A variable has the text of a position.
    Is(Place, usize),
    /// Two variables have one text; the third is whether they do where the template names neither's text.
    Same(Place, Place, Place),
    /// The condition of a position.
    Condition(usize),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    pub(super) fn not(self) -> Formula {
        match self {
            Formula::Constant(holds) => Formula::Constant(!holds),
            Formula::Not(inner) => *inner,
            other => Formula::Not(Box::new(other)),
        }
    }
}

/// The text that a variable has: a position, or one that the template does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    Text(usize),
    Another,
}
