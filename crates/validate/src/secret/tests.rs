//! What is a secret, and what only looks like one. Secrets are made here and written nowhere: whoever scans this
//! repository finds none.

use stratiform_template::parse;

use super::*;
use crate::inspect;

/// Letters and digits in no order, always the same.
fn drawn(letters: &str, length: usize) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let drawn = (0..length).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        letters[(state >> 33) as usize % letters.len()]
    });
    drawn.collect()
}

const WORD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn word(length: usize) -> String {
    drawn(WORD, length)
}

fn hex(length: usize) -> String {
    drawn("0123456789abcdef", length)
}

/// The kinds that a text has, each with what it is in the text.
fn kinds(text: &str) -> Vec<&'static str> {
    in_text(text).iter().map(|found| found.kind.noun).collect()
}

fn private_key(label: &str, between: &str) -> String {
    let lines: Vec<String> = (0..4).map(|_| word(64)).collect();
    let dashes = "-----";
    format!(
        "{dashes}BEGIN {label}{dashes}{between}{}{between}{dashes}END {label}{dashes}",
        lines.join(between)
    )
}

/// A secret access key as AWS makes them.
fn access_key() -> String {
    format!("{}/{}+{}", word(12), word(13), word(13))
}

#[test]
fn every_form_is_found_wherever_it_stands() {
    for format in format::FORMATS {
        for length in [format.least, format.most.min(300)] {
            let token = format!("{}{}", format.prefix, drawn(&format.letters(), length));
            for (before, after) in [
                ("", ""),
                ("curl -H 'Authorization: Bearer ", "'"),
                ("{\"a\":\"", "\"}"),
                ("ä=", "\n"),
                ("/", " "),
            ] {
                let text = format!("{before}{token}{after}");
                let found = in_text(&text);
                assert_eq!(found.len(), 1, "{}: {text}", format.kind.noun);
                assert_eq!(found[0].kind, format.kind, "{text}");
                assert_eq!(text[found[0].range.clone()], token);
                assert!(!masked(&text).contains(&token[format.prefix.len()..]));
                assert_eq!(masked(&text).len(), text.len());
            }
            // In the middle of another word, or of one letter, it is none.
            assert_eq!(kinds(&format!("A{token}")), [""; 0], "A{token}");
        }
        let short = format!(
            "{}{}",
            format.prefix,
            drawn(&format.letters(), format.least - 1)
        );
        assert_eq!(kinds(&short), [""; 0], "{short}");
        let same = format!("{}{}", format.prefix, "x".repeat(format.least));
        assert_eq!(kinds(&same), [""; 0], "{same}");
    }
}

#[test]
fn forms_of_several_parts_are_found() {
    let claims = drawn(&WORD[..62], 40);
    let token = format!("eyJ{}.eyJ{claims}.{}", word(30), word(43));
    assert_eq!(kinds(&format!("a {token} b")), ["a JSON Web Token"]);
    assert_eq!(
        kinds(&format!("postgres://app:{}@db.internal:5432/a", word(12))),
        ["a password in an address"]
    );
    assert_eq!(
        kinds(&format!("12345678{}:AA{}", 9, word(33))),
        ["a token of a Telegram bot"]
    );
    let entra = format!("{}8Q~{}", word(3), word(34));
    assert_eq!(kinds(&entra), ["a client secret of Microsoft Entra"]);
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        for between in ["\n", "\\n", "\n    ", "\r\n"] {
            let key = private_key(label, between);
            let text = format!("x: \"{key}\" y");
            let found = in_text(&text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(text[found[0].range.clone()], key);
        }
    }
    // Without an end it goes on to the end.
    let cut = private_key("PRIVATE KEY", "\n");
    let cut = &cut[..200];
    assert_eq!(in_text(cut)[0].range, 0..200);
}

