//! The network: a VPC with public, private and isolated subnets over several zones, the ways in and out of
//! it, and a record of the traffic.

mod endpoints;

use stratiform_stack::{App, Handle, Stack, props};

use crate::environment::{Environment, Nat, Tier};
use crate::parts::{self, LogKeyHandles, Logs, Names};
use crate::resources::ec2;
use crate::resources::ec2::network_acl_entry;

/// What other stacks use of the network.
#[derive(Clone, Debug)]
pub struct Network {
    /// The VPC.
    pub vpc: Handle<ec2::Vpc>,
    /// Where the load balancer is: reached from the internet.
    pub public_subnets: Vec<Handle<ec2::Subnet>>,
    /// Where the services are: they reach the internet.
    pub private_subnets: Vec<Handle<ec2::Subnet>>,
    /// Where the database is: neither.
    pub isolated_subnets: Vec<Handle<ec2::Subnet>>,
    /// The addresses that requests from private subnets come from.
    pub nat_addresses: Vec<Handle<ec2::Eip>>,
    /// How logs of the environment are kept, under a key for its log groups and only those.
    pub logs: Logs,
}

/// Adds the stack.
pub fn stack(app: &App, env: &Environment) -> Network {
    let names = Names::of(app);
    let stack = app.stack(
        "network",
        &names.describe("VPC, subnets, routes, NAT, endpoints and flow logs"),
    );
    let logs = parts::logs(env, &logs_key(&stack, env, names));
    let network = props!(parts::Vpc {
        cidr: env.network.vpc_cidr.to_string(),
        zones: env.network.zones,
        nat: match env.network.nat {
            Nat::Single => parts::Nat::Single,
            Nat::OnePerZone => parts::Nat::OnePerZone,
        },
        name: names.prefix(),
        flow_logs: false,
    });
    let network = network.add_to(&stack, "");
    let builder = Builder {
        stack: &stack,
        env,
        names,
        vpc: &network.vpc,
    };
    builder.isolate(&network.isolated_subnets);
    endpoints::add(&builder, &network.private_subnets, &network.private_routes);
    let flow_logs = props!(parts::FlowLogs {
        vpc: &network.vpc,
        name: names.prefix(),
        log_group_name: names.path("flow-logs"),
        logs: &logs,
    });
    flow_logs.add_to(&stack, "");
    Network {
        vpc: network.vpc,
        public_subnets: network.public_subnets,
        private_subnets: network.private_subnets,
        isolated_subnets: network.isolated_subnets,
        nat_addresses: network.nat_addresses,
        logs,
    }
}

/// The key of the environment's log groups: CloudWatch Logs may use it for those and no others.
fn logs_key(stack: &Stack, env: &Environment, names: Names<'_>) -> LogKeyHandles {
    let key = props!(parts::LogKey {
        description: format!("Log groups of {}", names.prefix()),
        groups: [
            names.path("*"),
            format!("/aws/rds/instance/{}", names.name("*")),
            format!("/aws/ecs/containerinsights/{}/*", names.prefix()),
            names.web_acl_logs(),
        ],
        alias: names.alias("logs"),
        removal: parts::keep_history(env),
        key: parts::deletion_window(env),
    });
    key.add_to(stack, "LogsKey")
}

struct Builder<'a> {
    stack: &'a Stack,
    env: &'a Environment,
    names: Names<'a>,
    vpc: &'a Handle<ec2::Vpc>,
}

impl Builder<'_> {
    /// Lets only PostgreSQL from the private subnets into the isolated ones, and only replies out.
    fn isolate(&self, subnets: &[Handle<ec2::Subnet>]) {
        let acl = self.stack.add(
            "IsolatedAcl",
            props!(ec2::NetworkAcl {
                vpc_id: self.vpc,
                tags: self.names.tag("isolated"),
            }),
        );
        let port = i64::from(self.env.database.port);
        let entries = [
            ("PostgresIn", false, port, port),
            ("RepliesOut", true, 1024, 65_535),
        ];
        for (zone, block) in
            (1u8..).zip((0..).map_while(|zone| self.env.network.subnet(Tier::Private, zone)))
        {
            for (name, egress, first_port, last_port) in entries {
                self.stack.add(
                    format!("IsolatedAcl{name}{zone}"),
                    props!(ec2::NetworkAclEntry {
                        network_acl_id: &acl,
                        protocol: TCP,
                        rule_action: network_acl_entry::RuleAction::Allow,
                        rule_number: 100 * i64::from(zone),
                        egress,
                        cidr_block: block.to_string(),
                        port_range: network_acl_entry::PortRange {
                            from: first_port,
                            to: last_port,
                        },
                    }),
                );
            }
        }
        for (zone, subnet) in (1..).zip(subnets) {
            self.stack.add(
                format!("IsolatedSubnet{zone}Acl"),
                props!(ec2::SubnetNetworkAclAssociation {
                    network_acl_id: &acl,
                    subnet_id: subnet,
                }),
            );
        }
    }
}

/// TCP's number in the IP header.
const TCP: i64 = 6;
