//! What a deployer asks the services around CloudFormation.

mod database;
mod ecs;
mod outside;
mod tasks;
mod values;

use serde_json::Value;

use crate::cloud::Cloud;

/// Asks for something that has to be there.
fn ask(cloud: &mut Cloud, service: &str, operation: &str, parameters: Value) -> Value {
    let shown = parameters.to_string();
    let answer = cloud.ask(service, operation, parameters);
    answer.unwrap_or_else(|refused| panic!("{operation} {shown}: {refused}"))
}

/// Asks for something that is refused; returns the code.
fn refused(cloud: &mut Cloud, service: &str, operation: &str, parameters: Value) -> String {
    let shown = parameters.to_string();
    match cloud.ask(service, operation, parameters) {
        Ok(answer) => panic!("{operation} {shown}: {answer}"),
        Err(refused) => refused.split(':').next().unwrap().to_owned(),
    }
}

/// Calls an operation of CloudFormation without waiting.
fn begin(cloud: &mut Cloud, operation: &str, stack: &str, template: &str) {
    let parameters = serde_json::json!({ "StackName": stack, "TemplateBody": template });
    cloud.done(operation, parameters);
}
