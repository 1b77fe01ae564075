//! What an endpoint is started with.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use stratiform_engine::Fault;
use stratiform_service::Timestamp;

/// What an endpoint is started with. The default is for tests: loopback, any port, in memory, at full speed.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Port 0 picks one.
    pub address: SocketAddr,
    /// The file that the state is kept in; none for in memory.
    pub state: Option<PathBuf>,
    /// How fast time passes.
    pub speed: Speed,
    /// When time begins, where there is no state yet; none for now. At full speed, time stands still then but for what
    /// the engine does: equal calls have equal answers.
    pub start: Option<Timestamp>,
    /// What fails, from the beginning.
    pub faults: Vec<Fault>,
    /// What a new state's ids are made from.
    pub seed: u64,
    /// Who is told what happens beside the calls.
    pub listener: Listener,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            state: None,
            speed: Speed::Max,
            start: None,
            faults: Vec::new(),
            seed: 0,
            listener: Listener::default(),
        }
    }
}

/// How fast does simulated time pass?
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// Everything that is due happens before the next call.
    Max,
    /// So many seconds a second; above zero.
    Times(f64),
}

/// A text that is no speed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no speed: write `max`, or how many simulated seconds a second has, above 0 and up to 1000000"
)]
pub struct NoSpeed(String);

impl FromStr for Speed {
    type Err = NoSpeed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "max" {
            return Ok(Speed::Max);
        }
        let number = text
            .parse()
            .ok()
            .filter(|number| *number > 0.0 && *number <= 1e6);
        number
            .map(Speed::Times)
            .ok_or_else(|| NoSpeed(text.to_owned()))
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Speed::Max => formatter.write_str("max"),
            Speed::Times(number) => number.fmt(formatter),
        }
    }
}

/// Something that happens beside the calls. Nothing in it is a parameter of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An operation was called that is not there. Told once for each.
    Unsupported {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
    },
    /// The last line of the state's file was written only in part: nobody got an answer to what stood there.
    TornLine {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
    },
    /// The state cannot be written any more, and calls that would change it are refused.
    CannotWrite {
        /// Which file, and why.
        why: String,
    },
    /// The engine failed at a call, which has not happened.
    Panicked {
        /// The operation; empty where no call was the cause.
        operation: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Unsupported { service, operation } => {
                write!(
                    formatter,
                    "{service}: {operation} was called, which the engine does not have"
                )
            }
            Notice::TornLine { file, line } => write!(
                formatter,
                "{}:{line}: the last line was written only in part, and is left out: it was never answered",
                file.display()
            ),
            Notice::CannotWrite { why } => write!(
                formatter,
                "{why}; calls that change something are refused until that works again"
            ),
            Notice::Panicked { operation } => write!(
                formatter,
                "the engine failed at {}; the state is as it was before",
                if operation.is_empty() {
                    "something that was due"
                } else {
                    operation
                }
            ),
        }
    }
}

/// Who is told.
#[derive(Clone)]
pub struct Listener(Arc<dyn Fn(Notice) + Send + Sync>);

impl Listener {
    /// Calls a function, from the endpoint's threads.
    pub fn new(listen: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Listener(Arc::new(listen))
    }

    pub(crate) fn tell(&self, notice: Notice) {
        (self.0)(notice);
    }
}

impl Default for Listener {
    /// Nobody.
    fn default() -> Self {
        Listener::new(|_| {})
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Listener")
    }
}

#[cfg(test)]
mod tests {
    use super::Speed;

    #[test]
    fn speeds() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("60".parse(), Ok(Speed::Times(60.0)));
        assert_eq!("0.5".parse(), Ok(Speed::Times(0.5)));
        for text in ["", "0", "-1", "NaN", "inf", "fast", "1e9"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }
}
