//! The reference app's binary: the command line with the stacks of `storefront`.

use std::process::ExitCode;

fn main() -> ExitCode {
    stratiform::run(storefront_stacks::app)
}
