//! Text that wants to hurt: refused or read, in bounded time and memory, never a panic.

use std::time::Instant;

use stratiform_finding::Code;
use stratiform_template::{
    MAX_BYTES, MAX_DEPTH, Template, parse, parse_bytes, parse_json, parse_yaml,
};

const LARGE: usize = 10 * 1024 * 1024;

/// What is read to its end is smaller without optimization, which makes the parser thirty times slower.
const READ: usize = if cfg!(debug_assertions) {
    LARGE / 10
} else {
    LARGE
};

/// Parses and, where that works, goes all the way; says what came of it.
fn outcome(text: &str) -> String {
    match parse(text) {
        Ok(node) => {
            let copy = node.clone();
            assert_eq!(node, copy);
            drop(copy);
            if let Ok(template) = Template::from_node(&node) {
                let yaml = template.to_yaml();
                let _ = stratiform_template::check(&template);
                drop(yaml);
            }
            "read".to_owned()
        }
        Err(error) => {
            assert!(error.span().expect("a place").end <= text.len(), "{error}");
            assert!(
                error.to_string().len() < 1000,
                "a message repeats the input"
            );
            error.code.to_string()
        }
    }
}

fn check(name: &str, text: &str, expected: &str) {
    let start = Instant::now();
    let outcome = outcome(text);
    println!(
        "{name}: {} bytes, {outcome}, {:?}",
        text.len(),
        start.elapsed()
    );
    assert_eq!(outcome, expected, "{name}");
}

fn repeated(piece: &str) -> String {
    piece.repeat(LARGE / piece.len())
}

fn read(piece: &str) -> String {
    piece.repeat(READ / piece.len())
}

#[test]
fn brackets() {
    check("[", &repeated("["), "nested-too-deep");
    check("{", &repeated("{"), "nested-too-deep");
    check("- ", &repeated("- "), "nested-too-deep");
    check("? ", &repeated("? "), "nested-too-deep");
    check("a: [", &format!("a: {}", repeated("[")), "nested-too-deep");
    check("{a:", &repeated("{a: "), "nested-too-deep");
    check("{\"a\":", &repeated("{\"a\":"), "nested-too-deep");
    check("]", &repeated("]"), "invalid-yaml");
    check("}", &repeated("}"), "invalid-yaml");
    check(":", &repeated(":"), "invalid-yaml");
    check(": ", &repeated(": "), "nested-too-deep");
    check("[]", &format!("[{}]", repeated("[],")), "too-many-nodes");
    check(
        "balanced",
        &format!("{}{}", "[".repeat(LARGE / 2), "]".repeat(LARGE / 2)),
        "nested-too-deep",
    );
    let json = format!("{{\"a\":{}", repeated("["));
    check("JSON [", &json, "nested-too-deep");
    let stairs: String = (0..3000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    check("stairs", &stairs, "nested-too-deep");
}

#[test]
fn depth_up_to_the_limit() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_json(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(
        parse_json(&nested(MAX_DEPTH + 1)).map_err(|error| error.code),
        Err(Code::NestedTooDeep)
    );
    assert!(parse_yaml(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(
        parse_yaml(&nested(MAX_DEPTH + 1)).map_err(|error| error.code),
        Err(Code::NestedTooDeep)
    );
    assert!(parse_yaml(&"- ".repeat(MAX_DEPTH)).is_ok());
    assert_eq!(
        parse_yaml(&"- ".repeat(MAX_DEPTH + 1)).map_err(|error| error.code),
        Err(Code::NestedTooDeep)
    );
    // A short tag is one level, the dotted form of `Fn::GetAtt` two.
    let tagged =
        |depth: usize, tag: &str| format!("{}{tag} A.B{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_yaml(&tagged(MAX_DEPTH - 1, "!Ref")).is_ok());
    assert!(parse_yaml(&tagged(MAX_DEPTH, "!Ref")).is_err());
    assert!(parse_yaml(&tagged(MAX_DEPTH - 2, "!GetAtt")).is_ok());
    assert!(parse_yaml(&tagged(MAX_DEPTH - 1, "!GetAtt")).is_err());
}

#[test]
fn tags_and_anchors() {
    check("! ! !", &repeated("! "), "invalid-yaml");
    check("!Ref !Ref", &repeated("!Ref "), "invalid-yaml");
    check("&a &a", &repeated("&a "), "invalid-yaml");
    check("!a…", &format!("!{}", repeated("a")), "unknown-tag");
    check("&a…", &format!("&{} b", repeated("a")), "read");
    check("*a…", &format!("*{}", repeated("a")), "invalid-alias");
    check("own anchor", "&a [*a]", "invalid-alias");
    check("own anchor in a map", "a: &a\n  b: *a\n", "invalid-alias");
    check("own merge", "&a\n<<: *a\n", "invalid-alias");
    let nested: String = (0..1000).map(|depth| format!("&a{depth} [")).collect();
    check("nested anchors", &nested, "nested-too-deep");
    let many: String = (0..READ / 50)
        .map(|index| format!("- &a{index} x\n"))
        .collect();
    check("many anchors", &many, "read");
    let same = format!("{}- *a\n", "- &a x\n".repeat(READ / 30));
    check("one anchor, often", &same, "read");
    check(
        "%TAG",
        &format!("%TAG !e! tag:{}\n---\na", repeated("a")),
        "invalid-yaml",
    );
    check(
        "% directives",
        &format!("{}---\na", repeated("%A b\n")),
        "read",
    );
}

#[test]
fn quoted_text_further_to_the_left() {
    let one = |index: usize| format!("- a: 'b\nc'\n- {index}\n");
    check("many", &(0..READ / 20).map(one).collect::<String>(), "read");
    let lines = format!("a:\n  b: \"{}\"\n", read("x\n"));
    check("many lines", &lines, "read");
    let open = format!("a:\n  b: \"{}", read("x\n"));
    check("without an end", &open, "invalid-yaml");
    // What is put before each line would weigh more than is read.
    let far = format!(
        "{}a: 'b\n{}'\n",
        " ".repeat(READ / 4),
        "c\n".repeat(READ / 8)
    );
    check("far to the right", &far, "invalid-yaml");
    let quotes = read("a: 'b\n");
    check("one quote after the other", &quotes, "invalid-yaml");
}

#[test]
fn aliases_that_explode() {
    let mut bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    check("billion laughs", &bomb, "too-many-nodes");

    let mut bomb = "a0: &a0 {k: v}\n".to_owned();
    for level in 1..40 {
        bomb += &format!("a{level}: &a{level} {{x: *a{0}, y: *a{0}}}\n", level - 1);
    }
    check("doubling maps", &bomb, "too-many-nodes");

    let mut bomb = "a0: &a0 {k0: v}\n".to_owned();
    for level in 1..40 {
        bomb += &format!(
            "a{level}: &a{level} {{<<: [*a{0}, *a{0}], k{level}: v}}\n",
            level - 1
        );
    }
    check("doubling merges", &bomb, "too-many-nodes");

    let text = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1024 * 1024),
        "*a,".repeat(10_000)
    );
    check("a large text, often", &text, "too-many-nodes");
    let keys = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1000),
        "{*a : 1},".repeat(100_000)
    );
    check("a large key, often", &keys, "too-many-nodes");

    let mut deep = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        deep += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    check("deeper with every alias", &deep, "nested-too-deep");
}

