//! The codes of everything this crate finds wrong, in one list.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $text:literal,)+) => {
        /// What is wrong, as a stable name: the key of the documentation and of suppressions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the enum.
            pub const ALL: &[Code] = &[$(Code::$variant,)+];

            /// The code in kebab-case: `duplicate-key`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$variant => $text,)+
                }
            }
        }
    };
}

codes! {
    /// The bytes are not UTF-8.
    InvalidEncoding = "invalid-encoding",
    /// The text is larger than any template may be.
    TooLarge = "template-too-large",
    /// Collections stand inside each other too many times.
    TooDeep = "nested-too-deep",
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
    /// More than one YAML document.
    MultipleDocuments = "multiple-documents",
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

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Code;

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} stands twice");
            let kebab = |byte: u8| byte == b'-' || byte.is_ascii_lowercase();
            assert!(text.bytes().all(kebab), "{text} is not kebab-case");
        }
    }
}
