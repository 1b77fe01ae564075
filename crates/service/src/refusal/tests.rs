use super::Refusal;
use crate::status::StackStatus;

/// Recorded from AWS by LocalStack and stackd, the tests named in the facts; where marked so, quoted by several clients.
const RECORDED: &[(&str, &str)] = &[
    ("ValidationError", "Stack with id shop does not exist"),
    ("ValidationError", "Stack [shop] does not exist"),
    ("ValidationError", "Stack 'shop' does not exist"),
    (
        "ValidationError",
        "Resource Parameter does not exist for stack shop",
    ),
    ("ChangeSetNotFound", "ChangeSet [release-7] does not exist"),
    ("ValidationError", "No updates are to be performed."),
    (
        "ValidationError",
        "Stack:arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1 is in DELETE_IN_PROGRESS state and can not be updated.",
    ),
    ("AlreadyExistsException", "Stack [shop] already exists"),
    (
        "ValidationError",
        "Stack [shop] already exists and cannot be created again with the changeSet [release-7].",
    ),
    (
        "AlreadyExistsException",
        "ChangeSet release-7 cannot be created due to a mismatch with existing attribute Description",
    ),
    (
        "InvalidChangeSetStatus",
        "ChangeSet [arn:aws:cloudformation:eu-central-1:111122223333:changeSet/release-7/1] cannot be executed in its current status of [FAILED]",
    ),
    (
        "InvalidChangeSetStatus",
        "Cannot delete ChangeSet in execution status EXECUTE_COMPLETE",
    ),
    (
        "TokenAlreadyExistsException",
        "The client request token t has already been used for this stack. Retry the request with a different client request token",
    ),
    (
        "InsufficientCapabilitiesException",
        "Requires capabilities : [CAPABILITY_AUTO_EXPAND]",
    ),
    (
        "ValidationError",
        "StackName must be specified if ChangeSetName is not specified as an ARN.",
    ),
    (
        "ValidationError",
        "GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.",
    ),
    ("ValidationError", "Parameter 'Value' must be a number."),
    (
        "ValidationError",
        "Parameter InputValue should either have input value or default value",
    ),
    (
        "ValidationError",
        "Resource type AWS::SNS::Topic is not allowed by parameter ResourceTypes [AWS::EC2::*]",
    ),
    (
        "ValidationError",
        "Role arn:aws:iam::111122223333:role/role-1 is invalid or cannot be assumed",
    ),
    (
        "ValidationError",
        "Either Template URL or Template Body must be specified.",
    ),
    (
        "ValidationError",
        "S3 error: Domain name specified in bucket is not a valid S3 domain",
    ),
    (
        "ValidationError",
        "Error validating stack policy: Invalid stack policy",
    ),
    (
        "ValidationError",
        "You cannot specify both StackPolicyURL and StackPolicyBody",
    ),
    (
        "ValidationError",
        "1 validation error detected: Value '*@da591fa3_$' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*",
    ),
    (
        "ValidationError",
        "Template format error: Unresolved resource dependencies [MyTopic] in the Resources block of the template",
    ),
    (
        "ValidationError",
        "Unresolved resource dependencies [MyTopic] in the Outputs block of the template",
    ),
    (
        "ValidationError",
        "[/Outputs/MyOutput/Value] 'null' values are not allowed in templates",
    ),
    (
        "ValidationError",
        "Invalid template resource property 'Invalid'",
    ),
    (
        "ValidationError",
        "Template format error: JSON not well-formed. (line 1, column 25)",
    ),
    (
        "ValidationError",
        "Template error: Unable to get mapping for TopicSuffixMap::C::Suffix",
    ),
    ("ValidationError", "TemplateURL must be a supported URL."),
    ("ValidationError", "Rollback Trigger Type not supported"),
    (
        "ValidationError",
        "RelativeId of a Rollback Trigger's ARN is incorrect",
    ),
    (
        "ValidationError",
        "Key Name of transform definition must be a string.",
    ),
    (
        "ValidationError",
        "Transform AWS::Include failed with: S3 bucket [x] does not exist.",
    ),
    // Quoted by several clients, not recorded.
    (
        "ValidationError",
        "Parameter 'Name' must match pattern ^[a-z]+$",
    ),
    (
        "ValidationError",
        "Parameter 'Naming' must contain at least 12 characters",
    ),
    (
        "ValidationError",
        "Parameter 'Naming' must contain at most 12 characters",
    ),
    (
        "ValidationError",
        "Parameter 'AvailabilityZoneCount' must be a number not less than 1",
    ),
    (
        "ValidationError",
        "Parameter 'AvailabilityZoneCount' must be a number not greater than 3",
    ),
    (
        "ValidationError",
        "Parameter InstanceType failed to satisfy constraint: must be a valid EC2 instance type.",
    ),
    (
        "ValidationError",
        "Parameter values specified for a template which does not require them.",
    ),
    (
        "ValidationError",
        "Unable to fetch parameters [/cdk-bootstrap/hnb659fds/version] from parameter store for this account.",
    ),
    (
        "ValidationError",
        "Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE",
    ),
    (
        "ValidationError",
        "Invalid input for parameter key Size. Cannot specify usePreviousValue as true for a parameter key not in the previous template",
    ),
    (
        "ValidationError",
        "Invalid input for parameter key Size. Cannot specify usePreviousValue as true and non empty value for a parameter",
    ),
    (
        "ValidationError",
        "You cannot specify both usePreviousTemplate and Template Body/Template URL.",
    ),
    (
        "ValidationError",
        "Invalid template property or properties [esbuild]",
    ),
    (
        "ValidationError",
        "Invalid template parameter property 'Regex'",
    ),
    (
        "ValidationError",
        "Template Error: Encountered unsupported function: fn::GetAtt Supported functions are: [Fn::Base64, Fn::GetAtt]",
    ),
    (
        "ValidationError",
        "Export 'network-VpcId' is not imported by any stack.",
    ),
    (
        "ValidationError",
        "This stack is currently in a non-terminal [UPDATE_FAILED] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API",
    ),
    (
        "ValidationError",
        "CancelUpdateStack cannot be called from current stack status",
    ),
    (
        "ValidationError",
        "Stack [shop] cannot be deleted while in status UPDATE_IN_PROGRESS",
    ),
    (
        "ValidationError",
        "Stack [shop] cannot be deleted while TerminationProtection is enabled",
    ),
    (
        "LimitExceededException",
        "ChangeSet limit exceeded for stack arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1",
    ),
    ("ValidationError", "Parameters: [A, B] must have values"),
    (
        "ValidationError",
        "Parameters: [X] do not exist in the template",
    ),
    (
        "ValidationError",
        "Parameter 'Stage' must be one of AllowedValues",
    ),
    (
        "ValidationError",
        "The following resources to import [A, B] must have DeletionPolicy attribute specified in the template.",
    ),
    (
        "ValidationError",
        "As part of the import operation, you cannot modify or add [RoleArn, Tags]",
    ),
    (
        "ValidationError",
        "Circular dependency between resources: [A, B, C]",
    ),
];

