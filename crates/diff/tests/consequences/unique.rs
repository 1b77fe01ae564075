//! What there can be only one of, and what goes and comes again.

use crate::{KEPT, check, of_kind};

/// The refusals between two templates.
#[track_caller]
fn check_refused(before: &str, after: &str, expected: &[&str]) {
    assert_eq!(of_kind(before, after, "refused"), expected);
}

fn subnet(id: &str, block: &str, zone: &str) -> String {
    format!(
        "{id}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Home, CidrBlock: {block}, AvailabilityZone: {zone}}}}}"
    )
}

const HOME: &str = "Home: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}";

#[test]
fn blocks_of_a_network_do_not_overlap() {
    let home = |subnets: &[String]| format!("{HOME}\n{}", subnets.join("\n"));
    let a = || subnet("A", "10.0.0.0/24", "a");
    check_refused(
        &home(&[a()]),
        &home(&[subnet("A", "10.0.0.0/24", "b")]),
        &[
            "danger refused will: cannot replace the subnet `A`: `CidrBlock` `10.0.0.0/24` overlaps with the old one",
        ],
    );
    check_refused(
        &home(&[a()]),
        &home(&[subnet("A", "10.0.0.0/23", "a")]),
        &[
            "danger refused will: cannot replace the subnet `A`: `CidrBlock` `10.0.0.0/23` overlaps with the old one",
        ],
    );
    check_refused(
        &home(&[a()]),
        &home(&[a(), subnet("B", "10.0.0.128/25", "a")]),
        &[
            "danger refused will: cannot make the subnet `B`: `CidrBlock` `10.0.0.128/25` overlaps with `A`",
        ],
    );
    let unknown = "!Select [0, !Cidr [!GetAtt Home.CidrBlock, 4, 8]]";
    check_refused(
        &home(&[subnet("A", unknown, "a")]),
        &home(&[subnet("B", unknown, "b")]),
        &[
            "danger refused will: cannot make the subnet `B`: `CidrBlock` `Fn::Select 0 ${Fn::Cidr ${Home.CidrBlock} 4 8}` is still taken by `A`",
        ],
    );
    // Elsewhere, the same addresses are free.
    check_refused(
        &home(&[a()]),
        &home(&[subnet("A", "10.0.1.0/24", "b")]),
        &[],
    );
    let moved = home(&[a()]).replace("10.0.0.0/16", "10.0.0.0/15");
    check_refused(&home(&[a()]), &moved, &[]);
    let other = a().replace("!Ref Home", "vpc-1").replace("A:", "B:");
    check_refused(&home(&[a()]), &home(&[other]), &[]);
}

fn listener(id: &str, port: u16, code: u16) -> String {
    format!(
        "{id}: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: lb, Port: {port}, Protocol: HTTPS, \
         DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: '{code}'}}}}]}}}}"
    )
}

#[test]
fn a_listener_has_its_port_for_itself() {
    check(
        &listener("A", 80, 200),
        &listener("B", 80, 404),
        &[
            "danger refused will: cannot make the listener `B`: `LoadBalancerArn` `lb`, `Port` `80` is still taken by `A`",
        ],
    );
    check(
        &listener("A", 80, 200),
        &listener("B", 81, 200),
        &["warning interruption will: removes the listener `A`: its port is closed"],
    );
}

fn rule(id: &str, priority: u8) -> String {
    format!(
        "{id}: {{Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {{ListenerArn: l, Priority: {priority}, \
         Conditions: [{{Field: path-pattern, Values: [{id}]}}], Actions: [{{Type: forward, TargetGroupArn: t}}]}}}}"
    )
}

#[test]
fn a_value_moves_from_one_resource_to_another() {
    let both = |one, two| format!("{}\n{}", rule("A", one), rule("B", two));
    check_refused(
        &both(1, 2),
        &both(3, 1),
        &[
            "attention refused may: may not be able to change the listener rule `B`: `ListenerArn` `l`, `Priority` `1` is still taken by `A`",
        ],
    );
    let after = both(3, 1).replace("B: {", "B: {DependsOn: A, ");
    check_refused(&both(1, 2), &after, &[]);
    let before = both(3, 1).replace("A: {", "A: {DependsOn: B, ");
    check_refused(
        &both(1, 2),
        &before,
        &[
            "danger refused will: cannot change the listener rule `B`: `ListenerArn` `l`, `Priority` `1` is still taken by `A`",
        ],
    );
    check_refused(
        &rule("A", 1),
        &both(1, 1),
        &[
            "danger refused will: cannot make the listener rule `B`: `ListenerArn` `l`, `Priority` `1` is still taken by `A`",
        ],
    );
}

