//! What people call resources.

/// Words for types whose own name is not the usual one. They are how we talk, and no facts of AWS.
const NOUNS: [(&str, &str); 28] = [
    ("AWS::ApiGateway::RestApi", "REST API"),
    ("AWS::Backup::BackupVault", "backup vault"),
    ("AWS::CloudFormation::Stack", "nested stack"),
    ("AWS::CloudWatch::Alarm", "alarm"),
    ("AWS::CloudWatch::CompositeAlarm", "alarm"),
    ("AWS::DocDB::DBCluster", "database cluster"),
    ("AWS::DocDB::DBInstance", "database"),
    ("AWS::DynamoDB::GlobalTable", "table"),
    ("AWS::DynamoDB::Table", "table"),
    ("AWS::EC2::SecurityGroup", "security group"),
    ("AWS::ECR::Repository", "image repository"),
    ("AWS::ECS::Service", "service"),
    ("AWS::ECS::TaskDefinition", "task definition"),
    ("AWS::EFS::FileSystem", "file system"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "load balancer"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "target group"),
    ("AWS::IAM::Role", "role"),
    ("AWS::KMS::Key", "key"),
    ("AWS::Kinesis::ResourcePolicy", "stream policy"),
    ("AWS::Lambda::Permission", "function permission"),
    ("AWS::Lambda::Url", "function URL"),
    ("AWS::Logs::LogGroup", "log group"),
    ("AWS::Neptune::DBCluster", "database cluster"),
    ("AWS::RDS::DBCluster", "database cluster"),
    ("AWS::RDS::DBInstance", "database"),
    ("AWS::S3::Bucket", "bucket"),
    ("AWS::SecretsManager::ResourcePolicy", "secret policy"),
    ("AWS::SecretsManager::Secret", "secret"),
];

/// A resource in words: ``the database `Instance` ``, without the blank at the end.
pub(crate) fn named(resource_type: &str, logical_id: &str) -> String {
    format!("the {} `{logical_id}`", noun(resource_type))
}

/// What such a resource is called: `database`.
pub(crate) fn noun(resource_type: &str) -> String {
    let known = NOUNS.iter().find(|(known, _)| *known == resource_type);
    match known {
        Some((_, noun)) => (*noun).to_owned(),
        None => words(resource_type.rsplit("::").next().unwrap_or(resource_type)),
    }
}

/// `TopicPolicy` as `topic policy`; what is all capitals stays so.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek();
        let next_is_small = next.is_some_and(|next| next.is_lowercase());
        let after_small = before.is_some_and(char::is_lowercase);
        if letter.is_uppercase() && before.is_some() && (after_small || next_is_small) {
            words.push(' ');
        }
        let is_only = before.is_none() && next.is_none();
        match letter.is_uppercase() && (next_is_small || is_only) {
            true => words.extend(letter.to_lowercase()),
            false => words.push(letter),
        }
        before = Some(letter);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn types_have_words() {
        let cases = [
            ("AWS::RDS::DBInstance", "the database `X`"),
            ("AWS::SNS::TopicPolicy", "the topic policy `X`"),
            ("AWS::EC2::VPC", "the VPC `X`"),
            ("AWS::EC2::VPCEndpoint", "the VPC endpoint `X`"),
            ("Custom::Thing", "the thing `X`"),
        ];
        for (resource_type, expected) in cases {
            assert_eq!(named(resource_type, "X"), expected);
        }
    }
}
