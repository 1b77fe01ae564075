//! `bench edit`: from an edit of a stack to its templates, against the same edit of the CDK app.
//!
//! The edit is another value of a tag, so that compilers have something to do and the templates change. Beside it stands
//! what no edit can take less than: the program linked anew, and cargo with nothing to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::BenchError;
use super::peer::{self, Cdk, Validation};
use super::process::Step;
use super::subject::{Measured, Subject, WarmUp, side_by_side};
use super::table::{self, Table};
use super::workbench::{Workbench, remove};
use super::{Report, Request, verdict, within};

/// The longest that an edit, and a type more in the list, may take.
const GOAL: Duration = Duration::from_millis(1_600);
const GOAL_OF_A_TYPE: Duration = Duration::from_secs(10);

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let copy = bench.path("edit/repository");
    let target = bench.path("edit/target");
    copy_repository(&bench.root, &copy)?;
    let cdk = Cdk::install(bench)?;
    let (out, cdk_out) = (bench.path("out/edit"), bench.path("out/edit-cdk"));

    let rust = Edit::new(
        copy.join("stacks/network.rs"),
        r#"tag("isolated")"#,
        r#"tag("isolated-edit-{}")"#,
    )?;
    // The second app stands for a repository of one's own: its program asks no AWS.
    let own = Edit::new(
        copy.join("examples/guestbook/src/main.rs"),
        "New entries, waiting to be read",
        "New entries, run {}",
    )?;
    let typescript = Edit::new(
        cdk.source("network.ts"),
        "nameTag('vpc')",
        "nameTag('vpc-{}')",
    )?;
    let javascript = Edit::new(cdk.compiled("network.js"), "('vpc')", "('vpc-{}')")?;
    // Nothing but a comment, in a file of a few lines: what is left to do is to link.
    let program = Edit::new(
        copy.join("crates/cli/src/main.rs"),
        "fn main()",
        "// Run {}.\nfn main()",
    )?;
    let list = Edit::new(
        copy.join("stacks/resources.txt"),
        "AWS::EC2::EIP\n",
        "AWS::EC2::EIP\nAWS::DynamoDB::Table\n",
    )?;

    // As somebody at a desk builds: what a machine of many users or a workflow says of that is another thing.
    let build = || {
        let cargo = Workbench::cargo(&copy, &target).env_remove("CARGO_INCREMENTAL");
        cargo.args(["build", "--quiet"])
    };
    eprintln!("building the copy of the repository");
    build().run(&bench.log())?;
    let binary = target
        .join("debug")
        .join(format!("stratiform{}", std::env::consts::EXE_SUFFIX));
    let synth = Step::new(&binary, &copy).args(["synth", "--out"]).arg(&out);
    let build_own = build().args(["--package", "guestbook"]);
    build_own.run(&bench.log())?;
    let own_out = bench.path("out/edit-own");
    let synth_own = Step::new(
        binary.with_file_name(format!("guestbook{}", std::env::consts::EXE_SUFFIX)),
        &copy,
    )
    .args(["synth", "--environments", "examples/guestbook/environments"])
    .arg("--out")
    .arg(&own_out);
    let subjects = [
        Subject::new("cargo build, stratiform synth", vec![build(), synth])
            .before(|run| remove(&out).and_then(|()| rust.make(run)))
            .after(|run| {
                let edited = format!("isolated-edit-{run}");
                contains(&out.join("dev/network.yaml"), &edited)
            }),
        Subject::new(
            "the same of a repository of one's own, without the AWS SDK",
            vec![build_own, synth_own],
        )
        .before(|run| remove(&own_out).and_then(|()| own.make(run)))
        .after(|run| contains(&own_out.join("dev/inbox.yaml"), &format!("run {run}"))),
        Subject::new(
            "tsc (incremental), cdk synth --no-validation",
            vec![
                cdk.compile(),
                cdk.synth("app.js", &cdk_out, Validation::Off),
            ],
        )
        .before(|run| remove(&cdk_out).and_then(|()| typescript.make(run)))
        .after(|run| contains(&template(&cdk_out), &format!("vpc-{run}"))),
        Subject::new(
            "cdk synth --no-validation, JavaScript edited",
            vec![cdk.synth("app.js", &cdk_out, Validation::Off)],
        )
        .before(|run| remove(&cdk_out).and_then(|()| javascript.make(run)))
        .after(|run| contains(&template(&cdk_out), &format!("vpc-{run}"))),
        // After the CDK's turn: what the stacks' edit left to do is done.
        Subject::new("cargo build, nothing to do", vec![build()]),
        Subject::new("cargo build, the program linked anew", vec![build()])
            .before(|run| program.make(run)),
        Subject::new("cargo build, a type added to the list", vec![build()])
            .before(|run| list.make(run))
            // Edits of stacks are measured without it.
            .after(|_| {
                generated(&target, "pub mod dynamodb")
                    .and_then(|()| list.take_back())
                    .and_then(|()| build().run(&bench.log()))
            }),
    ];
    let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &bench.log());
    for edit in [&typescript, &javascript] {
        edit.take_back()?;
    }
    let measured = measured?;

    let mut table = Table::new(
        "One tag of one stack edited, to the templates of three environments; dev profile",
        &[
            "",
            "runs",
            "build",
            "synth",
            "together",
            "fastest – slowest",
            "memory",
            "time ÷ ours",
        ],
    );
    let [ours, own, theirs, plain, nothing, linked, listed] = measured.as_slice() else {
        unreachable!("as many are measured as there are subjects");
    };
    table.rows = vec![
        cells(ours, ours, [Some(0), Some(1)]),
        cells(own, ours, [Some(0), Some(1)]),
        cells(theirs, ours, [Some(0), Some(1)]),
        cells(plain, ours, [None, Some(0)]),
        // What no edit of ours can take less than.
        cells(linked, ours, [Some(0), None]),
        cells(nothing, ours, [Some(0), None]),
    ];
    let slower = theirs.wall().as_secs_f64() / ours.wall().as_secs_f64();
    table
        .notes
        .push(verdict("the CDK takes at least as long", slower, 1.0));
    let slower = plain.wall().as_secs_f64() / ours.wall().as_secs_f64();
    let text = "`cdk synth` alone takes at least as long as our build and synth";
    table.notes.push(verdict(text, slower, 1.0));
    table
        .notes
        .push(within("an edit of ours", ours.wall(), GOAL));
    table
        .notes
        .push(within("of a repository of one's own", own.wall(), GOAL));

    let mut longer = Table::new(
        "A type added to the list, to the program; dev profile",
        &["", "runs", "time", "fastest – slowest", "CPU", "memory"],
    );
    longer.rows = [listed, linked, nothing].map(Measured::cells).to_vec();
    let note = within("a type added", listed.wall(), GOAL_OF_A_TYPE);
    longer.notes.push(note);
    Ok(Report {
        tools: vec![cdk.versions],
        tables: vec![table, longer],
    })
}

