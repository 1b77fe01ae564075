//! The rate of errors behind an environment's load balancers, as CloudWatch counts it.

use stratiform_aws::Aws;
use stratiform_deploy::guard::{Asked, Unasked};
use stratiform_deploy::watch::{ErrorRates, Worse};
use stratiform_finding::words::visible;
use stratiform_service::Timestamp;

use crate::commands::guard::looking::stacks;
use crate::commands::status::finding::Place;
use crate::view::{Event, View};

const GROUP: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

/// How long before the start requests are counted, to compare with; in milliseconds.
const START: i64 = 60 * 60 * 1_000;

/// For how long they are counted at a look, in milliseconds. CloudWatch has them some minutes later.
const LOOK: i64 = 5 * 60 * 1_000;

/// What is watched.
pub(super) struct Errors<'a> {
    aws: &'a Aws,
    groups: Vec<String>,
    rates: ErrorRates,
}

impl<'a> Errors<'a> {
    /// Begins with the hour before a moment; none where nothing is balanced, or it cannot be asked, which is said.
    pub(super) async fn begin(
        aws: &'a Aws,
        place: &Place,
        start: Timestamp,
        view: &mut dyn View,
    ) -> Option<Errors<'a>> {
        match begun(aws, place, start).await {
            Ok(errors) => errors,
            Err(unasked) => {
                let text = format!("the rate of errors is not known: {}", visible(&unasked.why));
                view.event(&Event::Notice { text });
                None
            }
        }
    }

    /// Looks. What cannot be asked once says nothing.
    pub(super) async fn look(&mut self, now: Timestamp) -> Option<Worse> {
        let since = before(now, LOOK);
        let found = self.aws.target_requests(&self.groups, since, now);
        self.rates.look(&found.await.ok()?, now)
    }
}

async fn begun<'a>(aws: &'a Aws, place: &Place, start: Timestamp) -> Asked<Option<Errors<'a>>> {
    let mut groups = Vec::new();
    for found in stacks(aws, &place.assembly).await {
        let resources = found.resources?;
        let balanced = resources
            .into_iter()
            .filter(|resource| resource.resource_type == GROUP);
        let ids = balanced.filter_map(|resource| resource.physical_id);
        groups.extend(ids.map(|id| id.as_str().to_owned()));
    }
    if groups.is_empty() {
        return Ok(None);
    }
    let known = aws.target_requests(&groups, before(start, START), start);
    let rates = ErrorRates::begin(&known.await.map_err(Unasked::from)?);
    Ok(Some(Errors { aws, groups, rates }))
}

fn before(moment: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_millis(moment.millis().saturating_sub(by)).unwrap_or(moment)
}
