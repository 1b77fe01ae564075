//! What people read when they make a mistake in an environment: each kind of mistake that this library finds.
//!
//! The environment is one of the tests' own. What an app checks itself is tested in that app.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_environment::{
    Cidr, Environment, EnvironmentName, Loaded, PolicyLevel, Settings, Source, Text, load_all,
};
use stratiform_finding::{Finding, Plain};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shop {
    settings: Settings,
    network: Network,
    budget: Budget,
    #[serde(default)]
    services: BTreeMap<String, Service>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Network {
    /// The addresses of the VPC.
    vpc_cidr: Cidr,
    /// How many zones.
    #[schemars(range(min = 2, max = 3))]
    zones: u8,
    /// Where the way out is.
    nat: Nat,
    /// What stays inside.
    #[serde(default)]
    endpoints: BTreeSet<Endpoint>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Nat {
    Single,
    OnePerZone,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Endpoint {
    Logs,
    Secrets,
    Queues,
}

/// What the environment may cost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Budget {
    /// US dollars a month.
    #[schemars(range(min = 1, max = 1_000_000))]
    monthly_usd: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Service {
    tasks: Tasks,
    scaling: Scaling,
    #[serde(default)]
    public: bool,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    publishes_to: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tasks {
    minimum: u16,
    maximum: u16,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "metric", rename_all = "snake_case", deny_unknown_fields)]
enum Scaling {
    Cpu { target_percent: u8 },
    QueueBacklog { messages_per_task: u32 },
}

impl Environment for Shop {
    fn settings(&self) -> &Settings {
        &self.settings
    }
}

const DEFAULTS: &str = "\
settings:
  app: shop
  region: eu-central-1
  tags:
    team: shop

network:
  nat: single

services:
  api:
    scaling:
      metric: cpu
      target_percent: 60
    publishes_to: [worker]
  worker:
    scaling:
      metric: queue_backlog
      messages_per_task: 100
";

const DEV: &str = "\
settings:
  accepted_risks:
    CKV_AWS_157:
      - resource: database/Instance
        reason: Nobody waits for dev; a restore is good enough.

network:
  vpc_cidr: 10.0.0.0/16
  zones: 2

services:
  api:
    tasks: { minimum: 1, maximum: 2 }
  worker:
    tasks: { minimum: 1, maximum: 2 }

budget:
  monthly_usd: 150
";

const PROD: &str = "\
settings:
  termination_protection: true

network:
  vpc_cidr: 10.2.0.0/16
  zones: 3
  nat: one_per_zone
  endpoints: [logs, secrets]

services:
  api:
    tasks: { minimum: 3, maximum: 12 }
    public: true
  worker:
    tasks: { minimum: 3, maximum: 12 }

budget:
  monthly_usd: 1200
";

/// An edit: a file, what is there, and what is there afterwards.
type Edit<'a> = (&'a str, &'a str, &'a str);

/// The files, edited. An edit whose text is not there exactly once is a mistake of the test.
fn load(edits: &[Edit]) -> Result<Vec<Loaded<Shop>>, Vec<Finding>> {
    let source = |file: &str, text: &str| {
        let edits = edits.iter().filter(|(name, ..)| *name == file);
        let text = edits.fold(text.to_owned(), |text, (_, from, to)| {
            assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
            text.replacen(from, to, 1)
        });
        Source::new(file, text)
    };
    let defaults = source("defaults.yaml", DEFAULTS);
    let environments = [("dev", DEV), ("prod", PROD)].map(|(name, text)| {
        let own = source(&format!("{name}.yaml"), text);
        let name = EnvironmentName::new(name).expect("a name");
        (name, vec![defaults.clone(), own])
    });
    load_all(&environments)
}

#[track_caller]
fn check(name: &str, edits: &[Edit]) {
    let problems = load(edits).expect_err("a mistake is found");
    let texts = problems.iter().map(|problem| Plain(problem).to_string());
    insta::assert_snapshot!(name, texts.collect::<Vec<_>>().join("\n"));
}

#[test]
fn without_an_edit_there_is_no_mistake() {
    assert!(load(&[]).is_ok_and(|loaded| loaded.len() == 2));
}

#[test]
fn levels_of_policies_are_words_and_off_is_one_without_quotes() {
    let from = "settings:\n  termination_protection: true";
    let to = "settings:\n  policies: { image-latest: off, storage-encrypted: error }";
    let loaded = load(&[("prod.yaml", from, to)]).expect("no mistake");
    let policies = &loaded[1].environment.settings.policies;
    let policies: Vec<_> = policies
        .iter()
        .map(|(name, level)| (name.as_str(), *level))
        .collect();
    assert_eq!(
        policies,
        [
            ("image-latest", PolicyLevel::Off),
            ("storage-encrypted", PolicyLevel::Error)
        ]
    );
}

/// One test for each mistake: its name, then its edits.
macro_rules! mistakes {
    ($($name:ident: $($file:literal: $from:expr => $to:expr),+;)+) => {
        $(
            #[test]
            fn $name() {
                check(stringify!($name), &[$(($file, $from, $to)),+]);
            }
        )+
    };
}

mistakes! {
    // Text that is no YAML, or not what YAML people think it is.
    syntax_error: "prod.yaml": "nat: one_per_zone" => "nat: [one_per_zone";
    tab_indentation: "prod.yaml": "  zones: 3" => "\tzones: 3";
    duplicate_key: "prod.yaml": "  zones: 3" => "  zones: 3\n  zones: 2";
    not_a_map: "dev.yaml": DEV => "- settings\n- network\n";

    // Keys.
    unknown_key_at_the_top: "prod.yaml": "budget:" => "bugdet:";
    unknown_key_nested: "prod.yaml": "zones:" => "zone:";
    unknown_key_without_a_near_one: "prod.yaml": "  api:\n" => "  api:\n    favourite_colour: blue\n";
    name_in_the_file: "prod.yaml": "  termination_protection" => "  name: prod\n  termination_protection";
    missing_key: "dev.yaml": "  vpc_cidr: 10.0.0.0/16\n" => "";
    missing_section: "dev.yaml": "budget:\n  monthly_usd: 150\n" => "";
    removed_by_null: "prod.yaml": "nat: one_per_zone" => "nat: null";
    new_service_without_tasks: "dev.yaml": "services:\n" => "services:\n  mailer:\n    public: true\n";

    // Types.
    text_for_a_number: "prod.yaml": "zones: 3" => "zones: \"3\"";
    unit_in_a_number: "prod.yaml": "monthly_usd: 1200" => "monthly_usd: 1200 USD";
    number_for_a_text: "prod.yaml": "public: true" => "version: 17.6";
    text_for_a_boolean: "prod.yaml": "public: true" => "public: \"true\"";
    list_for_a_map: "prod.yaml": "tasks: { minimum: 3, maximum: 12 }\n    public" => "tasks: [3, 12]\n    public";
    text_for_a_list: "defaults.yaml": "publishes_to: [worker]" => "publishes_to: worker";
    account_without_quotes: "prod.yaml": "settings:" => "settings:\n  account: 123456789012";

    // Values.
    not_in_the_enum: "prod.yaml": "one_per_zone\n" => "one-per-zones\n";
    not_in_the_enum_of_a_list: "prod.yaml": "[logs, secrets]" => "[log, secrets]";
    twice_in_a_set: "prod.yaml": "[logs, secrets]" => "[logs, logs]";
    out_of_range: "prod.yaml": "zones: 3" => "zones: 7";
    bad_region: "defaults.yaml": "region: eu-central-1" => "region: eu-central1";
    bad_cidr: "dev.yaml": "10.0.0.0/16" => "10.0.0.0";
    not_the_network_address: "dev.yaml": "10.0.0.0/16" => "10.0.3.0/16";
    account_too_short: "prod.yaml": "settings:" => "settings:\n  account: \"12345678901\"";
    account_with_hyphens: "prod.yaml": "settings:" => "settings:\n  account: 1234-5678-9012";
    bad_tag: "defaults.yaml": "team: shop" => "aws:team: shop";
    bad_tag_value: "defaults.yaml": "team: shop" => "team: sh|op";
    bad_date: "dev.yaml": "      - resource: database" => "      - until: 2027-02-30\n        resource: database";
    reason_too_short: "dev.yaml": "reason: Nobody waits for dev; a restore is good enough." => "reason: because";
    bad_risk_resource: "dev.yaml": "database/Instance" => "Instance";
    unknown_policy: "prod.yaml": "settings:" => "settings:\n  policies: { storage-encryptd: error }";
    bad_policy_level: "prod.yaml": "settings:" => "settings:\n  policies: { storage-encrypted: fatal }";

    // Tagged maps.
    unknown_tag: "defaults.yaml": "metric: cpu" => "metric: cpu/load";
    tag_without_its_key: "defaults.yaml": "      messages_per_task: 100\n" => "";
    key_of_another_tag: "prod.yaml": "  worker:\n" => "  worker:\n    scaling: { target_percent: 5 }\n";
    key_left_from_the_defaults: "prod.yaml": "  worker:\n" => "  worker:\n    scaling: { metric: cpu, target_percent: 70 }\n";

    // Together, in the order of the files.
    several_at_once:
        "defaults.yaml": "nat: single" => "nat: both",
        "dev.yaml": "vpc_cidr" => "vpc_cdir",
        "dev.yaml": "monthly_usd: 150" => "monthly_usd: thirty",
        "prod.yaml": "zones: 3" => "zones: 7",
        "prod.yaml": "monthly_usd: 1200" => "monthly_usd: -1";
}
