//! The images that a release pins: what was tested with it, or what has its name in ECR.

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::call::Image;
use stratiform_deploy::guard::{Asked, Git, Heading, ImageFound, Promotion, Unasked, tested};
use stratiform_deploy::{Call, FailureKind, Reply};
use stratiform_service::{AccountId, Region};

use super::InEcr;
use crate::cloud::Cloud;
use crate::commands::guard::looking::ask;
use crate::services::{repository, services};

/// What pins an image.
pub(crate) struct Pinning<'a> {
    /// Whose ECR it is.
    pub cloud: &'a Cloud,
    /// The way to it.
    pub aws: &'a Aws,
    /// What is to be deployed.
    pub assembly: &'a Assembly,
    /// The whole environment: where repositories are declared.
    pub whole: &'a Assembly,
    /// Where it leads.
    pub heading: Heading,
    /// The environment before this one, as it was synthesized and as it is there.
    pub promotion: Option<(&'a Assembly, &'a Promotion)>,
    /// What is deployed from.
    pub git: Option<&'a Git>,
    /// The release that somebody named.
    pub release: Option<&'a str>,
    /// The environment's account, as far as it is known.
    pub account: Option<&'a AccountId>,
}

/// What is pinned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pinned {
    /// Whole names by parameter.
    pub values: IndexMap<String, String>,
    /// What should be there and is not, or could not be asked for: the services keep what they run.
    pub missing: Vec<ImageFound>,
}

/// The images of services that nobody named: those that were tested with the release; else those that are tagged with it
/// in the services' own repositories. Where a release leads back, one that is not there is missed.
pub(crate) async fn pinned(pinning: &Pinning<'_>, named: &IndexMap<String, String>) -> Pinned {
    let mut pinned = Pinned::default();
    let Some(account) = pinning.account else {
        return pinned;
    };
    let release = pinning.release.or_else(|| {
        let git = pinning.git?;
        git.tags.first().map(String::as_str)
    });
    let tested = pinning
        .promotion
        .map(|(_, promotion)| tested(promotion, pinning.release, pinning.git))
        .unwrap_or_default();
    let services = services(pinning.assembly).into_iter();
    for (service, parameter) in services.filter(|(_, parameter)| !named.contains_key(*parameter)) {
        let own = repository(pinning.whole, service);
        let image = match (tested.get(parameter), own, release) {
            (Some(tested), own, _) => match pinning.here(tested, service, own) {
                Some(image) => image,
                None => {
                    pinned.values.insert(parameter.to_owned(), tested.clone());
                    continue;
                }
            },
            (None, Some(repository), Some(release)) => InEcr {
                repository,
                reference: release.to_owned(),
            },
            (None, None, Some(release)) if pinning.heading == Heading::Back => {
                pinned.missing.push(ImageFound {
                    name: format!("{service} of {release}"),
                    image: Err(Unasked {
                        kind: Some(FailureKind::Refused),
                        ..Unasked::because(
                            "no stack has its repository with a name that is plain text",
                            "",
                        )
                    }),
                });
                continue;
            }
            (None, ..) => continue,
        };
        let is_needed = tested.contains_key(parameter) || pinning.heading == Heading::Back;
        let image = match pinning.look_up(&image).await {
            Ok(Some(found)) if !found.digest.is_empty() => InEcr {
                reference: found.digest,
                ..image
            },
            Ok(Some(_)) => image,
            // A release need not have images of its own.
            Ok(None) if !is_needed => continue,
            other => {
                pinned.missing.push(ImageFound {
                    name: image.name(account, &pinning.assembly.region),
                    image: other,
                });
                continue;
            }
        };
        let name = image.name(account, &pinning.assembly.region);
        pinned.values.insert(parameter.to_owned(), name);
    }
    pinned
}

impl Pinning<'_> {
    /// The image of this environment that is the same as one of the environment before: each has a repository of its own,
    /// or both use one that is neither's.
    fn here(&self, tested: &str, service: &str, own: Option<String>) -> Option<InEcr> {
        let (before, _) = self.promotion?;
        let place = Place::of(tested)?;
        let theirs = repository(before, service)?;
        (place.image.repository == theirs).then_some(InEcr {
            repository: own?,
            reference: place.image.reference,
        })
    }

    /// An image in the environment's account and region; the engine has all of them, without digests.
    pub(crate) async fn look_up(&self, image: &InEcr) -> Asked<Option<Image>> {
        if let Cloud::Embedded(_) = self.cloud {
            return Ok(Some(Image {
                digest: String::new(),
                tags: Vec::new(),
                pushed: None,
            }));
        }
        let call = Call::DescribeImage {
            repository: image.repository.clone(),
            reference: image.reference.clone(),
        };
        ask(self.aws, call, |reply| match reply {
            Reply::Image(image) => Some(image),
            _ => None,
        })
        .await
    }

    /// Whether a place is in the environment's account and region.
    pub(crate) fn is_here(&self, place: &Place) -> bool {
        let region = &self.assembly.region;
        self.account
            .is_some_and(|account| place.is_in(account, region))
    }
}

/// Where in ECR an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    account: String,
    region: String,
    /// What it is called there.
    pub image: InEcr,
}

impl Place {
    /// The place of an image by its whole name; none where the name says that it is elsewhere.
    pub(crate) fn of(name: &str) -> Option<Place> {
        let (host, image) = name.split_once('/')?;
        let (account, host) = host.split_once(".dkr.ecr.")?;
        let (region, _) = host.split_once('.')?;
        let (repository, reference) = image
            .split_once('@')
            .or_else(|| image.rsplit_once(':'))
            .unwrap_or((image, "latest"));
        // With a tag and a digest, the digest is meant.
        let repository = repository.split(':').next().unwrap_or(repository);
        Some(Place {
            account: account.to_owned(),
            region: region.to_owned(),
            image: InEcr {
                repository: repository.to_owned(),
                reference: reference.to_owned(),
            },
        })
    }

    /// Whether it is in an account and region.
    pub(crate) fn is_in(&self, account: &AccountId, region: &Region) -> bool {
        self.account == account.as_str() && self.region == region.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_ecr() {
        let registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
        let found = |image: &str| {
            let place = Place::of(&format!("{registry}/{image}")).unwrap();
            (place.image.repository, place.image.reference)
        };
        let expected =
            |repository: &str, reference: &str| (repository.to_owned(), reference.to_owned());
        assert_eq!(found("shop/api:1.2"), expected("shop/api", "1.2"));
        assert_eq!(
            found("shop/api@sha256:ab"),
            expected("shop/api", "sha256:ab")
        );
        assert_eq!(found("api:1@sha256:ab"), expected("api", "sha256:ab"));
        assert_eq!(found("api"), expected("api", "latest"));
        let whole = Place::of(&format!("{registry}/api:1")).unwrap();
        assert_eq!(
            (&*whole.account, &*whole.region),
            ("111122223333", "eu-west-1")
        );
        for elsewhere in [
            "api:1",
            "docker.io/library/nginx:1",
            "ghcr.io/a/b@sha256:ab",
        ] {
            assert_eq!(Place::of(elsewhere), None, "{elsewhere}");
        }
    }
}
