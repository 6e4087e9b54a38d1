//! Jobs in a database of a test's own, and what the program says of them without what differs from run to run.

use crate::program::{Folder, Run};
use engine::{
    event::Recorded,
    id::JobId,
    plan::Plan,
    port::{EventLog as _, Started},
    testing::{Case, given},
    value::{Type, Value, parse_text},
};
use std::sync::Arc;
use store::{
    Plans,
    postgres::{Database, Lease, Member, Owned, PgBlobs, PgLog, Settings, Who},
    testing::server,
};
use tokio::{runtime, sync::watch};

/// When the jobs of tests begin: 2026-01-01.
const BEGUN: i64 = 1_767_225_600_000;

/// What is longer than this ends now, and so differs from run to run.
const LONG: i64 = 30 * 86_400_000;

/// A database with jobs.
pub(crate) struct Kept {
    pub(crate) folder: Folder,
    database: server::Database,
    pub(crate) jobs: Vec<JobId>,
}

impl Kept {
    /// Makes one, and a folder with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let database = wait(server::database());
        Self { folder: Folder::with(files), database, jobs: Vec::new() }
    }

    /// Adds a job of a plan, as `happens` leaves it, and returns what its id ends with.
    pub(crate) fn add(&mut self, name: &str, plan: Plan, happens: impl FnOnce(Case) -> Case) -> String {
        self.add_as(api::worker::new_id(None), name, plan, happens)
    }

    /// Likewise, under an id.
    pub(crate) fn add_as(
        &mut self,
        id: JobId,
        name: &str,
        plan: Plan,
        happens: impl FnOnce(Case) -> Case,
    ) -> String {
        let (plan, events) = history(&id, name, plan, happens);
        wait(async {
            let database = self.open().await;
            Plans::new(Arc::new(PgBlobs::new(database.clone()))).keep(&plan).await.unwrap();
            let owned = watch::channel(Owned::default()).1;
            let log = PgLog::open(&database, owned).await.unwrap();
            assert_eq!(log.start(&id, None, events).await, Ok(Started::New));
        });
        self.jobs.push(Arc::clone(&id));
        id.rsplit('-').next().unwrap().to_owned()
    }

    /// Lets the job that was added last go on, as the same plan of the same name tells it from the beginning.
    pub(crate) async fn go_on(&self, name: &str, plan: Plan, happens: impl FnOnce(Case) -> Case) {
        let id = self.jobs.last().unwrap();
        let (_, events) = history(id, name, plan, happens);
        let database = self.open().await;
        let member = Member::join(&database, &Who::default(), Lease::default()).await.unwrap();
        let log = PgLog::open(&database, member.owned()).await.unwrap();
        let before = log.read(id, 0, events.len()).await.unwrap().len();
        log.append(id, before as u64, events[before..].to_vec()).await.unwrap();
        member.run(async {}).await.unwrap();
    }

    pub(crate) async fn open(&self) -> Database {
        Database::connect(self.database.url(), Settings { writers: 1, readers: 1, ..Settings::USUAL })
            .await
            .unwrap()
    }

    /// Runs the program on the database.
    pub(crate) fn run(&self, typed: &str) -> Run {
        let variables = self.variables();
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.folder.run_with(typed, &variables, b"")
    }

    /// The variables of the environment that lead a program to the database.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        let home = self.folder.path("home").to_string_lossy().into_owned();
        let path = std::env::var("PATH").unwrap();
        [("DATABASE_URL", self.database.url().to_owned()), ("SKYNET_HOME", home), ("PATH", path)]
    }

    /// Runs it, and returns what it says, with ids and times replaced.
    pub(crate) fn says(&self, typed: &str) -> String {
        self.masked(&self.run(typed).to_string())
    }

    pub(crate) fn masked(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (id, n) in self.jobs.iter().zip(1..) {
            let name = format!("00000000-0000-7000-8000-{n:012}");
            text = text.replace(&**id, &name).replace(id.rsplit('-').next().unwrap(), &name[24..]);
        }
        let lines = text.lines().map(|line| {
            let words = line.split(' ').map(|word| {
                let bare = word.trim_end_matches(',');
                let is_long =
                    matches!(parse_text(&Type::Duration, bare), Ok(Value::Duration(ms)) if ms > LONG);
                if is_long { word.replace(bare, "[long]") } else { undigested(word) }
            });
            words.collect::<Vec<_>>().join(" ")
        });
        lines.map(|line| line + "\n").collect()
    }
}

/// Replaces digests: what is done has the id of its job in it.
fn undigested(word: &str) -> String {
    let parts = word.split('"').map(|part| {
        let is_digest = part.len() == 64 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_digest { "[digest]" } else { part }
    });
    parts.collect::<Vec<_>>().join("\"")
}

fn history(
    id: &JobId,
    name: &str,
    mut plan: Plan,
    happens: impl FnOnce(Case) -> Case,
) -> (Plan, Vec<Arc<Recorded>>) {
    plan.name = name.into();
    let mut case = given(plan.clone());
    case.now = BEGUN;
    let case = happens(case.submitted_with(|submit| submit.job = Arc::clone(id)));
    (plan, case.log)
}

/// Waits for something on a runtime of its own.
pub(crate) fn wait<T>(what: impl Future<Output = T>) -> T {
    runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(what)
}
