//! Things: what actions act on, as ARNs with `*` for what nobody knows before they are there.
//!
//! What lives here: names and ARNs of resources, as far as their templates tell. What does not: which actions are needed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;

use stratiform_catalog::action::{self, Action, Kind};
use stratiform_catalog::naming::{self, Arn, SERVICE_LINKED};
use stratiform_catalog::{Handler, PropertyPath, ResourceType, catalog};
use stratiform_resolve::{Resolved, Resolver, Scope, Segment, Whereabouts, World};
use stratiform_template::Resource;

use crate::glob::covers;

/// Stands for anything.
pub(crate) const ANY: &str = "*";

/// The account, as templates say it.
const ACCOUNT: &str = "${AWS::AccountId}";

/// The account, within a [`Thing`]: without the colons.
const OWN: &str = "{account}";

/// How far references are followed for a name.
const MAX_DEPTH: usize = 8;

/// What references give, once somebody has asked. What is being found out is there with nothing: it refers to itself.
type Known = Mutex<BTreeMap<(String, Option<String>), Option<String>>>;

/// Something that actions act on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Thing {
    /// The ARN after `arn:PARTITION:`.
    pub(crate) rest: String,
    /// The kind that it is of in its own service, where the ARN alone does not tell.
    kind: Option<&'static str>,
    /// Whether it is used where a template says nothing: nobody makes, changes or deletes it.
    pub(crate) is_default: bool,
    pub(crate) says: Says,
}

/// What does an ARN say of whose a thing is?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    /// A name that the template gives, or one that begins with the stack's.
    Name,
    /// A name of which CloudFormation leaves too little: another stack's could be the same.
    ShortName,
    /// Only the place and the kind.
    Kind,
}

impl Thing {
    /// What a template names by its ARN.
    pub(crate) fn of_arn(arn: &str) -> Option<Thing> {
        let rest = arn.strip_prefix("arn:")?;
        let own = rest.strip_prefix("${AWS::Partition}:");
        let rest = own.or_else(|| Some(rest.split_once(':')?.1))?;
        (Parts::of(&rest.replace(ACCOUNT, OWN))?.resource != ANY).then(|| Thing {
            rest: rest.replace(ACCOUNT, OWN),
            kind: None,
            is_default: false,
            says: Says::Name,
        })
    }

    /// A role that a service makes for itself.
    pub(crate) fn is_service_linked(&self) -> bool {
        self.kind == Some(SERVICE_LINKED)
    }

    /// Any such role.
    pub(crate) fn any_service_linked() -> Thing {
        Thing {
            rest: format!("iam::{OWN}:role/aws-service-role/*"),
            kind: Some(SERVICE_LINKED),
            is_default: false,
            says: Says::Kind,
        }
    }

    /// The ARN, in any partition and account.
    pub(crate) fn arn(&self) -> String {
        format!(
            "arn:${{AWS::Partition}}:{}",
            self.rest.replace(OWN, ACCOUNT)
        )
    }

    /// The service that its ARN names.
    pub(crate) fn service(&self) -> &str {
        self.rest.split(':').next().unwrap_or_default()
    }

    /// The kinds of a service that it is of: of those whose ARNs look alike, the ones that say most of it.
    /// `loadbalancer/app/*`, and not `loadbalancer/*`.
    pub(crate) fn kinds_in(&self, service: &str, all: &'static [Kind]) -> BTreeSet<&'static str> {
        let Some(parts) = Parts::of(&self.rest) else {
            return BTreeSet::new();
        };
        let is_own = parts.service == service;
        let own = self.kind.filter(|_| is_own || self.is_service_linked());
        let fits = |kind: &'static Kind| Some((parts.fit(kind)?, kind.name));
        let fitting: Vec<_> = all.iter().filter_map(fits).collect();
        let most = fitting.iter().map(|(fit, _)| *fit).max();
        let fitting = fitting.into_iter().filter(|(fit, name)| match own {
            Some(own) => *name == own,
            None => Some(*fit) == most,
        });
        fitting.map(|(_, name)| name).collect()
    }
}

/// The parts of what follows `arn:PARTITION:`.
struct Parts<'a> {
    service: &'a str,
    resource: &'a str,
}

impl Parts<'_> {
    fn of(rest: &str) -> Option<Parts<'_>> {
        let mut parts = rest.splitn(4, ':');
        let service = parts.next()?;
        let resource = parts.nth(2)?;
        Some(Parts { service, resource })
    }

    /// How many letters a kind's ARNs say of this one.
    fn fit(&self, kind: &Kind) -> Option<usize> {
        let fits = |format: &&str| {
            // Most are of another service.
            let place = format.strip_prefix(self.service)?.strip_prefix(':')?;
            let resource = place.splitn(3, ':').nth(2)?;
            let letters = || resource.chars().filter(|letter| *letter != '*').count();
            covers(resource, self.resource).then(letters)
        };
        kind.formats.iter().filter_map(fits).max()
    }
}

