//! The merged tree held against what an environment must be: all problems, not the first one.

mod tagged;

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use stratiform_finding::words::{listed, nearest};
use stratiform_finding::{Code, Finding, Place, Source};
use stratiform_template::Scalar;

use crate::load::merge::{Kind, Map, Member, Tree, Written};
use crate::message::{self, Found};
use crate::path::Path;
use crate::schema::shape::{Field, Shape, Size};
use crate::values::text::Format;

/// Where a part is: its path, and the place of its key.
#[derive(Clone)]
struct Spot {
    path: Path,
    /// Every layer's mention of the part, the last one last.
    mentions: Vec<Written>,
}

impl Spot {
    fn of(&self, member: &Member) -> Spot {
        Spot {
            path: self.path.key(&member.key),
            mentions: member.mentions.clone(),
        }
    }

    fn name(&self) -> String {
        message::name(&self.path)
    }
}

/// What is done about keys that must be there and are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Told,
    /// They are probably there under a misspelt name, which is told.
    SaidElsewhere,
}

/// Checks trees; collects findings.
pub(crate) struct Checker<'a> {
    sources: &'a [Source],
    missing: Missing,
    findings: Vec<(Written, Finding)>,
}

/// Everything in the tree that is not as the shape says, in the order of layers and lines.
pub(crate) fn findings(tree: &Tree, shape: &Shape, sources: &[Source]) -> Vec<Finding> {
    let mut checker = Checker {
        sources,
        missing: Missing::Told,
        findings: Vec::new(),
    };
    let mut start = tree.place;
    start.span.end = start.span.start;
    let top = Spot {
        path: Path::default(),
        mentions: vec![start],
    };
    checker.check(tree, shape, &top);
    let mut findings = checker.findings;
    findings.sort_by_key(|(place, _)| (place.layer, place.span.start));
    findings.into_iter().map(|(_, finding)| finding).collect()
}

