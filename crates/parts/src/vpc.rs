//! Networks.

mod block;
mod flow_logs;

use stratiform_stack::generated::Overlay;
use stratiform_stack::{Define, Handle, Opt, Prop, Stack, Tag, availability_zones, props, select};

use crate::Logs;
use crate::part::{name_tag, part};
use crate::resources::ec2::{self, eip};
use block::Block;

pub use flow_logs::{FlowLogs, FlowLogsHandles};

/// Every address of the internet.
pub const ANYWHERE: &str = "0.0.0.0/0";

/// How private subnets reach the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nat {
    /// They do not. What they need of AWS has to come through endpoints.
    None,
    /// One NAT gateway for all: when its zone fails, no zone reaches the internet.
    Single,
    /// A NAT gateway in each zone.
    OnePerZone,
}

part! {
    /// A VPC with public, private and isolated subnets over several zones, the ways in and out of it, and a record of
    /// who talked to whom.
    ///
    /// Its block is cut in 16: four subnets for each tier and four in reserve, so that a further zone never moves a
    /// subnet that exists. Nothing in it gets a public address by itself.
    pub struct Vpc {
        required {
            /// Its addresses, a block from /16 to /24: `10.0.0.0/16`.
            cidr: Prop<String>,
        }
        optional {
            /// How many availability zones it spreads over: 1 to 4.
            zones: Prop<i64> = 2,
            /// How private subnets reach the internet.
            nat: Nat = Nat::Single,
            /// What the `Name` tags begin with, which consoles show; the logical ID where there is none.
            name: Opt<String>,
            /// Whether it is recorded who talked to whom.
            flow_logs: bool = true,
            /// How long the record is kept, and under which key. With a `name`, it is called `/<name>/flow-logs`.
            logs: Logs,
            /// Properties of the VPC itself: what is named here counts, the rest is the part's.
            vpc: ec2::Vpc,
        }
    }
}

/// A [`Vpc`] that was added.
#[derive(Clone, Debug)]
pub struct VpcHandles {
    /// The VPC.
    pub vpc: Handle<ec2::Vpc>,
    /// What is reached from the internet, one per zone: load balancers, and NAT.
    pub public_subnets: Vec<Handle<ec2::Subnet>>,
    /// What reaches the internet, one per zone: services.
    pub private_subnets: Vec<Handle<ec2::Subnet>>,
    /// What does neither, one per zone: databases.
    pub isolated_subnets: Vec<Handle<ec2::Subnet>>,
    /// The routes of the private subnets, one table per zone.
    pub private_routes: Vec<Handle<ec2::RouteTable>>,
    /// The routes of the isolated subnets.
    pub isolated_routes: Handle<ec2::RouteTable>,
    /// The addresses that requests from private subnets come from.
    pub nat_addresses: Vec<Handle<ec2::Eip>>,
}

impl Vpc {
    /// Adds it. The logical IDs of what it is made of begin with `id`; they may begin with nothing where it is alone
    /// in its stack.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> VpcHandles {
        let builder = Builder {
            stack,
            id,
            name: self.name.as_text().unwrap_or(id),
            block: self.block(stack),
            zones: self.zones(stack),
        };
        let vpc = stack.add(
            builder.id("Vpc"),
            self.vpc.over(props!(ec2::Vpc {
                cidr_block: self.cidr,
                enable_dns_support: true,
                enable_dns_hostnames: true,
                tags: builder.tag("vpc"),
            })),
        );
        let handles = builder.subnets_of(vpc, self.nat);
        if self.flow_logs {
            let flow_logs = props!(FlowLogs {
                vpc: &handles.vpc,
                name: self.name.clone(),
                logs: self.logs,
            });
            flow_logs.add_to(stack, id);
        }
        handles
    }
}

