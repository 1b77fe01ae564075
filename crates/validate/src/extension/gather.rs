//! Values of several resources, put together for a rule: those of the resource itself, and those of what it refers to.

use indexmap::IndexMap;
use stratiform_catalog::{Fact, Keyword, MapFact, Schema};
use stratiform_finding::Finding;
use stratiform_template::{Function, Map, Path, Value};

use crate::schema::{Look, Looked, Verdict};

/// Where a part of what was gathered is from.
struct Origin<'t> {
    entry: &'static str,
    /// The resource that is referred to; none for the resource itself.
    logical_id: Option<&'t str>,
    paths: Paths,
}

/// The steps of each value below the properties, by the name that the rule has for it.
type Paths = IndexMap<&'static str, Vec<&'static str>>;

impl<'t> Look<'_, 't> {
    /// Gathers what a rule is about, and holds it against the rule.
    pub(super) fn gather(
        &mut self,
        gather: Schema,
        properties: &Value,
        path: &Path<'_>,
    ) -> Looked<'t, Verdict> {
        let entries = gather
            .fact()
            .as_map()
            .and_then(|gather| gather.get("gather")?.as_map());
        let rule = gather.part_named("schema");
        let (Some(entries), Some(rule)) = (entries, rule) else {
            return Ok(Verdict::Unknown);
        };
        let mut gathered = Map::new();
        let mut origins = Vec::new();
        for (entry, facts) in entries.iter() {
            let Some(facts) = facts.as_map() else {
                continue;
            };
            let logical_id = match facts.get("reference").and_then(Fact::as_text) {
                None => None,
                Some(reference) => match self.referred_to(properties, reference, facts)? {
                    Some(logical_id) => Some(logical_id),
                    // What refers to nothing in the template is nothing to compare with.
                    None => return Ok(Verdict::Unknown),
                },
            };
            let (values, paths) = self.values_of(properties, logical_id, facts)?;
            gathered.insert(entry, Value::Map(values));
            origins.push(Origin {
                entry,
                logical_id,
                paths,
            });
        }
        let gathered = Value::Map(gathered);
        let rule = match rule
            .part(Keyword::CfnContext)
            .and_then(|context| context.part_named("schema"))
        {
            Some(inner) => inner,
            None => rule,
        };
        let outer = self.with_data(Some(gathered.clone()));
        let verdict = self.verdict(&gathered, rule, path);
        self.with_data(outer);
        Ok(match verdict? {
            Verdict::Fails(found) => {
                let placed = found
                    .into_iter()
                    .map(|finding| self.placed(finding, &origins, path));
                Verdict::Fails(placed.collect())
            }
            other => other,
        })
    }

    /// The resource that a property refers to, where it exists in this case and is of the type that is meant.
    fn referred_to(
        &self,
        properties: &Value,
        reference: &str,
        facts: MapFact,
    ) -> Looked<'t, Option<&'t str>> {
        let steps: Vec<&str> = reference.trim_matches('/').split('/').collect();
        let mut found = Vec::new();
        self.at_steps(properties, &steps, &mut found)?;
        let wanted = facts
            .get("filter")
            .and_then(|filter| filter.as_map()?.get("type")?.as_text());
        for value in found {
            let Some((name, resource)) = self.target(value)? else {
                continue;
            };
            let is_meant = wanted.is_none_or(|wanted| wanted == resource.resource_type);
            if is_meant && self.exists(resource)? {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Every value that steps lead to in this case.
    fn at_steps<'v>(
        &self,
        value: &'v Value,
        steps: &[&str],
        found: &mut Vec<&'v Value>,
    ) -> Looked<'t> {
        let Some(value) = self.settled(value)? else {
            return Ok(());
        };
        match (steps, value) {
            ([], value) => found.push(value),
            (["*", rest @ ..], Value::List(items)) => {
                for item in items {
                    self.at_steps(item, rest, found)?;
                }
            }
            ([step, rest @ ..], Value::Map(entries)) => {
                if let Some(value) = entries.get(step) {
                    self.at_steps(value, rest, found)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The values that a rule asks of a resource, by their names, with their paths.
    fn values_of(
        &self,
        properties: &Value,
        logical_id: Option<&str>,
        facts: MapFact,
    ) -> Looked<'t, (Map, Paths)> {
        let mut values = Map::new();
        let mut paths = IndexMap::new();
        let other = logical_id.and_then(|name| self.scene.template.resource(name));
        let wanted = facts.get("properties").and_then(Fact::as_map);
        for (key, wanted) in wanted.into_iter().flat_map(MapFact::iter) {
            let (wanted, default) = match wanted {
                Fact::Map(wanted) => (
                    wanted.get("path").and_then(Fact::as_text),
                    wanted.get("default"),
                ),
                other => (other.as_text(), None),
            };
            let Some(wanted) = wanted else { continue };
            if wanted == "$type" {
                let name = other.map(|other| other.resource_type.as_str());
                values.extend(name.map(|name| (key, Value::from(name))));
                continue;
            }
            let steps: Vec<&'static str> = wanted.trim_matches('/').split('/').collect();
            let mut found = Vec::new();
            match (other, steps.split_first()) {
                (None, _) => self.at_steps(properties, &steps, &mut found)?,
                (Some(other), Some((first, rest))) => {
                    if let Some(value) = other.properties.get(first) {
                        self.at_steps(value, rest, &mut found)?;
                    }
                }
                (Some(_), None) => {}
            }
            let value = match (found.first(), default) {
                (Some(value), _) => Some((*value).clone()),
                (None, default) => default.map(literal),
            };
            values.extend(value.map(|value| (key, value)));
            paths.insert(key, steps);
        }
        Ok((values, paths))
    }

    /// A finding in what was gathered, at the place that it is from.
    fn placed(&self, mut finding: Finding, origins: &[Origin<'t>], path: &Path<'_>) -> Finding {
        let here = path.steps();
        let inner: Vec<String> = finding.path.get(here.len()..).unwrap_or_default().to_vec();
        let origin = inner
            .first()
            .and_then(|entry| origins.iter().find(|origin| origin.entry == entry));
        let Some(origin) = origin else { return finding };
        let mut placed = match origin.logical_id {
            None => here,
            Some(logical_id) => ["Resources", logical_id, "Properties"]
                .map(str::to_owned)
                .to_vec(),
        };
        if let Some(key) = inner.get(1) {
            match origin.paths.get(key.as_str()) {
                Some(steps) => {
                    // The rule has names of its own for what it gathers.
                    if let Some(name) = steps.last() {
                        finding.what = finding
                            .what
                            .replace(&format!("`{key}`"), &format!("`{name}`"));
                    }
                    placed.extend(steps.iter().map(|step| (*step).to_owned()));
                }
                None => placed.push(key.clone()),
            }
            placed.extend(inner.get(2..).unwrap_or_default().iter().cloned());
        }
        finding.path = placed;
        finding
    }
}

impl<'t> Look<'_, 't> {
    /// The value that a keyword refers to with `$data`, in what was gathered.
    pub(crate) fn referred(&self, fact: Fact) -> Option<Value> {
        let pointer = fact.as_map()?.get("$data")?.as_text()?;
        let steps = pointer.trim_start_matches('/').split('/');
        let found = steps.fold(self.data(), |value, step| value?.as_map()?.get(step));
        found.cloned()
    }

    /// The number that a keyword gives, or refers to.
    pub(crate) fn limit(&self, fact: Fact) -> Option<f64> {
        match self.referred(fact) {
            None => fact.as_float(),
            Some(value) => value.scalar()?.trim().parse().ok(),
        }
    }

    /// The text that a keyword gives, or looks up with `$lookup`.
    pub(crate) fn pattern_of(&self, fact: Fact) -> Option<&'static str> {
        let Some(lookup) = fact.as_map().and_then(|fact| fact.get("$lookup")?.as_map()) else {
            return fact.as_text();
        };
        let key = self.referred(lookup.get("key")?)?;
        lookup.get("map")?.as_map()?.get(key.as_str()?)?.as_text()
    }

    /// Whether a value is the one that a keyword refers to: of expressions only what is certain is said.
    pub(crate) fn is_referred(&self, value: &Value, wanted: &Value) -> Option<bool> {
        if value == wanted {
            return Some(true);
        }
        match (value, wanted) {
            (Value::Function(Function::Ref, one), Value::Function(Function::Ref, two)) => {
                let is_resource = |name: &Value| {
                    let name = name.as_str()?;
                    self.scene.template.resource(name).map(drop)
                };
                // Two resources of the template are two.
                is_resource(one).and(is_resource(two)).map(|()| false)
            }
            (Value::Function(..), _) | (_, Value::Function(..)) => None,
            (one, two) => Some(one.scalar()?.eq_ignore_ascii_case(&two.scalar()?)),
        }
    }
}

fn literal(fact: Fact) -> Value {
    match fact {
        Fact::Bool(boolean) => Value::Bool(boolean),
        Fact::Int(number) => Value::from(number),
        Fact::Text(text) => Value::from(text),
        Fact::Null | Fact::Float(_) | Fact::List(_) | Fact::Map(_) => Value::Null,
    }
}
