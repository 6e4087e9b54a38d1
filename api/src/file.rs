//! Files and standard input: read within the limit, written whole or not at all.

use crate::{console::Console, failure::Failure, nearby};
use grammar::limit::MAX_FILE_BYTES;
use rustix::fs::{Mode, OFlags};
use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{self, ErrorKind, Read, Write as _},
    os::unix::fs::FileTypeExt as _,
    path::{Path, PathBuf},
};

/// Where a text comes from, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `-`
    Stdin,
    /// A path.
    File(PathBuf),
}

impl From<&OsStr> for Place {
    fn from(text: &OsStr) -> Self {
        if text == "-" { Self::Stdin } else { Self::File(text.into()) }
    }
}

impl Place {
    /// Reads the places that a user named. Standard input can be read but once.
    pub fn all(words: &[OsString]) -> Result<Vec<Self>, Failure> {
        if words.iter().filter(|word| *word == "-").count() > 1 {
            return Err(Failure::new("`-` is named twice", "standard input is one file; name it once"));
        }
        Ok(words.iter().map(|word| Self::from(word.as_os_str())).collect())
    }

    /// Opens it for reading.
    pub fn open(&self) -> io::Result<Box<dyn Read>> {
        match self {
            Self::Stdin => Ok(Box::new(io::stdin().lock())),
            Self::File(path) => open(path),
        }
    }

    /// Returns the name shown to people.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "<stdin>".to_owned(),
            Self::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// Reads the bytes; of a file over the limit, one byte more than the limit and no more.
    pub fn read(&self) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Stdin => read_within_limit(io::stdin().lock()).map_err(|error| {
                Failure::new(
                    format!("cannot read standard input: {}", reason(&error)),
                    "pipe a file into it, or name the file",
                )
            }),
            Self::File(path) => read_file(path).map_err(|error| explain(path, &error)),
        }
    }
}

/// Reads a file; of one over the limit, one byte more than the limit and no more.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read_within_limit(open(path)?)
}

/// Opens a file for reading, or a pipe that somebody writes to. Anything else may block for ever or never end.
pub fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        Err(ErrorKind::IsADirectory.into())
    } else if kind.is_fifo() {
        open_pipe(path)
    } else if kind.is_file() || is_own(path) {
        Ok(Box::new(fs::File::open(path)?))
    } else {
        Err(io::Error::other("it is a device or a socket, and not a file"))
    }
}

/// Returns whether a path stands for what the program was started with, as `/dev/stdin` does.
fn is_own(path: &Path) -> bool {
    ["/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|own| path.starts_with(own))
}

/// Opens a pipe without waiting for somebody who writes to it. A shell makes one of `<(…)`.
fn open_pipe(path: &Path) -> io::Result<Box<dyn Read>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut pipe = fs::File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let mut first = Vec::new();
    match (&mut pipe).take(1).read_to_end(&mut first) {
        Ok(0) => return Err(io::Error::other("it is a pipe, and nobody writes to it")),
        Ok(_) => {}
        // Somebody is there who has not written yet.
        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
        Err(error) => return Err(error),
    }
    rustix::fs::fcntl_setfl(&pipe, OFlags::empty())?;
    Ok(Box::new(io::Cursor::new(first).chain(pipe)))
}

/// Puts a result where it is wanted: into a file, or to standard output if that is `-` or none is named.
pub fn put(output: Option<&Path>, text: &str, console: &Console) -> Result<(), Failure> {
    match output.filter(|path| *path != Path::new("-")) {
        Some(path) => save(path, text),
        None => console.print_raw(text),
    }
}

/// Replaces a file's content at once, so that no reader sees half of it. Permissions stay; of a link, the file it
/// leads to is replaced.
pub fn save(path: &Path, text: &str) -> Result<(), Failure> {
    let mut draft = Draft::of(path)?;
    draft.write_all(text.as_bytes()).map_err(|error| unwritten(path, &error))?;
    draft.keep()
}

/// A file that is being written, and is seen by nobody before it is kept.
#[derive(Debug)]
pub struct Draft {
    /// As it was named.
    path: PathBuf,
    /// What it stands for.
    real: PathBuf,
    permissions: Option<fs::Permissions>,
    file: tempfile::NamedTempFile,
}

impl Draft {
    /// Begins it. Permissions stay; of a link, the file it leads to is replaced.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        Self::try_of(path).map_err(|error| unwritten(path, &error))
    }

    fn try_of(path: &Path) -> io::Result<Self> {
        let (real, permissions) = match fs::canonicalize(path) {
            Ok(real) => {
                let permissions = fs::metadata(&real)?.permissions();
                // A rename would get around the write protection.
                if permissions.readonly() {
                    return Err(ErrorKind::PermissionDenied.into());
                }
                (real, Some(permissions))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => (path.to_owned(), None),
            Err(error) => return Err(error),
        };
        if real.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = new_draft(folder, permissions.is_none())?;
        Ok(Self { path: path.to_owned(), real, permissions, file })
    }

    /// Puts it in its place, whole.
    pub fn keep(self) -> Result<(), Failure> {
        let Self { path, real, permissions, file } = self;
        let keep = || {
            if let Some(permissions) = permissions {
                file.as_file().set_permissions(permissions)?;
            }
            file.as_file().sync_all()?;
            file.persist(&real).map(drop).map_err(|error| error.error)
        };
        keep().map_err(|error: io::Error| unwritten(&path, &error))
    }
}

impl io::Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Says why a file cannot be written, and how to go on.
#[must_use]
pub fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let (what, help) = match error.kind() {
        ErrorKind::NotFound => {
            ("its folder does not exist".to_owned(), "make the folder first, or name another")
        }
        ErrorKind::IsADirectory => (reason(error), "name a file"),
        _ => (reason(error), "check the permissions of the file and of its folder; nothing was changed"),
    };
    Failure::new(format!("cannot write `{}`: {what}", path.display()), help)
}

/// Says in plain words why reading or writing failed.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        ErrorKind::NotADirectory => "a part of the path is not a directory".to_owned(),
        ErrorKind::InvalidInput => "the path is not valid".to_owned(),
        ErrorKind::InvalidFilename => "the name is too long".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_owned()
        }
    }
}

fn read_within_limit(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    source.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A draft of a new file gets the permissions that any new file gets; otherwise nobody else sees it before its time.
fn new_draft(folder: &Path, is_new: bool) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".skynet-");
    #[cfg(unix)]
    if is_new {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn explain(path: &Path, error: &io::Error) -> Failure {
    let what = format!("cannot read `{}`: {}", path.display(), reason(error));
    let help = match error.kind() {
        ErrorKind::NotFound => match beside(path).as_slice() {
            [] => "give the path of a .skynet file, or `-` for standard input".to_owned(),
            names => format!("did you mean {}?", nearby::list(names)),
        },
        ErrorKind::IsADirectory => match nearby::sources(path).as_slice() {
            [] => "give the path of a .skynet file in it".to_owned(),
            names => format!("give a file in it: {}", nearby::list(names)),
        },
        ErrorKind::PermissionDenied => format!("look who may read it: ls -l '{}'", path.display()),
        _ => "give the path of a .skynet file, or `-` for standard input".to_owned(),
    };
    Failure::new(what, help)
}

fn beside(path: &Path) -> Vec<String> {
    let (Some(folder), Some(wanted)) = (path.parent(), path.file_name().and_then(OsStr::to_str)) else {
        return Vec::new();
    };
    let names = nearby::files(folder, wanted);
    names.iter().map(|name| folder.join(name).to_string_lossy().into_owned()).collect()
}
