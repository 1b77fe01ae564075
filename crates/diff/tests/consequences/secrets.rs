//! Secrets that become others, and those who keep the old one.

use crate::{check, check_changed, of_kind};

const SECRET: &str = "Word: {Type: AWS::SecretsManager::Secret, Properties: {Name: word, GenerateSecretString: {PasswordLength: $}}}";

/// What another length does, beside a resource.
#[track_caller]
fn renewed(reader: &str, expected: &[&str]) {
    let [before, after] =
        ["24", "32"].map(|value| format!("{}\n{reader}", SECRET.replace('$', value)));
    check(&before, &after, expected);
}

fn database(password: &str) -> String {
    format!("A: {{Type: AWS::RDS::DBInstance, Properties: {{MasterUserPassword: {password}}}}}")
}

#[test]
fn those_who_read_a_secret_keep_the_old_value() {
    let expected = [
        "danger interruption will: gives the secret `Word` another value at once: `A` keeps the old one",
        "- `A` reads it in `MasterUserPassword`",
    ];
    for password in [
        "!Sub '{{resolve:secretsmanager:${Word}:SecretString:password}}'",
        "!Join ['', ['{{resolve:secretsmanager:', !Ref Word, ':SecretString:password}}']]",
        "'{{resolve:secretsmanager:word:SecretString:password}}'",
    ] {
        renewed(&database(password), &expected);
    }
    // Through what stands for it.
    let attached = "B: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: !Ref Word, TargetId: !Ref A, TargetType: t}}";
    let database = database("!Sub '{{resolve:secretsmanager:${B}:SecretString:password}}'");
    renewed(&format!("{database}\n{attached}"), &expected);
}

#[test]
fn those_who_do_not_read_it_are_not_named() {
    let alone = ["warning interruption will: gives the secret `Word` another value at once"];
    for password in [
        "'{{resolve:secretsmanager:words:SecretString:password}}'",
        "!Ref Word",
    ] {
        renewed(&database(password), &alone);
    }
}

#[test]
fn what_is_read_again_has_the_new_value() {
    let [before, after] = [("24", "a"), ("32", "b")].map(|(length, key)| {
        let password =
            format!("!Sub '{{{{resolve:secretsmanager:${{Word}}:SecretString:{key}}}}}'");
        format!("{}\n{}", SECRET.replace('$', length), database(&password))
    });
    let found = of_kind(&before, &after, "interruption");
    assert!(
        found.contains(
            &"warning interruption will: gives the secret `Word` another value at once".to_owned()
        ),
        "{found:?}"
    );
}

#[test]
fn a_value_that_is_written_is_not_read_again_either() {
    let [before, after] = ["one", "two"].map(|value| {
        format!(
            "Word: {{Type: AWS::SecretsManager::Secret, Properties: {{SecretString: {value}}}}}\n{}",
            database("!Sub '{{resolve:secretsmanager:${Word}}}'")
        )
    });
    assert_eq!(
        of_kind(&before, &after, "interruption"),
        [
            "danger interruption will: gives the secret `Word` another value at once: `A` keeps the old one",
            "- `A` reads it in `MasterUserPassword`",
        ]
    );
}

#[test]
fn other_changes_keep_the_value() {
    check_changed(
        "Type: AWS::SecretsManager::Secret, Properties: {Description: $, GenerateSecretString: {}}",
        ["one", "two"],
        &[],
    );
}

#[test]
fn keys_that_were_handed_out_are_refused() {
    check_changed(
        "Type: AWS::IAM::AccessKey, Properties: {UserName: u, Serial: $}",
        ["1", "2"],
        &[
            "warning interruption will: renews the access key `A`: whoever still uses the old key is refused",
            "attention replacement will: replaces the access key `A`",
        ],
    );
    check_changed(
        "Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: p, GenerateSecret: $}",
        ["false", "true"],
        &[
            "warning interruption will: renews the user pool client `A`: applications with the old client ID and secret can no longer sign anybody in",
            "attention replacement will: replaces the user pool client `A`",
        ],
    );
}
