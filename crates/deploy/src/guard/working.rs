//! What runs well is not put at risk unless somebody names it.

use super::tally::Tally;
use super::{Check, Deploys, Facts, Heading, Id, Risk, ServiceFound, Verdict};
use crate::verification::{Health, database_health};

pub(super) fn working(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let risks = match &facts.risks {
        Ok(risks) => risks.as_slice(),
        Err(unasked) => {
            tally.unasked(unasked);
            &[]
        }
    };
    // Whoever goes back does so because something is not well.
    let verdict = match (facts.wanted.heading, facts.wanted.deploys) {
        (Heading::Forward, Deploys::ReleasesOnly) => Verdict::Block,
        _ => Verdict::Warn,
    };
    let at_risk = risks
        .iter()
        .filter(|risk| !is_allowed(facts, risk) && runs_well(facts, risk));
    for risk in at_risk {
        let Risk {
            stack,
            logical_id,
            what,
        } = risk;
        tally.add(
            verdict,
            format!("{what}, and it runs well"),
            format!("if that may be, name it: --allow interrupt:{stack}/{logical_id}"),
        );
    }
    tally.check(Id::Working, "nothing that runs well is interrupted")
}

fn is_allowed(facts: &Facts, risk: &Risk) -> bool {
    let mut allowed = facts.wanted.allowed.iter();
    allowed.any(|allowed| {
        allowed.stack == risk.stack && allowed.logical_id.as_str() == risk.logical_id
    })
}

/// Whether it is well: a service or a database by itself, all else by the services, which it is there for.
fn runs_well(facts: &Facts, risk: &Risk) -> bool {
    let mut stacks = facts.stacks.iter().filter(|found| found.key == risk.stack);
    let resource = stacks.find_map(|found| {
        let mut resources = found.resources.iter().flatten();
        resources.find(|resource| resource.logical_id.as_str() == risk.logical_id)
    });
    let id = resource.and_then(|resource| resource.physical_id.as_ref());
    let running = &facts.running;
    let database = running
        .databases
        .iter()
        .find(|found| id.is_some_and(|id| id.as_str() == found.identifier));
    if let Some(found) = database {
        let health = found
            .database
            .as_ref()
            .map(|database| database_health(database.as_ref()));
        return health == Ok(Health::Healthy);
    }
    let is_well =
        |found: &ServiceFound| found.healths().all(|health| health == Ok(Health::Healthy));
    let arn = |found: &ServiceFound| {
        found
            .service
            .as_ref()
            .ok()?
            .as_ref()
            .map(|service| service.arn.clone())
    };
    let service = running
        .services
        .iter()
        .find(|found| arn(found).as_deref() == id.map(|id| id.as_str()) && id.is_some());
    match service {
        Some(found) => is_well(found),
        None => {
            resource.is_some()
                && !running.services.is_empty()
                && running.services.iter().all(is_well)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::plan::{Allowance, Loss};

    fn facts() -> Facts {
        let mut facts = fixture::facts();
        let stack = &facts.stacks[1];
        facts.risks = Ok(vec![Risk {
            stack: stack.key.clone(),
            logical_id: stack.resources.as_ref().unwrap()[0].logical_id.to_string(),
            what: "interrupts it".to_owned(),
        }]);
        facts
    }

    #[test]
    fn what_runs_well_is_named_or_left_alone() {
        let facts = facts();
        let check = working(&facts);
        assert_eq!(check.verdict, Verdict::Block, "{}", check.reason);
        assert!(
            check.remedy.contains("--allow interrupt:services/"),
            "{}",
            check.remedy
        );
        let mut named = facts.clone();
        let risk = &facts.risks.as_ref().unwrap()[0];
        named.wanted.allowed.push(Allowance {
            loss: Loss::Interrupt,
            stack: risk.stack.clone(),
            logical_id: risk.logical_id.parse().unwrap(),
        });
        assert_eq!(working(&named).verdict, Verdict::Pass);
    }

    #[test]
    fn what_is_not_well_and_who_goes_back_is_not_stopped() {
        let mut unwell = facts();
        for found in &mut unwell.running.services {
            found.service = Ok(None);
        }
        assert_eq!(working(&unwell).verdict, Verdict::Pass);
        let mut back = facts();
        back.wanted.heading = Heading::Back;
        assert_eq!(working(&back).verdict, Verdict::Warn);
        let mut dev = facts();
        dev.wanted.deploys = Deploys::AnyCommit;
        assert_eq!(working(&dev).verdict, Verdict::Warn);
    }
}
