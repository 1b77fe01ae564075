//! The load balancer in front of the services that speak HTTP, and the doors to it.

use stratiform_stack::{Define, Expr, Handle, Opt, Parameter, props, sub};

use crate::environment::{Deployment, Environment};
use crate::parts;
use crate::resources::ec2::security_group;
use crate::resources::elasticloadbalancingv2::{listener, load_balancer};
use crate::resources::{ec2, elasticloadbalancingv2};
use crate::services::{Context, Uses};

/// Of AWS's policies the strictest that browsers of the last years can speak: TLS 1.3, and 1.2 with forward
/// secrecy.
const SSL_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/// ACM's ARNs.
const CERTIFICATE: &str = "^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$";

/// The load balancer, and what services hook into.
pub(super) struct LoadBalancer {
    pub(super) handle: Handle<elasticloadbalancingv2::LoadBalancer>,
    pub(super) security_group: Handle<ec2::SecurityGroup>,
    /// Where everybody's requests arrive.
    pub(super) production: Handle<elasticloadbalancingv2::Listener>,
    /// Where the next version is tried before it gets those: there where a service is deployed blue/green.
    pub(super) test: Option<Handle<elasticloadbalancingv2::Listener>>,
}

/// Whether a service speaks HTTP.
pub(super) fn is_needed(env: &Environment) -> bool {
    env.services.values().any(|service| service.http.is_some())
}

/// Whether a service has a next version to try before it gets everybody's requests.
fn is_tested(env: &Environment) -> bool {
    env.services.values().any(|service| {
        service.http.is_some() && matches!(service.deployment, Deployment::BlueGreen { .. })
    })
}

/// Adds the load balancer with its listeners, where it is needed. Services add their rules.
pub(super) fn load_balancer(context: &Context<'_>) -> Option<LoadBalancer> {
    if !is_needed(context.env) {
        return None;
    }
    let certificate = context
        .env
        .load_balancer
        .https
        .then(|| certificate(context));
    let doors = Doors::new(certificate);
    let security_group = security_group(context, &doors);
    let handle = balancer(context, &security_group);
    context.stack.output(
        "LoadBalancerAddress",
        "Where the services are reached; the name of the certificate should be an alias of it",
        handle.dns_name(),
    );
    let listener = |id, door: &Door| door.open(context, &handle, id);
    let production = match &doors.redirected {
        Some(redirected) => {
            listener("HttpListener", redirected);
            listener("HttpsListener", &doors.production)
        }
        None => listener("HttpListener", &doors.production),
    };
    let test = is_tested(context.env).then(|| listener("TestListener", &doors.test));
    Some(LoadBalancer {
        handle,
        security_group,
        production,
        test,
    })
}

fn certificate(context: &Context<'_>) -> Expr<String> {
    context.stack.parameter(
        "CertificateArn",
        Parameter::string("Certificate of the load balancer").pattern(
            CERTIFICATE,
            "must be the ARN of an ACM certificate in this region",
        ),
    )
}

fn balancer(
    context: &Context<'_>,
    security_group: &Handle<ec2::SecurityGroup>,
) -> Handle<elasticloadbalancingv2::LoadBalancer> {
    let logs = props!(parts::AccessLogs {
        retention_days: context.env.logs.retention_days.days(),
    });
    let logs = logs.add_to(context.stack, "AccessLogBucket");
    let protected = context.env.load_balancer.deletion_protection.to_string();
    context.stack.add(
        "LoadBalancer",
        props!(elasticloadbalancingv2::LoadBalancer {
            r#type: load_balancer::Type::Application,
            scheme: load_balancer::Scheme::InternetFacing,
            ip_address_type: load_balancer::IpAddressType::Ipv4,
            subnets: &context.uses.network.public_subnets,
            security_groups: [security_group],
            load_balancer_attributes: [
                attribute("access_logs.s3.enabled", "true"),
                attribute("access_logs.s3.bucket", logs.bucket.reference()),
                attribute("access_logs.s3.prefix", parts::AccessLogs::PREFIX),
                attribute("deletion_protection.enabled", protected),
                attribute("routing.http.drop_invalid_header_fields.enabled", "true",),
            ],
        })
        .depends_on(logs.policy),
    )
}

