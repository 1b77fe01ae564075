//! The details of one property.

use std::collections::BTreeMap;

use stratiform_resolve::{Path, Resolved, Style, Time, Use};
use stratiform_template::{Step, Value};

use super::{Comparison, Details};
use crate::change::{ChangedAttribute, Edit};
use crate::compare::{Difference, Shape, differences};
use crate::recreation::{Recreation, Rules};
use stratiform_service::change::{Attribute, ChangeSource, Evaluation};

/// A top-level property that is being compared.
pub(super) struct Property<'p, 't> {
    name: &'p str,
    /// What the template after says.
    expression: Option<&'t Value>,
    rules: &'p Rules,
}

impl<'p, 't> Property<'p, 't> {
    pub(super) fn new(name: &'p str, expression: Option<&'t Value>, rules: &'p Rules) -> Self {
        Property {
            name,
            expression,
            rules,
        }
    }

    fn shape(&self) -> Shape<'p> {
        let known = self.rules.resource_type;
        let schema = known.and_then(|known| known.schema().property(self.name));
        Shape::new(schema, self.name)
    }

    fn detail(
        &self,
        below: &[String],
        recreation: Recreation,
        evaluation: Evaluation,
        source: ChangeSource,
    ) -> ChangedAttribute {
        let path = ["Properties", self.name].map(str::to_owned);
        ChangedAttribute {
            // Recorded: of a property `Tags` too. `Attribute::Tags` are the tags that come from the stack.
            attribute: Attribute::Properties,
            name: Some(self.name.to_owned()),
            path: path.into_iter().chain(below.iter().cloned()).collect(),
            recreation,
            evaluation,
            source,
            causing_entity: None,
            change_type: Edit::Modify,
            before: None,
            after: None,
            decided: None,
        }
    }

    fn recreation(&self, difference: &Difference<'_, '_>) -> Recreation {
        self.rules
            .at(&difference.path, difference.before, difference.after)
    }
}

impl<'t> Comparison<'_, 't> {
    /// Adds the details of one property. Gives the value that it has at last, where only that is another one.
    pub(super) fn property(
        &self,
        property: &Property<'_, 't>,
        before: Option<&Resolved<'t>>,
        after: Option<&Resolved<'t>>,
        details: &mut Details,
    ) -> Option<Resolved<'t>> {
        let found = differences(Some(property.name), before, after, || property.shape());
        self.without_values(property, after, &found, &mut details.references);
        for difference in found.iter().filter(|difference| difference.values) {
            self.with_values(property, difference, &mut details.values);
        }
        self.propagated(property, before, &found, after, &mut details.propagated)
    }

    /// Without values: one detail for the property itself, and one per cause.
    fn without_values(
        &self,
        property: &Property<'_, 't>,
        after: Option<&Resolved<'t>>,
        found: &[Difference<'_, 't>],
        details: &mut Vec<ChangedAttribute>,
    ) {
        let differs = || found.iter().filter(|difference| difference.expressions);
        let mut causes: BTreeMap<(ChangeSource, String), (Evaluation, Recreation)> =
            BTreeMap::new();
        for_each_text(after, property.name, &mut |path, uses| {
            for used in uses {
                let effect = self.effect(used, |fates| fates.references);
                let Some((source, evaluation)) = effect else {
                    continue;
                };
                let path = path.steps();
                // Recorded: a parameter that changes without changing the property is not listed.
                let listed = source != ChangeSource::ParameterReference
                    || differs().any(|difference| overlap(&difference.path, &path));
                if listed {
                    let recreation = property.rules.at(&path, None, None);
                    let cause = causes.entry((source, used.entity()));
                    cause
                        .and_modify(|(_, worst)| *worst = worse(*worst, recreation))
                        .or_insert((evaluation, recreation));
                }
            }
        });
        let direct = differs().map(|difference| property.recreation(difference));
        if let Some(recreation) = direct.reduce(worse) {
            let source = ChangeSource::DirectModification;
            details.push(property.detail(&[], recreation, direct_evaluation(&causes), source));
        }
        details.extend(
            causes
                .into_iter()
                .map(
                    |((source, entity), (evaluation, recreation))| ChangedAttribute {
                        causing_entity: Some(entity),
                        ..property.detail(&[], recreation, evaluation, source)
                    },
                ),
        );
    }

    /// With values: the same for every place that differs.
    fn with_values(
        &self,
        property: &Property<'_, 't>,
        difference: &Difference<'_, 't>,
        details: &mut Vec<ChangedAttribute>,
    ) {
        let mut causes = BTreeMap::new();
        if let Some(after) = difference.after {
            after.for_each_text(&mut |text| {
                for used in &text.uses {
                    if let Some((source, evaluation)) = self.effect(used, |fates| fates.values) {
                        causes.insert((source, used.entity()), evaluation);
                    }
                }
            });
        }
        let direct = ChangedAttribute {
            change_type: difference.change_type(),
            before: difference.before.cloned().map(Resolved::into_owned),
            after: difference.after.cloned().map(Resolved::into_owned),
            ..property.detail(
                &difference.path[1..],
                property.recreation(difference),
                direct_evaluation(&causes),
                ChangeSource::DirectModification,
            )
        };
        details.extend(
            causes
                .into_iter()
                .map(|((source, entity), evaluation)| ChangedAttribute {
                    evaluation,
                    source,
                    causing_entity: Some(entity),
                    ..direct.clone()
                }),
        );
        details.push(direct);
    }

    /// What becomes another value only during the change, and the value that the property has then.
    fn propagated(
        &self,
        property: &Property<'_, 't>,
        before: Option<&Resolved<'t>>,
        found: &[Difference<'_, 't>],
        after: Option<&Resolved<'t>>,
        details: &mut Vec<ChangedAttribute>,
    ) -> Option<Resolved<'t>> {
        let mut propagates = false;
        for_each_text(after, property.name, &mut |_, uses| {
            propagates |= uses.iter().any(|used| self.propagates(used));
        });
        if !propagates {
            return None;
        }
        let later = self.at_last(|resolver| resolver.resolve(property.expression?).part());
        let is_listed = |path: &[String]| {
            let mut listed = found.iter().filter(|difference| difference.values);
            listed.any(|difference| overlap(&difference.path, path))
        };
        let count = details.len();
        let name = Some(property.name);
        for difference in differences(name, before, later.as_ref(), || property.shape()) {
            let (Some(old), Some(new)) = (difference.before, difference.after) else {
                continue;
            };
            if !difference.values || is_listed(&difference.path) {
                continue;
            }
            let used = use_of(new, |used| self.propagates(used));
            let detail = used.and_then(|used| self.through(property, &difference.path, &used));
            details.extend(detail.map(|detail| ChangedAttribute {
                before: Some(Resolved::literal(old.shown(Style::ChangeSet))),
                after: Some(Resolved::literal(new.shown(Style::ChangeSet))),
                ..detail
            }));
        }
        let is_other = details.len() > count;
        self.counted(property, before, &is_listed, after, details);
        let is_alone = !found.iter().any(|difference| difference.values);
        later.filter(|_| is_other && is_alone)
    }

    /// Attributes that count the updates of a resource: they look the same before.
    fn counted(
        &self,
        property: &Property<'_, 't>,
        before: Option<&Resolved<'t>>,
        is_listed: &impl Fn(&[String]) -> bool,
        after: Option<&Resolved<'t>>,
        details: &mut Vec<ChangedAttribute>,
    ) {
        let counts = |used: &&Use| match used {
            Use::Attribute(id, attribute) => self.counts_up(id, attribute),
            Use::Parameter(_) | Use::Reference(_) => false,
        };
        let mut places: BTreeMap<Vec<String>, Use> = BTreeMap::new();
        for_each_text(after, property.name, &mut |path, uses| {
            if let Some(used) = uses.iter().find(counts) {
                let path = path.steps();
                if !is_listed(&path) {
                    places.insert(path, used.clone());
                }
            }
        });
        for (path, used) in places {
            let old = at(before, &path[1..]);
            let detail = self.through(property, &path, &used);
            details.extend(detail.zip(old).map(|(detail, old)| ChangedAttribute {
                before: Some(Resolved::literal(old.shown(Style::ChangeSet))),
                after: Some(Resolved::unknown(
                    used.entity(),
                    Time::AfterApply,
                    Vec::new(),
                )),
                ..detail
            }));
        }
    }

    /// The detail of a value that changes through a resource.
    fn through(
        &self,
        property: &Property<'_, 't>,
        path: &[String],
        used: &Use,
    ) -> Option<ChangedAttribute> {
        let effect = self.effect(used, |fates| fates.references.max(fates.expected));
        let (source, _) = effect?;
        Some(ChangedAttribute {
            causing_entity: Some(used.entity()),
            ..property.detail(
                &path[1..],
                property.rules.at(path, None, None),
                Evaluation::Dynamic,
                source,
            )
        })
    }
}

