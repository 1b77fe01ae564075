//! What is derived for the shop's environments: the proof of `crates/permissions` once more.

#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "../crates/permissions/tests/proof/estate.rs"]
mod estate;
#[path = "../crates/permissions/tests/proof/law.rs"]
mod law;
#[path = "../crates/permissions/tests/proof/request.rs"]
mod request;
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use estate::Estate;
use support::{Project, run};

#[test]
fn what_is_derived_covers_what_handlers_do_and_nothing_of_others() {
    let project = Project::of_shop();
    run(project.command(["synth"]));
    let environments = ["dev", "staging", "prod"].into_iter();
    let written = environments.map(|name| Estate::written(&project.path("snapshots").join(name)));
    let lived: Vec<_> = written.map(Estate::lived).collect();
    lived.iter().for_each(law::handlers_are_allowed);
    lived.iter().for_each(law::nothing_else_is_granted);
    law::environments_are_kept_apart(&lived);
}
