//! ARNs of what CloudFormation makes: no later thing of the same name has the same one.

use super::{AccountId, Region, name};

name! {
    /// ARN of a stack: `arn:aws:cloudformation:eu-central-1:111122223333:stack/shop-prod-network/<uuid>`.
    pub struct StackId(
        "a stack's ARN",
        "`arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>`",
        is_stack_id
    );
}

name! {
    /// ARN of a change set: `arn:aws:cloudformation:eu-central-1:111122223333:changeSet/release-7/<uuid>`. Only with it
    /// can a change set be found after its execution.
    pub struct ChangeSetId(
        "a change set's ARN",
        "`arn:<partition>:cloudformation:<region>:<account>:changeSet/<name>/<id>`",
        is_change_set_id
    );
}

fn is_stack_id(text: &str) -> bool {
    resource(text, "stack").is_some()
}

fn is_change_set_id(text: &str) -> bool {
    resource(text, "changeSet").is_some()
}

/// The region, the account and the name in an ARN of CloudFormation. The last part is the service's own.
fn resource<'a>(text: &'a str, kind: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
    let partition = parts.next()?;
    let service = parts.next()?;
    let (region, account) = (parts.next()?, parts.next()?);
    let mut path = parts.next()?.split('/');
    let fits = partition.starts_with("aws")
        && service == "cloudformation"
        && Region::new(region).is_ok()
        && AccountId::new(account).is_ok()
        && path.next() == Some(kind);
    let name = path.next().filter(|name| !name.is_empty())?;
    path.next().filter(|id| !id.is_empty())?;
    (fits && path.next().is_none()).then_some((region, account, name))
}

impl StackId {
    /// The stack's name.
    pub fn stack_name(&self) -> &str {
        resource(self.as_str(), "stack").map_or("", |(.., name)| name)
    }

    /// The region.
    pub fn region(&self) -> &str {
        resource(self.as_str(), "stack").map_or("", |(region, ..)| region)
    }

    /// The account.
    pub fn account(&self) -> &str {
        resource(self.as_str(), "stack").map_or("", |(_, account, _)| account)
    }
}

impl ChangeSetId {
    /// The change set's name.
    pub fn change_set_name(&self) -> &str {
        resource(self.as_str(), "changeSet").map_or("", |(.., name)| name)
    }
}
