//! Which examples are run, with what params, and what other systems send them.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use crate::folder::Folder;
use engine::{
    event::Values,
    job::Shape,
    value::{Value, from_json, parse_text},
};
use examples::EXAMPLES;
use serde_json::json;
use std::sync::Arc;

/// An example with values for its params.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// What the case is called.
    pub(crate) name: &'static str,
    /// The example's file.
    pub(crate) path: &'static str,
    /// Params, as they are given at a shell.
    pub(crate) params: &'static [(&'static str, &'static str)],
}

const fn case(
    name: &'static str,
    path: &'static str,
    params: &'static [(&'static str, &'static str)],
) -> Case {
    Case { name, path, params }
}

/// Each example, some of them twice.
pub(crate) const CASES: &[Case] = &[
    case("hello", "hello.skynet", &[]),
    case("params_and_types", "params_and_types.skynet", &[]),
    case("params_and_types_quiet", "params_and_types.skynet", &[("quiet", "true")]),
    case("retry_and_timeout", "retry_and_timeout.skynet", &[]),
    case("parallel_diamond", "parallel_diamond.skynet", &[]),
    case("parallel_diamond_uncounted", "parallel_diamond.skynet", &[("count", "false")]),
    case("failure_and_cleanup", "failure_and_cleanup.skynet", &[]),
    case("failure_and_cleanup_unbroken", "failure_and_cleanup.skynet", &[("broken", "false")]),
    case("repeat_until_ready", "repeat_until_ready.skynet", &[]),
    case("cache_and_files", "cache_and_files.skynet", &[]),
    case("fan_out_report", "fan_out_report.skynet", &[]),
    case("matrix", "matrix.skynet", &[]),
    case("ship_with_notify", "ship_with_notify.skynet", &[]),
    case("in_a_container", "in_a_container.skynet", &[]),
    case("catalog_actions", "catalog_actions.skynet", &[]),
    case("cron_report", "cron_report.skynet", &[]),
    case("webhook_release", "webhook_release.skynet", &[]),
    case("approval_and_signal", "approval_and_signal.skynet", &[]),
    case("release_with_undo", "release_with_undo.skynet", &[]),
    case("release_with_undo_unhealthy", "release_with_undo.skynet", &[("healthy", "false")]),
    case("nightly_features", "nightly_features.skynet", &[]),
    case("disk_full_db1", "disk_full_db1.skynet", &[]),
    case("ship_staging", "ship.skynet", &[("version", "1.4.2")]),
    case("ship_prod", "ship.skynet", &[("version", "1.4.2"), ("env", "prod")]),
];

impl Case {
    /// Compiles the example.
    pub(crate) fn shape(&self) -> Arc<Shape> {
        let files = EXAMPLES.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        let compiled = Folder(files.collect()).compile(self.path).unwrap_or_else(|code| panic!("{code}"));
        Shape::new(compiled.workflows.into_iter().next().unwrap().plan.unwrap())
    }

    /// Reads the params.
    pub(crate) fn params(&self, shape: &Shape) -> Values {
        let value = |(name, text): &(&str, &str)| {
            let param = shape.plan.params.iter().find(|param| *param.name == **name).unwrap();
            (Arc::clone(&param.name), parse_text(&param.ty, text).unwrap())
        };
        Arc::new(self.params.iter().map(value).collect())
    }
}

/// Returns the body of a signal.
pub(crate) fn signal(name: &str) -> Value {
    match name {
        "window_open" => from_json(&json!({ "ticket": "CHG-7", "minutes": 15 })),
        other => panic!("nobody sends `{other}`"),
    }
}

/// Finds a case.
pub(crate) fn find(name: &str) -> Case {
    *CASES.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("no case `{name}`"))
}
