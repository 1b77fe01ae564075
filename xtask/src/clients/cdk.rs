//! The CDK CLI: a small app deployed, compared, updated and destroyed.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::server::Server;
use super::{Run, client};
use crate::bench;
use crate::outcome::Outcome;

const APP: &str = include_str!("app.js");
const STACK: &str = "SmallApp";
const REGION: &str = "eu-west-1";

/// Does everything, and says what was seen.
pub(super) fn run(server: &Server) -> Result<Outcome, String> {
    if Command::new("npm").arg("--version").output().is_err() {
        return Ok(Outcome::Skipped(
            "no npm: the CDK CLI cannot be installed".to_owned(),
        ));
    }
    let (folder, versions) = bench::cdk()?;
    // Beside the installed packages, which Node.js looks for from there.
    let app = folder.join("clients.js");
    fs::write(&app, APP).map_err(|error| format!("cannot write `{}`: {error}", app.display()))?;
    let cdk = Cdk {
        folder: &folder,
        server,
    };
    cdk.run("diff", "one", &["--fail"])?
        .fails("AWS::SNS::Topic")?;
    cdk.run("deploy", "one", &[])?.says("✅  SmallApp")?;
    cdk.run("deploy", "one", &[])?.says("(no changes)")?;
    cdk.run("diff", "one", &["--fail"])?
        .says("no differences")?;
    cdk.run("diff", "two", &["--fail"])?
        .fails("[~] AWS::SNS::Topic")?;
    server.fault("update:AWS::SNS::Topic:times=1")?;
    cdk.run("deploy", "two", &[])?
        .fails("SmallApp failed to deploy")?;
    cdk.run("deploy", "two", &[])?.says("✅  SmallApp")?;
    cdk.run("drift", "two", &[])?.says("No drift detected")?;
    cdk.run("destroy", "two", &["--force"])?
        .says("✅  SmallApp: destroyed")?;
    cdk.run("diff", "two", &["--fail"])?
        .fails("[+] AWS::SNS::Topic")?;
    Ok(Outcome::Passed(Some(format!(
        "{versions}: an app comes and goes"
    ))))
}

struct Cdk<'c> {
    folder: &'c Path,
    server: &'c Server,
}

impl Cdk<'_> {
    fn run(&self, command: &str, display_name: &str, more: &[&str]) -> Result<Run, String> {
        let mut cdk = client(Path::new("node"), self.server, REGION);
        cdk.current_dir(self.folder)
            .env("DISPLAY_NAME", display_name)
            .env("CDK_DISABLE_VERSION_CHECK", "1")
            .env("CDK_DISABLE_CLI_TELEMETRY", "true")
            .args(["node_modules/aws-cdk/bin/cdk", command, STACK])
            .args(["--app", "node clients.js", "--output", "clients.out"])
            .args([
                "--no-notices",
                "--no-version-reporting",
                "--no-color",
                "--ci",
            ])
            .args(more);
        if command == "deploy" {
            cdk.args(["--require-approval", "never"]);
        }
        Run::shown(&mut cdk)
    }
}
