use super::super::fixture;
use super::*;

fn plain(review: &Review) -> String {
    text(review, Full::No, Colour::Never)
}

#[test]
fn everything() {
    insta::assert_snapshot!(plain(&fixture::everything()));
}

#[test]
fn nothing_changes() {
    let review = fixture::review(vec![fixture::unchanged("one"), fixture::unchanged("two")]);
    insta::assert_snapshot!(plain(&review), @"
    nothing changes

      before snapshots at 1a2b3c4 (merge base with `main`)
      after  the working tree, synthesized
      facts  offline, from the catalog (cfn-lint 1.58.0, schemas of 2026-10-20)

    2 stacks unchanged: one, two
    ");
}

#[test]
fn past_some_hundreds_the_rest_is_counted() {
    let template = |delay: usize| {
        let queue = |index: usize| {
            let properties = format!("{{QueueName: q{index}, DelaySeconds: {delay}}}");
            format!("  Queue{index}: {{Type: AWS::SQS::Queue, Properties: {properties}}}\n")
        };
        let resources: String = (0..LISTED + 2).map(queue).collect();
        format!("Resources:\n{resources}")
    };
    let (before, after) = (template(1), template(2));
    let stack = fixture::stack("one", Some((&before, &[])), Some((&after, &[])));
    let review = fixture::review(vec![stack]);
    let brief = plain(&review);
    let listed = |text: &str| text.matches("AWS::SQS::Queue  ").count();
    assert_eq!(listed(&brief), LISTED);
    assert!(
        brief.contains("and 2 more resources (`--full` shows all)"),
        "{brief}"
    );
    let full = text(&review, Full::Yes, Colour::Never);
    assert_eq!(listed(&full), LISTED + 2);
    assert!(!full.contains("more resources"));
}

#[test]
fn the_difference_between_templates_ends_a_stack() {
    let review = fixture::review(vec![fixture::removed()]);
    let full = text(&review, Full::Yes, Colour::Never);
    let brief = plain(&review);
    insta::assert_snapshot!(full.strip_prefix(&brief).expect("more of the same"), @"

    --- a/storefront-prod-mail
    +++ /dev/null
    @@ -1,9 +0,0 @@
    -Resources:
    -  Jobs:
    -    Type: AWS::SQS::Queue
    -
    -  Failed:
    -    Type: AWS::SQS::Queue
    -
    -  Topic:
    -    Type: AWS::SNS::Topic
    ");
}

#[test]
fn colour_adds_nothing_but_colour() {
    let review = fixture::everything();
    let mut coloured = text(&review, Full::Yes, Colour::Always);
    for code in [BOLD, RED, GREEN, YELLOW, CYAN, "0"] {
        coloured = coloured.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(coloured, text(&review, Full::Yes, Colour::Never));
}

#[test]
fn lines_are_no_longer_than_eighty_columns_unless_a_word_is() {
    for length in 1..100 {
        let name = "n".repeat(length);
        let mut review = fixture::hostile(&format!("{name} and another {name}"));
        for stack in &mut review.environments[0].stacks {
            stack.diff.name = name.clone();
        }
        for line in plain(&review).lines() {
            let words = line.trim_start().split(' ').filter(|word| !word.is_empty());
            let longest = words
                .map(|word| word.chars().count())
                .max()
                .unwrap_or_default();
            assert!(line.chars().count() <= 80 || longest > 50, "{line}");
        }
    }
}

#[test]
fn no_terminal_obeys_a_template() {
    let review = fixture::hostile("\u{1b}[2J\u{202e}one\nline\u{200b}\r");
    let shown = text(&review, Full::Yes, Colour::Never);
    assert!(
        !shown.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\r']),
        "{shown}"
    );
    assert!(
        shown.contains("\\u{1b}[2J\\u{202e}one line\\u{200b}"),
        "{shown}"
    );
}

#[test]
fn secrets_are_not_shown() {
    let shown = text(&fixture::everything(), Full::Yes, Colour::Never);
    assert!(!shown.contains(fixture::SECRET));
}
