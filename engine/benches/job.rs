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
    plan::{Backoff, Concurrency, Plan, WhenBusy},
    port::policy::HousePolicy,
    react::{Owed, owed},
    request::Outcome,
    testing::{each, exited, number, plan, range, step, submission, text, went_well},
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
    bencher.counter(ItemsCount::new(100_000_usize)).bench(|| drive(&shape, 0));
}

/// Each instance waits for a place in a group of ten.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn drive_fan_out_of_100000_in_a_group(bencher: Bencher<'_, '_>) {
    let (limit, when_busy) = (Some(number(10)), WhenBusy::Queue);
    let limit = Concurrency { group: text("group"), limit, when_busy, rate: None, per: None };
    let grouped = step("a").for_each(range(100_000)).with(|it| it.concurrency = Some(limit));
    let shape = Shape::new(Arc::new(plan([grouped]).build()));
    bencher.counter(ItemsCount::new(100_000_usize)).bench(|| drive(&shape, 0));
}

/// A job that fails, and then tidies up, each instance at the second try.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn drive_tidying_of_100000(bencher: Bencher<'_, '_>) {
    let tidies = step("b").after(&["a"]).for_each(range(100_000)).retry(2, Backoff::Fixed, 1000);
    let shape = Shape::new(Arc::new(plan([step("a"), tidies]).build()));
    bencher.counter(ItemsCount::new(100_000_usize)).bench(|| drive(&shape, 1));
}

/// Drives a job to its end, whose first attempts end with this code.
fn drive(shape: &Arc<Shape>, code: i64) -> Job {
    let mut job = Job::new(Arc::clone(shape));
    let mut submit = submission();
    submit.max_parallel = 64;
    let mut now = 0;
    let ask = |job: &mut Job, now: i64, command: Command| {
        decide(job, &Actor::Worker, &command, now, &HousePolicy).unwrap();
    };
    ask(&mut job, now, Command::Submit(Box::new(submit)));
    let (well, badly) = (Outcome::Done(went_well("")), exited(code));
    while let Some(&owed) = owed(&job).first() {
        let at = |ix, instance| At::new(Arc::clone(&job.shape.step(ix).unwrap().name), instance);
        let command = match owed {
            Owed::Perform(ix, instance, attempt) => {
                let outcome = Box::new(if attempt == 1 { badly.clone() } else { well.clone() });
                Command::ReportOutcome { at: at(ix, instance), attempt, outcome }
            }
            Owed::Slot(ix, instance) => Command::GrantSlot { at: Some(at(ix, instance)) },
            Owed::Wake(due) => {
                now = due;
                Command::Tick
            }
            _ => break,
        };
        ask(&mut job, now, command);
    }
    assert!(job.is_over());
    job
}
