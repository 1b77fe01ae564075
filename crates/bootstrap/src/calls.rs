//! What a deployment from GitHub asks of AWS by itself: the calls of `deploy`, `rollback`, `status`, `guard`, `watch` and
//! `backup check`, and the push of images. All that makes or changes resources of stacks is CloudFormation's, with its own role.
//!
//! Which actions and resources a call needs: Service Authorization Reference, the page of each service.

mod backups;
mod rehearsal;

use std::collections::BTreeSet;
use std::slice::from_ref;

use stratiform_assembly::Assembly;
use stratiform_catalog::Handler;
use stratiform_deploy::call::Kind;
use stratiform_environment::Settings;
use stratiform_permissions::{Condition, Grant, Needed};

use crate::places::Places;

pub use rehearsal::REHEARSAL_OF;

/// What pushing an image needs, and pulling the layers that are there.
const PUSH: [&str; 9] = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:ListImages",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
];

/// What the deploy role needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calls {
    /// What is granted.
    pub grants: Vec<Grant>,
    /// The actions that are granted on more than what the stacks name, each with the reason.
    pub unscoped: Vec<(String, String)>,
}

/// What pulling an image needs.
const PULL: [&str; 3] = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
];

/// What the deploy role needs; `reading` is what reading the stacks' resources does.
pub(crate) fn needed(assembly: &Assembly, settings: &Settings, reading: &Needed) -> Calls {
    let places = Places::of(assembly, settings, reading);
    let calls = Kind::ALL.iter().flat_map(|kind| places.needs(*kind));
    let pushes = places.pushes();
    let backups = backups::needs(assembly, settings);
    let metrics = places.metrics();
    let rehearsal = rehearsal::needs(assembly, settings);
    let mut found = Calls::default();
    let calls = calls.chain(pushes).chain(backups);
    for need in calls.chain(metrics).chain(rehearsal) {
        let (resources, reason) = match need.on {
            On::These(resources) if resources.is_empty() => continue,
            On::These(resources) => (resources, None),
            On::Any(reason) => (vec!["*".to_owned()], Some(reason)),
        };
        if let Some(reason) = reason {
            let actions = need.actions.iter();
            found
                .unscoped
                .extend(actions.map(|action| (action.clone(), reason.to_owned())));
        }
        add(&mut found.grants, need.actions, resources, need.only);
    }
    let looking = places.reading.unscoped.iter();
    found.unscoped.extend(looking.map(|open| {
        let why = format!("to look for drift; {}", open.reason);
        (open.action.clone(), why)
    }));
    found
}

/// Adds to the grant with the same resources and conditions, or another one.
fn add(
    grants: &mut Vec<Grant>,
    actions: Vec<String>,
    mut resources: Vec<String>,
    conditions: Vec<Condition>,
) {
    resources.sort();
    resources.dedup();
    let service = |actions: &[String]| {
        let first = actions.first().and_then(|action| action.split(':').next());
        first.map(str::to_owned)
    };
    let of = service(&actions);
    let same = |grant: &&mut Grant| {
        service(&grant.actions) == of
            && grant.resources == resources
            && grant.conditions == conditions
    };
    match grants.iter_mut().find(same) {
        Some(grant) => {
            grant.actions.extend(actions);
            grant.actions.sort();
            grant.actions.dedup();
        }
        None => grants.push(Grant {
            actions,
            resources,
            conditions,
        }),
    }
}

/// Something that is needed.
struct Need {
    actions: Vec<String>,
    on: On,
    only: Vec<Condition>,
}

