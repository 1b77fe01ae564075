//! The dashboard: every alarm, and what there is to look at when one goes off.

use stratiform_stack::{Json, Stack, json, props, pseudo, sub};

use super::metric::Metric;
use crate::alarms::Watched;
use crate::database::Database;
use crate::parts::Names;
use crate::queues::Queues;
use crate::resources::cloudwatch;
use crate::services::Services;

/// A graph of some metrics.
struct Graph {
    title: &'static str,
    statistic: &'static str,
    /// What is on the left axis.
    axis: Axis,
    lines: Vec<Json>,
}

/// How far an axis goes.
#[derive(Clone, Copy)]
enum Axis {
    /// From 0 to whatever is measured.
    Open,
    /// From 0 to 100.
    Percent,
}

/// Adds the dashboard.
pub(super) fn add(stack: &Stack, names: Names<'_>, alarms: Vec<Json>, watched: Watched<'_>) {
    let status = json!({
        "type": "alarm",
        "x": 0,
        "y": 0,
        "width": 24,
        "height": STATUS_HEIGHT,
        "properties": {"title": format!("Alarms of {}", names.prefix()), "alarms": alarms},
    });
    let graphs = requests(watched.services)
        .into_iter()
        .chain(tasks(watched.services))
        .chain(messages(watched.queues))
        .chain(of_database(watched.database));
    let graphs = (0..).zip(graphs).map(|(place, graph)| graph.widget(place));
    let widgets: Vec<Json> = std::iter::once(status).chain(graphs).collect();
    stack.add(
        "Dashboard",
        props!(cloudwatch::Dashboard {
            dashboard_body: json!({"widgets": widgets}).into_text(),
            // Dashboards belong to no region: in another one the name must differ.
            dashboard_name: sub!("{}-{}", names.prefix(), pseudo::region()),
        }),
    );
}

/// Rows of the grid, which is 24 columns wide.
const STATUS_HEIGHT: u32 = 3;

impl Graph {
    /// The graph in its place: three beside each other, below the alarms.
    fn widget(self, place: u32) -> Json {
        const WIDTH: u32 = 8;
        const HEIGHT: u32 = 6;
        let left = match self.axis {
            Axis::Open => json!({"min": 0}),
            Axis::Percent => json!({"min": 0, "max": 100}),
        };
        json!({
            "type": "metric",
            "x": place % 3 * WIDTH,
            "y": STATUS_HEIGHT + place / 3 * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {
                "title": self.title,
                "region": pseudo::region(),
                "view": "timeSeries",
                "stat": self.statistic,
                "period": 60,
                "metrics": self.lines,
                "yAxis": {"left": left},
            },
        })
    }
}

fn requests(services: &Services) -> Vec<Graph> {
    let Some(balancer) = &services.load_balancer else {
        return Vec::new();
    };
    let metric = |name| Metric::load_balancer(name, balancer);
    vec![
        Graph {
            title: "Requests and errors",
            statistic: "Sum",
            axis: Axis::Open,
            lines: vec![
                metric("RequestCount").line(json!({"label": "requests"})),
                metric("HTTPCode_Target_5XX_Count")
                    .line(json!({"label": "errors of services (5xx)"})),
                metric("HTTPCode_ELB_5XX_Count").line(json!({"label": "not delivered (5xx)"})),
                metric("HTTPCode_Target_4XX_Count").line(json!({"label": "refused (4xx)"})),
            ],
        },
        Graph {
            title: "Response time (s)",
            statistic: "p95",
            axis: Axis::Open,
            lines: Vec::from(["p50", "p95", "p99"].map(|percentile| {
                let options = json!({"stat": percentile, "label": percentile});
                metric("TargetResponseTime").line(options)
            })),
        },
    ]
}

fn tasks(services: &Services) -> [Graph; 3] {
    let cluster = &services.cluster;
    let counts = services.services.iter().flat_map(|(name, service)| {
        [
            ("desired", "DesiredTaskCount"),
            ("running", "RunningTaskCount"),
        ]
        .map(|(word, metric)| {
            let options = json!({"label": format!("{name} {word}")});
            Metric::tasks(metric, cluster, &service.service).line(options)
        })
    });
    let used = |title, metric| Graph {
        title,
        statistic: "Average",
        axis: Axis::Percent,
        lines: services
            .services
            .iter()
            .map(|(name, service)| {
                let options = json!({"label": name.to_string()});
                Metric::service(metric, cluster, &service.service).line(options)
            })
            .collect(),
    };
    [
        Graph {
            title: "Tasks",
            statistic: "Average",
            axis: Axis::Open,
            lines: counts.collect(),
        },
        used("CPU of the services (%)", "CPUUtilization"),
        used("Memory of the services (%)", "MemoryUtilization"),
    ]
}

fn messages(queues: &Queues) -> Option<Graph> {
    if queues.queues.is_empty() {
        return None;
    }
    let lines = queues.queues.iter().flat_map(|(name, queue)| {
        let visible = "ApproximateNumberOfMessagesVisible";
        let age = "ApproximateAgeOfOldestMessage";
        [
            Metric::queue(visible, &queue.queue).line(json!({"label": format!("{name} waiting")})),
            Metric::queue(visible, &queue.dead_letters)
                .line(json!({"label": format!("{name} dead")})),
            Metric::queue(age, &queue.queue)
                .line(json!({"label": format!("{name} oldest (s)"), "yAxis": "right"})),
        ]
    });
    Some(Graph {
        title: "Messages",
        statistic: "Maximum",
        axis: Axis::Open,
        lines: lines.collect(),
    })
}

fn of_database(database: &Database) -> [Graph; 3] {
    let metric = |name| Metric::database(name, &database.instance);
    [
        Graph {
            title: "CPU of the database (%)",
            statistic: "Average",
            axis: Axis::Percent,
            lines: vec![metric("CPUUtilization").line(json!({"label": "CPU"}))],
        },
        Graph {
            title: "Connections and free storage",
            statistic: "Average",
            axis: Axis::Open,
            lines: vec![
                metric("DatabaseConnections").line(json!({"label": "connections"})),
                metric("FreeStorageSpace")
                    .line(json!({"label": "free storage (bytes)", "yAxis": "right"})),
            ],
        },
        Graph {
            title: "Latency of the database (s)",
            statistic: "Average",
            axis: Axis::Open,
            lines: vec![
                metric("ReadLatency").line(json!({"label": "reads"})),
                metric("WriteLatency").line(json!({"label": "writes"})),
            ],
        },
    ]
}
