//! When somebody is told that something is wrong.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_environment::EmailAddress;

/// When somebody is told that something is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// Who is told, by e-mail. AWS asks them once whether they want that. Nobody when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,

    /// Requests that are answered with a server error. More than 5 % for 5 minutes when left out.
    pub error_rate: PercentAlarm,

    /// Time until a request is answered, on average. More than 2 seconds for 10 minutes when left out.
    pub response_time: DurationAlarm,

    /// CPU of a service's tasks, on average. More than 80 % for 15 minutes when left out.
    pub cpu: PercentAlarm,

    /// Memory of a service's tasks, on average. More than 80 % for 15 minutes when left out.
    pub memory: PercentAlarm,

    /// The database.
    pub database: DatabaseAlarms,

    /// Seconds that the oldest message has waited in a queue: 1 to 1,209,600. More than 900 when left out.
    #[schemars(range(min = 1, max = 1_209_600))]
    pub oldest_message_above_seconds: u32,
}

impl Default for Alarms {
    fn default() -> Self {
        let busy = PercentAlarm {
            above_percent: 80,
            for_minutes: 15,
        };
        Alarms {
            email: None,
            error_rate: PercentAlarm {
                above_percent: 5,
                for_minutes: 5,
            },
            response_time: DurationAlarm {
                above_milliseconds: 2000,
                for_minutes: 10,
            },
            cpu: busy.clone(),
            memory: busy,
            database: DatabaseAlarms::default(),
            oldest_message_above_seconds: 900,
        }
    }
}

/// A share that is too high for too long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PercentAlarm {
    /// Per cent that are still fine: 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    pub above_percent: u8,

    /// Minutes that it must last: 1 to 60.
    #[schemars(range(min = 1, max = 60))]
    pub for_minutes: u8,
}

/// Something that takes too long for too long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DurationAlarm {
    /// Milliseconds that are still fine: 1 to 60,000.
    #[schemars(range(min = 1, max = 60_000))]
    pub above_milliseconds: u32,

    /// Minutes that it must last: 1 to 60.
    #[schemars(range(min = 1, max = 60))]
    pub for_minutes: u8,
}

/// When the database is in trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseAlarms {
    /// CPU, on average. More than 80 % for 15 minutes when left out.
    pub cpu: PercentAlarm,

    /// Connections: 1 to 20,000. More than 80 when left out: a db.t3.micro allows about 110.
    #[schemars(range(min = 1, max = 20_000))]
    pub connections_above: u32,

    /// Free storage, in GiB: 1 to 65,536. Less than 5 when left out.
    #[schemars(range(min = 1, max = 65_536))]
    pub free_storage_below_gib: u32,

    /// Time until a read or a write is done, on average. More than 50 milliseconds for 10 minutes when left
    /// out.
    pub latency: DurationAlarm,
}

impl Default for DatabaseAlarms {
    fn default() -> Self {
        DatabaseAlarms {
            cpu: PercentAlarm {
                above_percent: 80,
                for_minutes: 15,
            },
            connections_above: 80,
            free_storage_below_gib: 5,
            latency: DurationAlarm {
                above_milliseconds: 50,
                for_minutes: 10,
            },
        }
    }
}
