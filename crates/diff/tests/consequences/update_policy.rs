//! Updates about which `UpdatePolicy` of the template after decides.

use crate::{check, check_changed};

const GROUP: &str = "Type: AWS::AutoScaling::AutoScalingGroup, $Properties: {MinSize: '1', MaxSize: '3', \
                     LaunchTemplate: {LaunchTemplateId: lt-1, Version: '@'}}";

/// A group whose template version changes, with an update policy.
fn group(policy: &str, expected: &[&str]) {
    let version = |version| {
        format!(
            "A: {{{}}}",
            GROUP.replace('$', policy).replace('@', version)
        )
    };
    check(&version("1"), &version("2"), expected);
}

#[test]
fn a_search_domain_is_upgraded_in_place_only_with_the_policy() {
    for (resource_type, property) in [
        ("AWS::OpenSearchService::Domain", "EngineVersion"),
        ("AWS::Elasticsearch::Domain", "ElasticsearchVersion"),
    ] {
        let domain =
            |policy| format!("Type: {resource_type}, {policy}Properties: {{{property}: $}}");
        let replaced = [
            "danger data-loss will: replaces the domain `A`: its data is deleted with it",
            "- the new one starts empty",
            "warning replacement will: replaces the domain `A`",
        ];
        check_changed(&domain(""), ["'1'", "'2'"], &replaced);
        check_changed(
            &domain("UpdatePolicy: {EnableVersionUpgrade: false}, "),
            ["'1'", "'2'"],
            &replaced,
        );
        check_changed(
            &domain("UpdatePolicy: {EnableVersionUpgrade: 'true'}, "),
            ["'1'", "'2'"],
            &[
                "note interruption will: starts a deployment of the domain `A`: a blue/green deployment of the domain",
            ],
        );
    }
}

#[test]
fn a_policy_whose_value_is_not_known_may_replace() {
    let domain = |version| {
        format!(
            "Parameters: {{P: {{Type: String}}}}\nResources: {{A: {{Type: 'AWS::OpenSearchService::Domain', \
             UpdatePolicy: {{EnableVersionUpgrade: !Ref P}}, Properties: {{EngineVersion: '{version}'}}}}}}"
        )
    };
    check(
        &domain("1"),
        &domain("2"),
        &[
            "warning data-loss may: may replace the domain `A`: its data is deleted with it",
            "- the new one starts empty",
            "warning replacement may: may replace the domain `A`",
            "note interruption will: starts a deployment of the domain `A`: a blue/green deployment of the domain",
        ],
    );
}

#[test]
fn shards_come_and_go_online_only_with_the_policy() {
    let cache = "Type: AWS::ElastiCache::ReplicationGroup, $Properties: {NumNodeGroups: @}";
    let shards = |policy: &str, expected: &[&str]| {
        let count = |count| format!("A: {{{}}}", cache.replace('$', policy).replace('@', count));
        check(&count("2"), &count("3"), expected);
    };
    shards("UpdatePolicy: {UseOnlineResharding: true}, ", &[]);
    shards(
        "",
        &[
            "danger data-loss will: replaces the replication group `A`: its data is deleted with it",
            "- the new one starts empty",
            "warning replacement will: replaces the replication group `A`",
        ],
    );
}

#[test]
fn a_group_is_replaced_rolled_or_left() {
    group(
        "UpdatePolicy: {AutoScalingReplacingUpdate: {WillReplace: true}, AutoScalingRollingUpdate: {MaxBatchSize: 1}}, ",
        &["attention replacement will: replaces the auto scaling group `A`"],
    );
    group(
        "UpdatePolicy: {AutoScalingReplacingUpdate: {WillReplace: false}, AutoScalingRollingUpdate: {MaxBatchSize: 1}}, ",
        &["note interruption will: replaces instances of the auto scaling group `A` in batches"],
    );
    group("", &[]);
}

#[test]
fn the_policy_of_the_new_template_decides() {
    let group = |policy: &str, version: &str| {
        format!(
            "A: {{{}}}",
            GROUP.replace('$', policy).replace('@', version)
        )
    };
    check(
        &group(
            "UpdatePolicy: {AutoScalingReplacingUpdate: {WillReplace: true}}, ",
            "1",
        ),
        &group("", "2"),
        &[],
    );
    // A policy alone replaces nothing.
    check(
        &group("", "1"),
        &group(
            "UpdatePolicy: {AutoScalingReplacingUpdate: {WillReplace: true}}, ",
            "1",
        ),
        &[],
    );
}

#[test]
fn an_upgrade_in_place_goes_one_way() {
    let domain = "Type: AWS::OpenSearchService::Domain, UpdatePolicy: {EnableVersionUpgrade: true}, Properties: {EngineVersion: $}";
    let deploys = "note interruption will: starts a deployment of the domain `A`: a blue/green deployment of the domain";
    check_changed(
        domain,
        ["OpenSearch_2.13", "OpenSearch_2.11"],
        &["danger refused will: cannot take the domain `A` back to an older version"],
    );
    check_changed(domain, ["Elasticsearch_7.10", "OpenSearch_1.0"], &[deploys]);
}
