//! Starts a program: exactly these arguments, no shell, a group of its own.

use super::{family::Family, proc};
use crate::failure::Failure;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::{
    ffi::OsStr,
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::{
            fs::PermissionsExt as _,
            process::{CommandExt as _, ExitStatusExt as _},
        },
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, PoisonError},
    time::Instant,
};
use tokio::{
    io::{AsyncWriteExt as _, unix::AsyncFd},
    process::{ChildStderr, ChildStdin, ChildStdout},
};

/// A program that is ready to be started.
pub(super) struct Start {
    /// The program and its arguments.
    pub(super) argv: Vec<String>,
    /// All its variables.
    pub(super) variables: Vec<(String, String)>,
    /// Where it runs.
    pub(super) workdir: PathBuf,
    /// What it reads.
    pub(super) stdin: Option<Vec<u8>>,
    /// The variable by which its family is known, `NAME=value`.
    pub(super) mark: String,
    /// The cgroup made for it.
    pub(super) cgroup: Option<PathBuf>,
}

/// A program that was started, with everybody it starts.
pub(super) struct Program {
    child: Child,
    /// Becomes readable when the leader has ended. The leader is not reaped until its family is gone, so that its number
    /// is given to nobody else meanwhile.
    handle: AsyncFd<OwnedFd>,
    pub(super) family: Family,
    is_over: bool,
}

/// What it prints.
pub(super) struct Printed {
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

/// Enters a cgroup before the program does anything, and becomes the program.
const ENTER: &str = "echo 0 > \"$0\" && exec \"$@\"";

impl Program {
    /// Starts it.
    pub(super) fn start(start: Start) -> Result<(Self, Printed), Failure> {
        let [program, arguments @ ..] = start.argv.as_slice() else {
            return Err(Failure::refused("there is no program to run; name one"));
        };
        let path = find(program, &start)?;
        let mut command = match &start.cgroup {
            None => Command::new(&path),
            Some(cgroup) => {
                let mut command = Command::new("/bin/sh");
                command.arg("-c").arg(ENTER).arg(cgroup.join("cgroup.procs")).arg(&path);
                command
            }
        };
        if start.cgroup.is_none() {
            command.arg0(program);
        }
        command
            .args(arguments)
            .env_clear()
            .envs(start.variables)
            .current_dir(&start.workdir)
            .process_group(0);
        command.stdin(if start.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let begun = Instant::now();
        let mut child = spawn(&mut command).map_err(|error| not_started(program, &error))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let started = watch(&mut child);
        let mut family = Family::new(start.mark, start.cgroup);
        family.leader = child.id().try_into().ok();
        family.started = Some(begun);
        family.born = family.leader.and_then(proc::read).map_or(0, |leader| leader.born);
        let (stdin, Some(stdout), Some(stderr)) = pipes else {
            return Err(abandon(child, &family, "its output could not be taken hold of"));
        };
        let printed = ChildStdout::from_std(stdout)
            .and_then(|stdout| Ok(Printed { stdout, stderr: ChildStderr::from_std(stderr)? }));
        let (handle, printed) = match started.and_then(|handle| Ok((handle, printed?))) {
            Ok(both) => both,
            Err(error) => return Err(abandon(child, &family, &error.to_string())),
        };
        feed(stdin, start.stdin);
        Ok((Self { child, handle, family, is_over: false }, printed))
    }

    /// Returns when the leader has ended.
    pub(super) async fn ended(&self) {
        // If the handle cannot be waited on, nothing is known; a stop or a deadline still ends it.
        if self.handle.readable().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Reaps the leader, once its family is gone. None if it has not ended.
    pub(super) fn reap(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten();
        self.is_over = status.is_some();
        if self.is_over {
            // Its number may be another's from now on.
            self.family.leader = None;
        }
        if let (true, Some(cgroup)) = (self.is_over, &self.family.cgroup) {
            // One that is not empty is taken away by whoever cleans up behind the worker.
            let _ = std::fs::remove_dir(cgroup);
        }
        status
    }
}

/// A worker that goes down in the middle leaves nobody behind.
impl Drop for Program {
    fn drop(&mut self) {
        if !self.is_over {
            self.family.kill_in_passing();
            let _ = self.child.try_wait();
        }
    }
}

/// Returns the code of a program that ended: that of a shell, 128 and the number of the signal, where one ended it.
pub(super) fn code(status: ExitStatus) -> i64 {
    let by_signal = || status.signal().map_or(-1, |signal| 128 + i64::from(signal));
    status.code().map_or_else(by_signal, i64::from)
}

/// Starts one program at a time. While one is started the worker itself can write into its pipes, and so could a child
/// that another thread makes at this moment, until it becomes its program: it would be taken for one of the family.
fn spawn(command: &mut Command) -> io::Result<Child> {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    command.spawn()
}

fn watch(child: &mut Child) -> io::Result<AsyncFd<OwnedFd>> {
    let pid = child
        .id()
        .try_into()
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::other("it has no number"))?;
    #[expect(
        deprecated,
        reason = "its successor is unsafe for handles that are not their own; this one owns itself"
    )]
    AsyncFd::new(pidfd_open(pid, PidfdFlags::empty())?)
}

