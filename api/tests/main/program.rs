//! The program under test, and the folder it runs in.

use std::{
    fmt,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};
use store::testing::server::{Database, database};
use tempfile::TempDir;

/// A folder with files, where the program runs.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// Makes a folder that holds these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the program, as typed after its name.
    pub(crate) fn run(&self, typed: &str) -> Run {
        self.run_with(typed, &[], b"")
    }

    /// Runs the program with variables and standard input. Nothing else of the environment is there.
    pub(crate) fn run_with(&self, typed: &str, variables: &[(&str, &str)], stdin: &[u8]) -> Run {
        let mut child = command(self.0.path(), typed)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Who does not read its input is not to be waited for.
        let _unread = child.stdin.take().unwrap().write_all(stdin);
        Run { typed: typed.to_owned(), output: child.wait_with_output().unwrap() }
    }
}

/// Returns the program with its arguments, which are parted by blanks.
pub(crate) fn command(folder: &Path, typed: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skynet"));
    command.args(typed.split_whitespace()).current_dir(folder).env_clear();
    if typed.starts_with("run ") {
        // The one of the user who runs the tests is left alone.
        command.env("DATABASE_URL", DATABASE.url());
    }
    command
}

/// The database that jobs are kept in where a test says nothing else.
static DATABASE: LazyLock<Database> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(database())
});

/// What one run of the program came to.
pub(crate) struct Run {
    typed: String,
    output: Output,
}

impl Run {
    pub(crate) fn exit(&self) -> i32 {
        self.output.status.code().unwrap()
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout()).unwrap()
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ skynet {}", self.typed)?;
        f.write_str(&self.stdout())?;
        let stderr = self.stderr();
        if !stderr.is_empty() {
            writeln!(f, "[stderr]\n{}", stderr.trim_end_matches('\n'))?;
        }
        write!(f, "[exit {}]", self.exit())
    }
}

/// A workflow without a mistake.
pub(crate) const HELLO: &str = "\
skynet 1

workflow hello {
  param name: string = \"world\"

  step greet {
    run = [\"echo\", \"Hello, ${param.name}!\"]
    output greeting: string = trim(result.stdout)
  }

  output message: string = step.greet.output.greeting
}
";
