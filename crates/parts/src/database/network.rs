//! Who may connect to a database.

use stratiform_stack::{Handle, Stack, props};

use super::Postgres;
use crate::no_egress;
use crate::part::name_tag;
use crate::resources::ec2::{self, security_group};

/// The instance's group and its clients' group. Membership is the grant: a new client changes nothing here.
pub(super) struct Groups {
    pub(super) server: Handle<ec2::SecurityGroup>,
    pub(super) clients: Handle<ec2::SecurityGroup>,
}

#[track_caller]
pub(super) fn add(stack: &Stack, id: &str, database: &Postgres) -> Groups {
    let name = database.name.as_text().unwrap_or(id);
    let server = stack.add(
        format!("{id}SecurityGroup"),
        props!(ec2::SecurityGroup {
            group_description: "The database",
            vpc_id: database.vpc.clone(),
            security_group_egress: no_egress(),
            tags: name_tag(name, "database"),
        }),
    );
    let clients = stack.add(
        format!("{id}ClientSecurityGroup"),
        props!(ec2::SecurityGroup {
            group_description: "Whoever carries this group may connect to the database",
            vpc_id: database.vpc.clone(),
            security_group_egress: [security_group::Egress {
                ip_protocol: "tcp",
                description: "PostgreSQL to the database",
                from_port: database.port.clone(),
                to_port: database.port.clone(),
                destination_security_group_id: &server,
            }],
            tags: name_tag(name, "database-clients"),
        }),
    );
    stack.add(
        format!("{id}IngressFromClients"),
        props!(ec2::SecurityGroupIngress {
            ip_protocol: "tcp",
            description: "PostgreSQL from the clients",
            group_id: &server,
            from_port: database.port.clone(),
            to_port: database.port.clone(),
            source_security_group_id: &clients,
        }),
    );
    Groups { server, clients }
}
