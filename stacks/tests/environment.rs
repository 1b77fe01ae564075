//! Environments, and what people read when they make a mistake that this app finds: in its own formats, and in values
//! that do not fit together. What the library finds is tested there (`crates/environment/tests/messages.rs`).
//!
//! The files in `environments/` here are copies: whoever edits the shipped ones breaks nothing. That those load is
//! what `synth --check` shows.
#![expect(
    clippy::disallowed_macros,
    reason = "the shipped files are edited here, and insta looks where it was built"
)]

use storefront_stacks::environment::{
    Cpu, Deployment, Environment, LogRetention, Nat, PathPattern, Tier,
};
use stratiform_environment::{
    EnvironmentName, Loaded, Origin, Source, Text, load_all, schema, unsupported,
};
use stratiform_finding::{Finding, Plain};

const DEFAULTS: &str = include_str!("environments/defaults.yaml");
const ENVIRONMENTS: [(&str, &str); 3] = [
    ("dev", include_str!("environments/dev.yaml")),
    ("staging", include_str!("environments/staging.yaml")),
    ("prod", include_str!("environments/prod.yaml")),
];

/// An edit of a shipped file: its name, what is there, and what is there afterwards.
type Edit<'a> = (&'a str, &'a str, &'a str);

/// The shipped files, edited. An edit whose text is not there exactly once is a mistake of the test.
fn sources(edits: &[Edit]) -> Vec<Source> {
    let edited = |name: &str, text: &str| {
        let name = format!("{name}.yaml");
        let text = edits.iter().filter(|(file, ..)| *file == name).fold(
            text.to_owned(),
            |text, (_, from, to)| {
                assert_eq!(text.matches(from).count(), 1, "`{from}` in {name}");
                text.replacen(from, to, 1)
            },
        );
        Source::new(name, text)
    };
    std::iter::once(("defaults", DEFAULTS))
        .chain(ENVIRONMENTS)
        .map(|(name, text)| edited(name, text))
        .collect()
}

fn load(sources: &[Source]) -> Result<Vec<Loaded<Environment>>, Vec<Finding>> {
    let [defaults, own @ ..] = sources else {
        panic!("the defaults are there");
    };
    let environments: Vec<(EnvironmentName, Vec<Source>)> = own
        .iter()
        .map(|source| {
            let name = source.name.trim_end_matches(".yaml");
            let name = EnvironmentName::new(name).expect("a name");
            (name, vec![defaults.clone(), source.clone()])
        })
        .collect();
    load_all(&environments)
}

fn shipped() -> Vec<Loaded<Environment>> {
    let sources = sources(&[]);
    load(&sources).unwrap_or_else(|problems| panic!("{}", rendered(&problems)))
}

fn rendered(problems: &[Finding]) -> String {
    let texts: Vec<String> = problems
        .iter()
        .map(|problem| Plain(problem).to_string())
        .collect();
    texts.join("\n")
}

#[track_caller]
fn check(name: &str, edits: &[Edit]) {
    let sources = sources(edits);
    let problems = load(&sources).expect_err("a mistake is found");
    insta::assert_snapshot!(name, rendered(&problems));
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
    // Values.
    unknown_endpoint: "prod.yaml": "ecr.dkr, logs" => "ecr.dkr, log, s3";
    log_retention: "staging.yaml": "retention_days: 30" => "retention_days: 45";
    bad_service_name: "dev.yaml": "  worker:" => "  Mail_Worker:\n    cpu: 256\n  worker:";
    secret_in_a_variable: "prod.yaml": "  worker:\n" => "  worker:\n    variables: { PAYMENT_API_KEY: 4711 }\n";
    bad_variable: "dev.yaml": "execute_command: true\n    variables:\n      LOG_LEVEL: debug\n  worker" => "variables: { log-level: debug }\n  worker";
    bad_cpu: "prod.yaml": "cpu: 512" => "cpu: 500";

    // Classes.
    no_such_class: "prod.yaml": "db.t3.medium\n" => "db.t3.medum\n";
    no_such_size: "prod.yaml": "db.t3.medium\n" => "db.t3.tiny\n";
    class_of_another_engine: "prod.yaml": "db.t3.medium\n" => "db.r5.xlarge.tpc2.mem4x\n";
    class_not_in_the_region: "dev.yaml": "db.t3.micro" => "db.t1.micro";
    no_such_version: "defaults.yaml": "\"17.6\"" => "\"17.60\"";
}

