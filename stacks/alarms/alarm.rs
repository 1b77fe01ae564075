//! One alarm, said by what it differs in from the others.

use std::fmt;

use stratiform_stack::{Handle, props};

use super::metric::Metric;
use crate::environment::PercentAlarm;
use crate::resources::cloudwatch::alarm::{
    ComparisonOperator, Dimension, MetricDataQuery, MetricStat, Statistic, TreatMissingData,
};
use crate::resources::{cloudwatch, ecs};

/// An alarm. As a [`cloudwatch::Alarm`] it tells nobody yet.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// What is wrong, for whoever is told: `api: more than 80 % CPU`. How long is added.
    pub what: String,
    /// What is measured.
    pub measure: Measure,
    /// From where on it is wrong.
    pub limit: Limit,
    /// For how long it must be wrong.
    pub lasting: Lasting,
    /// What it means that nothing was measured.
    pub missing: TreatMissingData,
}

/// What an alarm measures.
#[derive(Clone, Debug)]
pub enum Measure {
    /// One metric.
    Metric(Metric, Statistic),
    /// A number computed from metrics: the query that returns data. They say their periods themselves.
    Computed(Vec<MetricDataQuery>),
}

/// From where on a value is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// More than this is.
    Above(f64),
    /// Less than this is.
    Below(f64),
}

/// For how long a value must be wrong: in each of some periods that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasting {
    period_seconds: u32,
    periods: u32,
}

impl Alarm {
    /// An alarm for a share that is too high; `share` is what it is a share of, as in `more than 80 % CPU`.
    /// That nothing was measured is fine.
    pub fn percent(subject: &str, share: &str, measure: Measure, limit: &PercentAlarm) -> Alarm {
        Alarm {
            what: format!("{subject}: more than {} % {share}", limit.above_percent),
            lasting: match &measure {
                Measure::Metric(..) => Lasting::averaged_minutes(limit.for_minutes),
                Measure::Computed(_) => Lasting::minutes(limit.for_minutes),
            },
            measure,
            limit: Limit::above(limit.above_percent),
            missing: TreatMissingData::NotBreaching,
        }
    }
}

impl Limit {
    /// More than this is wrong.
    pub fn above(limit: impl Into<f64>) -> Limit {
        Limit::Above(limit.into())
    }
}

impl Measure {
    /// The average of a metric.
    pub fn average(metric: Metric) -> Measure {
        Measure::Metric(metric, Statistic::Average)
    }

    /// The highest sample of a metric.
    pub fn maximum(metric: Metric) -> Measure {
        Measure::Metric(metric, Statistic::Maximum)
    }

    /// How many tasks a service has too few.
    pub fn tasks_lacking(
        cluster: &Handle<ecs::Cluster>,
        service: &Handle<ecs::Service>,
    ) -> Measure {
        let lacking = props!(MetricDataQuery {
            id: "lacking",
            expression: "desired - running",
            label: "Tasks lacking",
            return_data: true,
        });
        let tasks = |id, name| {
            let metric = Metric::tasks(name, cluster, service);
            let metric = props!(cloudwatch::alarm::Metric {
                namespace: metric.namespace,
                metric_name: metric.name,
                dimensions: dimensions(metric),
            });
            props!(MetricDataQuery {
                id,
                metric_stat: MetricStat {
                    metric,
                    period: MINUTE,
                    stat: Statistic::Average.as_str(),
                },
                return_data: false,
            })
        };
        Measure::Computed(vec![
            lacking,
            tasks("desired", "DesiredTaskCount"),
            tasks("running", "RunningTaskCount"),
        ])
    }
}

/// Seconds of the shortest period that all services measure.
const MINUTE: u32 = 60;

impl Lasting {
    /// Measured every minute: for what nobody should wait for.
    pub fn minutes(minutes: u8) -> Lasting {
        Lasting::periods(u32::from(minutes), MINUTE)
    }

    /// Measured every five minutes where that fits: for what comes in bursts, so that a short one neither
    /// counts nor starts the waiting again.
    pub fn averaged_minutes(minutes: u8) -> Lasting {
        if minutes.is_multiple_of(5) {
            Lasting::periods(u32::from(minutes / 5), 5 * MINUTE)
        } else {
            Lasting::minutes(minutes)
        }
    }

    /// So many periods of so many seconds: a multiple of 60. Of a day in all, or of a week where a period has
    /// an hour and more.
    pub fn periods(periods: u32, period_seconds: u32) -> Lasting {
        Lasting {
            period_seconds,
            periods,
        }
    }
}

impl fmt::Display for Lasting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.period_seconds * self.periods / MINUTE {
            // As soon as it is seen.
            1 => Ok(()),
            minutes if minutes >= 120 && minutes.is_multiple_of(60) => {
                write!(formatter, " for {} hours", minutes / 60)
            }
            minutes => write!(formatter, " for {minutes} minutes"),
        }
    }
}

impl From<Alarm> for cloudwatch::Alarm {
    fn from(alarm: Alarm) -> Self {
        let lasting = alarm.lasting;
        let (operator, threshold) = match alarm.limit {
            Limit::Above(limit) => (ComparisonOperator::GreaterThanThreshold, limit),
            Limit::Below(limit) => (ComparisonOperator::LessThanThreshold, limit),
        };
        let measured = match alarm.measure {
            Measure::Metric(metric, statistic) => props!(cloudwatch::Alarm {
                namespace: metric.namespace,
                metric_name: metric.name,
                dimensions: dimensions(metric),
                statistic,
                period: lasting.period_seconds,
            }),
            Measure::Computed(queries) => props!(cloudwatch::Alarm { metrics: queries }),
        };
        props!(cloudwatch::Alarm {
            alarm_description: format!("{}{lasting}", alarm.what),
            comparison_operator: operator,
            threshold,
            evaluation_periods: lasting.periods,
            datapoints_to_alarm: lasting.periods,
            treat_missing_data: alarm.missing,
            ..measured
        })
    }
}

fn dimensions(metric: Metric) -> Vec<Dimension> {
    let dimensions = metric.dimensions.into_iter();
    dimensions
        .map(|(name, value)| props!(Dimension { name, value }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_as_long_as_it_was_asked_for() {
        let cases = [
            (Lasting::minutes(1), 1, 60, ""),
            (Lasting::minutes(10), 10, 60, " for 10 minutes"),
            (Lasting::averaged_minutes(15), 3, 300, " for 15 minutes"),
            (Lasting::averaged_minutes(7), 7, 60, " for 7 minutes"),
            (Lasting::periods(5, 21_600), 5, 21_600, " for 30 hours"),
        ];
        for (lasting, periods, seconds, words) in cases {
            assert_eq!(lasting, Lasting::periods(periods, seconds));
            assert_eq!(lasting.to_string(), words);
        }
    }
}
