//! Rules that no schema says: one file each.

mod cache;
mod container;
mod detector;
mod distribution;
mod domain;
mod event_pattern;
mod firewall;
mod function;
mod health_check;
mod ignored;
mod image;
mod init;
mod lifecycle;
pub(crate) mod metric;
mod network;
mod packaged;
pub(crate) mod password;
mod period;
mod pipeline;
pub(crate) mod policy;
mod rest_api;
mod role_path;
mod runtime;
mod schedule;
mod ssm_document;
mod ssm_parameter;
mod state_machine;
mod table;
mod tag;
mod volume;
mod zone;

use stratiform_template::{Map, Path};

use crate::scene::Subject;
use crate::schema::Look;

/// Asks about the properties of a resource; the path leads to them.
type Rule = for<'t> fn(&mut Look<'_, 't>, &'t Map, &Path<'_>);

/// The rules that ask about resources of every type, or that have a table of places of their own.
const EVERY: &[Rule] = &[
    init::check,
    lifecycle::check,
    metric::check,
    password::check,
    policy::check,
    tag::check,
    zone::check,
];

/// The rules of each resource type.
const RULES: &[(&str, Rule)] = &[
    ("AWS::ApiGateway::RestApi", rest_api::check),
    ("AWS::ApiGateway::Stage", ignored::stage),
    ("AWS::AutoScaling::AutoScalingGroup", health_check::check),
    ("AWS::AutoScaling::LaunchConfiguration", ignored::instance),
    ("AWS::AutoScaling::LaunchConfiguration", image::parameter),
    ("AWS::AutoScaling::LaunchConfiguration", volume::check),
    ("AWS::Backup::BackupPlan", period::backup),
    ("AWS::Batch::ComputeEnvironment", image::parameter),
    ("AWS::CertificateManager::Certificate", domain::certificate),
    ("AWS::CloudFormation::Stack", packaged::check),
    ("AWS::CloudFront::Distribution", distribution::check),
    ("AWS::CloudFront::Distribution", ignored::distribution),
    ("AWS::CodeBuild::Project", role_path::check),
    ("AWS::CodePipeline::Pipeline", pipeline::check),
    ("AWS::DynamoDB::GlobalTable", table::check),
    ("AWS::DynamoDB::Table", table::check),
    ("AWS::EC2::Instance", ignored::instance),
    ("AWS::EC2::Instance", image::instance),
    ("AWS::EC2::Instance", volume::check),
    ("AWS::EC2::LaunchTemplate", ignored::launch_template),
    ("AWS::EC2::LaunchTemplate", image::parameter),
    ("AWS::EC2::LaunchTemplate", volume::check),
    ("AWS::EC2::SecurityGroup", firewall::group),
    ("AWS::EC2::SecurityGroupEgress", firewall::egress),
    ("AWS::EC2::SecurityGroupIngress", firewall::ingress),
    ("AWS::EC2::SpotFleet", ignored::fleet),
    ("AWS::EC2::SpotFleet", image::parameter),
    ("AWS::EC2::SpotFleet", volume::check),
    ("AWS::EC2::Subnet", network::subnet),
    (
        "AWS::EC2::SubnetRouteTableAssociation",
        network::route_table,
    ),
    ("AWS::EC2::VPCEndpoint", network::endpoint),
    ("AWS::ECS::Service", container::service),
    ("AWS::ECS::TaskDefinition", container::task),
    ("AWS::ElastiCache::ReplicationGroup", cache::check),
    ("AWS::Events::Archive", event_pattern::rule),
    ("AWS::Events::Rule", event_pattern::rule),
    ("AWS::Events::Rule", schedule::event_rule),
    ("AWS::GuardDuty::Detector", detector::check),
    ("AWS::Lambda::EventSourceMapping", event_pattern::filters),
    ("AWS::Lambda::Function", function::check),
    ("AWS::Lambda::Function", runtime::check),
    ("AWS::Logs::SubscriptionFilter", network::log_filter),
    ("AWS::OpsWorks::Instance", ignored::instance),
    ("AWS::OpsWorks::Instance", volume::check),
    ("AWS::Pipes::Pipe", event_pattern::filters),
    ("AWS::RDS::DBInstance", ignored::database),
    ("AWS::Route53::RecordSet", domain::record),
    ("AWS::Route53::RecordSetGroup", domain::records),
    ("AWS::S3::Bucket", period::tiers),
    ("AWS::SSM::Document", ssm_document::check),
    ("AWS::SSM::Parameter", ssm_parameter::check),
    ("AWS::Scheduler::Schedule", schedule::scheduler),
    ("AWS::Serverless::Function", function::serverless),
    ("AWS::Serverless::Function", network::log_events),
    ("AWS::Serverless::Function", runtime::serverless),
    ("AWS::Serverless::StateMachine", state_machine::check),
    ("AWS::StepFunctions::StateMachine", state_machine::check),
];

/// Asks all rules about a resource.
pub(crate) fn all<'t>(look: &mut Look<'_, 't>, subject: &Subject<'t>, path: &Path<'_>) {
    let name = subject.resource_type.name();
    let own = RULES.iter().filter(|(about, _)| *about == name);
    for rule in EVERY.iter().chain(own.map(|(_, rule)| rule)) {
        rule(look, &subject.resource.properties, path);
    }
}
