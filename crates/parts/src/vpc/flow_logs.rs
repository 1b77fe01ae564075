//! Who talked to whom in a VPC.

use stratiform_stack::kinds::Ec2VpcId;
use stratiform_stack::{Handle, Id, Opt, Prop, Stack, Statement, arn, props};

use crate::part::{name_tag, part};
use crate::resources::ec2::{self, flow_log};
use crate::resources::logs;
use crate::{LogGroup, Logs, Role, statements};

part! {
    /// A record of who talked to whom in a VPC. [`Vpc`](crate::Vpc) has one by itself.
    pub struct FlowLogs {
        required {
            /// The VPC.
            vpc: Prop<Id<Ec2VpcId>>,
        }
        optional {
            /// What its `Name` tag begins with, and the name of its log group: `/<name>/flow-logs`.
            name: Opt<String>,
            /// The name of the log group, where it is to be another one. Without any, CloudFormation makes one.
            log_group_name: Opt<String>,
            /// How long the record is kept, and under which key.
            logs: Logs,
        }
    }
}

/// [`FlowLogs`] that were added.
#[derive(Clone, Debug)]
pub struct FlowLogsHandles {
    /// What records.
    pub flow_log: Handle<ec2::FlowLog>,
    /// Where the record is.
    pub log_group: Handle<logs::LogGroup>,
}

impl FlowLogs {
    /// Adds them. The logical IDs of what they are made of begin with `id`.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> FlowLogsHandles {
        let name = self.name.as_text();
        let group_name = name.map(|name| format!("/{name}/flow-logs"));
        let group = props!(LogGroup {
            name: self.log_group_name.over(group_name.into()),
            logs: self.logs,
        });
        let group = group.add_to(stack, &format!("{id}FlowLogs"));
        let role = role(&group).add_to(stack, &format!("{id}FlowLogRole"));
        let flow_log = stack.add(
            format!("{id}FlowLog"),
            props!(ec2::FlowLog {
                resource_id: self.vpc.into_expr(),
                resource_type: flow_log::ResourceType::Vpc,
                traffic_type: flow_log::TrafficType::All,
                log_destination_type: flow_log::LogDestinationType::CloudWatchLogs,
                log_group_name: &group,
                deliver_logs_permission_arn: &role,
                max_aggregation_interval: 600,
                tags: name_tag(name.unwrap_or(id), "flow-log"),
            }),
        );
        FlowLogsHandles {
            flow_log,
            log_group: group,
        }
    }
}

fn role(group: &Handle<logs::LogGroup>) -> Role {
    let write = Statement::allow([
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    ])
    .sid("WriteLogs")
    .on(group);
    let find = Statement::allow(["logs:DescribeLogGroups"])
        .sid("FindLogGroups")
        .on_any();
    props!(Role {
        trust: statements::trust("vpc-flow-logs.amazonaws.com", arn("ec2", "vpc-flow-log/*")),
        description: "Writes the VPC flow logs",
        policy_name: "write-flow-logs",
        statements: [write, find],
    })
}
