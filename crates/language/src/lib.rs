//! What an editor asks about a text that somebody writes: a text and a position in, an answer out.
//!
//! What lives here: [`complete`], [`hover`], [`definition`], [`references`] and [`symbols`] of templates, the same of
//! environments' files by their schema, and [`Text`], which counts as editors do. What does not: what is wrong with a
//! text (`stratiform-validate`, `stratiform-environment`), the protocol, and files.
//!
//! A text that is being written is broken most of the time. So all answers come from a [`Sketch`]: one go through the
//! text that makes out keys, functions and where the cursor is, line by line, whatever stands between.
//!
//! ```
//! let text = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      Visib";
//! let proposals = stratiform_language::complete(text, text.len(), None);
//! assert!(proposals.iter().any(|it| it.label == "VisibilityTimeout"));
//! let hover = stratiform_language::hover(text, text.find("SQS").unwrap()).unwrap();
//! assert!(hover.markdown.contains("`Ref` gives"));
//! ```

mod completion;
mod environment;
mod facts;
mod hover;
mod names;
mod sketch;
mod symbols;
mod target;
mod text;

pub use completion::{Completion, Kind, complete};
pub use environment::{complete_environment, hover_environment, key_at, path_at};
pub use hover::{Hover, hover};
pub use sketch::{Sign, Sketch};
pub use symbols::{Symbol, symbols};
pub use target::{definition, references};
pub use text::{Encoding, Position, Text, difference};
