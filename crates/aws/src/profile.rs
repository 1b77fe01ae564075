//! The profile that was asked for, where there is none: the SDK goes on to look elsewhere, and ends with the last place.

use aws_config::profile::{ProfileSet, load};
use aws_types::os_shim_internal::{Env, Fs};

use crate::error::FailedCall;

/// The failure, with the missing profile as its reason if that is what is missing. Nothing else is told of the
/// files than the names of profiles.
pub(crate) async fn explained(failure: FailedCall) -> FailedCall {
    // AWS itself said something: then there were credentials.
    if failure.code.is_some() {
        return failure;
    }
    match load(&Fs::real(), &Env::real(), &Default::default(), None).await {
        Ok(profiles) => {
            missing(&profiles).map_or(failure.clone(), |message| FailedCall { message, ..failure })
        }
        Err(_) => failure,
    }
}

fn missing(profiles: &ProfileSet) -> Option<String> {
    /// What is read on a screen.
    const NAMED: usize = 20;
    let wanted = profiles.selected_profile();
    // Nobody asked for `default`, and nobody has to have it.
    if wanted == "default" || profiles.get_profile(wanted).is_some() {
        return None;
    }
    let mut names: Vec<String> = profiles
        .profiles()
        .map(|name| format!("`{name}`"))
        .collect();
    names.sort();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let known = match (names.is_empty(), more) {
        (true, _) => "none is configured".to_owned(),
        (false, 0) => format!("there are {}", names.join(", ")),
        (false, more) => format!("there are {} and {more} more", names.join(", ")),
    };
    Some(format!(
        "there is no profile `{wanted}`, which AWS_PROFILE names; {known}"
    ))
}
