//! ECR: repositories and images.
//!
//! Nobody pushes layers here. An image is there once `PutImage` put it, or because a task definition uses it: what runs has
//! been pushed. See `docs/engine.md`.

use serde_json::{Map, Value, json};
use stratiform_service::Region;

use super::derived::derived;
use super::ecs;
use super::model;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::Living;
use crate::input::Refused;
use crate::state::{Realm, State};

const REPOSITORY: &str = "AWS::ECR::Repository";
const IMAGES: &str = "images";
const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "DescribeRepositories" => repositories(state, call),
        "DescribeImages" => describe(state, call),
        "ListImages" => {
            let realm = state.realm_of(call)?;
            let (name, _) = repository(realm, call)?;
            let ids = images(realm, name).into_iter().flat_map(|image| {
                let tags = image.tags.clone().into_iter();
                let digest = image.digest.clone();
                tags.map(move |tag| json!({ "imageDigest": digest, "imageTag": tag }))
            });
            let (ids, next) = page(ids, call.arguments.text("nextToken"), 100);
            Ok(json!({ "imageIds": ids, "nextToken": next }))
        }
        // `AWS:engine` in Base64. There is no registry behind it that would look at it.
        "GetAuthorizationToken" => Ok(json!({
            // stratiform: no secret: `AWS:engine`
            "authorizationData": [{ "authorizationToken": "QVdTOmVuZ2luZQ==" }],
        })),
        "PutImage" => put(state, call),
        "BatchDeleteImage" => delete(state, call),
        operation => {
            let message = format!("ECR's {operation} is not in the embedded engine");
            Err(unsupported(call, "UnknownOperationException", message))
        }
    }
}

/// An image in a repository.
struct Image {
    digest: String,
    tags: Vec<String>,
    pushed: Value,
}

fn repository<'r>(
    realm: &'r Realm,
    call: &'r Call<'_>,
) -> std::result::Result<(&'r str, &'r Living), Refused> {
    let name = call.arguments.needed("repositoryName")?;
    let living = realm.estate.living(REPOSITORY, name);
    living
        .map(|living| (name, living))
        .ok_or_else(|| no_repository(realm, name))
}

fn no_repository(realm: &Realm, name: &str) -> Refused {
    Refused::new(
        "RepositoryNotFoundException",
        format!(
            "The repository with name '{name}' does not exist in the registry with id '{}'",
            realm.account
        ),
    )
}

fn digest(text: &str) -> String {
    format!("sha256:{}", derived(text).hex(64))
}

/// The images of a repository: those that were put there, and those that task definitions use.
fn images(realm: &Realm, repository: &str) -> Vec<Image> {
    let kept = realm
        .estate
        .kept(IMAGES, repository)
        .and_then(Value::as_array);
    let put = kept.into_iter().flatten().filter_map(|image| {
        let tags = image
            .get("Tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        Some(Image {
            digest: image.get("Digest")?.as_str()?.to_owned(),
            tags: tags.filter_map(Value::as_str).map(str::to_owned).collect(),
            pushed: image.get("Pushed")?.clone(),
        })
    });
    let mut all: Vec<Image> = put.collect();
    for (image, since) in ecs::images(&realm.estate) {
        let path = image.split_once(".amazonaws.com").map(|(_, path)| path);
        let path = path
            .and_then(|path| path.split_once('/'))
            .map(|(_, path)| path);
        let Some(rest) = path.and_then(|path| path.strip_prefix(repository)) else {
            continue;
        };
        let (tag, digest) = match (rest.strip_prefix(':'), rest.strip_prefix('@')) {
            (Some(tag), _) => (Some(tag.to_owned()), digest(&format!("{repository}:{tag}"))),
            (None, Some(digest)) => (None, digest.to_owned()),
            (None, None) => continue,
        };
        let is_known = all.iter().any(|known| {
            known.digest == digest || tag.as_ref().is_some_and(|tag| known.tags.contains(tag))
        });
        if !is_known {
            all.push(Image {
                digest,
                tags: tag.into_iter().collect(),
                pushed: since,
            });
        }
    }
    all
}

