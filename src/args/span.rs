//! A length of time, as it is written: `90s`, `5m`, `24h`, `7d`.

use std::str::FromStr;
use std::time::Duration;

/// A length of time, at least one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(Duration);

/// The longest: what CloudFormation remembers is shorter.
const MOST: u64 = 366 * 86_400;

impl Span {
    /// The time.
    #[cfg(feature = "aws")]
    pub(crate) fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let wrong = || format!("`{text}` is no time such as `90s`, `5m`, `24h` or `7d`");
        let unit = text.chars().last().ok_or_else(wrong)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(wrong()),
        };
        let number = text.strip_suffix(unit).unwrap_or_default();
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let seconds = number.checked_mul(seconds);
        let seconds = seconds.filter(|seconds| (1..=MOST).contains(seconds));
        let seconds = seconds.ok_or_else(|| format!("`{text}` is not from 1s to 366d"))?;
        Ok(Span(Duration::from_secs(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_their_units() {
        let seconds = |text: &str| text.parse::<Span>().map(|span| span.0.as_secs());
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("5m"), Ok(300));
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("7d"), Ok(604_800));
        for wrong in [
            "",
            "s",
            "5",
            "5x",
            "-5m",
            "+5m",
            "0s",
            "1.5h",
            "5ü",
            "99999999999999999999d",
            "400d",
        ] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
