//! The words of a change. Where they have an order, the worst is last, so that several are combined with `max`.

use crate::word::words;

words! {
    /// What does an entry of a change set speak of?
    pub enum ChangeType {
        /// A resource.
        Resource = "Resource",
    }
}

words! {
    /// What happens to a resource.
    pub enum Action {
        /// It is made.
        Add = "Add",
        /// It is updated or replaced.
        Modify = "Modify",
        /// It leaves the stack.
        Remove = "Remove",
        /// It exists, and becomes the stack's.
        Import = "Import",
        /// That is only known during the change.
        Dynamic = "Dynamic",
        /// Only what the stack knows of it changes: it is already so.
        SyncWithActual = "SyncWithActual",
    }
}

words! {
    /// Does a change replace the resource?
    pub enum Replacement {
        /// The resource is updated in place.
        WillNot = "False",
        /// That depends on what is only known during the change.
        May = "Conditional",
        /// A new resource takes its place.
        Will = "True",
    }
}

words! {
    /// What happens to a physical resource that leaves the stack or is replaced?
    pub enum PolicyAction {
        /// It is deleted.
        Delete = "Delete",
        /// It stays, outside of the stack.
        Retain = "Retain",
        /// It is deleted after a snapshot was taken.
        Snapshot = "Snapshot",
        /// A new one takes its place, and it is deleted.
        ReplaceAndDelete = "ReplaceAndDelete",
        /// A new one takes its place, and it stays, outside of the stack.
        ReplaceAndRetain = "ReplaceAndRetain",
        /// A new one takes its place, and it is deleted after a snapshot was taken.
        ReplaceAndSnapshot = "ReplaceAndSnapshot",
    }
}

impl PolicyAction {
    /// The same, of a resource that is replaced.
    pub fn of_replacement(self) -> PolicyAction {
        match self {
            PolicyAction::Delete | PolicyAction::ReplaceAndDelete => PolicyAction::ReplaceAndDelete,
            PolicyAction::Retain | PolicyAction::ReplaceAndRetain => PolicyAction::ReplaceAndRetain,
            PolicyAction::Snapshot | PolicyAction::ReplaceAndSnapshot => {
                PolicyAction::ReplaceAndSnapshot
            }
        }
    }
}

words! {
    /// An attribute of a resource: what a change is a change of.
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum Attribute {
        Properties = "Properties",
        Metadata = "Metadata",
        CreationPolicy = "CreationPolicy",
        UpdatePolicy = "UpdatePolicy",
        DeletionPolicy = "DeletionPolicy",
        UpdateReplacePolicy = "UpdateReplacePolicy",
        Tags = "Tags",
    }
}

words! {
    /// Does a change of this attribute make a new resource?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum RequiresRecreation {
        Never = "Never",
        Conditionally = "Conditionally",
        Always = "Always",
    }
}

words! {
    /// When is the new value known?
    pub enum Evaluation {
        /// Before the change.
        Static = "Static",
        /// During the change: it may turn out to be the same.
        Dynamic = "Dynamic",
    }
}

words! {
    /// Where does a change come from?
    pub enum ChangeSource {
        /// `Ref` of a resource that is replaced.
        ResourceReference = "ResourceReference",
        /// A parameter with another value.
        ParameterReference = "ParameterReference",
        /// `Fn::GetAtt` of a resource that changes.
        ResourceAttribute = "ResourceAttribute",
        /// The template itself.
        DirectModification = "DirectModification",
        /// A nested stack, which CloudFormation updates with its parent whether or not it changes.
        Automatic = "Automatic",
        /// Nowhere: the template says what it said.
        NoModification = "NoModification",
    }
}

words! {
    /// Does a value come, go or become another?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum AttributeChangeType {
        Add = "Add",
        Modify = "Modify",
        Remove = "Remove",
        SyncWithActual = "SyncWithActual",
    }
}

words! {
    /// Where does a value come from, in a change set that reverts drift?
    pub enum ValueSource {
        /// What is there.
        ActualState = "ACTUAL_STATE",
        /// What was deployed last.
        PreviousDeploymentState = "PREVIOUS_DEPLOYMENT_STATE",
        /// The template.
        Template = "TEMPLATE",
    }
}

words! {
    /// Did somebody else change a resource?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum ResourceDriftStatus {
        InSync = "IN_SYNC",
        Modified = "MODIFIED",
        Deleted = "DELETED",
        NotChecked = "NOT_CHECKED",
        Unknown = "UNKNOWN",
        Unsupported = "UNSUPPORTED",
    }
}

words! {
    /// Why is drift left alone?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum ResourceDriftIgnoredReason {
        WriteOnlyProperty = "WRITE_ONLY_PROPERTY",
        ManagedByAws = "MANAGED_BY_AWS",
        SensitiveProperty = "SENSITIVE_PROPERTY",
    }
}
