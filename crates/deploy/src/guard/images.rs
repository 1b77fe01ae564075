//! Whether the images that services run, or are to run, are there.

use super::tally::Tally;
use super::{Check, Facts, Heading, Id};

pub(super) fn images(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    for found in &facts.images {
        match &found.image {
            Ok(Some(_)) => {}
            Ok(None) => tally.block(
                format!("there is no image `{}`", found.name),
                "push it, or deploy another one: --image SERVICE=TAG",
            ),
            // What goes back without its images has not gone back.
            Err(unasked) if facts.wanted.heading == Heading::Back && unasked.kind.is_some() => {
                tally.block(
                    format!(
                        "whether `{}` is there is not known: {}",
                        found.name, unasked.why
                    ),
                    "name the images: --image SERVICE=TAG",
                );
            }
            Err(unasked) => tally.unasked(unasked),
        }
    }
    // Which images are run is read from the stacks.
    let stacks = facts.stacks.iter();
    let unread = stacks.filter_map(|found| found.stack.as_ref().err());
    unread.for_each(|unasked| tally.unasked(unasked));
    let well = match facts.images.len() {
        0 => "no stack has an image yet, and none is named".to_owned(),
        1 => "the only one is in ECR".to_owned(),
        all => format!("all {all} are in ECR"),
    };
    tally.check(Id::Images, well)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Block, Pass, Skipped};
    use super::super::{Unasked, fixture};
    use super::*;

    #[test]
    fn images_are_there_or_not() {
        let mut facts = fixture::facts();
        assert_eq!(images(&facts).verdict, Pass);
        facts.images[0].image = Err(Unasked::because("another registry", ""));
        assert_eq!(images(&facts).verdict, Skipped);
        let denied = Unasked {
            kind: Some(crate::FailureKind::Denied),
            ..Unasked::because("nobody may ask", "")
        };
        facts.images[0].image = Err(denied.clone());
        assert_eq!(images(&facts).verdict, Skipped);
        facts.wanted.heading = Heading::Back;
        assert_eq!(images(&facts).verdict, Block);
        facts.wanted.heading = Heading::Forward;
        facts.images[0].image = Ok(None);
        let check = images(&facts);
        assert_eq!(check.verdict, Block);
        assert!(check.reason.contains("/api:2`"), "{}", check.reason);
        facts.images.clear();
        assert_eq!(images(&facts).verdict, Pass);
        facts.stacks[0].stack = Err(Unasked::because("nobody answered", ""));
        assert_eq!(images(&facts).verdict, Skipped);
    }
}
