//! Secrets reach the program and nobody else.

use super::{Fixture, Kept, name, perform, run, script, text};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use engine::{
    port::{Secret, Secrets},
    request::{FailureClass, Outcome, Piece, Request, Sealed},
};

const VALUE: &str = "p4ss+w/rd 'quoted' \"twice\" $HOME ö";

/// The value of a secret is in nothing that comes out: no log, no result, no output, no message, no artifact, and no
/// list of processes.
pub async fn secrets_appear_nowhere(fixture: &dyn Fixture) {
    let secrets: Secrets = [(name("token"), Secret::new(VALUE.into()))].into();
    let sealed = Sealed {
        pieces: vec![Piece::Text("<".into()), Piece::Secret(name("token")), Piece::Text(">".into())],
    };
    let with_secret = |body: &str| {
        let mut request = script(fixture, body, &[]);
        request.env = vec![(name("TOKEN"), sealed.clone())];
        request.stdin = Some(sealed.clone());
        request.outputs = vec![name("o")];
        request
    };
    let body = "printf '%s\\n' \"$TOKEN\"; cat >&2; printf '%s' \"$TOKEN\" | base64 -w0; printf '%s' \"$TOKEN\" > \"$SKYNET_OUT/o\"
first=${TOKEN%rd*}; printf '%s' \"$first\"; printf '%s\\n' \"${TOKEN#\"$first\"}\"
[ \"${#TOKEN}\" -gt 30 ] && echo whole";
    let (outcome, kept) = perform(fixture, &with_secret(body), &secrets).await;
    let Outcome::Done(done) = &outcome else { panic!("{outcome:?}") };
    assert!(super::stdout(done).starts_with("<[secret]>\n"), "{outcome:?}");
    assert!(super::stdout(done).contains("whole"), "the program got something else: {outcome:?}");
    assert_clean(&outcome, &kept);

    // While it runs, nobody can read it among the arguments of a process.
    let body = "printf '%s' \"$TOKEN\" | tr -d '<>' > \"$SKYNET_OUT/wanted\"
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | tr -d '<>' > \"$SKYNET_OUT/seen\" || :
grep -q -F -f \"$SKYNET_OUT/wanted\" \"$SKYNET_OUT/seen\" && echo found || echo absent";
    let in_arguments = with_secret(body);
    let (outcome, kept) = perform(fixture, &in_arguments, &secrets).await;
    let Outcome::Done(done) = &outcome else { panic!("{outcome:?}") };
    assert_eq!(super::stdout(done), "absent\n");
    assert_clean(&outcome, &kept);

    // An artifact is kept byte for byte or not at all.
    let mut leaking = with_secret("head -c 65530 /dev/zero > leaking; printf '%s' \"$TOKEN\" >> leaking");
    leaking.artifacts = vec![(name("x"), "leaking".into())];
    refused(fixture, &leaking, &secrets, &FailureClass::Output).await;

    // An argument that has it by chance, or by mistake.
    refused(fixture, &run(fixture, &["echo", VALUE]), &secrets, &FailureClass::Refused).await;
    let mut missing = run(fixture, &["skynet-no-such-program"]);
    missing.env = vec![(name("PATH"), sealed.clone())];
    refused(fixture, &missing, &secrets, &FailureClass::Provider).await;

    // One that nobody brought, and one that could not be hidden.
    let mut unknown = run(fixture, &["true"]);
    unknown.env = vec![(name("X"), Sealed { pieces: vec![Piece::Secret(name("other"))] })];
    refused(fixture, &unknown, &secrets, &FailureClass::Provider).await;
    let short: Secrets = [(name("token"), Secret::new("abc".into()))].into();
    let mut plain = run(fixture, &["true"]);
    plain.env = vec![(name("X"), text("x"))];
    refused(fixture, &plain, &short, &FailureClass::Refused).await;
}

async fn refused(fixture: &dyn Fixture, request: &Request, secrets: &Secrets, expected: &FailureClass) {
    let (outcome, kept) = perform(fixture, request, secrets).await;
    assert_clean(&outcome, &kept);
    let Outcome::Failed { class, message, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(class, *expected, "{message}");
}

fn assert_clean(outcome: &Outcome, kept: &Kept) {
    let told = serde_json::to_string(outcome).unwrap() + &String::from_utf8_lossy(&kept.all());
    let in_base64 = STANDARD.encode(format!("<{VALUE}>"));
    for form in [VALUE, "p4ss+w", "w/rd", &in_base64, in_base64.get(4..20).unwrap()] {
        assert!(!told.contains(form), "{form} is in {told}");
    }
}
