//! `--deployed`: against moto, a program of others that answers as AWS does.
//!
//! moto 5.2 takes the stacks `network` and `registry` as they are; for others it lacks attributes.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::repository::{Repository, refused};
use crate::server::{Reply, serve};
use crate::support::{Project, run};

/// A moto of its own for every test; it ends with the test.
struct Moto {
    server: Child,
    port: u16,
}

impl Moto {
    fn start() -> Moto {
        let program =
            std::env::var_os("STRATIFORM_MOTO_SERVER").expect("set by `cargo xtask ci moto`");
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut server = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert_eq!(server.try_wait().unwrap(), None, "moto ended");
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "moto does not start"
            );
            sleep(Duration::from_millis(20));
        }
        Moto { server, port }
    }

    /// Makes a stack from the snapshots of `dev`, with what `assembly.json` says about it.
    fn deploy(&self, project: &Project, name: &str) {
        let assembly = project.read("snapshots/dev/assembly.json");
        let assembly: serde_json::Value = serde_json::from_str(&assembly).unwrap();
        let stacks = assembly["stacks"].as_array().unwrap();
        let stack = stacks.iter().find(|stack| stack["name"] == name).unwrap();
        let file = stack["template"].as_str().unwrap();
        let mut form = vec![
            ("Action".to_owned(), "CreateStack".to_owned()),
            ("Version".to_owned(), "2010-05-15".to_owned()),
            ("StackName".to_owned(), name.to_owned()),
            (
                "TemplateBody".to_owned(),
                project.read(&format!("snapshots/dev/{file}")),
            ),
            (
                "Capabilities.member.1".to_owned(),
                "CAPABILITY_NAMED_IAM".to_owned(),
            ),
        ];
        for (index, (key, value)) in (1..).zip(stack["tags"].as_object().unwrap()) {
            let value = value.as_str().unwrap().to_owned();
            form.push((format!("Tags.member.{index}.Key"), key.clone()));
            form.push((format!("Tags.member.{index}.Value"), value));
        }
        let answer = self.post(&form, assembly["region"].as_str().unwrap());
        assert!(answer.starts_with("HTTP/1.1 200"), "{name}: {answer}");
    }

    fn post(&self, form: &[(String, String)], region: &str) -> String {
        let pairs: Vec<String> = form
            .iter()
            .map(|(key, value)| format!("{key}={}", encoded(value)))
            .collect();
        let body = pairs.join("&");
        let credential = format!("test/20260101/{region}/cloudformation/aws4_request");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: cloudformation.{region}.amazonaws.com\r\nConnection: close\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0\r\n\
             Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn command(&self, repository: &Repository, arguments: &str) -> Command {
        let mut command = repository.command(&format!("--env dev --deployed {arguments}"));
        command
            .env(
                "AWS_ENDPOINT_URL",
                format!("http://127.0.0.1:{}", self.port),
            )
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    fn diff(&self, repository: &Repository, arguments: &str) -> String {
        run(self.command(repository, arguments))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
    }
    encoded
}

/// The shop's `dev`, with two of its stacks deployed; git is not needed.
fn deployed() -> (Repository, Moto) {
    let repository = Repository::without_git(Project::of_shop());
    repository.synth();
    let moto = Moto::start();
    for stack in ["shop-dev-network", "shop-dev-registry"] {
        moto.deploy(&repository.project, stack);
    }
    (repository, moto)
}

#[test]
#[ignore = "needs moto: cargo xtask ci moto"]
fn what_is_deployed_does_not_change() {
    let (repository, moto) = deployed();
    let same = "--stack network --stack registry --exit-code --fail-on any";
    let output = moto.diff(&repository, same);
    assert!(
        output.starts_with("exit code 0\n── stdout\nnothing changes\n"),
        "{output}"
    );
    assert!(
        output.contains("read from account 123456789012, eu-central-1\n"),
        "{output}"
    );

    // What is not deployed is new.
    let output = moto.diff(&repository, "--exit-code");
    assert!(output.starts_with("exit code 3\n"), "{output}");
    assert!(output.contains("\nshop-dev-queues   new, "), "{output}");

    // What is edited shows, in every format.
    repository.edit(
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    for format in ["text", "markdown", "html", "json"] {
        let arguments = format!("--stack network --exit-code --format {format}");
        let output = moto.diff(&repository, &arguments);
        assert!(output.starts_with("exit code 3\n"), "{output}");
        assert!(output.contains("RetentionInDays"), "{output}");
    }

    // Elsewhere nothing is deployed.
    repository.edit(
        "environments/defaults.yaml",
        "region: eu-central-1",
        "region: eu-west-2",
    );
    let output = moto.diff(&repository, "--stack network");
    assert!(
        output.contains("read from account 123456789012, eu-west-2\n"),
        "{output}"
    );
    assert!(output.contains("\nshop-dev-network   new, "), "{output}");
}

#[test]
#[ignore = "needs moto: cargo xtask ci moto"]
fn another_account_is_refused() {
    let repository = Repository::without_git(Project::of_shop());
    let moto = Moto::start();
    repository.edit(
        "environments/dev.yaml",
        "settings:",
        "settings:\n  account: \"123456789012\"",
    );
    assert!(moto.diff(&repository, "").starts_with("exit code 0\n"));
    repository.edit("environments/dev.yaml", "123456789012", "111122223333");
    for format in ["text", "json"] {
        let command = moto.command(&repository, &format!("--format {format}"));
        refused(
            command,
            1,
            &["account 111122223333", "123456789012", "`settings.account`"],
        );
    }
}

#[test]
fn no_credentials() {
    let repository = Repository::without_git(Project::of_shop());
    for format in ["text", "json"] {
        let mut command = repository.command(&format!("--env dev --deployed --format {format}"));
        command
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        refused(
            command,
            1,
            &["aws-credentials", "aws sso login", "AWS_PROFILE"],
        );
    }
}

// Half a minute, in which the connection is refused eight times: see the report.
#[test]
#[ignore = "slow: eight attempts to connect"]
fn an_endpoint_out_of_reach() {
    let repository = Repository::without_git(Project::of_shop());
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut command = repository.command("--env dev --deployed --format json");
    command
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    refused(command, 1, &["AWS is out of reach", "AWS_ENDPOINT_URL"]);
}

#[test]
fn names_are_checked_before_aws_is_asked() {
    let repository = Repository::without_git(Project::of_shop());
    let refuse = |arguments: &str, words: &[&str]| {
        repository.refuses(&format!("--deployed {arguments}"), 2, words);
    };
    refuse("--env prd", &["did you mean `prod`?"]);
    // Credentials are not needed for this.
}

// The guestbook is built without the feature `aws`, as a repository of one's own is.
#[test]
fn a_program_without_aws_says_how_to_get_it() {
    let repository = Repository::without_git(Project::of_guestbook());
    for format in ["text", "json"] {
        repository.refuses(
            &format!("--deployed --format {format}"),
            2,
            &["error[without-aws]", "cargo run --features aws"],
        );
    }
}

/// What a CloudFormation answers that has one stack.
struct Cloud {
    /// The stack's name.
    name: &'static str,
    /// Its tags, as XML.
    tags: &'static str,
    /// Its template as it was given.
    original: String,
    /// Its template after its transforms.
    processed: String,
    /// Its stack policy, as XML.
    policy: &'static str,
}

impl Cloud {
    fn answer(&self, request: &str) -> Reply {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let reply = |operation: &str, result: &str| {
            let text = format!(
                "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
            );
            (200, text)
        };
        let template = |text: &str| {
            let body = format!("<TemplateBody>{}</TemplateBody>", escaped(text));
            reply("GetTemplate", &body)
        };
        let name = self.name;
        let asks = |operation: &str| request.contains(&format!("Action={operation}"));
        let ours = request.contains(&format!("StackName={name}&"))
            || request.ends_with(&format!("StackName={name}"));
        match request {
            _ if asks("GetCallerIdentity") => reply(
                "GetCallerIdentity",
                "<Arn>arn:aws:iam::123456789012:user/test</Arn><Account>123456789012</Account>",
            ),
            _ if asks("ListStacks") => reply(
                "ListStacks",
                &format!(
                    "<StackSummaries><member><StackName>{name}</StackName>\
                     <StackStatus>UPDATE_COMPLETE</StackStatus></member></StackSummaries>"
                ),
            ),
            _ if asks("DescribeStacks") && ours => reply(
                "DescribeStacks",
                &format!(
                    "<Stacks><member><StackName>{name}</StackName>\
                     <StackId>arn:aws:cloudformation:eu-central-1:123456789012:stack/{name}/1</StackId>\
                     <StackStatus>UPDATE_COMPLETE</StackStatus><Tags>{}</Tags></member></Stacks>",
                    self.tags
                ),
            ),
            _ if asks("GetStackPolicy") => reply("GetStackPolicy", self.policy),
            _ if request.contains("TemplateStage=Original") => template(&self.original),
            _ if request.contains("TemplateStage=Processed") => template(&self.processed),
            _ => {
                let error = "<Error><Code>ValidationError</Code>\
                             <Message>Stack with id it does not exist</Message></Error>";
                (400, format!("<ErrorResponse>{error}</ErrorResponse>"))
            }
        }
    }

    /// What `diff --deployed` says, and what it said on the way.
    fn compared(self, repository: &Repository, arguments: &str) -> String {
        let endpoint = serve(move |request| self.answer(request));
        let mut command = repository.command(&format!("{arguments} --deployed"));
        command
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        run(command)
    }
}

fn registry(repository: &Repository) -> Cloud {
    let template = repository.project.read("snapshots/dev/registry.yaml");
    Cloud {
        name: "shop-dev-registry",
        tags: "",
        original: template.clone(),
        processed: template,
        policy: "",
    }
}

// Once wrong: the processed template was fetched and not read, and a note told to fetch it by hand.
#[test]
fn what_a_macro_made_is_compared_as_it_was_made() {
    let repository = Repository::without_git(Project::of_shop());
    repository.synth();
    for original in [
        "Transform: Registries\nResources: {All: {Type: Registries}}\n",
        "Resources:\n  Fn::Transform: {Name: Registries}\n",
    ] {
        let cloud = Cloud {
            original: original.to_owned(),
            ..registry(&repository)
        };
        let output = cloud.compared(&repository, "--env dev --stack registry --format json");
        assert!(output.starts_with("exit code 0\n"), "{output}");
        assert!(!output.contains("get-template"), "{output}");
        for action in ["Add", "Remove"] {
            let change = format!("\"Action\": \"{action}\"");
            assert!(!output.contains(&change), "{output}");
        }
    }
}

// Once unseen: a stack policy was on neither side.
#[test]
fn a_deployed_stack_policy_that_goes_is_told() {
    let repository = Repository::without_git(Project::of_shop());
    repository.synth();
    let cloud = Cloud {
        policy: "<StackPolicyBody>{\"Statement\": {\"Effect\": \"Deny\", \"Action\": \"Update:Delete\", \
                 \"Principal\": \"*\", \"Resource\": \"*\"}}</StackPolicyBody>",
        ..registry(&repository)
    };
    let output = cloud.compared(&repository, "--env dev --stack registry");
    assert!(output.contains("takes away the stack policy"), "{output}");
    assert!(output.contains("deleting it"), "{output}");
}

// Once wrong: whatever was named `shop-dev-…` counted as ours, and as gone.
#[test]
fn stacks_of_another_app_are_not_ours() {
    let repository = Repository::without_git(Project::of_shop());
    repository.synth();
    let tag = "<member><Key>app</Key><Value>shop-dev-tools</Value></member>";
    for (tags, ours) in [("", true), (tag, false)] {
        let cloud = Cloud {
            name: "shop-dev-tools-dev-network",
            tags,
            ..registry(&repository)
        };
        let output = cloud.compared(&repository, "--env dev");
        let told = output.contains("shop-dev-tools-dev-network");
        assert_eq!(told, ours, "{output}");
    }
}

#[test]
fn what_takes_time_is_told_to_who_wants_to_know() {
    let repository = Repository::without_git(Project::of_shop());
    repository.synth();
    let cloud = registry(&repository);
    let output = cloud.compared(&repository, "--env dev --stack registry --verbose");
    assert!(
        output.contains("asking CloudFormation in eu-central-1 for the stacks of dev\n"),
        "{output}"
    );
    assert!(
        output.contains("account 123456789012 has 1 stacks of dev\n"),
        "{output}"
    );
}
