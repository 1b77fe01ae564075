//! What the compiler refuses of parts, and how it says so.

#[test]
fn refusals() {
    trybuild::TestCases::new().compile_fail("tests/refusals/*.rs");
}
