//! Commands that call AWS, where the program was built without the feature `aws`: each is there in every program, so that
//! nobody looks for it in vain.

use stratiform_finding::Code;

use crate::exit::Exit;
use crate::report::Failure;

/// Refuses a command: what it needs, and how to get it.
pub(crate) fn refused(command: &str) -> Failure {
    Failure::new(
        Exit::Usage,
        Code::WithoutAws,
        format!("`{command}` calls AWS, and this program was built without what talks to AWS"),
        format!(
            "build it with the feature `aws` of `stratiform`: with `aws = [\"stratiform/aws\"]` under `[features]` of \
             your Cargo.toml, `cargo run --features aws -- {command}`"
        ),
    )
}
