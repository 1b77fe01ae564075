use super::*;

fn at(minutes_ago: i64) -> Option<Timestamp> {
    Timestamp::from_millis(now().millis() - minutes_ago * 60_000)
}

fn now() -> Timestamp {
    "2026-11-29T12:00:00.000Z".parse().unwrap()
}

fn backup(minutes_ago: i64) -> Backup {
    Backup {
        id: format!("of-{minutes_ago}"),
        is_usable: true,
        status: "available".to_owned(),
        taken: at(minutes_ago),
    }
}

fn job(state: &str, minutes_ago: i64) -> Job {
    Job {
        id: format!("job-{minutes_ago}"),
        state: state.to_owned(),
        message: (state != "COMPLETED").then(|| "the key is disabled".to_owned()),
        created: at(minutes_ago),
    }
}

/// One database with all that it needs; 24 hours are promised.
fn facts() -> Facts {
    let database = DatabaseAt {
        arn: "arn:aws:rds:eu-central-1:111122223333:db:shop".to_owned(),
        status: "available".to_owned(),
        class: Some("db.t3.micro".to_owned()),
        restorable_until: at(5),
        subnet_group: None,
        vpc: None,
        tags: Default::default(),
    };
    let plan = BackupPlan {
        name: "shop".to_owned(),
        rules: vec![Rule {
            name: "daily".to_owned(),
            vault: "shop".to_owned(),
            copies: Vec::new(),
        }],
    };
    Facts {
        now: now(),
        environment: "prod".to_owned(),
        promises: Promises {
            rpo_minutes: Some(1_440),
            region: Some("eu-west-1".parse().unwrap()),
        },
        databases: vec![Protected {
            subject: "database/Instance".to_owned(),
            identifier: Some("shop".to_owned()),
            database: Ok(Some(database)),
            here: Ok(vec![backup(600)]),
            there: Ok(vec![backup(590)]),
            replicated: Ok(None),
            plans: Ok(vec![plan]),
            backups: Ok(vec![job("COMPLETED", 600)]),
            copies: Ok(vec![job("COMPLETED", 590)]),
        }],
        vaults: Vec::new(),
        has_plans: true,
    }
}

/// What is said, with a change to the database: of a name.
#[track_caller]
fn of(name: &str, change: impl FnOnce(&mut Protected)) -> Assurance {
    let mut facts = facts();
    change(&mut facts.databases[0]);
    named(name, &facts)
}

#[track_caller]
fn named(name: &str, facts: &Facts) -> Assurance {
    let mut found = assurances(facts).into_iter();
    found.find(|one| one.name == name).unwrap()
}

fn denied() -> Unasked {
    Unasked::because("DescribeDBSnapshots is not allowed", "allow it")
}

#[test]
fn all_is_kept() {
    let found = assurances(&facts());
    assert!(crate::assurance::all_hold(&found), "{found:#?}");
    let names: Vec<&str> = found.iter().map(|one| one.name).collect();
    let all = ["restorable", "plan", "backup-jobs", "copy", "copy-jobs"];
    assert_eq!(names, all);
    assert_eq!(
        found[0].what,
        "as of 2026-11-29 11:55 UTC, 5 minutes old, by RDS itself; 24 hours are promised"
    );
    assert_eq!(
        found[3].what,
        "in eu-west-1: as of 2026-11-29 02:10 UTC, 9 hours old, from `of-590`; 24 hours are promised"
    );
}

#[test]
fn the_newest_of_all_counts_and_an_age_of_exactly_the_promise_keeps_it() {
    let only = |minutes: i64| {
        of("copy", |database| {
            database.there = Ok(vec![backup(9_000), backup(minutes)])
        })
    };
    assert_eq!(only(1_440).state, State::Yes);
    let old = only(1_441);
    assert_eq!(old.state, State::No);
    assert!(old.what.contains("24 hours old"), "{}", old.what);
    assert!(old.help.contains("settings.recovery.rpo_minutes"));
    let replicated = of("copy", |database| {
        database.there = Ok(vec![backup(9_000)]);
        database.replicated = Ok(at(10));
    });
    assert_eq!(replicated.state, State::Yes);
    let unusable = of("copy", |database| {
        let copying = Backup {
            is_usable: false,
            ..backup(10)
        };
        database.there = Ok(vec![copying]);
    });
    assert_eq!(unusable.state, State::No);
    assert!(unusable.what.contains("no copy"), "{}", unusable.what);
}

#[test]
fn without_a_promise_it_is_said_and_not_judged() {
    let mut facts = facts();
    facts.promises.rpo_minutes = None;
    facts.databases[0].there = Ok(vec![backup(90_000)]);
    let copy = named("copy", &facts);
    assert_eq!(copy.state, State::NotPromised);
    assert!(copy.what.contains("62 days old"), "{}", copy.what);
    facts.databases[0].there = Ok(Vec::new());
    assert_eq!(
        named("copy", &facts).state,
        State::No,
        "there is none at all"
    );
}

