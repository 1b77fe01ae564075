//! Regions, as far as the catalog knows them.

use stratiform_finding::words::meant;

use crate::text;
use crate::values::text::RefusedText;

text! {
    /// An AWS region that the catalog knows: `eu-central-1`.
    pub struct Region("region", "an AWS region", stratiform_service::Region::PATTERN, check_region, known_regions);
}

fn known_regions() -> Vec<String> {
    stratiform_catalog::catalog()
        .regions()
        .map(str::to_owned)
        .collect()
}

fn check_region(text: &str) -> Result<(), RefusedText> {
    let mut known = stratiform_catalog::catalog().regions();
    if stratiform_service::Region::new(text).is_ok() && known.any(|region| region == text) {
        return Ok(());
    }
    let regions = known_regions();
    Err(RefusedText::new(
        "it is none of the regions that the catalog knows",
        meant(text, regions.iter().map(String::as_str))
            .unwrap_or_else(|| "write one such as `eu-central-1`".to_owned()),
    ))
}