fn repositories(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let names = call
        .arguments
        .texts("repositoryNames")
        .filter(|names| !names.is_empty());
    if let Some(names) = &names {
        let is_there = |name: &&String| realm.estate.living(REPOSITORY, name).is_some();
        if let Some(missing) = names.iter().find(|name| !is_there(name)) {
            return Err(no_repository(realm, missing));
        }
    }
    let all = realm.estate.all(REPOSITORY);
    let all = all.filter(|(name, _)| {
        names
            .as_ref()
            .is_none_or(|names| names.iter().any(|known| known == name))
    });
    let shown = all.map(|(name, living)| {
        let members = model::small(REPOSITORY, &living.properties);
        let member = |name: &str| members.get(name).cloned();
        json!({
            "repositoryArn": living.attribute("Arn"),
            "registryId": realm.account,
            "repositoryName": name,
            "repositoryUri": living.attribute("RepositoryUri"),
            "createdAt": living.since,
            "imageTagMutability": member("imageTagMutability").unwrap_or_else(|| "MUTABLE".into()),
            "imageScanningConfiguration":
                member("imageScanningConfiguration").unwrap_or_else(|| json!({ "scanOnPush": false })),
            "encryptionConfiguration":
                member("encryptionConfiguration").unwrap_or_else(|| json!({ "encryptionType": "AES256" })),
        })
    });
    let (repositories, next) = page(shown, call.arguments.text("nextToken"), 100);
    Ok(json!({ "repositories": repositories, "nextToken": next }))
}

fn describe(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let (name, living) = repository(realm, call)?;
    let all = images(realm, name);
    let scans = living.properties.get("ImageScanningConfiguration");
    let scans = scans.and_then(|scans| scans.get("ScanOnPush")?.as_str()) == Some("true");
    let shown = |image: &Image| {
        json!({
            "registryId": realm.account,
            "repositoryName": name,
            "imageDigest": image.digest,
            "imageTags": image.tags,
            "imageSizeInBytes": 50_000_000,
            "imagePushedAt": image.pushed,
            "imageScanStatus": scans.then(|| json!({ "status": "COMPLETE" })),
            "imageManifestMediaType": MANIFEST,
            "artifactMediaType": "application/vnd.docker.container.image.v1+json",
            "imageStatus": "ACTIVE",
        })
    };
    let asked = call
        .arguments
        .structures("imageIds")
        .filter(|asked| !asked.is_empty());
    let Some(asked) = asked else {
        let (details, next) = page(all.iter().map(shown), call.arguments.text("nextToken"), 100);
        return Ok(json!({ "imageDetails": details, "nextToken": next }));
    };
    let mut details = Vec::new();
    for asked in asked {
        let (digest, tag) = (asked.text("imageDigest"), asked.text("imageTag"));
        let found = all.iter().find(|image| {
            digest.is_none_or(|digest| image.digest == digest)
                && tag.is_none_or(|tag| image.tags.iter().any(|known| known == tag))
        });
        let found = found.ok_or_else(|| {
            Refused::new(
                "ImageNotFoundException",
                format!(
                    "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist within the repository with name '{name}' in the registry with id '{}'",
                    digest.unwrap_or("null"),
                    tag.unwrap_or("null"),
                    realm.account
                ),
            )
        })?;
        details.push(shown(found));
    }
    Ok(json!({ "imageDetails": details }))
}

fn put(state: &mut State, call: &mut Call<'_>) -> Result {
    let arguments = call.arguments;
    let now = state.now();
    let realm = state.realm_of(call)?;
    let (name, living) = repository(realm, call)?;
    let manifest = arguments.needed("imageManifest")?;
    let tag = arguments.text("imageTag");
    let own = arguments.text("imageDigest").map(str::to_owned);
    let own = own.unwrap_or_else(|| digest(manifest));
    let mut all = images(realm, name);
    let has_tag =
        |image: &Image| tag.is_some_and(|tag| image.tags.iter().any(|known| known == tag));
    if all
        .iter()
        .any(|image| has_tag(image) && image.digest == own)
    {
        return Err(Refused::new(
            "ImageAlreadyExistsException",
            format!(
                "Image with digest '{own}' and tag '{}' already exists in the repository with name '{name}' in registry with id '{}'",
                tag.unwrap_or_default(),
                realm.account
            ),
        ));
    }
    let is_immutable = living.text("ImageTagMutability") == Some("IMMUTABLE");
    if is_immutable && all.iter().any(has_tag) {
        return Err(Refused::new(
            "ImageTagAlreadyExistsException",
            format!(
                "The image tag '{}' already exists in the '{name}' repository and cannot be overwritten because the tag is immutable.",
                tag.unwrap_or_default()
            ),
        ));
    }
    for image in &mut all {
        image.tags.retain(|known| Some(known.as_str()) != tag);
    }
    match all.iter_mut().find(|image| image.digest == own) {
        Some(image) => image.tags.extend(tag.map(str::to_owned)),
        None => all.push(Image {
            digest: own.clone(),
            tags: tag.map(str::to_owned).into_iter().collect(),
            pushed: json!(now),
        }),
    }
    let answer = json!({
        "image": {
            "registryId": realm.account,
            "repositoryName": name,
            "imageId": { "imageDigest": own, "imageTag": tag },
            "imageManifest": manifest,
            "imageManifestMediaType": MANIFEST,
        },
    });
    let name = name.to_owned();
    keep(state, call, &name, &all)?;
    replicate(state, call, &name, &all)?;
    Ok(answer)
}

