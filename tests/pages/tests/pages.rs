//! What the pages' Rust comes to.

use pages::Environment;
use stratiform_stack::{App, Assembly, References, Settings};

/// The templates of an app that a page adds to.
fn templates(page: impl FnOnce(&App)) -> Assembly {
    let app = App::new(Settings {
        app: "orders".to_owned(),
        environment: "dev".to_owned(),
        region: "eu-central-1".parse().expect("a region"),
        references: References::Strong,
        termination_protection: false,
        tags: Default::default(),
    });
    page(&app);
    app.synthesize()
        .unwrap_or_else(|findings| panic!("{findings:?}"))
}

fn yaml(assembly: &Assembly) -> String {
    let stacks = assembly.stacks.iter();
    let stacks = stacks.map(|stack| format!("# {}\n{}", stack.name, stack.template.to_yaml()));
    stacks.collect::<Vec<_>>().join("\n")
}

#[test]
fn from_the_cdk() {
    let assembly = templates(|app| pages::from_cdk(&Environment { keep_days: 14 }, app));
    insta::assert_snapshot!(yaml(&assembly));
}

#[test]
fn what_stacks_can_say() {
    let assembly = templates(|app| pages::writing(&app.stack("orders", "What was ordered")));
    insta::assert_snapshot!(yaml(&assembly));
}
