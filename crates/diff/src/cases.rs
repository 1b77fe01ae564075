//! The cases that are possible where parameters and conditions have no value here: each is compared for itself.
//!
//! What lives here: which cases there are. A parameter without a value is one of its `AllowedValues`; without those, one
//! of the texts that conditions compare it with, of the rows of the mappings that it chooses from, or another one. A
//! condition that hangs on anything else holds, or does not, alike on both sides. What does not: what is found in them,
//! and how that is put together ([`merge`]).

pub(crate) mod merge;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use stratiform_assembly::StackAt;
use stratiform_changes::Sides;
use stratiform_resolve::{ParameterValue, Scope, Supposed, Whereabouts, declared, unexpanded};
use stratiform_template::{Function, Map, Member, Reference, Resource, Template, Text, Value};

use crate::stack::Compared;

/// How many cases are compared at most. What would make more of them stays unknown.
const MAX_CASES: usize = 64;

/// The pseudo parameter that files do not tell.
const ACCOUNT: &str = "AWS::AccountId";

/// How many conditions one may hang on, through others.
const MAX_CONDITIONS: usize = 64;

/// What is not known, and what it can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// A parameter: its texts, `None` for any other one.
    Parameter(String, Vec<Option<String>>),
    /// A condition.
    Condition(String),
}

/// The cases of a change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cases {
    unknowns: Vec<Unknown>,
}

/// One case: for each unknown the position of what is supposed of it.
pub(crate) type Case = Vec<usize>;

impl Unknown {
    fn count(&self) -> usize {
        match self {
            Unknown::Parameter(_, texts) => texts.len(),
            Unknown::Condition(_) => 2,
        }
    }
}

impl Cases {
    /// The cases that matter to what changes, or could: none where all of that is known.
    pub(crate) fn of(sides: &Sides<'_>, whole: &Compared) -> Cases {
        let mut cases = Cases::default();
        let mut count = 1_usize;
        let mut found = Finder::new(sides);
        touched(sides, whole)
            .into_iter()
            .for_each(|value| found.look(value));
        let mut unknowns = found.unknowns();
        unknowns.sort_by_key(Unknown::count);
        for unknown in unknowns {
            let more = count.saturating_mul(unknown.count());
            if more > 0 && more <= MAX_CASES {
                count = more;
                cases.unknowns.push(unknown);
            }
        }
        cases
    }

    /// Each of them.
    pub(crate) fn each(&self) -> impl Iterator<Item = Case> {
        let sizes: Vec<usize> = self.unknowns.iter().map(Unknown::count).collect();
        let count = match sizes.is_empty() {
            true => 0,
            false => sizes.iter().product(),
        };
        (0..count).map(move |mut number: usize| {
            let position = |size: &usize| {
                let position = number % size;
                number /= size;
                position
            };
            sizes.iter().map(position).collect()
        })
    }

    /// What a case supposes.
    pub(crate) fn supposed(&self, case: &Case) -> Supposed {
        let mut supposed = Supposed::default();
        for (unknown, position) in self.unknowns.iter().zip(case) {
            match unknown {
                Unknown::Parameter(name, texts) => {
                    let text = texts.get(*position).cloned().flatten();
                    supposed.parameters.insert(name.clone(), text);
                }
                Unknown::Condition(name) => {
                    supposed.conditions.insert(name.clone(), *position == 0);
                }
            }
        }
        supposed
    }

    /// The parameters whose values are looked at one by one.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.unknowns.iter().filter_map(|unknown| match unknown {
            Unknown::Parameter(name, _) => Some(name.as_str()),
            Unknown::Condition(_) => None,
        })
    }
}

/// A stack with the values that a case gives its parameters, for what is written out before anything is compared.
pub(crate) fn given(stack: &StackAt, supposed: &Supposed) -> StackAt {
    let mut given = stack.clone();
    for (name, text) in &supposed.parameters {
        let declared = stack.template.parameters.get(name);
        let has_none = declared.is_some_and(|declared| declared.default.is_none());
        if let (Some(text), true) = (text, has_none && !stack.parameters.contains_key(name)) {
            given.parameters.insert(name.clone(), text.clone());
        }
    }
    given
}

/// The place that a case supposes.
pub(crate) fn supposed_place(place: &Whereabouts, supposed: &Supposed) -> Whereabouts {
    let account = supposed.parameters.get(ACCOUNT).cloned().flatten();
    let account = account.and_then(|account| account.parse().ok());
    Whereabouts {
        account: account.or_else(|| place.account.clone()),
        ..place.clone()
    }
}

