//! What is looked at before somebody asks why nothing works: the database from its programs up to its answers, the room
//! on the disk, and the clock.

use crate::{
    app::{self, SystemClock},
    config::Config,
    failure::Failure,
    visible::clean,
};
use anstyle::{AnsiColor, Style};
use engine::port::Clock as _;
use std::{fmt::Write as _, time::Instant};
use store::embedded::{self, Embedded, Inspection};

const WELL: Style = AnsiColor::Green.on_default().bold();
const WRONG: Style = AnsiColor::Red.on_default().bold();

/// How much room there should be: enough for the database to go on while somebody reads the message.
const ROOM: u64 = 1 << 30;

/// How far two clocks may be apart, in milliseconds.
const APART: u64 = 5_000;

/// When this was written. A clock that says an earlier time is not set.
const WRITTEN: i64 = 1_767_225_600_000;

/// One thing that was looked at.
#[derive(Debug)]
pub struct Check {
    /// What it is.
    pub name: &'static str,
    /// What it is like, or what is wrong with it.
    pub found: Result<String, Failure>,
}

/// Looks at everything. What needs something that is not there is left out.
pub async fn examine(config: &Config) -> Vec<Check> {
    let mut checks = Vec::new();
    match &config.database_url {
        Some(url) => {
            let found = answer(&mut checks, embedded::inspect(url).await);
            checks.push(clock(found.as_ref()));
        }
        None => {
            let found = private(config, &mut checks).await;
            checks.push(clock(found.as_ref()));
        }
    }
    checks
}

/// For people.
#[must_use]
pub fn draw(checks: &[Check]) -> String {
    let mut text = String::new();
    for Check { name, found } in checks {
        let _infallible = match found {
            Ok(found) => writeln!(text, "{WELL}ok{WELL:#}     {name:<10} {}", clean(found)),
            Err(failure) => {
                let failure = failure.to_string().replace('\n', "\n       ");
                writeln!(text, "{WRONG}wrong{WRONG:#}  {name}\n       {}", failure.trim_end())
            }
        };
    }
    text
}

async fn private(config: &Config, checks: &mut Vec<Check>) -> Option<Inspection> {
    let mut check = |name, found: Result<String, Failure>| checks.push(Check { name, found });
    let config = match app::private_database(config) {
        Ok(config) => config,
        Err(failure) => {
            check("folder", Err(failure));
            return None;
        }
    };
    match config.prepare() {
        Ok(folder) => check("folder", Ok(format!("{} can be written", folder.display()))),
        Err(error) => {
            check("folder", Err(error.into()));
            return None;
        }
    }
    check("room", room(&config));
    match config.find_binaries().await {
        Ok(found) => {
            check("programs", Ok(format!("PostgreSQL {} in {}", found.version, found.folder.display())));
        }
        Err(error) => {
            check("programs", Err(error.into()));
            return None;
        }
    }
    let begun = Instant::now();
    let embedded = match Embedded::open(&config).await {
        Ok(embedded) => embedded,
        Err(error) => {
            check("server", Err(error.into()));
            return None;
        }
    };
    let how = if embedded.is_started_here() { "starts" } else { "runs; reached" };
    check("server", Ok(format!("{how} in {} ms", begun.elapsed().as_millis())));
    let found = embedded::inspect(&embedded.url()).await;
    let found = answer(checks, found);
    if let Err(error) = embedded.close().await {
        checks.push(Check { name: "stop", found: Err(error.into()) });
    }
    found
}

fn answer(checks: &mut Vec<Check>, found: Result<Inspection, embedded::Error>) -> Option<Inspection> {
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            checks.push(Check { name: "answer", found: Err(error.into()) });
            return None;
        }
    };
    checks.push(Check { name: "answer", found: Ok(format!("from PostgreSQL {}", found.version)) });
    let durable = if found.is_durable {
        Ok("the server waits for the disk".to_owned())
    } else {
        Err(Failure::new(
            "the server says that something is kept before it is on the disk",
            "turn `fsync` and `full_page_writes` on in its settings",
        ))
    };
    checks.push(Check { name: "durable", found: durable });
    Some(found)
}

fn room(config: &embedded::Config) -> Result<String, Failure> {
    let free = config.free_bytes()?;
    let text = format!("{} MiB free", free >> 20);
    if free >= ROOM {
        return Ok(text);
    }
    Err(Failure::new(format!("{text} where the database is"), format!("make room for {} MiB", ROOM >> 20)))
}

/// Timers and waits go by this machine's clock, what is kept by the server's.
fn clock(server: Option<&Inspection>) -> Check {
    let now = SystemClock.now();
    let apart = server.map_or(0, |server| now.abs_diff(server.now));
    let found = if now < WRITTEN {
        Err(Failure::new("the clock of this machine is not set", "set it, best with NTP"))
    } else if apart > APART {
        Err(Failure::new(
            format!("the clocks of this machine and of the server are {} s apart", apart / 1000),
            "set both with NTP",
        ))
    } else {
        Ok(if server.is_some() { "as the server's" } else { "it is set" }.to_owned())
    };
    Check { name: "clock", found }
}
