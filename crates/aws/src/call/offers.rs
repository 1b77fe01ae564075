//! What a region offers, asked of it: versions of databases on instance classes, and its zones. Nothing here changes anything.

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Form, Service};

const EC2: Service = Service {
    id: "EC2",
    host: "ec2",
    fips_host: "ec2-fips",
    signed_as: "ec2",
};
const VERSION: &str = "2016-11-15";

impl Aws {
    /// The versions of an engine that the region offers on an instance class, each once; none where it does not have the two
    /// together.
    ///
    /// Source: [DescribeOrderableDBInstanceOptions](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html).
    ///
    /// # Errors
    /// AWS refuses; nobody answers.
    pub async fn engine_versions(&self, engine: &str, class: &str) -> Result<Vec<String>, Error> {
        let on = format!("{engine} on {class}");
        let operation = Operation::new("DescribeOrderableDBInstanceOptions", &on);
        let asked = [("Engine", engine), ("DBInstanceClass", class)];
        let mut found = Vec::new();
        self.pages(&operation, &asked, |answer| {
            for option in answer.items("OrderableDBInstanceOptions") {
                let version = operation.required(option.text("EngineVersion"), "EngineVersion")?;
                if !found.contains(&version) {
                    found.push(version);
                }
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// The zones of the region in which something can be made.
    ///
    /// Source: [DescribeAvailabilityZones](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html).
    ///
    /// # Errors
    /// AWS refuses; nobody answers.
    pub async fn zones(&self) -> Result<Vec<String>, Error> {
        let operation = Operation::new("DescribeAvailabilityZones", &self.region());
        let form = Form::new(operation.operation, VERSION)
            .with("Filter.1.Name", "state")
            .with("Filter.1.Value.1", "available")
            // Not the local ones, where little can be made.
            .with("Filter.2.Name", "zone-type")
            .with("Filter.2.Value.1", "availability-zone");
        let answer = self.form(&EC2, &operation, form).await?;
        let zones = answer.items("availabilityZoneInfo");
        let zones = zones.map(|zone| operation.required(zone.text("zoneName"), "zoneName"));
        zones.collect()
    }
}
