//! Intrinsic functions, typed.
//!
//! Source: CloudFormation template reference, "Intrinsic functions".

use stratiform_template::Function;

use crate::value::draft::{Draft, Part, Target};
use crate::value::property::{Expr, List, Prop};

fn call<T>(function: Function, argument: Draft) -> Expr<T> {
    Expr::new(Draft::Function(function, Box::new(argument)))
}

fn draft<T>(value: impl Into<Prop<T>>) -> Draft {
    value.into().into_draft()
}

/// `Fn::Join`: the members of a list, `delimiter` between them.
pub fn join(delimiter: &str, members: impl Into<Prop<List<String>>>) -> Expr<String> {
    call(
        Function::Join,
        Draft::List(vec![delimiter.into(), draft(members)]),
    )
}

/// `Fn::Split`: text cut at each `delimiter`.
pub fn split(delimiter: &str, text: impl Into<Prop<String>>) -> Expr<List<String>> {
    call(
        Function::Split,
        Draft::List(vec![delimiter.into(), draft(text)]),
    )
}

/// `Fn::Select`: one member of a list, counted from 0.
pub fn select(index: u32, members: impl Into<Prop<List<String>>>) -> Expr<String> {
    call(
        Function::Select,
        Draft::List(vec![Draft::from(i64::from(index)), draft(members)]),
    )
}

/// `Fn::GetAZs` of the stack's own region.
pub fn availability_zones() -> Expr<List<String>> {
    call(Function::GetAZs, Draft::from(""))
}

/// `Fn::Cidr`: `count` blocks of `host_bits` host bits (8 gives a /24) out of an address block.
pub fn cidr(block: impl Into<Prop<String>>, count: u16, host_bits: u8) -> Expr<List<String>> {
    let numbers = [
        Draft::from(i64::from(count)),
        Draft::from(i64::from(host_bits)),
    ];
    call(
        Function::Cidr,
        Draft::List([draft(block)].into_iter().chain(numbers).collect()),
    )
}

/// `Fn::Base64`.
pub fn base64(text: impl Into<Prop<String>>) -> Expr<String> {
    call(Function::Base64, draft(text))
}

/// `Fn::ImportValue`: an export of a stack outside this app. Inside the app, just use the handle.
pub fn import_value(name: impl Into<Prop<String>>) -> Expr<String> {
    call(Function::ImportValue, draft(name))
}

/// `Fn::FindInMap` in a mapping of this stack.
pub fn find_in_map(
    mapping: &str,
    top_level_key: impl Into<Prop<String>>,
    second_level_key: impl Into<Prop<String>>,
) -> Expr<String> {
    call(
        Function::FindInMap,
        Draft::List(vec![
            mapping.into(),
            draft(top_level_key),
            draft(second_level_key),
        ]),
    )
}

/// `Fn::If`: one of two values, by a condition of this stack.
pub fn either<T>(
    condition: &Condition,
    then: impl Into<Prop<T>>,
    otherwise: impl Into<Prop<T>>,
) -> Expr<T> {
    call(
        Function::If,
        Draft::List(vec![
            Draft::Condition(condition.target),
            draft(then),
            draft(otherwise),
        ]),
    )
}

/// A condition that [`crate::Stack::condition`] declared, for use in that stack.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    pub(crate) target: Target,
}

impl Condition {
    /// `{Condition: Name}`, for use inside another condition.
    pub fn holds(&self) -> Expr<bool> {
        call(Function::Condition, Draft::Condition(self.target))
    }
}

/// `Fn::Equals`.
pub fn equals(left: impl Into<Prop<String>>, right: impl Into<Prop<String>>) -> Expr<bool> {
    call(
        Function::Equals,
        Draft::List(vec![draft(left), draft(right)]),
    )
}

/// `Fn::Not`.
pub fn not(condition: Expr<bool>) -> Expr<bool> {
    call(Function::Not, Draft::List(vec![condition.draft]))
}

/// `Fn::And`: 2 to 10 conditions.
pub fn and(conditions: impl IntoIterator<Item = Expr<bool>>) -> Expr<bool> {
    call(
        Function::And,
        Draft::List(
            conditions
                .into_iter()
                .map(|condition| condition.draft)
                .collect(),
        ),
    )
}

