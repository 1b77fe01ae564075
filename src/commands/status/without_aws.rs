//! `status` where the program was built without the feature `aws`: what it needs, and how to get it.

use stratiform_environment::Environment;
use stratiform_finding::Code;

use crate::Define;
use crate::args::{Global, Status};
use crate::exit::Exit;
use crate::report::Failure;
use crate::view::{Answer, View};

/// Refuses: the command is there in every program, so that nobody looks for it in vain.
pub(crate) fn run<E: Environment>(
    _: Define<E>,
    _: &Global,
    _: &Status,
    _: &mut dyn View,
) -> Result<Answer, Failure> {
    Err(Failure::new(
        Exit::Usage,
        Code::WithoutAws,
        "`status` calls AWS, and this program was built without what talks to AWS",
        "build it with the feature `aws` of `stratiform`: with `aws = [\"stratiform/aws\"]` under `[features]` of \
         your Cargo.toml, `cargo run --features aws -- status`",
    ))
}
