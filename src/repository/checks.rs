//! What ran on a commit, asked of GitHub with its own program. Where that is not there, or does not answer, it is not known.

use std::process::Command;
use std::time::Duration;

use stratiform_deploy::guard::{Asked, Unasked};
use stratiform_deploy::release::Test;

use super::git::{Folder, short};
use super::upstream::within;

/// How long GitHub may take.
const PATIENCE: Duration = Duration::from_secs(10);

const FIELDS: &str = ".check_runs[] | [.name, .status, (.conclusion // \"\")] | @tsv";

impl Folder {
    /// The checks of a commit, as GitHub has them.
    ///
    /// Source: GitHub REST API, "List check runs for a Git reference"; `gh help api`, `{owner}` and `{repo}`.
    pub(crate) fn checks(&self, commit: &str) -> Asked<Vec<Test>> {
        let mut gh = Command::new("gh");
        let path = format!("repos/{{owner}}/{{repo}}/commits/{commit}/check-runs?per_page=100");
        gh.current_dir(self.path())
            .args(["api", "--paginate", "--jq", FIELDS, &path])
            .env("GH_PROMPT_DISABLED", "1")
            .env("NO_COLOR", "1");
        let unasked = |why: &str| {
            let why = format!("what ran on commit {}: {why}", short(commit));
            Unasked::because(
                why,
                "look at the commit's checks, or sign in: `gh auth login`",
            )
        };
        let answer = within(gh, PATIENCE);
        let answer =
            answer.map_err(|error| unasked(&format!("`gh` cannot be started: {error}")))?;
        let output = answer.ok_or_else(|| unasked("GitHub did not answer in time"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().next().unwrap_or("it does not say why");
            return Err(unasked(&format!("GitHub cannot be asked: {said}")));
        }
        Ok(tests(&String::from_utf8_lossy(&output.stdout)))
    }
}

/// A line for each: name, status, how it ended.
fn tests(text: &str) -> Vec<Test> {
    let lines = text.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        let (name, status, conclusion) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Test {
            name: name.to_owned(),
            ended: (status == "completed").then(|| conclusion.to_owned()),
        })
    });
    lines.collect()
}

#[cfg(test)]
mod tests_of_lines {
    use super::*;

    #[test]
    fn what_ran_and_what_still_runs() {
        let found = tests("ci\tcompleted\tsuccess\nlint, fast\tin_progress\t\nbroken line\n");
        let found: Vec<(&str, Option<&str>)> = found
            .iter()
            .map(|test| (test.name.as_str(), test.ended.as_deref()))
            .collect();
        assert_eq!(found, [("ci", Some("success")), ("lint, fast", None)]);
    }
}
