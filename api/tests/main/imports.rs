//! Imports from disk: how files are found and named, and what is refused.

use crate::program::Folder;
use insta::assert_snapshot;

fn main_file(import: &str) -> String {
    format!(
        "skynet 1\nimport \"{import}\" as lib\nworkflow a {{\n  step x {{\n    call lib.b {{ }}\n  }}\n}}\n"
    )
}

const LIB: &str = "skynet 1\nworkflow b {\n  step y { run = [\"true\"] }\n}\n";

#[test]
fn a_path_is_relative_to_the_importing_file() {
    let folder = Folder::with(&[("flows/lib/b.skynet", LIB)]);
    folder.write("flows/main.skynet", main_file("./lib/b.skynet"));
    let run = folder.run("check --format json flows/main.skynet");
    assert_eq!(run.json()["files"], serde_json::json!(["flows/main.skynet", "flows/lib/b.skynet"]), "{run}");
    let absolute = folder.path("flows/lib/b.skynet");
    folder.write("flows/main.skynet", main_file(absolute.to_str().unwrap()));
    assert_eq!(folder.run("check flows/main.skynet").exit(), 0);
}

#[test]
fn a_missing_file_is_told_what_is_near() {
    let folder = Folder::with(&[("lib/notify.skynet", LIB)]);
    folder.write("main.skynet", main_file("./lib/notfy.skynet"));
    assert_snapshot!("import_missing", folder.run("check main.skynet"));
}

#[test]
fn a_file_that_imports_itself() {
    let folder = Folder::with(&[]);
    folder.write("main.skynet", main_file("./main.skynet"));
    assert_snapshot!("import_itself", folder.run("check main.skynet"));
    folder.write("sub/x", "");
    folder.write("main.skynet", main_file("./sub/../main.skynet"));
    assert_eq!(folder.run("check main.skynet").stdout().matches("E0407").count(), 1);
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = Folder::with(&[("lib/b.skynet", LIB)]);
    folder.write("main.skynet", main_file("./lib"));
    assert_snapshot!("import_directory", folder.run("check main.skynet"));
    folder.write("lib/latin1.skynet", b"skynet 1\n# caf\xe9\n");
    folder.write("main.skynet", main_file("./lib/latin1.skynet"));
    assert_snapshot!("import_not_utf8", folder.run("check main.skynet"));
    folder.write("main.skynet", main_file("lib/b.skynet/c.skynet"));
    assert_snapshot!("import_through_a_file", folder.run("check main.skynet"));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let folder = Folder::with(&[("main.skynet", &main_file("./big.skynet"))]);
    std::fs::File::create(folder.path("big.skynet")).unwrap().set_len(100 << 20).unwrap();
    assert_snapshot!("import_too_large", folder.run("check main.skynet"));
}

#[test]
fn a_pinned_file_must_have_its_digest() {
    let folder = Folder::with(&[("b.skynet", LIB)]);
    let digest = engine::id::Digest::of(LIB.as_bytes());
    let pinned = main_file("./b.skynet").replace(" as lib", &format!(" as lib sha256 \"{digest}\""));
    folder.write("main.skynet", &pinned);
    assert_eq!(folder.run("check main.skynet").exit(), 0);
    folder.write("b.skynet", LIB.replace("true", "false"));
    let run = folder.run("check main.skynet");
    assert!(run.stdout().contains("error[E0703]"), "{run}");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;

    /// Two spellings of one file are one file: it would be parsed twice and clash with itself otherwise.
    #[test]
    fn a_link_is_the_file_it_leads_to() {
        let folder = Folder::with(&[]);
        folder.write("main.skynet", main_file("./link.skynet"));
        symlink("main.skynet", folder.path("link.skynet")).unwrap();
        let run = folder.run("check main.skynet");
        assert!(run.stdout().contains("error[E0407]"), "{run}");
    }

    #[test]
    fn a_device_or_a_pipe_is_not_opened() {
        let folder = Folder::with(&[]);
        folder.write("main.skynet", main_file("/dev/zero"));
        let run = folder.run("check main.skynet");
        assert!(run.stdout().contains("it is not a regular file"), "{run}");
    }
}
