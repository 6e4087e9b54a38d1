//! Which attempts this machine has begun and ended, also before the worker was started anew.
//!
//! An attempt has a folder of its own, named by the digest of its key, and making it is what begins the attempt: it can
//! be made once. It is `$SKYNET_OUT`. When the attempt is over, the folder goes, and what came of the attempt is a line
//! of the one file of outcomes. An empty folder does not go but becomes that of another attempt: to make and take away
//! thousands is slow on many filesystems.

use crate::failure::Failure;
use engine::{
    id::{AttemptKey, Digest},
    request::Outcome,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many outcomes are kept, and how many more there may be until the oldest are taken away.
const KEPT: usize = 1024;
const SLACK: usize = 128;

/// How many empty folders wait for another attempt.
const SPARE: usize = 64;

/// The name of the file with what came of attempts.
const OUTCOMES: &str = "outcomes";

/// What the scratch folder says about a key.
pub(super) enum Begun {
    /// Nothing: this is the first time.
    Now(Scratch),
    /// It is over, and this came of it.
    Before(Box<Outcome>),
    /// It was begun and never ended.
    Lost,
}

/// All attempts of a scratch folder.
#[derive(Debug)]
pub(super) struct Journal {
    root: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    /// How far the file was read.
    read: u64,
    /// Where the outcomes are in the file, by the name of their folder.
    over: BTreeMap<String, (u64, usize)>,
    /// Folders of this worker that wait for another attempt.
    spare: BTreeSet<PathBuf>,
}

/// The folder of an attempt.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    pub(super) folder: PathBuf,
    journal: Arc<Journal>,
}

/// Returns the folder of a key.
pub(super) fn folder(root: &Path, key: &AttemptKey) -> PathBuf {
    root.join(name(key))
}

fn name(key: &AttemptKey) -> String {
    let mut name = Digest::of(key.to_string().as_bytes()).to_string();
    name.truncate(32);
    name
}

impl Journal {
    /// Makes one. Nothing is read or made before the first attempt.
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, state: Mutex::default() }
    }

    /// Begins an attempt, unless it was begun before.
    pub(super) fn begin(self: &Arc<Self>, key: &AttemptKey) -> Result<Begun, Failure> {
        let failed = |error: io::Error| {
            Failure::provider(format!(
                "the worker cannot make a folder in {}: {error}; give it a scratch folder it can write",
                self.root.display()
            ))
        };
        let folder = folder(&self.root, key);
        let mut state = self.lock();
        state.catch_up(&self.root).map_err(failed)?;
        if let Some(place) = state.over.get(&name(key)) {
            return Ok(state.outcome(*place).map_or(Begun::Lost, Begun::Before));
        }
        match state.make(&folder) {
            Ok(()) => Ok(Begun::Now(Scratch { folder, journal: Arc::clone(self) })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Begun::Lost),
            Err(error) => Err(failed(error)),
        }
    }

    /// Returns whether an attempt was begun here, as far as is remembered.
    pub(super) fn knows(&self, key: &AttemptKey) -> bool {
        let mut state = self.lock();
        // Without the file, the folder still tells of what has not ended.
        let _ = state.catch_up(&self.root);
        state.over.contains_key(&name(key)) || folder(&self.root, key).exists()
    }

    /// Takes away the oldest outcomes if there are too many, and folders that an earlier worker left behind. Attempts
    /// that have no outcome stay: they run, or nobody knows.
    pub(super) fn prune(&self) {
        let mut state = self.lock();
        if state.catch_up(&self.root).is_err() {
            return;
        }
        for entry in fs::read_dir(&self.root).into_iter().flatten().flatten() {
            let is_over = entry.file_name().to_str().is_some_and(|name| state.over.contains_key(name));
            if is_over && !state.spare.contains(&entry.path()) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        if state.over.len() > KEPT + SLACK {
            // What cannot be shortened stays as it is.
            let _ = state.shorten(&self.root);
        }
    }

    /// A change that a panic cut short is found in the file again.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

impl State {
    /// Opens the file if it is not, and reads what is new in it.
    fn catch_up(&mut self, root: &Path) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                fs::create_dir_all(root)?;
                self.file.insert(open(&root.join(OUTCOMES))?)
            }
        };
        file.seek(SeekFrom::Start(self.read))?;
        let mut lines = BufReader::new(&*file);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            if !line.ends_with(b"\n") {
                // A worker that went down in the middle of a line: what it wanted to say is lost.
                let mut file = &*file;
                file.write_all(b"\n")?;
                line.push(b'\n');
            }
            if let Some(at) = line.iter().position(|byte| *byte == b' ')
                && let Some(name) = line.get(..at).and_then(|name| std::str::from_utf8(name).ok())
            {
                let place = (self.read + at as u64, line.len() - at);
                self.over.insert(name.to_owned(), place);
            }
            self.read += line.len() as u64;
            line.clear();
        }
        Ok(())
    }

    fn outcome(&self, (from, length): (u64, usize)) -> Option<Box<Outcome>> {
        let mut json = vec![0; length];
        self.file.as_ref()?.read_exact_at(&mut json, from).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// Makes a folder that must not be there, out of a spare one if there is one.
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        if self.spare.remove(folder) {
            return Ok(());
        }
        if let Some(spare) = self.spare.pop_first() {
            use rustix::fs::{CWD, RenameFlags, renameat_with};
            if renameat_with(CWD, &spare, CWD, folder, RenameFlags::NOREPLACE).is_ok() {
                return Ok(());
            }
            let _ = fs::remove_dir(spare);
        }
        fs::DirBuilder::new().mode(0o700).create(folder)
    }

    /// Keeps the youngest outcomes only.
    fn shorten(&mut self, root: &Path) -> io::Result<()> {
        let mut starts: Vec<u64> =
            self.over.iter().map(|(name, (from, _))| from - name.len() as u64).collect();
        starts.sort_unstable();
        let Some(from) = starts.iter().rev().nth(KEPT - 1) else { return Ok(()) };
        let Some(old) = &mut self.file else { return Ok(()) };
        old.seek(SeekFrom::Start(*from))?;
        let draft = root.join("outcomes.new");
        let _ = fs::remove_file(&draft);
        let mut new = open(&draft)?;
        io::copy(old, &mut new)?;
        fs::rename(&draft, root.join(OUTCOMES))?;
        (self.file, self.read) = (Some(new), 0);
        self.over.clear();
        self.catch_up(root)
    }
}

