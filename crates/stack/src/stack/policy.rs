//! How a stack is told which updates it refuses.

use std::panic::Location;

use stratiform_finding::{Code, Finding, Place};

use super::Stack;
use crate::resource::handle::AnyHandle;
use crate::stack::protection::{PolicyDocumentDraft, Protection, Update};
use crate::value::property::Json;

impl Stack {
    /// Refuses some updates of some resources of this stack, whoever asks for them: a stack policy, which must be
    /// changed before such an update is possible. Everything else stays allowed.
    ///
    /// Several calls add up. A resource of another stack is a mistake, reported with the place of this call; a
    /// policy that is made from handles follows the resources when their logical IDs change.
    ///
    /// ```
    /// use stratiform_stack::{App, References, Settings, Untyped, Update, json};
    ///
    /// # fn main() -> Result<(), Vec<stratiform_finding::Finding>> {
    /// # let app = App::new(Settings {
    /// #     app: "shop".to_owned(),
    /// #     environment: "prod".to_owned(),
    /// #     region: "eu-central-1".parse().unwrap(),
    /// #     references: References::Strong,
    /// #     termination_protection: true,
    /// #     tags: Default::default(),
    /// # });
    /// let stack = app.stack("orders", "Orders");
    /// let key = stack.add("Key", Untyped::new("AWS::KMS::Key", json!({})));
    /// let table = stack.add("Table", Untyped::new("AWS::DynamoDB::Table", json!({})));
    /// stack.protect([&table, &key], [Update::Replace, Update::Delete]);
    ///
    /// let assembly = app.synthesize()?;
    /// let policy = assembly.stacks[0].policy.document().map(|policy| policy.to_json());
    /// assert!(policy.is_some_and(|policy| policy.contains("LogicalResourceId/Table")));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn protect<const N: usize>(
        &self,
        resources: [&dyn AnyHandle; N],
        updates: impl IntoIterator<Item = Update>,
    ) {
        let protection = Protection {
            resources: resources.map(|handle| handle.target()).into(),
            updates: updates.into_iter().collect(),
            location: Location::caller(),
        };
        let mut draft = self.draft.borrow_mut();
        let nothing = match (
            protection.resources.is_empty(),
            protection.updates.is_empty(),
        ) {
            (true, _) => Some("protects no resource"),
            (false, true) => Some("protects resources from no update"),
            (false, false) => None,
        };
        if let Some(nothing) = nothing {
            let problem = Finding::new(
                Code::StackPolicy,
                format!("stack `{}` {nothing}", draft.key),
                "name the handles and the updates: `stack.protect([&table], [Update::Delete])`",
            )
            .at(Place::rust(protection.location, "protected here"));
            draft.problems.push(problem);
        } else {
            draft.stack_policy.protections.push(protection);
        }
    }

    /// Sets the stack policy as a document, for what [`Stack::protect`] cannot say: exceptions, conditions on
    /// types, patterns of logical IDs. What `protect` says is added to its statements.
    ///
    /// The document is plain, since CloudFormation evaluates nothing in it. It names resources as
    /// `LogicalResourceId/Table`, where `*` stands for any text; a name that no resource of the stack has is a
    /// mistake. A stack has one such document.
    #[track_caller]
    pub fn stack_policy(&self, document: impl Into<Json>) {
        let given = PolicyDocumentDraft {
            document: document.into(),
            location: Location::caller(),
        };
        let mut draft = self.draft.borrow_mut();
        if let Some(first) = &draft.stack_policy.document {
            let problem = Finding::new(
                Code::StackPolicy,
                format!("the stack policy of `{}` is set twice", draft.key),
                "write one document, or `stack.protect(…)` as often as you like",
            )
            .at(Place::rust(given.location, "set again here"))
            .at(Place::rust(first.location, "first set here"));
            draft.problems.push(problem);
        } else {
            draft.stack_policy.document = Some(given);
        }
    }
}
