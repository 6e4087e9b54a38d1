//! Ends a server and removes its folder when the process that watches over it is gone, even if that was killed.

use std::{
    io,
    os::unix::{fs::PermissionsExt, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Reads until the pipe ends, which it does when nobody holds its other end any more. The server removes the file of its
/// number when it has ended; one that was killed did not, so the wait has an end.
const SCRIPT: &str = r#"
cat >/dev/null
file=$1/postgres/data/postmaster.pid
if pid=$(head -n 1 "$file" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null; then
  left=250
  while [ -e "$file" ] && [ $left -gt 0 ]; do left=$((left - 1)); sleep 0.02; done
fi
rm -rf "$1"
"#;

/// A process that outlives this one for a moment. It holds the other end of the pipe for as long as it is kept.
#[derive(Debug)]
pub(super) struct Guardian {
    home: PathBuf,
    _process: Child,
}

impl Guardian {
    /// Takes over the folder. It is passable for the account that root's server runs as.
    pub(super) fn watch(home: TempDir) -> io::Result<Self> {
        std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o711))?;
        let process = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "guardian"])
            .arg(home.path())
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { home: home.keep(), _process: process })
    }

    pub(super) fn home(&self) -> &Path {
        &self.home
    }
}
