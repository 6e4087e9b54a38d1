//! What the documents point to is there.

use crate::tree::{File, files, root};

/// A page of another site is its owner's business; a file of ours must exist.
#[test]
fn links_lead_somewhere() {
    for File { path, text } in files().iter().filter(|file| file.path.ends_with(".md")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in
            links(text).into_iter().filter(|target| !target.contains(':') && !target.starts_with('#'))
        {
            let file = target.split('#').next().unwrap_or_default();
            assert!(root().join(folder).join(file).exists(), "{path} links to `{target}`");
        }
    }
}

/// In the documents about the house, a word in backticks that begins with a room's name and `/` is a path.
#[test]
fn paths_in_the_documents_exist() {
    const HOUSE: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
    const ROOMS: &[&str] = &["grammar/", "dsl/", "engine/", "api/", "examples/", "tests/", "docs/"];
    for File { path, text } in files() {
        if !HOUSE.contains(&path.as_str()) && !path.starts_with("docs/decisions/") {
            continue;
        }
        for word in text.split('`').skip(1).step_by(2) {
            let named =
                ROOMS.iter().any(|room| word.starts_with(room)) && !word.contains(['<', '*', ' ', '\n']);
            assert!(!named || root().join(word).exists(), "{path} names `{word}`");
        }
    }
}

/// Returns the targets of `[text](target)`; what stands in backticks is code, not a link.
fn links(text: &str) -> Vec<String> {
    let prose = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '\n']).next());
    targets.map(str::to_owned).collect()
}
