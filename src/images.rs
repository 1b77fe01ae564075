//! Which image each service runs.

pub(crate) mod pinning;

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_finding::words::listed;
use stratiform_finding::{Code, Finding};
use stratiform_service::{AccountId, Region};

use crate::args::ServiceImage;
use crate::services::{REPOSITORY, kebab, meant_of, pascal, repository, services};

/// The image of a service as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Its whole name.
    Whole(String),
    /// What stands in a repository of ECR in the environment's account and region.
    InEcr(InEcr),
}

/// An image in ECR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InEcr {
    /// The repository's name.
    pub repository: String,
    /// A tag, or a digest.
    pub reference: String,
}

impl InEcr {
    /// The image's whole name.
    pub(crate) fn name(&self, account: &AccountId, region: &Region) -> String {
        let InEcr {
            repository,
            reference,
        } = self;
        let suffix = if region.as_str().starts_with("cn-") {
            ".cn"
        } else {
            ""
        };
        let separator = if reference.starts_with("sha256:") {
            '@'
        } else {
            ':'
        };
        format!(
            "{account}.dkr.ecr.{region}.amazonaws.com{suffix}/{repository}{separator}{reference}"
        )
    }
}

/// The images that were asked for, by parameter.
///
/// # Errors
/// A service that is not there, is named twice, or has no repository that is known.
pub(crate) fn asked(
    assembly: &Assembly,
    images: &[ServiceImage],
) -> Result<IndexMap<String, Asked>, Vec<Finding>> {
    let services = services(assembly);
    let mut found = IndexMap::new();
    let mut findings = Vec::new();
    for ServiceImage { service, image } in images {
        let prefix = pascal(service);
        let Some(parameter) = services.get(prefix.as_str()) else {
            let what = format!("no service is called `{service}`");
            let help = meant_of(assembly, service);
            findings.push(Finding::new(Code::UnknownService, what, help));
            continue;
        };
        let asked = if image.contains('/') {
            Ok(Asked::Whole(image.clone()))
        } else {
            let repository = repository(assembly, &prefix);
            let asked = repository.map(|repository| {
                Asked::InEcr(InEcr {
                    repository,
                    reference: image.clone(),
                })
            });
            asked.ok_or_else(|| no_repository(service, &prefix))
        };
        match asked {
            Ok(asked) => {
                if found.insert((*parameter).to_owned(), asked).is_some() {
                    findings.push(Finding::new(
                        Code::Repeated,
                        format!("the image of `{service}` is given twice"),
                        "leave one of them",
                    ));
                }
            }
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() {
        Ok(found)
    } else {
        Err(findings)
    }
}

/// What stands in for images that nobody gave, where any image will do; by parameter.
pub(crate) fn stand_ins(assembly: &Assembly, account: &AccountId) -> IndexMap<String, String> {
    let services = services(assembly).into_iter();
    let images = services.map(|(service, parameter)| {
        let repository = repository(assembly, service);
        let image = InEcr {
            repository: repository.unwrap_or_else(|| kebab(service)),
            reference: "local".to_owned(),
        };
        (parameter.to_owned(), image.name(account, &assembly.region))
    });
    images.collect()
}

fn no_repository(service: &str, prefix: &str) -> Finding {
    Finding::new(
        Code::UnknownImage,
        format!("it is not known where the images of `{service}` are"),
        format!("write the image's whole name: --image {service}=REGISTRY/REPOSITORY:TAG"),
    )
    .because(format!(
        "no stack has an `AWS::ECR::Repository` {} with a name that is plain text",
        listed([format!("{prefix}{REPOSITORY}")])
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::deploy::planning::tests::assembly;

    fn images(texts: &[&str]) -> Vec<ServiceImage> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn tags_digests_and_whole_names() {
        let account = AccountId::new("111122223333").unwrap();
        let assembly = assembly();
        let shown = |image: &str| {
            let asked = asked(&assembly, &images(&[&format!("web-api={image}")])).unwrap();
            match asked.get("WebApiImage").unwrap() {
                Asked::Whole(name) => name.clone(),
                Asked::InEcr(image) => image.name(&account, &assembly.region),
            }
        };
        let registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/dev/web-api";
        assert_eq!(shown("1.2"), format!("{registry}:1.2"));
        assert_eq!(shown("sha256:ab"), format!("{registry}@sha256:ab"));
        assert_eq!(shown("other/place:1"), "other/place:1");
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let refused = |texts: &[&str]| {
            let findings = asked(&assembly(), &images(texts)).unwrap_err();
            let found = findings.into_iter();
            found
                .map(|finding| format!("{}: {}", finding.what, finding.help))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            refused(&["web-ap=1", "nobody=1"]),
            [
                "no service is called `web-ap`: did you mean `web-api`?",
                "no service is called `nobody`: the services are: mailer, web-api",
            ]
        );
        assert_eq!(
            refused(&["mailer=1"]),
            [
                "it is not known where the images of `mailer` are: write the image's whole name: \
                 --image mailer=REGISTRY/REPOSITORY:TAG"
            ]
        );
        assert_eq!(
            refused(&["web-api=1", "web-api=2"]),
            ["the image of `web-api` is given twice: leave one of them"]
        );
    }
}