/// On which resources?
enum On {
    /// On these, by ARN.
    These(Vec<String>),
    /// On any, and why.
    Any(&'static str),
}

fn on(actions: &[&str], resources: &[String]) -> Need {
    Need {
        actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        on: On::These(resources.to_vec()),
        only: Vec::new(),
    }
}

fn on_any(action: &str, reason: &'static str) -> Need {
    Need {
        actions: vec![action.to_owned()],
        on: On::Any(reason),
        only: Vec::new(),
    }
}

fn only(operator: &str, key: &str, value: &str) -> Condition {
    Condition {
        operator: operator.to_owned(),
        key: key.to_owned(),
        values: vec![value.to_owned()],
    }
}

impl Places {
    /// What a call needs. A call without an answer here does not compile.
    fn needs(&self, kind: Kind) -> Vec<Need> {
        let read = |action: &str| vec![on(&[action], &self.readable)];
        let change = |action: &str| vec![on(&[action], &self.stacks)];
        match kind {
            // Nobody needs a permission to be told who he is.
            Kind::Identity => Vec::new(),
            Kind::DescribeStack => read("cloudformation:DescribeStacks"),
            Kind::GetTemplate => read("cloudformation:GetTemplate"),
            Kind::GetStackPolicy => change("cloudformation:GetStackPolicy"),
            Kind::ListStackResources => read("cloudformation:ListStackResources"),
            Kind::DetectStackDrift => self.detections(),
            // A look has an ID, and no ARN.
            Kind::DriftDetectionStatus => vec![on_any(
                "cloudformation:DescribeStackDriftDetectionStatus",
                "CloudFormation asks for it on all looks for drift or none",
            )],
            Kind::ResourceDrifts => change("cloudformation:DescribeStackResourceDrifts"),
            Kind::CreateChangeSet => self.change_sets(),
            Kind::DescribeChangeSet => change("cloudformation:DescribeChangeSet"),
            Kind::ValidationEvents => change("cloudformation:DescribeEvents"),
            Kind::ExecuteChangeSet => change("cloudformation:ExecuteChangeSet"),
            Kind::DeleteChangeSet => change("cloudformation:DeleteChangeSet"),
            Kind::DeleteStack => change("cloudformation:DeleteStack"),
            Kind::ContinueUpdateRollback => change("cloudformation:ContinueUpdateRollback"),
            Kind::RollbackStack => change("cloudformation:RollbackStack"),
            Kind::CancelUpdateStack => change("cloudformation:CancelUpdateStack"),
            Kind::SetStackPolicy => change("cloudformation:SetStackPolicy"),
            Kind::UpdateTerminationProtection => {
                change("cloudformation:UpdateTerminationProtection")
            }
            Kind::StackEvents => read("cloudformation:DescribeStackEvents"),
            Kind::EventsSince => read("cloudformation:DescribeStackEvents"),
            Kind::ListDeletedStacks => vec![on_any(
                "cloudformation:ListStacks",
                "CloudFormation lists all stacks of the account or none",
            )],
            Kind::ListChangeSets => read("cloudformation:ListChangeSets"),
            Kind::ListImports => vec![on_any("cloudformation:ListImports", "an export has no ARN")],
            Kind::PutTemplate => {
                let objects = format!("arn:${{AWS::Partition}}:s3:::{}/stratiform/*", self.bucket);
                // CloudFormation reads the template with the caller's rights.
                vec![on(&["s3:GetObject", "s3:PutObject"], &[objects])]
            }
            Kind::DescribeServices => vec![on(&["ecs:DescribeServices"], &self.readable_services)],
            Kind::LatestServiceDeployment => vec![
                on(&["ecs:ListServiceDeployments"], &self.readable_services),
                on(
                    &["ecs:DescribeServiceDeployments"],
                    &deployments(&self.readable_services),
                ),
            ],
            Kind::DescribeTaskDefinition if self.task_definitions.is_empty() => Vec::new(),
            Kind::DescribeTaskDefinition => vec![on_any(
                "ecs:DescribeTaskDefinition",
                "ECS asks for it on all task definitions or none",
            )],
            Kind::CopyTaskDefinition => vec![
                on(
                    &["ecs:RegisterTaskDefinition"],
                    &[self.task_definitions.as_slice(), &self.copies].concat(),
                ),
                Need {
                    only: vec![only(
                        "StringEquals",
                        "iam:PassedToService",
                        "ecs-tasks.amazonaws.com",
                    )],
                    ..on(&["iam:PassRole"], &self.task_roles)
                },
            ],
            Kind::UpdateService => vec![on(&["ecs:UpdateService"], &self.services)],
            Kind::FindTasks if self.copies.is_empty() => Vec::new(),
            Kind::FindTasks => vec![
                Need {
                    only: vec![self.in_clusters()],
                    ..on_any(
                        "ecs:ListTasks",
                        "ECS asks for it on the cluster, which is a condition of it",
                    )
                },
                on(&["ecs:DescribeTasks"], &self.tasks()),
            ],
            // With the copy of a definition that `CopyTaskDefinition` made, and the roles that it passes.
            Kind::RunTask => vec![Need {
                only: vec![self.in_clusters()],
                ..on(&["ecs:RunTask"], &self.copies)
            }],
            Kind::DescribeTask => vec![on(&["ecs:DescribeTasks"], &self.tasks())],
            Kind::StopTask => vec![on(&["ecs:StopTask"], &self.tasks())],
            Kind::TaskLogs => vec![on(&["logs:GetLogEvents"], &self.logs)],
            Kind::Publish => vec![
                on(&["sns:Publish"], &self.topics),
                Need {
                    only: vec![only("StringEquals", "kms:ViaService", &self.sns)],
                    ..on(&["kms:Decrypt", "kms:GenerateDataKey"], &self.topic_keys)
                },
            ],
            // Neither is a service of AWS.
            Kind::Webhook | Kind::RunCommand => Vec::new(),
            Kind::DescribeTargetHealth if self.services.is_empty() => Vec::new(),
            Kind::DescribeTargetHealth => vec![on_any(
                "elasticloadbalancing:DescribeTargetHealth",
                "Elastic Load Balancing asks for it on all target groups or none",
            )],
            // Only for what a creation left that could not be rolled back.
            Kind::UnprotectLoadBalancer => vec![on(
                &["elasticloadbalancing:ModifyLoadBalancerAttributes"],
                &self.balancers,
            )],
            Kind::UnprotectDatabase => vec![
                on(&["rds:ModifyDBInstance"], &self.databases),
                on(&["rds:ModifyDBCluster"], &self.database_clusters),
            ],
            Kind::DescribeAlarms => vec![on_any(
                "cloudwatch:DescribeAlarms",
                "CloudWatch shows composite alarms only to who may see all alarms",
            )],
            Kind::DescribeDbInstance => {
                vec![on(&["rds:DescribeDBInstances"], &self.readable_databases)]
            }
            Kind::CreateDbSnapshot => vec![on(
                &["rds:CreateDBSnapshot"],
                &[self.databases.as_slice(), &self.snapshots].concat(),
            )],
            Kind::DescribeDbSnapshots => {
                let databases = self.readable_databases.as_slice();
                let all = databases.first().and_then(|arn| arn.split_once(":db:"));
                let all = all.map(|(place, _)| format!("{place}:snapshot:*"));
                let all: Vec<String> = all.into_iter().collect();
                vec![on(
                    &["rds:DescribeDBSnapshots"],
                    &[databases, &all].concat(),
                )]
            }
            Kind::Quota if self.counted.is_empty() => Vec::new(),
            Kind::Quota => {
                let reason = "Service Quotas asks for it on all quotas or none";
                vec![
                    on_any("servicequotas:GetServiceQuota", reason),
                    on_any("servicequotas:GetAWSDefaultServiceQuota", reason),
                ]
            }
            Kind::CountResources => self.counting(),
            // `bootstrap` asks with its caller's own rights, and `rebuild` unless it is a rehearsal.
            Kind::FindResource => Vec::new(),
            Kind::DescribeImage => vec![on(&["ecr:DescribeImages"], &self.repositories)],
            // A web server is no service of AWS.
            Kind::Http => Vec::new(),
        }
    }

