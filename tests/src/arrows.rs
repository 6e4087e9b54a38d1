//! Who may know whom. The drawing in `ARCHITECTURE.md` and the table below say the same; a new arrow is a decision
//! record first.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use crate::tree::root;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Each member, and the members it may need to be built.
const ARROWS: &[(&str, &[&str])] = &[
    ("grammar", &[]),
    ("engine", &[]),
    ("dsl", &["grammar", "engine"]),
    ("store", &["engine"]),
    ("providers", &["engine"]),
    ("api", &["grammar", "dsl", "engine", "store", "providers"]),
    ("examples", &[]),
    ("tests", &["grammar", "engine", "dsl", "store", "providers", "api", "examples"]),
];

#[test]
fn every_arrow_is_drawn() {
    let allowed: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    for (from, needed) in arrows(&metadata(), |kind| kind != DependencyKind::Development) {
        let allowed =
            allowed.get(from.as_str()).unwrap_or_else(|| panic!("`{from}` has no row in the table"));
        for to in needed {
            assert!(allowed.contains(&to.as_str()), "`{from}` may not depend on `{to}`");
        }
    }
}

/// Tests may look anywhere, but not in circles: a circle would build a room twice and hide which one is the lower.
#[test]
fn no_arrows_form_a_circle() {
    let mut left = arrows(&metadata(), |_| true);
    loop {
        let free: BTreeSet<_> =
            left.iter().filter(|(_, needed)| needed.is_empty()).map(|(name, _)| name.clone()).collect();
        if free.is_empty() {
            break;
        }
        left.retain(|name, _| !free.contains(name));
        left.values_mut().for_each(|needed| needed.retain(|name| !free.contains(name)));
    }
    assert!(left.is_empty(), "these need each other: {left:?}");
}

#[test]
fn every_row_is_a_member() {
    let members = arrows(&metadata(), |_| true);
    for (name, _) in ARROWS {
        assert!(members.contains_key(*name), "`{name}` is in the table and no member of the workspace");
    }
}

/// Reads the manifests only, so it needs neither network nor a resolved graph.
pub(crate) fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

/// Returns for each member the other members it names as dependencies of the kinds asked for.
fn arrows(metadata: &Metadata, kind: impl Fn(DependencyKind) -> bool) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<_> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let needed = |package: &cargo_metadata::Package| {
        // A room that needs itself turns a feature of its own on for its tests.
        let others = package.dependencies.iter().filter(|it| it.name != *package.name);
        let ours = others.filter(|it| kind(it.kind) && members.contains(&it.name));
        // A member that names itself only asks for one of its own features in its tests.
        ours.filter(|it| it.name != *package.name).map(|it| it.name.clone()).collect()
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), needed(package))).collect()
}