/// The resources of a stack as others see them: names and ARNs instead of IDs.
#[derive(Clone)]
pub(crate) struct Names<'s, 't> {
    pub(crate) scope: &'s Scope<'t>,
    pub(crate) place: &'s Whereabouts,
    known: &'s Known,
    depth: usize,
}

impl fmt::Debug for Names<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "names of {}", self.place.stack)
    }
}

impl World for Names<'_, '_> {
    fn place(&self) -> &Whereabouts {
        self.place
    }

    fn pseudo(&self, name: &str) -> Option<Resolved<'static>> {
        (name == "AccountId").then(|| known(ACCOUNT))
    }

    fn resource(&self, logical_id: &str, attribute: Option<&str>) -> Resolved<'static> {
        known(
            &self
                .seen(logical_id, attribute)
                .unwrap_or_else(|| ANY.to_owned()),
        )
    }
}

fn known(text: &str) -> Resolved<'static> {
    Resolved::text(vec![Segment::Known(text.to_owned())], Vec::new())
}

impl<'s, 't> Names<'s, 't> {
    pub(crate) fn new(scope: &'s Scope<'t>, place: &'s Whereabouts, known: &'s Known) -> Self {
        Names {
            scope,
            place,
            known,
            depth: 0,
        }
    }

    /// What a reference to a resource gives, with `*` for what is not known. Each is found out once.
    fn seen(&self, logical_id: &str, attribute: Option<&str>) -> Option<String> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let key = (logical_id.to_owned(), attribute.map(str::to_owned));
        let remembered = self.known.lock().ok()?.insert(key.clone(), None);
        let seen = remembered.unwrap_or_else(|| self.look(logical_id, attribute));
        self.known.lock().ok()?.insert(key, seen.clone());
        seen
    }

    fn look(&self, logical_id: &str, attribute: Option<&str>) -> Option<String> {
        let inner = Names {
            depth: self.depth + 1,
            ..*self
        };
        let resource = self.scope.resource(logical_id)?;
        let found = catalog().resource_type(&resource.resource_type)?;
        let what = match attribute {
            Some(attribute) => attribute,
            None => {
                let mut identifier = found.primary_identifier();
                let first = identifier.next()?.as_str();
                identifier.next().is_none().then_some(first)?
            }
        };
        if what.ends_with("Arn") {
            let own = found.name().rsplit("::").next()?;
            let is_own = own.ends_with(what.strip_suffix("Arn")?);
            let things = inner.things(logical_id, resource).into_iter();
            let mut things = things.filter(|thing| is_own && !thing.is_service_linked());
            return things.next().map(|thing| thing.arn());
        }
        let (named, _) = inner.name(logical_id, resource);
        let naming = naming::naming(found.name());
        (naming.property.as_deref() == Some(what) || what == "Name").then_some(named)
    }

    /// The name that the template gives, or what is known of the one that CloudFormation makes. Of that, the stack is
    /// enough: who may make a thing of a stack may make all of the kind, and one more needs no other policy.
    fn name(&self, logical_id: &str, resource: &'t Resource) -> (String, Says) {
        let naming = naming::naming(&resource.resource_type);
        let given = naming.property.as_deref();
        let given = given.and_then(|path| self.property(resource, path));
        if let Some(given) = given.filter(|name| !name.is_empty()) {
            let says = if given == ANY { Says::Kind } else { Says::Name };
            return (naming.kept(&given), says);
        }
        let is_true = |path: &str| self.property(resource, path).as_deref() == Some("true");
        let stack = &self.place.stack;
        let made = naming.made(stack, logical_id, ANY, is_true);
        let own = made.get(..=stack.len()).filter(|start| {
            start.ends_with('-') && start[..stack.len()].eq_ignore_ascii_case(stack)
        });
        match own {
            Some(start) => (format!("{start}{ANY}"), Says::Name),
            None => (made, Says::ShortName),
        }
    }

    /// A property as text, with `*` for what is not known of it; none where it is not there.
    fn property(&self, resource: &'t Resource, path: &str) -> Option<String> {
        let mut steps = path.split('.');
        let first = resource.properties.get(steps.next()?)?;
        let resolver = Resolver::new(self.scope, self);
        let value = resolver.resolve(first).part()?;
        let found = steps.try_fold(&value, |value, step| value.get(step))?;
        Some(pattern(found))
    }

    /// What a resource's handlers act on.
    pub(crate) fn things(&self, logical_id: &str, resource: &'t Resource) -> Vec<Thing> {
        let Some(found) = catalog().resource_type(&resource.resource_type) else {
            return Vec::new();
        };
        let arns = naming::arns(found.name());
        let known = arns.known.into_iter();
        let known = known.map(|arn| self.thing(logical_id, resource, arn));
        let by_rule = match arns.are_own_known {
            true => Vec::new(),
            false => self.things_by_rule(logical_id, resource, found),
        };
        known.chain(by_rule).collect()
    }

    fn thing(&self, logical_id: &str, resource: &'t Resource, arn: Arn) -> Thing {
        let mut rest = String::new();
        let mut says = match arn.kind {
            Some(SERVICE_LINKED) => Says::Name,
            Some(_) | None => Says::Kind,
        };
        let mut form = arn.form;
        while let Some((before, after)) = form.split_once('{') {
            let (hole, after) = after.split_once('}').unwrap_or((after, ""));
            let mut filters = hole.split('|');
            let source = filters.next().unwrap_or_default();
            let filled = match source {
                "region" => Some(self.place.region.to_string()),
                "account" => Some(OWN.to_owned()),
                "stack" => {
                    says = Says::Name;
                    Some(self.place.stack.clone())
                }
                "id" => Some(logical_id.to_owned()),
                "name" => {
                    let (name, said) = self.name(logical_id, resource);
                    says = said;
                    Some(name)
                }
                _ => self.property(resource, source.strip_prefix('.').unwrap_or(source)),
            };
            let is_property = source.starts_with('.');
            let filled = filters.fold(filled, |value, filter| {
                self.filter(value, filter, logical_id)
            });
            let filled = filled.unwrap_or_else(|| ANY.to_owned());
            if is_property && says == Says::Kind {
                says = says_by_property(hole, &filled);
            }
            rest.push_str(before);
            rest.push_str(&filled);
            form = after;
        }
        rest.push_str(form);
        Thing {
            rest,
            kind: arn.kind,
            is_default: arn.is_default,
            says,
        }
    }

    /// A filter of `data/names.tsv`.
    fn filter(&self, value: Option<String>, filter: &str, logical_id: &str) -> Option<String> {
        let (word, argument) = filter.split_once(' ').unwrap_or((filter, ""));
        let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
        match (word, value) {
            ("or", None) if argument == "family" => {
                Some(format!("{}{logical_id}*", self.place.stack))
            }
            ("or", None) => Some(argument.to_owned()),
            ("lb", value) => Some(match value.as_deref() {
                Some("network") => "net".to_owned(),
                Some("gateway") => "gwy".to_owned(),
                None | Some("application") => "app".to_owned(),
                Some(_) => ANY.to_owned(),
            }),
            ("waf", value) => Some(match value.as_deref() {
                Some("CLOUDFRONT") => "global".to_owned(),
                Some("REGIONAL") => "regional".to_owned(),
                _ => ANY.to_owned(),
            }),
            ("bus", value) => Some(match value.as_deref().map(last).as_deref() {
                None | Some("default") => String::new(),
                Some(bus) => format!("{bus}/"),
            }),
            ("last", Some(text)) => Some(last(&text)),
            ("after", Some(text)) => text.split_once(argument).map(|(_, after)| after.to_owned()),
            ("path", Some(text)) => Some(text.trim_start_matches('/').to_owned()),
            ("host", Some(text)) => Some(text.trim_start_matches("https://").to_owned()),
            ("lower", Some(text)) => Some(text.to_lowercase()),
            (_, value) => value,
        }
    }

    /// Of a type whose ARNs nobody wrote down: the kinds that its deletion acts on. A name counts only where the type is
    /// identified by it, and may go on.
    fn things_by_rule(
        &self,
        logical_id: &str,
        resource: &'t Resource,
        found: ResourceType,
    ) -> Vec<Thing> {
        let naming = naming::naming(found.name());
        let mut identifier = found.primary_identifier().map(PropertyPath::as_str);
        let identified_by = (identifier.next(), identifier.next());
        let is_named = matches!(
            (identified_by, &naming.property),
            ((Some(by), None), Some(property)) if by == property
        );
        let kinds = undoing(found).map_or(&[][..], |action| &action.kinds);
        let name = (is_named && kinds.len() == 1).then(|| self.name(logical_id, resource));
        let (name, says) = name.map_or((None, Says::Kind), |(name, says)| (Some(name), says));
        let things = kinds.iter().flat_map(|kind| &kind.formats).map(|format| {
            let place = format.replace("{region}", self.place.region.as_str());
            let named = name.as_deref().filter(|name| *name != ANY);
            let rest = match (named, place.strip_suffix(ANY)) {
                (Some(name), Some(start)) if !start.contains(ANY) => format!("{start}{name}*"),
                _ => place.clone(),
            };
            let says = match rest == place && rest.contains(ANY) {
                true => Says::Kind,
                false => says,
            };
            Thing {
                rest: rest.replace("**", "*"),
                kind: None,
                is_default: false,
                says,
            }
        });
        things.collect()
    }

    /// What the properties of a resource name by ARNs, outside of the stacks too. What policies speak of is not what
    /// handlers touch.
    pub(crate) fn named_in(&self, properties: &'t stratiform_template::Map) -> Vec<Thing> {
        let mut found = Vec::new();
        for (key, value) in Resolver::new(self.scope, self).entries(properties) {
            collect_named(&key, &value, &mut found);
        }
        found
    }
}

