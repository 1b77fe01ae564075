//! The order in which things come that need each other, and the circles in which nothing can come first.

/// An order, and what stands in its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Every position once, each after all that it needs, as far as there is no circle; what needs nothing of each
    /// other stays in its own order.
    pub sequence: Vec<usize>,
    /// The circles, by their first member.
    pub circles: Vec<Circle>,
}

/// Positions that all need each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circle {
    /// All of them, sorted.
    pub members: Vec<usize>,
    /// One shortest way round, from the first member; the last one needs the first.
    pub path: Vec<usize>,
}

/// Orders `0..needs.len()`, where `needs[n]` are the positions that `n` needs; a need that is none of them is left
/// out. Linear.
///
/// Tarjan's algorithm with a stack of its own: a chain of any length is fine.
pub fn order(needs: &[Vec<usize>]) -> Order {
    const NEW: usize = usize::MAX;
    let count = needs.len();
    let (mut visited, mut low) = (vec![NEW; count], vec![0; count]);
    let mut stacked = vec![false; count];
    let mut stack = Vec::new();
    let mut order = Order::default();
    let mut next = 0;
    for root in 0..count {
        if visited[root] != NEW {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                visited[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                stacked[node] = true;
            }
            if let Some(&target) = needs[node].get(edge) {
                calls.push((node, edge + 1));
                if target >= count {
                } else if visited[target] == NEW {
                    calls.push((target, 0));
                } else if stacked[target] {
                    low[node] = low[node].min(visited[target]);
                }
                continue;
            }
            if let Some(&(parent, _)) = calls.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] != visited[node] {
                continue;
            }
            let first = order.sequence.len();
            while let Some(member) = stack.pop() {
                stacked[member] = false;
                order.sequence.push(member);
                if member == node {
                    break;
                }
            }
            order.sequence[first..].sort_unstable();
            let members = &order.sequence[first..];
            if members.len() > 1 || needs[node].contains(&node) {
                order.circles.push(Circle {
                    path: way_round(needs, members),
                    members: members.to_vec(),
                });
            }
        }
    }
    order
        .circles
        .sort_by_key(|circle| circle.members.first().copied());
    order
}

/// A shortest way from the first member back to itself, breadth first inside the members.
fn way_round(needs: &[Vec<usize>], members: &[usize]) -> Vec<usize> {
    let Some(&first) = members.first() else {
        return Vec::new();
    };
    let position = |node: usize| members.binary_search(&node).ok();
    let mut before: Vec<Option<usize>> = vec![None; members.len()];
    let mut queue = std::collections::VecDeque::from([first]);
    while let Some(node) = queue.pop_front() {
        for &target in &needs[node] {
            if target == first {
                let mut path = vec![node];
                let mut at = node;
                while let Some(previous) = position(at).and_then(|index| before[index]) {
                    path.push(previous);
                    at = previous;
                }
                path.reverse();
                return path;
            }
            if let Some(index) = position(target).filter(|&index| before[index].is_none()) {
                before[index] = Some(node);
                queue.push_back(target);
            }
        }
    }
    members.to_vec()
}

#[cfg(test)]
mod tests {
    use super::order;

    fn check(needs: &[&[usize]], sequence: &[usize], circles: &[&[usize]]) {
        let needs: Vec<Vec<usize>> = needs.iter().map(|needs| needs.to_vec()).collect();
        let found = order(&needs);
        assert_eq!(found.sequence, sequence);
        let paths: Vec<Vec<usize>> = found
            .circles
            .into_iter()
            .map(|circle| circle.path)
            .collect();
        assert_eq!(paths, circles);
    }

    #[test]
    fn what_is_needed_comes_first() {
        check(&[], &[], &[]);
        check(&[&[]], &[0], &[]);
        check(&[&[], &[], &[]], &[0, 1, 2], &[]);
        check(&[&[1], &[2], &[]], &[2, 1, 0], &[]);
        check(&[&[], &[0], &[], &[0, 1]], &[0, 1, 2, 3], &[]);
        check(&[&[2], &[], &[]], &[2, 0, 1], &[]);
        check(&[&[7]], &[0], &[]);
    }

    #[test]
    fn finds_circles() {
        check(&[&[0]], &[0], &[&[0]]);
        check(&[&[1], &[0]], &[0, 1], &[&[0, 1]]);
        check(&[&[1], &[2], &[0], &[0]], &[0, 1, 2, 3], &[&[0, 1, 2]]);
        check(&[&[1, 2], &[2], &[0]], &[0, 1, 2], &[&[0, 2]]);
        check(
            &[&[1], &[0], &[3], &[2, 0]],
            &[0, 1, 2, 3],
            &[&[0, 1], &[2, 3]],
        );
    }

    #[test]
    fn a_long_chain_is_no_trouble() {
        let mut needs: Vec<Vec<usize>> = (0..200_000).map(|position| vec![position + 1]).collect();
        needs.push(Vec::new());
        assert!(order(&needs).circles.is_empty());
        needs[200_000].push(0);
        assert_eq!(order(&needs).circles[0].path.len(), 200_001);
    }
}
