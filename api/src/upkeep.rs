//! What a person has done to the database now and then: projections made anew, old weeks of the log dropped.

use crate::{
    app::SystemClock, cli::Exit, config::Config, console::Console, database::Open, failure::Failure,
    file::unwritten, look::words::count, sink::Sink, visible::clean,
};
use engine::port::{Clock as _, LogError};
use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
};
use store::{
    postgres::Settings,
    projection::{self, NAMES, catch_up},
    upkeep::{self, Fate, Retention},
};
use tokio::io::AsyncWrite;

/// How many connections are enough.
const FEW: Settings = Settings { writers: 1, readers: 2, ..Settings::USUAL };

/// Makes projections anew, all if none is named, and says what was otherwise.
///
/// # Errors
/// If one of them cannot be made; those before it are.
pub async fn rebuild(config: &Config, names: &[String], console: &Console) -> Result<Exit, Failure> {
    let known: Vec<&str> = NAMES.to_vec();
    if let Some(other) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let what = format!("there is no projection `{other}`");
        return Err(Failure::new(what, format!("the names are {}", known.join(", "))));
    }
    let wanted = if names.is_empty() { known } else { names.iter().map(String::as_str).collect() };
    let open = Open::new(config, FEW).await?;
    // One that has stopped is made anew all the same.
    let _late = catch_up(&open.database).await?;
    let mut is_same = true;
    for name in wanted {
        let made = projection::rebuild(&open.database, name).await.map_err(LogError::Failed)?;
        let events = count(made.events, "event");
        let how = match made.old {
            None => "there was nothing to compare with",
            Some(old) if old == made.digest => "as it was, to the byte",
            Some(_) => "it was otherwise before:",
        };
        is_same &= made.old.is_none_or(|old| old == made.digest);
        console.print(&format!("{name}: made of {events}, {how}\n"))?;
        for difference in &made.differs {
            console.print(&format!("  {}\n", clean(&difference.to_string())))?;
        }
        if !made.carried.is_empty() {
            console.print(&format!("  kept of weeks that were dropped: {}\n", made.carried.join(", ")))?;
        }
    }
    open.close().await?;
    Ok(if is_same { Exit::Success } else { Exit::No })
}

/// A file that has on the disk what it was flushed with, as what is written there is dropped next.
struct Kept(File);

impl Kept {
    /// Makes it, if none of this name is there.
    fn create(path: &Path) -> Result<Self, Failure> {
        let made = OpenOptions::new().write(true).create_new(true).open(path);
        made.map(Self).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                let what = format!("`{}` is there already", path.display());
                Failure::new(what, "name a file that is not there; nothing was dropped")
            }
            _ => unwritten(path, &error),
        })
    }
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// Drops old weeks of the log, or says which would be.
///
/// # Errors
/// If the database or the file for what is dropped fails.
pub async fn retain(
    config: &Config,
    older_than: i64,
    is_dry: bool,
    to: Option<&Path>,
    console: &Console,
) -> Result<Exit, Failure> {
    let open = Open::new(config, FEW).await?;
    let _late = catch_up(&open.database).await?;
    let what = Retention { older_than: SystemClock.now().saturating_sub(older_than), is_dry };
    let mut sink = to.map(Kept::create).transpose()?.map(Sink);
    let into = sink.as_mut().map(|sink| sink as &mut (dyn AsyncWrite + Unpin + Send));
    let segments = upkeep::retain(&open.database, what, into).await?;
    for segment in segments {
        let line = match &segment.fate {
            Fate::Dropped { events, root } if is_dry => {
                format!("{}: would be dropped, with {events} events, root {root}", segment.name)
            }
            Fate::Dropped { .. } | Fate::Kept(_) => segment.to_string(),
        };
        console.print(&format!("{line}\n"))?;
    }
    if is_dry {
        console.remark("Nothing was dropped.\n");
    }
    open.close().await?;
    Ok(Exit::Success)
}
