//! The order in which stacks are deployed.

use std::collections::HashMap;
use std::panic::Location;
use std::rc::Rc;

use stratiform_finding::{Code, Finding, Place};

use crate::stack::Stack;

/// A stack needing another: who needs what, and where that is written.
pub(super) struct Use {
    pub(super) consumer: Rc<str>,
    pub(super) producer: Rc<str>,
    pub(super) what: String,
    pub(super) location: &'static Location<'static>,
}

/// Positions of the stacks, each after all that it needs; stacks that do not need each other stay as declared.
pub(super) fn deployment_order(stacks: &[Stack], uses: &[Use]) -> Result<Vec<usize>, Box<Finding>> {
    let mut nodes = nodes(stacks, uses);
    let mut order = Vec::with_capacity(nodes.len());
    for root in 0..nodes.len() {
        // A loop and not a recursion, since ten thousand stacks may stand in one line.
        let mut path: Vec<Step<'_>> = Vec::new();
        path.extend(open(&mut nodes, root));
        while let Some(step) = path.last_mut() {
            let Some((producer, used)) = step.needs.next() else {
                if let Some(node) = nodes.get_mut(step.position) {
                    node.visit = Visit::Done;
                }
                order.push(step.position);
                path.pop();
                continue;
            };
            step.followed = Some(used);
            match nodes.get(producer).map(|node| node.visit) {
                Some(Visit::New) => path.extend(open(&mut nodes, producer)),
                Some(Visit::Open) => {
                    let circle = path.iter().skip_while(|step| step.position != producer);
                    let circle = circle.filter_map(|step| step.followed).collect();
                    return Err(Box::new(cycle(circle)));
                }
                Some(Visit::Done) | None => {}
            }
        }
    }
    Ok(order)
}

/// A stack on the way, and what it needs: positions of producers with the uses that name them.
struct Node<'a> {
    visit: Visit,
    needs: Vec<(usize, &'a Use)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    New,
    Open,
    Done,
}

/// A stack whose needs are being followed.
struct Step<'a> {
    position: usize,
    needs: std::vec::IntoIter<(usize, &'a Use)>,
    /// The need that is followed now.
    followed: Option<&'a Use>,
}

fn nodes<'a>(stacks: &[Stack], uses: &'a [Use]) -> Vec<Node<'a>> {
    let positions: HashMap<Rc<str>, usize> = stacks
        .iter()
        .enumerate()
        .map(|(position, stack)| (stack.draft.borrow().key.clone(), position))
        .collect();
    let nodes = stacks.iter().map(|_| Node {
        visit: Visit::New,
        needs: Vec::new(),
    });
    let mut nodes: Vec<Node<'a>> = nodes.collect();
    for used in uses {
        // Every use is of a stack of this app (`Lowering::is_ours`); another one would have no place in it.
        if let (Some(consumer), Some(producer)) =
            (positions.get(&used.consumer), positions.get(&used.producer))
            && let Some(node) = nodes.get_mut(*consumer)
        {
            node.needs.push((*producer, used));
        }
    }
    for node in &mut nodes {
        node.needs.sort_by_key(|(producer, _)| *producer);
    }
    nodes
}

/// Starts to follow the needs of a stack, unless that was done.
fn open<'a>(nodes: &mut [Node<'a>], position: usize) -> Option<Step<'a>> {
    let node = nodes.get_mut(position)?;
    if node.visit != Visit::New {
        return None;
    }
    node.visit = Visit::Open;
    Some(Step {
        position,
        needs: std::mem::take(&mut node.needs).into_iter(),
        followed: None,
    })
}

fn cycle(circle: Vec<&Use>) -> Finding {
    let names: Vec<String> = circle
        .iter()
        .map(|used| format!("`{}`", used.consumer))
        .collect();
    let what = match names.as_slice() {
        [one] => format!("stack {one} depends on itself"),
        _ => format!(
            "stacks {} need each other, so none can be deployed first",
            names.join(" and ")
        ),
    };
    let help =
        "move what both need into the one that is deployed first, or into a stack of its own";
    let finding = Finding::new(Code::CyclicStacks, what, help);
    circle.iter().fold(finding, |finding, used| {
        let Use {
            consumer,
            what,
            producer,
            ..
        } = used;
        let label = format!("stack `{consumer}` uses {what} of stack `{producer}`");
        finding.at(Place::rust(used.location, label))
    })
}
