use crate::{clean, each, said};

const FUNCTION: &str = "AWS::Lambda::Function";

#[test]
fn functions() {
    let layer = format!(
        "{{Layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:{}:1']}}",
        "a".repeat(160)
    );
    let large = format!(
        "{{Environment: {{Variables: {{A: {}, B: !Ref Any}}}}}}",
        "a".repeat(4096)
    );
    let found = each(
        FUNCTION,
        &[
            "{Runtime: nodejs8.10, Handler: a}",
            "{Runtime: java8, Handler: a}",
            "{Runtime: nodejs16.x, Handler: a}",
            "{Runtime: !If [Prod, nodejs8.10, nodejs24.x], Handler: a}",
            "{Runtime: nodejs24.x, Handler: a, SnapStart: {ApplyOn: PublishedVersions}}",
            "{Code: {ZipFile: x}}",
            "{Code: {S3Key: x}, Handler: x, Runtime: !If [Prod, !Ref AWS::NoValue, nodejs24.x]}",
        ],
    );
    let others = each(FUNCTION, &[&layer, &large]);
    let others = others
        .replace(&"a".repeat(160), "a…")
        .replace(&"a".repeat(4096), "a…");
    insta::assert_snapshot!(format!("{found}\n\n{others}"));
    clean(
        FUNCTION,
        &[
            "{Runtime: nodejs24.x, Handler: a, Code: {ZipFile: x}}",
            "{Runtime: !Ref Any, Handler: a, Code: {S3Key: x}}",
            "{PackageType: Image, Code: {ImageUri: x}}",
            "{PackageType: !Ref Any, Code: {S3Key: x}}",
            "{Runtime: java25, SnapStart: {ApplyOn: None}}",
        ],
    );
    let version = "  It: {Type: AWS::Lambda::Function, Properties: {Runtime: java25, SnapStart: {ApplyOn: PublishedVersions}}}
  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref It}}\n";
    assert_eq!(said(version), "");
    let sam = "AWS::Serverless::Function";
    insta::assert_snapshot!(each(
        sam,
        &[
            "{CodeUri: x, Handler: x}",
            "{CodeUri: x, Handler: x, Runtime: nodejs8.10}",
            "{CodeUri: x, Handler: x, Runtime: java25, SnapStart: {ApplyOn: PublishedVersions}}",
        ],
    ));
    clean(
        sam,
        &[
            "{ImageUri: x, PackageType: Image}",
            "{ImageUri: !Ref Any}",
            "{CodeUri: x, Handler: x, Runtime: java25, AutoPublishAlias: live, SnapStart: {ApplyOn: PublishedVersions}}",
        ],
    );
}

#[test]
fn distributions() {
    let distribution = "AWS::CloudFront::Distribution";
    insta::assert_snapshot!(each(
        distribution,
        &[
            "{DistributionConfig: {Aliases: [example, 'a.*.example.com', WWW.example.com, -a.example.com]}}",
            "{DistributionConfig: {Origins: [{Id: web}], DefaultCacheBehavior: {TargetOriginId: wev}, CacheBehaviors: [{TargetOriginId: api}]}}",
            "{DistributionConfig: {Origins: [{Id: web}, !If [Prod, {Id: api}, !Ref AWS::NoValue]], DefaultCacheBehavior: {TargetOriginId: api}}}",
            "{DistributionConfig: {DefaultCacheBehavior: {TargetOriginId: web}}}",
        ],
    ));
    clean(
        distribution,
        &[
            "{DistributionConfig: {Aliases: ['*.example.com', www.example.com, !Ref Any, '{{resolve:ssm:name}}']}}",
            "{DistributionConfig: {Origins: [{Id: web}], OriginGroups: {Items: [{Id: both}]}, DefaultCacheBehavior: {TargetOriginId: both}}}",
            "{DistributionConfig: {Origins: [{Id: !Ref Any}], DefaultCacheBehavior: {TargetOriginId: web}}}",
        ],
    );
}

