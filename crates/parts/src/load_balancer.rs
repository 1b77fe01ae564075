//! Load balancers.

mod access_logs;

use stratiform_stack::generated::Overlay;
use stratiform_stack::kinds::{
    Ec2SecurityGroupId, Ec2SubnetId, Ec2VpcId, ElasticLoadBalancingV2ListenerArn,
};
use stratiform_stack::{Define, Handle, Id, List, Opt, Prop, Stack, props};

use crate::part::{Unset, part};
use crate::resources::ec2::{self, security_group};
use crate::resources::elasticloadbalancingv2::{self, listener, load_balancer};

pub use access_logs::AccessLogs;
pub use load_balancer::Scheme;

/// Of AWS's policies the strictest that browsers of the last years can speak: TLS 1.3, and 1.2 with forward
/// secrecy.
const SSL_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

part! {
    /// A load balancer for HTTP, with access logs: HTTPS, and HTTP redirected to it, where it has a certificate. What
    /// no service asks for is not found.
    pub struct LoadBalancer {
        required {
            /// The VPC.
            vpc: Prop<Id<Ec2VpcId>>,
            /// Where it is: public subnets, or private ones for [`Scheme::Internal`].
            subnets: Prop<List<Id<Ec2SubnetId>>>,
            /// The address blocks that may connect: `["0.0.0.0/0"]`.
            allowed_cidrs: Vec<Prop<String>>,
        }
        optional {
            /// Whether the internet reaches it.
            scheme: Scheme = Scheme::Internal,
            /// The ARN of a certificate in ACM. Without one it speaks plain HTTP.
            certificate: Opt<String>,
            /// Whether somebody has to switch this off before it can be deleted.
            deletion_protection: bool = true,
            /// Whether every request is logged, in a bucket of its own.
            access_logs: bool = true,
            /// Days until an access log is deleted.
            log_retention_days: Prop<i64> = 365,
            /// Properties of the load balancer itself: what is named here counts, the rest is the part's.
            load_balancer: elasticloadbalancingv2::LoadBalancer,
        }
    }
}

/// A [`LoadBalancer`] that was added.
#[derive(Clone, Debug)]
pub struct LoadBalancerHandles {
    /// The load balancer.
    pub load_balancer: Handle<elasticloadbalancingv2::LoadBalancer>,
    /// Lets in who may connect. It leads nowhere: what is behind opens the way.
    pub security_group: Handle<ec2::SecurityGroup>,
    /// Where requests arrive: HTTPS where there is a certificate.
    pub listener: Handle<elasticloadbalancingv2::Listener>,
}

/// What a service has to know of the load balancer in front of it: `&load_balancer`, or one that is no part.
#[derive(Clone, Debug)]
pub struct Entrance {
    /// Where requests arrive.
    pub listener: Prop<Id<ElasticLoadBalancingV2ListenerArn>>,
    /// The security group of the load balancer.
    pub security_group: Prop<Id<Ec2SecurityGroupId>>,
}

impl Unset for Entrance {
    fn unset() -> Self {
        Entrance {
            listener: Prop::unset(),
            security_group: Prop::unset(),
        }
    }
}

impl From<&LoadBalancerHandles> for Entrance {
    fn from(handles: &LoadBalancerHandles) -> Self {
        Entrance {
            listener: Prop::from(&handles.listener),
            security_group: Prop::from(&handles.security_group),
        }
    }
}

