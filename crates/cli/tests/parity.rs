//! The reference app's own environments differ by their values and by nothing else.

use std::process::Command;

use stratiform_test_support::alone;

// `dev` is a word in `/dev/null`, and `prod` in the name of AWS's bucket of image layers.
#[test]
fn environments_differ_by_their_values() {
    for (one, other) in [
        ("dev", "prod"),
        ("dev", "staging"),
        ("prod", "staging"),
        ("staging", "dev"),
        ("staging", "prod"),
    ] {
        let output = alone(&mut Command::new(env!("CARGO_BIN_EXE_stratiform")))
            .args(["diff", "--env", one, "--against", other])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{one}, {other}: {text}");
        assert!(text.contains("\nNothing else differs: "), "{text}");
    }
}
