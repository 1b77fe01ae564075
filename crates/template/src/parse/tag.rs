//! YAML tags: CloudFormation's short forms and YAML's own.

use stratiform_finding::words::{nearest, shortened};
use stratiform_finding::{Code, Finding, Span};

use super::error::unreadable;
use super::scalar::{boolean, is_null, resolve};
use crate::node::Scalar;
use crate::value::{Function, Number};

/// What a tag asks of the part behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// No tag.
    None,
    /// `!Ref` and its like: the part is a function's argument.
    Function(Function),
    /// `!!str`, or `!` alone.
    Text,
    Integer,
    Float,
    Boolean,
    Null,
    List,
    Map,
}

impl Tag {
    pub(super) fn read(tag: Option<&granit_parser::Tag>, span: Span) -> Result<Tag, Box<Finding>> {
        let Some(tag) = tag else {
            return Ok(Tag::None);
        };
        let written = tag.original();
        if written == "!" {
            return Ok(Tag::Text);
        }
        if let Some(kind) = tag.core_suffix() {
            return match kind {
                "str" => Ok(Tag::Text),
                "int" => Ok(Tag::Integer),
                "float" => Ok(Tag::Float),
                "bool" => Ok(Tag::Boolean),
                "null" => Ok(Tag::Null),
                "seq" => Ok(Tag::List),
                "map" => Ok(Tag::Map),
                _ => Err(unknown(&written, span)),
            };
        }
        // Every function is accepted as a tag, also those whose short form no page promises: cfn-lint does.
        let name = match tag.handle() {
            "!" => Some(tag.suffix()),
            "" => tag.suffix().strip_prefix('!'),
            _ => None,
        };
        name.and_then(function)
            .map(Tag::Function)
            .ok_or_else(|| unknown(&written, span))
    }

    /// The short form of a function: `!Ref`; `None` for all other tags.
    pub(super) fn short(written: &str) -> Option<Tag> {
        written
            .strip_prefix('!')
            .and_then(function)
            .map(Tag::Function)
    }

    /// The scalar that a tagged text is.
    pub(super) fn scalar(
        self,
        text: &str,
        plain: bool,
        span: Span,
    ) -> Result<Scalar, Box<Finding>> {
        let refused = |what: &str| {
            unreadable(
                Code::InvalidTag,
                span,
                format!("`{}` is {what}", shortened(text)),
                "the tag before it says what it must be",
                "remove the tag, or change the text",
            )
        };
        match self {
            Tag::None if plain => Ok(resolve(text)),
            Tag::None | Tag::Text | Tag::Function(_) => Ok(Scalar::String(text.to_owned())),
            Tag::Integer => Number::parse(text)
                .filter(|number| !number.as_str().contains(['.', 'e', 'E']))
                .map(Scalar::Number)
                .ok_or_else(|| refused("no whole number")),
            Tag::Float => Number::parse(text)
                .map(Scalar::Number)
                .ok_or_else(|| refused("no number")),
            Tag::Boolean => boolean(text)
                .map(Scalar::Bool)
                .ok_or_else(|| refused("no boolean")),
            Tag::Null if is_null(text) => Ok(Scalar::Null),
            Tag::Null => Err(refused("not null")),
            Tag::List => Err(refused("no list")),
            Tag::Map => Err(refused("no map")),
        }
    }
}

fn function(name: &str) -> Option<Function> {
    Function::from_tag(name).or_else(|| {
        Function::ALL
            .into_iter()
            .find(|function| function.name().strip_prefix("Fn::") == Some(name))
    })
}

fn unknown(written: &str, span: Span) -> Box<Finding> {
    let name = written.trim_start_matches('!').trim_start_matches("Fn::");
    let tags = Function::ALL.into_iter().filter_map(Function::tag);
    let help = match nearest(name, tags) {
        Some(tag) => format!("did you mean `!{tag}`?"),
        None if name.starts_with("ForEach") => {
            "loops have no short form: write `Fn::ForEach::Name:`".to_owned()
        }
        None => "use one of CloudFormation's functions, or put the text in quotes".to_owned(),
    };
    unreadable(
        Code::UnknownTag,
        span,
        format!("CloudFormation does not know tag `{}`", shortened(written)),
        "a short tag names an intrinsic function",
        help,
    )
}
