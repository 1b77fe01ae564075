//! Why CloudFormation refuses a call.
//!
//! What lives here: codes and messages as types; read by whoever calls, written by whoever answers. What does not:
//! refusals that are not CloudFormation's own (credentials, permissions, throttling), and what to do about any.
//!
//! Source: recorded refusals; where none was recorded, what several clients of others match.

use crate::status::{ExecutionStatus, StackStatus};
use crate::text::texts;
use crate::word::Word;

texts! {
    /// A call that CloudFormation refused. `Display` is the message, as sent.
    pub enum Refusal {
        /// `DescribeStacks`, `GetTemplate` and others.
        StackMissing { stack: String } = "Stack with id {} does not exist",
        /// `DescribeStackEvents`, and the calls of change sets.
        StackOfEventsMissing { stack: String } = "Stack [{}] does not exist",
        /// `DescribeStackResource`.
        StackOfResourceMissing { stack: String } = "Stack '{}' does not exist",
        ResourceMissing { logical_id: String, stack: String } = "Resource {} does not exist for stack {}",
        ChangeSetMissing { change_set: String } = "ChangeSet [{}] does not exist",
        NoUpdates {} = "No updates are to be performed.",
        /// The words are not recorded: see [`Refusal::is_nobody_imports`].
        NotImported { export: String } = "Export '{}' is not imported by any stack.",
        CannotBeUpdated { stack_id: String, status: Word<StackStatus> } = "Stack:{} is in {} state and can not be updated.",
        Halfway { status: Word<StackStatus> } = "This stack is currently in a non-terminal [{}] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API",
        Protected { stack: String } = "Stack [{}] cannot be deleted while TerminationProtection is enabled",
        CannotBeDeleted { stack: String, status: Word<StackStatus> } = "Stack [{}] cannot be deleted while in status {}",
        WrongStatus { operation: String } = "{} cannot be called from current stack status",
        SummaryOfReview {} = "GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.",
        StackNotCreatedAgain { stack: String, change_set: String } = "Stack [{}] already exists and cannot be created again with the changeSet [{}].",
        StackExists { stack: String } = "Stack [{}] already exists",
        ChangeSetMismatch { change_set: String, attribute: String } = "ChangeSet {} cannot be created due to a mismatch with existing attribute {}",
        /// The words are not recorded.
        ChangeSetNotExecutableAgain { change_set_id: String, status: Word<ExecutionStatus> } = "ChangeSet [{}] cannot be executed in its current execution status of [{}]",
        ChangeSetNotExecutable { change_set_id: String, status: String } = "ChangeSet [{}] cannot be executed in its current status of [{}]",
        ChangeSetNotDeletable { status: Word<ExecutionStatus> } = "Cannot delete ChangeSet in execution status {}",
        ChangeSetLimit { stack_id: String } = "ChangeSet limit exceeded for stack {}",
        TokenUsed { token: String } = "The client request token {} has already been used for this stack. Retry the request with a different client request token",
        CapabilitiesMissing { capabilities: Vec<String> } = "Requires capabilities : [{}]",
        StackNameMissing {} = "StackName must be specified if ChangeSetName is not specified as an ARN.",
        ParametersMissing { names: Vec<String> } = "Parameters: [{}] must have values",
        ParametersUnknown { names: Vec<String> } = "Parameters: [{}] do not exist in the template",
        ParameterNotInPlace { name: String } = "Parameter {} should either have input value or default value",
        ParameterNotANumber { name: String } = "Parameter '{}' must be a number.",
        ParameterNotAllowed { name: String } = "Parameter '{}' must be one of AllowedValues",
        /// Quoted by several clients.
        ParameterNotMatching { name: String, pattern: String } = "Parameter '{}' must match pattern {}",
        /// The same.
        ParameterTooShort { name: String, characters: String } = "Parameter '{}' must contain at least {} characters",
        /// The same.
        ParameterTooLong { name: String, characters: String } = "Parameter '{}' must contain at most {} characters",
        /// The same.
        ParameterTooSmall { name: String, least: String } = "Parameter '{}' must be a number not less than {}",
        /// The same.
        ParameterTooLarge { name: String, most: String } = "Parameter '{}' must be a number not greater than {}",
        /// Where the template has words of its own for a constraint. Quoted by several clients.
        ParameterUnsatisfied { name: String, constraint: String } = "Parameter {} failed to satisfy constraint: {}",
        /// Quoted by one client.
        ParametersNotWanted {} = "Parameter values specified for a template which does not require them.",
        /// Of names in Systems Manager that are defaults. Quoted by several clients.
        ParametersNotFetched { names: Vec<String> } = "Unable to fetch parameters [{}] from parameter store for this account.",
        /// Quoted by several clients.
        PreviousValueOfNew {} = "Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE",
        /// The same.
        PreviousValueMissing { name: String } = "Invalid input for parameter key {}. Cannot specify usePreviousValue as true for a parameter key not in the previous template",
        /// The same.
        PreviousValueAndValue { name: String } = "Invalid input for parameter key {}. Cannot specify usePreviousValue as true and non empty value for a parameter",
        ResourceTypeNotAllowed { resource_type: String, allowed: Vec<String> } = "Resource type {} is not allowed by parameter ResourceTypes [{}]",
        RoleUnusable { role: String } = "Role {} is invalid or cannot be assumed",
        NoTemplate {} = "Either Template URL or Template Body must be specified.",
        TemplateOutsideS3 { bucket: String } = "S3 error: Domain name specified in {} is not a valid S3 domain",
        TemplateUrlUnsupported {} = "TemplateURL must be a supported URL.",
        /// Quoted by clients.
        TwoTemplates {} = "You cannot specify both usePreviousTemplate and Template Body/Template URL.",
        TriggerTypeUnsupported {} = "Rollback Trigger Type not supported",
        TriggerArnIncorrect {} = "RelativeId of a Rollback Trigger's ARN is incorrect",
        InvalidStackPolicy {} = "Error validating stack policy: Invalid stack policy",
        TwoStackPolicies {} = "You cannot specify both StackPolicyURL and StackPolicyBody",
        ImportsWithoutDeletionPolicy { logical_ids: Vec<String> } = "The following resources to import [{}] must have DeletionPolicy attribute specified in the template.",
        ImportWithMore { attributes: Vec<String> } = "As part of the import operation, you cannot modify or add [{}]",
        /// A part of the request does not have its form.
        Constraint { value: String, member: String, constraint: String } = "1 validation error detected: Value {} at '{}' failed to satisfy constraint: {}",
        UnresolvedReferences { names: Vec<String> } = "Template format error: Unresolved resource dependencies [{}] in the Resources block of the template",
        /// Of outputs. Here the words in front are not sent.
        UnresolvedOutputs { names: Vec<String> } = "Unresolved resource dependencies [{}] in the Outputs block of the template",
        Circle { logical_ids: Vec<String> } = "Circular dependency between resources: [{}]",
        NullValue { place: String } = "[{}] 'null' values are not allowed in templates",
        UnknownAttribute { name: String } = "Invalid template resource property '{}'",
        /// Quoted by several clients.
        UnknownSections { names: Vec<String> } = "Invalid template property or properties [{}]",
        /// The words are not recorded.
        UnknownParameterAttribute { name: String } = "Invalid template parameter property '{}'",
        TransformNameNotText {} = "Key Name of transform definition must be a string.",
        TransformFailed { transform: String, why: String } = "Transform {} failed with: {}",
        /// Quoted by several clients. The names of the functions that there are follow.
        UnsupportedFunction { name: String, supported: Vec<String> } = "Template Error: Encountered unsupported function: {} Supported functions are: [{}]",
        /// The template does not have its form.
        TemplateFormat { what: String } = "Template format error: {}",
        /// A function in the template is wrong.
        TemplateError { what: String } = "Template error: {}",
    }
}

