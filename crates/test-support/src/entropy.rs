//! Choices from bytes.

/// A source of choices. Where its bytes end, it always chooses the first: shorter bytes make simpler things.
#[derive(Clone, Debug)]
pub struct Entropy<'b> {
    bytes: &'b [u8],
}

impl<'b> Entropy<'b> {
    /// Choices from these bytes.
    pub fn new(bytes: &'b [u8]) -> Self {
        Entropy { bytes }
    }

    fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((byte, rest)) => {
                self.bytes = rest;
                *byte
            }
            None => 0,
        }
    }

    /// A number below `count`, or 0.
    pub fn below(&mut self, count: usize) -> usize {
        let number = match count {
            0 | 1 => return 0,
            2..=256 => usize::from(self.byte()),
            _ => usize::from(self.byte()) << 8 | usize::from(self.byte()),
        };
        number % count
    }

    /// Whether something happens that does so once in `count` times.
    pub fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count.saturating_sub(1) && count > 1
    }

    /// One of the items; the default where there are none.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let index = self.below(items.len());
        items.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Entropy;

    #[test]
    fn where_bytes_end_the_first_is_chosen() {
        let mut entropy = Entropy::new(&[7, 1]);
        assert_eq!(entropy.below(5), 2);
        assert!(entropy.once_in(2));
        assert_eq!(entropy.below(5), 0);
        assert!(!entropy.once_in(2));
        assert_eq!(entropy.pick(&["a", "b"]), "a");
        assert_eq!(entropy.pick::<&str>(&[]), "");
    }
}
