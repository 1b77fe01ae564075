//! The ARNs of what an environment has, as patterns: what a deployment asks about, and what it changes by itself.

use std::collections::BTreeSet;

use stratiform_assembly::Assembly;
use stratiform_catalog::{ResourceType, catalog};
use stratiform_deploy::guard::counted_types;
use stratiform_environment::{Settings, Text, Topic};
use stratiform_permissions::Needed;
use stratiform_template::{Function, Resource, Template, Value};

use crate::names::Names;
use crate::pattern::{get, items, name, pattern};

/// The ARNs of what an environment has.
pub(crate) struct Places {
    /// Its stacks.
    pub(crate) stacks: Vec<String>,
    /// The same, its bootstrap's, and those of the environment before this one: these are only read.
    pub(crate) readable: Vec<String>,
    /// ECS services, those of the environment before this one too.
    pub(crate) readable_services: Vec<String>,
    pub(crate) services: Vec<String>,
    pub(crate) task_definitions: Vec<String>,
    /// Clusters with services.
    pub(crate) clusters: Vec<String>,
    /// What the environment's own tasks run: copies of the services' definitions, in families of their own.
    pub(crate) copies: Vec<String>,
    /// What those tasks print.
    pub(crate) logs: Vec<String>,
    /// Who is told.
    pub(crate) topics: Vec<String>,
    /// The keys of topics that encrypt, of which nobody knows the IDs before.
    pub(crate) topic_keys: Vec<String>,
    /// The roles that tasks have.
    pub(crate) task_roles: Vec<String>,
    /// Load balancers.
    pub(crate) balancers: Vec<String>,
    pub(crate) databases: Vec<String>,
    pub(crate) database_clusters: Vec<String>,
    pub(crate) readable_databases: Vec<String>,
    /// The snapshots that a deployment takes.
    pub(crate) snapshots: Vec<String>,
    pub(crate) repositories: Vec<String>,
    /// The repositories of the environment before this one, whose images are copied.
    pub(crate) repositories_before: Vec<String>,
    /// SNS in the region, as KMS knows it.
    pub(crate) sns: String,
    pub(crate) bucket: String,
    pub(crate) execution_role: String,
    /// The stacks' types of which an account has room for some only.
    pub(crate) counted: Vec<ResourceType>,
    /// With which resources of the stacks are read, but for what hands out secrets or data.
    pub(crate) reading: Needed,
}

/// The types of database clusters. RDS has the API of all of them.
const CLUSTERS: [&str; 3] = [
    "AWS::RDS::DBCluster",
    "AWS::DocDB::DBCluster",
    "AWS::Neptune::DBCluster",
];