/// Everything that has a part in what changes, or could: what differs first, then what stands beside it.
fn touched<'t>(sides: &Sides<'t>, whole: &Compared) -> Vec<Touched<'t>> {
    let scopes = [&sides.before.scope, &sides.after.scope];
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for change in &whole.resources {
        let differs: BTreeSet<&str> = change
            .expected()
            .filter_map(|detail| Some(detail.path.get(1)?.as_str()))
            .collect();
        for resource in scopes
            .into_iter()
            .filter_map(|scope| scope.resource(&change.logical_id))
        {
            first.extend(resource.condition.as_deref().map(Touched::Condition));
            for (name, value) in &resource.properties {
                match differs.contains(name.as_str()) {
                    true => first.push(Touched::Value(value, Place::Changed)),
                    false => then.push(Touched::Value(value, Place::Beside)),
                }
            }
            then.extend(beside(resource).map(|value| Touched::Value(value, Place::Beside)));
        }
    }
    // Whether something exists at all can change where nothing else does.
    let [before, after] = scopes;
    let changed: BTreeSet<&str> = after.changed_conditions(before).collect();
    for (logical_id, old) in before.resources() {
        let new = after.resource(logical_id);
        let other = new.filter(|new| new.condition != old.condition);
        let both = other
            .into_iter()
            .flat_map(|new| [&old.condition, &new.condition]);
        first.extend(both.flatten().map(|name| Touched::Condition(name)));
    }
    for scope in scopes {
        let resources = scope
            .resources()
            .filter_map(|(_, resource)| resource.condition.as_deref());
        let outputs = scope
            .template
            .outputs
            .values()
            .filter_map(|member| match member {
                Member::One(output) => output.condition.as_deref(),
                Member::Unexpanded(_) => None,
            });
        let conditions = resources
            .chain(outputs)
            .filter(|name| changed.contains(name));
        first.extend(conditions.map(Touched::Condition));
        let bodies = bodies(scope.template).filter(|_| !whole.consequences.is_empty());
        first.extend(bodies.map(|body| Touched::Value(body, Place::Changed)));
    }
    first.extend(then);
    first
}

fn beside(resource: &Resource) -> impl Iterator<Item = &Value> {
    let policies = [&resource.deletion_policy, &resource.update_replace_policy];
    policies
        .into_iter()
        .flatten()
        .chain(&resource.update_policy)
}

fn bodies(template: &Template) -> impl Iterator<Item = &Value> {
    unexpanded(template).filter_map(|name| match template.resources.get(name)? {
        Member::Unexpanded(body) => Some(body),
        Member::One(_) => None,
    })
}

