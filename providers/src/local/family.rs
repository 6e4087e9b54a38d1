//! All processes of an attempt, and their end.
//!
//! A process belongs to an attempt if it is in the group of its leader, if its parent, its session or its group belongs
//! to it, if it was born with the attempt's mark in its environment, if it holds the attempt's output open, or if it is
//! in the attempt's cgroup. A grandchild can shed some of these, so all are looked at, again and again, until a look
//! finds nobody. Without a cgroup one can still escape: a process that has left its session, dropped its environment,
//! closed its output and lost its parent before anybody looked.

use super::proc::{self, Process};
use engine::{port::Stop, request::Stopped};
use rustix::{
    io::Errno,
    process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid},
};
use std::{
    collections::BTreeSet,
    path::PathBuf,
    time::{Duration, Instant},
};

/// How long what was killed may take to be gone. A process that waits for a broken disk takes longer.
const KILLED: Duration = Duration::from_secs(5);

/// The longest pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// How long ago the first process may have been started for its family to be looked for by number. Nobody starts so
/// many processes meanwhile that numbers come round to it again.
const YOUNG: Duration = Duration::from_millis(200);

/// How many numbers are looked at one by one. With more, a list of all processes is cheaper.
const FEW: i32 = 128;

/// Tells who belongs to an attempt.
#[derive(Clone, Debug, Default)]
pub(super) struct Family {
    /// The first process, if it was started by this worker and is not reaped.
    pub(super) leader: Option<i32>,
    /// When the first process was born, in ticks since the machine started: nobody of the family is older.
    pub(super) born: u64,
    /// When it was started, if it was by this worker.
    pub(super) started: Option<Instant>,
    /// A variable that each of them was born with, `NAME=value`.
    mark: Vec<u8>,
    /// The pipes they print into, by inode, once it matters who holds them.
    pub(super) pipes: Vec<u64>,
    /// The cgroup they are in.
    pub(super) cgroup: Option<PathBuf>,
    /// Those who were seen.
    seen: BTreeSet<(i32, u64)>,
}

impl Family {
    /// Makes one of whoever has the mark, or is in the cgroup.
    pub(super) fn new(mark: String, cgroup: Option<PathBuf>) -> Self {
        Self { mark: mark.into_bytes(), cgroup, ..Self::default() }
    }

    /// Finds who is alive, and remembers them.
    pub(super) async fn look(&mut self) -> Vec<Process> {
        let family = self.clone();
        let found = tokio::task::spawn_blocking(move || family.members()).await.unwrap_or_default();
        let (dead, alive): (Vec<_>, Vec<_>) = found.into_iter().partition(Process::is_dead);
        for process in dead.iter().filter(|process| Some(process.pid) != self.leader) {
            reap(process);
        }
        self.seen.extend(alive.iter().map(|process| (process.pid, process.born)));
        alive
    }

    /// Ends all of them. With a grace they are first asked to, and `hurry` cuts that short.
    pub(super) async fn end(&mut self, grace: Duration, hurry: impl Future<Output = ()>) -> Stopped {
        let how = if grace.is_zero() { Stop::Now } else { Stop::Gracefully };
        if how == Stop::Gracefully {
            tokio::select! {
                () = self.ask() => {}
                () = tokio::time::sleep(grace) => {}
                () = hurry => {}
            }
        }
        self.kill().await
    }

    /// Asks all of them to end, and returns when they have.
    async fn ask(&mut self) {
        let mut asked = BTreeSet::new();
        let mut pause = Duration::from_millis(2);
        loop {
            let alive = self.look().await;
            if alive.is_empty() {
                return;
            }
            for process in alive.iter().filter(|process| asked.insert((process.pid, process.born))) {
                signal(process, Signal::TERM);
                // Who is held cannot hear.
                signal(process, Signal::CONT);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE);
        }
    }

    /// Kills all of them. They are gone when two looks in a row find nobody: a list of processes is not made in one
    /// instant, so a single one could miss a child that was born while it was made.
    async fn kill(&mut self) -> Stopped {
        if self.is_nobody_left() {
            return Stopped::Confirmed;
        }
        let until = Instant::now() + KILLED;
        let mut pause = Duration::from_millis(1);
        let mut empty_looks = 0;
        loop {
            if let Some(cgroup) = &self.cgroup {
                // Kernels before 5.14 have no such file; the signals below reach whoever is listed.
                let _ = std::fs::write(cgroup.join("cgroup.kill"), "1");
            }
            let alive = self.look().await;
            if alive.is_empty() {
                empty_looks += 1;
                if empty_looks == 2 {
                    return Stopped::Confirmed;
                }
                continue;
            }
            empty_looks = 0;
            for process in &alive {
                signal(process, Signal::KILL);
            }
            if Instant::now() > until {
                return Stopped::Unconfirmed { why: survivors(&alive) };
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE);
        }
    }

