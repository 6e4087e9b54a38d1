//! Jobs under every misfortune that a seed can think of: slow, failing, lost and lying providers, people who meddle,
//! clocks that jump, crashes. What must always hold is in [`check`].
//!
//! `SKYNET_SEEDS` is how many seeds are run (`just simulate N`), `SKYNET_SEED` the first of them.

mod chance;
mod check;
mod plans;
mod world;

use chance::Chance;
use std::panic::{AssertUnwindSafe, catch_unwind};
use world::World;

/// How many seeds each of the tests below runs where nobody says.
const SEEDS: u64 = 250;

#[expect(clippy::disallowed_methods, reason = "a person chooses the seeds of a test")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs seeds, one of four parts of them, and names the first that fails.
fn seeds(part: u64, test: &str, run: impl Fn(u64)) {
    let first = setting("SKYNET_SEED").unwrap_or(0);
    let count = setting("SKYNET_SEEDS").unwrap_or(SEEDS * 4);
    for seed in (first..first + count).filter(|seed| seed % 4 == part) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| run(seed))) {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            let said: String = said.chars().take(3000).collect();
            panic!(
                "{said}\n\nto see it again:\n  SKYNET_SEED={seed} SKYNET_SEEDS=1 cargo test -p engine {test}\n"
            );
        }
    }
}

fn misfortune(seed: u64) {
    let mut chance = Chance::new(seed);
    let plan = plans::random(&mut chance);
    let mut world = World::new(plan, chance.next());
    world.submit();
    for _ in 0..chance.below(120) {
        world.step();
    }
    world.settle();
    world.crash();
}

/// A job that goes on from any point of its log does what it would have done.
fn recovery(seed: u64) {
    let mut chance = Chance::new(seed);
    let plan = plans::random(&mut chance);
    let chances = chance.next();
    let make = || {
        let mut world = World::new(plan.clone(), chances);
        world.steady();
        world
    };
    let mut whole = make();
    whole.submit();
    let mut states = vec![(whole.log.len(), whole.now)];
    while !whole.job.is_over() && states.len() < 300 {
        whole.chance = Chance::new(chances ^ whole.job.seq);
        if !whole.settle_one() {
            break;
        }
        states.push((whole.log.len(), whole.now));
    }
    // Every boundary of a short log, some of a long one.
    let stride = 1 + states.len() / 6;
    for &(end, now) in states.iter().step_by(stride) {
        let mut again = make();
        again.log = whole.log[..end].to_vec();
        for event in &again.log {
            again.job.evolve(event).unwrap();
        }
        again.now = now;
        again.trust();
        while again.log.len() < whole.log.len() {
            again.chance = Chance::new(chances ^ again.job.seq);
            if !again.settle_one() {
                break;
            }
        }
        assert!(again.log == whole.log, "from event {end} on it goes another way");
        assert!(again.job == whole.job);
    }
}

/// A log that was cut anywhere, even within a decision, leads to an end.
fn torn(seed: u64) {
    let mut chance = Chance::new(seed);
    let plan = plans::random(&mut chance);
    let mut world = World::new(plan, chance.next());
    world.submit();
    for _ in 0..chance.below(120) {
        world.step();
    }
    world.tear();
    for _ in 0..chance.below(20) {
        world.step();
    }
    world.settle();
    world.crash();
}

macro_rules! parts {
    ($($name:ident, $part:literal, $run:ident;)*) => {$(
        #[test]
        fn $name() {
            seeds($part, concat!("simulation::", stringify!($name)), $run);
        }
    )*};
}

parts! {
    misfortune_0, 0, misfortune;
    misfortune_1, 1, misfortune;
    misfortune_2, 2, misfortune;
    misfortune_3, 3, misfortune;
    recovery_0, 0, recovery;
    recovery_1, 1, recovery;
    recovery_2, 2, recovery;
    recovery_3, 3, recovery;
    torn_0, 0, torn;
    torn_1, 1, torn;
    torn_2, 2, torn;
    torn_3, 3, torn;
}
