//! What programs print, and how they end.

use super::{Fixture, LOG_BYTES, RESULT_BYTES, code, done, failed, field, run, script, stdout, text};
use engine::{id::Digest, port::Stream, request::FailureClass};

/// A code is a result, a signal is a code, and what cannot start is a failure that says what and how to go on.
pub async fn outcomes_are_told_apart(fixture: &dyn Fixture) {
    let (well, _) = done(fixture, &script(fixture, "echo out; echo err >&2", &[])).await;
    assert_eq!((stdout(&well), field(&well, "stderr"), code(&well)), ("out\n", "err\n", 0));
    let (badly, _) = done(fixture, &script(fixture, "exit 3", &[])).await;
    assert_eq!(code(&badly), 3);
    let (killed, _) = done(fixture, &script(fixture, "kill -KILL $$", &[])).await;
    assert_eq!(code(&killed), 137);
    let (unset, _) = done(fixture, &script(fixture, "echo \"$SKYNET_NO_SUCH_VARIABLE\"; echo on", &[])).await;
    assert!(code(&unset) != 0 && stdout(&unset).is_empty(), "a script goes on behind a mistake");

    let (class, message) = failed(fixture, &run(fixture, &["skynet-no-such-program"])).await;
    assert_eq!(class, FailureClass::Provider);
    assert!(message.contains("`skynet-no-such-program`") && message.contains("install"), "{message}");
    let mut nowhere = run(fixture, &["true"]);
    nowhere.workdir = Some("no/such/folder".into());
    let (class, message) = failed(fixture, &nowhere).await;
    assert_eq!(class, FailureClass::Provider);
    assert!(message.contains("no/such/folder"), "{message}");
}

/// More than `result` takes is a failure, so that half of it is never taken for all; more than anybody reads is stopped.
pub async fn output_is_capped(fixture: &dyn Fixture) {
    let exact = script(fixture, "head -c \"$1\" /dev/zero | tr '\\0' x", &[&RESULT_BYTES.to_string()]);
    assert_eq!(stdout(&done(fixture, &exact).await.0).len(), RESULT_BYTES);
    let long = script(fixture, "head -c \"$1\" /dev/zero | tr '\\0' x", &[&(RESULT_BYTES + 1).to_string()]);
    let (class, message) = failed(fixture, &long).await;
    assert_eq!(class, FailureClass::Output);
    assert!(message.contains("artifact") && message.contains("code 0"), "{message}");
    let (class, message) = failed(fixture, &run(fixture, &["yes"])).await;
    assert_eq!(class, FailureClass::Output);
    assert!(message.contains(&LOG_BYTES.to_string()) && message.contains("stopped"), "{message}");
}

/// The log has every byte, the seal covers them, and `result` has as much of them as text can hold.
pub async fn output_is_kept_byte_equal(fixture: &dyn Fixture) {
    let body = "printf 'a\\377\\000\\001b\\n'; head -c 300000 /dev/urandom >&2";
    let (done, kept) = done(fixture, &script(fixture, body, &[])).await;
    assert_eq!(kept.get(Stream::Stdout), b"a\xff\0\x01b\n");
    assert_eq!(kept.get(Stream::Stderr).len(), 300_000);
    assert_eq!(stdout(&done), "a\u{fffd}\0\u{1}b\n");
    let log = done.log.unwrap();
    assert_eq!((log.bytes, log.sha256), (300_006, Digest::of(&kept.all())));
}

/// A program may read everything, a little or nothing, before or while it prints.
pub async fn stdin_never_blocks(fixture: &dyn Fixture) {
    let long = "0123456789abcde\n".repeat(50_000);
    for (body, printed) in [("cat", long.as_str()), ("head -n 1", "0123456789abcde\n"), ("echo on", "on\n")] {
        let mut request = script(fixture, body, &[]);
        request.stdin = Some(text(&long));
        let (done, _) = done(fixture, &request).await;
        assert!(stdout(&done) == printed, "{body} printed {} bytes", stdout(&done).len());
    }
    let (nothing, _) = done(fixture, &run(fixture, &["cat"])).await;
    assert_eq!(stdout(&nothing), "");
}
