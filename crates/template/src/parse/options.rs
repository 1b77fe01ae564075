//! How the YAML parser is set.

use granit_parser::Options;

use super::MAX_DEPTH;

pub(super) fn options() -> Options {
    // Our own limit speaks first, with a better message; the parser's is a net below it.
    granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH * 2,
        block_nesting_limit: MAX_DEPTH * 2,
    }
}
