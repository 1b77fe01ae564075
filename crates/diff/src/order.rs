//! An order in which everything comes after what it needs.

use std::collections::VecDeque;

/// Orders `0..needs.len()` so that each index comes after all that it needs; those that need each other in a circle
/// come last, in their own order.
pub(crate) fn order(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut needed_by = vec![Vec::new(); needs.len()];
    for (index, needs) in needs.iter().enumerate() {
        for need in needs {
            needed_by[*need].push(index);
        }
    }
    let mut ready: VecDeque<usize> = (0..needs.len())
        .filter(|index| waiting[*index] == 0)
        .collect();
    let mut ordered = Vec::with_capacity(needs.len());
    while let Some(index) = ready.pop_front() {
        ordered.push(index);
        for user in &needed_by[index] {
            waiting[*user] -= 1;
            if waiting[*user] == 0 {
                ready.push_back(*user);
            }
        }
    }
    ordered.extend((0..needs.len()).filter(|index| waiting[*index] > 0));
    ordered
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn what_is_needed_comes_first_and_circles_come_last() {
        assert_eq!(order(&[]), [] as [usize; 0]);
        assert_eq!(order(&[vec![1], vec![2], vec![]]), [2, 1, 0]);
        assert_eq!(order(&[vec![1], vec![0], vec![], vec![0]]), [2, 0, 1, 3]);
        assert_eq!(order(&[vec![0], vec![]]), [1, 0]);
    }
}
