//! One way through values: visit them, change them, collect what they refer to.
//!
//! What lives here: everything that asks a value, or a whole resource, about all that stands in it. What does not:
//! the checks, which go with a path and with what each place allows (`check/`).

use crate::check::sub_variables;
use crate::template::{Member, Resource, Template};
use crate::value::{Function, Value};

/// Something that a value refers to by name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reference<'v> {
    /// `Ref`, or `${Name}`: a parameter, a pseudo parameter or a resource.
    Name(&'v str),
    /// `Fn::GetAtt`, or `${Name.Attribute}`.
    Attribute {
        /// The resource.
        logical_id: &'v str,
        /// The attribute; `None` where it is no literal text.
        attribute: Option<&'v str>,
    },
    /// The mapping of `Fn::FindInMap`.
    Mapping(&'v str),
    /// The condition of `Fn::If`, or of `Condition`.
    Condition(&'v str),
    /// `Fn::ImportValue`: the expression of an export's name.
    Export(&'v Value),
    /// `Fn::GetStackOutput`: the map that names stack and output.
    Output(&'v Value),
    /// A name that is itself an expression: it could be any.
    Anything,
}

impl Value {
    /// Calls a function with this value and with every value below it, each before what is in it.
    pub fn walk<'v>(&'v self, visit: &mut impl FnMut(&'v Value)) {
        visit(self);
        match self {
            Value::List(items) => items.iter().for_each(|item| item.walk(visit)),
            Value::Map(entries) => entries.values().for_each(|value| value.walk(visit)),
            Value::Function(_, argument) => argument.walk(visit),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// The value with a function applied to every value in it, and then to itself.
    #[must_use]
    pub fn map(self, change: &mut impl FnMut(Value) -> Value) -> Value {
        let mapped = match self {
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| item.map(change)).collect())
            }
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, value.map(change)))
                    .collect(),
            ),
            Value::Function(function, argument) => {
                Value::Function(function, Box::new(argument.map(change)))
            }
            scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => scalar,
        };
        change(mapped)
    }

    /// Calls a function with everything that the value refers to, in the order written; twice for what is named twice.
    pub fn for_each_reference<'v>(&'v self, visit: &mut impl FnMut(Reference<'v>)) {
        self.walk(&mut |value| {
            if let Value::Function(function, argument) = value {
                references_of(*function, argument, visit);
            }
        });
    }

    /// The same of the function alone that the value is, and nothing that is in its argument.
    pub fn for_own_references<'v>(&'v self, visit: &mut impl FnMut(Reference<'v>)) {
        if let Value::Function(function, argument) = self {
            references_of(*function, argument, visit);
        }
    }
}

/// What one function refers to by itself, whatever its arguments do.
fn references_of<'v>(
    function: Function,
    argument: &'v Value,
    visit: &mut impl FnMut(Reference<'v>),
) {
    let items = argument.as_list().unwrap_or_default();
    let named = |name: Option<&'v Value>, reference: fn(&'v str) -> Reference<'v>| {
        name.and_then(Value::as_str)
            .map_or(Reference::Anything, reference)
    };
    match function {
        Function::Ref => visit(named(Some(argument), Reference::Name)),
        Function::GetAtt => visit(match (items.first().and_then(Value::as_str), items) {
            (Some(logical_id), [_, attribute]) => Reference::Attribute {
                logical_id,
                attribute: attribute.as_str(),
            },
            (Some(logical_id), _) => Reference::Attribute {
                logical_id,
                attribute: None,
            },
            (None, _) => Reference::Anything,
        }),
        Function::FindInMap => visit(named(items.first(), Reference::Mapping)),
        Function::If => match items.first() {
            // In rules and conditions it is an expression, which is visited like any other.
            Some(Value::Function(..)) => {}
            name => visit(named(name, Reference::Condition)),
        },
        Function::Condition => visit(named(Some(argument), Reference::Condition)),
        Function::Sub => {
            let text = items.first().unwrap_or(argument).as_str();
            let own = items.get(1).and_then(Value::as_map);
            for variable in text.into_iter().flat_map(sub_variables) {
                let name = variable.trim();
                if own.is_none_or(|own| !own.contains_key(name)) {
                    visit(match name.split_once('.') {
                        Some((logical_id, attribute)) => Reference::Attribute {
                            logical_id,
                            attribute: Some(attribute),
                        },
                        None => Reference::Name(name),
                    });
                }
            }
        }
        Function::ImportValue => visit(Reference::Export(argument)),
        Function::GetStackOutput => visit(Reference::Output(argument)),
        Function::Join
        | Function::Split
        | Function::Select
        | Function::Equals
        | Function::And
        | Function::Or
        | Function::Not
        | Function::Base64
        | Function::Cidr
        | Function::GetAZs
        | Function::Transform
        | Function::Length
        | Function::ToJsonString
        | Function::Contains
        | Function::EachMemberEquals
        | Function::EachMemberIn
        | Function::RefAll
        | Function::ValueOf
        | Function::ValueOfAll => {}
    }
}

