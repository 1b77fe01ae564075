//! What is wrong with a text, and with a template by itself.

/// Hands these codes on, behind those of the subjects before.
macro_rules! templates {
    ([$next:ident $($then:ident)*] $($before:tt)*) => {
        $next! {
            [$($then)*]
            $($before)*
            /// Texts: YAML, JSON, encodings, limits of reading.
            Texts {
                /// The bytes are not UTF-8.
                InvalidEncoding = "invalid-encoding",
                /// The text is larger than any template may be.
                TemplateTooLarge = "template-too-large",
                /// Collections stand inside each other too many times.
                NestedTooDeep = "nested-too-deep",
                /// The text, or what its aliases expand to, has too many parts.
                TooManyNodes = "too-many-nodes",
                /// The text is not JSON.
                InvalidJson = "invalid-json",
                /// The text is not YAML.
                InvalidYaml = "invalid-yaml",
                /// A tab indents a line of YAML.
                TabIndentation = "tab-indentation",
                /// A key stands twice in one map.
                DuplicateKey = "duplicate-key",
                /// A key is a list, a map or a function.
                KeyNotScalar = "key-not-scalar",
                /// A YAML tag that CloudFormation does not know.
                UnknownTag = "unknown-tag",
                /// A YAML tag whose content does not fit it.
                InvalidTag = "invalid-tag",
                /// An alias without an anchor, or inside its own anchor.
                InvalidAlias = "invalid-alias",
                /// A merge key `<<` with something other than maps.
                InvalidMerge = "invalid-merge",
                /// A key of digits without quotes, which CloudFormation takes for a number.
                NumberAsKey = "number-as-key",
                /// Digits after a zero without quotes, which arrive as another number.
                LeadingZero = "leading-zero",
                /// More than one YAML document.
                MultipleDocuments = "multiple-documents",
            }
            /// Templates: form, names, references.
            Templates {
                /// The template, or a part of it, has the wrong form.
                InvalidStructure = "invalid-structure",
                /// A part that must be there is not.
                MissingMember = "missing-member",
                /// A member that CloudFormation does not know at this place.
                UnknownMember = "unknown-member",
                /// `Fn::…` with a name that CloudFormation does not know.
                UnknownFunction = "unknown-function",
                /// A function with other keys beside it.
                FunctionWithSiblings = "function-with-siblings",
                /// A `null` where CloudFormation refuses it.
                NullValue = "null-value",
                /// No resources.
                NoResources = "no-resources",
                /// A name with characters that CloudFormation refuses.
                InvalidName = "invalid-name",
                /// More of something than CloudFormation allows.
                QuotaExceeded = "quota-exceeded",
                /// `Ref`, `Fn::GetAtt` or `Fn::Sub` of something that is not in the template.
                UnresolvedReference = "unresolved-reference",
                /// `DependsOn` of a resource that is not in the template, or of itself.
                UnresolvedDependsOn = "unresolved-depends-on",
                /// A condition that is not in the template.
                UnresolvedCondition = "unresolved-condition",
                /// `Fn::FindInMap` of a mapping or key that is not in the template.
                UnresolvedMapping = "unresolved-mapping",
                /// Resources or conditions that wait for each other.
                CircularDependency = "circular-dependency",
                /// Two outputs with one export name.
                DuplicateExport = "duplicate-export",
                /// A function whose argument has the wrong form.
                InvalidFunctionArgument = "invalid-function-argument",
                /// A function where CloudFormation does not evaluate any, or not this one.
                FunctionNotAllowed = "function-not-allowed",
                /// A function of `AWS::LanguageExtensions` without that transform.
                MissingTransform = "missing-transform",
            }
            /// Templates: what is used, what leads where, and what collides.
            Usage {
                /// An attribute that a resource's type does not have.
                UnknownAttribute = "unknown-attribute",
                /// A reference to a resource that is not there in some case where the reference is.
                ConditionalReference = "conditional-reference",
                /// A reference to a resource of another kind than the property takes.
                ReferenceKind = "reference-kind",
                /// A branch of `Fn::If` that no case leads to.
                UnreachableBranch = "unreachable-branch",
                /// A comparison that always holds, or never does.
                ConstantCondition = "constant-condition",
                /// A parameter that nothing refers to.
                UnusedParameter = "unused-parameter",
                /// A mapping that nothing looks into.
                UnusedMapping = "unused-mapping",
                /// A condition that nothing asks for.
                UnusedCondition = "unused-condition",
                /// A variable of `Fn::Sub` that its text does not have.
                UnusedVariable = "unused-variable",
                /// `Fn::Sub` of a text without variables.
                NeedlessSub = "needless-sub",
                /// Text with `${Name}` that nothing replaces.
                VariableWithoutSub = "variable-without-sub",
                /// A type that parameters cannot have.
                ParameterType = "parameter-type",
                /// A constraint of a parameter that cannot be read, or does not fit its type.
                ParameterConstraint = "parameter-constraint",
                /// A default that the parameter's own constraints do not allow.
                ParameterDefault = "parameter-default",
                /// An entry of the console's interface that cannot be used.
                InterfaceEntry = "interface-entry",
                /// An attribute beside a resource's properties that its type does not take.
                ResourceAttribute = "resource-attribute",
                /// What a resource holds is kept when it is deleted, or when it is replaced, and not in both cases.
                UnevenPolicies = "uneven-policies",
                /// An output that is no text.
                OutputValue = "output-value",
                /// A `DependsOn` that a reference says already.
                RedundantDependsOn = "redundant-depends-on",
                /// Two resources that would have one name.
                NameCollision = "name-collision",
                /// A parameter and a resource of one name.
                AmbiguousName = "ambiguous-name",
                /// A dynamic reference that cannot be read, or that is not resolved where it stands.
                DynamicReference = "dynamic-reference",
                /// A hidden parameter that an output or the metadata shows.
                HiddenShown = "hidden-shown",
                /// Nearly as much of something as CloudFormation allows.
                NearLimit = "near-limit",
                /// A nested stack that is given other parameters than its template has.
                NestedParameter = "nested-parameter",
                /// An export that is imported and that no stack has.
                ImportWithoutExport = "import-without-export",
                /// An export that no stack imports.
                UnusedExport = "unused-export",
            }
        }
    };
}
