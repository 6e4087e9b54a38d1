//! The private database from the outside: what `skynet db` and `skynet doctor` say and leave behind.

use crate::program::Folder;
use insta::assert_snapshot;
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::Command,
    thread,
};

/// Makes an archive of programs that do nothing but say a version, with its digest beside it.
fn pack(folder: &Folder, version: &str) {
    for program in ["postgres", "initdb"] {
        let name = format!("postgresql/bin/{program}");
        folder.write(&name, format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n"));
        fs::set_permissions(folder.path(&name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut tar = Command::new("tar");
    tar.arg("-czf").arg(folder.path("pg.tar.gz")).arg("-C").arg(folder.path("")).arg("postgresql");
    assert!(tar.status().unwrap().success());
    let digest = engine::id::Digest::of(&fs::read(folder.path("pg.tar.gz")).unwrap());
    folder.write("pg.tar.gz.sha256", format!("{digest}  pg.tar.gz\n"));
}

/// Serves the files of a folder, as long as the test runs; returns the address.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = BufReader::new(stream.try_clone().unwrap());
            let head: Vec<String> =
                request.lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let name = head[0].split(' ').nth(1).unwrap().trim_start_matches('/');
            let (status, body) = match fs::read(folder.join(name)) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _hung_up = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    address
}

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

#[test]
fn an_archive_is_installed() {
    let home = Home::new();
    pack(&home.folder, "17.4");
    let address = serve(home.folder.path(""));
    let from = |name: &str| {
        home.run(&format!("db install --from {address}/{name}"), &[]).replace(&address, "http://[address]")
    };
    assert_snapshot!("db_install", from("pg.tar.gz"));
    assert!(home.folder.path("home/postgres/programs/17.4/bin/initdb").exists());
    assert_snapshot!("db_install_again", from("pg.tar.gz"));
    assert_snapshot!("db_install_missing", from("other.tar.gz"));
    assert_snapshot!("db_install_file", home.run("db install --from nowhere.tar.gz", &[]));

    let programs = home.folder.path("home/postgres/programs/17.4/bin").to_string_lossy().into_owned();
    let shown = home.run("doctor", &[("SKYNET_PG_BIN", &*programs)]);
    assert!(shown.contains("ok     programs   PostgreSQL [version]"), "{shown}");
}

#[test]
fn an_archive_that_is_no_good() {
    let home = Home::new();
    let install = || home.run("db install --from pg.tar.gz", &[]);
    pack(&home.folder, "14.1");
    assert_snapshot!("db_install_old", install());
    let digest = engine::id::Digest::of(b"no archive").to_string();
    home.folder.write("pg.tar.gz.sha256", &digest);
    let found = engine::id::Digest::of(&fs::read(home.folder.path("pg.tar.gz")).unwrap()).to_string();
    assert_snapshot!("db_install_damaged", install().replace(&found, "[digest]"));
    home.folder.write("pg.tar.gz.sha256", "<html>");
    assert_snapshot!("db_install_no_digest", install());
    home.folder.write("pg.tar.gz.sha256", &digest);
    home.folder.write("pg.tar.gz", "no archive");
    let shown = install();
    assert!(shown.contains("error: the archive cannot be unpacked; its last words:\n  tar: "), "{shown}");
    let left =
        fs::read_dir(home.folder.path("home/postgres")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["door.lock"], "nothing is left behind");
}
