//! Every store against what stores promise.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

#[path = "../postgres/mod.rs"]
mod postgres;

use store::{FolderBlobs, MemoryLog, MemoryResults, conformance};

/// One test for each promise, on a fresh store.
macro_rules! keeps {
    ($store:expr, $($promise:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $promise() {
            conformance::$promise(&$store).await;
        })*
    };
}

mod memory_log {
    use super::{MemoryLog, conformance};
    keeps!(
        MemoryLog::default(),
        reads_what_was_appended,
        refuses_another_version,
        refuses_gaps,
        starts_a_key_once,
        lets_one_start_win,
        lets_one_of_many_win,
        feeds_all_jobs_in_one_order,
        wakes_who_waits,
    );
}

mod memory_results {
    use super::{MemoryResults, conformance};
    keeps!(MemoryResults::default(), finds_results);
}

#[tokio::test]
async fn a_folder_keeps_content_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = FolderBlobs::new(folder.path().join("made/when/needed"));
    conformance::keeps_content(&blobs).await;
    conformance::has_no_other_content(&blobs).await;
    let files = std::fs::read_dir(folder.path().join("made/when/needed")).unwrap().count();
    assert_eq!(files, 2, "what was cut off leaves nothing behind");
}
