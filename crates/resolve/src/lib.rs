//! Templates as values: what intrinsic functions, parameters and conditions come to.
//!
//! What lives here: a [`Scope`] is a template whose parameters and conditions have values; a [`Resolver`] evaluates
//! any value of it to an [`Outcome`], and asks a [`World`] for what is not in the template: what a reference, an
//! import or a zone is. Loops are written out ([`expand`]), and what nobody may see is hidden ([`hidden`]). What does
//! not: two sides, resource types, and what a difference means.
//!
//! ```
//! use indexmap::IndexMap;
//! use stratiform_resolve::{Resolver, Scope, Whereabouts};
//! use stratiform_template::Template;
//!
//! let template = Template::parse(
//!     "Parameters:
//!   Stage: {Type: String, Default: dev}
//! Resources:
//!   Queue:
//!     Type: AWS::SQS::Queue
//!     Properties: {QueueName: !Sub 'orders-${Stage}-${AWS::Region}'}
//! ",
//! )
//! .unwrap();
//! let place = Whereabouts {
//!     stack: "shop".to_owned(),
//!     region: "eu-west-1".parse().unwrap(),
//!     account: None,
//! };
//! let given = IndexMap::from([("Stage".to_owned(), "prod".to_owned())]);
//! let scope = Scope::new(&template, &given, &place);
//! let queue = scope.resource("Queue").unwrap();
//! let outcome = Resolver::new(&scope, &place).resolve(&queue.properties["QueueName"]);
//! let name = outcome.part().unwrap();
//! assert_eq!(name.known().as_deref(), Some("orders-prod-eu-west-1"));
//! ```

pub mod declared;
mod expand;
mod globals;
mod outcome;
mod resolved;
mod resolver;
mod same;
mod scope;
mod sensitive;
mod supposed;
mod text;
mod world;

pub use expand::{WrittenOut, expand, expand_but, unexpanded, written_out};
pub use globals::with_globals;
pub use outcome::Outcome;
pub use resolved::{Entries, Resolved};
pub use resolver::Resolver;
pub use resolver::branch::{Branch, Choice, MAX_BRANCHES};
pub use same::Compare;
pub use scope::{ParameterValue, Scope};
pub use sensitive::{hidden, is_sensitive};
pub use stratiform_template::Path;
pub use supposed::Supposed;
pub use text::{HIDDEN, KNOWN_AFTER_APPLY, Secret, Segment, Style, Text, Time, Use};
pub use world::{StackOutput, Whereabouts, World, reference};
