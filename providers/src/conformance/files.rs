//! Files on their way in and out.

use super::{Fixture, blobs, code, done, failed, name, script, stdout};
use engine::{
    id::Digest,
    request::{Content, FailureClass, Resolved},
    value::Value,
};

/// Files are there before the program starts, in folders that are made for them.
pub async fn files_are_laid_out(fixture: &dyn Fixture) {
    let mut request = script(fixture, "cat laid/a/b laid/c", &[]);
    request.files = vec![
        ("laid/a/b".into(), Content::Text("one ".into())),
        ("laid/c".into(), Content::Text("two".into())),
    ];
    assert_eq!(stdout(&done(fixture, &request).await.0), "one two");
}

/// Outputs are what lies in a folder that is new and empty for each attempt.
pub async fn outputs_are_read(fixture: &dyn Fixture) {
    let body = "ls -A \"$SKYNET_OUT\"; printf 'yes\\n' > \"$SKYNET_OUT/a\"; echo \"$SKYNET_STEP/$SKYNET_INSTANCE/$SKYNET_ATTEMPT\"";
    let mut request = script(fixture, body, &[]);
    request.outputs = vec![name("a"), name("b")];
    for attempt in 1..3 {
        request.key.attempt = attempt;
        let (done, _) = done(fixture, &request).await;
        assert_eq!(stdout(&done), format!("step/0/{attempt}\n"));
        assert_eq!(done.outputs, [(name("a"), Value::text("yes\n"))].into());
    }
    let mut binary = script(fixture, "printf '\\377' > \"$SKYNET_OUT/a\"", &[]);
    binary.outputs = vec![name("a")];
    let (class, message) = failed(fixture, &binary).await;
    assert!(
        class == FailureClass::Output && message.contains("`a`") && message.contains("UTF-8"),
        "{message}"
    );
    let mut long = script(fixture, "head -c 2000000 /dev/zero > \"$SKYNET_OUT/a\"", &[]);
    long.outputs = vec![name("a")];
    assert_eq!(failed(fixture, &long).await.0, FailureClass::Output);
}

/// An artifact goes in and comes out byte for byte, and one that is not there is left out.
pub async fn artifacts_travel_whole(fixture: &dyn Fixture) {
    let bytes: Vec<u8> = (0..300_000_u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let store = fixture.blobs();
    let (feed, content) = crate::stream::channel();
    let (sha256, length) = {
        let sent = bytes.clone();
        tokio::spawn(async move { feed.send(Ok(sent)).await });
        store.put(content).await.unwrap()
    };
    let mut request =
        script(fixture, "mkdir -p away/deep; cp travel/in away/deep/out; echo >> away/deep/out", &[]);
    request.files = vec![("travel/in".into(), Content::Artifact { sha256, bytes: length })];
    request.artifacts = vec![(name("out"), "away/deep/out".into()), (name("none"), "away/none".into())];
    let (done, _) = done(fixture, &request).await;
    assert_eq!(done.artifacts.len(), 1);
    let Some(Value::Artifact(artifact)) = done.artifacts.get("out") else { panic!("{:?}", done.artifacts) };
    let expected: Vec<u8> = bytes.into_iter().chain(*b"\n").collect();
    assert_eq!((&*artifact.path, artifact.bytes), ("away/deep/out", expected.len() as u64));
    assert_eq!(artifact.sha256, Digest::of(&expected));
    assert!(blobs::read(&*store, artifact.sha256).await == expected);

    let mut missing = script(fixture, "true", &[]);
    missing.files = vec![("x".into(), Content::Artifact { sha256: Digest::of(b"never kept"), bytes: 10 })];
    assert_eq!(failed(fixture, &missing).await.0, FailureClass::Provider);
}

/// No path leads out of where it may, neither by its text nor by a link.
pub async fn paths_lead_nowhere_else(fixture: &dyn Fixture) {
    for path in ["../escaped", "/tmp/escaped", "a/../../escaped", "a\0b", ""] {
        let mut requests =
            [script(fixture, "true", &[]), script(fixture, "true", &[]), script(fixture, "true", &[])];
        requests[0].files = vec![(path.into(), Content::Text("x".into()))];
        requests[1].artifacts = vec![(name("x"), path.into())];
        requests[2].workdir = Some(path.into());
        for request in requests {
            let said = fixture.provider().check(&request).unwrap_err();
            assert!(said.contains("working directory"), "{said}");
            assert_eq!(failed(fixture, &request).await.0, FailureClass::Refused, "{path:?}");
        }
    }
    // The doors are made by a step of the same job.
    let mut made = script(fixture, "ln -s /etc door; ln -s /etc/passwd leak; mkfifo -m 600 pipe", &[]);
    assert_eq!(code(&done(fixture, &made).await.0), 0);
    if let Resolved::Script { body, .. } = &mut made.action {
        *body = "true".into();
    }
    for path in ["door/passwd", "leak", "pipe", "door"] {
        made.key.attempt += 1;
        made.artifacts = vec![(name("x"), path.into())];
        let (class, message) = failed(fixture, &made).await;
        assert!(matches!(class, FailureClass::Refused | FailureClass::Output), "{path}: {message}");
        assert!(message.contains("`x`") && message.contains(path), "{message}");
    }
    made.key.attempt += 1;
    made.artifacts.clear();
    made.files = vec![("door/skynet-escaped".into(), Content::Text("x".into()))];
    assert_eq!(failed(fixture, &made).await.0, FailureClass::Refused);
    made.key.attempt += 1;
    made.files.clear();
    made.workdir = Some("door".into());
    assert_eq!(failed(fixture, &made).await.0, FailureClass::Refused);
}
