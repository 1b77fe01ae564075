//! The services: containers on Fargate.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::{
    HttpPath, ParameterName, PathPattern, SecretVariableName, ServiceName, VariableName,
};

/// A container image that runs on Fargate: as a user without rights, who can write to `/tmp` and nowhere else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// How the load balancer reaches it. It has no load balancer when left out; then it touches the file
    /// `/tmp/alive` at least every two minutes while it is well, and its image has `sh`, `find` and `grep` for
    /// the health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<Http>,

    /// CPU of a task, in units of 1/1024 of a processor: 256 to 16,384.
    pub cpu: Cpu,

    /// Memory of a task, in MiB. Which values there are depends on `cpu`: 512, 1024 or 2048 for 256.
    pub memory_mib: u32,

    /// The processor that the image is built for. arm64 is about a fifth cheaper.
    #[serde(default)]
    pub architecture: Architecture,

    /// How many tasks run.
    pub tasks: Tasks,

    /// What makes the number of tasks grow and shrink.
    #[serde(default)]
    pub scaling: Scaling,

    /// How a new version replaces the old one.
    pub deployment: Deployment,

    /// The queue that it reads. It has none when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,

    /// The services whose queues it writes to.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true))]
    pub publishes_to: Vec<ServiceName>,

    /// Whether it may connect to the database. It gets `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME` and
    /// `DATABASE_SSLMODE`; to log in `DATABASE_IAM_USER`, or `DATABASE_USERNAME` and `DATABASE_PASSWORD`. RDS
    /// changes that password every week: a task that runs longer reads `DATABASE_SECRET_ARN` again.
    #[serde(default)]
    pub uses_database: bool,

    /// Environment variables of its container. Not for secrets: anybody who may read the task definition
    /// reads them.
    #[serde(default)]
    pub variables: BTreeMap<VariableName, String>,

    /// Environment variables whose values are secret: the variable, and the name of the Parameter Store
    /// parameter that has its value, such as `/storefront/prod/payment-key`.
    #[serde(default)]
    pub secrets: BTreeMap<SecretVariableName, ParameterName>,

    /// Whether people may open a shell in a task with `aws ecs execute-command`.
    #[serde(default)]
    pub execute_command: bool,
}

/// How the load balancer reaches a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The port that the container listens on.
    #[schemars(range(min = 1, max = 65_535))]
    pub port: u16,

    /// The paths that are its business, 1 to 5: `/api/*`. All of them (`/*`) when left out.
    #[serde(default = "every_path")]
    #[schemars(length(min = 1, max = 5), extend("uniqueItems" = true))]
    pub paths: Vec<PathPattern>,

    /// Which service is asked first when the paths of two fit: the one with the lower number, 1 to 50,000.
    /// 100 when left out.
    #[serde(default = "usual_priority")]
    #[schemars(range(min = 1, max = 50_000))]
    pub priority: u16,

    /// The path that answers 200 when a task is healthy. The load balancer asks for it, and `wget` in the
    /// container, which the image must have.
    pub health_check_path: HttpPath,

    /// Seconds that a new task has before its health counts: 0 to 3,600. 60 when left out.
    #[serde(default = "usual_grace")]
    #[schemars(range(min = 0, max = 3600))]
    pub health_check_grace_seconds: u16,
}

fn every_path() -> Vec<PathPattern> {
    vec![PathPattern::every()]
}

fn usual_priority() -> u16 {
    100
}

fn usual_grace() -> u16 {
    60
}

/// The processor that an image is built for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Architecture {
    /// Graviton.
    #[default]
    #[serde(rename = "arm64")]
    Arm64,
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    X86_64,
}

/// How many tasks run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    /// As many always run.
    #[schemars(range(min = 1, max = 1000))]
    pub minimum: u16,

    /// No more than this run, however busy they are.
    #[schemars(range(min = 1, max = 1000))]
    pub maximum: u16,
}