#[test]
fn tables() {
    let table = "AWS::DynamoDB::Table";
    insta::assert_snapshot!(each(
        table,
        &[
            "{AttributeDefinitions: [{AttributeName: a, AttributeType: S}, {AttributeName: b, AttributeType: S}], KeySchema: [{AttributeName: a, KeyType: HASH}]}",
            "{AttributeDefinitions: [{AttributeName: a, AttributeType: S}], KeySchema: [{AttributeName: a, KeyType: HASH}], GlobalSecondaryIndexes: [{IndexName: i, KeySchema: [{AttributeName: c, KeyType: HASH}]}]}",
            "{AttributeDefinitions: [{AttributeName: a, AttributeType: S}, !If [Prod, {AttributeName: b, AttributeType: S}, !Ref AWS::NoValue]], KeySchema: [{AttributeName: a, KeyType: HASH}]}",
            "{KeySchema: [{AttributeName: a, KeyType: HASH}]}",
        ],
    ));
    clean(
        table,
        &[
            "{AttributeDefinitions: [{AttributeName: a, AttributeType: S}], KeySchema: [{AttributeName: a, KeyType: HASH}]}",
            "{AttributeDefinitions: [{AttributeName: !Ref Any, AttributeType: S}], KeySchema: [{AttributeName: a, KeyType: HASH}]}",
        ],
    );
}

#[test]
fn clusters_of_caches() {
    let group = |properties: &str| {
        format!(
            "  Parameters: {{Type: AWS::ElastiCache::ParameterGroup, Properties: {{Properties: {{cluster-enabled: 'yes'}}}}}}
  It: {{Type: AWS::ElastiCache::ReplicationGroup, Properties: {properties}}}\n"
        )
    };
    let wrong = [
        "{CacheParameterGroupName: !Ref Parameters, AutomaticFailoverEnabled: false, NumNodeGroups: 2}",
        "{CacheParameterGroupName: !Ref Parameters, NumCacheClusters: 1}",
        "{CacheParameterGroupName: !If [Prod, !Ref Parameters, other], AutomaticFailoverEnabled: false, NumCacheClusters: 2}",
        "{CacheParameterGroupName: !Ref Parameters}",
    ];
    let found = wrong.map(|case| format!("{case}\n{}", said(&group(case))));
    insta::assert_snapshot!(found.join("\n\n"));
    for case in [
        "{CacheParameterGroupName: !Ref Parameters, NumNodeGroups: 1}",
        "{CacheParameterGroupName: !Ref Any, AutomaticFailoverEnabled: false}",
        "{CacheParameterGroupName: !Ref Parameters, NumCacheClusters: !Ref Any}",
    ] {
        assert_eq!(said(&group(case)), "", "{case}");
    }
}

#[test]
fn domains() {
    let records = each(
        "AWS::Route53::RecordSet",
        &[
            "{HostedZoneName: example.com, Name: a.example.com}",
            "{HostedZoneName: example.com., Name: a.example.org}",
            "{HostedZoneName: example.com., Name: !If [Prod, a.example.com, a.example.org.]}",
        ],
    );
    let certificates = each(
        "AWS::CertificateManager::Certificate",
        &["{DomainValidationOptions: [{DomainName: example.com, ValidationDomain: example.org}]}"],
    );
    insta::assert_snapshot!(format!("{records}\n\n{certificates}"));
    clean(
        "AWS::Route53::RecordSet",
        &[
            "{HostedZoneName: example.com., Name: example.com}",
            "{HostedZoneName: !Ref Any, Name: a}",
        ],
    );
    clean(
        "AWS::Route53::RecordSetGroup",
        &["{HostedZoneName: example.com., RecordSets: [{Name: a.example.com.}, {Name: !Ref Any}]}"],
    );
}

