use stratiform_catalog::behaviour::{belongs_to, policies};
use stratiform_catalog::{PropertyPath, ResourceType, catalog};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;

use crate::consequence::Consequence;

pub(super) fn found(before: &str, after: &str) -> Vec<Consequence> {
    found_in(None, before, after)
}

fn found_in(account: Option<&str>, before: &str, after: &str) -> Vec<Consequence> {
    let parse = |resources: &str| {
        let text = format!(
            "Parameters:\n  Given: {{Type: String}}\n  Key: {{Type: String, NoEcho: true, Default: hush}}\nConditions: {{C: !Equals [!Ref Given, x]}}\nResources:\n  Other: {{Type: AWS::SNS::Topic}}\n{resources}"
        );
        Template::parse(&text).expect(&text)
    };
    let [before, after] = [before, after].map(parse);
    let place = Whereabouts {
        stack: "app".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: account.and_then(|account| account.parse().ok()),
    };
    let mut found = Vec::new();
    crate::consequence::standing::tests::of_estate([before, after], &place, |estate| {
        super::find(estate, &mut found);
    });
    found
}

fn shown(found: Vec<Consequence>) -> Vec<String> {
    let mut shown = Vec::new();
    for one in found {
        shown.push(format!(
            "{} {:?} {}: {}",
            one.severity,
            one.certainty,
            one.kind.as_str(),
            one.what
        ));
        shown.extend(one.details.into_iter().map(|line| format!("  {line}")));
    }
    shown
}

/// Resources are written in one line: `Type {properties}`; nothing for one that is not there.
pub(super) fn resource(text: &str) -> String {
    match text.split_once(' ') {
        Some((resource_type, properties)) => {
            format!("  It: {{Type: {resource_type}, Properties: {properties}}}\n")
        }
        None => String::new(),
    }
}

#[track_caller]
fn check(before: &str, after: &str, expected: &[&str]) {
    assert_eq!(shown(found(&resource(before), &resource(after))), expected);
}

pub(super) fn role(statements: &str) -> String {
    format!(
        "AWS::IAM::Role {{Policies: [{{PolicyName: it, PolicyDocument: {{Statement: [{statements}]}}}}]}}"
    )
}

#[track_caller]
fn check_role(before: &str, after: &str, expected: &[&str]) {
    check(&role(before), &role(after), expected);
}

fn queue(statements: &str) -> String {
    format!("AWS::SQS::QueuePolicy {{Queues: [q], PolicyDocument: {{Statement: [{statements}]}}}}")
}

const WIDER: &str = "warning Will access-widened: widens access by the role `It`";
const NARROWER: &str = "note Will access-narrowed: narrows access by the role `It`";

#[test]
fn actions_come_and_go() {
    check_role(
        "{Effect: Allow, Action: 's3:GetObject', Resource: !Sub '${Bucket.Arn}/*'}",
        "{Effect: Allow, Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], Resource: !Sub '${Bucket.Arn}/*'}",
        &[
            WIDER,
            "  + role `It` may s3:PutObject, s3:DeleteObject on ${Bucket.Arn}/*",
        ],
    );
    check_role(
        "{Effect: Allow, Action: ['s3:GetObject', 's3:PutObject'], Resource: [a, b]}",
        "{Effect: Allow, Action: 's3:GetObject', Resource: a}",
        &[
            NARROWER,
            "  - role `It` may s3:GetObject, s3:PutObject on b",
            "  - role `It` may s3:PutObject on a",
        ],
    );
    check_role(
        "{Effect: Allow, Action: 's3:GetObject', Resource: a}",
        "{Effect: Allow, Action: '*', Resource: '*'}",
        &[
            "danger Will access-widened: widens access by the role `It`: * on *",
            "  + role `It` may * on *",
        ],
    );
}

