//! Schemas of which some apply: all, any, exactly one, or one that another decides.

use stratiform_catalog::{Keyword, Schema};
use stratiform_finding::{Code, Finding};
use stratiform_template::{Path, Value};

use super::decoded::{Decoded, Trigger};
use super::scalar::is;
use super::{Look, Looked, Verdict, is_opaque, named};

impl<'t> Look<'_, 't> {
    pub(super) fn alternatives(
        &mut self,
        value: &Value,
        decoded: &Decoded,
        path: &Path<'_>,
    ) -> Looked<'t> {
        let schema = decoded.schema;
        for (keyword, _) in decoded.keywords.iter().copied() {
            if self.is_settled() {
                break;
            }
            match keyword {
                "allOf" => {
                    for (trigger, schema) in &decoded.all_of {
                        let passes =
                            |trigger: &Trigger| self.is_about_another(value, trigger, path);
                        if !trigger.as_ref().is_some_and(passes) {
                            self.literal(value, *schema, path)?;
                        }
                    }
                }
                "anyOf" => self.at_each(path, |look| {
                    let schemas: Vec<Schema> = schema.any_of().collect();
                    look.any(value, &schemas, path).map(drop)
                })?,
                "oneOf" => self.at_each(path, |look| look.one(value, schema, path))?,
                "not" => {
                    if let Some(denied) = schema.part(Keyword::Not) {
                        self.at_each(path, |look| look.denied(value, denied, path))?;
                    }
                }
                "if" => {
                    if let Some(condition) = schema.part(Keyword::If) {
                        self.at_each(path, |look| {
                            look.conditional(value, condition, schema, path)
                        })?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a value has another text where a schema asks for one before anything else. What is asked about must be
    /// written out: asking about a function is what cases come from, also where nothing is found.
    fn is_about_another(&self, value: &Value, trigger: &Trigger, path: &Path<'_>) -> bool {
        let Value::Map(entries) = value else {
            return false;
        };
        let is_written_out =
            |name: &&str| entries.get(name).is_none_or(|own| own.scalar().is_some());
        let is_another = |own: &Value| {
            matches!(own, Value::String(text) if !is(text, trigger.text, self.is_rule()))
                && !is_opaque(own)
                && !self.is_wrong_limit(&path.key(trigger.property))
        };
        entries.get(trigger.property).is_some_and(is_another)
            && trigger.asked.iter().all(is_written_out)
    }

    /// One schema has to take the value; how many do, and whether that is known.
    fn any(
        &mut self,
        value: &Value,
        schemas: &[Schema],
        path: &Path<'_>,
    ) -> Looked<'t, (usize, bool)> {
        let mut fitting = 0;
        let mut unknown = false;
        let mut failures = Vec::new();
        for schema in schemas {
            match self.verdict(value, *schema, path)? {
                Verdict::Fits => fitting += 1,
                Verdict::Unknown => unknown = true,
                Verdict::Fails(found) => failures.push(found),
            }
        }
        if fitting == 0 && unknown {
            self.is_unknown = true;
        } else if fitting == 0 && !schemas.is_empty() && !self.fails_silently() {
            self.none_fits(failures, path);
        }
        Ok((fitting, unknown))
    }

    fn one(&mut self, value: &Value, schema: Schema, path: &Path<'_>) -> Looked<'t> {
        let schemas: Vec<Schema> = schema.one_of().collect();
        let (fitting, _) = self.any(value, &schemas, path)?;
        if fitting > 1 {
            let what = format!("{} has {fitting} forms at once", named(path));
            let why = self.why("it must have exactly one");
            self.tell(
                path,
                Code::ExclusiveProperties,
                what,
                why,
                "keep what belongs to one of them",
            );
        }
        Ok(())
    }

    /// What the alternative that is nearest to the value has to say of it.
    fn none_fits(&mut self, failures: Vec<Vec<Finding>>, path: &Path<'_>) {
        let is_kind = |finding: &Finding| {
            finding.code == Code::ValueType && finding.path.len() <= path.steps().len()
        };
        let here = path.steps().len();
        let nearest = failures.iter().min_by_key(|found| {
            let wrong_kind = found.iter().any(is_kind);
            let deepest = found.iter().map(|finding| finding.path.len()).max();
            // Events and the like name their kind: what another kind lacks is of no use.
            let other_kind = found.iter().any(|finding| {
                finding.code == Code::ValueNotAllowed
                    && finding.path.last().is_some_and(|name| name == "Type")
            });
            (
                wrong_kind,
                other_kind,
                std::cmp::Reverse(deepest),
                found.len(),
            )
        });
        match (failures.len(), nearest) {
            (1, Some(found)) => self.found.extend(found.iter().cloned()),
            // What is wrong inside of it says more than that nothing fits.
            (_, Some(found)) if found.iter().any(|finding| finding.path.len() > here) => {
                self.found.extend(found.iter().cloned());
            }
            (count, nearest) => {
                let what = format!(
                    "{} fits none of the {count} forms that it can have",
                    named(path)
                );
                let first = nearest.and_then(|found| found.first());
                let help = match first {
                    Some(finding) => format!("for the nearest: {}; {}", finding.what, finding.help),
                    None => "see AWS's page of the type".to_owned(),
                };
                let why = self.source();
                self.tell(path, Code::ValueForm, what, why, help);
            }
        }
    }

    fn denied(&mut self, value: &Value, denied: Schema, path: &Path<'_>) -> Looked<'t> {
        match self.verdict_alone(value, denied, path)? {
            Verdict::Fails(_) => {}
            Verdict::Unknown => self.is_unknown = true,
            Verdict::Fits if self.fails_silently() => {}
            Verdict::Fits => {
                let mut required: Vec<&str> = denied.required().collect();
                for one in denied.any_of() {
                    if let Verdict::Fits = self.verdict_alone(value, one, path)? {
                        required.extend(one.required());
                    }
                }
                let what = match required.as_slice() {
                    [] => format!("{} has a value that is not allowed here", named(path)),
                    names => format!(
                        "{} cannot be here",
                        stratiform_finding::words::listed(names)
                    ),
                };
                let why = self.source();
                self.tell(
                    path,
                    Code::ValueForm,
                    what,
                    why,
                    "see AWS's page of the type for what may stand together",
                );
            }
        }
        Ok(())
    }

    fn conditional(
        &mut self,
        value: &Value,
        condition: Schema,
        schema: Schema,
        path: &Path<'_>,
    ) -> Looked<'t> {
        let branch = match self.verdict_alone(value, condition, path)? {
            Verdict::Fits => Keyword::Then,
            Verdict::Fails(_) => Keyword::Else,
            Verdict::Unknown => {
                // Where both have something to say, nobody knows.
                self.is_unknown = true;
                return Ok(());
            }
        };
        match schema.part(branch) {
            Some(branch) => self.literal(value, branch, path),
            None => Ok(()),
        }
    }
}
