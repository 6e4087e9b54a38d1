//! What a person reads when there is no server to be had.

use crate::support::{Home, pretend};
use insta::assert_snapshot;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use store::embedded::{Config, Embedded, home};

/// Returns the message, with the folder of the test and the times and numbers of the log taken out.
async fn message(home: &Home, config: &Config) -> String {
    let text = Embedded::open(config).await.unwrap_err().to_string();
    let text = text.replace(&*home.outside().to_string_lossy(), "[folder]");
    let lines = text.lines().map(|line| match line.split_once(" UTC [") {
        Some((_, rest)) => format!("  [time] {}", rest.split_once("] ").unwrap().1),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn there_are_no_programs_where_they_should_be() {
    let home = Home::new();
    let config = Config { binaries: Some(home.outside().join("nowhere")), ..home.config() };
    assert_snapshot!(message(&home, &config).await);
}

#[tokio::test]
async fn the_version_is_too_old() {
    let home = Home::new();
    let config = Config { binaries: Some(pretend(&home, "9.6.24")), ..home.config() };
    assert_snapshot!(message(&home, &config).await);
}

#[tokio::test]
async fn the_version_is_not_said() {
    let home = Home::new();
    let config = Config { binaries: Some(pretend(&home, "hello")), ..home.config() };
    assert_snapshot!(message(&home, &config).await);
}

#[tokio::test]
async fn the_data_is_of_another_version() {
    let home = Home::new();
    fs::create_dir_all(home.inside("data")).unwrap();
    fs::write(home.inside("data/PG_VERSION"), "14\n").unwrap();
    let config = Config { binaries: Some(pretend(&home, "17.2 (Debian 17.2-1)")), ..home.config() };
    assert_snapshot!(message(&home, &config).await);
}

#[tokio::test]
async fn the_data_is_no_database() {
    let home = Home::new();
    fs::create_dir_all(home.inside("data/letters")).unwrap();
    assert_snapshot!(message(&home, &home.config()).await);
}

#[tokio::test]
async fn the_data_cannot_be_made() {
    let home = Home::new();
    let config = Config { binaries: Some(pretend(&home, "17.2")), ..home.config() };
    let initdb = config.binaries.as_ref().unwrap().join("initdb");
    let script = "#!/bin/sh\necho 'creating subdirectories ... ok'\n\
        echo 'initdb: error: could not write to file: No space left on device' >&2\nexit 1\n";
    fs::write(initdb, script).unwrap();
    assert_snapshot!(message(&home, &config).await);
    assert!(!home.inside("data").exists());
}

#[tokio::test]
async fn the_server_does_not_start() {
    let home = Home::new();
    let settings = vec![("shared_buffers".to_owned(), "a lot".to_owned())];
    let config = Config { settings, ..home.config() };
    assert_snapshot!(message(&home, &config).await);
}

#[tokio::test]
async fn another_program_is_at_the_door_for_too_long() {
    let home = Home::new();
    let config = Config { patience: Duration::from_millis(20), ..home.config() };
    config.prepare().unwrap();
    let door = fs::OpenOptions::new().append(true).open(home.inside("door.lock")).unwrap();
    door.lock().unwrap();
    assert_snapshot!(message(&home, &config).await);
}

#[test]
fn the_home_is_the_one_that_is_given_or_the_platforms() {
    let path = |text: &str| Some(PathBuf::from(text));
    let is_root = rustix::process::geteuid().is_root();
    let is_mac = cfg!(target_os = "macos");
    let expect = |user: &'static str, mac: &'static str| match (is_root, is_mac) {
        (true, false) => "/var/lib/skynet",
        (true, true) => "/Library/Application Support/skynet",
        (false, true) => mac,
        (false, false) => user,
    };
    let mac = "/home/ada/Library/Application Support/skynet";
    let cases = [
        (home(path("/given"), path("/data"), path("/home/ada")), "/given"),
        (home(None, path("/data"), path("/home/ada")), expect("/data/skynet", mac)),
        (home(None, None, path("/home/ada")), expect("/home/ada/.local/share/skynet", mac)),
    ];
    for (found, wanted) in cases {
        assert_eq!(found.as_deref(), Some(Path::new(wanted)));
    }
}
