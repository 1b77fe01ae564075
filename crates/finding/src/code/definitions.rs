//! What is wrong with what a team writes: the files of environments, and stacks in Rust.

/// Hands these codes on, behind those of the subjects before.
macro_rules! definitions {
    ([$next:ident $($then:ident)*] $($before:tt)*) => {
        $next! {
            [$($then)*]
            $($before)*
            /// Environments: the files of values.
            Environments {
                /// A key that nothing reads.
                UnknownKey = "unknown-key",
                /// A value that must be there.
                MissingKey = "missing-key",
                /// Text where a number is needed, a list where a map is.
                WrongType = "wrong-type",
                /// None of the values that are allowed.
                NotAllowed = "not-allowed",
                /// Too small or too large.
                OutOfRange = "out-of-range",
                /// Too short or too long, too few or too many.
                WrongLength = "wrong-length",
                /// Text that is not what it should be: no region, no CIDR block.
                Malformed = "malformed",
                /// The same item twice.
                Repeated = "repeated",
                /// Values that are each fine and do not fit together.
                Conflict = "conflict",
                /// The environment's type uses something that the check does not know.
                UnsupportedType = "unsupported-type",
            }
            /// Stacks: definitions in Rust.
            Stacks {
                /// Two stacks of one environment have the same name.
                DuplicateStack = "duplicate-stack",
                /// A stack's name is not one CloudFormation accepts.
                StackName = "stack-name",
                /// A logical ID is used twice in one stack.
                DuplicateLogicalId = "duplicate-logical-id",
                /// A logical ID is not alphanumeric, or longer than 255 characters.
                LogicalId = "logical-id",
                /// Stacks need each other in a circle.
                CyclicStacks = "cyclic-stacks",
                /// `DependsOn` names a resource of another stack.
                DependsOnAcrossStacks = "depends-on-across-stacks",
                /// A name of a mapping, an output or the metadata is used twice in one stack.
                DuplicateName = "duplicate-name",
                /// Two outputs, or two exports, would have the same name.
                ExportCollision = "export-collision",
                /// Another stack uses a resource that exists only where a condition holds.
                ConditionalExport = "conditional-export",
                /// A condition is used in a stack that does not have it.
                ConditionAcrossStacks = "condition-across-stacks",
                /// Another stack uses a hidden parameter, which an output would show.
                SecretAcrossStacks = "secret-across-stacks",
                /// A handle or a stack belongs to another app.
                ForeignHandle = "foreign-handle",
                /// A stack policy is more than a plain document, or set twice.
                StackPolicy = "stack-policy",
                /// A stack policy names a resource that its stack does not have.
                StackPolicyResource = "stack-policy-resource",
                /// A stack protects a resource of another stack.
                ProtectAcrossStacks = "protect-across-stacks",
                /// A part was asked for something that cannot work.
                Part = "part",
                /// The properties of an untyped resource are no map.
                UntypedProperties = "untyped-properties",
                /// A statement of a policy names an action that IAM does not have.
                UnknownAction = "unknown-action",
                /// A condition of a policy has an operator that IAM does not have.
                UnknownOperator = "unknown-operator",
                /// A condition of a policy has a key that AWS does not have.
                UnknownConditionKey = "unknown-condition-key",
            }
        }
    };
}
