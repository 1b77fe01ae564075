//! The network: a VPC with public, private and isolated subnets over several zones, the ways in and out of
//! it, and a record of the traffic.

mod endpoints;

use stratiform_stack::{
    App, Define, Handle, Principal, Stack, Statement, arn, availability_zones, props, pseudo,
    select, sub,
};

use crate::environment::{Environment, Nat, Tier};
use crate::parts::{self, ANYWHERE, Names, log_groups};
use crate::resources::ec2::{eip, flow_log, network_acl_entry};
use crate::resources::{ec2, kms};

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
    /// Encrypts the log groups of the environment, and only those.
    pub logs_key: Handle<kms::Key>,
}

/// Adds the stack.
pub fn stack(app: &App, env: &Environment) -> Network {
    let names = Names::of(app);
    let stack = app.stack(
        "network",
        &names.describe("VPC, subnets, routes, NAT, endpoints and flow logs"),
    );
    let logs_key = logs_key(&stack, env, names);
    let vpc = stack.add(
        "Vpc",
        props!(ec2::Vpc {
            cidr_block: env.network.vpc_cidr.to_string(),
            enable_dns_support: true,
            enable_dns_hostnames: true,
            tags: names.tag("vpc"),
        }),
    );
    let internet = stack.add(
        "InternetGateway",
        props!(ec2::InternetGateway {
            tags: names.tag("internet"),
        }),
    );
    let attachment = stack.add(
        "InternetGatewayAttachment",
        props!(ec2::VpcGatewayAttachment {
            vpc_id: &vpc,
            internet_gateway_id: &internet,
        }),
    );
    let builder = Builder {
        stack: &stack,
        env,
        names,
        vpc: &vpc,
    };

    let public_routes = builder.route_table("PublicRouteTable", "public");
    let public_default = stack.add(
        "PublicDefaultRoute",
        props!(ec2::Route {
            route_table_id: &public_routes,
            destination_cidr_block: ANYWHERE,
            gateway_id: internet.reference(),
        })
        .depends_on(attachment),
    );
    let public_subnets = builder.subnets(Tier::Public, |_| public_routes);

    let mut nat_addresses = Vec::new();
    let mut nat_gateways = Vec::new();
    for (subnet, zone) in public_subnets.iter().zip(1..=env.network.nat_gateways()) {
        let tags = names.tag(&format!("nat-{zone}"));
        let address = stack.add(
            format!("NatAddress{zone}"),
            props!(ec2::Eip {
                domain: eip::Domain::Vpc,
                tags: tags.clone(),
            })
            .depends_on(attachment),
        );
        let gateway = stack.add(
            format!("NatGateway{zone}"),
            props!(ec2::NatGateway {
                subnet_id: subnet,
                allocation_id: address.allocation_id(),
                tags,
            })
            .depends_on(public_default),
        );
        nat_addresses.push(address);
        nat_gateways.push(gateway);
    }

    let mut private_routes = Vec::new();
    let private_subnets = builder.subnets(Tier::Private, |zone| {
        let routes = builder.route_table(
            &format!("PrivateRouteTable{zone}"),
            &format!("private-{zone}"),
        );
        let gateway = match env.network.nat {
            Nat::Single => &nat_gateways[0],
            Nat::OnePerZone => &nat_gateways[usize::from(zone) - 1],
        };
        stack.add(
            format!("PrivateDefaultRoute{zone}"),
            props!(ec2::Route {
                route_table_id: &routes,
                destination_cidr_block: ANYWHERE,
                nat_gateway_id: gateway,
            }),
        );
        private_routes.push(routes);
        routes
    });

    let isolated_routes = builder.route_table("IsolatedRouteTable", "isolated");
    let isolated_subnets = builder.subnets(Tier::Isolated, |_| isolated_routes);
    builder.isolate(&isolated_subnets);
    endpoints::add(&builder, &private_subnets, &private_routes);
    builder.flow_logs(&logs_key);

    Network {
        vpc,
        public_subnets,
        private_subnets,
        isolated_subnets,
        nat_addresses,
        logs_key,
    }
}

