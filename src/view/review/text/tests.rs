use super::super::fixture;
use super::*;

fn laid_out(review: &Review, full: Full, colour: Colour) -> String {
    let width = 80;
    text(
        review,
        Layout {
            full,
            colour,
            width,
        },
    )
}

fn plain(review: &Review) -> String {
    laid_out(review, Full::No, Colour::Never)
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
        brief.contains("and 2 more changes (`--full` shows all)"),
        "{brief}"
    );
    let full = laid_out(&review, Full::Yes, Colour::Never);
    assert_eq!(listed(&full), LISTED + 2);
    assert!(!full.contains("more changes"));
}

#[test]
fn what_changes_alike_in_another_environment_is_said_once() {
    let environment = |name: &str, retention: u16, is_protected| {
        let queue = |delay: u8| {
            format!(
                "Resources:\n  Jobs: {{Type: AWS::SQS::Queue, Properties: {{QueueName: shop-{name}-jobs, DelaySeconds: {delay}}}}}\n  Logs: {{Type: AWS::Logs::LogGroup, Properties: {{RetentionInDays: {}}}}}\n",
                retention + u16::from(delay)
            )
        };
        let (before, after) = (queue(1), queue(2));
        let names = ["queues", "mails"].map(|stack| format!("shop-{name}-{stack}"));
        let stacks = names.map(|stack| {
            let mut stack = fixture::stack(&stack, Some((&before, &[])), Some((&after, &[])));
            let what = format!("happens in {name}");
            stack.diff.consequences = vec![fixture::consequence(Severity::Warning, &what)];
            stack.diff.is_protected = Some(is_protected);
            stack
        });
        let mut review = fixture::review(stacks.into());
        let mut environment = review.environments.remove(0);
        environment.name = Some(name.to_owned());
        environment
    };
    let mut review = fixture::review(Vec::new());
    review.environments = vec![
        environment("dev", 7, false),
        environment("prod", 7, true),
        environment("staging", 7, false),
        environment("qa", 30, false),
    ];
    insta::assert_snapshot!(plain(&review));
    // With everything shown, everything is.
    let full = laid_out(&review, Full::Yes, Colour::Never);
    assert_eq!(full.matches("warning   happens in").count(), 8);
}

#[test]
fn lines_are_as_wide_as_the_terminal() {
    let review = fixture::everything();
    let longest = |width| {
        let layout = Layout {
            full: Full::No,
            colour: Colour::Never,
            width,
        };
        let text = text(&review, layout);
        text.lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or_default()
    };
    assert!(longest(120) > 80 && longest(120) <= 120);
    assert!(longest(80) > 70 && longest(80) <= 80);
}

#[test]
fn the_difference_between_templates_ends_a_stack() {
    let review = fixture::review(vec![fixture::removed()]);
    let full = laid_out(&review, Full::Yes, Colour::Never);
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
    let mut coloured = laid_out(&review, Full::Yes, Colour::Always);
    for code in [BOLD, RED, GREEN, YELLOW, CYAN, "0"] {
        coloured = coloured.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(coloured, laid_out(&review, Full::Yes, Colour::Never));
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
    let shown = laid_out(&review, Full::Yes, Colour::Never);
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
    let shown = laid_out(&fixture::everything(), Full::Yes, Colour::Never);
    assert!(!shown.contains(fixture::SECRET));
}
