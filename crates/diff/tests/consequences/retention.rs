//! Data that is kept for a shorter time than before.

use crate::{check_changed, of_kind};

/// What data goes when one resource gets the other value of `$`.
#[track_caller]
fn lost(resource: &str, values: [&str; 2], expected: &[&str]) {
    let [before, after] = values.map(|value| format!("A: {{{}}}", resource.replace('$', value)));
    assert_eq!(of_kind(&before, &after, "data-loss"), expected);
}

#[test]
fn what_is_not_written_is_the_default() {
    let group = "Type: AWS::Logs::LogGroup, Properties: {$}";
    let shorter = "warning data-loss will: deletes of the log group `A` the events that are older than they are now kept";
    lost(group, ["", "RetentionInDays: 7"], &[shorter]);
    lost(
        group,
        ["RetentionInDays: 14", "RetentionInDays: 7"],
        &[shorter],
    );
    lost(group, ["RetentionInDays: 7", ""], &[]);
    lost(group, ["RetentionInDays: 7", "RetentionInDays: 14"], &[]);

    let queue = "Type: AWS::SQS::Queue, Properties: {$}";
    lost(
        queue,
        ["", "MessageRetentionPeriod: 60"],
        &[
            "warning data-loss will: deletes of the queue `A` the messages that are older than they are now kept",
        ],
    );
    lost(queue, ["", "MessageRetentionPeriod: 1209600"], &[]);
    lost(queue, ["", "MessageRetentionPeriod: 345600"], &[]);
}

#[test]
fn what_is_no_longer_written_may_go_back_to_the_default() {
    let stream = "Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1, $}";
    lost(
        stream,
        ["RetentionPeriodHours: 168", ""],
        &[
            "attention data-loss may: may delete of the stream `A` the records that are older than they are now kept",
        ],
    );
    lost(stream, ["RetentionPeriodHours: 24", ""], &[]);
}

#[test]
fn backups_that_are_kept_for_no_day_are_switched_off() {
    let off = |noun: &str| {
        format!(
            "warning data-loss will: switches the automatic backups of the {noun} `A` off, and deletes those there are"
        )
    };
    for (resource_type, noun) in [
        ("AWS::RDS::DBInstance", "database"),
        ("AWS::DocDB::DBCluster", "database cluster"),
    ] {
        let database = format!("Type: '{resource_type}', Properties: {{$}}");
        lost(&database, ["", "BackupRetentionPeriod: 0"], &[&off(noun)]);
        lost(
            &database,
            ["BackupRetentionPeriod: 7", "BackupRetentionPeriod: 0"],
            &[&off(noun)],
        );
        lost(&database, ["BackupRetentionPeriod: 0", ""], &[]);
    }
    // Neither an instance of a cluster nor a replica has backups of its own.
    for source in ["DBClusterIdentifier: c", "SourceDBInstanceIdentifier: s"] {
        let instance = format!("Type: AWS::RDS::DBInstance, Properties: {{{source}, $}}");
        lost(&instance, ["", "BackupRetentionPeriod: 0"], &[]);
    }
    lost(
        "Type: AWS::ElastiCache::ReplicationGroup, Properties: {$}",
        ["", "SnapshotRetentionLimit: 0"],
        &[],
    );
}

#[test]
fn what_is_not_known_may_be_shorter() {
    let group = |days| {
        format!(
            "Parameters: {{P: {{Type: Number}}}}\nResources: {{A: {{Type: 'AWS::Logs::LogGroup', Properties: {{RetentionInDays: {days}}}}}}}"
        )
    };
    assert_eq!(
        of_kind(&group("30"), &group("!Ref P"), "data-loss"),
        [
            "attention data-loss may: may delete of the log group `A` the events that are older than they are now kept"
        ]
    );
}

#[test]
fn rules_that_expire_more_or_earlier_delete() {
    let bucket = "Type: AWS::S3::Bucket, Properties: {LifecycleConfiguration: {Rules: [$]}}";
    let older = "warning data-loss will: deletes of the bucket `A` objects that are older";
    let rule = "{Id: a, Status: Enabled, ExpirationInDays: 30}";
    lost(bucket, ["", rule], &[older, "- `ExpirationInDays`: 30"]);
    lost(bucket, [rule, ""], &[]);
    lost(
        bucket,
        [rule, "{Status: Enabled, ExpirationInDays: 3}"],
        &[older, "- `ExpirationInDays`: 3"],
    );
    // Later, for less, switched off, or in another place and under another name.
    for other in [
        "{Status: Enabled, ExpirationInDays: 60}",
        "{Status: Enabled, Prefix: a/, ExpirationInDays: 30}",
        "{Status: Disabled, ExpirationInDays: 1}",
        "{Id: z, Status: Enabled, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}}, {Id: b, Status: Enabled, ExpirationInDays: 30}",
    ] {
        lost(bucket, [rule, other], &[]);
    }
    lost(
        bucket,
        ["{Status: Enabled, Prefix: a/, ExpirationInDays: 30}", rule],
        &[older, "- `ExpirationInDays`: 30"],
    );
    lost(
        bucket,
        [
            "{Status: Disabled, NoncurrentVersionExpiration: {NoncurrentDays: 3}}",
            "{Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 3}, Prefix: a/}",
        ],
        &[
            "warning data-loss will: deletes of the bucket `A` noncurrent versions that are older",
            "- `NoncurrentVersionExpiration.NoncurrentDays`: 3, where `Prefix` is `a/`",
        ],
    );
}

#[test]
fn switches_delete_by_and_by() {
    let table = "Type: AWS::DynamoDB::Table, Properties: {$}";
    let on = "TimeToLiveSpecification: {Enabled: true, AttributeName: a}";
    lost(
        table,
        ["", on],
        &["attention data-loss may: may delete of the table `A` the items whose time is over"],
    );
    lost(table, [on, ""], &[]);
    lost(
        table,
        [
            "",
            "TimeToLiveSpecification: {Enabled: false, AttributeName: a}",
        ],
        &[],
    );
    check_changed(
        "Type: AWS::ECR::Repository, Properties: {LifecyclePolicy: {LifecyclePolicyText: '$'}}",
        ["{}", "{\"rules\": []}"],
        &[
            "attention data-loss may: may delete of the image repository `A` the images that its rules select",
        ],
    );
}
