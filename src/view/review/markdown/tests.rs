use stratiform_diff::Severity;

use super::super::fixture;
use super::escape::MARKER;
use super::*;

fn markdown(review: &Review) -> String {
    super::markdown(review).expect("the template fits its data")
}

/// What is read as text: neither between fences nor in code.
fn prose(markdown: &str) -> String {
    let mut prose = String::new();
    let mut until = None;
    for line in markdown.lines() {
        match (&until, line.strip_suffix("diff")) {
            (Some(fence), _) if line == fence => until = None,
            (Some(_), _) => {}
            (None, Some(fence)) if fence.starts_with("```") => until = Some(fence.to_owned()),
            (None, _) => prose = prose + &without_code(line) + "\n",
        }
    }
    assert_eq!(until, None, "a fence stays open");
    prose
}

fn without_code(mut line: &str) -> String {
    let mut text = String::new();
    while let Some(start) = line.find('`') {
        let (before, rest) = line.split_at(start);
        text += before;
        let content = rest.trim_start_matches('`');
        let fence = &rest[..rest.len() - content.len()];
        let ends = content.match_indices(fence).find(|(at, _)| {
            !content[..*at].ends_with('`') && !content[at + fence.len()..].starts_with('`')
        });
        let (end, _) = ends.unwrap_or_else(|| panic!("{fence} stays open in {rest}"));
        line = &content[end + fence.len()..];
    }
    text + line
}

fn assert_fits(review: &Review) -> String {
    let markdown = markdown(review);
    assert!(markdown.encode_utf16().count() <= LIMIT);
    assert!(
        markdown.starts_with(&format!("{MARKER}\n### ")),
        "{markdown}"
    );
    assert_eq!(markdown.matches(MARKER).count(), 1);
    assert!(markdown.ends_with("</sub>\n"));
    let prose = prose(&markdown);
    let count = |tag| prose.matches(tag).count();
    assert_eq!(count("<details>"), count("</details>"));
    assert_eq!(count("<code>"), count("</code>"));
    for row in prose.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(row.matches('|').count(), 5, "{row}");
    }
    markdown
}

#[test]
fn everything() {
    insta::assert_snapshot!(assert_fits(&fixture::everything()));
}

#[test]
fn nothing_changes() {
    let review = fixture::review(vec![fixture::unchanged("one")]);
    insta::assert_snapshot!(assert_fits(&review), @"
    <!-- stratiform diff -->
    ### ✅ nothing changes

    1 stack unchanged: <code>one</code>

    <sub>before: snapshots at 1a2b3c4 (merge base with `main`) · after: the working tree, synthesized · facts: offline, from the catalog (cfn-lint 1.58.0, schemas of 2026-10-20) · locally: `cargo run -- diff --full`</sub>
    ");
}

#[test]
fn a_sign_says_whether_to_look() {
    let sign = |severity| {
        let mut stack = fixture::created();
        stack.diff.consequences = vec![fixture::consequence(severity, "happens")];
        let markdown = assert_fits(&fixture::review(vec![stack]));
        markdown.lines().nth(1).map(|line| line[4..].chars().next())
    };
    assert_eq!(sign(Severity::Danger), Some(Some('⚠')));
    assert_eq!(sign(Severity::Warning), Some(Some('⚠')));
    assert_eq!(sign(Severity::Attention), Some(Some('1')));
    assert_eq!(sign(Severity::Note), Some(Some('✅')));
    // What is replaced, or not known, is to be looked at even where no consequence says so.
    let mut service = fixture::service();
    service.diff.consequences.clear();
    service.diff.notes.clear();
    let markdown = assert_fits(&fixture::review(vec![service]));
    assert!(!markdown.contains('✅'));
}

#[test]
fn what_is_the_same_in_several_stacks_is_said_once() {
    let stacks = ["a", "b", "c", "d", "e"].map(|name| {
        let mut stack = fixture::stack(name, None, None);
        stack.diff.consequences = vec![fixture::consequence(Severity::Warning, "happens")];
        stack
    });
    let markdown = assert_fits(&fixture::review(stacks.into()));
    let said =
        "- ⚠ **warning** in <code>a</code>, <code>b</code>, <code>c</code> and 2 more: happens";
    assert_eq!(markdown.matches("**warning**").count(), 1);
    assert!(markdown.contains(said), "{markdown}");
}

#[test]
fn nothing_leaves_its_place() {
    let texts = [
        MARKER,
        "@octo/team #7777 <b> | </details> </sub> </code>",
        "`@octo` ``@octo`` @octo` ```@octo",
        "``",
        "`",
        "a\n\n```\n@octo\n\n</details>\n\n| a | b |\n# a",
        "\\`@octo`\\|\\",
        "*a* _a_ [a](b) ~~~ $`a`$ &lt; <!-- --> <!--",
        "````diff\n@octo\n````",
    ];
    for one in texts {
        for two in texts {
            let markdown = assert_fits(&fixture::hostile(&format!("{one}{two}")));
            let prose = prose(&markdown);
            let tags = [
                "details", "/details", "summary", "/summary", "code", "/code", "sub", "/sub",
            ];
            let mut rest = prose.replace(MARKER, "");
            for tag in tags {
                rest = rest.replace(&format!("<{tag}>"), "");
            }
            assert!(
                !rest.contains("@octo") && !rest.contains(['<', '[', '$']),
                "{rest}"
            );
            assert!(!rest.contains("#7777"), "{rest}");
        }
    }
}

#[test]
fn many_large_stacks_fit() {
    let of = fixture::large(200);
    let stacks = (0..300).map(|index| {
        let mut stack = fixture::stack(&format!("stack-{index}"), None, None);
        stack.before = of.before.clone();
        stack.after = of.after.clone();
        stack.diff = stratiform_diff::StackDiff {
            name: stack.diff.name,
            ..of.diff.clone()
        };
        let what = format!("happens in {index}");
        stack.diff.consequences = vec![fixture::consequence(Severity::Note, &what)];
        if index == 299 {
            stack.diff.consequences = vec![fixture::consequence(Severity::Danger, "burns")];
        }
        stack
    });
    let markdown = assert_fits(&fixture::review(stacks.collect()));
    assert!(markdown.len() > LIMIT / 4 * 3, "{}", markdown.len());
    let left_out = markdown.lines().find(|line| line.starts_with('…'));
    insta::assert_snapshot!(left_out.unwrap_or_default(), @"… 300 diffs, 60000 changed resources, 289 consequences left out to keep this short. Run `cargo run -- diff --full`.");
    assert!(markdown.contains("<code>stack-299</code>: burns"));
}

#[test]
fn one_large_value_fits() {
    for text in ["a", "`|", "@", "\\", "ü|\n", "😀", "</details>\n"] {
        let text = text.repeat(100_000 / text.len());
        let markdown = assert_fits(&fixture::hostile(&text));
        assert!(
            markdown.contains(" left out to keep this short."),
            "{markdown}"
        );
    }
}

#[test]
fn more_environments_and_stacks_than_there_is_room_for_fit() {
    let mut review = fixture::review(Vec::new());
    for index in 0..300 {
        let mut other = fixture::everything();
        other.environments[0].name = Some(format!("environment-{index}"));
        review.environments.append(&mut other.environments);
    }
    let markdown = assert_fits(&review);
    assert!(
        markdown.contains("storefront-prod-database"),
        "the worst is kept"
    );
}

#[test]
fn secrets_are_not_shown() {
    assert!(!markdown(&fixture::everything()).contains(fixture::SECRET));
}
