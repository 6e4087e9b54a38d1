//! How long the heart takes: events folded, commands decided, wide and long jobs driven to their end.
//!
//! `cargo bench -p engine` prints time and items per second. The bars on one core: 2 million events folded and 300,000
//! commands decided per second, on a chain of five steps.
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use divan::{Bencher, counter::ItemsCount};
use engine::{
    command::Command,
    decide::decide,
    event::{Actor, At, Recorded},
    job::{Job, Shape},
    plan::Plan,
    port::policy::HousePolicy,
    react::{Owed, owed},
    request::Outcome,
    testing::{each, plan, range, step, submission, went_well},
};
use std::sync::Arc;

fn main() {
    divan::main();
}

fn chain(steps: usize) -> Plan {
    let steps = (0..steps).map(|at| match at.checked_sub(1) {
        Some(before) => step(&format!("s{at}")).needs(&[&format!("s{before}")]),
        None => step("s0"),
    });
    plan(steps).build()
}

fn fan_out(items: usize) -> Plan {
    plan([step("a").for_each(range(items)).runs("true", each())]).build()
}

/// What is asked of a job from its beginning to its end, if every attempt goes well.
fn commands(shape: &Arc<Shape>) -> (Vec<Command>, Vec<Arc<Recorded>>) {
    let mut job = Job::new(Arc::clone(shape));
    let (mut commands, mut log) = (vec![Command::Submit(Box::new(submission()))], Vec::new());
    loop {
        let command = commands.last().unwrap();
        log.extend(decide(&mut job, &Actor::Worker, command, 0, &HousePolicy).unwrap());
        let Some(&Owed::Perform(ix, instance, attempt)) = owed(&job).first() else { break };
        let at = At::new(Arc::clone(&job.shape.step(ix).unwrap().name), instance);
        let outcome = Box::new(Outcome::Done(went_well("")));
        commands.push(Command::ReportOutcome { at, attempt, outcome });
    }
    assert!(job.is_over());
    (commands, log)
}

#[divan::bench]
fn fold_chain_of_5(bencher: Bencher<'_, '_>) {
    let shape = Shape::new(Arc::new(chain(5)));
    let (_, log) = commands(&shape);
    bencher.counter(ItemsCount::new(log.len())).bench(|| {
        let mut job = Job::new(Arc::clone(&shape));
        log.iter().for_each(|event| job.evolve(event).unwrap());
        job
    });
}

#[divan::bench]
fn decide_chain_of_5(bencher: Bencher<'_, '_>) {
    let shape = Shape::new(Arc::new(chain(5)));
    let (commands, _) = commands(&shape);
    bencher.counter(ItemsCount::new(commands.len())).bench(|| {
        let mut job = Job::new(Arc::clone(&shape));
        for command in &commands {
            decide(&mut job, &Actor::Worker, command, 0, &HousePolicy).unwrap();
        }
        job
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn drive_chain_of_5000(bencher: Bencher<'_, '_>) {
    let shape = Shape::new(Arc::new(chain(5000)));
    bencher.counter(ItemsCount::new(5000_usize)).bench(|| commands(&shape));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn drive_fan_out_of_100000(bencher: Bencher<'_, '_>) {
    let shape = Shape::new(Arc::new(fan_out(100_000)));
    bencher.counter(ItemsCount::new(100_000_usize)).bench(|| {
        let mut job = Job::new(Arc::clone(&shape));
        let mut submit = submission();
        submit.max_parallel = 64;
        decide(&mut job, &Actor::Worker, &Command::Submit(Box::new(submit)), 0, &HousePolicy).unwrap();
        let outcome = Box::new(Outcome::Done(went_well("")));
        while let Some(&Owed::Perform(ix, instance, attempt)) = owed(&job).first() {
            let at = At::new(Arc::clone(&job.shape.step(ix).unwrap().name), instance);
            let command = Command::ReportOutcome { at, attempt, outcome: outcome.clone() };
            decide(&mut job, &Actor::Worker, &command, 0, &HousePolicy).unwrap();
        }
        assert!(job.is_over());
        job
    });
}
