use super::*;
use crate::assurance::{State as Box, all_hold};
use crate::guard::Unasked;
use crate::plan::Record;
use crate::status::{Part, PartKind, StackStanding, State};

const COMMIT: &str = "1111111aaaaaaa";

/// A way back on which nothing is lost.
fn back(tried: Asked<Tried>) -> WayBack {
    WayBack {
        to: "v1.1.0".to_owned(),
        losses: Vec::new(),
        tried,
    }
}

fn runs(release: &str, state: State) -> Status {
    Status {
        stacks: vec![StackStanding {
            key: "network".to_owned(),
            state,
            record: Record {
                release: Some(release.to_owned()),
                ..Record::default()
            },
            run: None,
            changed: None,
            pending: Ok(Vec::new()),
            drift: None,
        }],
        parts: Vec::new(),
    }
}

fn test(name: &str, ended: Option<&str>) -> Test {
    Test {
        name: name.to_owned(),
        ended: ended.map(str::to_owned),
    }
}

/// A release of which all is known and well.
fn facts() -> Facts {
    Facts {
        tag: "v1.2.0".to_owned(),
        commit: Ok(Some(COMMIT.to_owned())),
        head: Ok(Head {
            commit: COMMIT.to_owned(),
            changed: Vec::new(),
        }),
        version: Ok(Some("1.2.0".to_owned())),
        changelog: Ok(Changelog::Entry),
        tests: Ok(vec![
            test("ci", Some("success")),
            test("docs", Some("skipped")),
        ]),
        pushed: Ok(true),
        environments: vec![EnvironmentFacts {
            name: "prod".to_owned(),
            place: "eu-central-1, account 111122223333".to_owned(),
            status: Ok(runs("v1.2.0", State::Deployed)),
            way_back: Ok(Some(back(Ok(Tried::Back { millis: 61_000 })))),
        }],
    }
}

#[track_caller]
fn of(name: &str, change: impl FnOnce(&mut Facts)) -> Assurance {
    let mut facts = facts();
    change(&mut facts);
    let mut found = assurances(&facts).into_iter();
    found.find(|one| one.name == name).unwrap()
}

fn denied() -> Unasked {
    Unasked::because("nobody answers", "ask again")
}

#[test]
fn every_box_is_ticked() {
    let found = assurances(&facts());
    assert!(all_hold(&found), "{found:#?}");
    let names: Vec<&str> = found.iter().map(|one| one.name).collect();
    assert_eq!(
        names,
        [
            "committed",
            "tagged",
            "version",
            "changelog",
            "tests",
            "pushed",
            "deployed",
            "healthy",
            "way-back"
        ]
    );
}

#[test]
fn nothing_known_ticks_nothing() {
    let mut facts = facts();
    facts.commit = Err(denied());
    facts.head = Err(denied());
    facts.version = Err(denied());
    facts.changelog = Err(denied());
    facts.tests = Err(denied());
    facts.pushed = Err(denied());
    facts.environments[0].status = Err(denied());
    facts.environments[0].way_back = Err(denied());
    for one in assurances(&facts) {
        assert_eq!(one.state, Box::NotKnown, "{one:?}");
        assert_eq!(one.help, "ask again", "{one:?}");
    }
}

