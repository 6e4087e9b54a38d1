//! Who the server runs as: root's as somebody else, everybody else's as themselves.

use crate::support::{Home, Program, answers};
use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
};
use store::embedded::Embedded;

/// The number of an account that each machine has.
const NOBODY: u32 = 65534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[tokio::test]
async fn the_data_belongs_to_the_server_alone() {
    let home = Home::new();
    let embedded = home.open().await;
    for name in ["data", "socket"] {
        let folder = fs::metadata(home.inside(name)).unwrap();
        assert_eq!(folder.uid() == rustix::process::geteuid().as_raw(), !is_root(), "{name}");
        assert_eq!(folder.mode() & 0o077, 0, "{name}");
    }
    embedded.close().await.unwrap();
    home.ended().await;
}

/// Started by root, the tests see both sides; started by somebody else, all other tests are this one.
#[tokio::test]
async fn another_user_has_a_server_of_its_own() {
    let home = Home::new();
    let account = is_root().then_some(NOBODY);
    let first = Program::start_as(&home, account);
    let owner = fs::metadata(home.inside("data")).unwrap().uid();
    assert_eq!(owner, account.unwrap_or_else(|| rustix::process::geteuid().as_raw()));
    assert!(first.is_starter);
    assert!(answers(&first.url).await);
    let second = Program::start_as(&home, account);
    assert!(!second.is_starter);
    first.leave();
    second.leave();
    home.ended().await;
}

#[tokio::test]
async fn a_folder_that_the_account_may_not_pass_is_told() {
    let home = Home::called("closed/home");
    fs::create_dir(home.outside().join("closed")).unwrap();
    fs::set_permissions(home.outside().join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    let opened = Embedded::open(&home.config()).await;
    if is_root() {
        let text = opened.unwrap_err().to_string();
        let folder = fs::canonicalize(home.outside().join("closed")).unwrap();
        assert!(text.contains(&format!("may not pass {} on its way", folder.display())), "{text}");
        assert!(text.contains("/var/lib/skynet"), "{text}");
    } else {
        opened.unwrap().close().await.unwrap();
        home.ended().await;
    }
}
