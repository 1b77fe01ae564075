//! How a test of a backup went, for people and for programs.

use std::time::Duration;

use serde_json::json;
use stratiform_deploy::backups::Backup;

use super::deployment::words::{duration, one_line};
use crate::view::sorted::sorted;

/// The shape of the JSON.
const VERSION: u32 = 1;

/// What became of a test.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// What was restored; or why not.
    pub restored: Result<Restored, String>,
    /// Whether nothing of it is left; or what is.
    pub removed: Result<(), String>,
}

/// A database that was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Restored {
    /// Its identifier.
    pub identifier: String,
    /// `available`.
    pub status: String,
    /// How long it took until it was there, by AWS's clock; none where its events do not say.
    pub took: Option<Duration>,
}

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tested<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The account that was asked.
    pub account: &'a str,
    /// The database whose backup it is.
    pub database: &'a str,
    /// The backup.
    pub backup: &'a Backup,
    /// What became of it.
    pub made: &'a Made,
    /// How many minutes a rebuild may take.
    pub rto_minutes: Option<u32>,
}

impl Tested<'_> {
    /// Whether the restore alone took no longer than a whole rebuild may take.
    pub(crate) fn is_in_time(&self) -> bool {
        let took = self.made.restored.as_ref().ok().and_then(|one| one.took);
        match (took, self.rto_minutes) {
            (Some(took), Some(minutes)) => took.as_secs() <= u64::from(minutes) * 60,
            _ => true,
        }
    }
}

/// A sentence for what was found, and one for what is left.
pub(crate) fn text(tested: &Tested<'_>) -> String {
    let Tested {
        environment,
        region,
        account,
        database,
        backup,
        made,
        rto_minutes,
    } = tested;
    let of = format!("`{}` of `{database}`", one_line(&backup.id));
    let taken = match backup.taken {
        Some(taken) => format!(", as of {taken}"),
        None => String::new(),
    };
    let found = match &made.restored {
        Err(why) => format!("not restored: {of}{taken}: {}", one_line(why)),
        Ok(restored) => {
            let took = match restored.took {
                Some(took) => format!(" within {}", duration(took)),
                None => String::new(),
            };
            let promised = match rto_minutes {
                Some(minutes) if tested.is_in_time() => format!(", of {minutes} min for a rebuild"),
                Some(minutes) => {
                    format!(
                        ", and a whole rebuild may take {minutes} min: `settings.recovery.rto_minutes`"
                    )
                }
                None => String::new(),
            };
            let status = one_line(&restored.status);
            format!("restored: {of}{taken} was {status}{took}{promised}")
        }
    };
    let left = match &made.removed {
        Ok(()) => "nothing of the test is left".to_owned(),
        Err(left) => one_line(left),
    };
    format!("{environment} in {region}, account {account}\n\n{found}\n{left}\n")
}

/// The same for programs.
pub(crate) fn json(tested: &Tested<'_>) -> String {
    let restored = tested.made.restored.as_ref();
    let took = restored.ok().and_then(|restored| restored.took);
    let value = json!({
        "version": VERSION,
        "environment": tested.environment,
        "region": tested.region,
        "account": tested.account,
        "database": tested.database,
        "backup": tested.backup.id,
        "taken": tested.backup.taken,
        "restored": restored.is_ok(),
        "why": restored.err(),
        "seconds": took.map(|took| took.as_secs()),
        "rtoMinutes": tested.rto_minutes,
        "inTime": tested.is_in_time(),
        "left": tested.made.removed.as_ref().err(),
    });
    format!("{:#}\n", sorted(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(made: &Made, rto_minutes: Option<u32>, show: fn(&Tested<'_>) -> String) -> String {
        let backup = Backup {
            id: "rds:shop-2026-11-29".to_owned(),
            is_usable: true,
            status: "available".to_owned(),
            taken: Some("2026-11-29T02:10:00.000Z".parse().unwrap()),
        };
        show(&Tested {
            environment: "prod",
            region: "eu-central-1",
            account: "111122223333",
            database: "shop",
            backup: &backup,
            made,
            rto_minutes,
        })
    }

    fn done() -> Made {
        Made {
            restored: Ok(Restored {
                identifier: "shop-restored".to_owned(),
                status: "available".to_owned(),
                took: Some(Duration::from_secs(450)),
            }),
            removed: Ok(()),
        }
    }

    #[test]
    fn for_people() {
        insta::assert_snapshot!(shown(&done(), Some(120), text));
        let late = shown(&done(), Some(7), text);
        assert!(
            late.contains("7 min 30 s, and a whole rebuild may take 7 min"),
            "{late}"
        );
        let bad = Made {
            restored: Err("the key is disabled".to_owned()),
            removed: Err("the stack `shop-prod-backup-test` is still there".to_owned()),
        };
        let bad = shown(&bad, None, text);
        assert!(
            bad.contains("not restored: `rds:shop-2026-11-29` of `shop`"),
            "{bad}"
        );
        assert!(bad.contains("is still there\n"), "{bad}");
    }

    #[test]
    fn for_programs() {
        insta::assert_snapshot!(shown(&done(), Some(7), json));
    }
}
