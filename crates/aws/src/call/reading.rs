//! Parts of answers as our types. What is missing or has not its form makes the whole answer unreadable.

use std::str::FromStr;

use aws_sdk_cloudformation::primitives::DateTime;
use stratiform_service::{Malformed, Timestamp, Vocabulary, Word};

use crate::error::{Call as Operation, Error};

/// A word, where there is one.
pub(crate) fn word<T: Vocabulary>(text: Option<&str>) -> Option<Word<T>> {
    text.map(Word::new)
}

/// A moment; none where there is none, or none of the years that there are.
pub(crate) fn moment(time: Option<&DateTime>) -> Option<Timestamp> {
    let millis = time?.to_millis().ok()?;
    Timestamp::from_millis(millis)
}

/// A moment that is written as text.
pub(crate) fn written(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

impl Operation {
    /// A part that AWS always sends, as the type that checks it.
    pub(crate) fn part<T: FromStr<Err = Malformed>>(
        &self,
        part: Option<&str>,
        name: &str,
    ) -> Result<T, Error> {
        let text = self.required(part, name)?;
        text.parse()
            .map_err(|malformed: Malformed| self.unreadable(&malformed.to_string()))
    }

    /// A moment that AWS always sends.
    pub(crate) fn moment(&self, time: Option<&DateTime>, name: &str) -> Result<Timestamp, Error> {
        moment(time).ok_or_else(|| self.unreadable(&format!("the answer has no {name}")))
    }

    /// The token of the next page; none after the last one.
    ///
    /// # Errors
    /// It is that of this page: whoever follows it never ends.
    pub(crate) fn next_page(
        &self,
        this: Option<&str>,
        next: Option<&str>,
    ) -> Result<Option<String>, Error> {
        match next.filter(|token| !token.is_empty()) {
            Some(next) if this == Some(next) => {
                Err(self.unreadable("the next page is the same page again"))
            }
            next => Ok(next.map(str::to_owned)),
        }
    }
}