/// The key of the environment's log groups: CloudWatch Logs may use it for those and no others.
fn logs_key(stack: &Stack, env: &Environment, names: Names<'_>) -> Handle<kms::Key> {
    let groups = [
        log_groups(&names.path("*")),
        log_groups(&format!("/aws/rds/instance/{}", names.name("*"))),
        log_groups(&format!("/aws/ecs/containerinsights/{}/*", names.prefix())),
        log_groups(&names.web_acl_logs()),
    ];
    let encrypt = Statement::allow([
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
    ])
    .sid("LogGroupsOfThisEnvironment")
    .to(Principal::service(sub!(
        "logs.{}.amazonaws.com",
        pseudo::region()
    )))
    .on_any()
    .when("ArnLike", "kms:EncryptionContext:aws:logs:arn", groups);
    let key = parts::Key {
        id: "LogsKey",
        alias: &names.name("logs"),
        description: &format!("Log groups of {}", names.prefix()),
        services: vec![encrypt],
        removal: parts::keep_history(env),
    };
    key.add_to(stack, env)
}

struct Builder<'a> {
    stack: &'a Stack,
    env: &'a Environment,
    names: Names<'a>,
    vpc: &'a Handle<ec2::Vpc>,
}

impl Builder<'_> {
    fn route_table(&self, id: &str, name: &str) -> Handle<ec2::RouteTable> {
        self.stack.add(
            id,
            props!(ec2::RouteTable {
                vpc_id: self.vpc,
                tags: self.names.tag(name),
            }),
        )
    }

    /// One subnet of a tier in each zone, with the routes that `routes` gives for the zone.
    fn subnets(
        &self,
        tier: Tier,
        mut routes: impl FnMut(u8) -> Handle<ec2::RouteTable>,
    ) -> Vec<Handle<ec2::Subnet>> {
        let (id, name) = match tier {
            Tier::Public => ("Public", "public"),
            Tier::Private => ("Private", "private"),
            Tier::Isolated => ("Isolated", "isolated"),
        };
        let blocks = (0..).map_while(|zone| self.env.network.subnet(tier, zone));
        blocks
            .zip(1u8..)
            .map(|(block, zone)| {
                let subnet = self.stack.add(
                    format!("{id}Subnet{zone}"),
                    props!(ec2::Subnet {
                        vpc_id: self.vpc,
                        availability_zone: select(u32::from(zone) - 1, availability_zones()),
                        cidr_block: block.to_string(),
                        map_public_ip_on_launch: false,
                        tags: self.names.tag(&format!("{name}-{zone}")),
                    }),
                );
                self.stack.add(
                    format!("{id}Subnet{zone}Routes"),
                    props!(ec2::SubnetRouteTableAssociation {
                        route_table_id: routes(zone).reference(),
                        subnet_id: &subnet,
                    }),
                );
                subnet
            })
            .collect()
    }

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

    /// Who talked to whom.
    fn flow_logs(&self, logs_key: &Handle<kms::Key>) {
        let group = parts::LogGroup {
            id: "FlowLogs",
            name: &self.names.path("flow-logs"),
            key: logs_key,
        };
        let group = group.add_to(self.stack, self.env);
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
        let role = parts::Role {
            id: "FlowLogRole",
            description: "Writes the VPC flow logs",
            trust: parts::trust("vpc-flow-logs.amazonaws.com", arn("ec2", "vpc-flow-log/*")),
            policy: "write-flow-logs",
            statements: vec![write, find],
        };
        let role = role.add_to(self.stack);
        self.stack.add(
            "FlowLog",
            props!(ec2::FlowLog {
                resource_id: self.vpc.reference(),
                resource_type: flow_log::ResourceType::Vpc,
                traffic_type: flow_log::TrafficType::All,
                log_destination_type: flow_log::LogDestinationType::CloudWatchLogs,
                log_group_name: &group,
                deliver_logs_permission_arn: &role,
                max_aggregation_interval: 600,
                tags: self.names.tag("flow-log"),
            }),
        );
    }
}

/// TCP's number in the IP header.
const TCP: i64 = 6;