#[test]
fn periods_and_tiers() {
    let backups = each(
        "AWS::Backup::BackupPlan",
        &[
            "{BackupPlan: {BackupPlanRule: [{Lifecycle: {MoveToColdStorageAfterDays: 7, DeleteAfterDays: 30}, CopyActions: [{Lifecycle: {MoveToColdStorageAfterDays: 7, DeleteAfterDays: 96}}]}]}}",
        ],
    );
    let tiers = each(
        "AWS::S3::Bucket",
        &[
            "{IntelligentTieringConfigurations: [{Tierings: [{AccessTier: ARCHIVE_ACCESS, Days: 30}, {AccessTier: DEEP_ARCHIVE_ACCESS, Days: !If [Prod, 90, 180]}]}]}",
        ],
    );
    insta::assert_snapshot!(format!("{backups}\n\n{tiers}"));
    clean(
        "AWS::Backup::BackupPlan",
        &[
            "{BackupPlan: {BackupPlanRule: [{Lifecycle: {MoveToColdStorageAfterDays: 7, DeleteAfterDays: 97}}, {Lifecycle: {DeleteAfterDays: 7}}, {Lifecycle: {MoveToColdStorageAfterDays: !Ref Any, DeleteAfterDays: 7}}]}}",
        ],
    );
    clean(
        "AWS::S3::Bucket",
        &[
            "{IntelligentTieringConfigurations: [{Tierings: [{AccessTier: ARCHIVE_ACCESS, Days: 730}, {AccessTier: !Ref Any, Days: 1}]}]}",
        ],
    );
}

#[test]
fn ports_of_containers() {
    insta::assert_snapshot!(each(
        "AWS::ECS::TaskDefinition",
        &[
            "{NetworkMode: awsvpc, ContainerDefinitions: [{PortMappings: [{HostPort: 80, ContainerPort: 8080}]}]}",
            "{NetworkMode: !If [Prod, awsvpc, bridge], ContainerDefinitions: [{PortMappings: [{HostPort: 80, ContainerPort: 8080}]}]}",
        ],
    ));
    clean(
        "AWS::ECS::TaskDefinition",
        &[
            "{NetworkMode: bridge, ContainerDefinitions: [{PortMappings: [{HostPort: 80, ContainerPort: 8080}]}]}",
            "{NetworkMode: awsvpc, ContainerDefinitions: [{PortMappings: [{HostPort: '80', ContainerPort: 80}, {ContainerPort: 81}, {HostPort: !Ref Any, ContainerPort: 82}]}]}",
        ],
    );
    let service = |port: &str| {
        format!(
            "  Group: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{{port}}}}}
  Task: {{Type: AWS::ECS::TaskDefinition, Properties: {{ContainerDefinitions: [{{Name: web, PortMappings: [{{HostPort: 0, ContainerPort: 80}}]}}]}}}}
  It: {{Type: AWS::ECS::Service, Properties: {{TaskDefinition: !Ref Task, LoadBalancers: [{{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Group}}]}}}}\n"
        )
    };
    insta::assert_snapshot!(said(&service("HealthCheckPort: 80")));
    for port in [
        "",
        "HealthCheckPort: traffic-port",
        "HealthCheckPort: !Ref Any",
    ] {
        assert_eq!(said(&service(port)), "", "{port}");
    }
}

#[test]
fn the_rest() {
    let found = [
        each(
            "AWS::AutoScaling::AutoScalingGroup",
            &[
                "{HealthCheckType: 'ELB,EC2'}",
                "{AvailabilityZones: [eu-west-1a]}",
            ],
        ),
        each(
            "AWS::GuardDuty::Detector",
            &["{Enable: true, DataSources: {}, Features: !If [Prod, [], !Ref AWS::NoValue]}"],
        ),
        each(
            "AWS::EC2::Instance",
            &[
                "{InstanceType: t3.micro}",
                "{ImageId: !Ref Any, BlockDeviceMappings: [{DeviceName: a, Ebs: {VolumeType: gp2, Iops: 100}}]}",
                "{ImageId: !If [Prod, ami-12345678, !Ref AWS::NoValue]}",
            ],
        ),
        each(
            "AWS::SSM::Parameter",
            &["{Type: String, Name: /db/password, Value: 'kT7!wQ2zX+'}"],
        ),
        each(
            "AWS::RDS::DBInstance",
            &[
                "{MasterUserPassword: secret}",
                "{MasterUserPassword: !Ref Any}",
                "{MasterUserPassword: '{{resolve:ssm:name}}'}",
            ],
        ),
        each("AWS::OpsWorks::Stack", &["{Name: x}"]),
        each("AWS::AppMesh::Mesh", &["{MeshName: x}"]),
        said(
            "  Role: {Type: AWS::IAM::Role, Properties: {Path: /a/}}\n  It: {Type: AWS::CodeBuild::Project, Properties: {ServiceRole: !Ref Role}}\n",
        ),
        said(
            "  Launch: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {InstanceType: t3.micro}}}\n  It: {Type: AWS::EC2::Instance, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: '1'}}}\n",
        ),
    ];
    insta::assert_snapshot!(found.join("\n\n"));
    clean(
        "AWS::AutoScaling::AutoScalingGroup",
        &[
            "{HealthCheckType: 'EBS,ELB'}",
            "{HealthCheckType: !Ref Any, AvailabilityZones: !GetAZs ''}",
        ],
    );
    clean(
        "AWS::GuardDuty::Detector",
        &[
            "{DataSources: !If [Prod, {}, !Ref AWS::NoValue], Features: !If [Prod, !Ref AWS::NoValue, []]}",
        ],
    );
    clean(
        "AWS::RDS::DBInstance",
        &[
            "{MasterUserPassword: '{{resolve:secretsmanager:name}}'}",
            "{ManageMasterUserPassword: true}",
            "{MasterUserPassword: !ImportValue x}",
        ],
    );
    clean(
        "AWS::EC2::Instance",
        &[
            "{LaunchTemplate: {LaunchTemplateId: lt-1, Version: '1'}}",
            "{ImageId: ami-12345678, BlockDeviceMappings: [{DeviceName: a, Ebs: {VolumeType: gp3, Iops: 3000}}]}",
        ],
    );
    assert_eq!(
        said(
            "  Role: {Type: AWS::IAM::Role, Properties: {Path: /a/}}\n  It: {Type: AWS::CodeBuild::Project, Properties: {ServiceRole: !GetAtt Role.Arn}}\n"
        ),
        ""
    );
}

