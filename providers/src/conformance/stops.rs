//! The end of an attempt is the end of everybody in it.

use super::{Fixture, Kept, PATIENCE, done, script};
use engine::{
    port::{Secrets, Sink, Stop, Stream},
    request::{FailureClass, Outcome, Request, Stopped},
};
use futures_core::future::BoxFuture;

/// Starts a grandchild that ignores being asked, one in a session of its own, one that moreover lost its parent, one that
/// lost that and its variables but holds the output open, and one in a session of its own that closed its output. Each
/// prints its number. It goes on when all have.
const FAMILY: &str = "\
trap '' TERM
told='echo $$; : > \"$0/$$\"'
sh -c \"trap '' TERM; $told; while :; do sleep 100; done\" \"$SKYNET_OUT\" &
setsid sh -c \"trap '' TERM; $told; exec sleep 1000\" \"$SKYNET_OUT\" &
sh -c \"setsid sh -c '$told; exec sleep 1000' '$SKYNET_OUT' & exit\" &
sh -c \"setsid env -i /bin/sh -c '$told; exec /bin/sleep 1000' '$SKYNET_OUT' & exit\" &
setsid sh -c \"$told; exec >/dev/null 2>&1; exec sleep 1000\" \"$SKYNET_OUT\" &
while [ \"$(ls \"$SKYNET_OUT\" | wc -l)\" -lt 5 ]; do :; done
";

/// How many they are.
const TOLD: usize = 5;

fn family(fixture: &dyn Fixture, end: &str) -> Request {
    script(fixture, &format!("{FAMILY}{end}"), &[])
}

fn assert_gone(fixture: &dyn Fixture, lines: &[String]) {
    for line in lines {
        let pid = line.parse().unwrap_or_else(|_| panic!("{line:?} is no number"));
        assert!(!fixture.is_alive(pid), "{pid} lives on");
    }
}

/// Whoever is asked to stop, in either way, stops with all descendants, and says so only then.
pub async fn stopping_ends_everybody(fixture: &dyn Fixture) {
    for how in [Stop::Gracefully, Stop::Now] {
        let request = family(fixture, "while :; do sleep 100; done");
        let (provider, kept, secrets) = (fixture.provider(), Kept::default(), Secrets::new());
        let stop = async {
            let lines = kept.lines(TOLD).await;
            assert_eq!(provider.cancel(&request.key, how).await, Stopped::Confirmed);
            assert_gone(fixture, &lines);
        };
        let both = async { tokio::join!(provider.perform(&request, &secrets, &kept), stop).0 };
        let outcome = tokio::time::timeout(PATIENCE, both).await.unwrap();
        assert_eq!(outcome, Outcome::Cancelled(Stopped::Confirmed));
        assert_eq!(
            provider.cancel(&request.key, how).await,
            Stopped::Confirmed,
            "a second stop finds nobody"
        );
    }
}

/// A program that listens is given the time to end by itself.
pub async fn a_deadline_ends_everybody(fixture: &dyn Fixture) {
    let mut request = family(fixture, "while :; do sleep 100; done");
    request.timeout = Some(2_000);
    let (provider, kept) = (fixture.provider(), Kept::default());
    let outcome =
        tokio::time::timeout(PATIENCE, provider.perform(&request, &Secrets::new(), &kept)).await.unwrap();
    let Outcome::Failed { class: FailureClass::Timeout, message, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(message.contains("2000 ms"), "{message}");
    assert_gone(fixture, &kept.lines(TOLD).await);

    let polite = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done";
    let request = script(fixture, polite, &[]);
    let (kept, secrets) = (Kept::default(), Secrets::new());
    let stop = async {
        kept.lines(1).await;
        provider.cancel(&request.key, Stop::Gracefully).await
    };
    let (outcome, _) = tokio::join!(provider.perform(&request, &secrets, &kept), stop);
    assert_eq!(outcome, Outcome::Cancelled(Stopped::Confirmed));
    assert_eq!(kept.lines(2).await, ["ready", "bye"]);
}

/// A program that ends leaves nobody behind, and whoever holds its output holds nothing up.
pub async fn a_success_leaves_nobody(fixture: &dyn Fixture) {
    let (done, _) = done(fixture, &family(fixture, "exit 0")).await;
    let lines: Vec<String> = super::stdout(&done).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), TOLD, "{lines:?}");
    assert_gone(fixture, &lines);
}

/// A sink that takes nothing any more holds a program back, but nobody who wants it stopped.
pub async fn a_stuck_sink_stops_no_stop(fixture: &dyn Fixture) {
    struct Stuck(tokio::sync::Notify);
    impl Sink for Stuck {
        fn write<'a>(&'a self, _: Stream, _: &'a [u8]) -> BoxFuture<'a, ()> {
            self.0.notify_one();
            Box::pin(std::future::pending())
        }
    }
    let request = script(fixture, "yes", &[]);
    let (provider, sink, secrets) = (fixture.provider(), Stuck(tokio::sync::Notify::new()), Secrets::new());
    let stop = async {
        sink.0.notified().await;
        provider.cancel(&request.key, Stop::Gracefully).await
    };
    tokio::select! {
        outcome = provider.perform(&request, &secrets, &sink) => panic!("{outcome:?} came past a stuck sink"),
        stopped = tokio::time::timeout(PATIENCE, stop) => assert_eq!(stopped.unwrap(), Stopped::Confirmed),
    }
}
