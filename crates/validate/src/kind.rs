//! What IDs begin with: the schemas name the kind of text (`AWS::EC2::VPC.Id`), and EC2 begins its IDs with it.
//!
//! Source: EC2 user guide, "Resource IDs".

use stratiform_catalog::Schema;

const STARTS: [(&str, &str); 9] = [
    ("AWS::EC2::Image.Id", "ami-"),
    ("AWS::EC2::Instance.Id", "i-"),
    ("AWS::EC2::NetworkInterface.Id", "eni-"),
    ("AWS::EC2::PrefixList.Id", "pl-"),
    ("AWS::EC2::RouteTable.Id", "rtb-"),
    ("AWS::EC2::SecurityGroup.Id", "sg-"),
    ("AWS::EC2::Subnet.Id", "subnet-"),
    ("AWS::EC2::VPC.Id", "vpc-"),
    ("AWS::EC2::Volume.Id", "vol-"),
];

/// What text of the kind that a schema names begins with.
pub(crate) fn start(schema: Schema) -> Option<&'static str> {
    let format = schema.format()?;
    if let Some((_, start)) = STARTS.iter().find(|(known, _)| *known == format) {
        return Some(start);
    }
    (format.starts_with("AWS::") && format.ends_with(".Arn")).then_some("arn:")
}
