//! The doorbell: who has written tells other processes that it is worth looking.
//!
//! A notice takes a lock of the whole server when its transaction commits, so it never rides on a transaction that does
//! work. It has a connection of its own, and what is rung within ten milliseconds is one notice. A bell can be lost;
//! whoever waits for one looks on their own now and then, so a lost bell costs one such pause.

use super::{
    connect::{Commit, Database},
    error::words,
};
use engine::port::LogError;
use sqlx::{
    Error, PgConnection, PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::sleep,
};

const CHANNEL: &str = "skynet";
/// How long after a notice the next one goes out, at the earliest.
const GAP: Duration = Duration::from_millis(10);
/// How long it is until a connection that was refused is tried again.
const PAUSE: Duration = Duration::from_secs(2);

/// What may be rung for, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bells {
    inboxes: [u64; 4],
    feed: bool,
    tasks: bool,
}

impl Bells {
    /// The feed of all jobs.
    pub const FEED: Self = Self { inboxes: [0; 4], feed: true, tasks: false };
    /// The queues of tasks.
    pub const TASKS: Self = Self { inboxes: [0; 4], feed: false, tasks: true };
    const ALL: Self = Self { inboxes: [u64::MAX; 4], feed: true, tasks: true };

    /// The inboxes of shards.
    #[must_use]
    pub fn inboxes(shards: impl IntoIterator<Item = u8>) -> Self {
        let mut bells = Self::default();
        for shard in shards {
            if let Some(word) = bells.inboxes.get_mut(usize::from(shard / 64)) {
                *word |= 1 << (shard % 64);
            }
        }
        bells
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let [a, b, c, d] = self.inboxes;
        let [e, f, g, h] = other.inboxes;
        Self {
            inboxes: [a | e, b | f, c | g, d | h],
            feed: self.feed | other.feed,
            tasks: self.tasks | other.tasks,
        }
    }

    fn meets(self, other: Self) -> bool {
        let has_shard = self.inboxes.iter().zip(other.inboxes).any(|(one, two)| one & two != 0);
        has_shard || (self.feed && other.feed) || (self.tasks && other.tasks)
    }

    /// As a notice has it: a digit for the two flags, then sixteen for each word.
    fn write(self) -> String {
        let flags = u8::from(self.feed) | u8::from(self.tasks) << 1;
        let [a, b, c, d] = self.inboxes;
        format!("{flags:x}{a:016x}{b:016x}{c:016x}{d:016x}")
    }

    /// What cannot be read may be anything.
    fn read(text: &str) -> Self {
        let word = |i: usize| u64::from_str_radix(text.get(1 + 16 * i..17 + 16 * i)?, 16).ok();
        let read = || {
            let flags = u8::from_str_radix(text.get(..1)?, 16).ok()?;
            Some(Self {
                inboxes: [word(0)?, word(1)?, word(2)?, word(3)?],
                feed: flags & 1 != 0,
                tasks: flags & 2 != 0,
            })
        };
        read().unwrap_or(Self::ALL)
    }
}

/// Rings. One for each process; it works as long as it is kept.
#[derive(Debug)]
pub struct Bell {
    rope: Arc<Rope>,
    ringer: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Rope {
    pulled: Mutex<Bells>,
    is_pulled: Notify,
}

impl Bell {
    /// Starts to ring in this database, on a connection of its own.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let rope = Arc::new(Rope::default());
        let ringer = tokio::spawn(ring(Arc::clone(&rope), database));
        Self { rope, ringer }
    }

    /// Rings, soon.
    pub fn ring(&self, bells: Bells) {
        let mut pulled = self.rope.pulled.lock().unwrap_or_else(PoisonError::into_inner);
        *pulled = pulled.and(bells);
        self.rope.is_pulled.notify_one();
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.ringer.abort();
    }
}