#[test]
fn a_target_group_serves_one_load_balancer() {
    let balancer = |scheme| {
        format!(
            "Lb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: {scheme}}}}}\n\
             L: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Lb, Port: 443, Protocol: HTTPS, \
             DefaultActions: [{{Type: forward, TargetGroupArn: t}}]}}}}"
        )
    };
    check_refused(
        &balancer("internet-facing"),
        &balancer("internal"),
        &[
            "danger refused will: cannot replace the listener `L`: `TargetGroupArn` `t` stays taken by the old one",
        ],
    );
    let listeners = |second: &str| {
        format!("{}\n{second}", listener("A", 80, 1)).replace(
            "Type: fixed-response, ",
            "Type: forward, TargetGroupArn: t, ",
        )
    };
    check_refused(&listeners(KEPT), &listeners(&listener("B", 81, 1)), &[]);
}

#[test]
fn what_is_there_once_per_target() {
    let policy = |id: &str, bucket: &str| {
        format!(
            "{id}: {{Type: AWS::S3::BucketPolicy, Properties: {{Bucket: {bucket}, PolicyDocument: {{Statement: []}}}}}}"
        )
    };
    check(
        &policy("A", "attic"),
        &policy("B", "attic"),
        &[
            "danger refused will: cannot make the bucket policy `B`: `Bucket` `attic` is still taken by `A`",
        ],
    );
    check_refused(&policy("A", "attic"), &policy("B", "cellar"), &[]);
    let queue = policy("A", "[q, p]")
        .replace("S3::BucketPolicy", "SQS::QueuePolicy")
        .replace("Bucket", "Queues");
    check(
        &queue,
        &queue.replace("A:", "B:").replace("[q, p]", "[p]"),
        &[
            "warning refused may: may not be able to make the queue policy `B`: `Queues` `p` is still taken by `A`",
        ],
    );
    let gateway = |id: &str, subnet: &str| {
        format!(
            "Ip: {{Type: AWS::EC2::EIP}}\n{id}: {{Type: AWS::EC2::NatGateway, Properties: {{SubnetId: {subnet}, AllocationId: !GetAtt Ip.AllocationId}}}}"
        )
    };
    check_refused(
        &gateway("Out", "a"),
        &gateway("Out", "b"),
        &[
            "danger refused will: cannot replace the nat gateway `Out`: `AllocationId` `Ip.AllocationId` stays taken by the old one",
        ],
    );
    let endpoint = |id: &str, private: bool| {
        format!(
            "{id}: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: v, ServiceName: s, VpcEndpointType: Interface, PrivateDnsEnabled: {private}}}}}"
        )
    };
    check_refused(
        &endpoint("A", true),
        &endpoint("B", true),
        &[
            "danger refused will: cannot make the VPC endpoint `B`: `VpcId` `v`, `ServiceName` `s`, `PrivateDnsEnabled` `true` is still taken by `A`",
        ],
    );
    check_refused(&endpoint("A", false), &endpoint("B", true), &[]);
}

#[test]
fn addresses_are_had_by_one() {
    let instance = |image: &str, address: &str| {
        format!(
            "A: {{Type: AWS::EC2::Instance, Properties: {{ImageId: {image}, SubnetId: s, {address}}}}}"
        )
    };
    let fixed = "PrivateIpAddress: 10.0.0.9";
    check_refused(
        &instance("one", fixed),
        &instance("two", fixed),
        &[
            "danger refused will: cannot replace the instance `A`: `PrivateIpAddress` `10.0.0.9`, `SubnetId` `s` stays taken by the old one",
        ],
    );
    check_refused(
        &instance("one", "Tenancy: t"),
        &instance("two", "Tenancy: t"),
        &[],
    );
    let alias = |id: &str| {
        format!(
            "{id}: {{Type: AWS::CloudFront::Distribution, Properties: {{DistributionConfig: {{Comment: {id}, Aliases: [shop.example.com]}}}}}}"
        )
    };
    check_refused(
        &alias("A"),
        &alias("B"),
        &[
            "danger refused will: cannot make the distribution `B`: `Aliases` `shop.example.com` is still taken by `A`",
        ],
    );
}

