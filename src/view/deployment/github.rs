//! A deployment in GitHub Actions: groups, annotations, and a summary of the job.
//!
//! Source: GitHub docs, "Workflow commands for GitHub Actions".

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use stratiform_deploy::guard::Verdict;
use stratiform_deploy::{News, Plan, Told};
use stratiform_finding::{At, Finding};

use super::words::{ending, line};
use super::{Clock, Ended, Follow, Proposals, Sink, Sources, findings, lines, review, table};
use crate::report::Colour;
use crate::view::annotation::{data, property};
use crate::view::guard::{self, Guarded};

/// Lines, and what GitHub makes of them.
pub(crate) struct GitHub {
    /// Where lines go.
    pub sink: Sink,
    /// How long it has been.
    pub clock: Clock,
    /// The environment.
    pub environment: String,
    /// Where the job's summary is collected.
    pub summary: Option<PathBuf>,
    /// What happened in stacks that are not done: groups cannot stand inside each other.
    pub waiting: BTreeMap<usize, String>,
}

impl GitHub {
    fn group(&mut self, title: &str, text: &str) {
        (self.sink)(&format!("::group::{}\n{text}::endgroup::\n", data(title)));
    }

    fn summarize(&mut self, text: &str) {
        let Some(path) = &self.summary else {
            return;
        };
        let file = OpenOptions::new().create(true).append(true).open(path);
        if let Err(error) = file.and_then(|mut file| file.write_all(text.as_bytes())) {
            let text = format!("::warning::the job's summary cannot be written: {error}\n");
            (self.sink)(&text);
        }
    }
}

fn annotation(finding: &Finding) -> String {
    let place = finding.places.first().and_then(|place| match &place.at {
        At::Rust(location) => Some(format!(
            "file={},line={},",
            property(location.file()),
            location.line()
        )),
        At::Given(_) | At::Text(..) => None,
    });
    let parts = [&finding.what, &finding.why, &finding.help].into_iter();
    let parts: Vec<&str> = parts
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    format!(
        "::error {}title={}::{}\n",
        place.unwrap_or_default(),
        property(finding.code.as_str()),
        data(&parts.join("\n"))
    )
}

/// A text in a line of Markdown, whatever is in it.
fn inline(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('|', "\\|");
    text.replace('<', "&lt;").replace(['\n', '\r'], " ")
}

fn page(environment: &str, plan: &Plan, found: &[Finding], ended: &Ended) -> String {
    let mut page = format!(
        "## Deployment of {environment}: {}\n\n",
        table::sentence(plan, ended)
    );
    for finding in found {
        page += &format!("- **{}**", inline(&finding.what));
        if !finding.why.is_empty() {
            page += &format!(": {}", inline(&finding.why));
        }
        if !finding.help.is_empty() {
            page += &format!("\n  {}", inline(&finding.help));
        }
        page += "\n";
    }
    if !found.is_empty() {
        page += "\n";
    }
    let record = &plan.conduct.record;
    page += &table::markdown(plan, ended);
    let about = [("release", &record.release), ("commit", &record.commit)].into_iter();
    let about = about.filter_map(|(name, value)| Some(format!("{name} `{}`", value.as_ref()?)));
    let about: Vec<String> = about
        .chain([format!("run `{}`", plan.conduct.run)])
        .collect();
    page + &format!("\n{}\n", about.join(", "))
}

impl Follow for GitHub {
    fn guarded(&mut self, guarded: &Guarded<'_>) {
        for check in &guarded.report.checks {
            let command = match check.verdict {
                Verdict::Block => "error",
                Verdict::Warn => "warning",
                Verdict::Pass | Verdict::Skipped => continue,
            };
            let title = property(&format!("guard: {}", check.id));
            let parts = [check.brief.reason.as_str(), &check.brief.remedy];
            let text = parts.map(str::trim).join("\n");
            (self.sink)(&format!(
                "::{command} title={title}::{}\n",
                data(text.trim_end())
            ));
        }
        let text = guard::text(guarded, Colour::Never);
        self.group("Is it a good moment?", &text);
        if guarded.report.is_blocked() {
            let sentence = guard::sentence(guarded);
            self.summarize(&format!("## Not deployed: {sentence}\n"));
        }
    }

    fn told(&mut self, plan: &Plan, told: &Told) {
        let Some((stack, what)) = line(plan, told) else {
            return;
        };
        let text = lines::put(plan, (self.clock)(), stack, &what);
        match told {
            Told::Stack {
                stack,
                news: News::Event(_),
            } => *self.waiting.entry(*stack).or_default() += &text,
            Told::Stack {
                stack,
                news: News::Finished(how),
            } => match self.waiting.remove(stack) {
                Some(waiting) => {
                    let key = plan.stacks.get(*stack).map(|stack| stack.key.as_str());
                    let title = format!("{}: {}", key.unwrap_or_default(), ending(Some(how)));
                    self.group(&title, &waiting);
                }
                None => (self.sink)(&text),
            },
            _ => (self.sink)(&text),
        }
    }

    fn review(&mut self, plan: &Plan, proposals: &Proposals<'_>) {
        for worse in review::all_worse(plan, proposals) {
            (self.sink)(&format!(
                "::warning::{}\n",
                data(&format!("worse than predicted: {worse}"))
            ));
        }
        let text = review::text(plan, proposals, Colour::Never);
        self.group("What would be deployed", &text);
    }

    fn say(&mut self, sentence: &str) {
        (self.sink)(&format!("{sentence}\n"));
    }

    fn finish(&mut self, plan: &Plan, sources: &Sources, ended: &Ended) {
        for (_, text) in std::mem::take(&mut self.waiting) {
            (self.sink)(&text);
        }
        let found = findings::findings(plan, sources, ended);
        for finding in &found {
            (self.sink)(&annotation(finding));
        }
        (self.sink)(&format!("\n{}", table::text(plan, ended)));
        let page = page(&self.environment, plan, &found, ended);
        self.summarize(&page);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_deployment_that_fails() {
        let folder = tempfile::tempdir().unwrap();
        let summary = folder.path().join("summary.md");
        let path = summary.clone();
        let text = fixture::followed(move |sink, clock| {
            Box::new(GitHub {
                sink,
                clock,
                environment: "dev".to_owned(),
                summary: Some(path),
                waiting: BTreeMap::new(),
            })
        });
        let summary = std::fs::read_to_string(summary).unwrap();
        insta::assert_snapshot!(format!("{text}── summary\n{summary}"));
    }

    #[test]
    fn nothing_in_a_text_is_a_command() {
        assert_eq!(data("50 %\n::error::"), "50 %25%0A::error::");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
        assert_eq!(inline("a|b<c\nd"), "a\\|b&lt;c d");
    }
}