impl Places {
    /// Those of an environment's stacks, its bootstrap, and of the environment before it.
    pub(crate) fn of(assembly: &Assembly, settings: &Settings, reading: &Needed) -> Places {
        let names = Names::of(settings);
        let region = &assembly.region;
        let arn = |service: &str, resource: &str| {
            let resource = resource.replace("${AWS::Region}", region.as_str());
            format!("arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}")
        };
        let stack = |name: &str| arn("cloudformation", &format!("stack/{name}/*"));
        let before = settings.deployment.promotes_from.as_ref();
        // What the other environment calls its resources is known to it alone.
        let before = before.map(|before| format!("{}-{}", settings.app, before.as_str()));
        let before_of = |service: &str, resource: &dyn Fn(&str) -> String| {
            let before = before.as_deref();
            before.map(|before| arn(service, &resource(before)))
        };
        let repositories_before = [
            before_of("ecr", &|before| format!("repository/{before}*")),
            settings.deployment.promotes_from.as_ref().map(|before| {
                let (app, before) = (&settings.app, before.as_str());
                arn("ecr", &format!("repository/{app}/{before}/*"))
            }),
        ];
        let stacks: Vec<String> = assembly
            .stacks
            .iter()
            .map(|planned| stack(&planned.name))
            .collect();
        let readable = stacks.iter().cloned();
        let readable = readable
            .chain([stack(names.stack())])
            .chain(before.iter().map(|before| stack(&format!("{before}-*"))));
        let found = |kind, arn: &dyn Fn(&str, &str, &Resource, &Template) -> String| {
            found(assembly, kind, arn)
        };
        let services = found("AWS::ECS::Service", &|stack, id, service, template| {
            let cluster = cluster(stack, service, template);
            let service = name(stack, id, service);
            arn("ecs", &format!("service/{cluster}/{service}"))
        });
        let databases = found("AWS::RDS::DBInstance", &|stack, id, instance, _| {
            arn("rds", &format!("db:{}", name(stack, id, instance)))
        });
        let database_clusters = CLUSTERS.iter().flat_map(|kind| {
            found(kind, &|stack, id, cluster, _| {
                arn("rds", &format!("cluster:{}", name(stack, id, cluster)))
            })
        });
        let balancers = found(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            &|stack, id, balancer, _| {
                let name = name(stack, id, balancer);
                arn("elasticloadbalancing", &format!("loadbalancer/*/{name}/*"))
            },
        );
        let taken = |database: &String| database.replacen(":db:", ":snapshot:stratiform-*-", 1);
        let clusters: BTreeSet<String> = services
            .iter()
            .map(|service| {
                let cluster = service.replacen(":service/", ":cluster/", 1);
                let name = cluster.rsplit_once('/').map(|(cluster, _)| cluster);
                name.unwrap_or(&cluster).to_owned()
            })
            .collect();
        let families = found("AWS::ECS::TaskDefinition", &|stack, id, task, _| {
            arn(
                "ecs",
                &format!("task-definition/{}", family(stack, id, task)),
            )
        });
        let tasks = &settings.deployment.tasks;
        let copies = tasks.iter().flat_map(|task| {
            let families = families.iter();
            families.map(move |family| format!("{family}-{}:*", task.name))
        });
        let logs = match tasks.is_empty() {
            true => BTreeSet::new(),
            false => log_groups(assembly),
        };
        let logs = logs.iter();
        let logs = logs.map(|group| arn("logs", &format!("log-group:{group}:log-stream:*")));
        let topics: Vec<Told> = settings
            .deployment
            .notify
            .topics
            .iter()
            .map(|topic| told(assembly, topic, &arn))
            .collect();
        let has_key = topics.iter().any(|topic| topic.has_key);
        Places {
            readable: readable.collect(),
            readable_services: services
                .iter()
                .cloned()
                .chain(before_of("ecs", &|before| {
                    format!("service/{before}*/{before}*")
                }))
                .collect(),
            task_definitions: families
                .iter()
                .map(|family| format!("{family}:*"))
                .collect(),
            clusters: clusters.into_iter().collect(),
            copies: copies.collect(),
            logs: logs.collect(),
            topics: topics.into_iter().map(|topic| topic.arn).collect(),
            topic_keys: has_key.then(|| arn("kms", "key/*")).into_iter().collect(),
            task_roles: task_roles(assembly),
            readable_databases: databases
                .iter()
                .cloned()
                .chain(before_of("rds", &|before| format!("db:{before}*")))
                .collect(),
            snapshots: databases.iter().map(taken).collect(),
            repositories: found("AWS::ECR::Repository", &|stack, id, repository, _| {
                let name = name(stack, id, repository);
                arn("ecr", &format!("repository/{name}"))
            }),
            repositories_before: repositories_before.into_iter().flatten().collect(),
            sns: format!("sns.{region}.amazonaws.com"),
            bucket: match &settings.deployment.artifact_bucket {
                Some(bucket) => bucket.clone(),
                None => names.bucket("${AWS::AccountId}", region.as_str()),
            },
            execution_role: match &settings.deployment.role_arn {
                Some(arn) => arn.clone(),
                None => names.execution_role_arn("${AWS::Partition}", "${AWS::AccountId}"),
            },
            counted: counted(assembly),
            reading: self::reading(reading.clone()),
            stacks,
            services,
            balancers,
            database_clusters: database_clusters.collect(),
            databases,
        }
    }
}

/// The ARNs of the resources of a type, each once.
pub(crate) fn found(
    assembly: &Assembly,
    kind: &str,
    arn: &dyn Fn(&str, &str, &Resource, &Template) -> String,
) -> Vec<String> {
    let mut all = BTreeSet::new();
    for stack in &assembly.stacks {
        for (id, resource) in stack.template.each_resource() {
            if resource.resource_type == kind {
                all.insert(arn(&stack.name, id, resource, &stack.template));
            }
        }
    }
    all.into_iter().collect()
}

/// The cluster of a service: in its stack, by name, or any.
fn cluster(stack: &str, service: &Resource, template: &Template) -> String {
    match service.properties.get("Cluster") {
        None => "default".to_owned(),
        Some(cluster) => match referred(template, cluster) {
            Some((id, resource)) => name(stack, id, resource),
            None => pattern(cluster).unwrap_or_else(|| "*".to_owned()),
        },
    }
}

/// The resource of the same template that a value refers to.
pub(crate) fn referred<'t>(
    template: &'t Template,
    value: &'t Value,
) -> Option<(&'t str, &'t Resource)> {
    let id = match value {
        Value::Function(Function::Ref, name) => name.as_str()?,
        Value::Function(Function::GetAtt, target) => match &**target {
            Value::String(target) => target.split('.').next()?,
            Value::List(parts) => parts.first()?.as_str()?,
            _ => return None,
        },
        _ => return None,
    };
    template.each_resource().find(|(known, _)| *known == id)
}

