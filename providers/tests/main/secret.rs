//! Where secrets come from.

use crate::server::Python;
use engine::port::{Secret, SecretError, SecretStore};
use providers::secret::{Store, VaultConfig};
use std::{os::unix::fs::PermissionsExt as _, sync::Arc};

const VAULT: &str = include_str!("vault.py");

fn store(vault: Option<VaultConfig>) -> Store {
    let lookup = |name: &str| match name {
        "TOKEN" => Some("from the environment".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    };
    Store::new(Arc::new(lookup), vault).unwrap()
}

fn vault(server: &Python, token: &str, namespace: Option<&str>) -> Store {
    store(Some(VaultConfig {
        address: format!("{}/", server.url),
        token: Secret::new(token.into()),
        namespace: namespace.map(str::to_owned),
    }))
}

async fn refused(store: &Store, from: &str) -> SecretError {
    match store.find(from).await {
        Err(error) => error,
        Ok(_) => panic!("{from} was found"),
    }
}

#[tokio::test]
async fn the_environment_is_asked_by_name() {
    let store = store(None);
    assert_eq!(store.find("env:TOKEN").await.unwrap().expose(), "from the environment");
    for (from, said) in [
        ("env:NONE", "the variable NONE is not set"),
        ("env:EMPTY", "is empty"),
        ("vault:a/b#c", "this worker has none"),
        ("aws:x", "`vault:PATH#FIELD`"),
        ("", "no place"),
    ] {
        let error = refused(&store, from).await;
        assert!(error.message.contains(said) && !error.may_retry, "{error}");
    }
}

#[tokio::test]
async fn a_file_loses_one_line_break_and_must_not_be_anybodys_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let from = format!("file:{}", path.display());
    let store = store(None);
    for (content, value) in [("v\n", "v"), ("v\n\n", "v\n"), ("v\r\n", "v"), (" v ", " v ")] {
        std::fs::write(&path, content).unwrap();
        assert_eq!(store.find(&from).await.unwrap().expose(), value);
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(refused(&store, &from).await.message.contains("chmod o-w"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    for (content, said) in [(&b"\xffsecret"[..], "UTF-8"), (b"\n", "empty"), (&[b'x'; 70_000], "65536 bytes")]
    {
        std::fs::write(&path, content).unwrap();
        let message = refused(&store, &from).await.message;
        assert!(message.contains(said) && !message.contains("xxx"), "{message}");
    }
    assert!(refused(&store, &format!("file:{}", folder.path().display())).await.message.contains("no file"));
    assert!(refused(&store, "file:/no/such/file").await.message.contains("/no/such/file"));
}

#[tokio::test]
async fn a_vault_gives_a_field_of_a_path() {
    let server = Python::start(VAULT, &[]);
    let root = vault(&server, "hvs.r00t", None);
    let key = root.find("vault:ci/deploy/key one#private_key").await.unwrap();
    assert_eq!(key.expose(), "line 1\nline 2\n");
    assert_eq!(root.find("vault:ci/deploy/key one#port").await.unwrap().expose(), "22");
    let team = vault(&server, "hvs.r00t", Some("team"));
    assert_eq!(team.find("vault:ci/x#y").await.unwrap().expose(), "in the namespace");
    for (from, said, may_retry) in [
        ("vault:ci/x#y", "nothing", false),
        ("vault:ci/deploy/key one#other", "no field", false),
        ("vault:ci/deploy/key one#none", "no field", false),
        ("vault:ci/deploy/key one#nested", "no text", false),
        ("vault:sealed/x#y", "unseal", true),
        ("vault:ci/../sys#x", "empty part", false),
        ("vault:ci#x", "MOUNT/PATH#FIELD", false),
        ("vault:ci/x", "MOUNT/PATH#FIELD", false),
    ] {
        let error = refused(&root, from).await;
        assert!(error.message.contains(said) && error.may_retry == may_retry, "{from}: {error}");
        assert!(!error.message.contains("hvs."), "{error}");
    }
    let error = refused(&vault(&server, "hvs.wrong", None), "vault:ci/x#y").await;
    assert!(error.message.contains("policy") && !error.message.contains("hvs."), "{error}");
    let gone = vault(&server, "hvs.r00t", None);
    drop(server);
    let error = refused(&gone, "vault:ci/x#y").await;
    assert!(error.may_retry && error.message.contains("see whether it is up"), "{error}");
}