/// What has no name of its own may have another thing's in it.
fn says_by_property(hole: &str, filled: &str) -> Says {
    // A load balancer's listener: `app/NAME/…`.
    let of_other = hole.contains("|after ");
    let name = if of_other {
        filled.split('/').nth(1)
    } else {
        Some(filled)
    };
    match name {
        _ if ["|lb", "|waf", "|bus"]
            .iter()
            .any(|filter| hole.ends_with(filter)) =>
        {
            Says::Kind
        }
        None | Some(ANY) => Says::Kind,
        Some(name) if of_other && name.contains(ANY) => Says::ShortName,
        Some(_) => Says::Name,
    }
}

fn collect_named(key: &str, value: &Resolved<'_>, found: &mut Vec<Thing>) {
    match value {
        Resolved::Map(entries) if !entries.contains_key("Statement") => {
            let entries = entries.iter();
            entries.for_each(|(key, value)| collect_named(key, value, found));
        }
        Resolved::List(items) => items
            .iter()
            .for_each(|value| collect_named(key, value, found)),
        // A pattern of many things names none of them.
        Resolved::Literal(_) | Resolved::Text(_) if !says_any(value) => {
            let text = pattern(value);
            found.extend(Thing::of_arn(&text));
            // Buckets are named by their names: `S3Bucket`, `BucketName`, `DestinationBucket`.
            let is_bucket = key.ends_with("Bucket") || key.ends_with("BucketName");
            if is_bucket && text != ANY && !text.contains([':', '/']) {
                let arns = [
                    format!("arn:aws:s3:::{text}"),
                    format!("arn:aws:s3:::{text}/*"),
                ];
                found.extend(arns.iter().filter_map(|arn| Thing::of_arn(arn)));
            }
        }
        Resolved::Literal(_) | Resolved::Text(_) | Resolved::Map(_) | Resolved::Null => {}
    }
}

