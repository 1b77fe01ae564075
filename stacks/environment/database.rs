//! The PostgreSQL database, and what RDS offers for it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_catalog::{Fact, ListFact, catalog};
use stratiform_environment::{RefusedText, Text, joined, listed, nearest, text};

/// The PostgreSQL database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The name of the database in the instance. Changing it replaces the instance.
    pub name: DatabaseName,

    /// The version of PostgreSQL, in quotes: `"17.6"`. A higher one is an upgrade, with an interruption.
    pub engine_version: EngineVersion,

    /// The size of the machine: `db.t3.micro`. Changing it interrupts the database for some minutes.
    pub instance_class: InstanceClass,

    /// Storage to begin with, in GiB: 20 to 65,536. It can grow, and never shrinks.
    #[schemars(range(min = 20, max = 65_536))]
    pub allocated_storage_gib: u32,

    /// How far RDS may grow the storage by itself, in GiB: at least 10 % more than it begins with. It does
    /// not grow when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 22, max = 65_536))]
    pub max_allocated_storage_gib: Option<u32>,

    /// Whether a standby runs in a second zone, and takes over within two minutes. Doubles the price.
    pub multi_az: bool,

    /// Whether AWS refuses to delete the instance.
    pub deletion_protection: bool,

    /// Days that automated backups are kept, and so how far back in time it can be restored: 1 to 35.
    #[schemars(range(min = 1, max = 35))]
    pub backup_retention_days: u8,

    /// The port it listens on: 1,150 to 65,535. 5432 when left out.
    #[serde(default = "postgres_port")]
    #[schemars(range(min = 1150, max = 65_535))]
    pub port: u16,
}

fn postgres_port() -> u16 {
    5432
}

text! {
    /// The name of a PostgreSQL database: letters, digits and `_`, at most 63 characters.
    pub struct DatabaseName("database-name", "a database name", r"^[A-Za-z][A-Za-z0-9_]{0,62}$", check_database_name);
}

fn check_database_name(text: &str) -> Result<(), RefusedText> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let shaped = text.bytes().all(allowed)
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.len() <= 63;
    if !shaped {
        return Err(RefusedText::new(
            "only letters, digits and `_` are allowed, at most 63, and it starts with a letter",
            "write a name such as `storefront`",
        ));
    }
    // Databases that are there before ours, and so refused by RDS.
    match text {
        "postgres" | "rdsadmin" | "template0" | "template1" => Err(RefusedText::new(
            "RDS keeps this database for itself",
            "choose another name",
        )),
        _ => Ok(()),
    }
}

text! {
    /// A version of PostgreSQL that RDS offers: `17.6`, or `17` for the newest of it at creation.
    pub struct EngineVersion("postgres-version", "a version of PostgreSQL", r"^[0-9]+(\.[0-9]+)?$", check_engine_version);
}

fn check_engine_version(text: &str) -> Result<(), RefusedText> {
    let versions: BTreeSet<&str> =
        offers("aws_rds_dbinstance/engine_version", None, "EngineVersion")
            .filter(|(engine, _)| *engine == POSTGRES)
            .flat_map(|(_, versions)| versions.iter().filter_map(Fact::as_text))
            .collect();
    if versions.contains(text) {
        return Ok(());
    }
    let major = text.split('.').next().unwrap_or_default();
    let of_major = versions
        .iter()
        .filter(|version| version.split('.').next() == Some(major))
        .max_by_key(|version| minor(version));
    Err(RefusedText::new(
        "RDS does not offer it",
        match of_major.or(versions
            .iter()
            .max_by_key(|version| (whole(version), minor(version))))
        {
            Some(version) => format!("write a version that it offers, such as \"{version}\""),
            None => "see `aws rds describe-db-engine-versions --engine postgres`".to_owned(),
        },
    ))
}

fn whole(version: &str) -> u32 {
    let major = version.split('.').next();
    major.and_then(|major| major.parse().ok()).unwrap_or(0)
}

fn minor(version: &str) -> u32 {
    let minor = version.split('.').nth(1);
    minor.and_then(|minor| minor.parse().ok()).unwrap_or(0)
}

