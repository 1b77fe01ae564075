//! The Rust of two pages, compiled as it stands there: `docs/from-cdk.md` and `docs/writing.md`.

#![expect(unused_variables, reason = "readers go on from what a block ends with")]

use stratiform_stack::{
    App, Define, DeletionPolicy, Handle, Parameter, PolicyDocument, Principal, Stack, Statement,
    Tag, Untyped, availability_zones, cidr, either, equals, json, partial, props, pseudo, select,
    sub,
};

include!(concat!(env!("OUT_DIR"), "/resources.rs"));

/// What environments differ in.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    /// Days that messages are kept.
    pub keep_days: u16,
}

/// What the page for those who come from the CDK adds to an app.
pub fn from_cdk(env: &Environment, app: &App) {
    include!(concat!(env!("OUT_DIR"), "/from-cdk.rs"))
}

/// What the page about everything else that stacks can say adds to a stack.
pub fn writing(stack: &Stack) {
    include!(concat!(env!("OUT_DIR"), "/writing.rs"))
}
