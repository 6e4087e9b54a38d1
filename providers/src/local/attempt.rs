//! The whole way of one attempt, from the first look at its key to what came of it.

use super::{
    check, collect,
    config::LocalConfig,
    file_op,
    journal::{Begun, Journal, Scratch},
    ollama,
    path::Place,
    prepare,
    program::{self, Program, Start},
    pump::{self, Captured, Phase, Pump},
};
use crate::{
    action::{self, FileOp, Form},
    attempts::{Control, stopped, stopped_now},
    failure::{Failure, open},
    scrub::Scrub,
};
use engine::{
    id::{Digest, Name},
    plan::Interpreter,
    port::{Secrets, Stop, Stream},
    request::{Done, FailureClass, LogSeal, Outcome, Request, Resolved, Stopped},
    value::Value,
};
use std::{
    collections::BTreeMap,
    future::pending,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

/// One attempt, once it has begun.
struct Attempt {
    config: Arc<LocalConfig>,
    request: Request,
    secrets: Secrets,
    scrub: Scrub,
    scratch: Scratch,
    deadline: Option<Instant>,
}

/// What is to be done, laid out.
enum Job {
    Program { start: Start, most_output: usize, place: Place },
    File { op: FileOp, place: Place },
    Ollama(serde_json::Value),
}

/// Why a program is over.
#[derive(Clone, Copy)]
enum Why {
    Ended,
    Stopped(Stop),
    Late,
    TooMuch,
}

/// Performs a request, once for its key.
pub(super) async fn run(
    config: Arc<LocalConfig>,
    journal: Arc<Journal>,
    request: Request,
    secrets: Secrets,
    control: Control,
) -> Outcome {
    let scrub = match Scrub::new(&secrets) {
        Ok(scrub) => scrub,
        Err(message) => return Outcome::Failed { class: FailureClass::Refused, message, done: None },
    };
    if let Err(message) = check(&request) {
        return Failure::refused(message).into_outcome(&scrub);
    }
    let scratch = match journal.begin(&request.key) {
        Ok(Begun::Now(scratch)) => scratch,
        Ok(Begun::Before(outcome)) => return *outcome,
        Ok(Begun::Lost) => {
            let why = "a worker that is gone began this attempt and never said what came of it; see what it did, \
                       then tell the job so";
            return Outcome::Unknown { why: why.into() };
        }
        Err(failure) => return failure.into_outcome(&scrub),
    };
    let timeout = request.timeout.map(|timeout| Duration::from_millis(timeout.try_into().unwrap_or(0)));
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let attempt = Attempt { config, request, secrets, scrub, scratch, deadline };
    let outcome = match attempt.perform(control).await {
        Ok(outcome) => outcome,
        Err(failure) => failure.into_outcome(&attempt.scrub),
    };
    attempt.scratch.finish(&outcome);
    outcome
}

/// Returns the cgroup of the attempt with this scratch folder, if there are cgroups.
pub(super) fn cgroup(config: &LocalConfig, folder: &Path) -> Option<PathBuf> {
    Some(config.cgroup.as_ref()?.join(folder.file_name()?))
}

impl Attempt {
    async fn perform(&self, mut control: Control) -> Result<Outcome, Failure> {
        let job = tokio::select! {
            biased;
            _ = stopped(&mut control.stop) => return Ok(Outcome::Cancelled(Stopped::Confirmed)),
            () = until(self.deadline) => return Err(self.late()),
            job = self.prepare() => job?,
        };
        match job {
            Job::Program { start, most_output, place } => self.run(start, most_output, &place, control).await,
            Job::File { op, place } => self.file(op, place, control).await,
            Job::Ollama(question) => {
                let result = tokio::select! {
                    biased;
                    _ = stopped(&mut control.stop) => return Ok(Outcome::Cancelled(Stopped::Confirmed)),
                    () = until(self.deadline) => return Err(self.late()),
                    result = ollama::ask(&self.config.ollama, question) => result?,
                };
                Ok(Outcome::Done(Done { result, ..Done::default() }))
            }
        }
    }

    /// Lays everything out. Nothing has begun before it returns but files in the working directory.
    async fn prepare(&self) -> Result<Job, Failure> {
        let request = &self.request;
        let workspace = match &request.workspace {
            Some(own) => PathBuf::from(&**own),
            None => (self.config.workspace_of)(&request.key.job).map_err(Failure::provider)?,
        };
        let place = Place::new(&self.config.allowed_paths, &workspace, request.workdir.as_deref())?;
        prepare::files(&*self.config.blobs, &place, &request.files).await?;
        let stdin = request.stdin.as_ref().map(|text| open(text, &self.secrets)).transpose()?;
        let mut stdin = stdin.map(String::into_bytes);
        let mut most_output = self.config.limits.result_bytes;
        let argv = match &request.action {
            Resolved::Run { argv } => argv.clone(),
            Resolved::Script { interpreter, body, arguments } => {
                self.script(*interpreter, body, arguments)?
            }
            Resolved::Do { action, params } => {
                match action::form(action, params).map_err(Failure::refused)? {
                    Form::File(op) => return Ok(Job::File { op, place }),
                    Form::Ollama(question) => return Ok(Job::Ollama(question)),
                    Form::Run(command) => {
                        for path in &command.paths {
                            place.resolve(path)?;
                        }
                        most_output = command.most_output.unwrap_or(most_output);
                        stdin = command.stdin.map(|text| text.as_bytes().to_vec()).or(stdin);
                        match command.script {
                            None => command.argv,
                            Some((interpreter, body)) => self.script(interpreter, body, &command.argv)?,
                        }
                    }
                }
            }
            Resolved::Http { .. } | Resolved::Agent { .. } | Resolved::Mock { .. } => {
                return Err(Failure::refused("a local target runs `run`, `script` and `do`"));
            }
        };
        // Everybody on the machine can read the arguments of a program.
        if argv.iter().any(|argument| self.scrub.finds(argument)) {
            return Err(Failure::refused(
                "an argument holds the value of a secret, and everybody on the machine can read arguments; give it by \
                 `env` or `stdin`",
            ));
        }
        let variables = prepare::variables(&self.config, request, &self.secrets, &self.scratch)?;
        let mark = format!("{}={}", prepare::OUT, self.scratch.out().display());
        let cgroup = cgroup(&self.config, &self.scratch.folder);
        if let Some(cgroup) = &cgroup {
            std::fs::create_dir_all(cgroup).map_err(|error| {
                Failure::provider(format!(
                    "the cgroup {} cannot be made: {error}; give the worker a folder of cgroup v2 it can write, or none",
                    cgroup.display()
                ))
            })?;
        }
        let workdir = place.workdir.clone();
        let start = Start { argv, variables, workdir, stdin, mark, cgroup };
        Ok(Job::Program { start, most_output, place })
    }

    /// Writes a script to its file and returns how it is read.
    fn script(
        &self,
        interpreter: Interpreter,
        body: &str,
        arguments: &[String],
    ) -> Result<Vec<String>, Failure> {
        let file = self.scratch.script(body.as_bytes()).map_err(|error| {
            Failure::provider(format!(
                "the script cannot be written: {error}; make room in the scratch folder"
            ))
        })?;
        let words = interpreter.argv();
        let words = words.iter().map(|&word| word.to_owned());
        Ok(words.chain([file.to_string_lossy().into_owned()]).chain(arguments.iter().cloned()).collect())
    }

    async fn run(
        &self,
        start: Start,
        most_output: usize,
        place: &Place,
        mut control: Control,
    ) -> Result<Outcome, Failure> {
        let cgroup = start.cgroup.clone();
        let (mut program, printed) = Program::start(start).inspect_err(|_| {
            if let Some(cgroup) = cgroup {
                let _ = std::fs::remove_dir(cgroup);
            }
        })?;
        let pipes = program::inodes(&[&printed.stdout, &printed.stderr]);
        let too_much = Arc::new(Notify::new());
        let (tell, phase) = watch::channel(Phase::Running);
        let limits = self.config.limits;
        let pump =
            Pump::new(printed, &self.scrub, &limits, most_output, control.output, Arc::clone(&too_much));
        let pump = tokio::spawn(pump.run(phase.clone()));
        let why = tokio::select! {
            biased;
            () = program.ended() => Why::Ended,
            how = stopped(&mut control.stop) => Why::Stopped(how),
            () = until(self.deadline) => Why::Late,
            () = too_much.notified() => Why::TooMuch,
        };
        let (grace, phase_now) = match why {
            Why::Ended => (Duration::ZERO, Phase::Draining),
            Why::Stopped(Stop::Now) => (Duration::ZERO, Phase::Hurrying),
            Why::Stopped(Stop::Gracefully) | Why::Late | Why::TooMuch => (limits.grace, Phase::Hurrying),
        };
        // What the program leaves behind goes with it: an attempt that is over is over.
        let mut gone = program.family.end(grace, stopped_now(&mut control.stop.clone())).await;
        let status = program.reap();
        tell.send_replace(phase_now);
        let mut pump = pump::settle(pump, stopped(&mut control.stop), &tell).await;
        if let Some(open) = pump.take_if(|pump| pump.is_open()) {
            // Somebody who cannot be seen otherwise still holds the output.
            program.family.pipes = pipes;
            let unseen = program.family.end(Duration::ZERO, pending()).await;
            let open = open.run(phase.clone()).await;
            if gone == Stopped::Confirmed {
                gone = unseen;
            }
            if gone == Stopped::Confirmed && open.is_open() {
                let why = "somebody outside of the attempt was given its output and keeps it open; end that by hand";
                gone = Stopped::Unconfirmed { why: why.into() };
            }
            pump = Some(open);
        }
        let Some(pump) = pump else {
            return Ok(Outcome::Unknown { why: "its output was lost in the worker; see what it did".into() });
        };
        let captured = pump.finish(phase).await;
        Ok(self.judge(why, gone, status.map(program::code), captured, place).await)
    }

    /// Says what came of a program.
    async fn judge(
        &self,
        why: Why,
        gone: Stopped,
        code: Option<i64>,
        captured: Captured,
        place: &Place,
    ) -> Outcome {
        let is_cut = captured.stdout.is_cut() || captured.stderr.is_cut();
        let is_too_much = captured.is_too_much;
        let log = Some(captured.seal);
        let mut done = Done {
            result: fields(captured.stdout.text(), captured.stderr.text(), code),
            log,
            ..Done::default()
        };
        let (gone, code) = match (why, gone, code) {
            (Why::Stopped(_), gone, _) => return Outcome::Cancelled(gone),
            (_, Stopped::Unconfirmed { why }, _) => return Outcome::Unknown { why: self.scrub.text(&why) },
            (Why::Ended, gone, Some(code)) => (gone, code),
            (Why::Ended, Stopped::Confirmed, None) => {
                return Outcome::Unknown { why: "its exit code was lost; see what it did".into() };
            }
            (Why::Late, ..) => return self.failed(self.late(), done),
            (Why::TooMuch, ..) => return self.failed(self.too_much(), done),
        };
        drop(gone);
        if is_too_much {
            return self.failed(self.too_much(), done);
        }
        let outputs = collect::outputs(&self.config, &self.scratch, &self.request, &self.scrub);
        let artifacts = collect::artifacts(&*self.config.blobs, place, &self.request, &self.scrub).await;
        match (outputs, artifacts) {
            (Ok(outputs), Ok(artifacts)) => (done.outputs, done.artifacts) = (outputs, artifacts),
            // A program that failed says why by its code, not by what it left undone.
            (Err(_), _) | (_, Err(_)) if code != 0 => {}
            (Err(failure), _) | (_, Err(failure)) => return self.failed(failure, done),
        }
        if is_cut {
            let most = self.config.limits.result_bytes;
            return self.failed(
                Failure::output(format!(
                    "it ended with the code {code} and printed more than the {most} bytes that `result` takes; write \
                     it into a file and keep that as an artifact, or print less"
                )),
                done,
            );
        }
        Outcome::Done(done)
    }

    async fn file(&self, op: FileOp, place: Place, control: Control) -> Result<Outcome, Failure> {
        let most = self.config.limits.result_bytes;
        let ended = tokio::task::spawn_blocking(move || file_op::perform(&op, &place, most))
            .await
            .map_err(|_| Failure::provider("the file operation was cut off; try again"))??;
        let (stream, bytes, code) = match ended {
            Ok(text) if text.len() > most => {
                return Err(Failure::output(format!(
                    "the file has more than the {most} bytes that `result` takes; keep it as an artifact"
                )));
            }
            Ok(text) => (Stream::Stdout, text, 0),
            Err(complaint) => (Stream::Stderr, complaint.into_bytes(), 1),
        };
        let clean = self.scrub.bytes(&bytes);
        let text = String::from_utf8_lossy(&clean).into_owned();
        let log = Some(LogSeal { sha256: Digest::of(&clean), bytes: clean.len() as u64 });
        // Nobody may listen; the result is the same.
        let _ = control.output.send((stream, clean)).await;
        let (stdout, stderr) = if code == 0 { (text, String::new()) } else { (String::new(), text) };
        Ok(Outcome::Done(Done { result: fields(stdout, stderr, Some(code)), log, ..Done::default() }))
    }

    fn failed(&self, failure: Failure, done: Done) -> Outcome {
        let message = self.scrub.text(&failure.message);
        Outcome::Failed { class: failure.class, message, done: Some(Box::new(done)) }
    }

    fn late(&self) -> Failure {
        let timeout = self.request.timeout.unwrap_or_default();
        let message = format!(
            "it took longer than the {timeout} ms it may, and was stopped; give it a longer `timeout`"
        );
        Failure { class: FailureClass::Timeout, message }
    }

    fn too_much(&self) -> Failure {
        let most = self.config.limits.log_bytes;
        Failure::output(format!(
            "it printed more than {most} bytes in all, and was stopped; write into a file and keep that as an artifact"
        ))
    }
}

fn fields(stdout: String, stderr: String, code: Option<i64>) -> BTreeMap<Name, Value> {
    let mut fields: BTreeMap<Name, Value> = BTreeMap::new();
    fields.insert("stdout".into(), Value::Text(stdout.into()));
    fields.insert("stderr".into(), Value::Text(stderr.into()));
    fields.extend(code.map(|code| ("exit_code".into(), Value::Int(code))));
    fields
}

/// Returns when the time has come; never if there is none.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => pending().await,
    }
}