#[test]
fn the_same_in_other_words_is_nothing() {
    for (before, after) in [
        (
            "{Sid: A, Effect: Allow, Action: ['a:B', 'a:C'], Resource: [x, y]}",
            "{Effect: Allow, Action: 'A:b', Resource: [y, x, x]}, {Effect: Allow, Action: ['a:c'], Resource: x}, {Effect: Allow, Action: ['a:C'], Resource: y}",
        ),
        (
            "{Effect: Allow, Action: 's3:*', Resource: '*'}",
            "{Effect: Allow, Action: 's3:*', Resource: '*'}, {Effect: Allow, Action: 's3:Get*', Resource: 'b/*', Condition: {Bool: {x: true}}}",
        ),
        (
            "{Effect: Deny, Action: 's3:*', Resource: '*'}",
            "{Effect: Deny, Action: 's3:*', Resource: '*'}, {Effect: Deny, Action: 's3:x', Resource: '*'}",
        ),
    ] {
        check_role(before, after, &[]);
        check_role(after, before, &[]);
    }
}

#[test]
fn denies_work_the_other_way() {
    let deny = "{Effect: Deny, Action: 's3:DeleteBucket', Resource: '*'}";
    check_role(
        deny,
        "",
        &[WIDER, "  - role `It` is denied s3:DeleteBucket on *"],
    );
    check_role(
        "",
        deny,
        &[NARROWER, "  + role `It` is denied s3:DeleteBucket on *"],
    );
    check("", &role(deny), &[]);
    check(
        &queue("{Effect: Deny, Principal: '*', Action: 'sqs:*', Resource: q}"),
        "",
        &[
            "warning May access-widened: may widen access by the queue policy `It`",
            "  - everybody is denied sqs:* on q",
        ],
    );
}

#[test]
fn conditions_limit() {
    let with =
        |condition: &str| format!("{{Effect: Allow, Action: 'a:B', Resource: x{condition}}}");
    let limited = with(", Condition: {StringEquals: {'aws:RequestTag/x': [one, two]}}");
    let line = "role `It` may a:B on x";
    check_role(&limited, &with(""), &[WIDER, &format!("  + {line}")]);
    let tight = with(", Condition: {StringEquals: {'AWS:requesttag/x': two}}");
    check_role(
        &limited,
        &tight,
        &[
            NARROWER,
            &format!("  - {line} if StringEquals aws:RequestTag/x one, two"),
        ],
    );
    let other = with(", Condition: {StringEquals: {'aws:RequestTag/x': three}}");
    check_role(
        &tight,
        &other,
        &[
            "warning May access-widened: may widen access by the role `It`",
            &format!("  + {line} if StringEquals aws:RequestTag/x three"),
            "note May access-narrowed: may narrow access by the role `It`",
            &format!("  - {line} if StringEquals AWS:requesttag/x two"),
        ],
    );
}

#[test]
fn exceptions_are_compared_as_text() {
    check_role(
        "{Effect: Allow, NotAction: ['iam:*', 'sts:*'], Resource: '*'}",
        "{Effect: Allow, NotAction: ['iam:*'], Resource: '*'}",
        &[
            "danger May access-widened: may widen access by the role `It`: everything but iam:* on *",
            "  + role `It` may everything but iam:* on *",
            "note May access-narrowed: may narrow access by the role `It`",
            "  - role `It` may everything but iam:*, sts:* on *",
        ],
    );
}