impl Vpc {
    /// Its addresses; where they cannot be cut, something in their place, since the mistake is reported.
    #[track_caller]
    fn block(&self, stack: &Stack) -> Block {
        let cidr = self.cidr.as_text();
        let block = cidr.and_then(Block::parse).filter(Block::can_be_cut);
        if block.is_none() {
            stack.refuse(
                match cidr {
                    Some(cidr) => format!("`{cidr}` cannot be the addresses of a VPC"),
                    None => "the addresses of a VPC have to be known here".to_owned(),
                },
                "give a block from /16 to /24, such as `10.0.0.0/16`",
            );
        }
        block.unwrap_or_default()
    }

    /// How many zones it spreads over.
    #[track_caller]
    fn zones(&self, stack: &Stack) -> u32 {
        let zones = self.zones.as_integer();
        let zones = zones.and_then(|zones| u32::try_from(zones).ok());
        let zones = zones.filter(|zones| (1..=Block::ZONES).contains(zones));
        if zones.is_none() {
            stack.refuse(
                "a VPC cannot spread over so many zones",
                format!("give 1 to {} zones", Block::ZONES),
            );
        }
        zones.unwrap_or_default()
    }
}

/// What subnets are for.
#[derive(Clone, Copy)]
enum Tier {
    Public,
    Private,
    Isolated,
}

impl Tier {
    /// What the logical ID of its subnet in a zone ends in.
    fn subnet(self, zone: u32) -> String {
        let tier = match self {
            Tier::Public => "Public",
            Tier::Private => "Private",
            Tier::Isolated => "Isolated",
        };
        format!("{tier}Subnet{zone}")
    }
}

struct Builder<'a> {
    stack: &'a Stack,
    id: &'a str,
    name: &'a str,
    block: Block,
    zones: u32,
}

