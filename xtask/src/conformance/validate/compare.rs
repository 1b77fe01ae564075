//! Two answers about one template, finding by finding.

use stratiform_finding::Level;

use super::case::Case;
use super::rules::Rules;
use super::seen::Seen;

/// What an oracle says where it could not judge a template, or a rule of its own broke.
pub(super) const FAILED: [&str; 2] = ["E0002", "ERROR"];

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    /// Only they have it; we see nothing wrong with the template.
    OnlyTheirs,
    /// Only we have it; they see nothing wrong with the template.
    OnlyOurs,
    /// Only they have it; our errors are at other places of the template.
    TheirsBesides,
    /// Only we have it; their errors are at other places of the template.
    OursBesides,
    /// Both have a finding at the place, of rules that are not each other's.
    OtherRule,
    /// Both have it; one of them as an error, the other not.
    OtherLevel,
}

impl Side {
    /// All of them.
    pub(super) const ALL: [Side; 6] = [
        Side::OnlyTheirs,
        Side::OnlyOurs,
        Side::TheirsBesides,
        Side::OursBesides,
        Side::OtherRule,
        Side::OtherLevel,
    ];

    /// For a person.
    pub(super) fn name(self) -> &'static str {
        match self {
            Side::OnlyTheirs => "only theirs",
            Side::OnlyOurs => "only ours",
            Side::TheirsBesides => "theirs besides",
            Side::OursBesides => "ours besides",
            Side::OtherRule => "other rule",
            Side::OtherLevel => "other level",
        }
    }
}

/// A finding that is not the same on both sides.
#[derive(Clone, Debug)]
pub(super) struct Disagreement<'c> {
    pub(super) case: &'c Case,
    pub(super) side: Side,
    /// The finding.
    pub(super) seen: &'c Seen,
    /// What the other side has near it.
    pub(super) near: Option<&'c Seen>,
}

/// The findings of both about one template.
pub(super) struct Compared<'c> {
    /// Their findings that we have, too.
    pub(super) agreed: Vec<&'c Seen>,
    /// Our findings that they have, too.
    pub(super) confirmed: Vec<&'c Seen>,
    pub(super) disagreements: Vec<Disagreement<'c>>,
}

/// Compares errors and warnings; notes are looked at only where the other side has more than a note.
pub(super) fn compare<'c>(
    case: &'c Case,
    theirs: &'c [Seen],
    ours: &'c [Seen],
    rules: &Rules,
) -> Compared<'c> {
    let mut compared = Compared {
        agreed: Vec::new(),
        confirmed: Vec::new(),
        disagreements: Vec::new(),
    };
    let matters =
        |seen: &&Seen| seen.severity() > Level::Note && !FAILED.contains(&seen.rule.as_str());
    for seen in theirs.iter().filter(matters) {
        let is_one = |other: &Seen| rules.is_one(&other.rule, &seen.rule);
        match judge(
            case,
            seen,
            ours,
            is_one,
            [Side::OnlyTheirs, Side::TheirsBesides],
        ) {
            None => compared.agreed.push(seen),
            Some(disagreement) => compared.disagreements.push(disagreement),
        }
    }
    for seen in ours.iter().filter(matters) {
        let is_one = |other: &Seen| rules.is_one(&seen.rule, &other.rule);
        match judge(
            case,
            seen,
            theirs,
            is_one,
            [Side::OnlyOurs, Side::OursBesides],
        ) {
            None => compared.confirmed.push(seen),
            // What both see and call by other names was told above.
            Some(told) if matches!(told.side, Side::OtherRule | Side::OtherLevel) => {}
            Some(disagreement) => compared.disagreements.push(disagreement),
        }
    }
    compared
}

/// Whether one of our errors says what a finding of theirs says, or is at its place.
pub(super) fn is_told(seen: &Seen, ours: &[Seen], rules: &Rules) -> bool {
    let is_error = |other: &&Seen| other.severity() == Level::Error;
    let mut near = ours
        .iter()
        .filter(is_error)
        .filter(|other| other.is_near(seen));
    let is_same = |other: &Seen| rules.is_one(&other.rule, &seen.rule) || other.path == seen.path;
    near.any(is_same)
}

/// What the other side makes of a finding; `None` where it says the same.
fn judge<'c>(
    case: &'c Case,
    seen: &'c Seen,
    others: &'c [Seen],
    is_one: impl Fn(&Seen) -> bool,
    [alone, besides]: [Side; 2],
) -> Option<Disagreement<'c>> {
    let near = || others.iter().filter(|other| other.is_near(seen));
    let is_error = |seen: &Seen| seen.severity() == Level::Error;
    let (side, near) = if let Some(same) = near().find(|other| is_one(other)) {
        if near().any(|other| is_one(other) && is_error(other) == is_error(seen)) {
            return None;
        }
        (Side::OtherLevel, Some(same))
    } else {
        // A warning says little about an error, nor an error about a warning.
        let other = near().find(|other| is_error(other) == is_error(seen) && other.is_around(seen));
        match other {
            Some(other) => (Side::OtherRule, Some(other)),
            None if others.iter().any(is_error) => (besides, None),
            None => (alone, None),
        }
    };
    Some(Disagreement {
        case,
        side,
        seen,
        near,
    })
}

#[cfg(test)]
mod tests {
    use super::{Case, Rules, Seen, Side, compare};

    fn seen(rule: &str, level: &str, path: &str) -> Seen {
        Seen {
            rule: rule.to_owned(),
            level: level.to_owned(),
            path: path.split('/').map(str::to_owned).collect(),
            message: String::new(),
        }
    }

    /// What becomes of one finding of each, beside findings of both that are the same.
    fn sides(theirs: &[Seen], ours: &[Seen]) -> Vec<Side> {
        let rules = Rules::read().unwrap();
        let case = Case::found("case", "us-east-1", "");
        let compared = compare(&case, theirs, ours, &rules);
        let sides = compared.disagreements.iter();
        sides.map(|disagreement| disagreement.side).collect()
    }

    #[test]
    fn findings_are_compared_by_rule_place_and_level() {
        let here = "Resources/A/Properties/B";
        let theirs = [seen("E3012", "", here)];
        let ours = |code, level, path| [seen(code, level, path)];
        for (ours, expected) in [
            (ours("value-type", "Error", here), vec![]),
            (
                ours("value-type", "Error", "Resources/A/Properties"),
                vec![],
            ),
            (ours("value-type", "Warning", here), vec![Side::OtherLevel]),
            (
                ours("read-only-property", "Error", here),
                vec![Side::OtherRule],
            ),
            (
                ours("value-type", "Error", "Resources/C/Properties/B"),
                vec![Side::TheirsBesides, Side::OursBesides],
            ),
        ] {
            assert_eq!(sides(&theirs, &ours), expected, "{ours:?}");
        }
        assert_eq!(sides(&theirs, &[]), [Side::OnlyTheirs]);
        assert_eq!(
            sides(&[], &ours("value-type", "Error", here)),
            [Side::OnlyOurs]
        );
        assert!(sides(&[], &ours("value-type", "Note", here)).is_empty());
        assert!(sides(&[seen("E0002", "", "")], &[]).is_empty());
    }
}
