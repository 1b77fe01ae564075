//! The HTML page of a review in a real browser: does it fit, and is there anything to see?
//!
//! Pictures are left in `target/screenshots/` for whoever wants to look; none is committed.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{cargo, output, root, run as run_command, shown};
use crate::outcome::Outcome;

/// The test that writes a page with everything in it.
const PAGE: &str = "view::review::html::tests::page_to_look_at";
/// Names under which Chromium is found, unless `STRATIFORM_CHROMIUM` says another.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const HEIGHT: u32 = 2000;
/// A browser's window is never smaller than this.
const WINDOW: u32 = 500;
/// A picture with fewer colours shows no text.
const COLOURS: usize = 50;
/// A browser that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A way to look at the page.
struct View {
    name: &'static str,
    width: u32,
    flags: &'static [&'static str],
    background: [u8; 3],
}

const VIEWS: [View; 3] = [
    View {
        name: "light",
        width: 1280,
        flags: &[],
        background: [0xff, 0xff, 0xff],
    },
    View {
        name: "dark",
        width: 1280,
        flags: &["--force-dark-mode"],
        background: [0x0d, 0x11, 0x17],
    },
    View {
        name: "phone",
        width: 390,
        flags: &[],
        background: [0xff, 0xff, 0xff],
    },
];

/// Renders the page, opens it in each view, and checks what is seen.
pub(crate) fn run() -> Result<Outcome, String> {
    let Some(chromium) = chromium()? else {
        let names = NAMES.join(", ");
        return Ok(Outcome::Skipped(format!("no Chromium: none of {names}")));
    };
    let folder = root().join("target/screenshots");
    let text = page(&folder)?;
    let mut failures = Vec::new();
    for view in &VIEWS {
        if let Err(failure) = look(&chromium, &folder, &text, view) {
            failures.push(format!("{}: {failure}", view.name));
        }
    }
    if failures.is_empty() {
        let names = VIEWS.map(|view| view.name).join(", ");
        Ok(Outcome::Passed(Some(names)))
    } else {
        Err(failures.join("; "))
    }
}

fn chromium() -> Result<Option<PathBuf>, String> {
    let runs = |program: &Path| output(Command::new(program).arg("--version"));
    if let Some(named) = std::env::var_os("STRATIFORM_CHROMIUM") {
        let named = PathBuf::from(named);
        runs(&named)?;
        return Ok(Some(named));
    }
    let mut names = NAMES.iter().map(PathBuf::from);
    Ok(names.find(|name| runs(name).is_ok_and(|output| output.status.success())))
}

/// Has the page written, and reads it.
fn page(folder: &Path) -> Result<String, String> {
    let path = folder.join("review.html");
    // A page of an earlier run would hide that the test is gone.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot create `{}`: {error}", folder.display()))?;
    let mut write = cargo(["test", "--quiet", "--package", "stratiform", "--lib", "--"]);
    write.args(["--exact", PAGE, "--ignored"]);
    run_command(write.env("STRATIFORM_PAGE", &path).stdout(Stdio::null()))?;
    read(&path)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}

fn look(chromium: &Path, folder: &Path, page: &str, view: &View) -> Result<(), String> {
    let View { name, width, .. } = view;
    // The page has no script and no window is as narrow as a phone, so a frame of that width is measured from outside.
    let quoted = page.replace('&', "&amp;").replace('"', "&quot;");
    let frame = format!(
        "<!doctype html><title></title><body style=\"margin:0\">
        <iframe style=\"border:0;width:{width}px;height:{HEIGHT}px\" srcdoc=\"{quoted}\"
        onload=\"document.title = contentDocument.documentElement.scrollWidth\"></iframe>"
    );
    let path = folder.join(format!("{name}.html"));
    fs::write(&path, frame).map_err(|error| error.to_string())?;
    let open = |way: &str, out: Stdio| {
        let mut command = Command::new(chromium);
        // Its sandbox does not start as root or in most containers; the page is ours and runs nothing.
        command
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
            ])
            .arg(format!(
                "--user-data-dir={}",
                folder.join("profile").display()
            ))
            .arg(format!("--window-size={},{HEIGHT}", width.max(&WINDOW)))
            .args(view.flags)
            .args([way, &format!("file://{}", path.display())])
            .stdout(out);
        patiently(&mut command)
    };
    let dump = folder.join(format!("{name}.dump"));
    let file = File::create(&dump).map_err(|error| error.to_string())?;
    open("--dump-dom", file.into())?;
    let dump = read(&dump)?;
    let title = dump
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"));
    match title.and_then(|(title, _)| title.parse::<u32>().ok()) {
        Some(needed) if needed <= *width => {}
        Some(needed) => return Err(format!("{needed} pixels wide, and there are {width}")),
        None => return Err("the page was not loaded".to_owned()),
    }
    let picture = folder.join(format!("{name}.png"));
    open(
        &format!("--screenshot={}", picture.display()),
        Stdio::null(),
    )?;
    check(&picture, view)
}

/// Runs a browser, which says much on standard error, for so long.
fn patiently(command: &mut Command) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut child = command.stderr(Stdio::null()).spawn().map_err(failed)?;
    let started = Instant::now();
    loop {
        match child.try_wait().map_err(failed)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("`{}` ended with {status}", shown(command))),
            None if started.elapsed() > PATIENCE => {
                child.kill().map_err(failed)?;
                child.wait().map_err(failed)?;
                return Err(format!("`{}` did not end", shown(command)));
            }
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Whether a picture shows something, in the colours of its view.
fn check(picture: &Path, view: &View) -> Result<(), String> {
    let failed = |error: png::DecodingError| format!("`{}`: {error}", picture.display());
    let file = File::open(picture).map_err(|error| error.to_string())?;
    let mut reader = png::Decoder::new(BufReader::new(file))
        .read_info()
        .map_err(failed)?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let info = reader.next_frame(&mut pixels).map_err(failed)?;
    let expected = (view.width.max(WINDOW), HEIGHT);
    if (info.width, info.height) != expected {
        return Err(format!("the picture is {} by {}", info.width, info.height));
    }
    let samples = info.color_type.samples();
    let rows = pixels.chunks_exact(info.line_size);
    let inside = rows.flat_map(|row| row.chunks_exact(samples).take(view.width as usize));
    let mut colours: Vec<&[u8]> = inside.map(|pixel| &pixel[..samples.min(3)]).collect();
    let corner = colours.first().copied().unwrap_or_default();
    if corner != view.background {
        return Err(format!(
            "the background is {corner:?}, not {:?}",
            view.background
        ));
    }
    colours.sort_unstable();
    colours.dedup();
    if colours.len() < COLOURS {
        return Err(format!("only {} colours: nothing to see", colours.len()));
    }
    Ok(())
}