/// The family of a task definition. CloudFormation makes one of stack and logical ID, with no hyphens between.
fn family(stack: &str, id: &str, task: &Resource) -> String {
    match task.properties.get("Family") {
        Some(family) => pattern(family).unwrap_or_else(|| "*".to_owned()),
        None => format!("{stack}{id}*"),
    }
}

/// A topic that is told.
struct Told {
    arn: String,
    /// Whether a key of the account's encrypts what it gets.
    has_key: bool,
}

/// A topic by its ARN, or of the environment's stacks.
fn told(assembly: &Assembly, topic: &Topic, arn: &dyn Fn(&str, &str) -> String) -> Told {
    let named = || {
        let (key, id) = topic.place()?;
        let mut stacks = assembly.stacks.iter();
        let stack = stacks.find(|stack| assembly.key(&stack.name) == key)?;
        let mut resources = stack.template.each_resource();
        let (_, resource) = resources.find(|(known, _)| *known == id)?;
        Some(Told {
            arn: arn("sns", &name(&stack.name, id, resource)),
            has_key: resource.properties.contains_key("KmsMasterKeyId"),
        })
    };
    named().unwrap_or_else(|| Told {
        arn: topic.as_str().to_owned(),
        // Nobody knows here: it may.
        has_key: true,
    })
}

/// The log groups of containers.
fn log_groups(assembly: &Assembly) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for stack in &assembly.stacks {
        let resources = stack.template.each_resource();
        let tasks = resources.filter(|(_, task)| task.resource_type == "AWS::ECS::TaskDefinition");
        let containers =
            tasks.flat_map(|(_, task)| items(task.properties.get("ContainerDefinitions")));
        let groups = containers.filter_map(|container| {
            let options = get(get(container, "LogConfiguration")?, "Options")?;
            get(options, "awslogs-group")
        });
        all.extend(groups.map(|group| match referred(&stack.template, group) {
            Some((id, resource)) => name(&stack.name, id, resource),
            None => pattern(group).unwrap_or_else(|| "*".to_owned()),
        }));
    }
    all
}

/// The roles that tasks have. One that another stack makes is known by that stack's names only, and stays out.
fn task_roles(assembly: &Assembly) -> Vec<String> {
    let mut all = BTreeSet::new();
    for stack in &assembly.stacks {
        let resources = stack.template.each_resource();
        let tasks = resources.filter(|(_, task)| task.resource_type == "AWS::ECS::TaskDefinition");
        for (_, task) in tasks {
            for property in ["ExecutionRoleArn", "TaskRoleArn"] {
                let Some(value) = task.properties.get(property) else {
                    continue;
                };
                let arn = match referred(&stack.template, value) {
                    Some((id, role)) => {
                        let path = role.properties.get("Path").and_then(pattern);
                        let path = path.unwrap_or_else(|| "/".to_owned());
                        let name = name(&stack.name, id, role);
                        Some(format!(
                            "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role{path}{name}"
                        ))
                    }
                    None => pattern(value).filter(|arn| arn.starts_with("arn:")),
                };
                all.extend(arn);
            }
        }
    }
    all.into_iter().collect()
}

/// What hands out secrets or data, and is named by handlers that read all the same.
const TELLING: [&str; 7] = [
    "dynamodb:GetItem",
    "logs:GetLogEvents",
    "s3:GetObject",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
];

/// The types that `guard` counts, as far as an environment has any.
fn counted(assembly: &Assembly) -> Vec<ResourceType> {
    let has = |name: &&str| {
        let stacks = assembly.stacks.iter();
        let mut resources = stacks.flat_map(|stack| stack.template.each_resource());
        resources.any(|(_, resource)| resource.resource_type == *name)
    };
    let types = counted_types().filter(has);
    types
        .filter_map(|name| catalog().resource_type(name))
        .collect()
}

/// What CloudFormation needs to read the resources of an environment, as their handlers name it.
fn reading(mut needed: Needed) -> Needed {
    for grant in &mut needed.grants {
        grant.actions.retain(|action| is_reading(action));
    }
    needed.grants.retain(|grant| !grant.actions.is_empty());
    needed.unscoped.retain(|open| is_reading(&open.action));
    needed
}

fn is_reading(action: &str) -> bool {
    let name = action.split_once(':').map_or("", |(_, name)| name);
    let verbs = ["Describe", "Get", "List"];
    verbs.iter().any(|verb| name.starts_with(verb)) && !TELLING.contains(&action)
}
