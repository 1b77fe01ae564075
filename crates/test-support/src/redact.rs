//! What differs from run to run, made the same.

/// A program's output with times, commits, the catalog's day and a folder made the same: `in 17 ms` → `in [TIME]`,
/// `at 1a2b3c4` → `at [COMMIT]`, `facts  offline, …` → `facts  offline, [CATALOG]`, `stacks.rs:64` → `stacks.rs:[LINE]`,
/// the folder → `[PROJECT]`.
pub fn redact(text: &str, folder: &str) -> String {
    let text = match folder {
        "" => text.to_owned(),
        folder => text.replace(folder, "[PROJECT]"),
    };
    text.split_inclusive('\n')
        .map(|line| rust(&commit(&time(&catalog(line)))))
        .collect()
}

fn time(line: &str) -> String {
    let Some((before, after)) = line.split_once(" in ") else {
        return line.to_owned();
    };
    let digits = after.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '.');
    let unit = digits
        .strip_prefix(" ms")
        .or_else(|| digits.strip_prefix(" s"));
    match unit {
        Some(rest)
            if digits.len() < after.len()
                && !rest.starts_with(|next: char| next.is_alphanumeric()) =>
        {
            format!("{before} in [TIME]{rest}")
        }
        _ => line.to_owned(),
    }
}

fn commit(line: &str) -> String {
    let Some((before, after)) = line.split_once(" at ") else {
        return line.to_owned();
    };
    let rest = after.trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
    match after.len() - rest.len() {
        7 => format!("{before} at [COMMIT]{rest}"),
        _ => line.to_owned(),
    }
}

fn catalog(line: &str) -> String {
    match line.split_once("facts  offline, ") {
        Some((before, _)) => format!("{before}facts  offline, [CATALOG]\n"),
        None => line.to_owned(),
    }
}

/// Who edits an app moves its lines.
fn rust(line: &str) -> String {
    let mut parts = line.split(".rs:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|digit: char| digit.is_ascii_digit());
        match rest.len() < part.len() {
            true => format!("{text}.rs:[LINE]{rest}"),
            false => format!("{text}.rs:{part}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn what_differs_is_made_the_same() {
        let cases = [
            ("done in 17 ms\n", "done in [TIME]\n"),
            ("done in 1.5 s, all", "done in [TIME], all"),
            ("3 in 4 stacks", "3 in 4 stacks"),
            (
                "snapshots at 1a2b3c4 (`main`)",
                "snapshots at [COMMIT] (`main`)",
            ),
            ("at 12 o'clock", "at 12 o'clock"),
            (
                "  facts  offline, from the catalog\n",
                "  facts  offline, [CATALOG]\n",
            ),
            (
                "a.yaml:3 → a.rs:64, b.rs:7  c.rs: d",
                "a.yaml:3 → a.rs:[LINE], b.rs:[LINE]  c.rs: d",
            ),
            ("in /tmp/x/a.yaml", "in [PROJECT]/a.yaml"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact(text, "/tmp/x"), expected);
        }
    }
}
