//! What `backup check` found, for people and for programs.

use serde_json::json;
use stratiform_deploy::assurance::{Assurance, all_hold};
use stratiform_deploy::backups::Promises;

use super::assurances::{Words, counts, rows};
use crate::report::Colour;
use crate::view::sorted::sorted;

/// The shape of the JSON.
const VERSION: u32 = 1;

const WORDS: Words = Words {
    yes: "kept",
    no: "not kept",
    not_known: "not known",
    not_promised: "no promise",
};

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The account that was asked.
    pub account: &'a str,
    /// What is promised.
    pub promises: &'a Promises,
    /// What was found.
    pub assurances: &'a [Assurance],
}

/// Where was asked, a line for each thing, then the whole in a sentence.
pub(crate) fn text(checked: &Checked<'_>, colour: Colour) -> String {
    let Checked {
        environment,
        region,
        account,
        promises,
        assurances,
    } = checked;
    let there = match &promises.region {
        Some(there) => format!("{region} and {there}"),
        None => (*region).to_owned(),
    };
    let head = format!("{environment} in {there}, account {account}\n\n");
    if assurances.is_empty() {
        return format!("{head}{environment} has no database\n");
    }
    let verdict = match all_hold(assurances) {
        true => "the promises are kept",
        false => "not all is as promised",
    };
    let found = counts(assurances, &WORDS);
    format!(
        "{head}{}\n{environment}: {verdict}: {found}\n",
        rows(assurances, &WORDS, colour)
    )
}

/// The same for programs.
pub(crate) fn json(checked: &Checked<'_>) -> String {
    let Checked {
        environment,
        region,
        account,
        promises,
        assurances,
    } = checked;
    let promises = json!({
        "version": VERSION,
        "environment": environment,
        "region": region,
        "recoveryRegion": promises.region,
        "account": account,
        "rpoMinutes": promises.rpo_minutes,
        "kept": all_hold(assurances),
        "assurances": assurances,
    });
    format!("{:#}\n", sorted(promises))
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::guard::Unasked;

    use super::*;

    fn shown(assurances: &[Assurance], show: impl Fn(&Checked<'_>) -> String) -> String {
        show(&Checked {
            environment: "prod",
            region: "eu-central-1",
            account: "111122223333",
            promises: &Promises {
                rpo_minutes: Some(1_440),
                region: Some("eu-west-1".parse().unwrap()),
            },
            assurances,
        })
    }

    fn found() -> Vec<Assurance> {
        let denied = Unasked::because("ListCopyJobs is not allowed", "allow `backup:ListCopyJobs`");
        let database = "database/Instance";
        vec![
            Assurance::yes(database, "restorable", "as of 03:12 UTC, 5 minutes old"),
            Assurance::no(database, "copy", "there is no copy", "copy it"),
            Assurance::not_known(database, "copy-jobs", &denied),
            Assurance::not_promised("queue/Table", "restorable", "2 days old", "promise it"),
        ]
    }

    #[test]
    fn for_people() {
        insta::assert_snapshot!(shown(&found(), |checked| text(checked, Colour::Never)));
        let none = shown(&[], |checked| text(checked, Colour::Never));
        assert!(none.ends_with("prod has no database\n"), "{none}");
    }

    #[test]
    fn for_programs() {
        insta::assert_snapshot!(shown(&found(), json));
    }

    #[test]
    fn colours_are_on_the_word_alone() {
        let coloured = shown(&found()[1..2], |checked| text(checked, Colour::Always));
        assert!(
            coloured.contains("\u{1b}[31mnot kept\u{1b}[0m  database/Instance  copy"),
            "{coloured:?}"
        );
    }
}