impl Checker<'_> {
    fn check(&mut self, tree: &Tree, shape: &Shape, spot: &Spot) {
        match (shape, &tree.kind) {
            (Shape::Struct(fields), Kind::Map(map)) => self.fields(map, fields, spot),
            (Shape::Map { key, value, size }, Kind::Map(map)) => {
                self.size(map.members().len(), *size, "keys", tree, spot);
                let mut misnamed: Vec<&str> = Vec::new();
                let mut named: Vec<&Member> = Vec::new();
                for member in map.members() {
                    // What a misnamed value lacks is often under its right name, in another layer.
                    if key.is_none_or(|format| self.key(&format, member, spot)) {
                        named.push(member);
                    } else {
                        misnamed.push(&member.key);
                    }
                }
                let meant = Self::meant(&misnamed, &named);
                for member in named {
                    // And what one lacks under its right name is often what the misnamed one says.
                    let missing = if meant.contains(member.key.as_str()) {
                        Missing::SaidElsewhere
                    } else {
                        self.missing
                    };
                    let before = std::mem::replace(&mut self.missing, missing);
                    self.check(&member.value, value, &spot.of(member));
                    self.missing = before;
                }
            }
            (Shape::Tagged { tag, variants }, Kind::Map(map)) => {
                self.tagged(map, tag, variants, spot);
            }
            (Shape::List { item, size, unique }, Kind::List(items)) => {
                self.size(items.len(), *size, "items", tree, spot);
                for (position, tree) in items.iter().enumerate() {
                    let spot = Spot {
                        path: spot.path.position(position),
                        mentions: vec![tree.place],
                    };
                    self.check(tree, item, &spot);
                }
                if *unique {
                    self.unique(items, spot);
                }
            }
            (
                Shape::Text {
                    format: Some(format),
                    ..
                },
                Kind::Scalar(Scalar::String(text)),
            ) => {
                if let Err(refusal) = (format.check)(text) {
                    let what = format!("{} is not {}: `{text}`", spot.name(), format.noun);
                    self.report(Code::Malformed, tree.place, what, refusal.why, refusal.help);
                }
            }
            (Shape::Text { pattern, size, .. }, Kind::Scalar(Scalar::String(text))) => {
                self.size(text.chars().count(), *size, "characters", tree, spot);
                if let Some(pattern) = pattern
                    && !pattern.is_match(text)
                {
                    let what = format!("{} cannot be `{text}`", spot.name());
                    let why = format!("it must match the pattern `{pattern}`");
                    let help = "write a text that matches";
                    self.report(Code::Malformed, tree.place, what, why, help);
                }
            }
            (Shape::Choice(choices), Kind::Scalar(scalar)) => {
                self.choice(scalar, choices, tree, spot);
            }
            (Shape::Whole { least, most }, Kind::Scalar(Scalar::Number(number))) => {
                let Some(whole) = number.as_i64() else {
                    return self.wrong_type(tree, shape, spot);
                };
                let nearest = whole.clamp(least.unwrap_or(i64::MIN), most.unwrap_or(i64::MAX));
                if nearest != whole {
                    let bounds = message::bounds(least.as_ref(), most.as_ref());
                    self.out_of_range(
                        tree,
                        spot,
                        &whole.to_string(),
                        &bounds,
                        &nearest.to_string(),
                    );
                }
            }
            (Shape::Number { least, most }, Kind::Scalar(Scalar::Number(number))) => {
                let Some(float) = number.as_f64() else {
                    return self.wrong_type(tree, shape, spot);
                };
                let nearest = float.clamp(least.unwrap_or(f64::MIN), most.unwrap_or(f64::MAX));
                if nearest.total_cmp(&float).is_ne() {
                    let bounds = message::bounds(least.as_ref(), most.as_ref());
                    self.out_of_range(tree, spot, number.as_str(), &bounds, &nearest.to_string());
                }
            }
            (Shape::Bool, Kind::Scalar(Scalar::Bool(_))) => {}
            _ => self.wrong_type(tree, shape, spot),
        }
    }

    fn fields(&mut self, map: &Map, fields: &[Field], spot: &Spot) {
        // Keys that are there under a misspelt name; that they are missing is no second problem.
        let mut misspelt: Vec<&str> = Vec::new();
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        for member in map.members() {
            match fields.iter().find(|field| field.name == member.key) {
                Some(field) => self.check(&member.value, &field.shape, &spot.of(member)),
                None => misspelt.extend(self.unknown_key(member, &names, spot)),
            }
        }
        for field in fields {
            let misspelt = misspelt.contains(&field.name.as_str());
            if field.required && !misspelt && map.get(&field.name).is_none() {
                self.missing(map, field, spot);
            }
        }
    }

    /// Reports a key that is none of some names; the one that was probably meant.
    fn unknown_key<'n>(
        &mut self,
        member: &Member,
        names: &[&'n str],
        spot: &Spot,
    ) -> Option<&'n str> {
        let what = if spot.path.steps().is_empty() {
            format!("unknown key `{}`", member.key)
        } else {
            format!("unknown key `{}` in {}", member.key, spot.name())
        };
        let why = match names {
            [only] => format!("the key there is `{only}`"),
            _ => format!("the keys there are {}", listed(names)),
        };
        let near = nearest(&member.key, names.iter().copied());
        let help = match near {
            Some(name) => format!("did you mean `{name}`?"),
            None => "remove it, or write one of those keys".to_owned(),
        };
        self.report(Code::UnknownKey, member.key_place(), what, why, help);
        near
    }

    /// The names that are there and that misnamed keys were probably meant to be.
    fn meant<'m>(misnamed: &[&str], named: &[&'m Member]) -> HashSet<&'m str> {
        /// Whoever has more of them does not read on: see how many problems are shown.
        const LOOKED_UP: usize = 100;
        let names = || named.iter().map(|member| member.key.as_str());
        let near = misnamed
            .iter()
            .take(LOOKED_UP)
            .filter_map(|name| nearest(name, names()));
        near.collect()
    }

    fn missing(&mut self, map: &Map, field: &Field, spot: &Spot) {
        if self.missing == Missing::SaidElsewhere {
            return;
        }
        let path = spot.path.key(&field.name);
        let what = format!("`{path}` is missing");
        if let Some(place) = map.removal(&field.name) {
            let why = format!(
                "`null` removes it here, and every environment needs it: {}",
                message::lower_first(&field.about)
            );
            let help = format!("give `{}` a value", field.name);
            return self.report(Code::MissingKey, place, what, why, help);
        }
        let [earlier @ .., last] = spot.mentions.as_slice() else {
            return;
        };
        let written = message::smallest(&field.name, &field.shape);
        let help = if spot.path.steps().is_empty() {
            format!("add `{written}`")
        } else {
            format!("add `{written}` under {}", spot.name())
        };
        let about = message::lower_first(&field.about);
        let why = if about.is_empty() {
            "it is required".to_owned()
        } else {
            format!("it is required: {about}")
        };
        self.report(Code::MissingKey, *last, what, why, help);
        for place in earlier {
            self.also(*place, format!("{} is here too", spot.name()));
        }
    }

    /// Whether a key is what its format says; if not, that is reported.
    fn key(&mut self, format: &Format, member: &Member, spot: &Spot) -> bool {
        let Err(refusal) = (format.check)(&member.key) else {
            return true;
        };
        let what = format!("`{}` in {} is not {}", member.key, spot.name(), format.noun);
        let place = member.key_place();
        self.report(Code::Malformed, place, what, refusal.why, refusal.help);
        false
    }

    fn choice(&mut self, scalar: &Scalar, choices: &[Value], tree: &Tree, spot: &Spot) {
        let written = tree.to_json();
        if choices.contains(&written) {
            return;
        }
        if message::kind_of(&written) != choices.first().and_then(message::kind_of) {
            let what = format!(
                "{} is {}, and {} is needed",
                spot.name(),
                Found(tree),
                message::noun_of(choices.first())
            );
            let why = message::allowed(choices);
            return self.report(
                Code::WrongType,
                tree.place,
                what,
                why,
                message::choose(&written, choices),
            );
        }
        let what = format!("{} cannot be `{}`", spot.name(), message::scalar(scalar));
        let why = message::allowed(choices);
        self.report(
            Code::NotAllowed,
            tree.place,
            what,
            why,
            message::choose(&written, choices),
        );
    }

    fn unique(&mut self, items: &[Tree], spot: &Spot) {
        let mut seen: HashMap<String, Written> = HashMap::new();
        for item in items {
            let value = item.to_json();
            let Some(first) = seen.get(&value.to_string()).copied() else {
                seen.insert(value.to_string(), item.place);
                continue;
            };
            let what = format!("`{}` is twice in {}", message::shown(&value), spot.name());
            self.report(
                Code::Repeated,
                item.place,
                what,
                "each item is there once",
                "remove one of the two",
            );
            self.also(first, "it is here first".to_owned());
        }
    }

    fn size(&mut self, number: usize, size: Size, of: &str, tree: &Tree, spot: &Spot) {
        if (size.least..=size.most).contains(&number) {
            return;
        }
        let most = (size.most < usize::MAX).then_some(size.most);
        let bounds = message::bounds(Some(&size.least), most.as_ref());
        let place = match tree.kind {
            Kind::Scalar(_) => tree.place,
            Kind::List(_) | Kind::Map(_) => spot.mentions.last().copied().unwrap_or(tree.place),
        };
        let help = if number < size.least {
            "add to it"
        } else {
            "shorten it"
        };
        let what = format!("{} has {number} {of}", spot.name());
        self.report(
            Code::WrongLength,
            place,
            what,
            format!("allowed: {bounds} {of}"),
            help,
        );
    }

    fn out_of_range(&mut self, tree: &Tree, spot: &Spot, found: &str, bounds: &str, nearest: &str) {
        let what = format!("{} cannot be {found}", spot.name());
        let why = format!("allowed: {bounds}");
        self.report(
            Code::OutOfRange,
            tree.place,
            what,
            why,
            format!("the nearest that is allowed is {nearest}"),
        );
    }

    fn wrong_type(&mut self, tree: &Tree, shape: &Shape, spot: &Spot) {
        let what = format!(
            "{} is {}, and {} is needed",
            spot.name(),
            Found(tree),
            message::noun(shape)
        );
        let place = match tree.kind {
            Kind::Scalar(_) => tree.place,
            Kind::List(_) | Kind::Map(_) => spot.mentions.last().copied().unwrap_or(tree.place),
        };
        self.report(
            Code::WrongType,
            place,
            what,
            "",
            message::retype(tree, shape),
        );
    }

    fn report(
        &mut self,
        code: Code,
        place: Written,
        what: impl Into<String>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) {
        let finding = Finding::new(code, what, help).because(why);
        let finding = finding.at(self.place(place, String::new()));
        self.findings.push((place, finding));
    }

    /// Adds a place to the problem that was reported last.
    fn also(&mut self, place: Written, note: String) {
        let place = self.place(place, note);
        if let Some((_, finding)) = self.findings.last_mut() {
            finding.places.push(place);
        }
    }

    fn place(&self, place: Written, label: String) -> Place {
        Place::text(&self.sources[place.layer], place.span, label)
    }
}
