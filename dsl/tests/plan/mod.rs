//! The plan of a file: the same for the same meaning, and another for another.

#![allow(clippy::disallowed_methods, reason = "a test reads the files that the room is given")]

use dsl::{LoadError, Loaded, Loader, compile};
use std::{
    fs,
    path::{Path, PathBuf},
};

struct Files;

impl Loader for Files {
    fn load(&self, importer: &str, path: &str) -> Result<Loaded, LoadError> {
        let file = Path::new(importer).parent().unwrap().join(path.trim_start_matches("./"));
        let bytes = fs::read(&file).map_err(|error| LoadError::Failed(error.to_string()))?;
        Ok(Loaded { name: file.display().to_string(), bytes })
    }
}

fn examples() -> Vec<(PathBuf, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "skynet"));
    files.sort();
    assert!(files.len() >= 12, "the examples are gone");
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

fn digest(name: &Path, text: &str) -> engine::id::Digest {
    let compiled = compile(name.to_str().unwrap(), text, &Files);
    assert_eq!(compiled.diagnostics, [], "{}", name.display());
    compiled.plan().unwrap().digest()
}

#[test]
fn layout_and_comments_do_not_change_the_digest() {
    for (path, text) in examples() {
        let plain = digest(&path, &text);
        assert_eq!(digest(&path, &text), plain, "lowering is deterministic");
        assert_eq!(digest(&path, &text.replace('\n', "\r\n")), plain, "{}: line ends", path.display());
        let commented = text.replacen("\nworkflow ", "\n\n\n# another comment\nworkflow ", 1);
        assert_ne!(commented, text);
        assert_eq!(digest(&path, &commented), plain, "{}: comments", path.display());
    }
}

#[test]
fn meaning_changes_the_digest() {
    let hello = "skynet 1\nworkflow hello { step greet { run = [\"echo\", \"hello\"] } }\n";
    let other = hello.replace("\"hello\"", "\"hallo\"");
    assert_ne!(digest(Path::new("a"), hello), digest(Path::new("a"), &other));
}

#[test]
fn the_digest_of_hello_is_written_down() {
    let hello = include_str!("../../../examples/hello.skynet");
    insta::assert_snapshot!(digest(Path::new("hello.skynet"), hello));
}

#[test]
fn a_plan_comes_back_from_its_json() {
    for (path, text) in examples() {
        let compiled = compile(path.to_str().unwrap(), &text, &Files);
        let plan = compiled.plan().unwrap();
        let back = engine::plan::Plan::from_json(&plan.to_json()).unwrap();
        assert_eq!(back.digest(), plan.digest(), "{}", path.display());
    }
}
