//! Recovery: from every prefix of every log, the job comes to the same end. A log has all events of a decision or none
//! of them, so a prefix ends where a decision does.

use super::{
    bench::{Bench, Ended},
    case::CASES,
    line::lines,
};

#[test]
fn from_every_prefix_a_job_comes_to_the_same_end() {
    let mut wrong = Vec::new();
    for case in CASES {
        let bench = Bench::new(*case);
        let whole = bench.run();
        for &length in std::iter::once(&0).chain(&whole.cuts) {
            let resumed = bench.resume(&whole.told[..length]);
            if end(&resumed) != end(&whole) {
                let (is, was) = (end(&resumed), end(&whole));
                wrong.push(format!(
                    "{} after {length} events:\n{is}\nnot\n{was}\n{}",
                    case.name,
                    lines(&resumed.told)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Says what a job came to: its state, its outputs, and how each step stands.
fn end(ended: &Ended) -> String {
    let job = &ended.job;
    let steps: Vec<_> = job
        .steps
        .iter()
        .enumerate()
        .map(|(ix, step)| format!("{}={}", job.place(ix, 0).step, step.status.as_str()))
        .collect();
    format!("{:?} {:?} {}", job.state, job.outputs, steps.join(" "))
}