text! {
    /// A class of database machines that RDS offers for PostgreSQL in some region: `db.t3.micro`.
    pub struct InstanceClass("db-instance-class", "an instance class", r"^db\.[a-z0-9-]+\.[a-z0-9.]+$", check_instance_class, all_instance_classes);
}

impl InstanceClass {
    /// The extension of the catalog that says which classes there are, by region and engine.
    const CLASSES: &str = "aws_rds_dbinstance/dbinstanceclass_enum";

    /// The classes that RDS offers for PostgreSQL in a region.
    pub fn offered_in(region: &str) -> BTreeSet<&'static str> {
        let offers = offers(InstanceClass::CLASSES, Some(region), "DBInstanceClass");
        offers
            .filter(|(engine, _)| *engine == POSTGRES)
            .flat_map(|(_, classes)| classes.iter().filter_map(Fact::as_text))
            .collect()
    }

    /// What it is a size of: `db.t3` for `db.t3.micro`.
    pub fn family(&self) -> &str {
        family(self.as_str())
    }
}

fn family(class: &str) -> &str {
    let end = class.match_indices('.').nth(1);
    end.map_or(class, |(end, _)| &class[..end])
}

fn all_instance_classes() -> Vec<String> {
    let classes: BTreeSet<&str> = catalog()
        .regions()
        .flat_map(InstanceClass::offered_in)
        .collect();
    classes.into_iter().map(str::to_owned).collect()
}

fn check_instance_class(text: &str) -> Result<(), RefusedText> {
    // Nearly always the first region has it; the whole list is for the message.
    if catalog()
        .regions()
        .any(|region| InstanceClass::offered_in(region).contains(text))
    {
        return Ok(());
    }
    let classes = all_instance_classes();
    let siblings: Vec<&String> = classes
        .iter()
        .filter(|class| family(class) == family(text))
        .collect();
    let engines: BTreeSet<&str> = catalog()
        .regions()
        .flat_map(|region| offers(InstanceClass::CLASSES, Some(region), "DBInstanceClass"))
        .filter(|(_, classes)| classes.iter().any(|class| class.as_text() == Some(text)))
        .map(|(engine, _)| engine)
        .collect();
    Err(RefusedText::new(
        if !engines.is_empty() {
            format!(
                "RDS offers it for {}, and not for PostgreSQL",
                joined(engines)
            )
        } else if siblings.is_empty() {
            "RDS does not offer it in any region".to_owned()
        } else {
            format!("of `{}`, RDS offers {}", family(text), listed(&siblings))
        },
        match nearest(text, classes.iter().map(String::as_str)) {
            Some(class) => format!("did you mean `{class}`?"),
            None => "write a class such as `db.t3.micro`".to_owned(),
        },
    ))
}

/// The engine's name in RDS.
const POSTGRES: &str = "postgres";

/// What an extension of the catalog lists for a property of a database instance, by engine.
///
/// Its rules are `if Engine is this then the property is one of these`; see cfn-lint's
/// `data/schemas/extensions/aws_rds_dbinstance`.
fn offers(
    extension: &str,
    region: Option<&str>,
    property: &str,
) -> impl Iterator<Item = (&'static str, ListFact)> {
    let constraint = |fact: Fact, key: &str, keyword: &str| {
        let properties = fact.as_map()?.get("properties")?.as_map()?;
        properties.get(key)?.as_map()?.get(keyword)
    };
    let of_region = |rules: Fact| match region {
        Some(region) => rules.as_map()?.get(region),
        None => Some(rules),
    };
    catalog()
        .extension(extension)
        .and_then(of_region)
        .and_then(|rules| rules.as_map()?.get("allOf")?.as_list())
        .into_iter()
        .flat_map(ListFact::iter)
        .filter_map(move |rule| {
            let rule = rule.as_map()?;
            let engine = constraint(rule.get("if")?, "Engine", "const")?.as_text()?;
            let values = constraint(rule.get("then")?, property, "enum")?.as_list()?;
            Some((engine, values))
        })
}
