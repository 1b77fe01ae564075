//! The Query protocol: a form, answered in XML.
//!
//! Source: Smithy, "AWS query protocol".

use super::{Element, Request, Service, Signing, encoded};
use crate::aws::Aws;
use crate::error::{Call, Error};

/// The parameters of a call.
#[derive(Debug)]
pub(crate) struct Form(String);

impl Form {
    /// A form for an operation of a version of a service.
    pub(crate) fn new(operation: &str, version: &str) -> Form {
        Form(format!("Action={operation}&Version={version}"))
    }

    /// With a parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Form {
        self.0 += &format!("&{name}={}", encoded(value, ""));
        self
    }

    /// With a list, whose items are called `member`.
    pub(crate) fn with_list<'v>(
        self,
        name: &str,
        values: impl IntoIterator<Item = &'v str>,
    ) -> Form {
        let values = values.into_iter().enumerate();
        values.fold(self, |form, (index, value)| {
            form.with(&format!("{name}.member.{}", index + 1), value)
        })
    }

    /// With a parameter, where it is there.
    pub(crate) fn with_some(self, name: &str, value: Option<&str>) -> Form {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Aws {
    /// Calls an operation and answers with the element in which its result is.
    ///
    /// # Errors
    /// The call fails, or the answer is none to it.
    pub(crate) async fn query(
        &self,
        service: &'static Service,
        call: &Call,
        form: Form,
    ) -> Result<Element, Error> {
        let answer = self.form(service, call, form).await?;
        let result = answer.into_child(&format!("{}Result", call.operation));
        result.ok_or_else(|| call.unreadable("the answer has no result"))
    }

    /// The same of EC2, whose answers are the results.
    ///
    /// Source: Smithy, "AWS EC2 query protocol".
    ///
    /// # Errors
    /// The call fails, or the answer is none to it.
    pub(crate) async fn form(
        &self,
        service: &'static Service,
        call: &Call,
        form: Form,
    ) -> Result<Element, Error> {
        let content = "application/x-www-form-urlencoded".to_owned();
        let request = Request {
            method: "POST",
            endpoint: self.endpoint(service).url(),
            path: "/".to_owned(),
            headers: vec![("content-type", content)],
            body: form.0,
            signing: Signing::Usual,
            patience: None,
        };
        let text = self.send(service, call, request).await?;
        let root = Element::parse(&text).map_err(|error| call.unreadable(&error.to_string()))?;
        let operation = call.operation;
        if root.name() != format!("{operation}Response") {
            return Err(call.unreadable(&format!("the answer is none to {operation}")));
        }
        Ok(root)
    }
}
