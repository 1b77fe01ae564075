//! `diff --deployed` where the program was built without the feature `aws`: what it needs, and how to get it.

use stratiform_finding::Code;

use crate::args::{Diff, Global};
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::Failure;
use crate::view::View;
use crate::view::reviewed::Review;

/// Refuses, as `deployed.rs` would answer: the flag is there in every program, so that nobody looks for it in vain.
pub(super) fn review(
    _: &dyn Definition,
    _: &Global,
    _: &Diff,
    _: &mut dyn View,
) -> Result<Review, Failure> {
    Err(Failure::new(
        Exit::Usage,
        Code::WithoutAws,
        "`--deployed` asks AWS, and this program was built without what talks to AWS",
        "build it with the feature `aws` of `stratiform`: with `aws = [\"stratiform/aws\"]` under `[features]` of \
         your Cargo.toml, `cargo run --features aws -- diff --deployed`",
    ))
}
