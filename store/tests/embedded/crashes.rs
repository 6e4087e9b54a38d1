//! Whatever dies, the next start mends it.

use crate::support::{Home, Program, answers, execute, until};
use std::fs;
use store::embedded::{Config, Embedded};

#[tokio::test]
async fn the_starter_is_killed_while_another_uses_it() {
    let home = Home::new();
    let (starter, other) = (Program::start(&home), Program::start(&home));
    let url = other.url.clone();
    starter.kill();
    assert!(answers(&url).await);
    other.leave();
    home.ended().await;
}

#[tokio::test]
async fn ctrl_c_is_not_meant_for_the_server() {
    let home = Home::new();
    let (starter, other) = (Program::start(&home), Program::start(&home));
    let url = other.url.clone();
    starter.interrupt_group();
    assert!(answers(&url).await);
    other.leave();
    home.ended().await;
}

#[tokio::test]
async fn the_only_user_is_killed_and_the_next_takes_over() {
    let home = Home::new();
    let only = Program::start(&home);
    let url = only.url.clone();
    only.kill();
    assert!(answers(&url).await, "nobody was there to stop it");
    let next = home.open().await;
    assert!(!next.is_started_here());
    next.close().await.unwrap();
    home.ended().await;
}

/// Killed while it is in use, with somebody connected, in the middle of work.
#[tokio::test]
async fn the_server_is_killed() {
    let home = Home::new();
    let config = Config { is_durable: true, ..home.config() };
    let first = Embedded::open(&config).await.unwrap();
    execute(&first.url(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)").await;
    home.kill().await;
    let second = Embedded::open(&config).await.unwrap();
    assert!(second.is_started_here());
    execute(&second.url(), "INSERT INTO kept SELECT n + 1 FROM kept").await;
    first.close().await.unwrap();
    assert!(answers(&second.url()).await, "who used the one before leaves this one alone");
    second.close().await.unwrap();
    home.ended().await;
}

/// The number that a crash left behind may be anybody's: here it is ours.
#[tokio::test]
async fn a_stale_number_and_a_stale_socket() {
    let home = Home::new();
    let first = home.open().await;
    let pid_file = home.inside("data/postmaster.pid");
    let number = home.pid().unwrap().to_string();
    let stale = fs::read_to_string(&pid_file).unwrap();
    home.kill().await;
    until("its processes end", || fs::File::open(home.inside("server.log")).unwrap().try_lock().is_ok())
        .await;
    fs::write(&pid_file, stale.replacen(&number, &std::process::id().to_string(), 1)).unwrap();
    drop(first);

    let second = home.open().await;
    assert!(second.is_started_here());
    assert!(answers(&second.url()).await);
    second.close().await.unwrap();
    home.ended().await;
}

#[tokio::test]
async fn half_made_data_is_made_anew() {
    let home = Home::new();
    fs::create_dir_all(home.inside("new-half")).unwrap();
    if rustix::process::geteuid().is_root() {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(home.inside(""), fs::Permissions::from_mode(0o711)).unwrap();
    }
    fs::write(home.inside("new-half/PG_VERSION"), "15\n").unwrap();
    let embedded = home.open().await;
    assert!(!home.inside("new-half").exists());
    embedded.close().await.unwrap();
    home.ended().await;
}

/// Whoever gives up while the data is made, or is killed, leaves nothing that is in the way.
#[tokio::test]
async fn a_first_start_is_broken_off() {
    let home = Home::new();
    let config = home.config();
    let opening = tokio::spawn(async move { Embedded::open(&config).await });
    being_made(&home).await;
    opening.abort();
    assert!(opening.await.is_err());

    let mut program = Program::command(&home).spawn().unwrap();
    being_made(&home).await;
    program.kill().unwrap();
    program.wait().unwrap();

    let embedded = home.open().await;
    assert!(answers(&embedded.url()).await);
    embedded.close().await.unwrap();
    home.ended().await;
}

async fn being_made(home: &Home) {
    let is_unfinished = |entry: std::io::Result<fs::DirEntry>| {
        entry.unwrap().file_name().to_string_lossy().starts_with("new-")
    };
    until("data is being made", || {
        home.inside("").read_dir().is_ok_and(|mut entries| entries.any(is_unfinished))
    })
    .await;
}

#[tokio::test]
async fn somebody_takes_the_socket_away() {
    let home = Home::new();
    let first = home.open().await;
    fs::remove_file(home.socket().join(".s.PGSQL.5432")).unwrap();
    let second = home.open().await;
    assert!(second.is_started_here());
    assert!(answers(&second.url()).await);
    first.close().await.unwrap();
    second.close().await.unwrap();
    home.ended().await;
}