/// Something that may hang on what is not known.
#[derive(Clone, Copy)]
enum Touched<'t> {
    Value(&'t Value, Place),
    Condition(&'t str),
}

/// Goes from values to what is not known, through conditions and on both sides.
struct Finder<'s, 't> {
    scopes: [&'s Scope<'t>; 2],
    /// Whether the account is known.
    has_account: bool,
    /// Conditions without a value that something hangs on.
    conditions: BTreeSet<&'t str>,
    /// Parameters without a value that something hangs on, in the order in which they are found.
    parameters: IndexMap<&'t str, Texts>,
}

/// What is known of a parameter without a value.
#[derive(Default)]
struct Texts {
    /// Whether it chooses a row of a mapping.
    chooses: bool,
    /// Whether something is chosen for what has no row, too.
    has_default: bool,
    /// Texts that conditions compare it with, and rows of mappings.
    told: BTreeSet<String>,
    /// Whether it can be another one, too.
    others: bool,
    /// Whether a condition does more with it than compare it with texts.
    free: bool,
}

impl<'s, 't> Finder<'s, 't> {
    fn new(sides: &'s Sides<'t>) -> Self {
        Finder {
            scopes: [&sides.before.scope, &sides.after.scope],
            has_account: sides.after.world.place().account.is_some(),
            conditions: BTreeSet::new(),
            parameters: IndexMap::new(),
        }
    }

    fn look(&mut self, touched: Touched<'t>) {
        match touched {
            Touched::Value(value, place) => self.value(value, place),
            Touched::Condition(name) => self.condition(name),
        }
    }

    fn condition(&mut self, name: &'t str) {
        let unknown = |scope: &&Scope<'t>| {
            scope.template.conditions.contains_key(name) && scope.condition(name).is_none()
        };
        let is_new = self.conditions.len() < MAX_CONDITIONS && !self.conditions.contains(name);
        if !is_new || !self.scopes.iter().any(unknown) {
            return;
        }
        self.conditions.insert(name);
        for scope in self.scopes {
            let template: &'t Template = scope.template;
            if let Some(Member::One(value)) = template.conditions.get(name) {
                self.value(value, Place::Condition);
            }
        }
    }

    fn value(&mut self, value: &'t Value, place: Place) {
        value.walk(&mut |value| {
            if let Value::Function(function, argument) = value {
                self.function(*function, argument);
            }
        });
        let mut names = BTreeMap::new();
        let mut conditions = Vec::new();
        value.for_each_reference(&mut |reference| match reference {
            Reference::Name(name) => *names.entry(name).or_insert(0_usize) += 1,
            Reference::Condition(name) => conditions.push(name),
            _ => {}
        });
        conditions.into_iter().for_each(|name| self.condition(name));
        if place == Place::Beside {
            return;
        }
        for (name, count) in names {
            let Some(texts) = self.parameter(name) else {
                continue;
            };
            if place == Place::Condition {
                let compared = compared_with(value, name);
                texts.free |= compared.len() < count;
                texts.told.extend(compared);
                texts.others = true;
            }
        }
    }

    /// Rows of a mapping that a parameter chooses from.
    fn function(&mut self, function: Function, argument: &'t Value) {
        let (Function::FindInMap, Some([mapping, first, second, default @ ..])) =
            (function, argument.as_list())
        else {
            return;
        };
        let Some(mapping) = mapping.as_str() else {
            return;
        };
        for scope in self.scopes {
            let template: &'t Template = scope.template;
            let rows = template.mappings.get(mapping).and_then(Value::as_map);
            let Some(rows) = rows else { continue };
            if let Some(texts) = referred(first).and_then(|name| self.parameter(name)) {
                texts.chooses = true;
                texts.has_default |= !default.is_empty();
                texts.told.extend(rows.keys().map(Text::to_string));
            }
            if let Some(texts) = referred(second).and_then(|name| self.parameter(name)) {
                let columns = rows.values().filter_map(Value::as_map).flat_map(Map::keys);
                texts.told.extend(columns.map(Text::to_string));
            }
        }
    }

    /// A parameter that has no value on a side, and can be supposed to have one.
    fn parameter(&mut self, name: &'t str) -> Option<&mut Texts> {
        if name == ACCOUNT && !self.has_account {
            return Some(self.parameters.entry(name).or_default());
        }
        let declared = |scope: &&Scope<'t>| scope.parameters.get(name).cloned();
        let declared: Vec<ParameterValue<'t>> = self.scopes.iter().filter_map(declared).collect();
        let can_be = |value: &ParameterValue<'t>| {
            !value.is_list() && !value.is_looked_up() && !value.is_secret(name)
        };
        let unknown = declared.iter().any(|value| value.text.is_none());
        (unknown && declared.iter().all(can_be)).then(|| self.parameters.entry(name).or_default())
    }

    /// What is not known, and what each of it can be.
    fn unknowns(mut self) -> Vec<Unknown> {
        let mut unknowns = Vec::new();
        let mut enumerated = BTreeSet::new();
        for (name, texts) in std::mem::take(&mut self.parameters) {
            let scopes = self.scopes.iter();
            let allowed: Vec<String> = scopes
                .filter_map(|scope| {
                    declared::allowed_values(scope.parameters.get(name)?.declaration)
                })
                .flatten()
                .collect();
            let told = match allowed.is_empty() {
                false => BTreeSet::from_iter(allowed).into_iter().map(Some).collect(),
                // No account of which a mapping has nothing, but for one that has a default.
                true if name == ACCOUNT && !texts.chooses => continue,
                true if name == ACCOUNT => {
                    let another = texts.has_default.then_some(None);
                    let told = texts.told.into_iter().filter(|text| is_account(text));
                    told.map(Some).chain(another).collect()
                }
                true if texts.free => continue,
                true => {
                    let another = (texts.others || texts.has_default).then_some(None);
                    texts.told.into_iter().map(Some).chain(another).collect()
                }
            };
            enumerated.insert(name);
            unknowns.push(Unknown::Parameter(name.to_owned(), told));
        }
        for name in &self.conditions {
            if self.hangs_on_more(name, &enumerated) && self.is_same(name) {
                unknowns.push(Unknown::Condition((*name).to_owned()));
            }
        }
        unknowns
    }

    /// Whether a condition names something without a value that is not supposed to have one.
    fn hangs_on_more(&self, name: &str, enumerated: &BTreeSet<&'t str>) -> bool {
        self.scopes.iter().any(|scope| {
            let Some(Member::One(value)) = scope.template.conditions.get(name) else {
                return false;
            };
            let mut more = false;
            value.for_each_reference(&mut |reference| {
                more |= match reference {
                    Reference::Name(name) => {
                        let value = scope.parameters.get(name);
                        let known = value
                            .is_some_and(|value| value.text.is_some() && !value.is_looked_up());
                        !known && !enumerated.contains(name)
                    }
                    Reference::Condition(_) => false,
                    _ => true,
                };
            });
            more
        })
    }

    /// Whether a condition is written the same on both sides, so that it holds on both or on neither.
    fn is_same(&self, name: &str) -> bool {
        let [before, after] = self.scopes.map(|scope| scope.template.conditions.get(name));
        before.is_none() || after.is_none() || before == after
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In what differs.
    Changed,
    /// In a resource of which something else differs.
    Beside,
    /// In a condition that one of them hangs on.
    Condition,
}

/// The texts that a parameter is compared with.
fn compared_with(value: &Value, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    value.walk(&mut |value| {
        let Value::Function(Function::Equals, argument) = value else {
            return;
        };
        let Some([one, two]) = argument.as_list() else {
            return;
        };
        for (one, two) in [(one, two), (two, one)] {
            if referred(one) == Some(name) {
                texts.extend(declared::text(two));
            }
        }
    });
    texts
}

fn referred(value: &Value) -> Option<&str> {
    match value {
        Value::Function(Function::Ref, name) => name.as_str(),
        _ => None,
    }
}
