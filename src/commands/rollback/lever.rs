//! `rollback --service`: the emergency lever.

use std::time::Instant;

use super::crossing::look_at_service;
use super::{There, Today};
use crate::args::{Global, Rollback};
use crate::commands::deploy::conduct::pace;
use crate::commands::deploy::hotswap::patience;
use crate::commands::deploy::in_line::in_line;
use crate::commands::deploy::preparing::resolved;
use crate::commands::deploy::{consent, exit, interrupts, watched};
use crate::commands::swap::{To, begin, follow, propose, site};
use crate::exit::Exit;
use crate::images::asked;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::view::deployment::Sources;
use crate::view::deployment::words::duration;
use crate::view::{Event, View};

/// Gives a service its previous task definition back, follows it until it is well, and brings its stack in line.
pub(super) async fn pull(
    global: &Global,
    args: &Rollback,
    name: &str,
    there: &There<'_>,
    today: &Today<'_>,
    view: &mut dyn View,
) -> Result<Exit, Failure> {
    let begun = Instant::now();
    let mut say = |text: String| view.event(&Event::Notice { text });
    let (assembly, settings) = (&today.assembly, today.settings);
    let There {
        cloud,
        aws,
        identity,
        found,
    } = *there;
    let site = site(assembly, found, name)?;
    let folder = Folder::new(&today.project.root);
    let of_stack = found.get(site.stack).map(std::slice::from_ref);
    for text in look_at_service(&folder, name, of_stack.unwrap_or_default(), args)? {
        say(text);
    }
    let images = asked(assembly, &args.image).map_err(Failure::of)?;
    let images = resolved(aws, assembly, identity, images, cloud).await?;
    let to = images
        .get(&site.parameter)
        .cloned()
        .map_or(To::Before, To::Image);
    let proposal = propose(aws, &site, &to).await?;
    say(proposal.text(&site));
    let deploy = args.deployment(None);
    if !consent(&deploy).is_yes(&args.env, &mut say) {
        return Ok(Exit::No);
    }
    // Whatever keeps the stack from being brought in line is found before anything is changed.
    let plan = in_line(
        &deploy,
        settings,
        (assembly, found),
        identity,
        (&site, &proposal.image),
    )?;
    let pulled = Instant::now();
    let arn = begin(aws, &site, &proposal).await?;
    say(format!(
        "ECS accepted it after {}",
        duration(begun.elapsed())
    ));
    let left =
        "its stack is not in line: the next deployment keeps the image and brings it in line";
    let followed = follow(
        aws,
        &site,
        &arn,
        pace(args.local),
        patience(settings),
        |text| say(text.to_owned()),
    );
    let mut interrupts = interrupts();
    let followed = tokio::select! {
        followed = followed => Some(followed),
        _ = interrupts.recv() => None,
    };
    match followed {
        Some(Ok(())) => {}
        Some(Err(failure)) => {
            say(left.to_owned());
            return Err(failure);
        }
        None => {
            say(format!("interrupted: ECS goes on by itself; {left}"));
            return Ok(Exit::NeedsPerson);
        }
    }
    say(format!(
        "{} is well, {} after it was accepted",
        site.name,
        duration(pulled.elapsed())
    ));
    say("its stack is brought in line, so that the next deployment does not undo this".to_owned());
    let run = watched(global, &deploy, aws, plan, &Sources::default(), begun).await;
    match exit(run.outcome()) {
        Exit::Done => Ok(Exit::Done),
        Exit::RolledBack => {
            say(format!(
                "its stack went back to the image before, and CloudFormation has {} run that again: look at it now",
                site.name
            ));
            Ok(Exit::NeedsPerson)
        }
        // ECS was changed all the same.
        Exit::Failed | Exit::Usage | Exit::No | Exit::NeedsPerson => {
            say(format!("{} runs {}, and {left}", site.name, proposal.image));
            Ok(Exit::NeedsPerson)
        }
    }
}
