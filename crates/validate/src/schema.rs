//! Values held against schemas, under whatever conditions.
//!
//! A [`Look`] goes through a value and its schema together. Where a part of the value depends on a condition, it goes
//! into each branch that can be ([`Mode::Each`]); what asks about several parts at once (what is required, one of
//! several schemas) is asked of each case that makes a difference to it ([`Mode::Decide`]). What nobody knows is right.

mod alternatives;
mod decoded;
mod document;
mod function;
mod list;
mod object;
mod part;
mod scalar;

use std::borrow::Cow;

pub(crate) use self::document::is_no_document;
pub(crate) use self::function::Known;
pub(crate) use part::{Entries, Form};
use stratiform_catalog::{Fact, JsonType, Keyword, Schema, TypeSet};
use stratiform_finding::{Code, Finding};
use stratiform_template::{Function, Path, Step, Value};

use crate::cases::{Case, Decision, Open};
use crate::extension::Extension;
use crate::report::Reason;
use crate::scene::{SERVERLESS, Scene, Subject};

/// Where `aws cloudformation package` takes paths, and the schema has none.
const PACKAGED: [(&str, &str); 5] = [
    ("AWS::ApiGateway::RestApi", "BodyS3Location"),
    ("AWS::CodeCommit::Repository", "Code/S3"),
    ("AWS::ElasticBeanstalk::ApplicationVersion", "SourceBundle"),
    ("AWS::Lambda::Function", "Code"),
    ("AWS::Lambda::LayerVersion", "Content"),
];

/// How deep schemas are followed: references, alternatives and steps down in the value.
const DEEPEST: usize = 300;

/// One look at a value and what is inside of it.
pub(crate) struct Look<'s, 't> {
    pub(crate) scene: &'s Scene<'t>,
    pub(crate) subject: &'s Subject<'t>,
    /// What is supposed.
    pub(crate) case: Case<'t>,
    mode: Mode,
    found: Vec<Finding>,
    /// Something could not be decided, since a value is not known.
    is_unknown: bool,
    /// A policy has nothing to ask here.
    has_passed: bool,
    depth: usize,
    /// Only whether a value fits is asked, and not why not.
    is_silent: bool,
    /// The rule that the schema belongs to, where it is none of a type.
    extension: Option<Extension>,
    /// What the rule gathered: keywords may refer to it.
    data: Option<Value>,
}

/// What happens where something depends on a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// All that can be is looked at.
    Each,
    /// Whoever asks decides, and asks again.
    Decide,
}

/// What a schema makes of a value.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Fits,
    /// Something in it is not known: it may fit.
    Unknown,
    /// Why not.
    Fails(Vec<Finding>),
}

/// What came of a look: it can stop for what the case does not say.
pub(crate) type Looked<'t, T = ()> = Result<T, Open<'t>>;

impl<'s, 't> Look<'s, 't> {
    /// A look at what there is of a resource, whatever the case.
    pub(crate) fn new(scene: &'s Scene<'t>, subject: &'s Subject<'t>) -> Self {
        Look {
            scene,
            subject,
            case: subject.base.clone(),
            mode: Mode::Each,
            found: Vec::new(),
            is_unknown: false,
            has_passed: false,
            depth: 0,
            is_silent: false,
            extension: None,
            data: None,
        }
    }

    /// From here on a rule is looked at; what was before is to be given to [`Look::leave`].
    pub(crate) fn enter(&mut self, extension: Extension) -> Option<Extension> {
        self.extension.replace(extension)
    }

    pub(crate) fn leave(&mut self, outer: Option<Extension>) {
        self.extension = outer;
    }

    /// What keywords may refer to; what was before is returned.
    pub(crate) fn with_data(&mut self, data: Option<Value>) -> Option<Value> {
        std::mem::replace(&mut self.data, data)
    }

    /// What keywords may refer to.
    pub(crate) fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// Tells what was found already, in the case that is looked at.
    pub(crate) fn tell_again(&mut self, finding: Finding) {
        self.found.push(finding);
    }

    /// It cannot be said here whether something is right.
    pub(crate) fn doubt(&mut self) {
        self.is_unknown = true;
    }