#[test]
fn who_may_come() {
    let allow =
        |rest: &str| format!("{{Effect: Allow, Action: 'sqs:SendMessage', Resource: q, {rest}}}");
    for (principal, expected) in [
        ("Principal: '*'", "everybody"),
        ("Principal: {AWS: '111122223333'}", "account 111122223333"),
        (
            "Principal: {AWS: 'arn:aws:iam::111122223333:root'}",
            "account 111122223333",
        ),
    ] {
        check(
            "",
            &queue(&allow(principal)),
            &[
                &format!(
                    "danger Will access-widened: grants access with the new queue policy `It`: sqs:SendMessage to {expected}"
                ),
                &format!("  + {expected} may sqs:SendMessage on q"),
            ],
        );
    }
    let own = "Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}";
    let same = "Principal: {AWS: !Ref 'AWS::AccountId'}";
    check(&queue(&allow(own)), &queue(&allow(same)), &[]);
    check(
        &queue(&allow(own)),
        &queue(&allow(
            "Principal: {Service: sns.amazonaws.com}, Condition: {ArnEquals: {'aws:SourceArn': !Ref Other}}",
        )),
        &[
            "warning Will access-widened: widens access by the queue policy `It`",
            "  + service sns.amazonaws.com may sqs:SendMessage on q if ArnEquals aws:SourceArn ${Other}",
            "note Will access-narrowed: narrows access by the queue policy `It`",
            "  - account ${AWS::AccountId} may sqs:SendMessage on q",
        ],
    );
    check(
        "",
        "AWS::Lambda::Permission {FunctionName: f, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com, SourceArn: a}",
        &[
            "warning Will access-widened: grants access with the new function permission `It`",
            "  + service s3.amazonaws.com may lambda:InvokeFunction on f if ArnLike aws:SourceArn a",
        ],
    );
    check(
        "",
        "AWS::IAM::Role {AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: [a.amazonaws.com, b.amazonaws.com]}}}}",
        &[
            "note Will access-widened: grants access with the new role `It`",
            "  + service a.amazonaws.com, service b.amazonaws.com may sts:AssumeRole on role `It`",
        ],
    );
}

#[test]
fn the_own_account_is_no_other_one() {
    let key = "AWS::KMS::Key {KeyPolicy: {Statement: {Effect: Allow, Action: 'kms:*', Resource: '*', Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}}}}";
    assert_eq!(
        shown(found_in(Some("111122223333"), "", &resource(key))),
        [
            "note Will access-widened: grants access with the new key `It`",
            "  + account 111122223333 may kms:* on *",
        ]
    );
    let key = key.replace(
        "!Sub 'arn:aws:iam::${AWS::AccountId}:root'",
        "!Ref AWS::AccountId",
    );
    assert_eq!(
        shown(found_in(Some("111122223333"), "", &resource(&key)))[0],
        "note Will access-widened: grants access with the new key `It`",
    );
}

#[test]
fn policies_belong_to_those_they_name() {
    let policy = |roles: &str| {
        format!(
            "AWS::IAM::Policy {{Roles: [{roles}], PolicyName: it, PolicyDocument: {{Statement: {{Effect: Allow, Action: 'a:B', Resource: '*'}}}}}}"
        )
    };
    check(
        &policy("!Ref Api"),
        &policy("!Ref Api, !Ref Worker"),
        &[
            "warning Will access-widened: widens access by the policy `It`",
            "  + role `Worker` may a:B on *",
        ],
    );
}

#[test]
fn attachments() {
    check(
        "AWS::IAM::Role {ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'], PermissionsBoundary: b}",
        "AWS::IAM::Role {ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']}",
        &[
            "danger Will access-widened: widens access by the role `It`: the policy AdministratorAccess",
            "  + role `It` has policy `arn:aws:iam::aws:policy/AdministratorAccess`",
            "  - the permissions boundary b",
            NARROWER,
            "  - role `It` has policy `arn:aws:iam::aws:policy/ReadOnlyAccess`",
        ],
    );
    check(
        "AWS::IAM::UserToGroupAddition {GroupName: admins, Users: [ann]}",
        "AWS::IAM::UserToGroupAddition {GroupName: admins, Users: [ann, bob]}",
        &[
            "warning Will access-widened: widens access by the user to group addition `It`",
            "  + user `bob` is in group admins",
        ],
    );
}

#[test]
fn what_is_not_known() {
    check(
        "AWS::S3::BucketPolicy {Bucket: b, PolicyDocument: {Statement: []}}",
        "AWS::S3::BucketPolicy {Bucket: b, PolicyDocument: !Ref Given}",
        &[
            "attention Unknown access-widened: may change what the bucket policy `It` allows",
            "  + ${Given}",
        ],
    );
    // JSON in a text is a document too; wildcards and secrets in what is not known are neither.
    let json = |action: &str| {
        format!(
            "AWS::SecretsManager::ResourcePolicy {{SecretId: s, ResourcePolicy: !Sub '{{\"Statement\": {{\"Effect\": \"Allow\", \"Principal\": {{\"AWS\": \"${{Role.Arn}}\"}}, \"Action\": \"{action}\", \"Resource\": \"*\"}}}}'}}"
        )
    };
    check(
        &json("a:B"),
        &json("a:*"),
        &[
            "warning Will access-widened: widens access by the secret policy `It`",
            "  + ${Role.Arn} may a:* on *",
        ],
    );
    check_role(
        "{Effect: Allow, Action: 'a:B', Resource: !Ref Key}",
        "{Effect: Allow, Action: 'a:B', Resource: x}",
        &[
            WIDER,
            "  + role `It` may a:B on x",
            NARROWER,
            "  - role `It` may a:B on ****",
        ],
    );
}