#[test]
fn what_was_recorded_is_known_and_comes_back_as_it_was() {
    for (code, message) in RECORDED {
        let refusal = Refusal::read(code, message).unwrap_or_else(|| panic!("{code} {message}"));
        assert!(!matches!(refusal, Refusal::Other { .. }), "{message}");
        assert_eq!(
            (refusal.code(), refusal.to_string().as_str()),
            (*code, *message)
        );
    }
}

#[test]
fn names_are_taken_out() {
    let stack_id = "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1";
    let message = format!("Stack:{stack_id} is in ROLLBACK_COMPLETE state and can not be updated.");
    assert_eq!(
        Refusal::read("ValidationError", &message),
        Some(Refusal::CannotBeUpdated {
            stack_id: stack_id.to_owned(),
            status: StackStatus::RollbackComplete.into(),
        })
    );
    let message = "Parameters: [A, B] must have values";
    let names = vec!["A".to_owned(), "B".to_owned()];
    assert_eq!(
        Refusal::read("ValidationError", message),
        Some(Refusal::ParametersMissing { names })
    );
    let missing = Refusal::read("ChangeSetNotFound", "ChangeSet [a] does not exist").unwrap();
    assert_eq!(missing.http_status(), 404);
}

#[test]
fn unknown_text_passes_through_untouched() {
    let text = "Stack with id shop does not exist, they say ";
    let refusal = Refusal::read("ValidationError", text).unwrap();
    assert_eq!(
        refusal,
        Refusal::Other {
            text: text.to_owned()
        }
    );
    assert_eq!(refusal.to_string(), text);
}

#[test]
fn words_alone_are_no_refusal() {
    for code in ["AccessDenied", "Throttling", "InternalFailure"] {
        assert_eq!(
            Refusal::read(code, "Stack with id shop does not exist"),
            None
        );
        assert_eq!(Refusal::read(code, "something else"), None);
    }
}

#[test]
fn three_ways_to_miss_a_stack() {
    let missing = |message| {
        Refusal::read("ValidationError", message).is_some_and(|refusal| refusal.is_stack_missing())
    };
    assert!(missing("Stack with id a does not exist"));
    assert!(missing("Stack [a] does not exist"));
    assert!(missing("Stack 'a' does not exist"));
    assert!(!missing("Resource A does not exist for stack a"));
    assert!(!missing("No updates are to be performed."));
}

#[test]
fn nobody_imports_in_whatever_words() {
    for message in [
        "Export 'a' is not imported by any stack.",
        "a is not imported by any stack",
    ] {
        assert!(
            Refusal::read("ValidationError", message)
                .unwrap()
                .is_nobody_imports()
        );
    }
}
