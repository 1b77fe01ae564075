//! What a rehearsal came to, for people and for programs.

use serde::Serialize;
use stratiform_finding::words::few;
use stratiform_rehearsal::{Counts, End, Harm, Report, Way};

use super::style::{CYAN, GREEN, RED, YELLOW, paint};
use crate::report::Colour;

/// The shape of the JSON.
const VERSION: u32 = 1;

/// A table, the worst first: failures that come to the same are a row. Then the whole in sentences.
pub(crate) fn text(report: &Report, colour: Colour) -> String {
    let mut text = String::new();
    let rows = rows(report);
    if !rows.is_empty() {
        text += &line(
            "",
            ["FAILURES", "EXIT", "TAKES", "WAY OUT", "WHAT FAILS"].map(str::to_owned),
        );
    }
    for row in &rows {
        let word = word(row.harm);
        let padded = format!("{word:WORD$}");
        let shown = match colour {
            Colour::Always => paint(&padded, paint_of(row.harm)),
            Colour::Never => padded,
        };
        let cells = [
            row.which.len().to_string(),
            row.exit.to_string(),
            takes(row.seconds),
            way(row.way).to_owned(),
            format!("{}: {}", row.family, few(&row.which)),
        ];
        text += &line(&shown, cells);
    }
    text + &sentences(report)
}

/// As wide as the longest word for a harm.
const WORD: usize = 14;

fn line(word: &str, [failures, exit, takes, way, what]: [String; 5]) -> String {
    let word = if word.is_empty() {
        " ".repeat(WORD)
    } else {
        word.to_owned()
    };
    format!("{word}  {failures:>8}  {exit:>4}  {takes:>8}  {way:20}  {what}\n")
}

/// Failures that come to the same.
struct Row {
    harm: Harm,
    exit: u8,
    way: Way,
    family: String,
    /// The longest.
    seconds: i64,
    which: Vec<String>,
}

fn rows(report: &Report) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for end in &report.failures {
        let family = end.failure.family();
        let known = rows.iter_mut().find(|row| {
            (row.harm, row.exit, row.way) == (end.harm, end.exit, end.way) && row.family == family
        });
        match known {
            Some(row) => {
                row.seconds = row.seconds.max(end.seconds);
                row.which.push(which(end));
            }
            None => rows.push(Row {
                harm: end.harm,
                exit: end.exit,
                way: end.way,
                family,
                seconds: end.seconds,
                which: vec![which(end)],
            }),
        }
    }
    rows
}

fn which(end: &End) -> String {
    let which = end.failure.which();
    let which = match end.failure.stack() {
        Some(stack) => format!("{stack}/{which}"),
        None => which,
    };
    let more = end.lost.iter().map(|lost| format!("{lost} is gone"));
    let more: Vec<String> = more.chain(end.stuck.iter().cloned()).collect();
    match more.as_slice() {
        [] => which,
        more => format!("{which} ({})", more.join(", ")),
    }
}

fn word(harm: Harm) -> &'static str {
    match harm {
        Harm::Lost => "data lost",
        Harm::Trapped => "stuck",
        Harm::Person => "needs a person",
        Harm::Halfway => "halfway",
        Harm::Back => "as it was",
        Harm::Through => "deployed",
    }
}

fn paint_of(harm: Harm) -> &'static str {
    match harm {
        Harm::Lost | Harm::Trapped => RED,
        Harm::Person => YELLOW,
        Harm::Halfway => CYAN,
        Harm::Back | Harm::Through => GREEN,
    }
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Nothing => "–",
        Way::Deploy => "deploy again",
        Way::Rollback => "rollback",
        Way::RollbackThenDeploy => "rollback, deploy",
        Way::Nobody => "none",
    }
}

fn takes(seconds: i64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{:.1} h", (seconds as f64) / 3600.0),
    }
}

fn sentences(report: &Report) -> String {
    let clean = &report.without_failure;
    let from = report.from.as_ref().map_or_else(
        || "nothing, a first deployment".to_owned(),
        |from| format!("{from}, with {} resources that hold data", report.data),
    );
    let mut text = format!(
        "\nfrom {from}; without a failure: {} {} in {}, exit {}\n",
        clean.stacks,
        if clean.stacks == 1 { "stack" } else { "stacks" },
        takes(clean.seconds),
        clean.exit
    );
    for why in &clean.why {
        text += &format!("    {why}\n");
    }
    if report.not_met > 0 {
        text += &format!(
            "{} more did not happen: what they are about was not done\n",
            report.not_met
        );
    }
    text + &report.sentence() + "\n"
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    version: u32,
    verdict: &'static str,
    sentence: String,
    counts: Counts,
    #[serde(flatten)]
    report: &'a Report,
}

/// The same for programs.
pub(crate) fn json(report: &Report) -> String {
    let json = Json {
        version: VERSION,
        verdict: if report.is_no() { "no" } else { "yes" },
        sentence: report.sentence(),
        counts: report.counts(),
        report,
    };
    serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
}
