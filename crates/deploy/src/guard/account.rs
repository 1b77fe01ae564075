//! Whose account it is, and whether it is the right one.

use super::tally::Tally;
use super::{Check, Deploys, Facts, Id};

/// Whether AWS accepts the credentials. That nobody could be asked is no excuse here: nobody could deploy either.
pub(super) fn credentials(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let well = match &facts.caller {
        Ok(caller) => format!("they are of {}", caller.arn),
        Err(unasked) => {
            tally.block(unasked.why.as_str(), &unasked.help);
            String::new()
        }
    };
    tally.check(Id::Credentials, well)
}

pub(super) fn account(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let wanted = &facts.wanted;
    let caller = match &facts.caller {
        Ok(caller) => caller,
        Err(unasked) => {
            tally.unasked(unasked);
            return tally.check(Id::Account, "");
        }
    };
    let account = caller.account.as_str();
    let region = wanted.region.as_str();
    match &wanted.account {
        Some(expected) if *expected != caller.account => tally.block(
            format!("the environment is in account {expected}, and the credentials are of {account}"),
            format!(
                "use credentials of account {expected}, or correct `settings.account` of the environment"
            ),
        ),
        None if wanted.deploys == Deploys::ReleasesOnly => tally.warn(
            "the environment's file names no account: credentials of any account would do",
            format!("write `account: \"{account}\"` under its `settings`"),
        ),
        Some(_) | None => {}
    }
    let partition = caller.arn.split(':').nth(1).unwrap_or_default();
    if partition != wanted.region.partition() {
        tally.block(
            format!(
                "{region} is in the partition `{}`, and the credentials are of `{partition}`",
                wanted.region.partition()
            ),
            "use credentials of the region's partition",
        );
    }
    for found in &facts.stacks {
        let Some(stack) = found.there() else {
            continue;
        };
        if stack.id.account() != account || stack.id.region() != region {
            tally.block(
                format!(
                    "the stack `{}` is in account {}, {}",
                    found.key,
                    stack.id.account(),
                    stack.id.region()
                ),
                "check AWS_ENDPOINT_URL and the profile: they lead to another place than the environment's",
            );
        }
    }
    let well = match wanted.account {
        Some(_) => format!("account {account}, {region}, as the environment's file says"),
        None => format!("account {account}, {region}; the environment's file names no account"),
    };
    tally.check(Id::Account, well)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Block, Pass, Skipped, Warn};
    use super::super::{Unasked, fixture};
    use super::*;

    #[test]
    fn credentials_are_accepted_or_not() {
        let mut facts = fixture::facts();
        assert_eq!(credentials(&facts).verdict, Pass);
        facts.caller = Err(Unasked::because("they have expired", "sign in again"));
        let check = credentials(&facts);
        assert_eq!((check.verdict, check.skippable), (Block, false));
        assert_eq!(check.remedy, "sign in again");
        assert_eq!(account(&facts).verdict, Skipped);
    }

    #[test]
    fn the_account_is_the_environments() {
        let mut facts = fixture::facts();
        assert_eq!(account(&facts).verdict, Pass);
        facts.wanted.account = Some("999999999999".parse().unwrap());
        let check = account(&facts);
        assert_eq!((check.verdict, check.skippable), (Block, false));
        assert!(check.reason.contains("999999999999"), "{}", check.reason);
        facts.wanted.account = None;
        assert_eq!(account(&facts).verdict, Warn);
        facts.wanted.deploys = Deploys::AnyCommit;
        assert_eq!(account(&facts).verdict, Pass);
    }

    #[test]
    fn the_region_is_the_environments() {
        let mut facts = fixture::facts();
        facts.wanted.region = "eu-west-1".parse().unwrap();
        let check = account(&facts);
        assert_eq!(check.verdict, Block);
        assert!(
            check
                .reason
                .contains("is in account 111122223333, eu-central-1"),
            "{}",
            check.reason
        );
        let mut facts = fixture::facts();
        facts.caller.as_mut().unwrap().arn = "arn:aws-cn:iam::111122223333:user/a".to_owned();
        let check = account(&facts);
        assert_eq!(check.verdict, Block);
        assert!(check.reason.contains("aws-cn"), "{}", check.reason);
    }
}
