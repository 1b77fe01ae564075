//! Metrics of CloudWatch: which one, of which resource. Alarms and the dashboard share them.
//!
//! Names and dimensions: CloudWatch sections of the user guides of Elastic Load Balancing, ECS, RDS, SQS and
//! AWS Backup.

use stratiform_stack::{Expr, Handle, Json, Prop};

use crate::resources::elasticloadbalancingv2::LoadBalancer;
use crate::resources::{backup, ecs, rds, sqs};

/// A metric of one resource.
#[derive(Clone, Debug)]
pub struct Metric {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) dimensions: Vec<(&'static str, Expr<String>)>,
}

impl Metric {
    /// A metric of a load balancer.
    pub fn load_balancer(name: &'static str, balancer: &Handle<LoadBalancer>) -> Metric {
        let metric = Metric::of("AWS/ApplicationELB", name);
        metric.by("LoadBalancer", balancer.load_balancer_full_name())
    }

    /// A metric of what the tasks of a service use.
    pub fn service(
        name: &'static str,
        cluster: &Handle<ecs::Cluster>,
        service: &Handle<ecs::Service>,
    ) -> Metric {
        Metric::of("AWS/ECS", name)
            .by("ClusterName", cluster.reference())
            .by("ServiceName", service.name())
    }

    /// A metric of how many tasks a service has.
    pub fn tasks(
        name: &'static str,
        cluster: &Handle<ecs::Cluster>,
        service: &Handle<ecs::Service>,
    ) -> Metric {
        Metric {
            namespace: "ECS/ContainerInsights",
            ..Metric::service(name, cluster, service)
        }
    }

    /// A metric of a database instance.
    pub fn database(name: &'static str, instance: &Handle<rds::DbInstance>) -> Metric {
        Metric::of("AWS/RDS", name).by("DBInstanceIdentifier", instance.reference())
    }

    /// A metric of a queue.
    pub fn queue(name: &'static str, queue: &Handle<sqs::Queue>) -> Metric {
        Metric::of("AWS/SQS", name).by("QueueName", queue.queue_name())
    }

    /// A metric of a backup vault.
    pub fn vault(name: &'static str, vault: &Handle<backup::BackupVault>) -> Metric {
        Metric::of("AWS/Backup", name).by("BackupVaultName", vault.reference())
    }

    fn of(namespace: &'static str, name: &'static str) -> Metric {
        Metric {
            namespace,
            name,
            dimensions: Vec::new(),
        }
    }

    /// The same metric of one thing only.
    fn by(mut self, dimension: &'static str, value: impl Into<Prop<String>>) -> Metric {
        self.dimensions.push((dimension, value.into().into_expr()));
        self
    }

    /// The metric as a line of a dashboard's graph.
    pub(super) fn line(self, options: Json) -> Json {
        let dimensions = self.dimensions.into_iter();
        let dimensions = dimensions.flat_map(|(name, value)| [Json::from(name), Json::from(value)]);
        let metric = [Json::from(self.namespace), Json::from(self.name)];
        Json::list(metric.into_iter().chain(dimensions).chain([options]))
    }
}