/// Copies images to where the registry's rules say: at once, and into repositories that are made there by the template for
/// what is replicated.
///
/// Source: Amazon ECR user guide, "Private image replication in Amazon ECR", "Templates to control repositories created during a pull through cache, create on push, or replication action".
fn replicate(
    state: &mut State,
    call: &mut Call<'_>,
    repository: &str,
    all: &[Image],
) -> std::result::Result<(), Refused> {
    let realm = state.realm_of(call)?;
    let account = realm.account.clone();
    let regions = destinations(realm, repository);
    let home = call.realm;
    for region in regions {
        let Ok(region) = Region::new(&region) else {
            continue;
        };
        call.realm = state.realm(&account, &region);
        let there = state.realm_of(call)?;
        if there.estate.living(REPOSITORY, repository).is_none() {
            let mut properties = template(there, repository);
            properties.insert("RepositoryName".to_owned(), repository.into());
            state.make_outside(call, REPOSITORY, properties)?;
        }
        keep(state, call, repository, all)?;
    }
    call.realm = home;
    Ok(())
}

/// The other regions of the account that images of a repository are copied to.
fn destinations(realm: &Realm, repository: &str) -> Vec<String> {
    let of = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned();
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let configured = realm.estate.all("AWS::ECR::ReplicationConfiguration");
    let configured =
        configured.filter_map(|(_, living)| living.properties.get("ReplicationConfiguration"));
    let rules = configured
        .filter_map(|configuration| of(configuration, "Rules"))
        .flatten();
    let rules = rules.filter(|rule| {
        of(rule, "RepositoryFilters").is_none_or(|filters| {
            let prefixes = filters.iter().filter_map(|filter| text(filter, "Filter"));
            filters.is_empty()
                || prefixes
                    .into_iter()
                    .any(|prefix| repository.starts_with(&prefix))
        })
    });
    let all = rules.filter_map(|rule| of(&rule, "Destinations")).flatten();
    let own = all.filter(|to| text(to, "RegistryId").as_deref() == Some(realm.account.as_str()));
    let regions = own.filter_map(|to| text(&to, "Region"));
    regions
        .filter(|region| region != realm.region.as_str())
        .collect()
}

/// What a repository is made with that nobody made.
fn template(realm: &Realm, repository: &str) -> Map<String, Value> {
    let templates = realm.estate.all("AWS::ECR::RepositoryCreationTemplate");
    let fitting = templates.filter(|(_, living)| {
        let prefix = living.text("Prefix").unwrap_or_default();
        prefix == "ROOT" || repository.starts_with(prefix)
    });
    let longest = fitting.max_by_key(|(_, living)| living.text("Prefix").map(str::len));
    let own = longest
        .into_iter()
        .flat_map(|(_, living)| living.properties.iter());
    let own = own.filter(|(name, _)| {
        ["EncryptionConfiguration", "ImageTagMutability"].contains(&name.as_str())
    });
    own.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn delete(state: &mut State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let (name, _) = repository(realm, call)?;
    let mut all = images(realm, name);
    let (mut deleted, mut failures) = (Vec::new(), Vec::new());
    for asked in call.arguments.structures("imageIds").unwrap_or_default() {
        let (digest, tag) = (asked.text("imageDigest"), asked.text("imageTag"));
        let before = all.len();
        all.retain(|image| {
            let is_it = digest == Some(image.digest.as_str())
                || tag.is_some_and(|tag| image.tags.iter().any(|known| known == tag));
            !is_it
        });
        let id = json!({ "imageDigest": digest, "imageTag": tag });
        match all.len() < before {
            true => deleted.push(id),
            false => failures.push(json!({
                "imageId": id,
                "failureCode": "ImageNotFound",
                "failureReason": "Requested image not found",
            })),
        }
    }
    let name = name.to_owned();
    keep(state, call, &name, &all)?;
    Ok(json!({ "imageIds": deleted, "failures": failures }))
}

fn keep(
    state: &mut State,
    call: &Call<'_>,
    repository: &str,
    all: &[Image],
) -> std::result::Result<(), Refused> {
    let images = all
        .iter()
        .map(|image| json!({ "Digest": image.digest, "Tags": image.tags, "Pushed": image.pushed }));
    let images = Value::Array(images.collect());
    state
        .realm_mut(call)?
        .estate
        .keep(IMAGES, repository, images);
    Ok(())
}
