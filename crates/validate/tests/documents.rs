//! Rules of security groups and metrics: what is found, and what nothing is said of.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_finding::Group;
use stratiform_template::Template;
use stratiform_validate::validate;

/// What is said of a resource with these properties, in YAML's flow notation.
fn said(resource_type: &str, properties: &str) -> String {
    let text = format!(
        "Parameters: {{P: {{Type: String}}}}\nConditions: {{A: !Equals [!Ref P, b]}}\nResources:\n  It:\n    Type: {resource_type}\n    Properties: {properties}\n  \
         Balancer: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer}}\n  Queue: {{Type: AWS::SQS::Queue}}\n  \
         Api: {{Type: AWS::ApiGateway::RestApi}}\n  Machine: {{Type: AWS::StepFunctions::StateMachine}}\n"
    );
    let template = Template::parse(&text).unwrap();
    let found = validate(&template, &[]).findings.into_iter();
    let own = found.filter(|finding| Group::Documents.codes().contains(&finding.code));
    let found = own.map(|finding| {
        let path = finding.path[3..].join("/");
        let code = finding.code.as_str();
        format!(
            "{:?} {code}: {path} {}\n  {}\n  {}\n  {}",
            finding.level, finding.when, finding.what, finding.why, finding.help
        )
    });
    found.collect::<Vec<_>>().join("\n")
}

fn each(cases: &[(&str, &str)]) -> String {
    let said = cases.iter().map(|(resource_type, properties)| {
        format!(
            "{resource_type} {properties}\n{}",
            said(resource_type, properties)
        )
    });
    said.collect::<Vec<_>>().join("\n\n")
}

const GROUP: &str = "AWS::EC2::SecurityGroup";
const INGRESS: &str = "AWS::EC2::SecurityGroupIngress";
const EGRESS: &str = "AWS::EC2::SecurityGroupEgress";
const ALARM: &str = "AWS::CloudWatch::Alarm";