impl Resource {
    /// Everything in the resource that may have functions in it: properties first, then the other attributes.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let others = [
            &self.metadata,
            &self.creation_policy,
            &self.update_policy,
            &self.deletion_policy,
            &self.update_replace_policy,
        ];
        self.properties.values().chain(others.into_iter().flatten())
    }

    /// Calls a function with everything that the resource refers to, `DependsOn` and its condition aside.
    pub fn for_each_reference<'v>(&'v self, visit: &mut impl FnMut(Reference<'v>)) {
        self.values()
            .for_each(|value| value.for_each_reference(visit));
    }
}

impl Template {
    /// The names of the transforms, in order; none of one that is no name and has none.
    pub fn transform_names(&self) -> impl Iterator<Item = Option<&str>> {
        self.transform.iter().map(|transform| match transform {
            Value::Map(entries) => entries.get("Name").and_then(Value::as_str),
            name => name.as_str(),
        })
    }

    /// Whether a transform is among them.
    ///
    /// ```
    /// use stratiform_template::Template;
    ///
    /// let text = "Transform: [{Name: 'AWS::LanguageExtensions'}]\nResources: {T: {Type: AWS::SNS::Topic}}\n";
    /// let template = Template::parse(text).unwrap();
    /// assert!(template.has_transform("AWS::LanguageExtensions"));
    /// ```
    pub fn has_transform(&self, name: &str) -> bool {
        self.transform_names().any(|known| known == Some(name))
    }

    /// The resources that are written out: what a loop or a macro stands for is not among them.
    pub fn each_resource(&self) -> impl Iterator<Item = (&str, &Resource)> {
        self.resources
            .iter()
            .filter_map(|(id, member)| match member {
                Member::One(resource) => Some((id.as_str(), resource)),
                Member::Unexpanded(_) => None,
            })
    }

    /// The resource of a logical ID; none where there is none, or a loop or a macro stands in its place.
    ///
    /// ```
    /// use stratiform_template::Template;
    ///
    /// let text = "Resources:\n  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5}}\n";
    /// let template = Template::parse(text).unwrap();
    /// let queue = template.resource("Queue").unwrap();
    /// assert_eq!(queue.properties["DelaySeconds"], 5.into());
    /// assert_eq!(template.resource("Topic"), None);
    /// ```
    pub fn resource(&self, logical_id: &str) -> Option<&Resource> {
        match self.resources.get(logical_id)? {
            Member::One(resource) => Some(resource),
            Member::Unexpanded(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(text: &str) -> Vec<String> {
        let template = format!("Resources: {{R: {{Type: A::B::C, Properties: {{P: {text}}}}}}}");
        let template = Template::parse(&template).unwrap();
        let mut found = Vec::new();
        for (_, resource) in template.each_resource() {
            resource.for_each_reference(&mut |reference| found.push(format!("{reference:?}")));
        }
        found
    }

    #[test]
    fn everything_that_is_named_is_found() {
        let attribute = |id: &str, attribute: &str| {
            format!("Attribute {{ logical_id: {id:?}, attribute: {attribute} }}")
        };
        let cases: [(&str, Vec<String>); 10] = [
            ("{A: [!Ref X]}", vec!["Name(\"X\")".to_owned()]),
            ("!GetAtt X.Y.Z", vec![attribute("X", "Some(\"Y.Z\")")]),
            (
                "!GetAtt [X, !Ref Y]",
                vec![attribute("X", "None"), "Name(\"Y\")".to_owned()],
            ),
            (
                "!Sub ['${A}${ B.C }${!D}${E}', {E: !Ref F}]",
                vec![
                    "Name(\"A\")".to_owned(),
                    attribute("B", "Some(\"C\")"),
                    "Name(\"F\")".to_owned(),
                ],
            ),
            (
                "!If [C, !FindInMap [M, a, b], x]",
                vec!["Condition(\"C\")".to_owned(), "Mapping(\"M\")".to_owned()],
            ),
            ("!Not [!Condition C]", vec!["Condition(\"C\")".to_owned()]),
            ("!ImportValue x", vec!["Export(String(\"x\"))".to_owned()]),
            (
                "{Ref: {Ref: X}}",
                vec!["Anything".to_owned(), "Name(\"X\")".to_owned()],
            ),
            (
                "!Join ['', [!Ref X, !Ref X]]",
                vec!["Name(\"X\")".to_owned(), "Name(\"X\")".to_owned()],
            ),
            ("x", Vec::new()),
        ];
        for (text, expected) in cases {
            assert_eq!(references(text), expected, "{text}");
        }
    }
}
