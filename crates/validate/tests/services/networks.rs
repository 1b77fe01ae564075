use crate::said;

const NETWORK: &str = "
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Any}}
";

fn with(resources: &str) -> String {
    said(&format!("{NETWORK}{resources}"))
}

#[test]
fn subnets() {
    let cases = [
        "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/24}}",
        "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !GetAtt Vpc.VpcId, CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.128/25}}",
        "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}",
        "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, Ipv6CidrBlock: 2001:db8::/64}}",
        "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !If [Prod, 10.0.0.0/24, 10.0.1.0/24]}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}",
    ];
    let found = cases.map(|case| format!("{case}\n{}", with(case)));
    insta::assert_snapshot!(found.join("\n\n"));
}

#[test]
fn subnets_that_are_right() {
    for case in [
        "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}",
        "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Other, CidrBlock: 10.1.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Any, CidrBlock: 10.1.0.0/24}}",
        "  More: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/16}}
  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Other, AmazonProvidedIpv6CidrBlock: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/24}}",
        "  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, Ipv6CidrBlock: 2001:db8::/64}}",
        "  A: {Type: AWS::EC2::Subnet, Condition: Prod, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !If [Prod, 10.0.1.0/24, 10.0.0.0/24]}}",
        "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Ref Any}}",
    ] {
        assert_eq!(with(case), "", "{case}");
    }
}

#[test]
fn one_of_each() {
    let route = |name: &str, subnet: &str| {
        format!(
            "  {name}: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: x, SubnetId: {subnet}}}}}\n"
        )
    };
    let endpoint = |name: &str, more: &str| {
        format!(
            "  {name}: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: !Sub 'com.amazonaws.${{AWS::Region}}.s3', {more}}}}}\n"
        )
    };
    let filters = |count: usize| -> String {
        let one = |number| {
            format!(
                "  F{number}: {{Type: AWS::Logs::SubscriptionFilter, Properties: {{LogGroupName: group, FilterPattern: ''}}}}\n"
            )
        };
        (0..count).map(one).collect()
    };
    let sam = |events: &[&str]| -> String {
        let event = |(number, group): (usize, &&str)| {
            format!(
                "E{number}: {{Type: CloudWatchLogs, Properties: {{LogGroupName: {group}, FilterPattern: ''}}}}"
            )
        };
        let events: Vec<String> = events.iter().enumerate().map(event).collect();
        format!(
            "  G: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.13, Handler: a.b, InlineCode: c, Events: {{{}}}}}}}\n",
            events.join(", ")
        )
    };
    let wrong = [
        format!("{}{}", route("A", "subnet-1"), route("B", "subnet-1")),
        format!(
            "{}{}",
            route("A", "!If [Prod, subnet-1, subnet-2]"),
            route("B", "subnet-1")
        ),
        format!(
            "{}{}",
            endpoint("A", "PrivateDnsEnabled: true"),
            endpoint("B", "PrivateDnsEnabled: !If [Prod, true, false]")
        ),
        filters(6),
        format!("{}{}", filters(4), sam(&["group", "other", "group"])),
        sam(&["group"; 6]),
    ];
    let found = wrong.map(|case| format!("{case}{}", with(&case)));
    insta::assert_snapshot!(found.join("\n\n"));
    for case in [
        format!("{}{}", route("A", "subnet-1"), route("B", "subnet-2")),
        format!("{}{}", route("A", "!Ref Any"), route("B", "subnet-2")),
        format!(
            "{}{}",
            endpoint("A", "PrivateDnsEnabled: true"),
            endpoint("B", "PrivateDnsEnabled: !Ref Any")
        ),
        filters(5),
        format!("{}{}", filters(4), sam(&["group", "other", "!Ref Any"])),
    ] {
        assert_eq!(with(&case), "", "{case}");
    }
}