mistakes! {
    // Relations.
    fargate_pair: "prod.yaml": "memory_mib: 1024" => "memory_mib: 768";
    minimum_above_maximum: "staging.yaml": "minimum: 2, maximum: 4 }\n  worker" => "minimum: 5, maximum: 4 }\n  worker";
    publishes_to_nobody: "defaults.yaml": "publishes_to: [worker]" => "publishes_to: [workers]";
    publishes_to_no_queue: "defaults.yaml": "publishes_to: [worker]" => "publishes_to: [api]";
    scales_with_no_queue: "defaults.yaml": "metric: cpu\n      target_percent: 60" => "metric: queue_backlog\n      messages_per_task: 10";
    blue_green_without_traffic: "staging.yaml": "  worker:\n" => "  worker:\n    deployment: { strategy: blue_green, bake_time_minutes: 15 }\n";
    message_never_reaches_the_dead_letter_queue: "defaults.yaml": "max_receives: 5" => "max_receives: 1000", "defaults.yaml": "visibility_timeout_seconds: 180" => "visibility_timeout_seconds: 600";
    storage_below_its_beginning: "prod.yaml": "max_allocated_storage_gib: 500" => "max_allocated_storage_gib: 40";
    recovery_in_the_same_region: "prod.yaml": "eu-west-1" => "eu-central-1";
    backup_without_recovery: "prod.yaml": "  disaster_recovery_region: eu-west-1\n" => "";
    recovery_without_backup: "prod.yaml": "backup:\n  daily_retention_days: 35\n  monthly_retention_days: 365" => "";
    no_standby_and_nobody_accepted_it: "prod.yaml": "CKV_AWS_157:" => "CKV_AWS_16:";
    protected_with_few_backups: "prod.yaml": "  backup_retention_days: 30" => "  backup_retention_days: 3";
    vpc_too_large: "dev.yaml": "10.0.0.0/16" => "11.0.0.0/8";
    vpc_too_small: "dev.yaml": "10.0.0.0/16" => "10.0.0.0/26";
    vpcs_overlap: "staging.yaml": "10.1.0.0/16" => "10.0.0.0/17";
    services_with_one_logical_id: "dev.yaml": "  worker:\n" => "  web-1: { cpu: 256, memory_mib: 512, tasks: { minimum: 1, maximum: 1 }, deployment: { strategy: rolling } }\n  web1: { cpu: 256, memory_mib: 512, tasks: { minimum: 1, maximum: 1 }, deployment: { strategy: rolling } }\n  worker:\n";
    service_named_like_a_queue: "dev.yaml": "  worker:\n" => "  worker-dead-letters: { cpu: 256, memory_mib: 512, tasks: { minimum: 1, maximum: 1 }, deployment: { strategy: rolling } }\n  worker:\n";
    same_priority: "staging.yaml": "  worker:\n" => "  worker:\n    http: { port: 80, health_check_path: /, priority: 100 }\n";
    secret_and_variable: "dev.yaml": "execute_command: true\n    variables:\n      LOG_LEVEL: debug\n  worker" => "secrets: { LOG_LEVEL: /storefront/dev/level }\n  worker";
}