/// What makes the number of tasks grow and shrink.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "metric", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scaling {
    /// The tasks' CPU.
    Cpu {
        /// Per cent that the tasks' average is kept near: 10 to 90.
        #[schemars(range(min = 10, max = 90))]
        target_percent: u8,
    },
    /// The tasks' memory.
    Memory {
        /// Per cent that the tasks' average is kept near: 10 to 90.
        #[schemars(range(min = 10, max = 90))]
        target_percent: u8,
    },
    /// The messages that wait in the service's queue.
    QueueBacklog {
        /// How many may wait for each task: 1 to 100,000.
        #[schemars(range(min = 1, max = 100_000))]
        messages_per_task: u32,
    },
}

impl Default for Scaling {
    fn default() -> Self {
        Scaling::Cpu { target_percent: 60 }
    }
}

/// How a new version replaces the old one. A deployment that fails goes back by itself in both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "strategy", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deployment {
    /// Task by task; a circuit breaker notices when new ones do not become healthy.
    Rolling {
        /// Minutes that alarms are watched when the last old task is gone: 1 to 1,440. A few, which ECS
        /// counts from the alarms, when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 1, max = 1440))]
        bake_time_minutes: Option<u16>,
    },
    /// All new tasks beside all old ones; then traffic moves, and the old ones stay for a while. Only for
    /// services with `http`: others have no traffic that could move.
    BlueGreen {
        /// Minutes that the old tasks stay while alarms are watched: 1 to 1,440.
        #[schemars(range(min = 1, max = 1440))]
        bake_time_minutes: u16,
    },
}

/// The queue that a service reads, with a dead-letter queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Seconds that a message is hidden while a task works on it: 1 to 43,200. Six times what the slowest
    /// message takes is a good value.
    #[schemars(range(min = 1, max = 43_200))]
    pub visibility_timeout_seconds: u32,

    /// Days that a message waits before it is dropped: 1 to 14. 4 when left out. In the dead-letter queue it
    /// is always 14.
    #[serde(default = "usual_queue_retention")]
    #[schemars(range(min = 1, max = 14))]
    pub retention_days: u8,

    /// How often a message is tried before it goes to the dead-letter queue: 1 to 1,000. 5 when left out.
    #[serde(default = "usual_receives")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_receives: u16,
}

fn usual_queue_retention() -> u8 {
    4
}

fn usual_receives() -> u16 {
    5
}

/// CPU of a Fargate task, in units of 1/1024 of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Cpu(u32);

impl Cpu {
    /// The values that Fargate allows, each with the least memory, the most, and the step between, in MiB.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html>
    const PAIRS: [(u32, u32, u32, u32); 7] = [
        (256, 512, 2048, 512),
        (512, 1024, 4096, 1024),
        (1024, 2048, 8192, 1024),
        (2048, 4096, 16_384, 1024),
        (4096, 8192, 30_720, 1024),
        (8192, 16_384, 61_440, 4096),
        (16_384, 32_768, 122_880, 8192),
    ];

    /// All that Fargate offers.
    pub fn all() -> impl Iterator<Item = Cpu> {
        Cpu::PAIRS.iter().map(|(cpu, ..)| Cpu(*cpu))
    }

    /// The units.
    pub fn units(self) -> u32 {
        self.0
    }

    /// The memory, in MiB, that Fargate allows with it.
    pub fn memory_mib(self) -> Vec<u32> {
        let pair = Cpu::PAIRS.iter().find(|(cpu, ..)| *cpu == self.0);
        let Some(&(_, least, most, step)) = pair else {
            return Vec::new();
        };
        (least..=most)
            .step_by(step as usize)
            // The one hole in the table: 256 goes with 512, 1024 and 2048.
            .filter(|memory| (self.0, *memory) != (256, 1536))
            .collect()
    }
}

impl TryFrom<u32> for Cpu {
    type Error = String;

    fn try_from(units: u32) -> Result<Self, String> {
        Cpu::all()
            .find(|cpu| cpu.0 == units)
            .ok_or_else(|| format!("Fargate has no task with {units} units of CPU"))
    }
}

impl From<Cpu> for u32 {
    fn from(cpu: Cpu) -> u32 {
        cpu.0
    }
}

impl JsonSchema for Cpu {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Cpu")
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let units: Vec<u32> = Cpu::all().map(Cpu::units).collect();
        schemars::json_schema!({ "type": "integer", "enum": units })
    }
}
