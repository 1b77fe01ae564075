//! A rebuild that is only tried: whose images it runs, and what of it may be deleted.

use stratiform_assembly::Assembly;
use stratiform_bootstrap::REHEARSAL_OF;
use stratiform_deploy::guard::StackFound;
use stratiform_finding::Code;

use super::Target;
use crate::args::{Allow, Going, ServiceImage};
use crate::exit::Exit;
use crate::report::Failure;
use crate::services::{repository, services};

/// The images of the release, from the repositories of the environment that is rehearsed: its own are empty.
pub(super) fn images(target: &Target, account: &str) -> Vec<ServiceImage> {
    let Some((release, _)) = &target.release else {
        return Vec::new();
    };
    let region = &target.assembly.region;
    let registry = format!("{account}.dkr.ecr.{region}.{}", region.url_suffix());
    let services = services(&target.assembly).into_keys();
    let images = services.filter_map(|service| {
        let repository = repository(&target.assembly, service)?;
        Some(ServiceImage {
            service: service.to_owned(),
            image: format!("{registry}/{repository}:{release}"),
        })
    });
    images.collect()
}

/// Refuses where a stack of that name is something else, or may be.
///
/// # Errors
/// One is there, and does not say that it is a rehearsal of this environment; or one could not be asked for.
pub(super) fn refuse_foreign(found: &[StackFound], of: &str) -> Result<(), Failure> {
    if let Some((key, unasked)) = found
        .iter()
        .find_map(|found| Some((&found.key, found.stack.as_ref().err()?)))
    {
        let what = format!(
            "whether the rehearsal's stack `{key}` is there already could not be asked: {}",
            unasked.why
        );
        return Err(Failure::new(
            Exit::Failed,
            Code::AwsRefused,
            what,
            unasked.help.clone(),
        ));
    }
    let there = found.iter().filter_map(StackFound::there);
    let mut foreign =
        there.filter(|stack| stack.tags.get(REHEARSAL_OF).map(String::as_str) != Some(of));
    match foreign.next() {
        None => Ok(()),
        Some(stack) => Err(Failure::new(
            Exit::No,
            Code::StackProtected,
            format!(
                "the stack `{}` is there, and is no rehearsal of `{of}`",
                stack.name
            ),
            "a rehearsal deletes only what it made: see what the stack is for, and rename or delete it yourself",
        )),
    }
}

/// That all of it may be deleted.
pub(super) fn everything(assembly: &Assembly) -> Vec<Allow> {
    let stacks = assembly.stacks.iter();
    let all = stacks.flat_map(|stack| {
        let ids = stack.template.each_resource();
        ids.map(|(id, _)| Allow::Resource {
            going: Going::Deleted,
            stack: assembly.key(&stack.name).to_owned(),
            logical_id: id.to_owned(),
        })
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::guard::Unasked;

    use super::*;

    #[test]
    fn what_could_not_be_asked_for_may_be_there() {
        let of = |stack| StackFound {
            key: "data".to_owned(),
            planned: String::new(),
            stack,
            template: None,
            resources: Ok(Vec::new()),
            token: None,
        };
        assert!(refuse_foreign(&[of(Ok(None))], "prod").is_ok());
        let denied = Err(Unasked::because(
            "DescribeStacks is not allowed",
            "allow it",
        ));
        let refused = refuse_foreign(&[of(Ok(None)), of(denied)], "prod").unwrap_err();
        assert!(
            refused.exit == Exit::Failed,
            "nothing was made: it can be tried again"
        );
    }
}
