//! How much of a review a page has room for.

/// What a row takes beside its texts, about.
pub(super) const OVERHEAD: usize = 180;

/// Bytes that may still be shown.
pub(super) struct Budget(pub usize);

impl Budget {
    /// Whether there is room for so many more.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        let rest = self.0.checked_sub(bytes);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// As many items as there is room for, and how many there is none for.
    pub(super) fn take<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        size: impl Fn(&T) -> usize,
    ) -> (Vec<T>, usize) {
        let all = items.len();
        let taken: Vec<T> = items.take_while(|item| self.spend(size(item))).collect();
        let left_out = all - taken.len();
        (taken, left_out)
    }
}

/// What a text takes when it is escaped, at most.
pub(super) fn escaped(text: &str) -> usize {
    let special = |byte: &&u8| matches!(byte, b'"' | b'&' | b'\'' | b'<' | b'=' | b'>' | b'`');
    text.len() + 5 * text.as_bytes().iter().filter(special).count()
}