/// The steps are those of the build and of the synthesis.
fn cells(row: &Measured, ours: &Measured, steps: [Option<usize>; 2]) -> Vec<String> {
    let time = |step| table::time(row.step(step));
    let [build, synth] = steps.map(|step| step.map_or_else(|| "–".to_owned(), time));
    vec![
        row.name.clone(),
        row.runs().to_string(),
        build,
        synth,
        table::time(row.wall()),
        row.spread(),
        table::memory(row.peak()),
        table::ratio(row.wall().as_secs_f64(), ours.wall().as_secs_f64()),
    ]
}

fn template(out: &Path) -> PathBuf {
    out.join("storefront-dev-network.template.json")
}

/// An edit that can be made again and again, each time another one.
struct Edit {
    file: PathBuf,
    /// The text before and after the place.
    around: (String, String),
    was: String,
    becomes: &'static str,
}

impl Edit {
    fn new(file: PathBuf, was: &'static str, becomes: &'static str) -> Result<Edit, BenchError> {
        let text = fs::read_to_string(&file).map_err(BenchError::file("read", &file))?;
        let around = text
            .split_once(was)
            .map(|(before, after)| (before.to_owned(), after.to_owned()));
        let Some(around) = around else {
            return Err(BenchError::NoSuchText { file, text: was });
        };
        Ok(Edit {
            file,
            around,
            was: was.to_owned(),
            becomes,
        })
    }

    fn make(&self, run: u32) -> Result<(), BenchError> {
        self.write(&self.becomes.replace("{}", &run.to_string()))
    }

    fn take_back(&self) -> Result<(), BenchError> {
        self.write(&self.was)
    }

    fn write(&self, middle: &str) -> Result<(), BenchError> {
        let (before, after) = &self.around;
        fs::write(&self.file, format!("{before}{middle}{after}"))
            .map_err(BenchError::file("write", &self.file))
    }
}

/// Makes sure that an edit has arrived: a build that compiled nothing would be quick, too.
fn contains(file: &Path, text: &str) -> Result<(), BenchError> {
    let content = fs::read_to_string(file).map_err(BenchError::file("read", file))?;
    if content.contains(text) {
        return Ok(());
    }
    Err(BenchError::Template {
        path: file.to_owned(),
        why: format!("the edit `{text}` is not in it"),
    })
}

/// Makes sure that what was generated for the stacks has a text: a list that is as before generates nothing.
fn generated(target: &Path, text: &str) -> Result<(), BenchError> {
    let builds = target.join("debug/build");
    let read = fs::read_dir(&builds).map_err(BenchError::file("read", &builds))?;
    let of_stacks = read.filter_map(Result::ok).map(|entry| entry.path());
    let files: Vec<PathBuf> = of_stacks
        .filter(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("storefront-stacks-")
        })
        .map(|folder| folder.join("out/resources.rs"))
        .filter(|file| file.is_file())
        .collect();
    let Some(newest) = files.iter().max_by_key(|file| {
        let data = fs::metadata(file);
        data.and_then(|data| data.modified()).ok()
    }) else {
        return Err(BenchError::Template {
            path: builds,
            why: "nothing was generated for the stacks".to_owned(),
        });
    };
    contains(newest, text)
}

/// Copies what git knows or would take, as it is in the working tree; removes what is no more.
fn copy_repository(root: &Path, to: &Path) -> Result<(), BenchError> {
    let listed = Step::new("git", root)
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .says()
        .ok_or(BenchError::NotInGit)?;
    remove(to)?;
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let file = root.join(name);
        // Listed, but removed in the working tree.
        if file.is_file() {
            peer::copy(&file, &to.join(name))?;
        }
    }
    Ok(())
}
