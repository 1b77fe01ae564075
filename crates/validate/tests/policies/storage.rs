//! What is stored, and what runs.

use stratiform_template::Template;

use super::super::{said, told};

#[test]
fn buckets_block_the_public() {
    insta::assert_snapshot!(said(
        "bucket-public",
        "  Bare: {Type: AWS::S3::Bucket}
  Closed: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: 'true', IgnorePublicAcls: true, RestrictPublicBuckets: true}}}
  Ajar: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: !If [Prod, true, false], IgnorePublicAcls: true, RestrictPublicBuckets: true}}}
  Default: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: !Ref Given, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}}}
  Open: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: !Ref Any, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}}}
  InProd: {Type: AWS::S3::Bucket, Condition: Prod, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: !If [Prod, true, false], BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}}}
  Macro: {Type: AWS::S3::Bucket, Properties: {Fn::Transform: {Name: Mine}}}
",
    ));
}

#[test]
fn case_24_a_bucket_under_a_condition_is_public_only_where_the_condition_makes_it_so() {
    let text = "
Parameters:
  BlockPublic: {Type: String, AllowedValues: ['true', 'false'], Default: 'true'}
Conditions:
  Block: !Equals [!Ref BlockPublic, 'true']
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: !If
        - Block
        - {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
        - !Ref AWS::NoValue
";
    let template = Template::parse(text).unwrap();
    insta::assert_snapshot!(told("bucket-public", &template));
    let macros = format!("Transform: Mine\n{text}").replace(
        "        - !Ref AWS::NoValue\n",
        "        - {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}\n",
    );
    let template = Template::parse(&macros).unwrap();
    assert_eq!(told("bucket-public", &template), "Bucket: unknown");
}

#[test]
fn storage_is_encrypted() {
    insta::assert_snapshot!(said(
        "storage-encrypted",
        "  Plain: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres}}
  Encrypted: {Type: AWS::RDS::DBInstance, Properties: {StorageEncrypted: true}}
  Explicit: {Type: AWS::RDS::DBInstance, Properties: {StorageEncrypted: false}}
  OfACluster: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster}}
  Cluster: {Type: AWS::RDS::DBCluster, Properties: {StorageEncrypted: !If [Prod, true, !Ref AWS::NoValue]}}
  Restored: {Type: AWS::RDS::DBInstance, Properties: {DBSnapshotIdentifier: snap}}
  RestoredInProd: {Type: AWS::RDS::DBInstance, Properties: {DBSnapshotIdentifier: !If [Prod, snap, !Ref AWS::NoValue], StorageEncrypted: true}}
  Files: {Type: AWS::EFS::FileSystem, Properties: {Encrypted: !Ref Any}}
  Volume: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Encrypted: 'false'}}
",
    ));
}

#[test]
fn images_have_versions() {
    insta::assert_snapshot!(said(
        "image-latest",
        "  Latest: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a, Image: 'nginx:1'}, {Name: b, Image: 'nginx:latest'}]}}
  Pinned: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a, Image: 'nginx:1'}]}}
  InDev: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a, Image: !If [Prod, 'nginx:1', nginx]}]}}
  Parameter: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a, Image: !Ref Any}]}}
  Repository: {Type: AWS::ECR::Repository}
  OfARepository: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a, Image: !Sub '${Repository.RepositoryUri}:latest'}]}}
  Tagged: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a, Image: !Sub '${Repository.RepositoryUri}:1.2'}]}}
  TagGiven: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a, Image: !Sub '${Repository.RepositoryUri}:${Any}'}]}}
  Zip: {Type: AWS::Lambda::Function, Properties: {Code: {S3Bucket: b, S3Key: k}}}
  Image: {Type: AWS::Lambda::Function, Properties: {Code: {ImageUri: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/a}}}
",
    ));
}