#[test]
fn look_alikes_are_no_secrets() {
    let certificate = private_key("PUBLIC KEY", "\n");
    let key = "-----BEGIN PRIVATE KEY-----\n";
    for text in [
        // AWS's own examples.
        "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        // Names, digests and addresses.
        &word(40),
        &hex(40),
        &format!("commit {}", hex(40)),
        &format!("sha256:{}", hex(64)),
        &format!(
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com/api@sha256:{}",
            hex(64)
        ),
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "integrity: sha512-0Zr9aHw1a1K9sWvqNdBxP2Wn3T9DnlJq7oYcYyq3rjk9Q==",
        &certificate,
        // What stands for others.
        &format!("{key}...\n-----END PRIVATE KEY-----"),
        &format!("{key}${{Key}}\n-----END PRIVATE KEY-----"),
        &format!("{key}<your key here, in base64, all of its lines, as they are>\n"),
        "grep -q 'BEGIN PRIVATE KEY' file",
        "https://user:password@example.com",
        "postgres://postgres:postgres@localhost:5432/test",
        "postgres://app:${PASSWORD}@db.internal/app",
        "postgres://app:$PASSWORD@db.internal/app",
        "postgres://{user}:{password}@db.internal/app",
        "https://host.internal:8443/a@b",
        "git@github.com:octo-org/shop.git",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk_live_...",
        "password: ${DB_PASSWORD}",
        "password=$(aws secretsmanager get-secret-value --secret-id prod)",
        "password = os.environ[\"DB_PASSWORD\"]",
        "token: {{resolve:secretsmanager:prod/token:SecretString:key1}}",
        "let token = next_token2(&mut lexer);",
        "secret = config.secrets.database2",
        "const apiKey = process.env.API_KEY_1",
        "secret: my-app-db-password-1",
        "api_key: 'changeme-12345678'",
        "token == \"abc123def456ghi789jkl\"",
        "MinimumPasswordLength: 12345678901234567890",
    ] {
        assert_eq!(kinds(text), [""; 0], "{text}");
        assert_eq!(masked(text), text);
    }
}

#[test]
fn what_is_assigned_to_a_name_that_says_so_is_found() {
    let password = format!("{}!7", word(8));
    let token = word(32);
    for text in [
        format!("export DB_PASSWORD='{password}'"),
        format!("{{\"password\": \"{password}\"}}"),
        format!("'{{\\\"password\\\": \\\"{password}\\\"}}'"),
        format!("db.password=\"{password}\""),
        format!("password: \"{password}\""),
    ] {
        assert_eq!(kinds(&text), ["a password"], "{text}");
        assert!(!masked(&text).contains(&password), "{}", masked(&text));
    }
    for text in [
        format!("TOKEN={token}"),
        format!("-e AUTH_TOKEN={token} "),
        format!("authToken: {token}"),
        format!("auth_token => '{token}'"),
    ] {
        assert_eq!(kinds(&text), ["a token"], "{text}");
    }
    // What its form says is surer than its name.
    let token = format!("ghp_{}", word(36));
    for text in [
        format!("export TOKEN={token}"),
        format!("{{\"token\": \"{token}\"}}"),
    ] {
        assert_eq!(kinds(&text), ["a token of GitHub"], "{text}");
    }
    let bot = format!("BOT_TOKEN=123456789:AA{}", word(33));
    assert_eq!(kinds(&bot), ["a token of a Telegram bot"]);
    let key = access_key();
    assert_eq!(
        kinds(&format!("aws_secret_access_key = {key}")),
        ["a secret access key of AWS"]
    );
}

#[test]
fn a_name_says_what_its_value_is() {
    let said = |name: &str, value: &str| under_name(name, value).map(|kind| kind.noun);
    let (token, password) = (word(24), format!("{}-9", word(9)));
    for name in [
        "DB_PASSWORD",
        "dbPassword",
        "MasterUserPassword2",
        "/prod/db/password",
        "PasswordValue",
    ] {
        assert_eq!(said(name, &password), Some("a password"), "{name}");
    }
    for (name, kind) in [
        ("GITHUB_TOKEN", "a token"),
        ("ApiKey", "an API key"),
        ("client-secret", "a secret"),
        ("JWT_SIGNING_KEY", "a key"),
    ] {
        assert_eq!(said(name, &token), Some(kind), "{name}");
    }
    for name in [
        "NextToken",
        "SecretName",
        "SECRET_ARN",
        "TokenTable",
        "PasswordPolicy",
        "Key",
        "",
    ] {
        assert_eq!(said(name, &token), None, "{name}");
    }
    for value in [
        "",
        "short1!",
        "my-database-password",
        "MyDatabasePassword",
        "prod/db/password1",
        "AQICAHh0123456789abcdefABCDEF0123456789",
        "/aws/service/token/9f8e7d6c5b4a",
        "4b5f0c6e-6c0b-4d9e-8c39-0b9a8fd0d1c2",
        "changeme123!",
        "two words 1!",
    ] {
        assert_eq!(said("DB_PASSWORD", value), None, "{value}");
        assert_eq!(said("TOKEN", value), None, "{value}");
    }
    assert_eq!(
        said("AWS_SECRET_ACCESS_KEY", &access_key()),
        Some("a secret access key of AWS")
    );
    // Without a name that says so, forty characters are anything.
    assert_eq!(said("Digest", &access_key()), None);
}