/// AWS's code of most refusals: the message is all there is to go by.
const VALIDATION: &str = "ValidationError";

impl Refusal {
    /// Reads a code and a message. None where the code is not one of CloudFormation's refusals of what is asked:
    /// credentials, permissions, throttling, outages.
    pub fn read(code: &str, message: &str) -> Option<Refusal> {
        let refusal = Refusal::read_text(message);
        match refusal {
            Refusal::Other { .. } => (code == VALIDATION).then_some(refusal),
            _ => (code == refusal.code()).then_some(refusal),
        }
    }

    /// AWS's code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::ChangeSetMissing { .. } => "ChangeSetNotFound",
            Refusal::ChangeSetNotExecutable { .. }
            | Refusal::ChangeSetNotExecutableAgain { .. }
            | Refusal::ChangeSetNotDeletable { .. } => "InvalidChangeSetStatus",
            Refusal::StackExists { .. } | Refusal::ChangeSetMismatch { .. } => {
                "AlreadyExistsException"
            }
            Refusal::ChangeSetLimit { .. } => "LimitExceededException",
            Refusal::TokenUsed { .. } => "TokenAlreadyExistsException",
            Refusal::CapabilitiesMissing { .. } => "InsufficientCapabilitiesException",
            Refusal::StackMissing { .. }
            | Refusal::StackOfEventsMissing { .. }
            | Refusal::StackOfResourceMissing { .. }
            | Refusal::ResourceMissing { .. }
            | Refusal::NoUpdates {}
            | Refusal::NotImported { .. }
            | Refusal::CannotBeUpdated { .. }
            | Refusal::Halfway { .. }
            | Refusal::Protected { .. }
            | Refusal::CannotBeDeleted { .. }
            | Refusal::WrongStatus { .. }
            | Refusal::SummaryOfReview {}
            | Refusal::StackNotCreatedAgain { .. }
            | Refusal::StackNameMissing {}
            | Refusal::ParametersMissing { .. }
            | Refusal::ParametersUnknown { .. }
            | Refusal::ParameterNotInPlace { .. }
            | Refusal::ParameterNotANumber { .. }
            | Refusal::ParameterNotAllowed { .. }
            | Refusal::ParameterNotMatching { .. }
            | Refusal::ParameterTooShort { .. }
            | Refusal::ParameterTooLong { .. }
            | Refusal::ParameterTooSmall { .. }
            | Refusal::ParameterTooLarge { .. }
            | Refusal::ParameterUnsatisfied { .. }
            | Refusal::ParametersNotWanted {}
            | Refusal::ParametersNotFetched { .. }
            | Refusal::PreviousValueOfNew {}
            | Refusal::PreviousValueMissing { .. }
            | Refusal::PreviousValueAndValue { .. }
            | Refusal::ResourceTypeNotAllowed { .. }
            | Refusal::RoleUnusable { .. }
            | Refusal::NoTemplate {}
            | Refusal::TemplateOutsideS3 { .. }
            | Refusal::TemplateUrlUnsupported {}
            | Refusal::TwoTemplates {}
            | Refusal::TriggerTypeUnsupported {}
            | Refusal::TriggerArnIncorrect {}
            | Refusal::InvalidStackPolicy {}
            | Refusal::TwoStackPolicies {}
            | Refusal::ImportsWithoutDeletionPolicy { .. }
            | Refusal::ImportWithMore { .. }
            | Refusal::Constraint { .. }
            | Refusal::UnresolvedReferences { .. }
            | Refusal::UnresolvedOutputs { .. }
            | Refusal::Circle { .. }
            | Refusal::NullValue { .. }
            | Refusal::UnknownAttribute { .. }
            | Refusal::UnknownSections { .. }
            | Refusal::UnknownParameterAttribute { .. }
            | Refusal::TransformNameNotText {}
            | Refusal::TransformFailed { .. }
            | Refusal::UnsupportedFunction { .. }
            | Refusal::TemplateFormat { .. }
            | Refusal::TemplateError { .. }
            | Refusal::Other { .. } => VALIDATION,
        }
    }

    /// The status of the answer over HTTP.
    pub fn http_status(&self) -> u16 {
        match self.code() {
            "ChangeSetNotFound" => 404,
            _ => 400,
        }
    }

    /// Whether there is no such stack, in any of the three ways in which AWS says so.
    pub fn is_stack_missing(&self) -> bool {
        matches!(
            self,
            Refusal::StackMissing { .. }
                | Refusal::StackOfEventsMissing { .. }
                | Refusal::StackOfResourceMissing { .. }
        )
    }

    /// Whether no stack imports an export. Nobody recorded how AWS says so: whatever has these words is taken for it.
    pub fn is_nobody_imports(&self) -> bool {
        self.code() == VALIDATION && self.to_string().contains("is not imported by any stack")
    }
}

#[cfg(test)]
mod tests;
