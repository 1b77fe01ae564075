mod fixture;

use std::fmt::Write;

use serde_json::{Value, json};
use stratiform_diff::{Note, Severity, StackChange};

use super::marked_up;
use crate::view::review::fixture::{SECRET, consequence, review};
use crate::view::reviewed::Review;
use fixture::{AFTER, everything, shop, stack};

fn html(review: &Review) -> String {
    super::html(review).expect("the templates fit their data")
}

/// The page that `cargo xtask screenshots` looks at.
#[test]
#[ignore = "writes a file for `cargo xtask screenshots`"]
fn page_to_look_at() {
    let path = std::env::var_os("STRATIFORM_PAGE").expect("the path of the page");
    std::fs::write(path, html(&everything())).expect("the page is written");
}

/// What is between tags, a line for each that has any.
fn text(page: &str) -> String {
    let (_, body) = page.split_once("<body>").expect("a body");
    let mut text = String::new();
    for line in body.lines() {
        let parts = line.split('<').enumerate();
        let parts = parts.filter_map(|(index, part)| match index {
            0 => Some(part),
            _ => part.split_once('>').map(|(_, text)| text),
        });
        let parts: Vec<&str> = parts
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        if !parts.is_empty() {
            writeln!(text, "{}", parts.join(" ")).expect("a string takes all");
        }
    }
    text
}