/// Gives the program what it reads, while it runs: it may want to print before it has read everything.
fn feed(stdin: Option<std::process::ChildStdin>, content: Option<Vec<u8>>) {
    let (Some(stdin), Some(content)) = (stdin, content) else { return };
    let Ok(mut stdin) = ChildStdin::from_std(stdin) else { return };
    tokio::spawn(async move {
        // A program need not read what it is given.
        let _ = stdin.write_all(&content).await;
    });
}

fn abandon(mut child: Child, family: &Family, why: &str) -> Failure {
    family.kill_in_passing();
    let _ = child.kill();
    let _ = child.wait();
    Failure::provider(format!(
        "the program was started, and killed because it cannot be watched: {why}; try again"
    ))
}

/// Finds the program, as a shell would.
fn find(program: &str, start: &Start) -> Result<PathBuf, Failure> {
    let search = start.variables.iter().rev().find(|(name, _)| name == "PATH").map_or("", |(_, value)| value);
    let candidates: Vec<PathBuf> = if program.contains('/') {
        vec![start.workdir.join(program)]
    } else {
        std::env::split_paths(OsStr::new(search))
            .map(|folder| start.workdir.join(folder).join(program))
            .collect()
    };
    let mut problem = None;
    for path in candidates {
        match usable(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => problem = Some(error),
        }
    }
    let hint = "install it on this machine, correct its name, or choose a target that has it";
    Err(Failure::provider(match problem {
        Some(error) => format!(
            "the program `{program}` cannot be run: {error}; make it an executable file, or choose another"
        ),
        None if program.contains('/') => {
            format!("there is no program `{program}` in the working directory; {hint}")
        }
        None => format!("there is no program `{program}` in any folder of PATH ({search}); {hint}"),
    }))
}

fn usable(path: &Path) -> io::Result<()> {
    let file = path.metadata()?;
    if !file.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    if file.permissions().mode() & 0o111 == 0 {
        return Err(io::Error::other("it is not executable"));
    }
    Ok(())
}

fn not_started(program: &str, error: &io::Error) -> Failure {
    let (what, hint) = match error.kind() {
        io::ErrorKind::ArgumentListTooLong => {
            ("its arguments and variables are too long".into(), "give what is long by `stdin` or `files`")
        }
        io::ErrorKind::NotFound => {
            ("what its first line names to read it is not there".into(), "install that, or correct the line")
        }
        io::ErrorKind::PermissionDenied => (error.to_string(), "let the worker's user run it"),
        _ => (error.to_string(), "see whether it runs when started by hand"),
    };
    Failure::provider(format!("the program `{program}` could not be started: {what}; {hint}"))
}

/// Returns the inodes of the pipes it prints into.
pub(super) fn inodes(printed: &[&dyn AsFd]) -> Vec<u64> {
    printed.iter().filter_map(|pipe| rustix::fs::fstat(pipe.as_fd()).ok()).map(|stat| stat.st_ino).collect()
}
