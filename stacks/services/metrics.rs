//! What is measured of services: metrics, and the arithmetic with them, as alarms take it.

use stratiform_stack::{Handle, props};

use crate::resources::cloudwatch::alarm::{Dimension, Metric, MetricDataQuery, MetricStat};
use crate::resources::elasticloadbalancingv2::{LoadBalancer, TargetGroup};

/// Seconds of a data point. Load balancers and queues report once a minute.
const PERIOD: u32 = 60;

/// Load balancers' metrics.
const LOAD_BALANCER: &str = "AWS/ApplicationELB";

/// Server errors in per cent of all requests: those of the tasks, and those of the load balancer itself.
///
/// A request that found no task is in no target group's count; so the load balancer's errors count as requests,
/// too.
pub fn error_rate(
    load_balancer: &Handle<LoadBalancer>,
    target_groups: &[Handle<TargetGroup>],
) -> Vec<MetricDataQuery> {
    let mut requests = vec!["balancer".to_owned()];
    let mut errors = requests.clone();
    let mut queries = Vec::new();
    for (number, group) in (1..).zip(target_groups) {
        for (ids, name, metric) in [
            (&mut requests, "requests", "RequestCount"),
            (&mut errors, "errors", "HTTPCode_Target_5XX_Count"),
        ] {
            let id = format!("{name}{number}");
            queries.push(query(&id, metric, "Sum", of_group(load_balancer, group)));
            ids.push(id);
        }
    }
    let all = vec![of_load_balancer(load_balancer)];
    queries.push(query("balancer", "HTTPCode_ELB_5XX_Count", "Sum", all));
    // SUM of a list leaves out what has no data: a target group that is idle, a minute without errors.
    let rate = format!(
        "100 * SUM([{}]) / SUM([{}])",
        errors.join(", "),
        requests.join(", ")
    );
    queries.insert(0, expression("rate", rate, "Errors (%)"));
    queries
}

/// Seconds that the slowest twentieth of the requests takes, of the slower target group.
pub fn response_time(
    load_balancer: &Handle<LoadBalancer>,
    target_groups: &[Handle<TargetGroup>],
) -> Vec<MetricDataQuery> {
    let mut ids = Vec::new();
    let mut queries = Vec::new();
    for (number, group) in (1..).zip(target_groups) {
        let id = format!("time{number}");
        let dimensions = of_group(load_balancer, group);
        queries.push(query(&id, "TargetResponseTime", "p95", dimensions));
        ids.push(id);
    }
    let slowest = format!("MAX([{}])", ids.join(", "));
    queries.insert(0, expression("slowest", slowest, "p95 (s)"));
    queries
}

fn of_load_balancer(load_balancer: &Handle<LoadBalancer>) -> Dimension {
    props!(Dimension {
        name: "LoadBalancer",
        value: load_balancer.load_balancer_full_name(),
    })
}

fn of_group(load_balancer: &Handle<LoadBalancer>, group: &Handle<TargetGroup>) -> Vec<Dimension> {
    vec![
        props!(Dimension {
            name: "TargetGroup",
            value: group.target_group_full_name(),
        }),
        of_load_balancer(load_balancer),
    ]
}

fn query(id: &str, metric: &str, statistic: &str, dimensions: Vec<Dimension>) -> MetricDataQuery {
    let metric = props!(Metric {
        namespace: LOAD_BALANCER,
        metric_name: metric,
        dimensions,
    });
    props!(MetricDataQuery {
        id,
        metric_stat: MetricStat {
            metric,
            period: PERIOD,
            stat: statistic,
        },
        return_data: false,
    })
}

fn expression(id: &str, text: String, label: &str) -> MetricDataQuery {
    props!(MetricDataQuery {
        id,
        expression: text,
        label,
        return_data: true,
    })
}