/// `Fn::Or`: 2 to 10 conditions.
pub fn or(conditions: impl IntoIterator<Item = Expr<bool>>) -> Expr<bool> {
    call(
        Function::Or,
        Draft::List(
            conditions
                .into_iter()
                .map(|condition| condition.draft)
                .collect(),
        ),
    )
}

/// Text with values in it: becomes `Fn::Sub`, or plain text where nothing needs evaluating.
///
/// Each `{}` takes one value; every other character, `${` included, stands for itself. The compiler counts.
///
/// ```
/// use stratiform_stack::{pseudo, sub};
/// let arn = sub!("arn:{}:s3:::assets-{}", pseudo::partition(), pseudo::account_id());
/// ```
///
/// ```compile_fail
/// use stratiform_stack::{pseudo, sub};
/// let arn = sub!("arn:{}:s3:::assets-{}", pseudo::partition());
/// ```
#[macro_export]
macro_rules! sub {
    ($format:literal $(, $value:expr)* $(,)?) => {{
        const VALUES: usize = <[&str]>::len(&[$(::core::stringify!($value)),*]);
        const _: () = assert!($crate::generated::placeholders($format) == VALUES, "not as many values as placeholders");
        let values: [$crate::Prop<::std::string::String>; VALUES] = [$($crate::Prop::from($value)),*];
        $crate::generated::substitute($format, values)
    }};
}

/// The number of `{}` in a text. For [`sub!`].
pub const fn placeholders(format: &str) -> usize {
    let mut rest = format.as_bytes();
    let mut count = 0;
    loop {
        rest = match rest {
            [b'{', b'}', rest @ ..] => {
                count += 1;
                rest
            }
            [_, rest @ ..] => rest,
            [] => return count,
        };
    }
}

/// A text with its `{}` filled. For [`sub!`], which counts them.
pub fn substitute(format: &str, values: impl IntoIterator<Item = Prop<String>>) -> Expr<String> {
    let mut values = values.into_iter();
    let mut parts = Vec::new();
    for (index, literal) in format.split("{}").enumerate() {
        if index > 0 {
            parts.extend(values.next().map(|value| Part::Value(value.into_draft())));
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal.to_owned()));
        }
    }
    Expr::new(Draft::Text(parts))
}

/// The ARN of something in the stack's own account and region: `arn("logs", "log-group:/app:*")`.
pub fn arn(service: &str, resource: impl Into<Prop<String>>) -> Expr<String> {
    sub!(
        "arn:{}:{}:{}:{}:{}",
        pseudo::partition(),
        service,
        pseudo::region(),
        pseudo::account_id(),
        resource.into(),
    )
}

/// Pseudo parameters.
///
/// Source: CloudFormation template reference, "Pseudo parameters".
pub mod pseudo {
    use super::{Draft, Expr, Function, List, call};

    fn pseudo<T>(name: &str) -> Expr<T> {
        call(Function::Ref, Draft::from(name))
    }

    /// `AWS::AccountId`.
    pub fn account_id() -> Expr<String> {
        pseudo("AWS::AccountId")
    }

    /// `AWS::Region`.
    pub fn region() -> Expr<String> {
        pseudo("AWS::Region")
    }

    /// `AWS::Partition`: `aws`, `aws-cn` or `aws-us-gov`.
    pub fn partition() -> Expr<String> {
        pseudo("AWS::Partition")
    }

    /// `AWS::URLSuffix`: `amazonaws.com` or `amazonaws.com.cn`.
    pub fn url_suffix() -> Expr<String> {
        pseudo("AWS::URLSuffix")
    }

    /// `AWS::StackName`.
    pub fn stack_name() -> Expr<String> {
        pseudo("AWS::StackName")
    }

    /// `AWS::StackId`: the stack's ARN.
    pub fn stack_id() -> Expr<String> {
        pseudo("AWS::StackId")
    }

    /// `AWS::NotificationARNs`.
    pub fn notification_arns() -> Expr<List<String>> {
        pseudo("AWS::NotificationARNs")
    }

    /// `AWS::NoValue`: as one branch of [`super::either`], leaves the property out.
    pub fn no_value<T>() -> Expr<T> {
        pseudo("AWS::NoValue")
    }
}
