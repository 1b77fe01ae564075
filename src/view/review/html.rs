//! The html view of a review.
