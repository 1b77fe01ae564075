//! From real time to simulated.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use stratiform_service::Timestamp;

use crate::options::Speed;

/// What time it is. Simulated time goes on from a moment, at a speed, and jumps where it is told to.
#[derive(Debug)]
pub(crate) struct Clock {
    speed: Speed,
    /// Whether, at full speed, time stands still between what the engine does.
    stands: bool,
    began: Instant,
    base: Timestamp,
    jumped: f64,
}

impl Clock {
    pub(crate) fn new(speed: Speed, stands: bool, base: Timestamp) -> Clock {
        Clock {
            speed,
            stands,
            began: Instant::now(),
            base,
            jumped: 0.0,
        }
    }

    pub(crate) fn speed(&self) -> Speed {
        self.speed
    }

    /// The moment of an input to a state that is at another.
    pub(crate) fn now(&self, state: Timestamp) -> Timestamp {
        let now = match self.speed {
            Speed::Max if self.stands => state,
            Speed::Max => wall(),
            Speed::Times(speed) => {
                let passed = self.began.elapsed().as_secs_f64() * speed + self.jumped;
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a float that is too large for it becomes the largest there is"
                )]
                let passed = (passed * 1000.0) as i64;
                let now = self.base.millis().saturating_add(passed);
                Timestamp::from_millis(now).unwrap_or(state)
            }
        };
        now.max(state)
    }

    /// Jumps. False where time is not told how fast to go: then it does not wait for anything.
    pub(crate) fn jump(&mut self, seconds: f64) -> bool {
        match self.speed {
            Speed::Max => false,
            Speed::Times(_) => {
                self.jumped += seconds.max(0.0);
                true
            }
        }
    }
}

/// The time of the machine.
pub(crate) fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    let moment = millis.and_then(Timestamp::from_millis);
    moment.unwrap_or(Timestamp::EPOCH)
}
