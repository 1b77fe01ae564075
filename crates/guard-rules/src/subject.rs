//! What rules look at: which conditions of a template can make a difference to them.

use std::collections::BTreeSet;

use cloudformation_guard_lang::exprs::{
    GuardAccessClause, GuardClause, LetValue, QueryPart, RulesFile, TypeBlock,
};
use cloudformation_guard_lang::path_value::PathAwareValue;
use stratiform_template::{Reference, Resource, Template, Value};

use crate::walk::{Visit, walk};

/// How many texts are tried in the place of what nobody knows.
const MOST_DENIED: usize = 16;

/// What rules look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The types that they name.
    types: BTreeSet<String>,
    /// Whether they look at resources of any type, or at other sections.
    is_everything: bool,
    /// Texts that something must not be: a clause with them holds on the function that stands for what nobody knows.
    denied: BTreeSet<String>,
}

impl Subject {
    pub(crate) fn of(file: &RulesFile<'_>) -> Subject {
        let mut subject = Subject::default();
        walk(file, &mut subject);
        subject.is_everything |= subject.types.is_empty();
        subject
    }

    /// Texts that clauses deny, as far as somebody has the time to try them.
    pub(crate) fn denied(&self) -> impl Iterator<Item = &str> {
        self.denied.iter().take(MOST_DENIED).map(String::as_str)
    }

    /// The conditions and parameters of a template on which the things hang that rules look at.
    pub(crate) fn names<'t>(&self, template: &'t Template) -> BTreeSet<&'t str> {
        let mut names = BTreeSet::new();
        for (_, resource) in template.each_resource() {
            if self.is_everything || self.types.contains(&resource.resource_type) {
                collect(resource, &mut names);
            }
        }
        if self.is_everything {
            for output in template.outputs.values() {
                if let stratiform_template::Member::One(output) = output {
                    names.extend(output.condition.as_deref());
                    collect_of(&output.value, &mut names);
                }
            }
        }
        names
    }
}

fn collect<'t>(resource: &'t Resource, names: &mut BTreeSet<&'t str>) {
    names.extend(resource.condition.as_deref());
    for attribute in [
        &resource.deletion_policy,
        &resource.update_replace_policy,
        &resource.creation_policy,
        &resource.update_policy,
        &resource.metadata,
    ] {
        attribute.iter().for_each(|value| collect_of(value, names));
    }
    for value in resource.properties.values() {
        collect_of(value, names);
    }
}

fn collect_of<'t>(value: &'t Value, names: &mut BTreeSet<&'t str>) {
    value.for_each_reference(&mut |reference| match reference {
        Reference::Condition(name) | Reference::Name(name) => {
            names.insert(name);
        }
        Reference::Attribute { .. }
        | Reference::Mapping(_)
        | Reference::Export(_)
        | Reference::Output(_)
        | Reference::Anything => {}
    });
}

impl<'a> Visit<'a> for Subject {
    fn type_block(&mut self, block: &'a TypeBlock<'a>) {
        self.types.insert(block.type_name.clone());
    }

    fn clause(&mut self, clause: &'a GuardAccessClause<'a>) {
        let (_, is_denied) = clause.access_clause.comparator;
        if is_denied == clause.negation {
            return;
        }
        match &clause.access_clause.compare_with {
            Some(LetValue::Value(PathAwareValue::String((_, text)))) => {
                self.denied.insert(text.clone());
            }
            Some(LetValue::Value(PathAwareValue::List((_, items)))) => {
                let texts = items.iter().filter_map(|item| match item {
                    PathAwareValue::String((_, text)) => Some(text.clone()),
                    _ => None,
                });
                self.denied.extend(texts);
            }
            _ => {}
        }
    }

    fn literal(&mut self, value: &'a PathAwareValue) {
        match value {
            PathAwareValue::String((_, text)) if text.split("::").count() >= 3 => {
                self.types.insert(text.clone());
            }
            PathAwareValue::Regex((_, text)) => self.is_everything |= text.contains("::"),
            PathAwareValue::List((_, items)) => items.iter().for_each(|item| self.literal(item)),
            _ => {}
        }
    }

    fn query(&mut self, query: &'a [QueryPart<'a>]) {
        let is_resources =
            |part: &QueryPart<'_>| matches!(part, QueryPart::Key(key) if key == "Resources");
        let Some(position) = query.iter().position(is_resources) else {
            let is_other =
                |part: &QueryPart<'_>| matches!(part, QueryPart::Key(key) if key == "Outputs");
            self.is_everything |= query.iter().any(is_other);
            return;
        };
        self.is_everything |= match query.get(position + 1..).unwrap_or_default() {
            [
                QueryPart::AllValues(_) | QueryPart::AllIndices(_),
                QueryPart::Filter(_, clauses),
                ..,
            ]
            | [QueryPart::Filter(_, clauses), ..] => {
                !clauses.iter().flatten().any(|clause| is_about_type(clause))
            }
            // What a reference names is looked up, whatever it is.
            [QueryPart::Key(key), ..] => !key.starts_with('%'),
            [QueryPart::MapKeyFilter(..), ..] => false,
            _ => true,
        };
    }
}

fn is_about_type(clause: &GuardClause<'_>) -> bool {
    let GuardClause::Clause(clause) = clause else {
        return false;
    };
    let first = clause.access_clause.query.query.first();
    matches!(first, Some(QueryPart::Key(key)) if key == "Type")
}