impl Builder<'_> {
    fn id(&self, what: &str) -> String {
        format!("{}{what}", self.id)
    }

    fn tag(&self, what: &str) -> [Tag; 1] {
        name_tag(self.name, what)
    }

    #[track_caller]
    fn subnets_of(&self, vpc: Handle<ec2::Vpc>, nat: Nat) -> VpcHandles {
        let public = self.public(&vpc);
        let (nat_addresses, gateways) = self.gateways(&public, nat);
        let mut private_subnets = Vec::new();
        let mut private_routes = Vec::new();
        for (zone, index) in (1..=self.zones).zip(0..) {
            let subnet = self.subnet(&vpc, Tier::Private, zone);
            let routes = self.route_table(
                &vpc,
                &format!("PrivateRouteTable{zone}"),
                &format!("private-{zone}"),
            );
            // All zones share a single gateway.
            if let Some(gateway) = gateways.get(index).or(gateways.first()) {
                self.stack.add(
                    self.id(&format!("PrivateDefaultRoute{zone}")),
                    props!(ec2::Route {
                        route_table_id: &routes,
                        destination_cidr_block: ANYWHERE,
                        nat_gateway_id: gateway,
                    }),
                );
            }
            self.associate(Tier::Private, zone, subnet, routes);
            private_subnets.push(subnet);
            private_routes.push(routes);
        }
        let isolated_routes = self.route_table(&vpc, "IsolatedRouteTable", "isolated");
        let isolated_subnets = self.tier(&vpc, Tier::Isolated, &isolated_routes);
        VpcHandles {
            vpc,
            public_subnets: public.subnets,
            private_subnets,
            isolated_subnets,
            private_routes,
            isolated_routes,
            nat_addresses,
        }
    }

    /// The subnets that the internet gateway leads to.
    #[track_caller]
    fn public(&self, vpc: &Handle<ec2::Vpc>) -> Public {
        let internet = self.stack.add(
            self.id("InternetGateway"),
            props!(ec2::InternetGateway {
                tags: self.tag("internet"),
            }),
        );
        let attachment = self.stack.add(
            self.id("InternetGatewayAttachment"),
            props!(ec2::VpcGatewayAttachment {
                vpc_id: vpc,
                internet_gateway_id: &internet,
            }),
        );
        let routes = self.route_table(vpc, "PublicRouteTable", "public");
        let default_route = self.stack.add(
            self.id("PublicDefaultRoute"),
            props!(ec2::Route {
                route_table_id: &routes,
                destination_cidr_block: ANYWHERE,
                gateway_id: internet.reference(),
            })
            .depends_on(attachment),
        );
        Public {
            attachment,
            default_route,
            subnets: self.tier(vpc, Tier::Public, &routes),
        }
    }

    /// The NAT gateways in the public subnets, each with its address.
    #[track_caller]
    fn gateways(
        &self,
        public: &Public,
        nat: Nat,
    ) -> (Vec<Handle<ec2::Eip>>, Vec<Handle<ec2::NatGateway>>) {
        let wanted = match nat {
            Nat::None => 0,
            Nat::Single => 1,
            Nat::OnePerZone => self.zones,
        };
        let mut addresses = Vec::new();
        let mut gateways = Vec::new();
        for (zone, subnet) in (1..=wanted).zip(&public.subnets) {
            let tags = self.tag(&format!("nat-{zone}"));
            let address = self.stack.add(
                self.id(&format!("NatAddress{zone}")),
                props!(ec2::Eip {
                    domain: eip::Domain::Vpc,
                    tags: tags.clone(),
                })
                .depends_on(public.attachment),
            );
            let gateway = self.stack.add(
                self.id(&format!("NatGateway{zone}")),
                props!(ec2::NatGateway {
                    subnet_id: subnet,
                    allocation_id: address.allocation_id(),
                    tags,
                })
                .depends_on(public.default_route),
            );
            addresses.push(address);
            gateways.push(gateway);
        }
        (addresses, gateways)
    }

    #[track_caller]
    fn route_table(&self, vpc: &Handle<ec2::Vpc>, id: &str, name: &str) -> Handle<ec2::RouteTable> {
        self.stack.add(
            self.id(id),
            props!(ec2::RouteTable {
                vpc_id: vpc,
                tags: self.tag(name),
            }),
        )
    }

    /// One subnet of a tier in each zone, all with the same routes.
    #[track_caller]
    fn tier(
        &self,
        vpc: &Handle<ec2::Vpc>,
        tier: Tier,
        routes: &Handle<ec2::RouteTable>,
    ) -> Vec<Handle<ec2::Subnet>> {
        let mut subnets = Vec::new();
        for zone in 1..=self.zones {
            let subnet = self.subnet(vpc, tier, zone);
            self.associate(tier, zone, subnet, *routes);
            subnets.push(subnet);
        }
        subnets
    }

    /// The subnet of a tier in a zone, counted from 1.
    #[track_caller]
    fn subnet(&self, vpc: &Handle<ec2::Vpc>, tier: Tier, zone: u32) -> Handle<ec2::Subnet> {
        let (name, first) = match tier {
            Tier::Public => ("public", 0),
            Tier::Private => ("private", Block::ZONES),
            Tier::Isolated => ("isolated", 2 * Block::ZONES),
        };
        self.stack.add(
            self.id(&tier.subnet(zone)),
            props!(ec2::Subnet {
                vpc_id: vpc,
                availability_zone: select(zone - 1, availability_zones()),
                cidr_block: self.block.part(first + zone - 1),
                map_public_ip_on_launch: false,
                tags: self.tag(&format!("{name}-{zone}")),
            }),
        )
    }

    #[track_caller]
    fn associate(
        &self,
        tier: Tier,
        zone: u32,
        subnet: Handle<ec2::Subnet>,
        routes: Handle<ec2::RouteTable>,
    ) {
        self.stack.add(
            self.id(&format!("{}Routes", tier.subnet(zone))),
            props!(ec2::SubnetRouteTableAssociation {
                route_table_id: &routes,
                subnet_id: &subnet,
            }),
        );
    }
}

/// The public side, while the rest is built.
struct Public {
    attachment: Handle<ec2::VpcGatewayAttachment>,
    default_route: Handle<ec2::Route>,
    subnets: Vec<Handle<ec2::Subnet>>,
}