impl Scratch {
    /// The folder that is `$SKYNET_OUT`.
    pub(super) fn out(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Writes the script, which only the worker's user can read, and returns where it is.
    pub(super) fn script(&self, content: &[u8]) -> io::Result<PathBuf> {
        let path = self.folder.with_extension("script");
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        file.write_all(content)?;
        Ok(path)
    }

    /// Keeps what came of the attempt and takes the rest away. What cannot be kept is lost only to a worker that is
    /// started anew, so that is no failure of the attempt; half an outcome cannot be read, and counts as none.
    pub(super) fn finish(&self, outcome: &Outcome) {
        let mut line = self.folder.file_name().unwrap_or_default().as_encoded_bytes().to_vec();
        line.push(b' ');
        line.extend(serde_json::to_vec(outcome).unwrap_or_default());
        line.push(b'\n');
        let _ = fs::remove_file(self.folder.with_extension("script"));
        let mut state = self.journal.lock();
        let is_kept = state.file.as_mut().is_some_and(|file| file.write_all(&line).is_ok());
        // Who may still live may still write there.
        let is_surely_over = matches!(outcome, Outcome::Done(_) | Outcome::Failed { .. });
        if is_kept && is_surely_over && state.spare.len() < SPARE && is_as_made(&self.folder) {
            state.spare.insert(self.folder.clone());
        } else if is_kept && fs::remove_dir(&self.folder).is_err() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Returns whether a folder is as empty, and as private, as when it was made.
fn is_as_made(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|it| it.is_dir() && it.permissions().mode() & 0o7777 == 0o700)
        && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use engine::request::Done;

    #[test]
    fn a_key_begins_once_and_its_end_is_remembered() {
        let root = tempfile::tempdir().unwrap();
        let journal = || Arc::new(Journal::new(root.path().join("deep")));
        let (first, key) = (journal(), key(1));
        let Ok(Begun::Now(scratch)) = first.begin(&key) else { panic!("not begun") };
        assert!(matches!(first.begin(&key), Ok(Begun::Lost)));
        let outcome = Outcome::Done(Done::default());
        scratch.finish(&outcome);
        let path = root.path().join("deep").join(OUTCOMES);
        let whole = fs::read(&path).unwrap();
        for journal in [first, journal()] {
            assert!(matches!(journal.begin(&key), Ok(Begun::Before(before)) if *before == outcome));
            journal.prune();
        }
        assert!(!scratch.out().exists(), "left by an earlier worker");
        fs::write(&path, &whole[..whole.len() - 2]).unwrap();
        assert!(matches!(journal().begin(&key), Ok(Begun::Lost)), "cut off in the middle of its end");
    }

    #[test]
    fn an_empty_folder_serves_again_and_a_full_one_goes() {
        let root = tempfile::tempdir().unwrap();
        let journal = Arc::new(Journal::new(root.path().to_owned()));
        let begin = |instance| {
            let Ok(Begun::Now(scratch)) = journal.begin(&key(instance)) else { panic!("not begun") };
            scratch
        };
        let outcome = Outcome::Done(Done::default());
        let one = begin(1);
        one.finish(&outcome);
        assert!(one.out().exists());
        let two = begin(2);
        assert!(!one.out().exists() && two.out().exists());
        fs::write(two.out().join("x"), "").unwrap();
        two.finish(&outcome);
        assert!(!two.out().exists());
        let three = begin(3);
        fs::set_permissions(three.out(), fs::Permissions::from_mode(0o755)).unwrap();
        three.finish(&outcome);
        assert!(!three.out().exists());
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let root = tempfile::tempdir().unwrap();
        let journal = Arc::new(Journal::new(root.path().to_owned()));
        let many = u32::try_from(KEPT + SLACK + 1).unwrap();
        for instance in 0..many {
            let Ok(Begun::Now(scratch)) = journal.begin(&key(instance)) else { panic!("not begun") };
            scratch.finish(&Outcome::Done(Done::default()));
        }
        journal.prune();
        assert!(matches!(journal.begin(&key(many - 1)), Ok(Begun::Before(_))));
        assert!(matches!(journal.begin(&key(129)), Ok(Begun::Before(_))));
        assert!(matches!(journal.begin(&key(128)), Ok(Begun::Now(_))));
    }

    fn key(instance: u32) -> AttemptKey {
        AttemptKey { job: "j".into(), step: "s".into(), instance, attempt: 1 }
    }
}
