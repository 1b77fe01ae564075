//! Where things are: regions and accounts.

use super::name;

name! {
    /// A region: `eu-central-1`. Only the form is checked.
    pub struct Region("a region", "a name such as `eu-central-1`", is_region);
}

name! {
    /// An account's ID: 12 digits.
    pub struct AccountId("an account's ID", "12 digits", is_account_id);
}

/// `^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`
fn is_region(text: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let number = parts.next_back().unwrap_or_default();
    let mut middle = parts.peekable();
    (2..=4).contains(&first.len())
        && letters(first)
        && middle.peek().is_some()
        && middle.all(letters)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl AccountId {
    /// The form, for editors.
    pub const PATTERN: &'static str = r"^[0-9]{12}$";
}

impl Region {
    /// The form, for editors.
    pub const PATTERN: &'static str = r"^[a-z]{2,4}(-[a-z]+)+-[0-9]+$";

    /// Where AWS's schemas are published first, and what is meant where nobody names a region.
    pub fn us_east_1() -> Region {
        Region("us-east-1".into())
    }

    /// The partition that the region is in: what `AWS::Partition` says.
    ///
    /// Source: botocore, `partitions.json`.
    pub fn partition(&self) -> &'static str {
        self.domain().0
    }

    /// The domain of AWS's services in the region's partition: what `AWS::URLSuffix` says.
    ///
    /// Source: botocore, `partitions.json`.
    pub fn url_suffix(&self) -> &'static str {
        self.domain().1
    }

    fn domain(&self) -> (&'static str, &'static str) {
        const OTHERS: [(&str, &str, &str); 7] = [
            ("cn-", "aws-cn", "amazonaws.com.cn"),
            ("us-gov-", "aws-us-gov", "amazonaws.com"),
            ("eusc-", "aws-eusc", "amazonaws.eu"),
            ("us-iso-", "aws-iso", "c2s.ic.gov"),
            ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
            ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
            ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
        ];
        OTHERS
            .iter()
            .find(|(prefix, ..)| self.as_str().starts_with(prefix))
            .map_or(("aws", "amazonaws.com"), |(_, partition, suffix)| {
                (partition, suffix)
            })
    }
}