#[test]
fn what_a_service_does_not_look_at() {
    let found = [
        each(
            "AWS::EC2::Instance",
            &[
                "{ImageId: a, BlockDeviceMappings: [{DeviceName: a, VirtualName: ephemeral0, Ebs: {}}]}",
                "{ImageId: a, BlockDeviceMappings: [{DeviceName: a, VirtualName: !If [Prod, ephemeral0, !Ref AWS::NoValue], Ebs: {}}]}",
            ],
        ),
        each(
            "AWS::CloudFront::Distribution",
            &[
                "{DistributionConfig: {DefaultCacheBehavior: {ForwardedValues: {}, CachePolicyId: a}}}",
            ],
        ),
        each(
            "AWS::RDS::DBInstance",
            &["{ReplicaMode: mounted, Engine: postgres}"],
        ),
        each(
            "AWS::ApiGateway::Stage",
            &["{MethodSettings: [{HttpMethod: '*', ResourcePath: /*}]}"],
        ),
        each(
            "AWS::SSM::Parameter",
            &["{Name: /AWS/thing}", "{Name: ssm-thing}"],
        ),
    ];
    insta::assert_snapshot!(found.join("\n\n"));
    clean(
        "AWS::EC2::Instance",
        &[
            "{ImageId: a, BlockDeviceMappings: [{DeviceName: a, VirtualName: ephemeral0}]}",
            "{ImageId: a, BlockDeviceMappings: [{DeviceName: a, VirtualName: !If [Prod, ephemeral0, !Ref AWS::NoValue], Ebs: !If [Prod, !Ref AWS::NoValue, {}]}]}",
        ],
    );
    clean(
        "AWS::RDS::DBInstance",
        &[
            "{ReplicaMode: mounted, Engine: oracle-ee}",
            "{ReplicaMode: mounted, Engine: !Ref Any}",
        ],
    );
    clean(
        "AWS::ApiGateway::Stage",
        &["{MethodSettings: [{HttpMethod: '*', ResourcePath: /*, LoggingLevel: INFO}]}"],
    );
    clean(
        "AWS::SSM::Parameter",
        &["{Name: /shop/aws}", "{Name: !Ref Any}"],
    );
}

#[test]
fn apis_are_defined_in_one_way() {
    let with = |api: &str| {
        said(&format!(
            "  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {api}}}
  Part: {{Type: AWS::ApiGateway::Resource, Condition: Prod, Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: a}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api}}}}
"
        ))
    };
    insta::assert_snapshot!(with("{Body: {}}"));
    assert_eq!(with("{Name: a}"), "");
    assert_eq!(with("{Body: !If [Prod, !Ref AWS::NoValue, {}]}"), "");
}
