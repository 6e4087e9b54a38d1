//! The private database from the outside: what `skynet db` and `skynet doctor` say and leave behind.

use crate::program::Folder;
use insta::assert_snapshot;
use std::{fs, os::unix::fs::PermissionsExt as _};

/// A folder for the database, which is stopped with it.
struct Home {
    folder: Folder,
    path: String,
    programs: String,
}

impl Home {
    fn new() -> Self {
        let folder = Folder::with(&[]);
        // Root's server runs as another account.
        fs::set_permissions(folder.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        let path = folder.path("home").to_string_lossy().into_owned();
        Self { folder, path, programs: std::env::var("PATH").unwrap() }
    }

    /// Runs the program, and returns what it says without what differs from run to run.
    fn run(&self, typed: &str, variables: &[(&str, &str)]) -> String {
        let own = [("SKYNET_HOME", &*self.path), ("PATH", &*self.programs)];
        let variables: Vec<_> = own.into_iter().chain(variables.iter().copied()).collect();
        let run = self.folder.run_with(typed, &variables, b"SELECT 40 + 2;\n").to_string();
        let run = run.replace(&*self.folder.path("").to_string_lossy(), "[folder]/");
        let lines = run.lines().map(|line| {
            let cut = [("PostgreSQL ", "[version]"), (" in ", "[somewhere]")];
            let cut = cut.iter().filter(|_| line.starts_with("ok"));
            let line = cut.fold(line.to_owned(), |line, (word, instead)| match line.split_once(word) {
                Some((head, _)) => format!("{head}{word}{instead}"),
                None => line,
            });
            match line.split_once(" MiB free") {
                Some(_) => "ok     room       [some] MiB free".to_owned(),
                None => line,
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.run("db stop --force", &[]);
    }
}

#[test]
fn a_healthy_machine_and_a_server_that_is_kept() {
    let home = Home::new();
    assert_snapshot!("db_doctor", home.run("doctor", &[]));
    let url = home.run("db url -q", &[]);
    assert!(url.contains("\npostgresql:///postgres?host="), "{url}");
    assert_snapshot!("db_doctor_again", home.run("doctor", &[]));
    assert_snapshot!("db_psql", home.run("db psql -AtX", &[]));
    assert_snapshot!("db_psql_fails", home.run("db psql -AtX -c nonsense", &[]));
    assert_snapshot!("db_stop", home.run("db stop", &[]));
    assert_snapshot!("db_stop_again", home.run("db stop", &[]));
    assert_snapshot!("db_start", home.run("db start", &[]));
}

#[test]
fn a_machine_that_lacks_things() {
    let home = Home::new();
    let nowhere = home.folder.path("nowhere").to_string_lossy().into_owned();
    assert_snapshot!("db_doctor_no_programs", home.run("doctor", &[("SKYNET_PG_BIN", &*nowhere)]));
    home.folder.write("file", "");
    let file = home.folder.path("file").to_string_lossy().into_owned();
    assert_snapshot!("db_doctor_no_folder", home.run("doctor", &[("SKYNET_HOME", &*file)]));
}

#[test]
fn a_database_that_is_given() {
    let home = Home::new();
    let given = [("DATABASE_URL", "postgresql:///x?host=/nowhere")];
    assert_snapshot!("db_given_url", home.run("db url", &given));
    assert_snapshot!("db_given_doctor", home.run("doctor", &given));
    assert_snapshot!("db_given_stop", home.run("db stop", &given));
    assert!(!home.folder.path("home").exists(), "nothing private is made");
    home.run("db start", &[]);
    let url = home.run("db url -q", &[]);
    let url = url.lines().nth(1).unwrap().replace("[folder]/", &home.folder.path("").to_string_lossy());
    assert_snapshot!("db_given_psql", home.run("db psql -AtX", &[("DATABASE_URL", &url)]));
}