    /// A look for drift: CloudFormation reads the resources with the rights of who asks. What would hand out secrets or data
    /// is not among them.
    ///
    /// Source: CloudFormation user guide, "Considerations when detecting drift".
    fn detections(&self) -> Vec<Need> {
        let calls = [
            "cloudformation:DetectStackDrift",
            "cloudformation:DetectStackResourceDrift",
        ];
        let own = [
            on(&calls, &self.stacks),
            on_any(
                "cloudformation:BatchDescribeTypeConfigurations",
                "CloudFormation asks for it on all types or none",
            ),
        ];
        let reading = self.reading.grants.iter().map(|grant| Need {
            actions: grant.actions.clone(),
            on: On::These(grant.resources.clone()),
            only: grant.conditions.clone(),
        });
        own.into_iter().chain(reading).collect()
    }

    /// Change sets, made with CloudFormation's role and no other.
    fn change_sets(&self) -> Vec<Need> {
        let with_role = only(
            "StringEquals",
            "cloudformation:RoleArn",
            &self.execution_role,
        );
        vec![
            Need {
                only: vec![with_role],
                ..on(&["cloudformation:CreateChangeSet"], &self.stacks)
            },
            on(
                &["cloudformation:TagResource", "cloudformation:UntagResource"],
                &self.stacks,
            ),
            Need {
                only: vec![only(
                    "StringEquals",
                    "iam:PassedToService",
                    "cloudformation.amazonaws.com",
                )],
                ..on(&["iam:PassRole"], from_ref(&self.execution_role))
            },
        ]
    }

