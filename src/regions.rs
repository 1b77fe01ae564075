//! Regions that are named on the command line.

use stratiform_catalog::catalog;
use stratiform_finding::Code;
use stratiform_finding::words::meant;
use stratiform_service::Region;

use crate::exit::Exit;
use crate::report::Failure;

/// A region that AWS has.
///
/// # Errors
/// It has none of that name.
pub(crate) fn region(name: &str) -> Result<Region, Failure> {
    let known = catalog().regions().find(|known| *known == name);
    known
        .and_then(|known| Region::new(known).ok())
        .ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                Code::UnknownRegion,
                format!("AWS has no region `{name}`"),
                meant(name, catalog().regions())
                    .unwrap_or_else(|| "name one such as `eu-central-1`".to_owned()),
            )
        })
}
