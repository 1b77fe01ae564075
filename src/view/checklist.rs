//! What is open of a release, for people and for programs.

use serde_json::json;
use stratiform_deploy::assurance::{Assurance, all_hold};
use stratiform_finding::words::counted;

use super::assurances::{Words, rows};
use crate::report::Colour;
use crate::view::sorted::sorted;

/// The shape of the JSON.
const VERSION: u32 = 1;

const WORDS: Words = Words {
    yes: "[x]",
    no: "[ ]",
    not_known: "[?]",
    not_promised: "[-]",
};

/// A line for each box, then the whole in a sentence.
pub(crate) fn text(release: &str, boxes: &[Assurance], colour: Colour) -> String {
    let open: Vec<String> = boxes
        .iter()
        .filter(|one| !one.state.is_settled())
        .map(|one| match one.subject == release {
            true => one.name.to_owned(),
            false => format!("{} in {}", one.name, one.subject),
        })
        .collect();
    let sentence = match open.as_slice() {
        [] => format!("{release}: nothing is open"),
        open => {
            let count = match open.len() {
                1 => "1 box is open".to_owned(),
                count => format!("{} are open", counted(count, "box")),
            };
            format!("{release}: {count}: {}", open.join(", "))
        }
    };
    format!("{}\n{sentence}\n", rows(boxes, &WORDS, colour))
}

/// The same for programs.
pub(crate) fn json(release: &str, boxes: &[Assurance]) -> String {
    let value = json!({
        "version": VERSION,
        "release": release,
        "done": all_hold(boxes),
        "boxes": boxes,
    });
    format!("{:#}\n", sorted(value))
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::guard::Unasked;

    use super::*;

    fn boxes() -> Vec<Assurance> {
        let unasked = Unasked::because("GitHub did not answer in time", "look at the checks");
        vec![
            Assurance::yes("v1.2.0", "tagged", "at commit 1111111"),
            Assurance::not_known("v1.2.0", "tests", &unasked),
            Assurance::no("prod", "deployed", "v1.1.0 runs", "deploy it"),
            Assurance::not_promised("dev", "way-back", "there is no release before it", ""),
        ]
    }

    #[test]
    fn for_people() {
        insta::assert_snapshot!(text("v1.2.0", &boxes(), Colour::Never));
        let done = text("v1.2.0", &boxes()[..1], Colour::Never);
        assert!(done.ends_with("\nv1.2.0: nothing is open\n"), "{done}");
        let one = text("v1.2.0", &boxes()[2..3], Colour::Never);
        assert!(
            one.ends_with("v1.2.0: 1 box is open: deployed in prod\n"),
            "{one}"
        );
    }

    #[test]
    fn for_programs() {
        insta::assert_snapshot!(json("v1.2.0", &boxes()));
    }
}