impl LoadBalancer {
    /// Adds it under the logical ID `<id>`; those of what belongs to it begin with that.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> LoadBalancerHandles {
        let certificate = self.certificate.clone().into_prop();
        let mut doors = vec![(80, "HTTP")];
        if certificate.is_some() {
            doors.push((443, "HTTPS"));
        }
        let security_group = self.security_group(stack, id, &doors);
        let mut attributes = vec![
            attribute("routing.http.drop_invalid_header_fields.enabled", "true"),
            attribute(
                "deletion_protection.enabled",
                self.deletion_protection.to_string(),
            ),
        ];
        let mut logs = None;
        if self.access_logs {
            let bucket = props!(AccessLogs {
                retention_days: self.log_retention_days,
            });
            let added = bucket.add_to(stack, &format!("{id}AccessLogs"));
            attributes.extend([
                attribute("access_logs.s3.enabled", "true"),
                attribute("access_logs.s3.bucket", added.bucket.reference()),
                attribute("access_logs.s3.prefix", AccessLogs::PREFIX),
            ]);
            logs = Some(added);
        }
        let defaults = props!(elasticloadbalancingv2::LoadBalancer {
            r#type: load_balancer::Type::Application,
            scheme: self.scheme,
            subnets: self.subnets,
            security_groups: [&security_group],
            load_balancer_attributes: attributes,
        });
        let load_balancer = stack.add(
            id,
            self.load_balancer
                .over(defaults)
                .depends_on(logs.map(|logs| logs.policy)),
        );
        let listener = add_listeners(stack, id, &load_balancer, certificate);
        LoadBalancerHandles {
            load_balancer,
            security_group,
            listener,
        }
    }

    #[track_caller]
    fn security_group(
        &self,
        stack: &Stack,
        id: &str,
        doors: &[(u16, &str)],
    ) -> Handle<ec2::SecurityGroup> {
        let mut ingress = Vec::new();
        for (port, what) in doors {
            for block in &self.allowed_cidrs {
                ingress.push(props!(security_group::Ingress {
                    ip_protocol: "tcp",
                    description: *what,
                    from_port: *port,
                    to_port: *port,
                    cidr_ip: block.clone(),
                }));
            }
        }
        stack.add(
            format!("{id}SecurityGroup"),
            props!(ec2::SecurityGroup {
                group_description: "The load balancer",
                vpc_id: self.vpc.clone(),
                security_group_ingress: ingress,
                security_group_egress: no_egress(),
            }),
        )
    }
}

/// No way out. A group without an egress rule gets "allow everything" from EC2; this one leads nowhere.
pub fn no_egress() -> [security_group::Egress; 1] {
    [props!(security_group::Egress {
        ip_protocol: "-1",
        description: "No outbound traffic",
        cidr_ip: "127.0.0.1/32",
    })]
}

fn attribute(key: &str, value: impl Into<Opt<String>>) -> load_balancer::LoadBalancerAttribute {
    props!(load_balancer::LoadBalancerAttribute { key, value })
}

/// The listener for everybody's requests, and with a certificate the one that sends them there.
#[track_caller]
fn add_listeners(
    stack: &Stack,
    id: &str,
    load_balancer: &Handle<elasticloadbalancingv2::LoadBalancer>,
    certificate: Option<Prop<String>>,
) -> Handle<elasticloadbalancingv2::Listener> {
    let plain = |otherwise| {
        props!(elasticloadbalancingv2::Listener {
            load_balancer_arn: load_balancer,
            port: 80,
            protocol: listener::Protocol::Http,
            default_actions: [otherwise],
        })
    };
    let Some(certificate) = certificate else {
        return stack.add(format!("{id}HttpListener"), plain(not_found()));
    };
    stack.add(format!("{id}HttpListener"), plain(to_https()));
    stack.add(
        format!("{id}HttpsListener"),
        props!(elasticloadbalancingv2::Listener {
            load_balancer_arn: load_balancer,
            port: 443,
            protocol: listener::Protocol::Https,
            ssl_policy: SSL_POLICY,
            certificates: [listener::Certificate {
                certificate_arn: certificate.into_expr(),
            }],
            default_actions: [not_found()],
        }),
    )
}

/// What a path gets that is no service's business.
pub fn not_found() -> listener::Action {
    props!(listener::Action {
        r#type: listener::action::Type::FixedResponse,
        fixed_response_config: listener::FixedResponseConfig {
            status_code: "404",
            content_type: "text/plain",
            message_body: "Not found",
        },
    })
}

/// Where browsers begin when nobody has told them about HTTPS.
pub fn to_https() -> listener::Action {
    props!(listener::Action {
        r#type: listener::action::Type::Redirect,
        redirect_config: listener::RedirectConfig {
            status_code: listener::redirect_config::StatusCode::Http301,
            protocol: "HTTPS",
            port: "443",
        },
    })
}