    /// Whether something could not be decided.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.is_unknown
    }

    /// A policy is not about this at all: it neither holds nor is broken.
    pub(crate) fn pass(&mut self) {
        self.has_passed = true;
    }

    /// Whether a policy is not about this.
    pub(crate) fn has_passed(&self) -> bool {
        self.has_passed
    }

    /// What was found.
    pub(crate) fn findings(self) -> Vec<Finding> {
        self.found
    }

    /// Asks about several things at once: in each case that makes a difference.
    pub(crate) fn at_each(
        &mut self,
        path: &Path<'_>,
        mut ask: impl FnMut(&mut Look<'s, 't>) -> Looked<'t>,
    ) -> Looked<'t> {
        if self.mode == Mode::Decide {
            return ask(self);
        }
        let (scene, subject, depth) = (self.scene, self.subject, self.depth);
        let mut is_unknown = false;
        let answers = scene.cases.each(&self.case, |case| {
            let mut look = Look {
                case: case.clone(),
                mode: Mode::Decide,
                depth,
                ..Look::new(scene, subject)
            };
            ask(&mut look)?;
            is_unknown |= look.is_unknown;
            Ok(look.found)
        });
        self.is_unknown |= is_unknown;
        match answers {
            Some(answers) => {
                for (case, finding) in answers {
                    let finding = self.told_when(&case, finding);
                    self.found.push(finding);
                }
            }
            None => {
                self.is_unknown = true;
                scene.skip(Reason::Cases, path.steps());
            }
        }
        Ok(())
    }

    /// A finding with what makes it so.
    fn told_when(&self, case: &Case<'t>, mut finding: Finding) -> Finding {
        if self.mode == Mode::Each && *case != self.subject.base {
            finding.when.insert_str(0, &self.scene.cases.witness(case));
        }
        finding
    }

    pub(crate) fn tell(
        &mut self,
        path: &Path<'_>,
        code: Code,
        what: impl Into<String>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.tell_finding(path, Finding::new(code, what, help).because(why));
    }

    /// The same of a finding that says more.
    pub(crate) fn tell_finding(&mut self, path: &Path<'_>, finding: Finding) {
        if self.fails_silently() {
            return;
        }
        let finding = Finding {
            path: path.steps(),
            ..finding
        };
        let finding = self.told_when(&self.case, finding);
        self.found.push(finding);
    }

    /// What a schema makes of a value, in the case that is looked at.
    pub(crate) fn verdict(
        &mut self,
        value: &Value,
        schema: Schema,
        path: &Path<'_>,
    ) -> Looked<'t, Verdict> {
        let found = std::mem::take(&mut self.found);
        let unknown = std::mem::replace(&mut self.is_unknown, false);
        let looked = self.value(value, schema, path);
        let own = std::mem::replace(&mut self.found, found);
        let is_unknown = std::mem::replace(&mut self.is_unknown, unknown);
        looked?;
        Ok(match (own.is_empty(), is_unknown) {
            (false, _) => Verdict::Fails(own),
            (true, true) => Verdict::Unknown,
            (true, false) => Verdict::Fits,
        })
    }

    /// What a schema makes of a value, where nobody asks why: there are no words for it.
    fn verdict_alone(
        &mut self,
        value: &Value,
        schema: Schema,
        path: &Path<'_>,
    ) -> Looked<'t, Verdict> {
        let outer = std::mem::replace(&mut self.is_silent, true);
        let verdict = self.verdict(value, schema, path);
        self.is_silent = outer;
        verdict
    }

    /// Whether all is known that somebody asks for: that a value does not fit, where nobody asks why not.
    fn is_settled(&self) -> bool {
        self.is_silent && !self.found.is_empty()
    }

    /// Takes down that a value does not fit, where nobody asks why not.
    fn fails_silently(&mut self) -> bool {
        if self.is_silent {
            self.found.push(Finding::new(Code::ValueForm, "", ""));
        }
        self.is_silent
    }

    /// Holds a value against a schema.
    pub(crate) fn value(&mut self, value: &Value, schema: Schema, path: &Path<'_>) -> Looked<'t> {
        // Only rules that gathered something refer to it.
        if self.data.is_some()
            && let Some(wanted) = schema.keyword(Keyword::Const)
            && let Some(wanted) = self.referred(wanted)
        {
            return self.same(value, &wanted, path);
        }
        match value {
            Value::Function(Function::If, branches) => {
                self.branches(branches, path, |look, branch, path| {
                    look.value(branch, schema, path)
                })
            }
            Value::Function(..) => self.at_each(path, |look| look.function(value, schema, path)),
            // That it is null is told elsewhere; rules gather it for what is not there.
            Value::Null => {
                self.is_unknown |= self.data.is_none();
                Ok(())
            }
            _ => self.literal(value, schema, path),
        }
    }

    /// Goes into the branches of `Fn::If`.
    fn branches(
        &mut self,
        branches: &Value,
        path: &Path<'_>,
        mut go: impl FnMut(&mut Self, &Value, &Path<'_>) -> Looked<'t>,
    ) -> Looked<'t> {
        let Some([Value::String(name), then, otherwise]) = branches.as_list() else {
            self.is_unknown = true;
            return Ok(());
        };
        let Some((name, _)) = self.scene.template.conditions.get_key_value(name.as_str()) else {
            self.is_unknown = true;
            return Ok(());
        };
        let name = name.as_str();
        let function = path.key(Function::If.name());
        let paths = [1, 2].map(|position| function.below(Step::Index(position)));
        if self.mode == Mode::Decide {
            return match self.scene.cases.holds(&self.case, name) {
                Some(true) => go(self, then, &paths[0]),
                Some(false) => go(self, otherwise, &paths[1]),
                None => Err(Open::Condition(name)),
            };
        }
        for ((branch, path), holds) in [then, otherwise].into_iter().zip(&paths).zip([true, false])
        {
            let decision = Decision::Condition(name, holds);
            if let Some(case) = self.scene.cases.with(&self.case, decision) {
                let case = std::mem::replace(&mut self.case, case);
                let looked = go(self, branch, path);
                self.case = case;
                looked?;
            }
        }
        Ok(())
    }

    /// What is left of a value in this case: none where `AWS::NoValue` takes it away.
    pub(crate) fn settled<'v>(&self, value: &'v Value) -> Looked<'t, Option<&'v Value>> {
        match value {
            Value::Function(Function::If, branches) => {
                let Some([Value::String(name), then, otherwise]) = branches.as_list() else {
                    return Ok(Some(value));
                };
                let known = self.scene.template.conditions.get_key_value(name.as_str());
                let Some((name, _)) = known else {
                    return Ok(Some(value));
                };
                match self.scene.cases.holds(&self.case, name) {
                    Some(true) => self.settled(then),
                    Some(false) => self.settled(otherwise),
                    None => Err(Open::Condition(name)),
                }
            }
            Value::Function(Function::Ref, name) if name.as_str() == Some("AWS::NoValue") => {
                Ok(None)
            }
            _ => Ok(Some(value)),
        }
    }

    /// A value that is no function: its type, and whatever else the schema asks for.
    pub(crate) fn literal(&mut self, value: &Value, schema: Schema, path: &Path<'_>) -> Looked<'t> {
        if self.is_settled() {
            return Ok(());
        }
        if self.depth > DEEPEST {
            self.is_unknown = true;
            return Ok(());
        }
        self.depth += 1;
        let looked = self.keywords(value, schema, path);
        self.depth -= 1;
        looked
    }

    fn keywords(&mut self, value: &Value, schema: Schema, path: &Path<'_>) -> Looked<'t> {
        let Some(decoded) = decoded::decoded(schema) else {
            if schema.fact() == Fact::Bool(false) {
                let what = match self.extension {
                    // The whole of what the rule is about.
                    Some(_)
                        if path
                            .up
                            .is_some_and(|up| up.up.is_some_and(|up| up.up.is_none())) =>
                    {
                        "these values do not go together".to_owned()
                    }
                    _ => format!("{} is not allowed", named(path)),
                };
                let source = self.source();
                self.tell(path, Code::ValueNotAllowed, what, source, "take it away");
            }
            return Ok(());
        };
        if is_opaque(value) {
            self.is_unknown = true;
            return Ok(());
        }
        let types = decoded.types;
        if !types.is_empty() && !has_type(value, types) && !self.is_wrong_type(path) {
            self.wrong_type(value, types, path);
            return Ok(());
        }
        if let Some(resolved) = decoded.refers_to {
            self.literal(value, resolved, path)?;
        }
        if self.is_settled() {
            return Ok(());
        }
        // What stands in the place of a document is one.
        if decoded.keyword("format") == Some(Fact::Text("json")) {
            return Ok(());
        }
        match value {
            Value::List(items) => self.list(items, decoded, path)?,
            Value::Map(entries) => self.object(entries, decoded, path)?,
            _ => self.scalar(value, decoded, path),
        }
        self.alternatives(value, decoded, path)
    }

    /// A value that has to be the one of another property.
    fn same(&mut self, value: &Value, wanted: &Value, path: &Path<'_>) -> Looked<'t> {
        let known = match self.known(value)? {
            Known::Value(known) => known,
            Known::Absent => return Ok(()),
            Known::Unknown(_) => Cow::Borrowed(value),
        };
        match self.is_referred(&known, wanted) {
            Some(true) => {}
            None => self.is_unknown = true,
            Some(false) => {
                let what = format!("{} is not what it has to be", named(path));
                let help = match wanted.scalar() {
                    Some(wanted) => format!("write `{wanted}`"),
                    None => "give both the same".to_owned(),
                };
                self.tell(path, Code::ValueNotAllowed, what, self.source(), help);
            }
        }
        Ok(())
    }

    /// Whether a text is a path that `aws cloudformation package` puts an address in the place of. Without it, nothing
    /// can be deployed; SAM's own commands always do it.
    ///
    /// Source: AWS CLI reference, `cloudformation package`. cfn-lint: W3002.
    fn is_packaged(&mut self, value: &Value, path: &Path<'_>) -> bool {
        let Value::String(text) = value else {
            return false;
        };
        if text.contains("://") || !self.stands_in(&PACKAGED, path) {
            return false;
        }
        if !self.scene.template.has_transform(SERVERLESS) {
            self.tell_packaged(path);
        }
        true
    }

    /// Warns of a path that has to be packaged.
    pub(crate) fn tell_packaged(&mut self, path: &Path<'_>) {
        let what = format!("{} is a path", named(path));
        let why = "only `aws cloudformation package` makes an address in S3 of it";
        let help = "package the template before it is deployed";
        self.warn(path, Code::ValueType, what, why, help);
    }

    fn wrong_type(&mut self, value: &Value, types: TypeSet, path: &Path<'_>) {
        if self.fails_silently() || self.is_packaged(value, path) {
            return;
        }
        let wanted: Vec<&str> = types.iter().map(said).collect();
        let is = match value {
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
            _ if self.is_secret(path) => "text that is not shown here".to_owned(),
            Value::String(text) => {
                format!("text, `{}`", stratiform_finding::words::shortened(text))
            }
            Value::Number(number) => format!("a number, `{number}`"),
            Value::Bool(boolean) => format!("`{boolean}`"),
            Value::Null | Value::Function(..) => "nothing".to_owned(),
        };
        let what = format!("{} is {is}", named(path));
        let why = self.why(&format!("it must be {}", wanted.join(" or ")));
        let help = match (value, types.single()) {
            (Value::Map(_) | Value::String(_), Some(JsonType::Array)) => {
                "write a list, also where it has one item"
            }
            (Value::List(items), Some(JsonType::Object)) if items.len() == 1 => {
                "write the item without the list"
            }
            _ => "give it a value of that kind",
        };
        self.tell(path, Code::ValueType, what, why, help);
    }

    /// Whether the schema is a rule, and not that of a type: rules take engines and the like in letters of any size.
    fn is_rule(&self) -> bool {
        self.extension.is_some()
    }

    /// Why something is wrong: a limit, and where it comes from.
    pub(crate) fn why(&self, limit: &str) -> String {
        match self.extension {
            Some(extension) => format!("{}: {limit}", extension.rule),
            None => format!("{limit}, {}", self.source()),
        }
    }

    /// Where a rule comes from.
    pub(crate) fn source(&self) -> String {
        match self.extension {
            Some(extension) => extension.rule.to_owned(),
            None => format!("by {}", self.catalog()),
        }
    }

    fn catalog(&self) -> String {
        format!("the catalog for {}", self.subject.resource_type.name())
    }
}

/// What a value is called: the last name of its path that is neither a position nor a function.
pub(crate) fn named(path: &Path<'_>) -> String {
    let mut steps = std::iter::successors(Some(path), |path| path.up);
    let name = steps.find_map(|path| match path.step {
        Step::Key(key) if key != Function::If.name() => Some(key),
        Step::Key(_) | Step::Index(_) => None,
    });
    format!("`{}`", name.unwrap_or("it"))
}

/// Whether CloudFormation puts something else in the place of a text.
fn is_opaque(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.contains("{{resolve:"))
}

/// Whether a value is of one of the types, or is taken for one by CloudFormation: numbers and booleans may be text, and
/// text may be written as either.
fn has_type(value: &Value, types: TypeSet) -> bool {
    let any = |wanted: &[JsonType]| wanted.iter().any(|one| types.contains(*one));
    let whole = |text: &str| {
        text.trim()
            .parse::<f64>()
            .is_ok_and(|number| number.fract() == 0.0)
    };
    match value {
        Value::String(text) => {
            types.contains(JsonType::String)
                || types.contains(JsonType::Integer) && whole(text)
                || types.contains(JsonType::Number) && text.trim().parse::<f64>().is_ok()
                || types.contains(JsonType::Boolean)
                    && ["true", "false"].contains(&text.to_ascii_lowercase().as_str())
        }
        Value::Number(number) => {
            any(&[JsonType::Number, JsonType::String])
                || types.contains(JsonType::Integer) && whole(number.as_str())
        }
        Value::Bool(_) => any(&[JsonType::Boolean, JsonType::String]),
        Value::List(_) => types.contains(JsonType::Array),
        Value::Map(_) => types.contains(JsonType::Object),
        Value::Null => types.contains(JsonType::Null),
        Value::Function(..) => true,
    }
}

fn said(json_type: JsonType) -> &'static str {
    match json_type {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a map",
        JsonType::String => "text",
    }
}
