//! What a provider refuses before it makes a resource, in CloudFormation's words.
//!
//! There are two ways in which properties are held against schemas, both recorded. The newer looks at the whole template
//! before anything is made (`PROPERTY_VALIDATION`): what it refuses leaves no resource behind. The older is part of the
//! creation of a resource, and leaves one that failed; types without handlers know only that, and so does
//! `AWS::SSM::Parameter` for what is missing.
//! Source: emulators.md 8-12 and 8-13; cloudformation.md 5.11 and 6.7; texts of both: issues and logs that quote them
//! (coverage roadmap #1005 and #1514, troposphere #1045), where lists in brackets are those of 2024 and later.

use serde_json::{Map, Value};
use stratiform_catalog::{JsonType, ResourceType, catalog};

use super::refusal;
use super::schema::{Json, Problem, What, problems};
use crate::ids::Ids;

/// Types that have handlers, and were recorded with the older way's words.
const OLDER: [&str; 1] = ["AWS::SSM::Parameter"];

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The whole `ResourceStatusReason`.
    pub(crate) reason: String,
    /// Whether the resource is tried, and fails. If not, nothing of the deployment is tried.
    pub(crate) leaves_record: bool,
    /// Whether it has its physical ID when it fails, so that a rollback has something to delete.
    pub(crate) has_physical_id: bool,
    /// What is wrong, one by one, as `DescribeEvents` tells it; empty where the resource is tried.
    pub(crate) violations: Vec<Violation>,
}

/// Something that is wrong with properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// `ValidationPath`: `/Resources/Queue/Properties/Tags/0`.
    pub(crate) path: String,
    /// `ValidationStatusReason`: `#/Tags/0: required key [Key] not found`.
    pub(crate) reason: String,
}

/// Refuses properties that the type's schema does not allow, or its service.
///
/// # Errors
/// The first refusal: of all that the newer way sees, else of all that the older sees, else of the service.
pub(crate) fn validate(
    resource_type: &str,
    logical_id: &str,
    properties: &Map<String, Value>,
    ids: &mut Ids,
) -> Result<(), Fault> {
    if let Some(found) = catalog().resource_type(resource_type) {
        let all = problems(found, properties);
        let (late, early): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|problem| is_late(found, problem));
        if !early.is_empty() {
            return Err(refused_before(logical_id, &early));
        }
        if !late.is_empty() {
            let texts: Vec<_> = older_words(&late);
            return Err(Fault {
                reason: format!("Property validation failure: [{}]", texts.join(", ")),
                leaves_record: true,
                has_physical_id: false,
                violations: Vec::new(),
            });
        }
    }
    match refusal::refuses_creation(resource_type, properties, ids) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

/// Whether only the older way sees it.
fn is_late(found: ResourceType, problem: &Problem) -> bool {
    let has_handlers = found.handlers().next().is_some();
    match problem.what {
        What::Missing(_) => !has_handlers || OLDER.contains(&found.name()),
        What::Extraneous(_) | What::Type { .. } => !has_handlers,
        What::Enum | What::Length { .. } | What::Bound(_) => false,
    }
}

fn refused_before(logical_id: &str, problems: &[Problem]) -> Fault {
    let texts: Vec<_> = problems.iter().flat_map(words).collect();
    let violation = |problem: &Problem| {
        let path = format!("/Resources/{logical_id}/Properties{}", problem.at);
        let reason = match &problem.what {
            What::Missing(name) if problem.at.is_empty() => {
                format!("Required property [{name}] not found")
            }
            What::Missing(_)
            | What::Extraneous(_)
            | What::Type { .. }
            | What::Enum
            | What::Length { .. }
            | What::Bound(_) => words(problem).join("\n"),
        };
        Violation { path, reason }
    };
    Fault {
        reason: format!(
            "Properties validation failed for resource {logical_id} with message: [{}]",
            texts.join(", ")
        ),
        leaves_record: false,
        has_physical_id: false,
        violations: problems.iter().map(violation).collect(),
    }
}

/// The newer way's words; of a value that is none of those listed, two.
fn words(problem: &Problem) -> Vec<String> {
    let at = format!("#{}", problem.at);
    match &problem.what {
        What::Missing(name) => vec![format!("{at}: required key [{name}] not found")],
        What::Extraneous(name) => vec![format!("{at}: extraneous key [{name}] is not permitted")],
        What::Type { expected, found } => {
            let (expected, found) = (newer_type(*expected), newer_json(*found));
            vec![format!("{at}: expected type: {expected}, found: {found}")]
        }
        What::Enum => vec![
            format!("{at}: #: only 1 subschema matches out of 2"),
            format!("{at}: failed validation constraint for keyword [enum]"),
        ],
        What::Length {
            limit,
            expected,
            found,
        } => {
            let word = if limit.ends_with("count") {
                "found"
            } else {
                "actual"
            };
            vec![format!(
                "{at}: expected {limit}: {expected}, {word}: {found}"
            )]
        }
        What::Bound(keyword) => vec![format!(
            "{at}: failed validation constraint for keyword [{keyword}]"
        )],
    }
}

/// The older way's words; properties that are not known are told together, place by place.
fn older_words(problems: &[Problem]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for problem in problems {
        let at = &problem.at;
        match &problem.what {
            What::Missing(name) => texts.push(format!("The property {{{at}/{name}}} is required")),
            What::Extraneous(_) if told.contains(&at.as_str()) => {}
            What::Extraneous(_) => {
                told.push(at);
                let here = problems.iter().filter(|other| other.at == *at);
                let names: Vec<_> = here
                    .filter_map(|other| match &other.what {
                        What::Extraneous(name) => Some(name.as_str()),
                        What::Missing(_)
                        | What::Type { .. }
                        | What::Enum
                        | What::Length { .. }
                        | What::Bound(_) => None,
                    })
                    .collect();
                let place = if at.is_empty() { "/" } else { at.as_str() };
                texts.push(format!(
                    "Encountered unsupported properties in {{{place}}}: [{}]",
                    names.join(", ")
                ));
            }
            What::Type { expected, .. } => {
                let expected = older_type(*expected);
                texts.push(format!(
                    "Value of property {{{at}}} does not match type {{{expected}}}"
                ));
            }
            // The newer way sees these, of whatever type.
            What::Enum | What::Length { .. } | What::Bound(_) => texts.extend(words(problem)),
        }
    }
    texts
}

