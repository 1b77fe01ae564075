//! Commands that call AWS, where the program was built without the feature `aws`: each is there in every program, so that
//! nobody looks for it in vain.

use stratiform_finding::Code;

use crate::exit::Exit;
use crate::report::Failure;

/// Refuses `rehearse`, which needs what talks to AWS and the engine that answers it.
pub(crate) fn not_rehearsed() -> Failure {
    Failure::new(
        Exit::Usage,
        Code::WithoutEngine,
        "`rehearse` plays a deployment on the embedded CloudFormation, and this program was built without it or without what \
         talks to AWS",
        "build it with the features `aws` and `engine` of `stratiform`: with `aws = [\"stratiform/aws\"]` and `engine = \
         [\"stratiform/engine\"]` under `[features]` of your Cargo.toml, `cargo run --features aws,engine -- rehearse`",
    )
}

/// Refuses a command: what it needs, and how to get it.
#[cfg(not(feature = "aws"))]
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
