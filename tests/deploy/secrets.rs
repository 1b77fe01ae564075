//! No secret in anything that is printed or written: neither credentials nor the value of a parameter without echo.

use std::fs;
use std::process::Command;

use stratiform_test_support::{Caller, Reply, pass_on, serve};

use crate::engine::Engine;
use crate::running::{Ran, deploy, edit, ran, shop};
use crate::support::Project;

/// What is looked for.
// stratiform: no secret: nobody gave it out
const ACCESS_KEY: &str = "AKIAXXACCESSXXKEYXXX";
const SECRET_KEY: &str = "secretXXkeyXXofXXnobody";
const SESSION: &str = "sessionXXtokenXXofXXnobody";
const TOKEN: &str = "hunterXX2XXtoken";

/// A service takes a token that whoever deploys gives.
fn project() -> Project {
    let project = shop();
    edit(
        &project,
        "environments/defaults.yaml",
        "  api:\n    variables",
        "  api:\n    token: true\n    variables",
    );
    project
}

/// Deploys with all the secrets, and says all there is to say.
fn secretly(project: &Project, url: &str, words: &str) -> Ran {
    let images = "--image api=shop/api:1 --image worker=shop/worker:1";
    let words = format!("{images} --parameter ApiToken={TOKEN} {words}");
    ran(signed(project, url, &words))
}

/// The command with credentials and nothing else.
fn signed(project: &Project, url: &str, words: &str) -> Command {
    let mut command = deploy(project, &format!("-vvv {words}"));
    command
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_SESSION_TOKEN", SESSION)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full");
    command
}

/// No secret is in what was printed, nor in any file of the project.
#[track_caller]
fn hold(project: &Project, ran: &Ran) {
    let mut places = vec![
        ("standard output".to_owned(), ran.stdout.clone()),
        ("standard error".to_owned(), ran.stderr.clone()),
    ];
    for (file, bytes) in project.tree(".") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        places.push((file.display().to_string(), text));
    }
    for (place, text) in places {
        for secret in [ACCESS_KEY, SECRET_KEY, SESSION, TOKEN] {
            assert!(!text.contains(secret), "`{secret}` is in {place}:\n{text}");
        }
    }
}

#[test]
fn what_goes_well_shows_no_secret() {
    let (project, engine) = (project(), Engine::start());
    let went = |words: &str| {
        let ran = secretly(&project, &engine.url(), words);
        hold(&project, &ran);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    went("--yes --stack network --stack services");
    went("--yes --format json");
    edit(
        &project,
        "environments/dev.yaml",
        "LOG_LEVEL: debug",
        "LOG_LEVEL: trace",
    );
    went("--prepare sealed.json");
    let mut execute = signed(&project, &engine.url(), "--execute sealed.json");
    execute.env("GITHUB_ACTIONS", "true");
    execute.env("GITHUB_STEP_SUMMARY", project.path("summary.md"));
    let executed = ran(execute);
    hold(&project, &executed);
    executed.expect(0, &["1 stack, 4 unchanged"]);
    assert!(fs::exists(project.path("summary.md")).unwrap());
    // The token is really there, and CloudFormation does not show it.
    let described = described(&engine);
    let hidden = "<ParameterKey>ApiToken</ParameterKey><ParameterValue>****<";
    assert!(described.contains(hidden), "{described}");
    went("--yes");
}

/// The stack of the services, as whoever has the access key sees it.
fn described(engine: &Engine) -> String {
    let url = engine.url();
    let caller = Caller {
        url: &url,
        access_key: ACCESS_KEY,
        region: "eu-central-1",
    };
    caller.cloudformation("DescribeStacks", &[("StackName", "shop-dev-services")])
}

/// What is answered to an operation instead of the engine's answer.
fn refused(operation: &str, code: &str, message: &str) -> (String, Reply) {
    let error = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    (format!("Action={operation}&"), (403, error))
}

#[test]
fn what_is_refused_shows_no_secret() {
    let signature = format!(
        "The request signature we calculated does not match.\n\nThe Canonical String for this request should have \
         been\n'POST\nx-amz-security-token:{SESSION}'\n\nThe String-to-Sign should have been\n'{ACCESS_KEY}'"
    );
    let value = format!(
        "1 validation error detected: Value '{TOKEN}' at 'parameters.2.member.parameterValue' failed to satisfy \
         constraint: Member must have length less than or equal to 4096"
    );
    for (operation, code, message) in [
        ("GetCallerIdentity", "SignatureDoesNotMatch", &signature),
        ("DescribeStacks", "SignatureDoesNotMatch", &signature),
        ("CreateChangeSet", "SignatureDoesNotMatch", &signature),
        ("CreateChangeSet", "ValidationError", &value),
        ("ExecuteChangeSet", "SignatureDoesNotMatch", &signature),
    ] {
        let (project, engine) = (project(), Engine::start());
        let (action, refusal) = refused(operation, code, message);
        let url = engine.url();
        let proxy = serve(move |request| match request.contains(&action) {
            true => refusal.clone(),
            false => pass_on(&url, request),
        });
        for format in ["text", "json"] {
            let words = format!("--yes --format {format} --stack services --stack network");
            let failed = secretly(&project, &proxy, &words);
            assert_eq!(failed.code, 1, "{operation} {code}: {}", failed.stderr);
            assert!(
                (failed.stderr.clone() + &failed.stdout).contains(operation),
                "{}",
                failed.stderr
            );
            hold(&project, &failed);
        }
    }
}

/// Whoever makes a resource may say with which value that failed.
#[test]
fn what_fails_with_a_secret_in_its_reason_shows_no_secret() {
    let (project, engine) = (project(), Engine::start());
    engine.fault("create:shop-dev-services/ApiTaskDefinition");
    let url = engine.url();
    let proxy = serve(move |request| {
        let (status, answer) = pass_on(&url, request);
        let reason = format!("The creation with {TOKEN} was made to fail");
        (
            status,
            answer.replace("The creation was made to fail", &reason),
        )
    });
    for format in ["text", "json"] {
        let words = format!("--yes --format {format} --stack services --stack network");
        let failed = secretly(&project, &proxy, &words);
        assert_eq!(failed.code, 4, "{}", failed.stderr);
        assert!(
            (failed.stderr.clone() + &failed.stdout).contains("was made to fail"),
            "{}",
            failed.stderr
        );
        hold(&project, &failed);
    }
}
