//! The snapshots of an environment, as something to deploy: what a deployment gives besides templates.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::root;

/// The account that everything is deployed into.
pub(crate) const ACCOUNT: &str = "111122223333";

/// An environment.
pub(crate) struct Environment {
    pub(crate) region: String,
    /// In an order in which they can be deployed.
    pub(crate) stacks: Vec<Stack>,
}

/// A stack of it.
pub(crate) struct Stack {
    pub(crate) name: String,
    pub(crate) template: PathBuf,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) capabilities: Vec<String>,
    /// The names of the stacks that have to be there before.
    pub(crate) depends_on: Vec<String>,
    /// How many resources it has.
    pub(crate) resources: u64,
}

impl Environment {
    /// Reads `snapshots/<environment>/assembly.json` of this repository.
    ///
    /// # Errors
    /// It is not there, or a parameter has no value that could be made up.
    pub(crate) fn read(environment: &str) -> Result<Environment, String> {
        Environment::read_in(root(), environment)
    }

    /// Reads `snapshots/<environment>/assembly.json` of a project.
    ///
    /// # Errors
    /// It is not there, or a parameter has no value that could be made up.
    pub(crate) fn read_in(project: &Path, environment: &str) -> Result<Environment, String> {
        let folder = project.join("snapshots").join(environment);
        let file = folder.join("assembly.json");
        let text = fs::read_to_string(&file)
            .map_err(|error| format!("cannot read `{}`: {error}", file.display()))?;
        let assembly: Value = serde_json::from_str(&text)
            .map_err(|error| format!("`{}` is no JSON: {error}", file.display()))?;
        let region = text_of(&assembly["region"]);
        let stacks = assembly["stacks"].as_array().into_iter().flatten();
        let stacks = stacks.map(|stack| {
            let entries = |key: &str| stack[key].as_object().into_iter().flatten();
            let parameters = entries("parameters").map(|(name, value)| {
                let value = match value.as_str() {
                    Some(value) => value.to_owned(),
                    None => made_up(environment, &region, name)?,
                };
                Ok((name.clone(), value))
            });
            let texts = |key: &str| {
                let texts = stack[key].as_array().into_iter().flatten();
                texts.map(text_of).collect()
            };
            Ok(Stack {
                name: text_of(&stack["name"]),
                template: folder.join(text_of(&stack["template"])),
                parameters: parameters.collect::<Result<_, String>>()?,
                tags: entries("tags")
                    .map(|(key, value)| (key.clone(), text_of(value)))
                    .collect(),
                capabilities: texts("capabilities"),
                depends_on: texts("dependsOn"),
                resources: stack["resources"].as_u64().unwrap_or_default(),
            })
        });
        Ok(Environment {
            stacks: stacks.collect::<Result<_, String>>()?,
            region,
        })
    }
}

/// The value of a parameter that whoever deploys has to give.
fn made_up(environment: &str, region: &str, parameter: &str) -> Result<String, String> {
    if parameter == "CertificateArn" {
        return Ok(format!(
            "arn:aws:acm:{region}:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"
        ));
    }
    match parameter.strip_suffix("Image") {
        Some(service) => Ok(format!(
            "{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/storefront/{environment}/{}:1",
            service.to_lowercase()
        )),
        None => Err(format!(
            "nobody knows a value for the parameter `{parameter}` of {environment}"
        )),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