#[test]
fn each_box_says_what_is_open() {
    type Open = (&'static str, &'static str, fn(&mut Facts));
    let open: [Open; 18] = [
        (
            "committed",
            "not as in commit 1111111: a, b, c and 1 more",
            |facts| {
                let files = ["a", "b", "c", "d"].map(str::to_owned);
                facts.head.as_mut().unwrap().changed = files.into();
            },
        ),
        ("tagged", "git knows no such tag here", |facts| {
            facts.commit = Ok(None)
        }),
        (
            "version",
            "the code is 1.1.0, and the tag says 1.2.0",
            |facts| {
                facts.version = Ok(Some("1.1.0".to_owned()));
            },
        ),
        ("changelog", "says nothing of 1.2.0", |facts| {
            facts.changelog = Ok(Changelog::WithoutVersion);
        }),
        ("changelog", "is empty", |facts| {
            facts.changelog = Ok(Changelog::Empty)
        }),
        ("changelog", "there is no `CHANGELOG.md`", |facts| {
            facts.changelog = Ok(Changelog::None);
        }),
        ("tests", "failed on commit 1111111: lint", |facts| {
            facts.tests = Ok(vec![
                test("ci", Some("success")),
                test("lint", Some("timed_out")),
            ]);
        }),
        ("tests", "still running on commit 1111111: lint", |facts| {
            facts.tests = Ok(vec![test("ci", Some("success")), test("lint", None)]);
        }),
        ("tests", "were skipped", |facts| {
            facts.tests = Ok(vec![test("ci", Some("skipped"))]);
        }),
        ("pushed", "does not have the tag", |facts| {
            facts.pushed = Ok(false)
        }),
        (
            "deployed",
            "v1.1.0 runs in eu-central-1, account 111122223333",
            |facts| {
                facts.environments[0].status = Ok(runs("v1.1.0", State::Deployed));
            },
        ),
        ("deployed", "nothing is deployed", |facts| {
            facts.environments[0].status = Ok(runs("v1.2.0", State::NotDeployed));
        }),
        ("healthy", "not all stacks", |facts| {
            facts.environments[0].status = Ok(runs("v1.2.0", State::RolledBack));
        }),
        ("healthy", "errors: above 5 %", |facts| {
            let mut status = runs("v1.2.0", State::Deployed);
            status.parts.push(Part {
                kind: PartKind::Alarm,
                name: Some("errors".to_owned()),
                extent: String::new(),
                health: Ok(Health::Not("above 5 %".to_owned())),
                service: None,
                backup: None,
                since: None,
            });
            facts.environments[0].status = Ok(status);
        }),
        (
            "way-back",
            "going back to v1.1.0: a table goes, and 1 more",
            |facts| {
                let losses = ["a table goes", "a task cannot be undone"].map(str::to_owned);
                let to = "v1.1.0".to_owned();
                facts.environments[0].way_back = Ok(Some(WayBack {
                    to,
                    losses: losses.into(),
                    tried: Err(Unasked::because("what it loses is known", "")),
                }));
            },
        ),
        (
            "way-back",
            "engine: it does not get there: stuck",
            |facts| {
                let tried = Ok(Tried::Not("it does not get there: stuck".to_owned()));
                facts.environments[0].way_back = Ok(Some(back(tried)));
            },
        ),
        ("committed", "not as in commit 2222222: a", |facts| {
            facts.commit = Ok(None);
            facts.head = Ok(Head {
                commit: "2222222bbbb".to_owned(),
                changed: vec!["a".to_owned()],
            });
        }),
        ("deployed", "commit 9999999 runs", |facts| {
            let mut status = runs("", State::Deployed);
            status.stacks[0].record = Record {
                commit: Some("9999999cccc".to_owned()),
                ..Record::default()
            };
            facts.environments[0].status = Ok(status);
        }),
    ];
    for (name, words, change) in open {
        let found = of(name, change);
        assert_eq!(found.state, Box::No, "{name}: {found:?}");
        assert!(
            found.what.contains(words),
            "no `{words}` in `{}`",
            found.what
        );
        assert!(!found.help.is_empty(), "{name}");
    }
}

#[test]
fn what_depends_on_something_that_is_not_there_is_not_known() {
    for name in ["version", "changelog", "tests", "pushed"] {
        let found = of(name, |facts| facts.commit = Ok(None));
        assert_eq!(found.state, Box::NotKnown, "{name}");
    }
    let other = of("healthy", |facts| {
        facts.environments[0].status = Ok(runs("v1.1.0", State::Deployed));
    });
    assert_eq!(other.state, Box::NotKnown);
    let unversioned = of("version", |facts| facts.version = Ok(None));
    assert_eq!(unversioned.state, Box::NotKnown);
    let untried = of("way-back", |facts| {
        let tried = Err(Unasked::because("there is no engine", ""));
        facts.environments[0].way_back = Ok(Some(back(tried)));
    });
    assert_eq!(untried.state, Box::NotKnown);
    let untested = of("tests", |facts| facts.tests = Ok(Vec::new()));
    assert_eq!(untested.state, Box::NotKnown);
}

#[test]
fn a_release_is_known_by_its_commit_where_no_tag_was_recorded() {
    let found = of("deployed", |facts| {
        let mut status = runs("", State::Deployed);
        status.stacks[0].record = Record {
            commit: Some(COMMIT.to_owned()),
            ..Record::default()
        };
        facts.environments[0].status = Ok(status);
    });
    assert_eq!(found.state, Box::Yes);
    let first = of("way-back", |facts| {
        facts.environments[0].way_back = Ok(None)
    });
    assert_eq!(first.state, Box::NotPromised);
}

#[test]
fn the_version_that_a_tag_names() {
    for (tag, version) in [
        ("v1.2.0", "1.2.0"),
        ("1.2.0", "1.2.0"),
        ("vienna", "vienna"),
    ] {
        assert_eq!(plain(tag), version);
    }
}
