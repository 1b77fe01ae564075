//! `history`: what was deployed, and how that went.
//!
//! What lives here: from arguments to an answer, and asking. What does not: what it means (`stratiform_deploy::history`).

use futures_util::future::join;
use futures_util::{StreamExt, stream};
use stratiform_assembly::Assembly;
use stratiform_aws::{Aws, now};
use stratiform_deploy::guard::{Asked, Unasked};
use stratiform_deploy::history::{History, Past, PastStack};
use stratiform_deploy::{Call, Reply};
use stratiform_service::{StackEvent, StackId, Timestamp};

use crate::args::{Global, History as Arguments, HistoryFormat};
use crate::cloud::Cloud;
use crate::commands::guard::looking::{AT_ONCE, ask};
use crate::commands::status::finding::Place;
use crate::definition::Definition;
use crate::report::{Colour, Failure};
use crate::repository::git::Folder;
use crate::repository::project::Project;
use crate::runtime::block_on;
use crate::view::history::{Shown, json, markdown, text};
use crate::view::{Answer, View};

/// Asks, and tells.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Arguments,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let place = Place::of(define, &project, &args.env)?;
    let tags = Folder::new(&project.root).tagged()?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    view.event(&place.asking());
    let now = now();
    let since = args.since.moment(now);
    let (identity, stacks, deleted) = block_on(async {
        let (aws, identity) = place.reach(&cloud).await?;
        let (there, gone) = join(
            there(&aws, &place.assembly, since),
            gone(&aws, &place.assembly, since),
        )
        .await;
        let (gone, deleted) = match gone {
            Ok(gone) => (gone, None),
            Err(unasked) => (Vec::new(), Some(unasked)),
        };
        Ok((identity, [there, gone].concat(), deleted))
    })?;
    let history = History::of(&Past {
        stacks,
        deleted,
        tags,
        since,
        now,
    });
    let shown = Shown {
        environment: &args.env,
        region: place.assembly.region.as_str(),
        account: identity.account.as_str(),
        since,
        history: &history,
    };
    let colour = Colour::on(global.color, &std::io::stdout());
    Ok(Answer::of(match args.format {
        HistoryFormat::Text => text(&shown, colour),
        HistoryFormat::Markdown => markdown(&shown),
        HistoryFormat::Json => json(&shown),
    }))
}

/// The stacks that are there, with their events.
async fn there(aws: &Aws, assembly: &Assembly, since: Timestamp) -> Vec<PastStack> {
    let found = assembly.stacks.iter().map(async |planned| {
        let call = Call::DescribeStack {
            stack: planned.name.clone(),
        };
        let stack = ask(aws, call, |reply| match reply {
            Reply::Stack(stack) => Some(stack),
            _ => None,
        })
        .await;
        let id = stack.as_ref().ok().and_then(Option::as_ref);
        let id = id.map(|stack| stack.id.clone());
        PastStack {
            key: assembly.key(&planned.name).to_owned(),
            events: match &id {
                Some(id) => events(aws, id, since).await,
                None => Ok(Vec::new()),
            },
            id,
            stack,
        }
    });
    stream::iter(found).buffered(AT_ONCE).collect().await
}

/// The stacks of these names that were deleted, with their events.
async fn gone(aws: &Aws, assembly: &Assembly, since: Timestamp) -> Result<Vec<PastStack>, Unasked> {
    let deleted = ask(aws, Call::ListDeletedStacks, |reply| match reply {
        Reply::DeletedStacks(stacks) => Some(stacks),
        _ => None,
    })
    .await?;
    let is_ours = |id: &StackId| {
        let mut stacks = assembly.stacks.iter();
        stacks.any(|planned| planned.name == id.stack_name())
    };
    let found = deleted
        .into_iter()
        .filter(is_ours)
        .map(async |id| PastStack {
            key: assembly.key(id.stack_name()).to_owned(),
            events: events(aws, &id, since).await,
            id: Some(id),
            stack: Ok(None),
        });
    Ok(stream::iter(found).buffered(AT_ONCE).collect().await)
}

async fn events(aws: &Aws, stack: &StackId, since: Timestamp) -> Asked<Vec<StackEvent>> {
    let call = Call::EventsSince {
        stack: stack.clone(),
        since,
    };
    ask(aws, call, |reply| match reply {
        Reply::Events(events) => Some(events),
        _ => None,
    })
    .await
}
