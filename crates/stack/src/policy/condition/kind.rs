//! What keys of a request hold: each operator compares one kind of it.

/// Text.
#[derive(Clone, Copy, Debug)]
pub enum Text {}

/// A number.
#[derive(Clone, Copy, Debug)]
pub enum Number {}

/// A moment: `2026-12-01T00:00:00Z`, or seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub enum Moment {}

/// True or false.
#[derive(Clone, Copy, Debug)]
pub enum Flag {}

/// Bytes, in Base64.
#[derive(Clone, Copy, Debug)]
pub enum Binary {}

/// An address, or a block of addresses.
#[derive(Clone, Copy, Debug)]
pub enum Address {}

/// An ARN.
#[derive(Clone, Copy, Debug)]
pub enum ResourceName {}

/// Any of them: whether a key is there can be asked of each.
#[derive(Clone, Copy, Debug)]
pub enum Any {}

/// Kinds whose values are written as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not written as text",
    label = "a flag is `true` or `false`, a number a number"
)]
pub trait Written {}

impl Written for Text {}
impl Written for Moment {}
impl Written for Binary {}
impl Written for Address {}
impl Written for ResourceName {}

/// Says which kinds of keys an operator compares: those of its own, and ARNs as text.
#[diagnostic::on_unimplemented(
    message = "a key that holds a `{J}` cannot be compared as `{Self}`",
    label = "this key holds a `{J}`",
    note = "`boolean` compares flags, `arn_like` ARNs, `ip_address` addresses, `numeric_…` numbers, `date_…` moments"
)]
pub trait Compares<J> {}

impl Compares<Text> for Text {}
impl Compares<ResourceName> for Text {}
impl Compares<Number> for Number {}
impl Compares<Moment> for Moment {}
impl Compares<Flag> for Flag {}
impl Compares<Binary> for Binary {}
impl Compares<Address> for Address {}
impl Compares<ResourceName> for ResourceName {}
impl<J> Compares<J> for Any {}
