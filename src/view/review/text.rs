//! The text view of a review.
