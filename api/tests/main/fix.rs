//! `check --fix`: what is mended, where, and what is left alone.

use crate::program::{Folder, HELLO};
use insta::assert_snapshot;

#[test]
fn fixes_are_applied_to_the_file() {
    let text = HELLO.replace("trim(", "trimm(").replace("run =", "rum =");
    let folder = Folder::with(&[("a.skynet", &text)]);
    assert_snapshot!("fix_all", folder.run("check --fix a.skynet"));
    assert_eq!(folder.read("a.skynet"), HELLO);
}

#[test]
fn what_cannot_be_mended_is_left_and_reported() {
    let text = HELLO.replace("trim(", "trimm(").replace("\"world\"", "3");
    let folder = Folder::with(&[("a.skynet", &text)]);
    assert_snapshot!("fix_some", folder.run("check --fix a.skynet"));
    assert!(folder.read("a.skynet").contains("trim("));
}

#[test]
fn no_fix_leaves_a_file_worse() {
    let steps = [
        r#"step a { run = ["ls", "|", "wc"] }"#,
        r#"step a { run = ["echo", "${param.n legs, ${param.n} spent."] }"#,
    ];
    for step in steps {
        let text = format!("skynet 1\nworkflow a {{\n  param n: int = 1\n  {step}\n}}\n");
        let folder = Folder::with(&[("a.skynet", &text)]);
        let codes = |folder: &Folder| -> Vec<String> {
            let json = folder.run("check --format json a.skynet").json();
            let found = json["diagnostics"].as_array().unwrap().iter();
            found.map(|it| it["code"].as_str().unwrap().to_owned()).collect()
        };
        let before = codes(&folder);
        assert!(!before.is_empty());
        folder.run("check --fix a.skynet");
        let after = codes(&folder);
        assert!(
            after.len() <= before.len() && after.iter().all(|it| before.contains(it)),
            "{before:?} {after:?}"
        );
    }
}

#[test]
fn json_says_how_many_were_applied() {
    let folder = Folder::with(&[("a.skynet", &HELLO.replace("trim(", "trimm("))]);
    assert_eq!(folder.run("check --format json a.skynet").json().get("fixed"), None);
    assert_eq!(folder.run("check --fix --format json a.skynet").json()["fixed"], 1);
    assert_eq!(folder.run("check --fix --format json a.skynet").json()["fixed"], 0);
}

#[test]
fn standard_input_goes_mended_to_standard_output() {
    let folder = Folder::with(&[]);
    let run = folder.run_with("check --fix -", &[], HELLO.replace("trim(", "trimm(").as_bytes());
    assert_eq!(run.stdout(), HELLO);
    assert_eq!(run.stderr(), "applied 1 fix, ok: <stdin>: 1 step\n");
    assert_eq!(run.exit(), 0);
}

#[test]
fn an_import_is_mended_only_if_it_is_named() {
    let main =
        "skynet 1\nimport \"./lib.skynet\" as lib\nworkflow a {\n  step x {\n    call lib.b { }\n  }\n}\n";
    let lib = "skynet 1\nworkflow b {\n  step y { rum = [\"true\"] }\n}\n";
    let folder = Folder::with(&[("main.skynet", main), ("lib.skynet", lib)]);
    assert_eq!(folder.run("check --fix main.skynet").exit(), 2);
    assert_eq!(folder.read("lib.skynet"), lib);
    assert_eq!(folder.run("check --fix main.skynet lib.skynet").exit(), 0);
    assert_eq!(folder.read("lib.skynet"), lib.replace("rum", "run"));
    assert_eq!(folder.read("main.skynet"), main);
}

#[test]
fn a_file_without_mistakes_is_not_written() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    let before = std::fs::metadata(folder.path("a.skynet")).unwrap();
    assert_eq!(folder.run("check --fix a.skynet").exit(), 0);
    let after = std::fs::metadata(folder.path("a.skynet")).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    #[test]
    fn permissions_stay_and_links_stay_links() {
        let folder = Folder::with(&[("real.skynet", &HELLO.replace("trim(", "trimm("))]);
        let mode = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(folder.path("real.skynet"), mode).unwrap();
        symlink("real.skynet", folder.path("link.skynet")).unwrap();
        assert_eq!(folder.run("check --fix link.skynet").exit(), 0);
        assert_eq!(folder.read("real.skynet"), HELLO);
        assert!(std::fs::symlink_metadata(folder.path("link.skynet")).unwrap().is_symlink());
        assert_eq!(std::fs::metadata(folder.path("real.skynet")).unwrap().mode() & 0o777, 0o640);
        let names: Vec<_> =
            std::fs::read_dir(folder.path("")).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "a draft was left behind: {names:?}");
    }

    #[test]
    fn a_read_only_file_is_not_replaced() {
        let text = HELLO.replace("trim(", "trimm(");
        let folder = Folder::with(&[("a.skynet", &text)]);
        let mode = std::fs::Permissions::from_mode(0o444);
        std::fs::set_permissions(folder.path("a.skynet"), mode).unwrap();
        assert_snapshot!("fix_read_only", folder.run("check --fix a.skynet"));
        assert_eq!(folder.read("a.skynet"), text);
    }
}
