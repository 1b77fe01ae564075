use stratiform_catalog::behaviour::firewall;
use stratiform_catalog::catalog;
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;

/// What a change means for the network, a consequence a line, its details below.
fn consequences(before: &str, after: &str) -> String {
    let parse =
        |resources: &str| Template::parse(&format!("Resources:\n{resources}")).expect(resources);
    let [before, after] = [before, after].map(parse);
    let place = Whereabouts {
        stack: "app".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let mut found = Vec::new();
    crate::consequence::standing::tests::of_estate([before, after], &place, |estate| {
        super::find(estate, &mut found);
    });
    let mut shown = String::new();
    for one in found {
        shown += &format!(
            "{} {:?} {}: {}\n",
            one.severity,
            one.certainty,
            one.kind.as_str(),
            one.what
        );
        for line in one.details {
            shown += &format!("  {line}\n");
        }
    }
    shown
}

/// A resource in one line: `Type {properties}`; nothing for one that is not there.
fn resource(text: &str) -> String {
    match text.split_once(' ') {
        Some((resource_type, properties)) => {
            format!(
                "  Other: {{Type: AWS::SNS::Topic}}\n  It: {{Type: {resource_type}, Properties: {properties}}}\n"
            )
        }
        None => "  Other: {Type: AWS::SNS::Topic}\n".to_owned(),
    }
}

#[track_caller]
fn check(before: &str, after: &str, expected: &[&str]) {
    let shown = consequences(&resource(before), &resource(after));
    assert_eq!(shown.lines().collect::<Vec<_>>(), expected);
}

fn group(ingress: &str) -> String {
    format!(
        "AWS::EC2::SecurityGroup {{GroupDescription: it, SecurityGroupEgress: [], SecurityGroupIngress: [{ingress}]}}"
    )
}

#[track_caller]
fn check_group(before: &str, after: &str, expected: &[&str]) {
    check(&group(before), &group(after), expected);
}

#[test]
fn ports_open_and_close() {
    check_group(
        "",
        "{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}",
        &[
            "danger Will network-widened: opens tcp 5432 of the security group `It` to the whole internet",
            "  + tcp 5432 from 0.0.0.0/0 (the whole internet, IPv4)",
        ],
    );
    check_group(
        "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}",
        "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}",
        &[
            "attention Will network-widened: opens tcp 443 of the security group `It` to 10.0.0.0/8",
            "  + tcp 443 from 10.0.0.0/8",
        ],
    );
    check_group(
        "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIpv6: '::/0'}",
        "",
        &[
            "note Will network-narrowed: closes tcp 443 of the security group `It` to the whole internet",
            "  - tcp 443 from ::/0 (the whole internet, IPv6)",
        ],
    );
    check_group(
        "",
        "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}, {IpProtocol: '-1', CidrIp: 0.0.0.0/0}",
        &[
            "danger Will network-widened: opens everything of the security group `It` to the whole internet, and 1 more",
            "  + tcp 443 from 0.0.0.0/0 (the whole internet, IPv4)",
            "  + everything from 0.0.0.0/0 (the whole internet, IPv4)",
        ],
    );
    check_group(
        "",
        "{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !ImportValue office}, {IpProtocol: icmp, FromPort: 8, ToPort: -1, SourceSecurityGroupId: !Ref Other}",
        &[
            "attention Will network-widened: opens tcp 22 of the security group `It` to ${Fn::ImportValue office}, and 1 more",
            "  + tcp 22 from ${Fn::ImportValue office}",
            "  + icmp type 8 code -1 from security group ${Other}",
        ],
    );
}

#[test]
fn the_same_in_other_words_is_nothing() {
    for (before, after) in [
        (
            "{IpProtocol: tcp, FromPort: 80, ToPort: 82, CidrIp: 10.0.0.0/8}",
            "{IpProtocol: 6, FromPort: 81, ToPort: 82, CidrIp: 10.0.0.0/8}, {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8, Description: x}",
        ),
        (
            "{IpProtocol: '-1', CidrIp: 10.0.0.0/8}",
            "{IpProtocol: '-1', CidrIp: 10.128.0.0/9}, {IpProtocol: '-1', CidrIp: 10.0.0.0/9}, {IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.1/32}",
        ),
        ("", "{IpProtocol: '-1', CidrIp: 127.0.0.1/32}"),
    ] {
        check_group(before, after, &[]);
        check_group(after, before, &[]);
    }
}

#[test]
fn a_new_group_that_is_open_to_everybody_is_as_bad_as_an_old_one() {
    let of = |port: u16| {
        group(&format!(
            "{{IpProtocol: tcp, FromPort: {port}, ToPort: {port}, CidrIp: 0.0.0.0/0}}"
        ))
    };
    for (port, severity) in [(22, "danger"), (443, "warning"), (8080, "warning")] {
        let shown = consequences(&resource(""), &resource(&of(port)));
        assert!(shown.starts_with(severity), "{shown}");
    }
    let few = of(22).replace("0.0.0.0/0", "10.0.0.0/8");
    assert!(consequences(&resource(""), &resource(&few)).starts_with("note"));
}

#[test]
fn what_comes_in_and_what_goes_out_are_two_things() {
    check(
        "",
        "AWS::EC2::SecurityGroup {GroupDescription: it, SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}], SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, CidrIp: 0.0.0.0/0}]}",
        &[
            "warning Will network-widened: opens tcp 8080 of the security group `It` to the whole internet",
            "  + tcp 8080 from 0.0.0.0/0 (the whole internet, IPv4)",
            "note Will network-widened: opens tcp 443 out of the security group `It` to the whole internet",
            "  + tcp 443 to 0.0.0.0/0 (the whole internet, IPv4)",
        ],
    );
}

#[test]
fn egress_without_rules_is_everything() {
    check(
        "AWS::EC2::SecurityGroup {GroupDescription: it, SecurityGroupEgress: []}",
        "AWS::EC2::SecurityGroup {GroupDescription: it}",
        &[
            "attention Will network-widened: opens everything out of the security group `It` to the whole internet",
            "  + everything to 0.0.0.0/0 (the whole internet, IPv4)",
        ],
    );
    check("", "AWS::EC2::SecurityGroup {GroupDescription: it}", &[]);
}

#[test]
fn rules_of_their_own() {
    let rule = "AWS::EC2::SecurityGroupIngress {GroupId: !GetAtt Db.GroupId, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: 0.0.0.0/0}";
    check(
        "",
        rule,
        &[
            "danger Will network-widened: opens tcp 3306 of the security group `Db` by `It` to the whole internet",
            "  + tcp 3306 from 0.0.0.0/0 (the whole internet, IPv4)",
        ],
    );
    check(
        "AWS::EC2::NetworkAclEntry {NetworkAclId: !Ref Acl, Protocol: 6, RuleAction: allow, RuleNumber: 1, CidrBlock: 10.0.0.0/8, PortRange: {From: 1, To: 2}}",
        "AWS::EC2::NetworkAclEntry {NetworkAclId: !Ref Acl, Protocol: 6, RuleAction: deny, RuleNumber: 1, CidrBlock: 10.0.0.0/8, PortRange: {From: 1, To: 2}}",
        &[
            "note Will network-narrowed: closes tcp 1-2 of the network ACL `Acl` by `It` to 10.0.0.0/8, and 1 more",
            "  - tcp 1-2 from 10.0.0.0/8",
            "  + tcp 1-2 from 10.0.0.0/8",
        ],
    );
    check(
        "AWS::EC2::PrefixList {Entries: [{Cidr: 10.0.0.0/8}]}",
        "AWS::EC2::PrefixList {Entries: [{Cidr: 0.0.0.0/0}]}",
        &[
            "danger Will network-widened: opens whatever allows the prefix list `It` to the whole internet",
            "  + 0.0.0.0/0 (the whole internet, IPv4)",
        ],
    );
    check(
        "AWS::EKS::Cluster {ResourcesVpcConfig: {PublicAccessCidrs: [192.0.2.0/24]}}",
        "AWS::EKS::Cluster {ResourcesVpcConfig: {EndpointPublicAccess: true}}",
        &[
            "warning Will network-widened: opens tcp 443 of the cluster `It` to the whole internet",
            "  + tcp 443 from 0.0.0.0/0 (the whole internet, IPv4)",
        ],
    );
}

#[test]
fn switches() {
    for (before, after, expected) in [
        (
            "AWS::RDS::DBInstance {Port: 1}",
            "AWS::RDS::DBInstance {PubliclyAccessible: true}",
            "warning Will network-widened: makes the database `It` publicly accessible",
        ),
        (
            "AWS::RDS::DBInstance {PubliclyAccessible: true}",
            "AWS::RDS::DBInstance {PubliclyAccessible: false}",
            "note Will network-narrowed: makes the database `It` no longer publicly accessible",
        ),
        (
            "",
            "AWS::ElasticLoadBalancingV2::LoadBalancer {Type: application}",
            "note Will network-widened: makes the load balancer `It` internet-facing",
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer {Scheme: internal}",
            "AWS::ElasticLoadBalancingV2::LoadBalancer {Scheme: internet-facing}",
            "warning Will network-widened: makes the load balancer `It` internet-facing",
        ),
        (
            "AWS::ElasticLoadBalancingV2::Listener {Protocol: HTTP, DefaultActions: [{Type: redirect}]}",
            "AWS::ElasticLoadBalancingV2::Listener {Protocol: HTTP, DefaultActions: [{Type: forward}]}",
            "warning Will network-widened: makes the listener `It` open to plain HTTP",
        ),
        (
            "AWS::Lambda::Url {AuthType: AWS_IAM}",
            "AWS::Lambda::Url {AuthType: NONE}",
            "warning Will network-widened: makes the function URL `It` open to everybody, without authentication",
        ),
        (
            "",
            "AWS::EC2::Route {RouteTableId: t, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}",
            "note Will network-widened: makes the route `It` a way to and from the internet",
        ),
        (
            "",
            "AWS::EC2::VPCPeeringConnection {VpcId: a, PeerVpcId: b}",
            "note Will network-widened: connects two networks by the VPC peering connection `It`",
        ),
    ] {
        check(before, after, &[expected]);
    }
    check("", "AWS::S3::Bucket {BucketName: x}", &[]);
    check(
        "AWS::RDS::DBInstance {Port: 1}",
        "AWS::RDS::DBInstance {Port: 2}",
        &[],
    );
}

#[test]
fn buckets_lose_their_block() {
    let bucket = |policy: bool| {
        format!(
            "AWS::S3::Bucket {{PublicAccessBlockConfiguration: {{BlockPublicAcls: true, BlockPublicPolicy: {policy}}}}}"
        )
    };
    check(
        &bucket(true),
        &bucket(false),
        &[
            "warning Will network-widened: loosens the block of public access of the bucket `It`",
            "  - BlockPublicPolicy",
        ],
    );
    check(
        &bucket(true),
        "AWS::S3::Bucket {BucketName: x}",
        &[
            "warning May network-widened: may loosen the block of public access of the bucket `It`",
            "  - BlockPublicAcls",
            "  - BlockPublicPolicy",
        ],
    );
    check(
        &bucket(false),
        &bucket(true),
        &[
            "note Will network-narrowed: tightens the block of public access of the bucket `It`",
            "  + BlockPublicPolicy",
        ],
    );
}

#[test]
fn nothing_panics() {
    let ports = ["99999", "-1", "'1-2'", "!Ref Other", "{}", "65535", "5"];
    for pair in ports.windows(2) {
        let rule = |from: &str, to: &str| {
            group(&format!(
                "{{IpProtocol: tcp, FromPort: {from}, ToPort: {to}, CidrIp: 0.0.0.0/0}}, x, [], {{}}"
            ))
        };
        consequences(
            &resource(&rule(pair[0], pair[1])),
            &resource(&rule(pair[1], pair[0])),
        );
    }
    let all = catalog().resource_types();
    for known in all.filter(|known| firewall(known.name()).is_some()) {
        for (name, _) in known.schema().properties() {
            for value in [
                "x",
                "[1, [2], {a: b}]",
                "{From: x, Cidr: [y]}",
                "!Ref Other",
            ] {
                let odd = format!("{} {{{name}: {value}}}", known.name());
                consequences(&resource(""), &resource(&odd));
            }
        }
    }
}

/// Compares resources, one in each line.
#[track_caller]
fn check_all(before: &[&str], after: &[&str], expected: &[&str]) {
    let text = |resources: &[&str]| -> String {
        let lines = resources.iter().map(|line| format!("  {line}\n"));
        lines.collect()
    };
    let shown = consequences(&text(before), &text(after));
    assert_eq!(shown.lines().collect::<Vec<_>>(), expected);
}

const DOOR: &str = "Door: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d}}";
const DOOR_IN: &str = "Door: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]}}";
const DOOR_OUT: &str = "Door: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]}}";
const IN: &str = "In: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !GetAtt Door.GroupId, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}}";
const OUT: &str = "Out: {Type: AWS::EC2::SecurityGroupEgress, Properties: {GroupId: !Ref Door, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}}";

#[test]
fn a_rule_that_moves_opens_nothing() {
    check_all(&[DOOR_IN], &[DOOR, IN], &[]);
    check_all(&[DOOR, IN], &[DOOR_IN], &[]);
    check_all(
        &[DOOR_IN],
        &[DOOR, &IN.replace("!GetAtt Door.GroupId", "!Ref Door")],
        &[],
    );
    check_all(&[DOOR, IN], &[DOOR, &IN.replace("In:", "B:")], &[]);
    check_all(&[DOOR_OUT], &[DOOR, OUT], &[]);
    check_all(&[DOOR, OUT], &[DOOR_OUT], &[]);
    // What an unchanged rule allows already is not new.
    check_all(
        &[DOOR_IN],
        &[DOOR_IN, &IN.replace("10.0.0.0/8", "10.1.0.0/16")],
        &[],
    );
    let elsewhere = IN.replace("!GetAtt Door.GroupId", "sg-1");
    check_all(
        &[DOOR_IN],
        &[DOOR, &elsewhere],
        &[
            "note Will network-narrowed: closes tcp 443 of the security group `Door` to 10.0.0.0/8",
            "  - tcp 443 from 10.0.0.0/8",
            "attention Will network-widened: opens tcp 443 of the security group `sg-1` by `In` to 10.0.0.0/8",
            "  + tcp 443 from 10.0.0.0/8",
        ],
    );
    let wider = IN.replace("10.0.0.0/8", "0.0.0.0/0");
    check_all(
        &[DOOR_IN],
        &[DOOR, &wider],
        &[
            "warning Will network-widened: opens tcp 443 of the security group `Door` by `In` to the whole internet",
            "  + tcp 443 from 0.0.0.0/0 (the whole internet, IPv4)",
        ],
    );
}

#[test]
fn the_first_outbound_rule_closes_all_else() {
    let closes = [
        "note Will network-narrowed: closes everything out of the security group `Door` by `Out` to the whole internet",
        "  - everything to 0.0.0.0/0 (the whole internet, IPv4)",
    ];
    check_all(&[DOOR], &[DOOR, OUT], &closes);
    // It is told once, and by the group where that changes too.
    check_all(
        &[DOOR],
        &[DOOR, OUT, &OUT.replace("Out:", "B:").replace("443", "80")],
        &closes,
    );
    let tagged = DOOR.replace(
        "Description: d",
        "Description: d, Tags: [{Key: a, Value: b}]",
    );
    check_all(
        &[DOOR],
        &[&tagged, OUT],
        &closes
            .map(|line| line.replace(" by `Out`", ""))
            .each_ref()
            .map(String::as_str),
    );
    check_all(
        &[DOOR, OUT],
        &[DOOR],
        &[
            "attention May network-widened: may open everything out of the security group `Door` by `Out` to the whole internet",
            "  + everything to 0.0.0.0/0 (the whole internet, IPv4)",
            "note May network-narrowed: may close tcp 443 out of the security group `Door` by `Out` to 10.0.0.0/8",
            "  - tcp 443 to 10.0.0.0/8",
        ],
    );
    let other = OUT.replace("443", "444");
    check_all(
        &[DOOR, OUT],
        &[DOOR, &other],
        &[
            "note Will network-widened: opens tcp 444 out of the security group `Door` by `Out` to 10.0.0.0/8",
            "  + tcp 444 to 10.0.0.0/8",
            "note Will network-narrowed: closes tcp 443 out of the security group `Door` by `Out` to 10.0.0.0/8",
            "  - tcp 443 to 10.0.0.0/8",
        ],
    );
}

#[test]
fn switches_of_access_are_told() {
    let opened =
        |it: &str, what: &str| format!("warning Will network-widened: makes the {it} `It` {what}");
    let cases = [
        (
            "AWS::ApiGateway::Method {AuthorizationType: AWS_IAM}",
            "AWS::ApiGateway::Method {AuthorizationType: NONE}",
            "method",
            "open to everybody, without authorization",
        ),
        (
            "AWS::ApiGatewayV2::Route {AuthorizationType: JWT}",
            "AWS::ApiGatewayV2::Route {Target: x}",
            "route",
            "open to everybody, without authorization",
        ),
        (
            "AWS::Lambda::Url {AuthType: AWS_IAM}",
            "AWS::Lambda::Url {AuthType: NONE}",
            "function URL",
            "open to everybody, without authentication",
        ),
        (
            "AWS::Cognito::IdentityPool {AllowUnauthenticatedIdentities: false}",
            "AWS::Cognito::IdentityPool {AllowUnauthenticatedIdentities: true}",
            "identity pool",
            "open to everybody, without authentication",
        ),
        (
            "AWS::CloudFront::Distribution {DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: https-only}}}",
            "AWS::CloudFront::Distribution {DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: allow-all}}}",
            "distribution",
            "open to plain HTTP",
        ),
    ];
    for (closed, open, it, what) in cases {
        check(closed, open, &[opened(it, what).as_str()]);
    }
    check(
        "AWS::ApiGateway::Method {AuthorizationType: AWS_IAM}",
        "AWS::ApiGateway::Method {AuthorizationType: !ImportValue how}",
        &[
            "warning May network-widened: may make the method `It` open to everybody, without authorization",
        ],
    );
}
