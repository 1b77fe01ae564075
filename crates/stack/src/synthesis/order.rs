//! The order in which stacks are deployed.

use std::collections::HashMap;
use std::panic::Location;
use std::rc::Rc;

use crate::problem::{Code, Problem};
use crate::stack::Stack;

/// A stack needing another: who needs what, and where that is written.
pub(super) struct Use {
    pub(super) consumer: Rc<str>,
    pub(super) producer: Rc<str>,
    pub(super) what: String,
    pub(super) location: &'static Location<'static>,
}

/// Positions of the stacks, each after all that it needs; stacks that do not need each other stay as declared.
pub(super) fn deployment_order(stacks: &[Stack], uses: &[Use]) -> Result<Vec<usize>, Problem> {
    let positions: HashMap<Rc<str>, usize> = stacks
        .iter()
        .enumerate()
        .map(|(position, stack)| (stack.draft.borrow().key.clone(), position))
        .collect();
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); stacks.len()];
    for (index, used) in uses.iter().enumerate() {
        needs[positions[&used.consumer]].push(index);
    }
    for needs in &mut needs {
        needs.sort_by_key(|index| positions[&uses[*index].producer]);
    }
    let mut visits = vec![Visit::New; stacks.len()];
    let mut order = Vec::with_capacity(stacks.len());
    for root in 0..stacks.len() {
        if visits[root] != Visit::New {
            continue;
        }
        visits[root] = Visit::Open;
        // Each frame: a stack, and how many of its needs were followed. A loop, since ten thousand stacks may
        // stand in one line.
        let mut path = vec![(root, 0)];
        while let Some((position, followed)) = path.last_mut() {
            let Some(&index) = needs[*position].get(*followed) else {
                visits[*position] = Visit::Done;
                order.push(*position);
                path.pop();
                continue;
            };
            *followed += 1;
            let producer = positions[&uses[index].producer];
            match visits[producer] {
                Visit::Done => {}
                Visit::New => {
                    visits[producer] = Visit::Open;
                    path.push((producer, 0));
                }
                Visit::Open => {
                    let start = path
                        .iter()
                        .position(|(open, _)| *open == producer)
                        .unwrap_or(0);
                    let circle = path[start..]
                        .iter()
                        .map(|(open, followed)| &uses[needs[*open][followed - 1]]);
                    return Err(cycle(circle.collect()));
                }
            }
        }
    }
    Ok(order)
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    New,
    Open,
    Done,
}

fn cycle(circle: Vec<&Use>) -> Problem {
    let names: Vec<String> = circle
        .iter()
        .map(|used| format!("`{}`", used.consumer))
        .collect();
    let places = circle.iter().map(|used| {
        (
            used.location,
            format!(
                "stack `{}` uses {} of stack `{}`",
                used.consumer, used.what, used.producer
            ),
        )
    });
    Problem {
        code: Code::CyclicStacks,
        what: match names.as_slice() {
            [one] => format!("stack {one} depends on itself"),
            _ => format!(
                "stacks {} need each other, so none can be deployed first",
                names.join(" and ")
            ),
        },
        places: places.collect(),
        help: "move what both need into the one that is deployed first, or into a stack of its own"
            .to_owned(),
    }
}