#[test]
fn many_lines_are_counted() {
    let statements: Vec<String> = (0..25)
        .map(|number| format!("{{Effect: Allow, Action: 'a:{number}', Resource: 'x{number}'}}"))
        .collect();
    let consequences = found(
        &resource(&role("")),
        &resource(&role(&statements.join(", "))),
    );
    assert_eq!(consequences[0].details.len(), 21);
    assert_eq!(consequences[0].details[20], "… and 5 more");
}

#[test]
fn endpoints_without_a_policy_let_everything_through() {
    let all = "{Effect: Allow, Principal: '*', Action: '*', Resource: '*'}";
    let endpoint = |rest: &str| format!("AWS::EC2::VPCEndpoint {{VpcId: v{rest}}}");
    let with = |statement: &str| endpoint(&format!(", PolicyDocument: {{Statement: {statement}}}"));
    check(&endpoint(""), &with(all), &[]);
    check(&with(all), &endpoint(""), &[]);
    check("", &endpoint(""), &[]);
    check(
        &with("{Effect: Allow, Principal: '*', Action: 's3:*', Resource: '*'}"),
        &endpoint(""),
        &[
            "danger Will access-widened: widens access by the VPC endpoint `It`: * on *",
            "  + everybody who comes this way may * on *",
        ],
    );
}

