//! What a rebuild needs, and what of it the region has.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use indexmap::IndexMap;
use stratiform_assembly::{Assembly, StackAt};
use stratiform_aws::{Aws, now};
use stratiform_catalog::behaviour::{holds_data, restores_from};
use stratiform_catalog::catalog;
use stratiform_deploy::call::{DatabaseKind, Snapshot};
use stratiform_deploy::guard::{Asked, StackFound, Unasked, Verdict};
use stratiform_deploy::rebuild::{
    Backup, Chosen, Phase, Point, PointId, Wish, Zones, backup, earlier, key, names, orderable,
    ordered, parts, standing, values, zones,
};
use stratiform_deploy::{Call, Reply};
use stratiform_environment::{Settings, Text as _};
use stratiform_resolve::{Outcome, Resolver, Scope, Whereabouts};
use stratiform_service::Region;
use stratiform_template::{Member, Resource, Template};

use super::back::{self, Copied, Left};
use super::parameter;
use crate::args::{ParameterValue, Rebuild};
use crate::commands::deploy::conduct::pace;
use crate::commands::guard::looking::ask;
use crate::report::Failure;
use crate::restores::{Restored, restored};
use crate::services::service_of;
use crate::view::{Event, View};

/// What is known before anything is made.
pub(super) struct Before {
    /// What is needed, in the order in which it is told.
    pub points: Vec<Point>,
    /// Values that parameters get.
    pub parameters: Vec<ParameterValue>,
    /// What each database begins with: `database/Instance`.
    pub beginnings: Vec<(String, Chosen)>,
    /// Stacks that have to go first.
    pub in_the_way: Vec<String>,
    /// Values that they have, and nobody else knows: `Certificate=arn:…`.
    pub known_there: Vec<String>,
    /// Snapshots that are taken and copied before.
    copied: Vec<Copied>,
    /// How long that took.
    pub phases: Vec<Phase>,
}

impl Before {
    /// Takes and copies the snapshots that databases begin with, and says from when on nothing comes along.
    pub(super) async fn bring(
        &mut self,
        between: (&Aws, &Aws),
        args: &Rebuild,
        view: &mut dyn View,
    ) -> Result<(), Failure> {
        let key = back::key(args);
        for copied in &self.copied {
            let Copied {
                resource, snapshot, ..
            } = copied;
            view.event(&Event::Notice {
                text: format!("{resource}: the snapshot {snapshot} is taken and copied"),
            });
        }
        let all = self.copied.iter();
        let all = all.map(|copied| copied.bring(between, key, pace(args.local)));
        let phases = try_join_all(all).await?;
        for (Copied { resource, .. }, phase) in self.copied.iter().zip(&phases) {
            let Some(Phase { begun, .. }) = phase else {
                continue;
            };
            view.event(&Event::Notice {
                text: format!("{resource}: what is written after {begun} is not in it"),
            });
            let mut beginnings = self.beginnings.iter_mut();
            if let Some((_, chosen)) = beginnings.find(|(of, _)| of == resource) {
                chosen.taken = Some(*begun);
            }
        }
        self.phases = phases.into_iter().flatten().collect();
        Ok(())
    }
}

/// What is looked at.
pub(super) struct Looking<'a> {
    pub aws: &'a Aws,
    pub args: &'a Rebuild,
    pub settings: &'a Settings,
    /// The environment's stacks.
    pub origin: &'a Assembly,
    /// Where they were.
    pub from: &'a Region,
    /// The same, where it is gone back.
    pub left: Option<&'a Left>,
    /// What is made of them: the same, or a rehearsal.
    pub made: &'a Assembly,
    /// What of that is there.
    pub found: &'a [StackFound],
}

