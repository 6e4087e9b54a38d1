//! Which Postgres is taken where there are several.

use crate::support::{Home, pretend};
use std::fs;
use store::embedded::Config;

/// The version of each Postgres in `PATH`, that which made the data, and that which is taken.
const CASES: &[(&[&str], Option<&str>, &str)] = &[
    (&["17.2", "16.1"], None, "17.2"),
    (&["16.1", "17.2"], None, "16.1"),
    (&["9.6.24", "14.9", "15.0"], None, "15.0"),
    (&["18devel (of somebody)"], None, "18devel"),
    (&["broken", "16.1"], None, "16.1"),
    (&["17beta1", "16.1"], Some("16"), "16.1"),
    (&["16.1", "17beta1"], Some("17"), "17beta1"),
];

#[tokio::test]
async fn the_first_in_the_path_that_fits() {
    for (path, made_by, taken) in CASES {
        let home = Home::new();
        let search = path.iter().map(|version| pretend(&home, version)).collect();
        if let Some(made_by) = made_by {
            fs::create_dir_all(home.inside("data")).unwrap();
            fs::write(home.inside("data/PG_VERSION"), format!("{made_by}\n")).unwrap();
        }
        // The one that is named for all tests is none of these.
        let config = Config { binaries: None, search, ..home.config() };
        assert_eq!(config.find_binaries().await.unwrap().version, *taken, "{path:?} {made_by:?}");
    }
}

/// Unpacked by hand, as the README says, and the last place that is looked at.
#[tokio::test]
async fn one_that_was_unpacked() {
    let home = Home::new();
    let programs = home.inside("programs/by hand");
    fs::create_dir_all(&programs).unwrap();
    fs::rename(pretend(&home, "99.1"), programs.join("bin")).unwrap();
    fs::create_dir_all(home.inside("data")).unwrap();
    fs::write(home.inside("data/PG_VERSION"), "99\n").unwrap();
    let config = Config { binaries: None, ..home.config() };
    assert_eq!(config.find_binaries().await.unwrap().folder, programs.join("bin"));
}
