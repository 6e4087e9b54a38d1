//! The server that tests are given.

use crate::support::{answers, execute, until};
use sqlx::{Connection as _, PgConnection};
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};
use store::{
    embedded,
    testing::server::{self, Database},
};

async fn count(database: &Database, query: &'static str) -> i64 {
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let count = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    count
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own() {
    let (one, two) = (server::database().await, server::database().await);
    execute(one.url(), "CREATE TABLE mine (n int)").await;
    execute(two.url(), "CREATE TABLE mine (n int)").await;
    let url = one.url().to_owned();
    drop(one);
    assert!(!answers(&url).await, "it is dropped");
    assert_eq!(count(&two, "SELECT count(*) FROM mine").await, 0);
}

#[tokio::test]
async fn a_durable_one_is_there_for_who_asks() {
    assert!(embedded::inspect(server::durable_database().await.url()).await.unwrap().is_durable);
}

#[tokio::test]
async fn a_database_is_prepared_once_and_copied() {
    let copies = [copy().await, copy().await];
    for copy in &copies {
        assert_eq!(count(copy, "SELECT count(*) FROM ready").await, 1);
        execute(copy.url(), "DELETE FROM ready").await;
    }
    assert_eq!(count(&copy().await, "SELECT count(*) FROM ready").await, 1);
}

async fn copy() -> Database {
    server::copy_of("ready", async |url| {
        execute(&url, "CREATE TABLE ready (n int); INSERT INTO ready VALUES (1)").await;
    })
    .await
}

/// The process is killed in the middle, so nothing in it can clean up.
#[tokio::test]
async fn nothing_is_left_of_a_process_that_is_killed() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "harness::has_a_database_until_it_is_killed", "--nocapture"])
        .env_remove("SKYNET_TEST_DATABASE_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let folder = lines.into_iter().find_map(|line| line.strip_prefix("data ").map(str::to_owned)).unwrap();
    let pid = fs::read_to_string(Path::new(&folder).join("postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap().to_owned();
    child.kill().unwrap();
    child.wait().unwrap();
    until("the folder goes", || !Path::new(&folder).exists()).await;
    let is_alive = Command::new("/bin/sh").args(["-c", "kill -0 $0 2>/dev/null", &pid]).status().unwrap();
    let is_zombie = fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "));
    assert!(!is_alive.success() || is_zombie, "the server {pid} still lives");
}

#[tokio::test]
#[ignore = "another test starts it as a program of its own, and kills it"]
async fn has_a_database_until_it_is_killed() {
    let database = server::database().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let folder: String = sqlx::query_scalar("SHOW data_directory").fetch_one(&mut connection).await.unwrap();
    writeln!(std::io::stdout(), "\ndata {folder}").unwrap();
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
}