/// The names of the tags, each once.
fn tags(page: &str) -> Vec<&str> {
    let (_, body) = page.split_once("</style>").expect("a style");
    let starts = body.split('<').skip(1);
    let mut tags: Vec<&str> = starts
        .map(|tag| tag.split([' ', '>', '/']).next().unwrap_or_default())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

#[test]
fn what_a_page_says() {
    let text = text(&html(&review(vec![shop()])));
    let (text, _) = text
        .split_once("\nTemplate\n")
        .expect("the lines come last");
    insta::assert_snapshot!(text);
}

#[test]
fn lines_that_change_stand_with_some_around_them() {
    let mut lines = stack("queues", Some("Resources: {}"), Some("Resources: {}"));
    let before: String = (0..20).map(|line| format!("# {line}\n")).collect();
    lines.after = Some(before.replace("# 9\n", "# <9>\n"));
    lines.before = Some(before);
    lines.diff.change = StackChange::Updated;
    let page = html(&review(vec![lines]));
    assert!(page.contains("Lines: +1 -1"));
    let changed = "<span class=\"gone\">-# 9\n</span><span class=\"come\">+# &lt;9&gt;\n</span>";
    assert!(page.contains(changed));
    assert!(page.contains(" # 6\n") && !page.contains(" # 5\n"));
}

#[test]
fn nothing_changes() {
    let same = || stack("network", Some(AFTER), Some(AFTER));
    insta::assert_snapshot!(text(&html(&review(vec![same()]))));
    assert!(html(&review(Vec::new())).contains("nothing changes"));
    // A stack that changes although its template does not: another value of a parameter.
    let mut same = same();
    same.after = same.before.clone();
    assert!(html(&review(vec![same])).contains("</html>"));
}

#[test]
fn equal_reviews_are_equal_bytes() {
    assert_eq!(html(&everything()), html(&everything()));
}

#[test]
fn secrets_do_not_appear() {
    let page = html(&everything());
    assert!(page.contains("SecretString"));
    assert!(!page.contains(SECRET));
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let page = html(&everything());
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri"));
    for outside in [
        "<script", "<link", "<img", "<iframe", "url(", "@import", "src=", "style=", " on",
    ] {
        let inside_tag = page
            .split('<')
            .skip(1)
            .filter_map(|tag| tag.split_once('>'));
        let mut tags = inside_tag.map(|(tag, _)| format!("<{tag}"));
        let found = tags.find(|tag| tag.contains(outside) && !tag.contains("aria-label"));
        assert_eq!(found, None, "{outside}");
    }
}

#[test]
fn headings_stand_in_order() {
    let page = html(&everything());
    let levels = page
        .split("<h")
        .skip(1)
        .filter_map(|tag| tag.chars().next()?.to_digit(10));
    let mut before = 0;
    for level in levels {
        assert!(level <= before + 1, "h{level} after h{before}");
        before = level;
    }
}

#[test]
fn templates_inject_nothing() {
    const HOSTILE: &str = "\"'><script>alert(`1`)</script><img src=x onerror=alert(1)>&lt;";
    let template = |value: Value| {
        let template = json!({
            "Parameters": {(format!("{HOSTILE}P")): {"Type": "String", "Default": value.to_string()}},
            "Resources": {
                (HOSTILE): {"Type": HOSTILE, "Metadata": {(HOSTILE): value}, "Properties": {(HOSTILE): value}},
                (format!("{HOSTILE}{value}")): {"Type": HOSTILE, "Properties": {(HOSTILE): {"Ref": HOSTILE}}},
            },
            "Outputs": {(HOSTILE): {"Value": value.to_string(), "Export": {"Name": HOSTILE}}},
        });
        format!("{template:#}")
    };
    let (before, after) = (template(json!("")), template(json!([HOSTILE])));
    let mut hostile = stack(HOSTILE, Some(&before), Some(&after));
    hostile.diff.consequences = vec![consequence(Severity::Danger, HOSTILE)];
    hostile.diff.consequences[0].logical_id = Some(HOSTILE.to_owned());
    hostile.diff.consequences[0].why = HOSTILE.to_owned();
    hostile.diff.consequences[0].details = vec![HOSTILE.to_owned()];
    hostile.diff.consequences[0].help = Some(HOSTILE.to_owned());
    hostile.diff.notes = vec![Note {
        what: HOSTILE.to_owned(),
        help: Some(HOSTILE.to_owned()),
    }];
    let mut hostile = review(vec![hostile]);
    hostile.method.before = HOSTILE.to_owned();
    hostile.environments[0].name = Some(HOSTILE.to_owned());
    hostile.environments[0].region = HOSTILE.to_owned();
    let page = html(&hostile);
    assert_eq!(page.matches("<script").count(), 0);
    assert_eq!(page.matches("onerror=").count(), 0);
    assert!(page.matches("&lt;script&gt;").count() > 20);
    let known = html(&everything());
    let known = tags(&known);
    for tag in tags(&page) {
        assert!(known.contains(&tag), "<{tag}");
    }
}

#[test]
fn what_differs_in_long_values_is_shown() {
    let template = |end: &str| {
        let name = "long".repeat(200) + end;
        format!(
            "Resources: {{Queue: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {name}}}}}}}"
        )
    };
    let (before, after) = (template("-before"), template("-after"));
    let page = html(&review(vec![stack("queues", Some(&before), Some(&after))]));
    assert!(page.contains("-before</code>") && page.contains("-after</code>"));
    assert!(!page.contains("new value of"));
}

#[test]
fn backticks_mark_code() {
    assert_eq!(
        marked_up("the table `Orders` goes"),
        "the table <code>Orders</code> goes"
    );
    assert_eq!(marked_up("one ` alone"), "one &#x60; alone");
    assert_eq!(marked_up("`<b>`"), "<code>&lt;b&gt;</code>");
}

/// Queues with `properties`, all of which use one key.
fn queues(count: usize, properties: &str) -> String {
    let mut text = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n".to_owned();
    for index in 0..count {
        write!(
            text,
            "  Queue{index}:\n    Type: AWS::SQS::Queue\n    Properties:\n      KmsMasterKeyId: !Ref Key\n{properties}"
        )
        .expect("a string takes all");
    }
    text
}

#[test]
fn large_reviews_stay_small_and_say_so() {
    let properties = |text: &str| {
        let names = [
            "QueueName",
            "DelaySeconds",
            "RedriveAllowPolicy",
            "MessageRetentionPeriod",
        ];
        let lines = names.map(|name| format!("      {name}: {text}\n"));
        lines.concat()
    };
    let page = |count, before: &str, after: &str| {
        let (before, after) = (
            queues(count, &properties(before)),
            queues(count, &properties(after)),
        );
        let review = review(vec![stack("queues", Some(&before), Some(&after))]);
        let started = std::time::Instant::now();
        let page = html(&review);
        println!(
            "{count} resources: {} bytes in {:?}",
            page.len(),
            started.elapsed()
        );
        page
    };
    let usual = page(500, "one", "two");
    assert!(usual.len() < 1_500_000, "{} bytes", usual.len());
    assert!(!usual.contains("There is no room for more"));
    assert!(usual.contains("Not drawn, for there is no room: 441 more resources with references"));
    let large = page(500, "one", &format!("'{}'", "\"<&".repeat(267)));
    assert!(large.len() < 3_000_000, "{} bytes", large.len());
    assert!(large.contains("Resources that change and are not shown: "));
    assert!(large.contains("Lines that are not shown: "));
}