/// The first thing that a value is made from of which something is true.
fn use_of(value: &Resolved<'_>, is_so: impl Fn(&Use) -> bool) -> Option<Use> {
    let mut found = None;
    value.for_each_text(&mut |text| {
        let used = text.uses.iter().find(|used| is_so(used));
        if found.is_none() {
            found = used.cloned();
        }
    });
    found
}

/// Recorded: dynamic as soon as anything but the template itself has a part in it.
fn direct_evaluation<K, V>(causes: &BTreeMap<K, V>) -> Evaluation {
    if causes.is_empty() {
        Evaluation::Static
    } else {
        Evaluation::Dynamic
    }
}

fn worse(one: Recreation, two: Recreation) -> Recreation {
    if two.requires > one.requires {
        two
    } else {
        one
    }
}

/// Whether one path leads to the other.
fn overlap(one: &[String], two: &[String]) -> bool {
    one.iter().zip(two).all(|(one, two)| one == two)
}

fn at<'r, 't>(value: Option<&'r Resolved<'t>>, path: &[String]) -> Option<&'r Resolved<'t>> {
    path.iter().try_fold(value?, |value, step| match value {
        Resolved::List(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}

/// Calls a function with every text of a property that comes from somewhere, and where it is.
fn for_each_text(
    value: Option<&Resolved<'_>>,
    name: &str,
    visit: &mut impl FnMut(&Path<'_>, &[Use]),
) {
    fn walk(value: &Resolved<'_>, path: &Path<'_>, visit: &mut impl FnMut(&Path<'_>, &[Use])) {
        match value {
            Resolved::Null | Resolved::Literal(_) => {}
            Resolved::Text(text) => visit(path, &text.uses),
            Resolved::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &path.below(Step::Index(index)), visit);
                }
            }
            Resolved::Map(entries) => {
                for (key, value) in entries {
                    walk(value, &path.key(key), visit);
                }
            }
        }
    }
    if let Some(value) = value {
        let path = Path {
            up: None,
            step: Step::Key(name),
        };
        walk(value, &path, visit);
    }
}