#[test]
fn large_scalars() {
    check("plain", &read("a"), "read");
    check("words", &read("a "), "read");
    check("plain lines", &read("a\n"), "read");
    check("digits", &read("1"), "read");
    check("single", &format!("'{}'", read("a ")), "read");
    check("single lines", &format!("'{}'", read("a\n ")), "read");
    check("double", &format!("\"{}\"", read("\\u00e9")), "read");
    check("open quote", &format!("'{}", read("a\n ")), "invalid-yaml");
    check("open double", &format!("\"{}", read("a ")), "invalid-yaml");
    check("literal", &format!("|\n{}", read(" a\n")), "read");
    check(
        "empty lines in a literal",
        &format!("|\n a\n{}", read("\n")),
        "read",
    );
    check("folded", &format!(">\n{}", read(" a\n\n")), "read");
    check("spaces", &read(" "), "read");
    check("line breaks", &read("\n"), "read");
    check("comments", &read("# a\n"), "read");
    check("one comment", &format!("#{}", read("a")), "read");
    check("tabs", &read("\t"), "read");
    check(
        "tabs and text",
        &format!("a:\n{}b: c", read("\t")),
        "tab-indentation",
    );
    check("nothing", &read("\0"), "invalid-yaml");
    check(
        "JSON string",
        &format!("{{\"a\":\"{}\"}}", read("é")),
        "read",
    );
    check(
        "JSON escapes",
        &format!("{{\"a\":\"{}\"}}", read("\\ud83d\\ude00")),
        "read",
    );
    check(
        "JSON open string",
        &format!("{{\"a\":\"{}", read("a")),
        "invalid-json",
    );
    check("JSON number", &format!("{{\"a\":{}}}", read("1")), "read");
    check(
        "JSON word",
        &format!("{{\"a\":{}}}", read("a")),
        "invalid-json",
    );
    check(
        "JSON blanks",
        &format!("{{\"a\":{}1}}", read(" \n")),
        "read",
    );
    check("long key", &format!("{}: 1", read("a")), "invalid-yaml");
    check(
        "long explicit key",
        &format!("? {}\n: 1", read("a")),
        "read",
    );
    check("dashes", &read("-"), "read");
    check("documents", &read("---\n"), "multiple-documents");
    check("dots", &read("...\n"), "read");
}

#[test]
fn many_parts() {
    let keys: String = (0..READ / 25)
        .map(|index| format!("k{index}: v\n"))
        .collect();
    check("keys", &keys, "read");
    let keys: Vec<String> = (0..READ / 25)
        .map(|index| format!("\"k{index}\":1"))
        .collect();
    check("JSON keys", &format!("{{{}}}", keys.join(",")), "read");
    check("equal keys", &"a: b\n".repeat(READ / 25), "duplicate-key");
    check("items", &repeated("- a\n"), "too-many-nodes");
    check(
        "JSON items",
        &format!("{{\"a\":[{}1]}}", repeated("1,")),
        "too-many-nodes",
    );
    let resources: String = (0..READ / 100)
        .map(|index| format!("  R{index}: {{Type: A, DependsOn: R{}}}\n", index + 1))
        .collect();
    check(
        "a chain of resources",
        &format!("Resources:\n{resources}"),
        "read",
    );
    let references: String = (0..READ / 200)
        .map(|index| format!("  R{index}: {{Type: A, Properties: {{A: !Ref Q{index}}}}}\n"))
        .collect();
    check(
        "references to nothing",
        &format!("Resources:\n{references}"),
        "read",
    );
    let widths: String = (0..300)
        .map(|_| format!("- {}\n", "- ".repeat(100)))
        .collect();
    check("wide and deep", &widths, "read");
}

#[test]
fn too_large() {
    let text = " ".repeat(MAX_BYTES + 1);
    for parsed in [
        parse(&text),
        parse_json(&text),
        parse_yaml(&text),
        parse_bytes(text.as_bytes()),
    ] {
        assert_eq!(
            parsed.map_err(|error| error.code),
            Err(Code::TemplateTooLarge)
        );
    }
    assert!(parse(&" ".repeat(MAX_BYTES)).is_ok());
}