/// More grants than are compared one by one.
#[test]
fn large_documents_are_compared_as_a_whole() {
    let list = |name: &str| {
        (0..200)
            .map(|number| format!("'{name}:{number}'"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let statement = |rest: &str| {
        format!(
            "{{Effect: Allow, Action: [{}], Resource: [{}{rest}]}}",
            list("a"),
            list("r")
        )
    };
    check_role(&statement(""), &statement(", 'r:1'"), &[]);
    assert_eq!(
        found(
            &resource(&role(&statement(""))),
            &resource(&role(&statement(", z")))
        )
        .len(),
        2
    );
}

/// Values that no service takes.
const ODD: [&str; 6] = [
    "x",
    "[1, [2], {a: b}, !Ref Given]",
    "{Statement: [1, [], {Effect: [Allow]}, {Effect: Allow, Action: {}, Principal: [[]], Resource: !Ref Given, Condition: [x, {y: z}]}]}",
    "!Sub '{\"Statement\": ${Given}}'",
    "[{PolicyDocument: '[]', Cidr: {}, Policy: 1}]",
    "{'*': ~}",
];

#[test]
fn nothing_panics() {
    for resource_type in catalog().resource_types().map(ResourceType::name) {
        if policies(resource_type).next().is_none() {
            continue;
        }
        let paths = policies(resource_type).filter_map(|place| place.path);
        let paths: Vec<&str> = paths.flat_map(PropertyPath::segments).collect();
        let owners = belongs_to(resource_type).map(|owner| owner.path.as_str());
        let others = ["Principal", "Condition", "PermissionsBoundary", "Groups"];
        for name in paths.into_iter().chain(owners).chain(others) {
            for pair in ODD.windows(2) {
                let [before, after] = [pair[0], pair[1]]
                    .map(|value| resource(&format!("{resource_type} {{'{name}': {value}}}")));
                found(&before, &after);
                found("", &before);
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
    assert_eq!(shown(found(&text(before), &text(after))), expected);
}

const GET: &str = "{Effect: Allow, Action: 's3:GetObject', Resource: '*'}";
const NEVER: &str = "{Effect: Deny, Action: 's3:*', Resource: '*'}";

pub(super) fn cook(more: &str) -> String {
    format!("Cook: {{Type: AWS::IAM::Role, Properties: {{RoleName: cook{more}}}}}")
}

fn cook_with(statement: &str) -> String {
    cook(&format!(
        ", Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{statement}]}}}}]"
    ))
}

pub(super) fn policy(id: &str, resource_type: &str, more: &str, statement: &str) -> String {
    format!(
        "{id}: {{Type: AWS::IAM::{resource_type}, Properties: {{{more}, PolicyDocument: {{Statement: [{statement}]}}}}}}"
    )
}

#[test]
fn a_statement_that_moves_grants_nothing() {
    let bare = cook("");
    let places = |statement: &str| {
        [
            vec![cook_with(statement)],
            vec![
                bare.clone(),
                policy(
                    "P",
                    "Policy",
                    "PolicyName: p, Roles: [!Ref Cook]",
                    statement,
                ),
            ],
            vec![
                bare.clone(),
                policy("P", "Policy", "PolicyName: p, Roles: [cook]", statement),
            ],
            vec![
                bare.clone(),
                policy(
                    "Q",
                    "RolePolicy",
                    "PolicyName: p, RoleName: !Ref Cook",
                    statement,
                ),
            ],
            vec![
                bare.clone(),
                policy("M", "ManagedPolicy", "Roles: [!Ref Cook]", statement),
            ],
        ]
    };
    for statement in [GET, NEVER] {
        for before in places(statement) {
            for after in places(statement) {
                let [before, after] =
                    [&before, &after].map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
                check_all(&before, &after, &[]);
            }
        }
    }
    // Another role is somebody else.
    let other = policy("P", "Policy", "PolicyName: p, Roles: [waiter]", GET);
    check_all(
        &[&cook_with(GET)],
        &[&bare, &other],
        &[
            "note Will access-narrowed: narrows access by the role `Cook`",
            "  - role `Cook` may s3:GetObject on *",
            "warning Will access-widened: grants access with the new policy `P`",
            "  + role `waiter` may s3:GetObject on *",
        ],
    );
    check_all(
        &[&cook_with(NEVER)],
        &[&bare],
        &[
            "warning Will access-widened: widens access by the role `Cook`",
            "  - role `Cook` is denied s3:* on *",
        ],
    );
}

#[test]
fn a_policy_is_attached_at_either_end() {
    let attached = cook(", ManagedPolicyArns: [!Ref M]");
    let plain = policy("M", "ManagedPolicy", "Path: /", GET);
    let naming = policy("M", "ManagedPolicy", "Path: /, Roles: [!Ref Cook]", GET);
    check_all(&[&attached, &plain], &[&cook(""), &naming], &[]);
    check_all(&[&cook(""), &naming], &[&attached, &plain], &[]);
    // All that it says was allowed before.
    check_all(&[&cook_with(GET)], &[&attached, &plain], &[]);
    check_all(
        &[&cook(""), &plain],
        &[&attached, &plain],
        &[
            "warning Will access-widened: widens access by the role `Cook`",
            "  + role `Cook` has policy `M`",
        ],
    );
    let user =
        |groups: &str| format!("U: {{Type: AWS::IAM::User, Properties: {{UserName: u{groups}}}}}");
    let addition =
        "X: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: g, Users: [!Ref U]}}";
    check_all(&[&user(", Groups: [g]")], &[&user(""), addition], &[]);
}

#[test]
fn the_policies_of_a_role_are_split_differently() {
    const PUT: &str = "{Effect: Allow, Action: 's3:PutObject', Resource: '*'}";
    let managed = |id: &str, statement: &str| policy(id, "ManagedPolicy", "Path: /", statement);
    let [one, two] = [
        cook(", ManagedPolicyArns: [!Ref A]"),
        cook(", ManagedPolicyArns: [!Ref A, !Ref B]"),
    ];
    let both = managed("A", &format!("{GET}, {PUT}"));
    let [get, put] = [managed("A", GET), managed("B", PUT)];
    check_all(&[&one, &both], &[&two, &get, &put], &[]);
    check_all(&[&two, &get, &put], &[&one, &both], &[]);
    check_all(
        &[&two, &get, &put],
        &[&two, &managed("A", PUT), &managed("B", GET)],
        &[],
    );
    // What is really new is told once, of the role.
    check_all(
        &[&one, &get],
        &[&two, &get, &put],
        &[
            "warning Will access-widened: grants access with the new managed policy `B`",
            "  + role `Cook` may s3:PutObject on *",
        ],
    );
    check_all(
        &[&two, &get, &put],
        &[&one, &get],
        &[
            "note Will access-narrowed: takes away what the managed policy `B` granted",
            "  - role `Cook` may s3:PutObject on *",
        ],
    );
    check_all(
        &[&two, &managed("A", GET), &managed("B", GET)],
        &[&two, &managed("A", PUT), &managed("B", GET)],
        &[
            "warning Will access-widened: widens access by the managed policy `A`",
            "  + role `Cook` may s3:PutObject on *",
        ],
    );
    // Who has the policy that a statement leaves, and not the other, loses it.
    let waiter = "Waiter: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref A]}}";
    check_all(
        &[&one, waiter, &both],
        &[&two, waiter, &get, &put],
        &[
            "note Will access-narrowed: narrows access by the managed policy `A`",
            "  - role `Waiter` may s3:PutObject on *",
        ],
    );
    check_all(
        &[&get],
        &[&managed("A", PUT)],
        &[
            "warning Will access-widened: widens access by the managed policy `A`",
            "  + whoever has managed policy `A` may s3:PutObject on *",
            "note Will access-narrowed: narrows access by the managed policy `A`",
            "  - whoever has managed policy `A` may s3:GetObject on *",
        ],
    );
}

#[test]
fn policies_of_one_target_are_one() {
    let queue = |id: &str, queue: &str| {
        format!(
            "{id}: {{Type: AWS::SQS::QueuePolicy, Properties: {{Queues: [{queue}], PolicyDocument: {{Statement: [{{Effect: Allow, Principal: '*', Action: 'sqs:SendMessage', Resource: '*'}}]}}}}}}"
        )
    };
    check_all(&[&queue("A", "q")], &[&queue("B", "q")], &[]);
    check_all(
        &[&queue("A", "q")],
        &[&queue("A", "q"), &queue("B", "p")],
        &[
            "danger Will access-widened: grants access with the new queue policy `B`: sqs:SendMessage to everybody",
            "  + everybody may sqs:SendMessage on *",
        ],
    );
}

#[test]
fn what_a_condition_decides_covers_nothing_for_certain() {
    let conditional = policy("P", "Policy", "PolicyName: p, Roles: [!Ref Cook]", GET)
        .replace("P: {", "P: {Condition: C, ");
    let always = cook_with(GET);
    check_all(
        &[&cook(""), &conditional],
        &[&always, &conditional],
        &[
            "warning May access-widened: may widen access by the role `Cook`",
            "  + role `Cook` may s3:GetObject on *",
        ],
    );
    check_all(&[&always], &[&always, &conditional], &[]);
}

#[test]
fn a_policy_becomes_one_of_another_type() {
    let queue = "A: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [q], PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: 'sqs:SendMessage', Resource: '*'}]}}}";
    let inline = queue
        .replace("QueuePolicy", "QueueInlinePolicy")
        .replace("Queues: [q]", "Queue: q");
    check_all(&[queue], &[&inline], &[]);
}

#[test]
fn what_an_unchanged_policy_allows_is_no_news() {
    let attached = cook(", ManagedPolicyArns: [!Ref M]");
    let all = policy(
        "M",
        "ManagedPolicy",
        "Path: /",
        &GET.replace("GetObject", "*"),
    );
    let one = policy("P", "Policy", "PolicyName: p, Roles: [!Ref Cook]", GET);
    check_all(&[&attached, &all], &[&attached, &all, &one], &[]);
    check_all(
        &[&cook(""), &all],
        &[&cook(""), &all, &one],
        &[
            "warning Will access-widened: grants access with the new policy `P`",
            "  + role `Cook` may s3:GetObject on *",
        ],
    );
}
