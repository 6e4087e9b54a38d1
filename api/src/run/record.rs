//! The file of `--events`: plans, commands and events as lines of JSON, each written before anything follows from it.
//!
//! | line | what it says |
//! |---|---|
//! | `{"skynet-events":1}` | the first line: the edition of this form |
//! | `{"job":…,"plan":{…}}` | the plan of a job, before its first event |
//! | `{"job":…,"actor":…,"at":…,"command":{…}}` | what was asked of it, when, and by whom |
//! | `{"job":…,"event":{…}}` | what was decided, one line for each event |

use crate::{failure::Failure, file::reason};
use engine::{
    command::Command,
    event::{Actor, Recorded, upcast},
    job::Job,
};
use serde_json::{json, value::RawValue};
use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The edition of the form.
pub const EDITION: u64 = 1;

/// A file of events that is being written.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Record {
    /// Makes the file. One that holds something is left as it is; a pipe or a device is written to.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        let failed = |error| cannot_write(path, &error);
        if std::fs::metadata(path).is_ok_and(|there| there.is_file() && there.len() > 0) {
            return Err(Failure::new(
                format!("`{}` is there already, and holds something", path.display()),
                "give --events another name, or remove that file first",
            ));
        }
        let mut file = BufWriter::new(File::create(path).map_err(failed)?);
        writeln!(file, "{}", json!({ "skynet-events": EDITION })).map_err(failed)?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Keeps what a command led to.
    pub(super) fn keep(
        &mut self,
        job: &Job,
        actor: &Actor,
        command: &Command,
        events: &[Arc<Recorded>],
    ) -> Result<(), Failure> {
        let path = self.path.clone();
        self.write(job, actor, command, events).map_err(|error| cannot_write(&path, &error))
    }

    fn write(
        &mut self,
        job: &Job,
        actor: &Actor,
        command: &Command,
        events: &[Arc<Recorded>],
    ) -> std::io::Result<()> {
        let id = job.id();
        let first = events.first().map_or(0, |event| event.seq);
        if first == 1 {
            let plan = RawValue::from_string(job.shape.plan.to_json())?;
            writeln!(self.file, "{{\"job\":{},\"plan\":{}}}", serde_json::to_string(&*id)?, plan.get())?;
        }
        let at = events.first().map_or(0, |event| event.at);
        let asked = json!({ "job": &*id, "actor": actor, "at": at, "command": command });
        writeln!(self.file, "{asked}")?;
        for event in events {
            let line = upcast::write(event).map_err(std::io::Error::other)?;
            writeln!(self.file, "{{\"job\":{},\"event\":{line}}}", serde_json::to_string(&*id)?)?;
        }
        self.file.flush()
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("the events cannot be written to `{}`: {}", path.display(), reason(error)),
        "give --events a path that can be written",
    )
}
