//! Ends a server and removes its folder when the process that watches over it is gone, even if that was killed.

use std::{
    io,
    os::unix::{fs::PermissionsExt, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Reads until the pipe ends, which it does when nobody holds its other end any more. A server removes the file of its
/// number when it has ended; one that was killed did not, so the wait has an end. What still writes there may need a
/// second try.
const SCRIPT: &str = r#"
cat >/dev/null
left=250
while [ -e "$1" ] && [ $left -gt 0 ]; do
  left=$((left - 1))
  files=$(find "$1" -name postmaster.pid 2>/dev/null)
  if [ -z "$files" ] || [ $left -eq 0 ]; then
    rm -rf "$1" 2>/dev/null
  else
    echo "$files" | while read -r file; do kill -QUIT "$(head -n 1 "$file")" 2>/dev/null || rm -f "$file"; done
  fi
  [ ! -e "$1" ] || sleep 0.02
done
"#;

/// A process that outlives this one for a moment. It holds the other end of the pipe for as long as it is kept.
#[derive(Debug)]
pub struct Guardian {
    home: PathBuf,
    _process: Child,
}

impl Guardian {
    /// Takes over the folder, and makes it passable for the account that root's server runs as.
    ///
    /// # Errors
    /// If the process cannot be started.
    pub fn watch(home: TempDir) -> io::Result<Self> {
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

    /// The folder that goes with this.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }
}