/// Looks at all of it.
pub(super) async fn look(looking: &Looking<'_>) -> Result<Before, Failure> {
    let Looking {
        aws,
        args,
        settings,
        from,
        left,
        made,
        found,
        ..
    } = *looking;
    let stacks = made.stacks.iter();
    let keyed: Vec<(&str, &Template)> = stacks
        .map(|stack| (made.key(&stack.name), &*stack.template))
        .collect();
    let homes: Vec<Whereabouts> = made.stacks.iter().map(|stack| home(stack, from)).collect();
    let placed: Vec<(&str, &Template, &Whereabouts)> = keyed
        .iter()
        .zip(&homes)
        .map(|((key, template), home)| (*key, *template, home))
        .collect();
    let region = made.region.as_str();
    let mut given = given(args, settings, region, &keyed);
    let is_there = |key: &str, name: &str| {
        let stack = found.iter().find(|found| found.key == key);
        let stack = stack.and_then(StackFound::there);
        service_of(name).is_some() || stack.is_some_and(|stack| stack.parameters.contains_key(name))
    };
    let mut valued = values(&keyed, &given, is_there);
    if let (Verdict::Block, Some(meant)) = (valued.verdict, meant_for_another(settings, region)) {
        valued.remedy = format!(
            "give it: --parameter NAME=VALUE (`settings.recovery.parameters` is for {meant})"
        );
    }
    let mut points = vec![parts(&keyed, region), names(&placed, region), valued];
    let recovery = settings.recovery.as_ref();
    let rpo = recovery.and_then(|recovery| recovery.rpo_minutes);
    let mut beginnings = Vec::new();
    let mut in_the_way = Vec::new();
    let mut all_copied = Vec::new();
    match left {
        Some(left) => {
            let room = left.room(found, &made.region);
            points.push(room.point);
            in_the_way = room.in_the_way;
        }
        None => points.extend(earlier(found, from, now())),
    }
    for (stack, found) in made.stacks.iter().zip(found) {
        let all = restored(&stack.template);
        points.extend(without_a_way(args, &found.key, &stack.template, &all));
        for (name, restored) in all {
            let resource = format!("{}/{}", found.key, restored.logical_id);
            let there = standing(found).filter(|stack| !in_the_way.contains(&stack.name));
            let made_from = there.and_then(|stack| stack.parameters.get(name));
            if let (Some(left), None, Wish::Latest) = (left, made_from, wish(args, name)) {
                let (point, copied) = left.fresh(resource.clone(), &restored).await;
                points.push(point);
                let Some(copied) = copied else { continue };
                given.insert(name.to_owned(), copied.snapshot.clone());
                beginnings.push((resource, Chosen::of(&copied.snapshot)));
                all_copied.push(copied);
                continue;
            }
            let snapshots = match made_from {
                Some(_) => Ok(Vec::new()),
                None => looking.snapshots(&found.key, restored.logical_id).await,
            };
            let of = Backup {
                resource: &resource,
                snapshots,
                made_from: made_from.map(String::as_str),
            };
            let (mut point, chosen) = backup(&of, &wish(args, name), rpo, now());
            if left.is_some() && made_from.is_some() {
                point.verdict = Verdict::Warn;
                point.remedy = format!("what was written in {from} since then is not in it");
            }
            points.push(point);
            let Some(chosen) = chosen else { continue };
            if let Some(of) = &chosen.key {
                points.push(key(of, &has_key(aws, of).await));
            }
            given.insert(name.to_owned(), chosen.snapshot.clone().unwrap_or_default());
            beginnings.push((resource, chosen));
        }
    }
    if let (false, Some(of)) = (all_copied.is_empty(), &args.key) {
        points.push(key(of, &has_key(aws, of).await));
    }
    points.extend(offered(aws, args, made).await);
    points.sort_by_key(|point| point.id);
    let parameters = given.iter();
    let parameters = parameters.map(|(name, value)| parameter(name, value));
    Ok(Before {
        points,
        parameters: parameters.collect(),
        beginnings,
        in_the_way,
        known_there: known_there(&keyed, found),
        copied: all_copied,
        phases: Vec::new(),
    })
}

/// What the region itself says of databases and zones.
async fn offered(aws: &Aws, args: &Rebuild, made: &Assembly) -> Vec<Point> {
    let region = made.region.as_str();
    let nobody = || {
        let why = "the embedded CloudFormation does not know what regions offer";
        Unasked::because(why, "ask AWS: --dry-run, without --local")
    };
    let mut points = Vec::new();
    let stacks = made.stacks.iter();
    let keyed = stacks.map(|stack| (made.key(&stack.name), stack));
    for (key, stack) in keyed.clone() {
        for ordered in ordered(key, &stack.template, &home(stack, &made.region)) {
            let versions = match args.local {
                true => Err(nobody()),
                false => aws
                    .engine_versions(&ordered.engine, &ordered.class)
                    .await
                    .map_err(Unasked::from),
            };
            points.push(orderable(&ordered, region, &versions));
        }
    }
    let keyed: Vec<(&str, &Template)> = keyed.map(|(key, stack)| (key, &*stack.template)).collect();
    let wanted = Zones::of(&keyed);
    if !wanted.is_empty() {
        let there = match args.local {
            true => Err(nobody()),
            false => aws.zones().await.map_err(Unasked::from),
        };
        points.push(zones(&wanted, region, &there));
    }
    points
}

/// Where a stack is, or was.
fn home(stack: &StackAt, region: &Region) -> Whereabouts {
    Whereabouts {
        stack: stack.name.clone(),
        region: region.clone(),
        account: None,
    }
}

/// Values that somebody gave: on the command line, then in the environment's file, as far as the release has the parameter.
fn given(
    args: &Rebuild,
    settings: &Settings,
    region: &str,
    stacks: &[(&str, &Template)],
) -> BTreeMap<String, String> {
    let recovery = settings.recovery.iter();
    let recovery = recovery.filter(|_| meant_for_another(settings, region).is_none());
    let written = recovery.flat_map(|recovery| &recovery.parameters);
    let has = |name: &str| {
        stacks
            .iter()
            .any(|(_, template)| template.parameters.contains_key(name))
    };
    let written = written.filter(|(name, _)| has(name.as_str()));
    let written = written.map(|(name, value)| (name.to_string(), value.clone()));
    let named = args.parameter.iter();
    let named = named.map(|given| (given.name.clone(), given.value.clone()));
    written.chain(named).collect()
}