/// Everything that is said of secrets in a template, and that it shows none.
fn said(text: &str, secrets: &[&str]) -> String {
    let found = inspect(&parse(text).unwrap(), &[]).findings;
    for finding in &found {
        let told = format!("{finding:?}");
        for secret in secrets {
            assert!(!told.contains(secret), "{told}");
        }
    }
    let codes = [Code::PlainSecret, Code::PlainPassword];
    let found = found.iter().filter(|finding| codes.contains(&finding.code));
    let lines = found.map(|finding| {
        let (level, code, path) = (finding.level, finding.code, finding.path.join("/"));
        format!(
            "{level:?} {code}: {path}\n  {}\n  {}",
            finding.what, finding.why
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_template_is_shown_without_what_is_written_in_it() {
    let token = format!("ghp_{}", word(36));
    let other = format!("ghp_{}", drawn(&WORD[7..], 36));
    let random = word(32);
    let key = private_key("RSA PRIVATE KEY", "\n");
    let lines: Vec<String> = key.lines().map(|line| format!("\"{line}\"")).collect();
    let lines = lines.join(", ");
    let text = format!(
        "
Metadata: {{Mine: {{Note: 'with {token}'}}}}
Parameters: {{Note: {{Type: String, Default: '{token}'}}}}
Mappings: {{All: {{eu-west-1: {{ApiKey: {random}}}}}}}
Resources:
  Function:
    Type: AWS::Lambda::Function
    Metadata: {{Cli: [a, 'use {token}']}}
    Properties:
      Code: {{ZipFile: !Join [\"\\n\", [\"x = 1\", {lines}, \"y = 2\"]]}}
      Environment:
        Variables:
          GITHUB: !If [Prod, !Sub 'before {token} {other}', !Ref Stage]
          LEVEL: info
          Pairs: [{{Name: SIGNING_KEY, Value: {random}}}]
Outputs:
  Out: {{Value: 'https://{token}@host'}}
  'Fn::ForEach::Outputs': [A, [b], {{'Out${{A}}': {{Value: {token}}}}}]
Own: [{{a: {token}}}]
"
    );
    let template = stratiform_template::inspect(&parse(&text).unwrap()).template;
    let shown = shown(&template).to_yaml();
    let key: Vec<&str> = key.lines().collect();
    for secret in [token.as_str(), &other, &random].iter().chain(&key) {
        assert!(template.to_yaml().contains(secret), "{secret}");
        assert!(!shown.contains(secret), "{shown}");
    }
    // All that is none is as it was.
    for text in [
        "LEVEL: info",
        "before ****",
        "!Ref Stage",
        "- use ****",
        "https://***",
    ] {
        assert!(shown.contains(text), "no {text} in:\n{shown}");
    }
    let hidden = Hidden::of([&template]);
    let said = format!("`Note` becomes {token}, and `ApiKey` {random}");
    let stars = |length: usize| "*".repeat(length);
    let expected = format!("`Note` becomes {}, and `ApiKey` {}", stars(40), stars(32));
    assert_eq!(hidden.out_of(&said), expected);
    assert_eq!(hidden.out_of("nothing of it"), "nothing of it");
}

#[test]
fn a_template_is_gone_through_wherever_something_can_be_written() {
    let token = format!("ghp_{}", word(36));
    let password = format!("{}!7", word(10));
    let random = word(32);
    let key = private_key("RSA PRIVATE KEY", "\n");
    let lines: Vec<String> = key.lines().map(|line| format!("\"{line}\"")).collect();
    let lines = lines.join(", ");
    let access = access_key();
    let text = format!(
        "
Metadata: {{Mine: {{Note: 'with {token}'}}}}
Parameters:
  Stage: {{Type: String, AllowedValues: [dev, prod]}}
  DbPassword: {{Type: String, NoEcho: true, Default: '{password}'}}
  Looked: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: {random}}}
Conditions: {{Prod: !Equals [!Ref Stage, prod]}}
Mappings: {{All: {{eu-west-1: {{ApiKey: {random}}}}}}}
Resources:
  Function:
    Type: AWS::Lambda::Function
    Metadata: {{Cli: 'use {token}'}}
    Properties:
      Role: !Sub 'arn:aws:iam::${{AWS::AccountId}}:role/r'
      Code: {{ZipFile: \"TOKEN = '{random}'\"}}
      Handler: index.handler
      Runtime: python3.13
      Environment:
        Variables:
          GITHUB: !If [Prod, !Sub '{token}', !Ref Stage]
          AWS_SECRET_ACCESS_KEY: {access}
          DB_PASSWORD: '{password}'
          SAFE_PASSWORD: '{{{{resolve:secretsmanager:db:SecretString:password}}}}'
          FROM: !Ref DbPassword
          OUT_OF: !Sub 'https://app:${{DbPassword}}@host.internal'
          BUILD_HASH: {random}
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      Artifacts: {{Type: NO_ARTIFACTS}}
      ServiceRole: !GetAtt Function.Arn
      Source: {{Type: NO_SOURCE, BuildSpec: x}}
      Environment:
        ComputeType: BUILD_GENERAL1_SMALL
        Image: aws/codebuild/standard:7.0
        Type: LINUX_CONTAINER
        EnvironmentVariables:
          - {{Name: API_TOKEN, Value: {random}}}
          - {{Name: STORED_TOKEN, Type: PARAMETER_STORE, Value: {random}}}
  Machine:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        UserData:
          Fn::Base64: !Join ['\\n', [{lines}, !Ref Stage]]
  Stored:
    Type: AWS::SSM::Parameter
    Properties: {{Type: String, Name: /prod/db/password, Value: '{password}'}}
  User:
    Type: AWS::RDS::DBInstance
    Properties: {{DBInstanceClass: db.t4g.micro, Engine: postgres, MasterUsername: a, MasterUserPassword: '{password}', AllocatedStorage: '20'}}
  Broker:
    Type: AWS::DMS::Endpoint
    Properties: {{EndpointType: source, EngineName: mysql, Password: {token}}}
Outputs:
  Token: {{Value: {random}}}
"
    );
    let secrets = [&*token, &*password, &*random, &*access, &key[40..100]];
    insta::assert_snapshot!(said(&text, &secrets));
}

#[test]
fn any_tree_is_gone_through_with_paths_and_places() {
    let (token, password) = (word(32), format!("{}!7", word(10)));
    let text = format!(
        "service:
  variables:
    LOG_LEVEL: info
    DB_PASSWORD: '{password}'
  tokens: [{{name: API_TOKEN, value: {token}}}, {{name: OTHER, value: {token}}}]
  api_key: !Ref Key
  secret: {{Fn::ImportValue: {token}}}
  script: |
    export TOKEN={token}
"
    );
    let node = parse(&text).unwrap();
    let found = in_document(&node);
    let found: Vec<String> = found
        .iter()
        .map(|finding| {
            let span = finding.span().unwrap();
            format!("{}:{} {}", span.line, finding.path.join("/"), finding.what)
        })
        .collect();
    assert_eq!(
        found,
        [
            "4:service/variables/DB_PASSWORD a password of 12 characters is written out",
            "5:service/tokens/0/value a token of 32 characters is written out",
            "9:service/script a token of 32 characters is written out",
        ]
    );
}

#[test]
fn what_else_is_said_of_a_secret_does_not_show_it() {
    let token = format!("ghp_{}", word(36));
    // The queue's name has no underscore in a pattern, and the runtime is none: both are told with the value elsewhere.
    let text = format!(
        "Resources: {{F: {{Type: AWS::Lambda::Function, Properties: {{Runtime: {token}, Handler: a, Role: {token}, Code: {{ZipFile: x}}}}}}}}"
    );
    let found = inspect(&parse(&text).unwrap(), &[]).findings;
    let codes: Vec<Code> = found.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&Code::ValuePattern), "{codes:?}");
    assert_eq!(said(&text, &[&token]).matches("plain-secret").count(), 2);
}

#[test]
fn a_password_that_is_told_as_one_is_not_shown_by_what_else_is_said_of_it() {
    let text = "
Parameters: {Password: {Type: String, Default: 'ab;c', AllowedPattern: '[a-z]+'}}
Resources: {E: {Type: AWS::DMS::Endpoint, Properties: {EndpointType: source, EngineName: mysql, Password: !Ref Password}}}
";
    let found = inspect(&parse(text).unwrap(), &[]).findings;
    let codes: Vec<Code> = found.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&Code::ParameterDefault), "{codes:?}");
    for finding in &found {
        let told = format!("{finding:?}");
        assert!(!told.contains("ab;c"), "{told}");
    }
}

#[test]
fn texts_that_begin_something_again_and_again_are_gone_through_once() {
    // Each would take hours if every beginning were followed to the end.
    let lengths = |part: &str| part.repeat(100_000 / part.len());
    for part in [
        "eyJ",
        "eyJaaaaaaaaaaaaaaa.",
        "glpat-",
        "ya29.",
        "AKIA",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nabc\n",
        "token=",
        // stratiform: no secret
        "token=aB3dE5gH7jK9mN1pQ2rS4tU6v=",
        "password='",
        "a8xQ~",
        "123456789:AA",
        "x://a:b",
        "://",
        "\\\"token\\\" ",
    ] {
        let text = lengths(part);
        let found = in_text(&text).len();
        assert!(found < 100_000, "{part}: {found}");
        let text = format!("{text} TOKEN=ghp_{} ", word(36));
        assert!(!masked(&text).contains(&word(36)), "{part}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_a_text_is_its_secrets_are_in_it_and_in_order(text in "[a-zA-Z0-9:=~@/\"'\\\\ ü.\n_-]{0,200}") {
        let found = in_text(&text);
        let mut end = 0;
        for secret in &found {
            assert!(secret.range.start >= end && text.get(secret.range.clone()).is_some());
            end = secret.range.end;
        }
        assert_eq!(masked(&text).len(), text.len());
    }
}
