//! CloudFormation's Query protocol, as far as it takes to deploy and to look at what was deployed: one small client.

use std::cell::Cell;
use std::fs;

use super::error::BenchError;
use crate::deployment::{ACCOUNT, Stack};
use crate::http;

/// A client of an endpoint in a region.
pub(super) struct Caller {
    address: String,
    signature: String,
    /// How many calls were made.
    made: Cell<u32>,
}

impl Caller {
    pub(super) fn new(address: &str, region: &str) -> Caller {
        Caller {
            address: address.to_owned(),
            signature: http::signature(ACCOUNT, region, "cloudformation"),
            made: Cell::new(0),
        }
    }

    pub(super) fn made(&self) -> u32 {
        self.made.get()
    }

    /// Calls an operation, and gives the XML of its answer.
    pub(super) fn call(
        &self,
        operation: &str,
        parameters: &[(String, String)],
    ) -> Result<String, BenchError> {
        self.made.set(self.made.get() + 1);
        let mut body = format!("Action={operation}&Version=2010-05-15");
        for (name, value) in parameters {
            body += &format!("&{name}={}", encoded(value));
        }
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Authorization", self.signature.as_str()),
        ];
        let answer = http::post(&self.address, "/", &headers, &body);
        match answer.map_err(BenchError::file("call", &self.address))? {
            (200, answer) => Ok(answer),
            (status, answer) => Err(BenchError::Answer(format!(
                "{operation}: {status} {answer}"
            ))),
        }
    }

    /// All items of a list about a stack, over all pages: the XML of each, which has no list in it.
    pub(super) fn list(&self, operation: &str, stack: &str) -> Result<Vec<String>, BenchError> {
        let mut items = Vec::new();
        let mut parameters = vec![pair("StackName", stack)];
        loop {
            let answer = self.call(operation, &parameters)?;
            let pieces = answer.split("<member>").skip(1);
            let pieces = pieces.filter_map(|piece| piece.split("</member>").next());
            items.extend(pieces.map(str::to_owned));
            let Some(next) = element(&answer, "NextToken") else {
                return Ok(items);
            };
            parameters.truncate(1);
            parameters.push(pair("NextToken", next));
        }
    }

    /// A change set, its execution, and the end of it.
    pub(super) fn deploy(&self, stack: &Stack) -> Result<(), BenchError> {
        let template = fs::read_to_string(&stack.template);
        let template = template.map_err(BenchError::file("read", &stack.template))?;
        let mut parameters = vec![
            pair("StackName", &stack.name),
            pair("ChangeSetName", "bench"),
            pair("ChangeSetType", "CREATE"),
            pair("TemplateBody", &template),
        ];
        for (index, (name, value)) in (1..).zip(&stack.parameters) {
            let member = format!("Parameters.member.{index}");
            parameters.push(pair(&format!("{member}.ParameterKey"), name));
            parameters.push(pair(&format!("{member}.ParameterValue"), value));
        }
        for (index, (key, value)) in (1..).zip(&stack.tags) {
            parameters.push(pair(&format!("Tags.member.{index}.Key"), key));
            parameters.push(pair(&format!("Tags.member.{index}.Value"), value));
        }
        for (index, capability) in (1..).zip(&stack.capabilities) {
            parameters.push(pair(&format!("Capabilities.member.{index}"), capability));
        }
        self.call("CreateChangeSet", &parameters)?;
        let change_set = [
            pair("StackName", &stack.name),
            pair("ChangeSetName", "bench"),
        ];
        let described = self.call("DescribeChangeSet", &change_set)?;
        if !described.contains("<Status>CREATE_COMPLETE</Status>") {
            return Err(BenchError::Answer(format!("{}: {described}", stack.name)));
        }
        self.call("ExecuteChangeSet", &change_set)?;
        self.expect(&stack.name, "CREATE_COMPLETE")
    }

    pub(super) fn create(&self, name: &str, template: &str) -> Result<(), BenchError> {
        self.call(
            "CreateStack",
            &[pair("StackName", name), pair("TemplateBody", template)],
        )?;
        self.expect(name, "CREATE_COMPLETE")
    }

    pub(super) fn delete(&self, name: &str) -> Result<(), BenchError> {
        self.call("DeleteStack", &[pair("StackName", name)])?;
        match self.call("DescribeStacks", &[pair("StackName", name)]) {
            Err(BenchError::Answer(answer)) if answer.contains("does not exist") => Ok(()),
            Err(error) => Err(error),
            Ok(answer) => Err(BenchError::Answer(format!(
                "{name} is not deleted: {answer}"
            ))),
        }
    }

    fn expect(&self, name: &str, status: &str) -> Result<(), BenchError> {
        let answer = self.call("DescribeStacks", &[pair("StackName", name)])?;
        match answer.contains(&format!("<StackStatus>{status}</StackStatus>")) {
            true => Ok(()),
            false => Err(BenchError::Answer(format!(
                "{name} is not {status}: {answer}"
            ))),
        }
    }
}

/// The text of an element that has no other in it.
pub(super) fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Text as forms have it.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 4);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}
