//! Grants in words: those that differ in one part only are one line.

use indexmap::IndexMap;

use super::grant::Grant;
use super::statement::Effect;

/// What is one line: principals, actions and resources that belong together, and the condition.
type Row = [Vec<String>; 3];

/// Lines such as ``role `Api` may s3:GetObject, s3:PutObject on ${Bucket.Arn}/*``, in the order of the grants.
pub(super) fn lines<'s>(grants: impl Iterator<Item = Grant<'s>>) -> Vec<String> {
    let mut rows: Vec<((Effect, String), Row)> = grants
        .map(|grant| {
            let parts = [grant.principal, grant.action, grant.resource];
            let row = parts.map(|part| vec![part.shown().to_owned()]);
            ((grant.effect, grant.condition.shown()), row)
        })
        .collect();
    for part in [1, 2, 0] {
        rows = merged(rows, part);
    }
    let line = |((effect, condition), [who, actions, resources]): ((Effect, String), Row)| {
        let word = match effect {
            Effect::Allow => "may",
            Effect::Deny => "is denied",
        };
        let (who, actions, resources) = (who.join(", "), actions.join(", "), resources.join(", "));
        format!("{who} {word} {actions} on {resources}{condition}")
    };
    rows.into_iter().map(line).collect()
}

/// Joins rows that are equal but for one part.
fn merged<K: std::hash::Hash + Eq>(rows: Vec<(K, Row)>, part: usize) -> Vec<(K, Row)> {
    let mut merged: IndexMap<(K, Row), Vec<String>> = IndexMap::new();
    for (key, mut row) in rows {
        let own = std::mem::take(&mut row[part]);
        let all = merged.entry((key, row)).or_default();
        all.extend(own);
    }
    let rows = merged.into_iter().map(|((key, mut row), all)| {
        row[part] = all;
        (key, row)
    });
    rows.collect()
}
