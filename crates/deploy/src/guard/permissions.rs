//! Whether the roles that deploy an environment may do what the release needs.

use super::tally::{Length, Tally, Wording, named};
use super::{Check, Facts, Id};

/// Something that a role may not do, and has to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The role's name.
    pub role: String,
    /// The action: `sqs:SetQueueAttributes`.
    pub action: String,
    /// What on, by ARN.
    pub resource: String,
    /// What it is lacking for.
    pub whose: Needs,
}

/// What is a permission lacking for?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// What is to be there.
    Planned,
    /// What is there and goes.
    Going,
}

pub(super) fn permissions(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    match &facts.permissions {
        Err(unasked) => tally.unasked(unasked),
        Ok(lacking) => {
            let bootstrap = match &facts.wanted.rehearsal_of {
                Some(of) => format!("bootstrap --env {of} --rehearsal"),
                None => format!("bootstrap --env {}", facts.wanted.environment),
            };
            // The roles that this release has made may not delete what it does not know.
            let before = format!(
                "check the release out that runs, and `{bootstrap}` there; then deploy this one, and bootstrap again"
            );
            for (index, first) in lacking.iter().enumerate() {
                let is_alike = |other: &&Lacking| {
                    (&other.role, &other.resource, other.whose)
                        == (&first.role, &first.resource, first.whose)
                };
                // Of what is lacking on the same resource the first tells all.
                if lacking.iter().take(index).any(|other| is_alike(&other)) {
                    continue;
                }
                let alike = lacking.iter().filter(is_alike);
                let actions: Vec<&str> = alike.map(|lacking| lacking.action.as_str()).collect();
                let Lacking { role, resource, .. } = first;
                let (goes, remedy) = match first.whose {
                    Needs::Planned => ("", &bootstrap),
                    Needs::Going => (", which goes", &before),
                };
                let what = Wording::of(|length| {
                    let actions = named(actions.iter().copied(), length);
                    let on = match (resource.as_str(), length) {
                        ("*", _) => String::new(),
                        (resource, Length::Whole) => format!(" on {resource}"),
                        (resource, Length::Brief) => format!(" on {}", cut(resource)),
                    };
                    format!("the role `{role}` lacks {actions}{on}{goes}")
                });
                tally.block(what, remedy);
            }
        }
    }
    tally.check(Id::Permissions, "the roles may do what is to be done")
}

/// A value in a sentence.
fn cut(value: &str) -> String {
    const SHOWN: usize = 80;
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Unasked, Verdict, fixture};
    use super::*;

    #[test]
    fn what_a_role_lacks_is_told_by_resource() {
        let lacks = |action: &str, resource: &str| Lacking {
            role: "shop-prod-execution".to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            whose: Needs::Planned,
        };
        let mut facts = fixture::facts();
        assert_eq!(permissions(&facts).verdict, Verdict::Pass);
        let queue = "arn:aws:sqs:eu-central-1:111122223333:shop-prod-jobs";
        facts.permissions = Ok(vec![
            lacks("sqs:CreateQueue", queue),
            lacks("ec2:DescribeVpcs", "*"),
            lacks("sqs:SetQueueAttributes", queue),
            lacks("sns:CreateTopic", &"a".repeat(100)),
        ]);
        let check = permissions(&facts);
        assert_eq!((check.verdict, check.skippable), (Verdict::Block, true));
        assert_eq!(
            check.reason,
            format!(
                "the role `shop-prod-execution` lacks `sqs:CreateQueue`, `sqs:SetQueueAttributes` on {queue}; \
                 the role `shop-prod-execution` lacks `ec2:DescribeVpcs`; \
                 the role `shop-prod-execution` lacks `sns:CreateTopic` on {}",
                "a".repeat(100)
            )
        );
        assert!(check.brief.reason.ends_with("a…"), "{}", check.brief.reason);
        let all = ["a", "b", "c", "d"].map(|action| lacks(action, queue));
        facts.permissions = Ok(all.to_vec());
        let check = permissions(&facts);
        assert!(check.reason.contains("lacks `a`, `b`, `c`, `d` on"));
        assert!(
            check
                .brief
                .reason
                .contains("lacks `a`, `b`, `c` and 1 more on")
        );
        facts.permissions = Ok(Vec::new());
        assert_eq!(check.remedy, "bootstrap --env prod");
        let mut rehearsal = facts.clone();
        rehearsal.wanted.rehearsal_of = Some("main".to_owned());
        rehearsal.permissions = Ok(all.to_vec());
        let check = permissions(&rehearsal);
        assert_eq!(check.remedy, "bootstrap --env main --rehearsal");
        facts.permissions = Ok(vec![Lacking {
            whose: Needs::Going,
            ..lacks("sqs:DeleteQueue", queue)
        }]);
        let check = permissions(&facts);
        assert!(
            check.reason.ends_with("shop-prod-jobs, which goes"),
            "{}",
            check.reason
        );
        assert!(
            check.remedy.starts_with("check the release out that runs"),
            "{}",
            check.remedy
        );
    }

    #[test]
    fn without_a_bootstrap_it_is_skipped() {
        let mut facts = fixture::facts();
        facts.permissions = Err(Unasked::because("there is none", ""));
        assert_eq!(permissions(&facts).verdict, Verdict::Skipped);
    }
}