/// Whether a text has a `*` in it as it is written, and not only for what is not known.
fn says_any(value: &Resolved<'_>) -> bool {
    match value {
        Resolved::Literal(text) => text.contains(ANY),
        Resolved::Text(text) => text.segments.iter().any(|segment| match segment {
            Segment::Known(text) => text.contains(ANY),
            Segment::Resource { .. } | Segment::Unknown { .. } | Segment::Secret(_) => false,
        }),
        Resolved::Null | Resolved::List(_) | Resolved::Map(_) => false,
    }
}

/// Text with `*` for what is not known of it.
pub(crate) fn pattern(value: &Resolved<'_>) -> String {
    match value {
        Resolved::Literal(text) => text.to_string(),
        Resolved::Text(text) => {
            let segments = text.segments.iter().map(|segment| match segment {
                Segment::Known(text) => text.as_str(),
                Segment::Resource { .. } | Segment::Unknown { .. } | Segment::Secret(_) => ANY,
            });
            segments.collect::<String>().replace("**", "*")
        }
        Resolved::Null | Resolved::List(_) | Resolved::Map(_) => ANY.to_owned(),
    }
}

/// The action that undoes a resource: the first that the deletion names which does more than look; else of the creation.
fn undoing(found: ResourceType) -> Option<&'static Action> {
    const LOOKING: [&str; 3] = ["Describe", "Get", "List"];
    let acting = |handler| {
        let named = found.permissions(handler);
        let named = named.filter_map(action::action);
        named.filter(|action| !LOOKING.iter().any(|start| action.name.starts_with(start)))
    };
    let mut deletion = acting(Handler::Delete);
    let first = deletion.find(|action| action.name.starts_with("De"));
    first.or_else(|| acting(Handler::Create).next())
}