#[test]
fn what_takes_the_place_of_the_other_may_be_replaced() {
    let way = |id: &str, table: &str| {
        format!(
            "{id}: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: s, RouteTableId: {table}}}}}"
        )
    };
    check_refused(&way("A", "one"), &way("A", "two"), &[]);
    check_refused(
        &way("A", "one"),
        &way("B", "two"),
        &[
            "warning refused may: may not be able to make the subnet route table association `B`: `SubnetId` `s` is still taken by `A`",
        ],
    );
}

#[test]
fn a_rule_is_there_once() {
    let group = |rules: &str| {
        format!(
            "Door: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, SecurityGroupIngress: [{rules}]}}}}"
        )
    };
    let rule = "IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8";
    let apart = |id: &str| {
        format!(
            "{}\n{id}: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{GroupId: !GetAtt Door.GroupId, {rule}}}}}",
            group("")
        )
    };
    let inline = group(&format!("{{{rule}}}"));
    check_refused(
        &apart("A"),
        &apart("B"),
        &[
            "danger refused will: cannot make the security group ingress `B`: `GroupId` `Door.GroupId`, `IpProtocol` `tcp`, `FromPort` `22` … is still taken by `A`",
        ],
    );
    // The group lets go of it before the rule that refers to the group is made; not so the other way.
    check_refused(&inline, &apart("A"), &[]);
    check_refused(
        &apart("A"),
        &inline,
        &[
            "attention refused may: may not be able to change the security group `Door`: `GroupId` `Door`, `IpProtocol` `tcp`, `FromPort` `22` … is still taken by `A`",
        ],
    );
}

#[test]
fn names_are_unique_within_something() {
    let service = |id: &str, cluster: &str, task: &str| {
        format!(
            "{id}: {{Type: AWS::ECS::Service, Properties: {{Cluster: {cluster}, ServiceName: s, TaskDefinition: {task}}}}}"
        )
    };
    check(
        &service("A", "c", "t"),
        &service("B", "c", "u"),
        &["danger refused will: cannot make the service `B`: the name `s` is still taken"],
    );
    check_refused(&service("A", "c", "t"), &service("B", "d", "u"), &[]);
    let group = |id: &str, network: &str| {
        format!(
            "{id}: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupName: g, GroupDescription: d, VpcId: {network}}}}}"
        )
    };
    check_refused(
        &group("A", "v"),
        &group("B", "v"),
        &["danger refused will: cannot make the security group `B`: the name `g` is still taken"],
    );
    check_refused(&group("A", "v"), &group("B", "w"), &[]);
}

#[test]
fn a_name_of_the_network_leads_somewhere_or_nowhere() {
    let record = |id: &str, name: &str, address: &str| {
        format!(
            "{id}: {{Type: AWS::Route53::RecordSet, Properties: {{HostedZoneId: Z, Name: {name}, Type: A, ResourceRecords: [{address}]}}}}"
        )
    };
    check(
        &record("A", "shop.example.com.", "192.0.2.1"),
        &record("B", "shop.example.com", "192.0.2.2"),
        &[
            "warning refused may: may not be able to make the record set `B`: `Name` `shop.example.com`, `Type` `A`, `HostedZoneId` `Z` is still taken by `A`",
            "warning interruption may: removes the record set `A`: the name leads nowhere",
        ],
    );
}

#[test]
fn conditions_that_are_not_known_are_doubts() {
    let template = |second: &str| {
        format!(
            "Parameters: {{P: {{Type: String}}}}\nConditions: {{C: !Equals [!Ref P, a], N: !Not [!Condition C]}}\nResources:\n  {}\n  {second}\n",
            rule("A", 1).replace("A: {", "A: {Condition: C, ")
        )
    };
    let kept = template(KEPT);
    let instead = rule("B", 1).replace("B: {", "B: {Condition: N, ");
    check_refused(&kept, &template(&instead), &[]);
    check_refused(
        &kept,
        &template(&rule("B", 1)),
        &[
            "attention refused may: may not be able to make the listener rule `B`: `ListenerArn` `l`, `Priority` `1` is still taken by `A`",
        ],
    );
}