async fn ring(rope: Arc<Rope>, database: Database) {
    let mut session = None;
    loop {
        rope.is_pulled.notified().await;
        let pulled = std::mem::take(&mut *rope.pulled.lock().unwrap_or_else(PoisonError::into_inner));
        session = notify(session, &database, pulled).await.ok();
        sleep(GAP).await;
    }
}

/// Gives the session back if it is still of use. What could not be rung is forgotten.
async fn notify(
    session: Option<PgConnection>,
    database: &Database,
    bells: Bells,
) -> Result<PgConnection, Error> {
    let mut session = match session {
        Some(session) => session,
        None => database.session(Commit::Lazy).await?,
    };
    let query = sqlx::query(include_str!("sql/ring.sql")).bind(bells.write());
    database.answer(query.execute(&mut session)).await?;
    Ok(session)
}

/// Rings once, and returns when that is done.
///
/// # Errors
/// If the database fails; nothing is lost but the time until somebody looks by themselves.
pub async fn ring_once(database: &Database, bells: Bells) -> Result<(), LogError> {
    let query = sqlx::query(include_str!("sql/ring.sql")).bind(bells.write());
    query.execute(database.pool()).await.map(drop).map_err(|error| words(&error))
}

/// Hears bells. One for each process; it works as long as it is kept.
#[derive(Debug)]
pub struct Ear {
    waiting: Arc<Waiting>,
    listener: JoinHandle<()>,
}

/// Who waits, and for what.
type Waiting = Mutex<Vec<(Bells, watch::Sender<u64>)>>;

impl Ear {
    /// Starts to listen in this database, on a connection of its own, which is made again when it is lost.
    ///
    /// # Errors
    /// If the database cannot be reached now.
    pub async fn new(database: &Database) -> Result<Self, LogError> {
        let own = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let own = own.connect_lazy_with((*database.pool().connect_options()).clone());
        let listener = listen(&own).await.map_err(|error| words(&error))?;
        let waiting = Arc::default();
        let listener = tokio::spawn(hear(Arc::clone(&waiting), own, listener));
        Ok(Self { waiting, listener })
    }

    /// Returns what changes with every bell of these, and whenever some may have been missed. Whoever waits for it
    /// looks now and then all the same.
    #[must_use]
    pub fn on(&self, bells: Bells) -> watch::Receiver<u64> {
        let (sender, receiver) = watch::channel(0);
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((bells, sender));
        receiver
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn listen(pool: &PgPool) -> Result<PgListener, Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

async fn hear(waiting: Arc<Waiting>, pool: PgPool, mut listener: PgListener) {
    loop {
        let heard = match listener.try_recv().await {
            Ok(Some(notice)) => Bells::read(notice.payload()),
            // The connection was lost and is there again.
            Ok(None) => Bells::ALL,
            Err(_) => {
                drop(listener);
                listener = loop {
                    match listen(&pool).await {
                        Ok(listener) => break listener,
                        Err(_) => sleep(PAUSE).await,
                    }
                };
                Bells::ALL
            }
        };
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|(_, sender)| !sender.is_closed());
        for (_, sender) in waiting.iter().filter(|(bells, _)| bells.meets(heard)) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bells;

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        for bells in [
            Bells::FEED,
            Bells::TASKS,
            Bells::ALL,
            Bells::inboxes([0, 63, 64, 200, 255]),
            Bells::inboxes([7]).and(Bells::FEED),
        ] {
            assert_eq!(Bells::read(&bells.write()), bells);
        }
        for strange in ["", "x", "1", "é", &"0".repeat(64)] {
            assert_eq!(Bells::read(strange), Bells::ALL, "{strange:?} may mean anything");
        }
    }

    #[test]
    fn a_bell_is_heard_by_those_who_wait_for_it() {
        let one = Bells::inboxes([1, 130]);
        for (heard, is_met) in [
            (Bells::inboxes([130]), true),
            (Bells::inboxes([2]), false),
            (Bells::FEED, false),
            (Bells::FEED.and(Bells::inboxes([1])), true),
        ] {
            assert_eq!(one.meets(heard), is_met, "{heard:?}");
        }
    }
}
