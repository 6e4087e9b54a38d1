//! The first program starts the server, the last one out stops it.

use crate::support::{Home, Program, answers, execute};
use store::embedded::{self, Config, Embedded, Stopped};

#[tokio::test]
async fn a_first_and_a_second_start() {
    let home = Home::new();
    let config = Config { is_durable: true, ..home.config() };
    let first = Embedded::open(&config).await.unwrap();
    assert!(first.is_started_here());
    let found = embedded::inspect(&first.url()).await.unwrap();
    assert!(found.is_durable);
    execute(&first.url(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)").await;
    first.close().await.unwrap();
    home.ended().await;

    let second = Embedded::open(&config).await.unwrap();
    execute(&second.url(), "INSERT INTO kept VALUES (2)").await;
    second.close().await.unwrap();
    home.ended().await;
}

/// Who opens while the server goes down waits, and has a new one.
#[tokio::test]
async fn one_right_behind_another() {
    let home = Home::new();
    for _ in 0..5 {
        let embedded = home.open().await;
        assert!(embedded.is_started_here());
        assert!(answers(&embedded.url()).await);
        embedded.close().await.unwrap();
    }
    home.ended().await;
}

#[tokio::test]
async fn many_at_once_have_one_server() {
    let home = Home::new();
    let config = home.config();
    let opening = (0..8).map(|_| {
        let config = config.clone();
        tokio::spawn(async move { Embedded::open(&config).await.unwrap() })
    });
    let mut all = Vec::new();
    for opened in opening.collect::<Vec<_>>() {
        all.push(opened.await.unwrap());
    }
    assert_eq!(all.iter().filter(|it| it.is_started_here()).count(), 1);
    let last = all.pop().unwrap();
    assert!(all.iter().all(|it| it.url() == last.url()));
    for embedded in all {
        embedded.close().await.unwrap();
    }
    assert!(answers(&last.url()).await);
    drop(last);
    home.ended().await;
}

#[tokio::test]
async fn the_last_program_out_stops_it() {
    let home = Home::new();
    let (first, second) = (Program::start(&home), Program::start(&home));
    assert_eq!((first.is_starter, second.is_starter), (true, false));
    assert_eq!(first.url, second.url);
    let url = second.url.clone();
    first.leave();
    assert!(answers(&url).await, "the starter left, and another one uses it");
    second.leave();
    home.ended().await;
}

#[tokio::test]
async fn it_can_be_kept_and_stopped() {
    let home = Home::new();
    let embedded = home.open().await;
    let url = embedded.url();
    embedded.keep().unwrap();
    embedded.close().await.unwrap();
    assert!(answers(&url).await, "it is kept");

    let user = home.open().await;
    assert!(!user.is_started_here());
    assert_eq!(embedded::stop(&home.config(), false).await.unwrap(), Stopped::InUse);
    assert!(answers(&url).await);
    assert_eq!(embedded::stop(&home.config(), true).await.unwrap(), Stopped::Yes);
    assert_eq!(embedded::stop(&home.config(), true).await.unwrap(), Stopped::NotRunning);
    user.close().await.unwrap();

    // What was said about that server holds for no later one.
    home.open().await.close().await.unwrap();
    home.ended().await;
}

/// With room for a socket beside the data or not, and with letters that mean something elsewhere.
#[tokio::test]
async fn any_path_will_do() {
    let long = format!("{}/{}", "long".repeat(20), "longer".repeat(20));
    for (name, is_beside) in [("a b, \"c\" 'd' %20 $e/ü", true), (&long, false)] {
        let home = Home::called(name);
        let embedded = home.open().await;
        assert!(answers(&embedded.url()).await, "{name}");
        let socket = home.socket();
        assert_eq!(socket == home.inside("socket"), is_beside);
        embedded.close().await.unwrap();
        home.ended().await;
        std::fs::remove_dir_all(socket).unwrap();
    }
}
