//! A clock that stands still until nothing else is left to do, and the executor that moves it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use engine::port::Clock;
use futures_core::future::BoxFuture;
use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// How often a job may go on; far more than any here needs.
const MOST_STEPS: usize = 200_000;

/// The time in a test.
pub(crate) struct SimClock {
    kept: Mutex<Kept>,
}

struct Kept {
    now: i64,
    next: u64,
    sleepers: BTreeMap<(i64, u64), Waker>,
}

impl SimClock {
    pub(crate) fn new(now: i64) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::new(Kept { now, next: 0, sleepers: BTreeMap::new() }) })
    }

    /// Goes on to the next time that somebody waits for; says whether there is one.
    fn advance(&self) -> bool {
        let mut kept = self.kept.lock().unwrap();
        let Some((&(at, _), _)) = kept.sleepers.first_key_value() else { return false };
        kept.now = kept.now.max(at);
        while let Some(first) = kept.sleepers.first_entry().filter(|first| first.key().0 <= at) {
            first.remove().wake();
        }
        true
    }
}

impl Clock for SimClock {
    fn now(&self) -> i64 {
        self.kept.lock().unwrap().now
    }

    fn sleep_until(&self, time: i64) -> BoxFuture<'_, ()> {
        let mut own = None;
        Box::pin(poll_fn(move |context| {
            let mut kept = self.kept.lock().unwrap();
            if kept.now >= time {
                return Poll::Ready(());
            }
            let kept = &mut *kept;
            let number = *own.get_or_insert_with(|| {
                kept.next += 1;
                kept.next
            });
            kept.sleepers.insert((time, number), context.waker().clone());
            Poll::Pending
        }))
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Drives a future to its end. What waits for something that can never come is a failed test.
pub(crate) fn drive<T>(clock: &SimClock, what: &str, future: impl Future<Output = T>) -> T {
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&flag));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    for _ in 0..MOST_STEPS {
        if flag.0.swap(false, Ordering::SeqCst) {
            if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
                return done;
            }
        } else if !clock.advance() {
            panic!("{what}: it waits for something that never comes");
        }
    }
    panic!("{what}: it goes on for ever");
}