    /// Only in the environment's clusters.
    fn in_clusters(&self) -> Condition {
        Condition {
            operator: "StringLike".to_owned(),
            key: "ecs:cluster".to_owned(),
            values: self.clusters.clone(),
        }
    }

    /// The tasks of the environment's clusters, where it runs any by themselves.
    fn tasks(&self) -> Vec<String> {
        let clusters = self.clusters.iter().filter(|_| !self.copies.is_empty());
        clusters
            .map(|cluster| cluster.replacen(":cluster/", ":task/", 1) + "/*")
            .collect()
    }

    /// What `watch` asks about requests to services.
    fn metrics(&self) -> Vec<Need> {
        if self.services.is_empty() {
            return Vec::new();
        }
        vec![
            on_any(
                "cloudwatch:GetMetricData",
                "CloudWatch shows all metrics or none",
            ),
            on_any(
                "elasticloadbalancing:DescribeTargetGroups",
                "Elastic Load Balancing asks for it on all target groups or none",
            ),
        ]
    }

    /// Counting resources through Cloud Control, which looks with the caller's rights.
    fn counting(&self) -> Vec<Need> {
        if self.counted.is_empty() {
            return Vec::new();
        }
        let types = self.counted.iter();
        let listing: BTreeSet<&str> = types
            .flat_map(|kind| kind.permissions(Handler::List))
            .collect();
        let counting = [on_any(
            "cloudformation:ListResources",
            "Cloud Control asks for it on all resources or none",
        )];
        let listing = listing
            .into_iter()
            .map(|action| on_any(action, "what is counted is all that there is"));
        counting.into_iter().chain(listing).collect()
    }

    /// What pushing images needs, and copying those that the environment before this one has tested.
    fn pushes(&self) -> Vec<Need> {
        if self.repositories.is_empty() {
            return Vec::new();
        }
        vec![
            on_any(
                "ecr:GetAuthorizationToken",
                "a token of ECR is for all repositories that its owner may use",
            ),
            on(&PUSH, &self.repositories),
            on(&PULL, &self.repositories_before),
        ]
    }
}

/// The deployments of services.
fn deployments(services: &[String]) -> Vec<String> {
    let services = services.iter();
    services
        .map(|service| service.replacen(":service/", ":service-deployment/", 1) + "/*")
        .collect()
}
