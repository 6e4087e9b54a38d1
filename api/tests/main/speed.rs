//! The program must not do work that nobody asked for.

use crate::program::{Folder, HELLO};
use std::time::{Duration, Instant};

/// The limit is far above what it takes even in a build without optimisation on a busy machine; it catches a table
/// or a pattern that is built at every start.
#[test]
fn a_small_file_is_checked_at_once() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    let fastest = (0..10)
        .map(|_| {
            let start = Instant::now();
            assert_eq!(folder.run("check a.skynet").exit(), 0);
            start.elapsed()
        })
        .min()
        .unwrap();
    assert!(fastest < Duration::from_millis(250), "{fastest:?}");
}
