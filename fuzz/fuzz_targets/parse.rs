//! Any bytes → template → text → the same template.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stratiform_template::{Node, Template, check, parse_bytes};

fuzz_target!(|bytes: &[u8]| {
    let node = match parse_bytes(bytes) {
        Ok(node) => node,
        Err(error) => {
            let end = error.span().map_or(0, |span| span.end);
            assert!(end <= bytes.len(), "{error:?}");
            return;
        }
    };
    spans(&node, bytes.len());
    let Ok(template) = Template::from_node(&node) else {
        return;
    };
    for finding in check(&template) {
        let _ = node.span_at(finding.path.iter().map(String::as_str));
    }
    // What is rendered may be larger than what was read: aliases are written out.
    let yaml = template.to_yaml();
    if yaml.len() < stratiform_template::MAX_BYTES {
        let again = Template::parse(&yaml).expect("our own YAML");
        assert_eq!(again, template, "{yaml}");
        assert_eq!(again.to_yaml(), yaml);
    }
    let json = template.to_json();
    if json.len() < stratiform_template::MAX_BYTES {
        let again = Template::parse(&json).expect("our own JSON");
        assert_eq!(again, template, "{json}");
    }
});

fn spans(node: &Node, length: usize) {
    assert!(
        node.span.start <= node.span.end && node.span.end <= length,
        "{node:?}"
    );
    for entry in node.entries() {
        assert!(entry.key_span.end <= length, "{entry:?}");
        spans(&entry.value, length);
    }
    for item in node.items() {
        spans(item, length);
    }
}
