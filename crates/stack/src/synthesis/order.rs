//! The order in which stacks are deployed.

use std::collections::{BTreeMap, HashMap};
use std::panic::Location;
use std::rc::Rc;

use stratiform_finding::words::joined;
use stratiform_finding::{Code, Finding, Place};
use stratiform_template::order;

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
    let needs = needs(stacks, uses);
    let positions: Vec<Vec<usize>> = needs
        .iter()
        .map(|needs| needs.keys().copied().collect())
        .collect();
    let order = order(&positions);
    let Some(circle) = order.circles.first() else {
        return Ok(order.sequence);
    };
    // The last one needs the first.
    let next = circle.path.iter().cycle().skip(1);
    let around = circle.path.iter().zip(next);
    let used = around.filter_map(|(consumer, producer)| needs.get(*consumer)?.get(producer));
    Err(Box::new(cycle(&used.copied().collect::<Vec<_>>())))
}

/// For each stack the positions of those that it needs, with the first use that names each.
fn needs<'a>(stacks: &[Stack], uses: &'a [Use]) -> Vec<BTreeMap<usize, &'a Use>> {
    let positions: HashMap<Rc<str>, usize> = stacks
        .iter()
        .enumerate()
        .map(|(position, stack)| (stack.draft.borrow().key.clone(), position))
        .collect();
    let mut needs = vec![BTreeMap::new(); stacks.len()];
    for used in uses {
        // Every use is of a stack of this app (`Lowering::is_ours`); another one would have no place in it.
        if let (Some(consumer), Some(producer)) =
            (positions.get(&used.consumer), positions.get(&used.producer))
            && let Some(needs) = needs.get_mut(*consumer)
        {
            needs.entry(*producer).or_insert(used);
        }
    }
    needs
}

fn cycle(circle: &[&Use]) -> Finding {
    let names: Vec<String> = circle
        .iter()
        .map(|used| format!("`{}`", used.consumer))
        .collect();
    let what = match names.as_slice() {
        [one] => format!("stack {one} depends on itself"),
        _ => format!(
            "stacks {} need each other, so none can be deployed first",
            joined(&names)
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
