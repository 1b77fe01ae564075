//! Exports that are in use and go.

use crate::engine::Engine;
use crate::running::{edit, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

fn subnets(project: &Project, from: u8, to: u8) {
    edit(
        project,
        "environments/defaults.yaml",
        &format!("network:\n  subnets: {from}\n"),
        &format!("network:\n  subnets: {to}\n"),
    );
}

fn three_subnets() -> Project {
    let project = shop();
    edit(
        &project,
        "environments/defaults.yaml",
        "network:\n",
        "network:\n  subnets: 3\n",
    );
    project
}

#[test]
fn an_export_goes_after_who_imported_it() {
    let (project, engine) = (three_subnets(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    assert!(engine.describe("shop-dev-network").contains(":Subnet3"));
    subnets(&project, 3, 2);
    engine.deploy(&project, "--yes").expect(
        0,
        &[
            "`network` is deployed twice: 1 export (shop-dev-network:Subnet3) in use, and stays until database is deployed without",
            "network, first  unchanged",
            "\ndeployed in ",
        ],
    );
    assert!(!engine.describe("shop-dev-network").contains(":Subnet3"));
    engine
        .deploy(&project, "--yes")
        .expect(0, &["nothing to deploy"]);
}

#[test]
fn who_goes_on_importing_is_named_before_anything_is_changed() {
    let (project, engine) = (three_subnets(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    subnets(&project, 3, 2);
    engine
        .deploy(&project, "--yes --stack network")
        .expect(
            3,
            &[
                "error[export-in-use]: the stack `network` no longer exports `shop-dev-network:Subnet3`, which `shop-dev-database` imports",
                "deploy that stack without its import first",
            ],
        )
        .lacks(&["executes"]);
}

fn cidr(project: &Project, from: &str, to: &str) {
    edit(
        project,
        "environments/dev.yaml",
        &format!("vpc_cidr: {from}"),
        &format!("vpc_cidr: {to}"),
    );
}

// CloudFormation refuses it in one pass: "Cannot update export … as it is in use".
#[test]
fn an_export_gets_another_value_while_its_importers_hold_it_as_text() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    cidr(&project, "10.0.0.0/16", "10.9.0.0/16");
    engine
        .deploy(&project, "--yes")
        .expect(0, &["`database` is deployed twice"]);
    engine
        .deploy(&project, "--yes")
        .expect(0, &["nothing to deploy"]);
}

// The values of before are gone when it goes back: the importers hold those of now until the exporter has others again.
#[test]
fn what_has_other_values_goes_back_in_passes_too() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    cidr(&project, "10.0.0.0/16", "10.9.0.0/16");
    // Nothing listens there, before and after.
    let bare = "  termination_protection: false\n";
    let verified = format!(
        "{bare}  deployment:\n    verify: {{ within_minutes: 0, http: [{{ url: \"http://127.0.0.1:9/\" }}] }}\n"
    );
    edit(&project, "environments/dev.yaml", bare, &verified);
    engine.deploy(&project, "--yes").expect(
        5,
        &[
            "all stacks of this run go back",
            "services         change set: 7 with other tags only",
            "network          went back",
            "database         went back",
            "database, holds  went back",
        ],
    );
    edit(&project, "environments/dev.yaml", &verified, bare);
    cidr(&project, "10.9.0.0/16", "10.0.0.0/16");
    engine
        .deploy(&project, "--yes")
        .expect(0, &["nothing to deploy"]);
}

#[test]
fn passes_are_sealed_as_they_are_carried_out() {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    cidr(&project, "10.0.0.0/16", "10.9.0.0/16");
    engine
        .deploy(&project, "--yes --prepare release.json")
        .expect(0, &["`database` is deployed twice", "sealed in"])
        .lacks(&["executes"]);
    engine.deploy(&project, "--execute release.json").expect(
        0,
        &[
            "database, holds  executes",
            "network          deployed",
            "database         deployed",
        ],
    );
    engine
        .deploy(&project, "--yes")
        .expect(0, &["nothing to deploy"]);
}
