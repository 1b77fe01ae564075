//! In which order the stacks of an environment are deleted: each after those that need it.
//!
//! What was synthesized says which stack needs which, and CloudFormation which imports from which. The latter is what
//! counts: a stack that is deployed may be older than its code.

use super::{Plan, StackRun};

/// For each stack, those that must be gone before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    before: Vec<Vec<usize>>,
    in_circle: Vec<bool>,
}

impl Order {
    pub(super) fn of(plan: &Plan, stacks: &[StackRun]) -> Order {
        let imports = stacks.iter().enumerate().flat_map(|(place, stack)| {
            let importers = stack
                .inventory
                .iter()
                .flat_map(|inventory| &inventory.importers);
            let names = importers.flat_map(|(_, by)| by);
            let places = names.filter_map(|name| {
                let mut planned = plan.stacks.iter();
                planned.position(|planned| planned.name.as_str() == name)
            });
            places.map(move |importer| (place, importer))
        });
        let needs =
            plan.stacks.iter().enumerate().flat_map(|(place, stack)| {
                stack.depends_on.iter().map(move |&needed| (needed, place))
            });
        Order::from(stacks.len(), imports, needs)
    }

    /// From pairs of a stack and one that must be gone before it. Those of `needs` that contradict others are left out.
    fn from(
        count: usize,
        imports: impl Iterator<Item = (usize, usize)>,
        needs: impl Iterator<Item = (usize, usize)>,
    ) -> Order {
        let mut order = Order {
            before: vec![Vec::new(); count],
            in_circle: vec![false; count],
        };
        // A stack may import what it exports itself.
        for (place, first) in imports.filter(|(place, first)| place != first) {
            if !order.before[place].contains(&first) {
                order.before[place].push(first);
            }
        }
        for place in 0..count {
            let mut firsts = order.before[place].iter();
            order.in_circle[place] = firsts.any(|&first| order.leads(first, place));
        }
        for (place, first) in needs {
            if place < count && !order.leads(first, place) && !order.before[place].contains(&first)
            {
                order.before[place].push(first);
            }
        }
        order
    }

    /// Whether a stack waits for another one, over however many others.
    fn leads(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![false; self.before.len()];
        let mut open = vec![from];
        while let Some(place) = open.pop() {
            if place == to {
                return true;
            }
            if !std::mem::replace(&mut seen[place], true) {
                open.extend(&self.before[place]);
            }
        }
        false
    }

    /// The stacks that must be gone before one.
    pub(super) fn before(&self, place: usize) -> &[usize] {
        &self.before[place]
    }

    /// Whether a stack imports from stacks that import from it.
    pub(super) fn is_in_circle(&self, place: usize) -> bool {
        self.in_circle[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(imports: &[(usize, usize)], needs: &[(usize, usize)]) -> Order {
        Order::from(3, imports.iter().copied(), needs.iter().copied())
    }

    #[test]
    fn what_needs_a_stack_goes_first() {
        let order = order(&[(0, 2)], &[(0, 1), (1, 2), (0, 2)]);
        assert_eq!(order.before, [vec![2, 1], vec![2], vec![]]);
        assert_eq!(order.in_circle, [false; 3]);
    }

    #[test]
    fn what_is_deployed_counts_more_than_what_is_synthesized() {
        let order = order(&[(1, 0)], &[(0, 1)]);
        assert_eq!(order.before, [vec![], vec![0], vec![]]);
    }

    #[test]
    fn circles_of_imports_have_no_order() {
        let order = order(&[(0, 1), (1, 0), (2, 0), (2, 2)], &[]);
        assert_eq!(order.in_circle, [true, true, false]);
    }
}
