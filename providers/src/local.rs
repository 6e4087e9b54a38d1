//! The kind `local`: programs, scripts and actions of the catalog on the worker's own machine.
//!
//! `attempt` is the whole way of one attempt. It begins in `journal`, is laid out by `prepare`, started by `program`,
//! heard by `pump`, ended by `family`, and gathered in by `collect`. Needs Linux, for `/proc` and handles of processes.

mod attempt;
mod collect;
mod config;
mod family;
mod file_op;
mod journal;
mod ollama;
mod path;
mod prepare;
mod proc;
mod program;
mod pump;

use crate::{action, attempts::Attempts};
pub use config::{Limits, LocalConfig, Ollama, WorkspaceOf, allowed_variables};
use engine::{
    id::AttemptKey,
    port::{Provider, Secrets, Sink, Stop},
    request::{Outcome, Piece, Request, Resolved, Stopped},
};
use family::Family;
use futures_core::future::BoxFuture;
use journal::Journal;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Performs requests on this machine.
pub struct Local {
    config: Arc<LocalConfig>,
    journal: Arc<Journal>,
    attempts: Arc<Attempts>,
    begun: AtomicUsize,
}

/// After how many attempts old ones are taken out of the journal.
const PRUNED: usize = 128;

impl Local {
    /// Makes one. The scratch folder is made when it is first needed.
    #[must_use]
    pub fn new(mut config: LocalConfig) -> Self {
        // Programs get paths below it, and run in other folders.
        config.scratch = std::path::absolute(&config.scratch).unwrap_or(config.scratch);
        let journal = Arc::new(Journal::new(config.scratch.clone()));
        Self { config: Arc::new(config), journal, attempts: Arc::default(), begun: AtomicUsize::new(0) }
    }

    /// Ends what an earlier worker on this scratch folder left running of an attempt.
    async fn end_left(&self, key: &AttemptKey, how: Stop) -> Stopped {
        let folder = journal::folder(&self.config.scratch, key);
        if !self.journal.knows(key) {
            return Stopped::Confirmed;
        }
        let mark = format!("{}={}", prepare::OUT, folder.display());
        let cgroup = attempt::cgroup(&self.config, &folder).filter(|cgroup| cgroup.exists());
        let mut family = Family::new(mark, cgroup);
        let grace = if how == Stop::Now { Duration::ZERO } else { self.config.limits.grace };
        family.end(grace, std::future::pending()).await
    }
}

impl Provider for Local {
    fn kind(&self) -> &'static str {
        "local"
    }

    fn check(&self, request: &Request) -> Result<(), String> {
        check(request)
    }

    fn perform<'a>(
        &'a self,
        request: &'a Request,
        secrets: &'a Secrets,
        sink: &'a dyn Sink,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if self.begun.fetch_add(1, Ordering::Relaxed).is_multiple_of(PRUNED) {
                let journal = Arc::clone(&self.journal);
                tokio::task::spawn_blocking(move || journal.prune());
            }
            let start = |control| {
                let (config, journal) = (Arc::clone(&self.config), Arc::clone(&self.journal));
                attempt::run(config, journal, request.clone(), secrets.clone(), control)
            };
            self.attempts.perform(&request.key, sink, start).await
        })
    }

    fn cancel<'a>(&'a self, key: &'a AttemptKey, how: Stop) -> BoxFuture<'a, Stopped> {
        Box::pin(async move {
            match self.attempts.cancel(key, how).await {
                Some(stopped) => stopped,
                None => self.end_left(key, how).await,
            }
        })
    }
}

/// Says what could never be done of a request here.
fn check(request: &Request) -> Result<(), String> {
    match &request.action {
        Resolved::Run { argv } => {
            if argv.first().is_none_or(String::is_empty) {
                return Err("`run` has no program; write it as the first element of the list".into());
            }
            no_nul("an argument", argv)?;
        }
        Resolved::Script { body, arguments, .. } => {
            no_nul("the script", [body])?;
            no_nul("an argument", arguments)?;
        }
        Resolved::Do { action, params } => drop(action::form(action, params)?),
        Resolved::Http { .. } | Resolved::Agent { .. } | Resolved::Mock { .. } => {
            return Err("a local target runs `run`, `script` and `do`; leave `on` out of this step".into());
        }
    }
    let pieces = request.env.iter().flat_map(|(_, value)| &value.pieces);
    no_nul(
        "a variable",
        pieces.filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None }),
    )?;
    no_nul("the name of a variable", request.env.iter().map(|(name, _)| name))?;
    if let Some((name, _)) = request.env.iter().find(|(name, _)| name.is_empty() || name.contains('=')) {
        return Err(format!("{name:?} cannot be the name of a variable; use letters, digits and _"));
    }
    let files = request.files.iter().map(|(path, _)| path);
    let artifacts = request.artifacts.iter().map(|(_, path)| path);
    for text in files.chain(artifacts).chain(&request.workdir) {
        path::check_text(text).map_err(|failure| failure.message)?;
    }
    if let Some(name) =
        request.outputs.iter().find(|name| name.contains(['/', '\0']) || name.starts_with('.'))
    {
        return Err(format!("{name:?} cannot be the name of an output; use letters, digits and _"));
    }
    Ok(())
}

fn no_nul(what: &str, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), String> {
    if texts.into_iter().any(|text| text.as_ref().contains('\0')) {
        return Err(format!(
            "{what} holds a NUL character, which no program can be given; leave it out or encode it"
        ));
    }
    Ok(())
}