    /// Proves that nobody is left, if that is quick: numbers are given upwards, so whoever was born after the leader has
    /// a number between its and the last one given. They are looked at upwards until no more were given meanwhile. Who
    /// was born during that has a parent that was seen alive, or a number that is still to come, so nobody is missed.
    /// False if somebody may be left, or if another look must tell.
    fn is_nobody_left(&self) -> bool {
        let (Some(leader), Some(started)) = (self.leader, self.started) else { return false };
        if self.cgroup.is_some() || !self.pipes.is_empty() || !self.seen.is_empty() {
            return false;
        }
        if !has_ended(leader) {
            return false;
        }
        let mut looked_at = leader;
        loop {
            let Some(last) = proc::last_number() else { return false };
            if last < looked_at || last - leader > FEW || started.elapsed() > YOUNG {
                return false;
            }
            if last == looked_at {
                return true;
            }
            if (looked_at + 1..=last).any(|pid| self.may_have(pid, leader)) {
                return false;
            }
            looked_at = last;
        }
    }

    /// Returns whether a process born after the leader could be of the family.
    fn may_have(&self, pid: i32, leader: i32) -> bool {
        proc::read(pid).is_some_and(|process| {
            [process.parent, process.group, process.session].contains(&leader)
                || !process.is_dead() && proc::may_have_mark(pid, &self.mark)
        })
    }

    /// Kills whoever can be found without waiting, for a worker that goes down.
    pub(super) fn kill_in_passing(&self) {
        for process in self.members().iter().filter(|process| !process.is_dead()) {
            signal(process, Signal::KILL);
        }
    }

    /// Lists who belongs to the family, dead or alive.
    fn members(&self) -> Vec<Process> {
        let ours = proc::own();
        let young: Vec<_> = proc::all()
            .into_iter()
            .filter(|process| process.born >= self.born && process.pid != ours.pid && process.pid != 1)
            .collect();
        let mut members: BTreeSet<i32> = self.leader.into_iter().collect();
        if let Some(cgroup) = &self.cgroup {
            members.extend(proc::in_cgroup(cgroup));
        }
        let belongs = |process: &&Process| {
            self.seen.contains(&(process.pid, process.born))
                || !process.is_dead()
                    && (proc::has_mark(process.pid, &self.mark) || proc::holds(process.pid, &self.pipes))
        };
        members.extend(young.iter().filter(belongs).map(|process| process.pid));
        // A group or a session outlives its first process, and keeps its number, unless a stranger has it by now.
        let is_free = |pid: &i32| !young.iter().any(|process| process.pid == *pid);
        let mut led: BTreeSet<i32> = self.seen.iter().map(|(pid, _)| *pid).filter(is_free).collect();
        loop {
            led.extend(&members);
            let is_led = |group: i32, own: i32| group != own && led.contains(&group);
            let joined = young.iter().filter(|process| {
                members.contains(&process.parent)
                    || is_led(process.group, ours.group)
                    || is_led(process.session, ours.session)
            });
            let before = members.len();
            members.extend(joined.map(|process| process.pid).collect::<Vec<_>>());
            if members.len() == before {
                return young.into_iter().filter(|process| members.contains(&process.pid)).collect();
            }
        }
    }
}

/// Sends a signal to this very process, not to one that has its number by now. Who is gone needs none.
fn signal(process: &Process, signal: Signal) {
    let Some(pid) = Pid::from_raw(process.pid) else { return };
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    if proc::read(process.pid).is_some_and(|now| now.born == process.born) {
        // What may not be signalled stays, and is reported as a survivor.
        let _ = pidfd_send_signal(&handle, signal);
    }
}

/// Returns whether a child has ended with all its threads, and leaves it to be reaped.
fn has_ended(child: i32) -> bool {
    let how = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Pid::from_raw(child).is_some_and(|pid| waitid(WaitId::Pid(pid), how).is_ok_and(|status| status.is_some()))
}

/// Takes away what is left of a dead process, if it has become ours: in a container the worker may be everybody's
/// parent.
fn reap(process: &Process) {
    if process.parent == proc::own().pid
        && let Some(pid) = Pid::from_raw(process.pid)
    {
        let _: Result<_, Errno> = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
    }
}

fn survivors(alive: &[Process]) -> String {
    let named: Vec<_> = alive.iter().take(5).map(|it| format!("{} ({})", it.pid, it.name)).collect();
    let more = alive.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "after being killed these processes still run: {}{more}; end them by hand, then tell the job so",
        named.join(", ")
    )
}