#[test]
fn the_table_of_the_design_is_what_the_files_say() {
    let mut table = String::new();
    for loaded in shipped() {
        let Environment {
            database,
            services,
            network,
            settings,
            ..
        } = &loaded.environment;
        let tasks: Vec<String> = services
            .values()
            .map(|service| service.tasks.minimum.to_string())
            .collect();
        let deployments: Vec<&str> = services
            .values()
            .map(|service| match service.deployment {
                Deployment::Rolling { .. } => "rolling",
                Deployment::BlueGreen { .. } => "blue/green",
            })
            .collect();
        let risk = settings.accepted("CKV_AWS_157", "database", "Instance");
        table += &format!(
            "{}: {}, {} tasks, multi-AZ {} ({}), deletion protection {}, backups {} days, {}, {}\n",
            loaded.name,
            database.instance_class,
            tasks.join("+"),
            database.multi_az,
            risk.map_or("not accepted", |_| "accepted"),
            database.deletion_protection,
            database.backup_retention_days,
            match network.nat {
                Nat::Single => "one NAT",
                Nat::OnePerZone => "NAT per zone",
            },
            deployments.join("+"),
        );
    }
    insta::assert_snapshot!(table, @r"
    dev: db.t3.micro, 1+1 tasks, multi-AZ false (accepted), deletion protection false, backups 7 days, one NAT, rolling+rolling
    staging: db.t3.small, 2+2 tasks, multi-AZ false (accepted), deletion protection false, backups 7 days, one NAT, rolling+rolling
    prod: db.t3.medium, 3+3 tasks, multi-AZ false (accepted), deletion protection true, backups 30 days, NAT per zone, blue/green+rolling
    ");
}

#[test]
fn where_things_are() {
    let mut table = String::new();
    for loaded in shipped() {
        let Environment {
            network,
            settings,
            logs,
            ..
        } = &loaded.environment;
        let recovery = settings.disaster_recovery_region.as_ref();
        table += &format!(
            "{}: {} ({}), {} in {} zones, private subnet {}, logs {} days\n",
            loaded.name,
            settings.region,
            recovery.map_or("none", |region| region.as_str()),
            network.vpc_cidr,
            network.zones,
            network.subnet(Tier::Private, 1).expect("a second zone"),
            logs.retention_days.days(),
        );
        assert_eq!(settings.name, loaded.name);
        assert_eq!(network.subnet(Tier::Public, network.zones), None);
    }
    insta::assert_snapshot!(table, @r"
    dev: eu-central-1 (none), 10.0.0.0/16 in 2 zones, private subnet 10.0.80.0/20, logs 14 days
    staging: eu-central-1 (none), 10.1.0.0/16 in 2 zones, private subnet 10.1.80.0/20, logs 30 days
    prod: eu-central-1 (eu-west-1), 10.2.0.0/16 in 3 zones, private subnet 10.2.80.0/20, logs 365 days
    ");
}

#[test]
fn every_value_and_where_it_is_from() {
    let prod = shipped().pop().expect("prod");
    let lines: Vec<String> = prod
        .values()
        .map(|value| {
            let origin = match &value.origin {
                Origin::File { name, line } => format!("{name}:{line}"),
                Origin::BuiltIn => "built in".to_owned(),
            };
            format!("{} = {}  # {origin}", value.path, value.value)
        })
        .collect();
    insta::assert_snapshot!("values_of_prod", lines.join("\n"));
}

#[test]
fn the_schema_in_the_repository_is_the_generated_one() {
    let committed = include_str!("../../environments/schema.json");
    assert!(
        committed == schema::<Environment>(),
        "environments/schema.json is stale: run `cargo run -- schema > environments/schema.json`"
    );
}

/// Editors refuse no character that we allow.
#[test]
fn the_pattern_of_paths_has_every_character_that_is_allowed() {
    let format = PathPattern::FORMAT;
    let marks = (' '..='~').filter(|mark| !mark.is_ascii_alphanumeric());
    let forgotten: String = marks
        .filter(|mark| (format.check)(&format!("/{mark}")).is_ok())
        .filter(|mark| !format.pattern.contains(*mark))
        .collect();
    assert_eq!(forgotten, "");
}

#[test]
fn nothing_in_the_types_goes_unchecked() {
    assert_eq!(unsupported::<Environment>(), Vec::<String>::new());
}

#[test]
fn constants_are_what_the_catalog_says() {
    let logs = stratiform_catalog::catalog()
        .resource_type("AWS::Logs::LogGroup")
        .and_then(|log_group| log_group.schema().property("RetentionInDays"))
        .expect("log groups have a retention");
    let allowed: Vec<u16> = logs
        .enum_values()
        .expect("a list of values")
        .filter_map(|days| u16::try_from(days.as_int()?).ok())
        .collect();
    assert_eq!(LogRetention::ALLOWED.as_slice(), allowed);
    assert_eq!(
        Cpu::all()
            .map(|cpu| cpu.memory_mib().len())
            .collect::<Vec<_>>(),
        [3, 4, 7, 13, 23, 12, 12]
    );
}