fn newer_type(json_type: JsonType) -> &'static str {
    match json_type {
        JsonType::Array => "JSONArray",
        JsonType::Boolean => "Boolean",
        JsonType::Integer => "Integer",
        JsonType::Null => "Null",
        JsonType::Number => "Number",
        JsonType::Object => "JSONObject",
        JsonType::String => "String",
    }
}

fn newer_json(found: Json) -> &'static str {
    match found {
        Json::Array => "JSONArray",
        Json::Boolean => "Boolean",
        Json::Number => "Number",
        Json::Object => "JSONObject",
        Json::String => "String",
    }
}

fn older_type(json_type: JsonType) -> &'static str {
    match json_type {
        JsonType::Array => "Array",
        JsonType::Boolean => "Boolean",
        JsonType::Integer => "Integer",
        JsonType::Null => "Null",
        JsonType::Number => "Number",
        JsonType::Object => "Map",
        JsonType::String => "String",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(resource_type: &str, properties: Value) -> Option<(String, bool)> {
        let properties = properties.as_object().unwrap();
        let fault = validate(resource_type, "R", properties, &mut Ids::new(1)).err()?;
        Some((fault.reason, fault.leaves_record))
    }

    #[test]
    fn the_newer_way_leaves_nothing() {
        let check = |resource_type, properties, expected: &str| {
            let (reason, leaves_record) = fault(resource_type, properties).unwrap();
            let start = "Properties validation failed for resource R with message: ";
            assert_eq!(reason, format!("{start}[{expected}]"));
            assert!(!leaves_record);
        };
        let topic = "AWS::SNS::Topic";
        check(
            topic,
            json!({"Colour": "red"}),
            "#: extraneous key [Colour] is not permitted",
        );
        check(
            topic,
            json!({"TopicArn": "arn"}),
            "#: extraneous key [TopicArn] is not permitted",
        );
        check(
            topic,
            json!({"Tags": "a"}),
            "#/Tags: expected type: JSONArray, found: String",
        );
        check(
            topic,
            json!({"FifoTopic": "maybe"}),
            "#/FifoTopic: expected type: Boolean, found: String",
        );
        check(
            topic,
            json!({"Tags": [{"Key": "k"}]}),
            "#/Tags/0: required key [Value] not found",
        );
        check(
            "AWS::SSM::Parameter",
            json!({"Type": "Invalid", "Value": "Test"}),
            "#/Type: #: only 1 subschema matches out of 2, #/Type: failed validation constraint for keyword [enum]",
        );
        check(
            "AWS::S3::Bucket",
            json!({"BucketName": "b".repeat(64)}),
            "#/BucketName: expected maxLength: 63, actual: 64",
        );
    }

    #[test]
    fn the_older_way_leaves_a_resource_that_failed() {
        let check = |resource_type, properties, expected: &str| {
            let expected = format!("Property validation failure: [{expected}]");
            assert_eq!(fault(resource_type, properties), Some((expected, true)));
        };
        let parameter = "AWS::SSM::Parameter";
        check(
            parameter,
            json!({"Value": "v"}),
            "The property {/Type} is required",
        );
        check(
            parameter,
            json!({}),
            "The property {/Value} is required, The property {/Type} is required",
        );
        let project = json!({
            "Artifacts": {"Type": "NO_ARTIFACTS"},
            "Environment": {"ComputeType": "BUILD_GENERAL1_SMALL", "Image": "i", "Type": "LINUX_CONTAINER"},
            "ServiceRole": "role",
            "Source": {"Type": "NO_SOURCE"},
            "FilterGroups": [],
        });
        check(
            "AWS::CodeBuild::Project",
            project,
            "Encountered unsupported properties in {/}: [FilterGroups]",
        );
    }

    #[test]
    fn what_is_text_is_what_it_should_be() {
        let queue = json!({"DelaySeconds": "5", "FifoQueue": "false", "RedrivePolicy": {"maxReceiveCount": "3"}});
        assert_eq!(fault("AWS::SQS::Queue", queue), None);
        assert_eq!(fault("Custom::Thing", json!({"Any": "thing"})), None);
        assert_eq!(fault("Nobody::Knows::It", json!({"Any": "thing"})), None);
    }

    #[test]
    fn violations_say_where() {
        let properties = json!({"Tags": [{"Key": "k"}]});
        let found = validate(
            "AWS::SNS::Topic",
            "Topic",
            properties.as_object().unwrap(),
            &mut Ids::new(1),
        );
        let violation = Violation {
            path: "/Resources/Topic/Properties/Tags/0".to_owned(),
            reason: "#/Tags/0: required key [Value] not found".to_owned(),
        };
        assert_eq!(found.unwrap_err().violations, [violation]);
        let found = validate("AWS::S3::BucketPolicy", "P", &Map::new(), &mut Ids::new(1));
        let reasons: Vec<_> = found
            .unwrap_err()
            .violations
            .into_iter()
            .map(|one| one.reason)
            .collect();
        assert!(
            reasons.contains(&"Required property [PolicyDocument] not found".to_owned()),
            "{reasons:?}"
        );
    }
}
