//! Calls to SNS.
//!
//! Source: SNS API reference, `Publish`.

use indexmap::IndexMap;
use stratiform_deploy::Reply;

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Form, Service};

const SNS: Service = Service {
    id: "SNS",
    host: "sns",
    fips_host: "sns-fips",
    signed_as: "sns",
};
const VERSION: &str = "2010-03-31";

impl Aws {
    pub(super) async fn publish(
        &self,
        topic: &str,
        subject: &str,
        message: &str,
        attributes: &IndexMap<String, String>,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("Publish", topic);
        let mut form = Form::new(operation.operation, VERSION)
            .with("TopicArn", topic)
            .with("Subject", subject)
            .with("Message", message);
        for (index, (name, value)) in attributes.iter().enumerate() {
            let entry = format!("MessageAttributes.entry.{}", index + 1);
            form = form
                .with(&format!("{entry}.Name"), name)
                .with(&format!("{entry}.Value.DataType"), "String")
                .with(&format!("{entry}.Value.StringValue"), value);
        }
        self.query(&SNS, &operation, form)
            .await
            .map(|_| Reply::Done)
    }
}
