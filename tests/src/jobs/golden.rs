//! The log of each example, as lines to read: it must say what the file says should happen.

use super::{
    bench::{Bench, Ended},
    case::CASES,
    line::lines,
};
use engine::job::JobState;
use examples::EXAMPLES;

#[test]
fn every_log_says_what_the_file_says() {
    for case in CASES {
        let ended = Bench::new(*case).run();
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "golden" }, {
            insta::assert_snapshot!(case.name, lines(&ended.told));
        });
    }
}

#[test]
fn every_example_is_a_case() {
    for (path, _) in EXAMPLES.iter().filter(|(path, _)| !path.starts_with("lib/")) {
        assert!(CASES.iter().any(|case| case.path == *path), "{path} has no case");
    }
}

/// The same job twice is the same log: nothing in the engine depends on chance or on the order of a hash.
#[test]
fn the_same_job_has_the_same_log() {
    for case in CASES {
        let bench = Bench::new(*case);
        assert_eq!(lines(&bench.run().told), lines(&bench.run().told), "{}", case.name);
    }
}

#[test]
fn every_example_ends_well_where_nothing_goes_wrong() {
    for case in CASES {
        let Ended { job, .. } = Bench::new(*case).run();
        let fails = case.name.ends_with("_unhealthy");
        assert_eq!(matches!(job.state, JobState::Succeeded), !fails, "{}: {:?}", case.name, job.state);
    }
}