fn attribute(key: &str, value: impl Into<Opt<String>>) -> load_balancer::LoadBalancerAttribute {
    props!(load_balancer::LoadBalancerAttribute { key, value })
}

/// Which ports are open, and what happens behind each.
struct Doors {
    /// Where browsers begin when nobody has told them about HTTPS.
    redirected: Option<Door>,
    production: Door,
    test: Door,
}

struct Door {
    port: u16,
    /// HTTPS with one, HTTP without.
    certificate: Option<Expr<String>>,
    what: &'static str,
    otherwise: listener::Action,
}

impl Doors {
    fn new(certificate: Option<Expr<String>>) -> Self {
        let door = |port, certificate, what| Door {
            port,
            certificate,
            what,
            otherwise: parts::not_found(),
        };
        match certificate {
            Some(_) => Doors {
                redirected: Some(Door {
                    otherwise: parts::to_https(),
                    ..door(80, None, "HTTP, redirected to HTTPS")
                }),
                production: door(443, certificate.clone(), "HTTPS"),
                test: door(8443, certificate, "Test traffic"),
            },
            None => Doors {
                redirected: None,
                production: door(80, None, "HTTP"),
                test: door(8080, None, "Test traffic"),
            },
        }
    }
}

impl Door {
    /// Lets an address block in.
    fn ingress(&self, from: &str, block: impl Into<Opt<String>>) -> security_group::Ingress {
        props!(security_group::Ingress {
            ip_protocol: "tcp",
            description: format!("{}{from}", self.what),
            from_port: self.port,
            to_port: self.port,
            cidr_ip: block,
        })
    }

    fn open(
        &self,
        context: &Context<'_>,
        load_balancer: &Handle<elasticloadbalancingv2::LoadBalancer>,
        id: &str,
    ) -> Handle<elasticloadbalancingv2::Listener> {
        let listener = props!(elasticloadbalancingv2::Listener {
            default_actions: [self.otherwise.clone()],
            load_balancer_arn: load_balancer,
            port: self.port,
        });
        let listener = match &self.certificate {
            Some(arn) => props!(elasticloadbalancingv2::Listener {
                protocol: listener::Protocol::Https,
                ssl_policy: SSL_POLICY,
                certificates: [listener::Certificate {
                    certificate_arn: arn,
                }],
                ..listener
            }),
            None => props!(elasticloadbalancingv2::Listener {
                protocol: listener::Protocol::Http,
                ..listener
            }),
        };
        context.stack.add(id, listener)
    }
}

/// Lets in who may connect. The ways out to the tasks come with the services.
fn security_group(context: &Context<'_>, doors: &Doors) -> Handle<ec2::SecurityGroup> {
    let Context {
        stack,
        env,
        names,
        uses: Uses { network, .. },
        ..
    } = *context;
    let mut ingress = Vec::new();
    for door in [&doors.production].into_iter().chain(&doors.redirected) {
        for block in &env.load_balancer.allowed_cidrs {
            ingress.push(door.ingress("", block.to_string()));
        }
    }
    if is_tested(env) {
        let vpc = env.network.vpc_cidr.to_string();
        ingress.push(doors.test.ingress(" from the VPC, private addresses", vpc));
        // Inside the VPC the load balancer's name resolves to its public addresses, so that test traffic
        // comes from the NAT gateways.
        for (number, address) in (1..).zip(&network.nat_addresses) {
            ingress.push(doors.test.ingress(
                &format!(" from the VPC through NAT gateway {number}"),
                sub!("{}/32", address.reference()),
            ));
        }
    }
    stack.add(
        "LoadBalancerSecurityGroup",
        props!(ec2::SecurityGroup {
            group_description: "The load balancer",
            vpc_id: &network.vpc,
            security_group_ingress: ingress,
            security_group_egress: parts::no_egress(),
            tags: names.tag("load-balancer"),
        }),
    )
}