/// The region that `recovery.parameters` is written for, where it is another one.
fn meant_for_another<'a>(settings: &'a Settings, region: &str) -> Option<&'a str> {
    let meant = settings.disaster_recovery_region.as_ref()?.as_str();
    Some(meant).filter(|meant| *meant != region)
}

/// Values of parameters that stacks have and no template says; those of images are looked for by themselves.
fn known_there(stacks: &[(&str, &Template)], found: &[StackFound]) -> Vec<String> {
    let all = stacks.iter().zip(found).flat_map(|((_, template), found)| {
        let asked = template.parameters.iter();
        let asked = asked.filter(|(name, one)| one.default.is_none() && service_of(name).is_none());
        asked.filter_map(|(name, _)| {
            let value = standing(found)?.parameters.get(name)?;
            (value != "****").then(|| format!("{name}={value}"))
        })
    });
    all.collect()
}

/// What a database is to begin with.
fn wish(args: &Rebuild, parameter: &str) -> Wish {
    let of = |of: Option<&str>| {
        args.database
            .iter()
            .rev()
            .find(|one| one.parameter.as_deref() == of)
    };
    let found = of(Some(parameter)).or_else(|| of(None));
    match found.map(|one| one.backup.as_str()) {
        None | Some("latest") => Wish::Latest,
        Some("empty") => Wish::Empty,
        Some(name) => Wish::Named(name.to_owned()),
    }
}

/// Resources with data that could be made from a snapshot, and that the release makes empty.
fn without_a_way<'a>(
    args: &'a Rebuild,
    stack: &'a str,
    template: &'a Template,
    restored: &'a BTreeMap<&str, Restored<'_>>,
) -> impl Iterator<Item = Point> + 'a {
    let is_restored = |id: &str| restored.values().any(|known| known.logical_id == id);
    let can_be = |resource: &Resource| {
        let known = catalog().resource_type(&resource.resource_type);
        let mut from = restores_from().filter(|path| path.is_top_level());
        // What belongs to another resource has that one's data.
        let is_own = !resource
            .properties
            .keys()
            .any(|name| name.ends_with("ClusterIdentifier") || name.starts_with("Source"));
        is_own
            && holds_data(&resource.resource_type)
            && from.any(|path| {
                known.is_some_and(|known| known.schema().property(path.first()).is_some())
            })
    };
    let all = template.each_resource();
    let all = all.filter(move |(id, resource)| !is_restored(id) && can_be(resource));
    all.map(move |(id, _)| {
        let is_wanted = wish(args, "") == Wish::Empty;
        Point {
            id: PointId::Backup,
            verdict: if is_wanted { Verdict::Warn } else { Verdict::Block },
            reason: format!("{stack}/{id} begins empty: no parameter of the release says which snapshot it is made from"),
            remedy: match is_wanted {
                true => String::new(),
                false => "choose a release that has one, or --database empty".to_owned(),
            },
        }
    })
}

impl Looking<'_> {
    /// The snapshots of a database that the region has, by the name that it had.
    async fn snapshots(&self, key: &str, logical_id: &str) -> Asked<Vec<Snapshot>> {
        let unknown = |why: &str| {
            Err(Unasked::because(
                why,
                "name the snapshot: --database SNAPSHOT",
            ))
        };
        let mut stacks = self.origin.stacks.iter();
        let stack = stacks.find(|stack| self.origin.key(&stack.name) == key);
        let resource = stack.and_then(|stack| match stack.template.resources.get(logical_id)? {
            Member::One(resource) => Some((stack, resource)),
            Member::Unexpanded(_) => None,
        });
        let Some((stack, resource)) = resource else {
            return unknown("the release does not have it");
        };
        let Some(kind) = DatabaseKind::of(&resource.resource_type) else {
            return unknown("only snapshots of databases of RDS are looked for");
        };
        let named = match kind {
            DatabaseKind::Cluster => "DBClusterIdentifier",
            DatabaseKind::Instance => "DBInstanceIdentifier",
        };
        let Some(name) = resource.properties.get(named) else {
            return unknown(
                "it has no name in the template, so that nobody here knows what it was called",
            );
        };
        let home = home(stack, self.from);
        let values = IndexMap::new();
        let scope = Scope::new(&stack.template, &values, &home);
        let name = match Resolver::new(&scope, &home).resolve(name) {
            Outcome::Value(name) => name.known().map(std::borrow::Cow::into_owned),
            _ => None,
        };
        match name {
            Some(name) => {
                let found = self.aws.snapshots_of(kind, &name).await;
                found.map_err(Unasked::from)
            }
            None => unknown("its name is not known here"),
        }
    }
}

async fn has_key(aws: &Aws, arn: &str) -> Asked<bool> {
    // Those that AWS manages are in every region.
    if arn.contains("alias/aws/") {
        return Ok(true);
    }
    let call = Call::FindResource {
        resource_type: "AWS::KMS::Key".to_owned(),
        identifier: arn.rsplit('/').next().unwrap_or(arn).to_owned(),
    };
    ask(aws, call, |reply| match reply {
        Reply::Found(found) => Some(found),
        _ => None,
    })
    .await
}
