//! The rate of errors behind target groups: whether it is worse than at the start.

use std::collections::BTreeMap;

use stratiform_service::Timestamp;

use super::{LOOKS, Subject, Worse};

/// Of fewer requests no rate is told.
const LEAST: u64 = 20;

/// How many of a thousand requests more than at the start must fail, at least. The rate must be twice that of the start, too.
const MORE: u64 = 10;

/// The requests to a target group in some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requests {
    /// The target group's ARN.
    pub group: String,
    /// All of them.
    pub all: u64,
    /// Those that a target answered with 5xx.
    pub failed: u64,
}

/// Rates of errors, look after look.
#[derive(Clone, Debug)]
pub struct ErrorRates {
    /// Of a thousand requests at the start, those that failed. None of a group with too few.
    start: BTreeMap<String, u64>,
    /// Of what is worse now: since which look, and for how many.
    doubts: BTreeMap<String, (Timestamp, u32)>,
}

impl Requests {
    /// How many of a thousand failed; none of too few.
    fn rate(&self) -> Option<u64> {
        let rate = || self.failed.saturating_mul(1_000) / self.all;
        (self.all >= LEAST).then(rate)
    }
}

impl ErrorRates {
    /// Begins with what was before.
    pub fn begin(start: &[Requests]) -> ErrorRates {
        let known = start.iter();
        ErrorRates {
            start: known
                .filter_map(|found| Some((found.group.clone(), found.rate()?)))
                .collect(),
            doubts: BTreeMap::new(),
        }
    }

    /// Looks; gives the first group whose targets fail more often, at two looks in a row.
    pub fn look(&mut self, found: &[Requests], now: Timestamp) -> Option<Worse> {
        let worse: Vec<Worse> = found
            .iter()
            .filter_map(|found| self.compare(found, now))
            .collect();
        worse.into_iter().next()
    }

    fn compare(&mut self, found: &Requests, now: Timestamp) -> Option<Worse> {
        let start = self.start.get(&found.group).copied();
        let before = start.unwrap_or_default();
        let rate = found.rate();
        let Some(rate) = rate.filter(|rate| *rate >= before + MORE && *rate >= before * 2) else {
            self.doubts.remove(&found.group);
            return None;
        };
        let (since, looks) = self.doubts.entry(found.group.clone()).or_insert((now, 0));
        *looks += 1;
        let at_start = start.map_or("too few requests to tell".to_owned(), percent);
        (*looks >= LOOKS).then(|| Worse {
            subject: Subject::Errors(name(&found.group).to_owned()),
            why: format!(
                "{} of {} requests were answered with 5xx; at the start: {at_start}",
                percent(rate),
                found.all
            ),
            since: *since,
        })
    }
}

/// A part of a thousand as per cent.
fn percent(rate: u64) -> String {
    format!("{}.{} %", rate / 10, rate % 10)
}

/// `api` of `arn:…:targetgroup/api/0123`.
fn name(arn: &str) -> &str {
    arn.split('/').nth(1).unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests(all: u64, failed: u64) -> [Requests; 1] {
        [Requests {
            group: "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/api/0123".to_owned(),
            all,
            failed,
        }]
    }

    /// What is said at the second of two looks.
    fn second(start: (u64, u64), looks: [(u64, u64); 2]) -> Option<String> {
        let mut rates = ErrorRates::begin(&requests(start.0, start.1));
        let mut found = looks
            .into_iter()
            .enumerate()
            .map(|(number, (all, failed))| {
                let at = Timestamp::from_millis(60_000 * i64::try_from(number).unwrap()).unwrap();
                rates.look(&requests(all, failed), at)
            });
        assert_eq!(found.next().unwrap(), None, "one look is an accident");
        let worse = found.next().unwrap()?;
        assert_eq!(worse.since.millis(), 0);
        assert_eq!(worse.subject, Subject::Errors("api".to_owned()));
        Some(worse.why)
    }

    #[test]
    fn more_errors_than_at_the_start_at_two_looks() {
        assert_eq!(
            second((1_000, 4), [(200, 9), (240, 30)]).as_deref(),
            Some("12.5 % of 240 requests were answered with 5xx; at the start: 0.4 %")
        );
        // As bad as it was, or hardly worse.
        assert_eq!(second((1_000, 100), [(200, 30), (200, 30)]), None);
        assert_eq!(second((1_000, 0), [(1_000, 9), (1_000, 9)]), None);
        // Once only.
        assert_eq!(second((1_000, 0), [(200, 50), (200, 0)]), None);
        assert_eq!(second((1_000, 0), [(200, 0), (200, 50)]), None);
    }

    #[test]
    fn too_few_requests_say_nothing() {
        assert_eq!(second((1_000, 0), [(19, 19), (19, 19)]), None);
        let said = second((3, 3), [(200, 20), (200, 20)]).unwrap();
        assert!(
            said.ends_with("at the start: too few requests to tell"),
            "{said}"
        );
        assert_eq!(second((0, 0), [(0, 0), (0, 0)]), None);
    }
}
