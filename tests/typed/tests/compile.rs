//! What the compiler must refuse, and that its message is understandable: read the `.stderr` files.

#[test]
fn refusals() {
    trybuild::TestCases::new().compile_fail("tests/refusals/*.rs");
}