#[test]
fn what_aws_makes_by_itself_is_there_already() {
    let function = "F: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}}}";
    let log = |name: &str| {
        format!("L: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: {name}}}}}")
    };
    let both = |name: &str| format!("{function}\n{}", log(name));
    let refused = [
        "attention refused may: may not be able to make the log group `L`: AWS makes it by itself for the function `F`, and that exists",
    ];
    check_refused(function, &both("!Sub '/aws/lambda/${F}'"), &refused);
    let named = function.replace("Role: r", "Role: r, FunctionName: cook");
    check_refused(
        &named,
        &format!("{named}\n{}", log("/aws/lambda/cook")),
        &refused,
    );
    check_refused(
        &named,
        &format!("{named}\n{}", log("/aws/lambda/other")),
        &[],
    );
    check_refused(KEPT, &both("!Sub '/aws/lambda/${F}'"), &[]);
}

#[test]
fn what_goes_and_comes_again_is_said_once() {
    let alarm = |id: &str| {
        format!(
            "{id}: {{Type: AWS::CloudWatch::Alarm, Properties: {{MetricName: m, EvaluationPeriods: 1}}}}"
        )
    };
    check(
        &alarm("A"),
        &alarm("B"),
        &[
            "attention move will: deletes the alarm `A` and makes the same again: it looks like a move to `B`",
        ],
    );
    let balancer = alarm("A").replace("CloudWatch::Alarm", "ElasticLoadBalancingV2::LoadBalancer");
    check(
        &balancer,
        &balancer.replace("A:", "B:"),
        &[
            "attention move will: deletes the load balancer `A` and makes the same again: it looks like a move to `B`",
        ],
    );
}

#[test]
fn an_account_has_one() {
    let detector = |id: &str| {
        format!("{id}: {{Type: AWS::GuardDuty::Detector, Properties: {{Enable: true}}}}")
    };
    let both = format!("{}\n{}", detector("A"), detector("B"));
    let refused =
        "danger refused will: cannot make the detector `B`: there can be only one, and that is `A`";
    check_refused(&detector("A"), &detector("B"), &[refused]);
    check_refused(&detector("A"), &both, &[refused]);
    check_refused(KEPT, &both, &[refused]);
    // One that goes or changes takes nothing.
    check_refused(&both, &detector("A"), &[]);
    check_refused(&detector("A"), &detector("A").replace("true", "false"), &[]);
    // The new recorder is made before the old one goes.
    let recorder = |name: &str| {
        format!(
            "A: {{Type: AWS::Config::ConfigurationRecorder, Properties: {{Name: {name}, RoleARN: r}}}}"
        )
    };
    check_refused(
        &recorder("a"),
        &recorder("b"),
        &[
            "danger refused will: cannot replace the configuration recorder `A`: there can be only one, and that is the old one",
        ],
    );
    // A setting is overwritten.
    let account = |id: &str| {
        format!("{id}: {{Type: AWS::ApiGateway::Account, Properties: {{CloudWatchRoleArn: {id}}}}}")
    };
    check_refused(
        &account("A"),
        &account("B"),
        &[
            "warning refused may: may not be able to make the account `B`: there can be only one, and that is `A`",
        ],
    );
    let analyzer = |id: &str, kind: &str| {
        format!("{id}: {{Type: AWS::AccessAnalyzer::Analyzer, Properties: {{Type: {kind}}}}}")
    };
    let of_two = |kind| format!("{}\n{}", analyzer("A", "ACCOUNT"), analyzer("B", kind));
    check_refused(&analyzer("A", "ACCOUNT"), &of_two("ORGANIZATION"), &[]);
    assert_eq!(
        of_kind(&analyzer("A", "ACCOUNT"), &of_two("ACCOUNT"), "refused").len(),
        1
    );
}

#[test]
fn a_volume_is_attached_once() {
    let attachment = |id: &str, volume: &str, instance: &str, device: &str| {
        format!(
            "{id}: {{Type: AWS::EC2::VolumeAttachment, Properties: {{VolumeId: {volume}, InstanceId: {instance}, Device: {device}}}}}"
        )
    };
    let a = attachment("A", "v", "i", "/dev/sdf");
    check_refused(
        &a,
        &attachment("B", "w", "i", "/dev/sdf"),
        &[
            "danger refused will: cannot make the volume attachment `B`: `InstanceId` `i`, `Device` `/dev/sdf` is still taken by `A`",
        ],
    );
    check_refused(
        &a,
        &attachment("A", "v", "j", "/dev/sdf"),
        &[
            "attention refused may: may not be able to replace the volume attachment `A`: `VolumeId` `v` stays taken by the old one",
        ],
    );
    check_refused(&a, &attachment("A", "w", "i", "/dev/sdg"), &[]);
}