#[test]
fn what_could_not_be_asked_is_never_a_yes_and_never_a_no() {
    let enough = of("restorable", |database| database.here = Err(denied()));
    assert_eq!(enough.state, State::Yes, "RDS's own backup is young enough");
    for (name, found) in [
        (
            "restorable",
            of("restorable", |database| {
                database.here = Err(denied());
                if let Ok(Some(found)) = &mut database.database {
                    found.restorable_until = at(9_000);
                }
            }),
        ),
        (
            "restorable",
            of("restorable", |database| database.database = Err(denied())),
        ),
        (
            "copy",
            of("copy", |database| database.there = Err(denied())),
        ),
        (
            "plan",
            of("plan", |database| database.plans = Err(denied())),
        ),
        (
            "backup-jobs",
            of("backup-jobs", |database| database.backups = Err(denied())),
        ),
        (
            "copy-jobs",
            of("copy-jobs", |database| database.copies = Err(denied())),
        ),
    ] {
        assert_eq!(found.state, State::NotKnown, "{name}");
        assert!(
            found.what.contains("DescribeDBSnapshots"),
            "{name}: {}",
            found.what
        );
        assert_eq!(found.help, "allow it");
    }
}

#[test]
fn what_is_not_there_cannot_be_restored() {
    let mut facts = facts();
    facts.databases[0].identifier = None;
    facts.databases[0].database = Ok(None);
    let found = assurances(&facts);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].state, State::No);
    let gone = of("restorable", |database| database.database = Ok(None));
    assert!(
        gone.what.contains("RDS has no database `shop`"),
        "{}",
        gone.what
    );
    let empty = of("restorable", |database| {
        database.here = Ok(Vec::new());
        if let Ok(Some(found)) = &mut database.database {
            found.restorable_until = None;
        }
    });
    assert!(empty.what.contains("no backup"), "{}", empty.what);
}

#[test]
fn jobs_that_failed_since_the_last_good_one() {
    let jobs = |jobs: Vec<Job>| of("copy-jobs", |database| database.copies = Ok(jobs));
    let healed = jobs(vec![job("FAILED", 2_000), job("COMPLETED", 600)]);
    assert_eq!(healed.state, State::Yes);
    assert_eq!(jobs(Vec::new()).state, State::Yes);
    assert_eq!(jobs(vec![job("RUNNING", 1)]).state, State::Yes);
    for state in FAILED {
        let failed = jobs(vec![job(state, 30), job(state, 60), job("COMPLETED", 600)]);
        assert_eq!(failed.state, State::No);
        assert_eq!(
            failed.what,
            format!(
                "2 copy jobs failed since the last good one; the last, `job-30`: {state}: the key is disabled"
            )
        );
    }
    let never = jobs(vec![job("FAILED", 60)]);
    assert!(never.what.contains("and none was good"), "{}", never.what);
}

#[test]
fn without_a_region_no_copy_and_without_plans_none_is_asked_for() {
    let mut facts = facts();
    facts.promises.region = None;
    facts.has_plans = false;
    facts.databases[0].plans = Ok(Vec::new());
    let names: Vec<&str> = assurances(&facts).iter().map(|one| one.name).collect();
    assert_eq!(names, ["restorable"]);
    facts.promises.region = Some("eu-west-1".parse().unwrap());
    let plan = named("plan", &facts);
    assert_eq!(plan.state, State::No);
    // RDS replicates by itself: no plan is needed.
    facts.databases[0].replicated = Ok(at(10));
    let names: Vec<&str> = assurances(&facts).iter().map(|one| one.name).collect();
    assert_eq!(names, ["restorable", "copy"]);
}

#[test]
fn a_vault_that_is_not_there() {
    let mut facts = facts();
    let vault = |is_copy, is_there| VaultFound {
        name: "shop-dr".to_owned(),
        region: "eu-west-1".to_owned(),
        is_copy,
        is_there,
    };
    facts.vaults = vec![vault(true, Ok(false))];
    let found = named("vault", &facts);
    assert_eq!(
        (found.state, &*found.subject),
        (State::No, "shop-dr in eu-west-1")
    );
    assert!(found.help.contains("`bootstrap --env prod`"));
    facts.vaults = vec![vault(false, Ok(false))];
    assert!(named("vault", &facts).help.contains("`deploy --env prod`"));
    facts.vaults = vec![vault(true, Err(denied()))];
    assert_eq!(named("vault", &facts).state, State::NotKnown);
}
