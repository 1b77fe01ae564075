//! Rules of composite alarms: `ALARM("a") AND NOT OK(b)`.
//!
//! Source: CloudWatch API, `PutCompositeAlarm` `AlarmRule`.

/// How deep parentheses go, at most.
const DEEP: usize = 64;

/// Whether a rule holds, where alarms have the states that the function says. One that cannot be read does not.
pub(super) fn holds(rule: &str, state: &dyn Fn(&str) -> String) -> bool {
    let mut reader = Reader { rest: rule, state };
    let value = reader.either(0);
    value
        .filter(|_| reader.rest.trim().is_empty())
        .unwrap_or(false)
}

struct Reader<'r> {
    rest: &'r str,
    state: &'r dyn Fn(&str) -> String,
}

impl Reader<'_> {
    /// Takes a word, if it is next.
    fn takes(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(word).filter(|after| {
            let is_letter = word.ends_with(|letter: char| letter.is_ascii_alphanumeric());
            !is_letter
                || !after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
        });
        if let Some(after) = found {
            self.rest = after;
        }
        found.is_some()
    }

    fn either(&mut self, depth: usize) -> Option<bool> {
        let mut value = self.both(depth)?;
        while self.takes("OR") {
            value |= self.both(depth)?;
        }
        Some(value)
    }

    fn both(&mut self, depth: usize) -> Option<bool> {
        let mut value = self.one(depth)?;
        while self.takes("AND") {
            value &= self.one(depth)?;
        }
        Some(value)
    }

    fn one(&mut self, depth: usize) -> Option<bool> {
        if depth > DEEP {
            return None;
        }
        if self.takes("NOT") {
            return self.one(depth + 1).map(|value| !value);
        }
        if self.takes("(") {
            let value = self.either(depth + 1)?;
            return self.takes(")").then_some(value);
        }
        for (word, value) in [("TRUE", true), ("FALSE", false)] {
            if self.takes(word) {
                return Some(value);
            }
        }
        let mut states = ["ALARM", "OK", "INSUFFICIENT_DATA"].into_iter();
        let wanted = states.find(|state| self.takes(state))?;
        let rest = self.rest.trim_start().strip_prefix('(')?;
        let (name, after) = match rest.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let (name, after) = quoted.split_once('"')?;
                (name, after.trim_start().strip_prefix(')')?)
            }
            None => rest.split_once(')')?,
        };
        self.rest = after;
        // An alarm may be written as its ARN.
        let name = name.trim();
        let name = name.split_once(":alarm:").map_or(name, |(_, name)| name);
        Some((self.state)(name) == wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn rules_are_read_as_they_are_written() {
        let state = |name: &str| if name == "on" { "ALARM" } else { "OK" }.to_owned();
        for (rule, expected) in [
            ("ALARM(on)", true),
            ("ALARM(\"off\")", false),
            (
                "ALARM(off) OR ALARM(arn:aws:cloudwatch:eu-west-1:1:alarm:on)",
                true,
            ),
            ("ALARM(on) AND NOT OK(off)", false),
            ("NOT (ALARM(off) OR FALSE) AND TRUE", true),
            ("FALSE OR TRUE AND FALSE", false),
            ("ALARM(on", false),
            ("ALARM(on) ALARM(on)", false),
            ("ALARMS(on)", false),
            ("", false),
        ] {
            assert_eq!(holds(rule, &state), expected, "{rule}");
        }
        assert!(!holds(&"(".repeat(100_000), &state));
        assert!(!holds(&"NOT ".repeat(100_000), &state));
    }
}
