//! The same work for many things, on all cores.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Bytes of stack of a thread: templates and schemas that are as deep as they may be need a tenth of it in a debug
/// build. Only what is used is memory.
const STACK: usize = 64 * 1024 * 1024;

/// What comes of something that may go as deep as templates do. A panic in it goes on here.
pub(crate) fn on_a_deep_stack<R: Send>(work: impl Fn() -> R + Sync) -> R {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        match thread.spawn_scoped(scope, &work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            // Where there is no room for another thread, this one has to do.
            Err(_) => work(),
        }
    })
}

/// What comes of each thing, in their order. A panic in one of them goes on here.
pub(crate) fn on_all_cores<'t, T: Sync, R: Send>(
    things: &'t [T],
    work: impl Fn(&'t T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let next = AtomicUsize::new(0);
    let worker = || {
        let turns = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let turns = turns.map_while(|turn| Some((turn, things.get(turn)?)));
        let done = turns.map(|(turn, thing)| (turn, work(thing)));
        done.collect::<Vec<_>>()
    };
    let mut all: Vec<(usize, R)> = thread::scope(|scope| {
        let threads = (0..cores.min(things.len())).filter_map(|_| {
            let thread = thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, worker).ok()
        });
        let threads: Vec<_> = threads.collect();
        // Where there is no room for another thread, this one has to do.
        if threads.is_empty() {
            return worker();
        }
        let done = threads.into_iter().map(|thread| thread.join());
        let done = done.map(|done| done.unwrap_or_else(|panic| resume_unwind(panic)));
        done.flatten().collect()
    });
    all.sort_by_key(|(turn, _)| *turn);
    all.into_iter().map(|(_, result)| result).collect()
}