#[test]
fn a_statement_of_an_event_bus_stands_in_one_place() {
    let statement =
        "{Sid: one, Effect: Allow, Principal: '*', Action: 'events:PutEvents', Resource: '*'}";
    let bus = |policy: &str| {
        format!("A: {{Type: AWS::Events::EventBus, Properties: {{Name: bus{policy}}}}}")
    };
    let inline = bus(&format!(", Policy: {{Statement: [{statement}]}}"));
    let apart = |bus: &str| {
        format!(
            "B: {{Type: AWS::Events::EventBusPolicy, Properties: {{EventBusName: {bus}, StatementId: one, Statement: {statement}}}}}"
        )
    };
    check_refused(
        &inline,
        &format!("{inline}\n{}", apart("!Ref A")),
        &[
            "attention refused may: may not be able to make the event bus policy `B`: `EventBusName` `A`, `StatementId` `one` is still taken by `A`",
        ],
    );
    // It leaves the one place before it comes to the other, where one refers to the other.
    check_refused(&inline, &format!("{}\n{}", bus(""), apart("!Ref A")), &[]);
    check_refused(&inline, &format!("{inline}\n{}", apart("other")), &[]);
}

#[test]
fn two_that_are_new_do_not_both_get_it() {
    let a = listener("A", 80, 200);
    let both = format!("{a}\n{}", listener("B", 80, 404));
    check_refused(
        KEPT,
        &both,
        &[
            "danger refused will: cannot make the listener `B`: `LoadBalancerArn` `lb`, `Port` `80` is taken by `A`",
        ],
    );
    // Both that are there already are none of this change.
    check_refused(&both, &both.replace("404", "405"), &[]);
    // Both become others and want the same.
    let [before, after] =
        [(1, 2), (3, 3)].map(|(one, two)| format!("{}\n{}", rule("A", one), rule("B", two)));
    check_refused(
        &before,
        &after,
        &[
            "danger refused will: cannot change the listener rule `B`: `ListenerArn` `l`, `Priority` `3` is taken by `A`",
        ],
    );
    let group = |id: &str, name: &str| {
        format!(
            "{id}: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Name: {name}, Port: 80}}}}"
        )
    };
    check_refused(
        KEPT,
        &format!(
            "{}\n{}\n{}",
            group("A", "x"),
            group("B", "x"),
            group("C", "y")
        ),
        &["danger refused will: cannot make the target group `B`: `Name` `x` is taken by `A`"],
    );
    check_refused(
        &group("A", "x"),
        &format!("{}\n{}", group("A", "x"), group("B", "x")),
        &[
            "danger refused will: cannot make the target group `B`: `Name` `x` is still taken by `A`",
        ],
    );
}

#[test]
fn what_is_not_known_to_be_the_same_is_not_refused() {
    let head = "Parameters: {One: {Type: Number}, Two: {Type: Number}, Prod: {Type: String}}\n\
                Conditions: {IsProd: !Equals [!Ref Prod, eu], IsNot: !Not [!Equals [!Ref Prod, eu]]}\nResources:\n  ";
    let of = |id: &str, port: &str, condition: &str| {
        format!(
            "{id}: {{Type: AWS::ElasticLoadBalancingV2::Listener, {condition}Properties: {{LoadBalancerArn: lb, Port: {port}, DefaultActions: []}}}}"
        )
    };
    let both = |a: String, b: String| format!("{head}{a}\n  {b}\n");
    let before = format!("{head}{KEPT}\n");
    let added = |a: String, b: String| of_kind(&before, &both(a, b), "refused");
    let is_listener = |line: &String| line.contains("listener");
    let refused = |a, b| added(a, b).into_iter().filter(is_listener).count();
    assert_eq!(refused(of("A", "!Ref One", ""), of("B", "!Ref Two", "")), 0);
    assert_eq!(refused(of("A", "!Ref One", ""), of("B", "!Ref One", "")), 1);
    let (prod, not) = ("Condition: IsProd, ", "Condition: IsNot, ");
    assert_eq!(refused(of("A", "80", prod), of("B", "80", not)), 0);
    let found = added(of("A", "80", prod), of("B", "80", prod));
    let found: Vec<String> = found.into_iter().filter(is_listener).collect();
    assert!(
        found.len() == 1 && found[0].contains("refused may: where `Prod` is `eu`"),
        "{found:?}"
    );
}
