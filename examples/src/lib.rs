//! The workflows a newcomer reads first, as text, so that tests and benchmarks of any room can use them without
//! touching a disk.
//!
//! The files lie beside this crate's manifest, in the order of `README.md` there. A test of the workspace holds this
//! list to the folder.

/// Each example: its path in this folder, and its text.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("hello.skynet", include_str!("../hello.skynet")),
    ("params_and_types.skynet", include_str!("../params_and_types.skynet")),
    ("retry_and_timeout.skynet", include_str!("../retry_and_timeout.skynet")),
    ("parallel_diamond.skynet", include_str!("../parallel_diamond.skynet")),
    ("failure_and_cleanup.skynet", include_str!("../failure_and_cleanup.skynet")),
    ("repeat_until_ready.skynet", include_str!("../repeat_until_ready.skynet")),
    ("cache_and_files.skynet", include_str!("../cache_and_files.skynet")),
    ("fan_out_report.skynet", include_str!("../fan_out_report.skynet")),
    ("matrix.skynet", include_str!("../matrix.skynet")),
    ("ship_with_notify.skynet", include_str!("../ship_with_notify.skynet")),
    ("lib/notify.skynet", include_str!("../lib/notify.skynet")),
    ("in_a_container.skynet", include_str!("../in_a_container.skynet")),
    ("catalog_actions.skynet", include_str!("../catalog_actions.skynet")),
    ("cron_report.skynet", include_str!("../cron_report.skynet")),
    ("webhook_release.skynet", include_str!("../webhook_release.skynet")),
    ("approval_and_signal.skynet", include_str!("../approval_and_signal.skynet")),
    ("release_with_undo.skynet", include_str!("../release_with_undo.skynet")),
    ("nightly_features.skynet", include_str!("../nightly_features.skynet")),
    ("disk_full_db1.skynet", include_str!("../disk_full_db1.skynet")),
    ("ship.skynet", include_str!("../ship.skynet")),
];
