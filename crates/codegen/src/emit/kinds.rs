//! The kinds of text that the whole catalog knows, as `stratiform-stack` has them: one set for every crate, so that a
//! handle of one crate's resource fits the properties of another's.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::Kind;

/// The kinds as the call of a macro: ARNs, what is none, and choices of several.
pub(crate) fn emit_kinds(kinds: &BTreeMap<String, Kind>) -> String {
    let mut source = String::new();
    line!(
        source,
        "// Generated from the catalog by `cargo xtask codegen --kinds`."
    );
    line!(source, "kinds! {{");
    emit_some(&mut source, "arns", kinds, |kind| {
        kind.formats.len() == 1 && kind.is_arn()
    });
    emit_some(&mut source, "others", kinds, |kind| {
        kind.formats.len() == 1 && !kind.is_arn()
    });
    line!(source, "    choices {{");
    for (name, choice) in kinds.iter().filter(|(_, kind)| kind.formats.len() > 1) {
        let accepted = kinds
            .iter()
            .filter(|(_, kind)| *kind != choice && choice.accepts(kind));
        let accepted: Vec<&str> = accepted.map(|(name, _)| name.as_str()).collect();
        line!(source, "        {name}: {},", accepted.join(" "));
    }
    line!(source, "    }}");
    line!(source, "}}");
    source
}

fn emit_some(
    source: &mut String,
    title: &str,
    kinds: &BTreeMap<String, Kind>,
    wanted: impl Fn(&Kind) -> bool,
) {
    line!(source, "    {title} {{");
    for (name, kind) in kinds.iter().filter(|(_, kind)| wanted(kind)) {
        for format in &kind.formats {
            line!(source, "        {name}: {format:?},");
        }
    }
    line!(source, "    }}");
}
