//! What `history` can be asked for.

use std::str::FromStr;

use clap::ValueEnum;
use stratiform_service::Timestamp;

use super::span::Span;

/// Show what was deployed, by whom, how that went, and why what failed did.
///
/// Asks CloudFormation for its events and for the stacks' tags; changes nothing. What CloudFormation does not remember is
/// said.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct History {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// From when on: a time ago (`7d`), or a day (`2026-11-01`)
    #[arg(long, value_name = "TIME", default_value = "90d")]
    pub since: Since,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: HistoryFormat,
    /// Ask the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

/// From when on?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// So long ago.
    Ago(Span),
    /// From a moment on.
    At(Timestamp),
}

#[cfg(feature = "aws")]
impl Since {
    /// The moment.
    pub(crate) fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Since::At(moment) => moment,
            Since::Ago(span) => {
                let millis = i64::try_from(span.duration().as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_millis(now.millis().saturating_sub(millis))
                    .unwrap_or(Timestamp::EPOCH)
            }
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Since, String> {
        let day = format!("{text}T00:00:00Z");
        let moment = text.parse().or_else(|_| day.parse());
        match (text.parse(), moment) {
            (Ok(span), _) => Ok(Since::Ago(span)),
            (Err(_), Ok(moment)) => Ok(Since::At(moment)),
            (Err(_), Err(_)) => Err(format!(
                "`{text}` is no time ago such as `7d`, and no day such as `2026-11-01`"
            )),
        }
    }
}

/// What `history` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HistoryFormat {
    /// For people
    Text,
    /// For a report
    Markdown,
    /// For programs; docs/status.md documents it
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ago_and_days() {
        let day = "2026-11-01T00:00:00.000Z".parse().unwrap();
        assert_eq!("2026-11-01".parse(), Ok(Since::At(day)));
        assert_eq!("2026-11-01T00:00:00Z".parse(), Ok(Since::At(day)));
        assert!(matches!("7d".parse(), Ok(Since::Ago(_))));
        for wrong in ["", "yesterday", "2026-13-01", "7"] {
            assert!(wrong.parse::<Since>().is_err(), "{wrong}");
        }
    }

    #[cfg(feature = "aws")]
    #[test]
    fn moments() {
        let now: Timestamp = "2026-11-08T12:00:00.000Z".parse().unwrap();
        let since: Since = "7d".parse().unwrap();
        assert_eq!(since.moment(now).to_string(), "2026-11-01T12:00:00.000Z");
    }
}
