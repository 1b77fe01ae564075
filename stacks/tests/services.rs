//! The services stack, for services that the shipped environments do not have.
#![expect(
    clippy::disallowed_macros,
    reason = "the shipped files are edited here, and insta looks where it was built"
)]

use storefront_stacks::environment::Environment;
use stratiform_environment::{EnvironmentName, Source, Text, load_all};
use stratiform_stack::{App, References, Settings};

const DEFAULTS: &str = include_str!("environments/defaults.yaml");
const DEV: &str = include_str!("environments/dev.yaml");
const PROD: &str = include_str!("environments/prod.yaml");

/// A service that asks for nothing.
const CLOCK: &str = "
  clock:
    cpu: 256
    memory_mib: 512
    tasks: { minimum: 1, maximum: 1 }
    scaling: { metric: memory, target_percent: 70 }
    deployment: { strategy: rolling }
";

/// A service that asks for everything.
const SHOP_ADMIN: &str = "
  shop-admin:
    http: { port: 9000, paths: [/admin/*], priority: 10, health_check_path: /up }
    cpu: 1024
    memory_mib: 2048
    architecture: x86_64
    tasks: { minimum: 2, maximum: 9 }
    scaling: { metric: queue_backlog, messages_per_task: 5 }
    deployment: { strategy: blue_green, bake_time_minutes: 5 }
    queue: { visibility_timeout_seconds: 30 }
    publishes_to: [worker]
    uses_database: true
    variables: { DATABASE_USERNAME: admin }
    secrets: { DATABASE_PASSWORD: /storefront/admin-password }
    execute_command: true
";

/// The services stack of an environment, as YAML.
struct Template(String);

impl Template {
    /// The template of an environment's own file, with services more than the shipped ones.
    fn of(own: &str, more: &str) -> Template {
        let defaults = DEFAULTS.replacen("\nlogs:\n", &format!("{more}\nlogs:\n"), 1);
        Template::new(defaults, own)
    }

    fn new(defaults: String, own: &str) -> Template {
        let source = |name: &str, text: String| Source::new(name, text);
        let name = EnvironmentName::new("test").expect("a name");
        let sources = vec![
            source("defaults.yaml", defaults),
            source("test.yaml", own.to_owned()),
        ];
        let environments = load_all::<Environment>(&[(name, sources)]).expect("no mistakes");
        let app = App::new(Settings {
            app: "storefront".to_owned(),
            environment: "test".to_owned(),
            region: "eu-central-1".parse().expect("a region"),
            references: References::Strong,
            termination_protection: false,
            tags: Default::default(),
        });
        storefront_stacks::app(&environments[0].environment, &app);
        let assembly = app.synthesize().expect("no mistakes");
        let mut stacks = assembly.stacks.into_iter();
        let services = stacks.find(|stack| stack.name.ends_with("-services"));
        Template(services.expect("the stack").template.to_yaml())
    }

    /// Logical IDs that begin with these words, each with its type.
    fn resources(&self, beginning: &str) -> String {
        let members = self.0.split("\n\n").filter_map(|member| {
            let (id, rest) = member.trim_start().split_once(":\n    Type: AWS::")?;
            let resource_type = rest.lines().next()?;
            id.starts_with(beginning)
                .then(|| format!("{id} {resource_type}\n"))
        });
        members.collect()
    }

    /// Compares resources with what they were when somebody last looked at them.
    fn check<const N: usize>(&self, ids: [&str; N]) {
        for id in ids {
            insta::assert_snapshot!(id, self.resource(id));
        }
    }

    /// One resource.
    fn resource(&self, id: &str) -> &str {
        let beginning = format!("  {id}:\n    Type: AWS::");
        let mut members = self.0.split("\n\n");
        members
            .find(|member| {
                member
                    .trim_start_matches("Resources:\n")
                    .starts_with(&beginning)
            })
            .unwrap_or_else(|| panic!("`{id}` is there"))
    }
}

#[test]
fn a_service_that_asks_for_nothing() {
    let template = Template::of(DEV, CLOCK);
    insta::assert_snapshot!(template.resources("Clock"), @r"
    ClockTaskSecurityGroup EC2::SecurityGroup
    ClockLogs Logs::LogGroup
    ClockExecutionRole IAM::Role
    ClockTaskRole IAM::Role
    ClockTaskDefinition ECS::TaskDefinition
    ClockService ECS::Service
    ClockScalableTarget ApplicationAutoScaling::ScalableTarget
    ClockScalingPolicy ApplicationAutoScaling::ScalingPolicy
    ");
    template.check(["ClockTaskRole", "ClockService", "ClockScalingPolicy"]);
}

#[test]
fn a_service_that_asks_for_everything() {
    let template = Template::of(DEV, SHOP_ADMIN);
    insta::assert_snapshot!(template.resources("ShopAdmin"), @r"
    ShopAdminTaskSecurityGroup EC2::SecurityGroup
    ShopAdminEgressOfLoadBalancer EC2::SecurityGroupEgress
    ShopAdminIngressFromLoadBalancer EC2::SecurityGroupIngress
    ShopAdminBlueTargetGroup ElasticLoadBalancingV2::TargetGroup
    ShopAdminGreenTargetGroup ElasticLoadBalancingV2::TargetGroup
    ShopAdminProductionRule ElasticLoadBalancingV2::ListenerRule
    ShopAdminTestRule ElasticLoadBalancingV2::ListenerRule
    ShopAdminTrafficRole IAM::Role
    ShopAdminLogs Logs::LogGroup
    ShopAdminExecutionRole IAM::Role
    ShopAdminTaskRole IAM::Role
    ShopAdminTaskDefinition ECS::TaskDefinition
    ShopAdminDeploymentErrorsAlarm CloudWatch::Alarm
    ShopAdminDeploymentResponseTimeAlarm CloudWatch::Alarm
    ShopAdminDeploymentBacklogAlarm CloudWatch::Alarm
    ShopAdminService ECS::Service
    ShopAdminScalableTarget ApplicationAutoScaling::ScalableTarget
    ShopAdminScalingPolicy ApplicationAutoScaling::ScalingPolicy
    ");
    template.check([
        "ShopAdminProductionRule",
        "ShopAdminExecutionRole",
        "ShopAdminTaskRole",
        "ShopAdminTaskDefinition",
        "ShopAdminService",
        "ShopAdminScalingPolicy",
    ]);
}

/// The number of tasks is autoscaling's business: a deployment would set it back.
#[test]
fn no_service_says_how_many_tasks_it_wants() {
    for own in [DEV, PROD] {
        assert!(!Template::of(own, CLOCK).0.contains("DesiredCount:"));
    }
}

/// Names that are those of other things here, or parts of them.
#[test]
fn whatever_services_are_called_they_never_collide() {
    let names = [
        "access-log",
        "api-blue",
        "api-deployment",
        "api-production",
        "api-test",
        "cluster",
        "exec",
        "http",
        "insights",
        "load-balancer",
        "task",
        "test",
        "web-acl",
    ];
    let more: String = names
        .iter()
        .map(|name| CLOCK.replace("clock", name))
        .collect();
    let template = Template::of(PROD, &more).0;
    let ids = names.map(|name| format!("ServiceName: {name}\n"));
    assert!(ids.iter().all(|id| template.contains(id)));
    let mut log_groups: Vec<&str> = template
        .lines()
        .filter(|line| line.trim_start().starts_with("LogGroupName:"))
        .collect();
    let all = log_groups.len();
    log_groups.sort_unstable();
    log_groups.dedup();
    assert_eq!(log_groups.len(), all);
}

/// So that a change of the strategy takes no target group away from tasks that run.
#[test]
fn both_strategies_begin_with_the_same_target_group() {
    let target_group = |own| {
        let template = Template::of(own, "");
        template.resource("ApiBlueTargetGroup").to_owned()
    };
    assert_eq!(target_group(DEV), target_group(PROD));
}

#[test]
fn without_http_there_is_no_load_balancer() {
    let http = "    http:\n      port: 8080\n      health_check_path: /healthz\n";
    assert!(DEFAULTS.contains(http));
    let own = DEV.to_owned() + "\nload_balancer: { https: true, waf: true }\n";
    let template = Template::new(DEFAULTS.replace(http, ""), &own);
    let types = template.resources("");
    for absent in ["ElasticLoadBalancing", "AccessLog", "WAFv2::"] {
        assert!(!types.contains(absent), "{types}");
    }
    assert!(!template.0.contains("CertificateArn"));
}

#[test]
fn only_some_may_connect() {
    let own =
        DEV.to_owned() + "\nload_balancer: { allowed_cidrs: [192.0.2.0/24, 198.51.100.7/32] }\n";
    let template = Template::of(&own, "");
    let group = template.resource("LoadBalancerSecurityGroup");
    let blocks: Vec<&str> = group
        .lines()
        .filter_map(|line| line.split_once("CidrIp: "))
        .map(|(_, block)| block)
        .collect();
    // The first is nowhere: see `parts::no_egress`.
    assert_eq!(blocks, ["127.0.0.1/32", "192.0.2.0/24", "198.51.100.7/32"]);
}