#[test]
fn a_rule_that_cannot_be_meant_is_found() {
    let said = each(&[
        (
            INGRESS,
            "{IpProtocol: tcp, FromPort: 443, ToPort: 80, CidrIp: 10.0.0.0/8}",
        ),
        (
            INGRESS,
            "{IpProtocol: tcp, FromPort: 443, CidrIp: 10.0.0.0/8}",
        ),
        (INGRESS, "{IpProtocol: 17, CidrIp: 10.0.0.0/8}"),
        (
            INGRESS,
            "{IpProtocol: -1, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}",
        ),
        (
            INGRESS,
            "{IpProtocol: '50', FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}",
        ),
        (
            INGRESS,
            "{IpProtocol: tpc, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}",
        ),
        (INGRESS, "{IpProtocol: https, CidrIp: 10.0.0.0/8}"),
        (
            INGRESS,
            "{IpProtocol: tcp, FromPort: 1, ToPort: 2, CidrIp: 10.0.0.0/8, SourceSecurityGroupId: !Ref G}",
        ),
        (EGRESS, "{IpProtocol: tcp, FromPort: 1, ToPort: 2}"),
        (
            EGRESS,
            "{IpProtocol: !If [A, tcp, udp], FromPort: !If [A, 2, 1], ToPort: 1, CidrIp: !If [A, 10.0.0.0/8, !Ref AWS::NoValue], CidrIpv6: '::/0'}",
        ),
        (
            GROUP,
            "{SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 9, ToPort: 2, CidrIpv6: '::/0'}], SecurityGroupEgress: [{IpProtocol: '-1'}]}",
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn of_a_rule_that_may_be_meant_nothing_is_said() {
    let fine = [
        "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}",
        "{IpProtocol: TCP, FromPort: '80', ToPort: '443', SourcePrefixListId: pl-1}",
        "{IpProtocol: '-1', CidrIp: 10.0.0.0/8}",
        "{IpProtocol: -1, FromPort: -1, ToPort: -1, CidrIp: 10.0.0.0/8}",
        "{IpProtocol: -1, FromPort: 0, ToPort: 65535, CidrIp: 10.0.0.0/8}",
        "{IpProtocol: icmp, FromPort: 8, ToPort: -1, CidrIp: 10.0.0.0/8}",
        "{IpProtocol: tcp, FromPort: !Ref P, ToPort: 1, CidrIp: !Ref B}",
        "{IpProtocol: !Ref P, SourceSecurityGroupName: a, SourceSecurityGroupOwnerId: '1'}",
        "{IpProtocol: tcp, FromPort: 1, ToPort: 2, CidrIp: !If [A, 10.0.0.0/8, !Ref AWS::NoValue], CidrIpv6: !If [A, !Ref AWS::NoValue, '::/0']}",
    ];
    for rule in fine {
        assert_eq!(said(INGRESS, rule), "", "{rule}");
    }
}

#[test]
fn a_metric_that_nobody_measures_is_found() {
    let said = each(&[
        (
            ALARM,
            "{Namespace: AWS/SQS, MetricName: AproximateAgeOfOldestMessage, Dimensions: [{Name: QueueName, Value: a}]}",
        ),
        (
            ALARM,
            "{Namespace: AWS/SQS, MetricName: HealthyHostCount, Dimensions: [{Name: QueueName, Value: a}]}",
        ),
        (
            ALARM,
            "{Namespace: AWS/SQS, MetricName: Loudness, Dimensions: [{Name: QueueName, Value: a}]}",
        ),
        (ALARM, "{Namespace: AWS/SQS, MetricName: SentMessageSize}"),
        (
            ALARM,
            "{Namespace: AWS/SQS, MetricName: SentMessageSize, Dimensions: [{Name: Queuename, Value: a}]}",
        ),
        (
            ALARM,
            "{Namespace: AWS/SQS, MetricName: SentMessageSize, Dimensions: [{Name: QueueName, Value: !Ref Queue}]}",
        ),
        (
            ALARM,
            "{Metrics: [{Id: a, MetricStat: {Metric: {Namespace: AWS/ApplicationELB, MetricName: RequestCounts, Dimensions: [{Name: LoadBalancer, Value: !GetAtt Balancer.LoadBalancerArn}]}}}]}",
        ),
        // A REST API is measured under its name; `Ref` gives its ID.
        (
            ALARM,
            "{Namespace: AWS/ApiGateway, MetricName: 5XXError, Dimensions: [{Name: ApiName, Value: !Ref Api}]}",
        ),
        (ALARM, "{Namespace: AWS/ApiGateway, MetricName: 5xx}"),
        (
            ALARM,
            "{Namespace: AWS/States, MetricName: ExecutionsFailed, Dimensions: [{Name: StateMachineArn, Value: !GetAtt Machine.Name}]}",
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn of_a_metric_that_may_be_measured_nothing_is_said() {
    let fine = [
        "{Namespace: Shop, MetricName: Orders}",
        "{Namespace: AWS/RDS, MetricName: SomethingNewOfThis}",
        "{Namespace: AWS/Lambda, MetricName: Errors}",
        "{Namespace: AWS/SQS, MetricName: !Ref Name}",
        "{Namespace: AWS/SQS, MetricName: SentMessageSize, Dimensions: [{Name: QueueName, Value: !GetAtt Queue.QueueName}]}",
        "{Namespace: AWS/SQS, MetricName: SentMessageSize, Dimensions: [!If [A, {Name: QueueName, Value: a}, {Name: QueueName, Value: b}]]}",
        "{Namespace: AWS/ApplicationELB, MetricName: RequestCount, Dimensions: [{Name: LoadBalancer, Value: !ImportValue x}]}",
        "{Namespace: AWS/ApiGateway, MetricName: 5XXError, Dimensions: [{Name: ApiName, Value: shop}, {Name: Stage, Value: prod}]}",
        "{Namespace: AWS/EC2, MetricName: StatusCheckFailed, Dimensions: [{Name: InstanceId, Value: i-1}]}",
        // Dimensions of one's own choice.
        "{Namespace: AWS/SES, MetricName: Bounce, Dimensions: [{Name: campaign, Value: spring}]}",
        "{Namespace: AWS/States, MetricName: ExecutionsFailed, Dimensions: [{Name: StateMachineArn, Value: !Ref Machine}]}",
    ];
    for alarm in fine {
        assert_eq!(said(ALARM, alarm), "", "{alarm}");
    }
}
