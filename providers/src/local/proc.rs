//! What `/proc` tells about processes.

use std::{
    fs,
    io::{self, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

/// A process as it was at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    /// The name of its program, cut to 15 bytes by the kernel.
    pub(super) name: String,
    state: char,
    threads: i32,
    pub(super) parent: i32,
    pub(super) group: i32,
    pub(super) session: i32,
    /// When it was born, in ticks since the machine started. With the number that is who it is.
    pub(super) born: u64,
}

impl Process {
    /// Returns whether it runs no longer and only waits to be reaped. Its first thread may have ended before others.
    pub(super) const fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x') && self.threads < 2
    }
}

/// Lists all processes that can be seen.
pub(super) fn all() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).filter_map(read).collect()
}

/// Returns the worker itself.
pub(super) fn own() -> Process {
    let pid = std::process::id().try_into().unwrap_or(0);
    let name = String::new();
    let unknown = Process { pid, name, state: 'R', threads: 1, parent: 0, group: 0, session: 0, born: 0 };
    read(pid).unwrap_or(unknown)
}

/// Reads one process. None if it is gone.
pub(super) fn read(pid: i32) -> Option<Process> {
    parse(pid, &slurp(&format!("/proc/{pid}/stat")).ok()?)
}

/// Returns the last number that was given to a process or to a thread.
pub(super) fn last_number() -> Option<i32> {
    slurp("/proc/loadavg").ok()?.rsplit(' ').next()?.trim_end().parse().ok()
}

/// Reads a small file at once: asking for its size tells nothing here.
fn slurp(path: &str) -> io::Result<String> {
    let mut buffer = [0; 4096];
    let count = fs::File::open(path)?.read(&mut buffer)?;
    Ok(String::from_utf8_lossy(buffer.get(..count).unwrap_or_default()).into_owned())
}

/// Reads `PID (NAME) STATE PARENT GROUP SESSION … THREADS … BORN …`, where the name may hold anything.
fn parse(pid: i32, stat: &str) -> Option<Process> {
    let (before, after) = stat.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    let mut fields = after.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let mut number = || fields.next()?.parse::<i32>().ok();
    let (parent, group, session) = (number()?, number()?, number()?);
    let threads = fields.nth(13)?.parse().ok()?;
    let born = fields.nth(1)?.parse().ok()?;
    Some(Process { pid, name, state, threads, parent, group, session, born })
}

/// Returns whether a process was born with a variable. One that may not be looked at was not started by us.
pub(super) fn has_mark(pid: i32, mark: &[u8]) -> bool {
    !mark.is_empty() && variables(pid).is_ok_and(|variables| has(&variables, mark))
}

/// Returns whether a process may have been born with a variable. One that becomes another program has none for a moment.
pub(super) fn may_have_mark(pid: i32, mark: &[u8]) -> bool {
    variables(pid).is_ok_and(|variables| variables.is_empty() || has(&variables, mark))
}

fn variables(pid: i32) -> io::Result<Vec<u8>> {
    let mut variables = Vec::with_capacity(8192);
    // Without a limit the file would be asked for its size, which it does not tell.
    fs::File::open(format!("/proc/{pid}/environ"))?.take(u64::MAX).read_to_end(&mut variables)?;
    Ok(variables)
}

fn has(variables: &[u8], mark: &[u8]) -> bool {
    variables.split(|byte| *byte == 0).any(|variable| variable == mark)
}

/// Returns whether a process can write into one of these pipes. Who can only read them is us.
pub(super) fn holds(pid: i32, pipes: &[u64]) -> bool {
    if pipes.is_empty() {
        return false;
    }
    let names: Vec<_> = pipes.iter().map(|pipe| format!("pipe:[{pipe}]")).collect();
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    entries.flatten().any(|entry| {
        let is_pipe = fs::read_link(entry.path())
            .is_ok_and(|target| names.iter().any(|name| target.as_os_str() == name.as_str()));
        is_pipe && entry.metadata().is_ok_and(|link| link.permissions().mode() & 0o200 != 0)
    })
}

/// Lists the processes in a cgroup and in those below it.
pub(super) fn in_cgroup(folder: &Path) -> Vec<i32> {
    let list = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
    let mut pids: Vec<_> = list.lines().filter_map(|line| line.parse().ok()).collect();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            pids.extend(in_cgroup(&entry.path()));
        }
    }
    pids
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "7 (a) R 1 (b) S 3 4 5 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99 1 2";
        let mut process = parse(7, stat).unwrap();
        assert_eq!((process.name.as_str(), process.state), ("a) R 1 (b", 'S'));
        assert_eq!((process.parent, process.group, process.session, process.born), (3, 4, 5, 99));
        assert_eq!(process.threads, 1);
        (process.state, process.threads) = ('Z', 2);
        assert!(!process.is_dead(), "threads run on without the first");
        assert_eq!(parse(7, "7 (sh"), None);
    }

    #[test]
    fn the_worker_sees_itself() {
        let own = own();
        assert!(own.born > 0 && own.group > 0 && !own.is_dead());
        assert!(all().iter().any(|process| process.pid == own.pid));
    }
}
