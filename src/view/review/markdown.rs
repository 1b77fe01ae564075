//! The markdown view of a review.
