//! Inputs that no author means: the program says what is wrong, how to go on, and exits with 2. It never panics.

use crate::program::{Folder, HELLO};
use insta::assert_snapshot;
use std::process::Command;

/// The verbs that read a file.
const VERBS: &[&str] = &["check", "fmt", "graph", "plan", "convert --to json"];

#[test]
fn no_such_file() {
    let folder =
        Folder::with(&[("hello.skynet", HELLO), ("flows/a.skynet", HELLO), ("flows/b.skynet", HELLO)]);
    assert_snapshot!("input_missing", folder.run("check helo.skynet"));
    assert_snapshot!("input_missing_far", folder.run("check zebra.skynet"));
    assert_snapshot!("input_directory", folder.run("check flows"));
    assert_snapshot!("input_through_a_file", folder.run("check hello.skynet/a.skynet"));
    for verb in VERBS {
        for name in ["helo.skynet", "flows"] {
            let run = folder.run(&format!("{verb} {name}"));
            assert_eq!(run.exit(), 2, "{run}");
            assert!(run.stderr().starts_with("error: ") && run.stderr().contains("\nhelp: "), "{run}");
        }
    }
}

/// One file that cannot be read does not keep the others from being checked.
#[test]
fn one_of_several_is_missing() {
    let folder = Folder::with(&[("hello.skynet", HELLO)]);
    assert_snapshot!("input_one_missing", folder.run("check nope.skynet hello.skynet"));
}

#[test]
fn bytes_that_are_no_text() {
    let folder = Folder::with(&[]);
    folder.write("latin1.skynet", b"skynet 1\n# caf\xe9\nworkflow a { }\n");
    folder.write("utf16.skynet", b"\xff\xfes\0k\0y\0n\0e\0t\0");
    assert_snapshot!("input_latin1", folder.run("check latin1.skynet"));
    assert_snapshot!("input_utf16", folder.run("check utf16.skynet"));
    for verb in VERBS {
        let run = folder.run(&format!("{verb} latin1.skynet"));
        assert_eq!(run.exit(), 2, "{run}");
        assert!(format!("{run}").contains("E0019"), "{run}");
    }
    assert_eq!(
        std::fs::read(folder.path("latin1.skynet")).unwrap(),
        b"skynet 1\n# caf\xe9\nworkflow a { }\n"
    );
}

#[test]
fn an_empty_file() {
    let folder = Folder::with(&[("empty.skynet", ""), ("blank.skynet", "\n \n")]);
    assert_snapshot!("input_empty", folder.run("check empty.skynet"));
    for verb in VERBS {
        for name in ["empty.skynet", "blank.skynet", "/dev/null"] {
            let run = folder.run(&format!("{verb} {name}"));
            assert!(run.exit() <= 2 && !run.stderr().contains("panicked"), "{run}");
        }
    }
}

/// The file takes no room on the disk; reading it whole would take a hundred megabytes of memory.
#[test]
fn a_file_that_is_too_large() {
    let folder = Folder::with(&[]);
    std::fs::File::create(folder.path("big.skynet")).unwrap().set_len(100 << 20).unwrap();
    assert_snapshot!("input_too_large", folder.run("check big.skynet"));
    for verb in VERBS {
        let run = folder.run(&format!("{verb} big.skynet"));
        assert_eq!(run.exit(), 2, "{verb}");
        assert!(format!("{run}").contains("E0018"), "{verb}");
    }
    let run = folder.run_with("check -", &[], &vec![b' '; 9 << 20]);
    assert!(run.stdout().contains("E0018") && run.exit() == 2, "{run}");
}

#[test]
fn ten_thousand_brackets() {
    let folder = Folder::with(&[]);
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{", "}"), ("f(", ")"), ("\"${", "}\""), ("!", ""), ("-", "")]
    {
        let value = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        folder.write("deep.skynet", format!("skynet 1\nworkflow a {{\n  let x = {value}\n}}\n"));
        // Whatever is made of the tree afterwards, it is the same tree: one kind of bracket is enough for most verbs.
        let verbs = if open == "[" { VERBS } else { &["check", "fmt"] };
        for verb in verbs {
            let run = folder.run(&format!("{verb} deep.skynet"));
            assert!(run.exit() == 2 && !run.stderr().contains("panicked"), "{verb} {open}");
        }
    }
    folder.write("deep.skynet", format!("skynet 1\nworkflow a {{\n  let x = {}1\n}}\n", "[".repeat(10_000)));
    assert_eq!(folder.run("check deep.skynet").exit(), 2);
}

/// A shell makes a pipe of `<(…)`; a pipe with nobody at the other end would be waited for without end.
#[test]
fn pipes_and_devices() {
    let folder = Folder::with(&[("hello.skynet", HELLO)]);
    let made = Command::new("mkfifo").arg(folder.path("pipe.skynet")).status().unwrap();
    assert!(made.success());
    for verb in VERBS.iter().chain(&["run", "replay", "plan hello.skynet --params-file"]) {
        for (name, why) in [
            ("pipe.skynet", "it is a pipe, and nobody writes to it"),
            ("/dev/zero", "it is a device or a socket, and not a file"),
        ] {
            let run = folder.run(&format!("{verb} {name}"));
            assert_eq!(run.exit(), 2, "{run}");
            assert!(run.stderr().contains(why) && run.stderr().contains("\nhelp: "), "{run}");
        }
    }
    let skynet = env!("CARGO_BIN_EXE_skynet");
    for line in [
        "$0 check <(cat hello.skynet)",
        "cat hello.skynet | $0 check /dev/stdin",
        "$0 check /dev/stdin < hello.skynet",
        "$0 plan <(cat hello.skynet) --params-file <(echo '{}')",
    ] {
        let status = Command::new("bash").args(["-c", line, skynet]).current_dir(folder.path("")).output();
        let output = status.unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A user who may read everything, as in many containers, gets a different answer, which is not of interest here.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::with(&[("secret.skynet", HELLO)]);
    let path = folder.path("secret.skynet");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_err() {
        assert_snapshot!("input_not_permitted", folder.run("check secret.skynet"));
    }
}
