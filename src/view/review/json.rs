//! The json view of a review.
