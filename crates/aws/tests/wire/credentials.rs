//! Where credentials come from.

use std::fs;
use std::path::Path;
use std::process::Command;

use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError, future};
use stratiform_aws::{Aws, Error};
use stratiform_test_support::{alone, serve};

use crate::replies::reply;

/// Runs `who_am_i` in a process of its own, with nothing but this configuration and a server that knows who signs.
fn identity_with(name: &str, profile: &str, environment: &[(&str, &str)]) -> String {
    let endpoint = serve(|request| match request {
        _ if request.contains("Action=AssumeRoleWithWebIdentity") => reply(
            "AssumeRoleWithWebIdentity",
            "<Credentials><AccessKeyId>web</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
             <SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>",
        ),
        _ => {
            let signer = request.split("Credential=").nth(1).unwrap_or_default();
            let signer = signer.split('/').next().unwrap_or_default();
            let result = format!("<Arn>signed by {signer}</Arn><Account>111122223333</Account>");
            reply("GetCallerIdentity", &result)
        }
    });
    let config = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&config, profile).unwrap();
    let output = alone(&mut Command::new(std::env::current_exe().unwrap()))
        .args([
            "--exact",
            "credentials::who_am_i",
            "--ignored",
            "--nocapture",
        ])
        .env("AWS_CONFIG_FILE", config)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
#[ignore = "runs in processes of other tests"]
async fn who_am_i() {
    println!("{:?}", Aws::connect("eu-central-1").await.identity().await);
}

#[test]
fn credentials_come_from_wherever_people_have_them() {
    let keys = [("AWS_ACCESS_KEY_ID", "env"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let told = identity_with("none", "", &keys);
    assert!(told.contains("signed by env"), "{told}");

    let json = r#"{"Version": 1, "AccessKeyId": "process", "SecretAccessKey": "s"}"#;
    let process = format!("[profile dev]\ncredential_process = echo '{json}'\n");
    let told = identity_with("process", &process, &[("AWS_PROFILE", "dev")]);
    assert!(told.contains("signed by process"), "{told}");

    let token = Path::new(env!("CARGO_TARGET_TMPDIR")).join("token");
    fs::write(&token, "token").unwrap();
    let web = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci"),
    ];
    let told = identity_with("web", "", &web);
    assert!(told.contains("signed by web"), "{told}");

    let told = identity_with("unknown", "", &[("AWS_PROFILE", "unknown")]);
    assert!(told.contains("Err(Credentials"), "{told}");
    assert!(
        told.contains("there is no profile `unknown`, which AWS_PROFILE names; none is configured"),
        "{told}"
    );
    let others = "[profile two]\nregion = x\n[profile one]\nregion = x\n";
    let told = identity_with("others", others, &[("AWS_PROFILE", "nope")]);
    assert!(
        told.contains(
            "there is no profile `nope`, which AWS_PROFILE names; there are `one`, `two`"
        ),
        "{told}"
    );
    // A profile that is there and has no credentials is another matter, and so is none.
    let told = identity_with("others", others, &[("AWS_PROFILE", "one")]);
    assert!(
        told.contains("Err(Credentials") && !told.contains("no profile"),
        "{told}"
    );
    let told = identity_with("others", others, &[]);
    assert!(
        told.contains("Err(Credentials") && !told.contains("no profile"),
        "{told}"
    );
}

#[tokio::test]
async fn no_credentials_are_told_from_no_network() {
    #[derive(Debug)]
    struct Nowhere;
    impl ProvideCredentials for Nowhere {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("none here")))
        }
    }
    let config = stratiform_aws::configuration("eu-central-1").credentials_provider(Nowhere);
    let error = Aws::new(&config.load().await).identity().await.unwrap_err();
    assert!(matches!(error, Error::Credentials(_)), "{error:?}");
    assert_eq!(
        error.why(),
        "the credential provider was not enabled: none here"
    );
}
