use super::Consequence;
use crate::change::ResourceChange;

pub(super) fn find(_change: &ResourceChange, _found: &mut Vec<Consequence>) {}
