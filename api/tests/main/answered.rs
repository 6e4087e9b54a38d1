//! Questions at a terminal, and output that nobody reads.

use crate::program::{Folder, command};
use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use std::{
    fs::File,
    io::{Read, Write as _},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A run with a person at its terminal.
struct Person {
    keys: File,
    run: Child,
    asked: Arc<Mutex<String>>,
}

impl Person {
    fn at(folder: &Folder, typed: &str) -> Self {
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap();
        let terminal = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let mut run = command(&folder.path(""), typed)
            .env("PATH", "/usr/bin:/bin")
            .stdin(terminal)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = run.stderr.take().unwrap();
        let asked = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                heard.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        Self { keys: keys.into(), run, asked }
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until a question was shown so many times.
    fn sees(&self, question: &str, times: usize) {
        wait_for(question, || self.asked.lock().unwrap().matches(question).count() >= times);
    }

    fn exit(mut self) -> Option<i32> {
        self.run.wait().unwrap().code()
    }
}

/// Waits until something holds, and gives up after a time that only a hang reaches.
fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::yield_now();
    }
}

const ASKS: &str = "\
skynet 1

workflow asks {
  step begin {
    timeout = 1m
    script = <<SH
      touch begun
      until test -e go; do :; done
    SH
  }

  step ask {
    needs = [step.begin]
    approve {
      message   = \"Go on?\"
      approvers = [\"group:ops\"]
      expires   = 1h
    }
  }

  step act {
    needs = [step.ask]
    run   = [\"touch\", \"acted\"]
  }
}
";

#[test]
fn only_what_is_typed_after_the_question_and_is_clear_answers_it() {
    for (answer, exit, acted) in [("y\n", 0, true), ("no\n", 1, false)] {
        let folder = Folder::with(&[("a.skynet", ASKS)]);
        let mut person = Person::at(&folder, "run a.skynet --memory");
        wait_for("the step", || folder.path("begun").exists());
        person.types("y\nno\ny");
        folder.write("go", "");
        person.sees("[y]es, [n]o", 1);
        person.types("maybe\n");
        person.sees("[y]es, [n]o", 2);
        person.types("\n");
        person.sees("[y]es, [n]o", 3);
        person.types(answer);
        assert_eq!(person.exit(), Some(exit));
        assert_eq!(folder.path("acted").exists(), acted, "after {answer:?}");
    }
}

const FORGOTTEN: &str = "\
skynet 1

workflow outer {
  step first {
    timeout = 1s
    call inner {}
  }

  step second {
    after = [step.first]
    approve {
      message   = \"Second?\"
      approvers = [\"group:ops\"]
      expires   = 1h
    }
  }

  step act {
    needs = [step.second]
    run   = [\"touch\", \"acted\"]
  }
}

workflow inner {
  step ask {
    approve {
      message   = \"First?\"
      approvers = [\"group:ops\"]
      expires   = 1h
    }
  }
}
";

#[test]
fn a_line_that_was_begun_for_one_question_does_not_answer_the_next() {
    let folder = Folder::with(&[("a.skynet", FORGOTTEN)]);
    let mut person = Person::at(&folder, "run a.skynet --memory");
    person.sees("First?", 1);
    person.types("y");
    person.sees("Second?", 1);
    person.types("\n");
    person.sees("Second?", 2);
    person.types("n\n");
    assert_eq!(person.exit(), Some(1));
    assert!(!folder.path("acted").exists());
}

const LOUD: &str = "\
skynet 1

workflow loud {
  step shout {
    timeout = 1h
    script = <<SH
      touch begun
      while :; do echo all the world must hear this line, which is long; done
    SH
  }
}
";

#[test]
fn a_reader_that_does_not_read_holds_back_steps_and_nothing_else() {
    let cases = [("a Ctrl-C", "1h", Some(4)), ("a timeout", "1s", Some(1))];
    for (what, timeout, exit) in cases {
        let folder = Folder::with(&[("a.skynet", &LOUD.replace("1h", timeout))]);
        let mut run = command(&folder.path(""), "run a.skynet --memory --events e.jsonl")
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for("the step", || folder.path("begun").exists());
        if exit == Some(4) {
            let status = Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
            assert!(status.success());
        }
        let ends = ["\"job_cancelled\"", "\"job_failed\""];
        wait_for(what, || ends.iter().any(|end| folder.read("e.jsonl").contains(end)));
        // What was taken is not lost, only late.
        let mut text = String::new();
        run.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(run.wait().unwrap().code(), exit, "{what}");
        let last = text.lines().last().unwrap_or_default();
        assert!(last.contains("cancelled") || last.contains("failed"), "{last}");
    }
}
