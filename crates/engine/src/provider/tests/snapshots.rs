//! The stacks that we deploy: no provider refuses any of their resources, before values are known.

use std::path::{Path, PathBuf};

use stratiform_template::Template;

use super::*;

fn templates() -> Vec<PathBuf> {
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots");
    let files = |directory: PathBuf| {
        std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    let all = files(snapshots).flat_map(files);
    all.filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect()
}

#[test]
fn nothing_of_our_stacks_is_refused() {
    let templates = templates();
    assert!(templates.len() > 15);
    for path in templates {
        let text = std::fs::read_to_string(&path).unwrap();
        let template: Value =
            serde_json::from_str(&Template::parse(&text).unwrap().to_json()).unwrap();
        for (logical_id, resource) in template
            .get("Resources")
            .and_then(Value::as_object)
            .unwrap()
        {
            let resource_type = resource.get("Type").and_then(Value::as_str).unwrap();
            let properties = resource
                .get("Properties")
                .cloned()
                .unwrap_or_else(|| json!({}));
            let found = validate(
                resource_type,
                logical_id,
                &object(properties),
                &mut Ids::new(1),
            );
            assert_eq!(found, Ok(()), "{logical_id} of {}", path.display());
        }
    }
}
