//! The terminal or pipe on the other side: what is written, in colour or not, and what is left out.
//!
//! Results go to standard output; talk about them goes to standard error. A reader that hangs up early is no
//! error: the verb goes on to its exit code and says nothing.

use crate::failure::Failure;
use clap::ValueEnum;
use std::io::{self, ErrorKind, IsTerminal as _, Write};

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal; `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` are honoured.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The two streams of a verb.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    quiet: bool,
}

impl Console {
    /// Opens the streams; the choice of colours holds for the whole process.
    #[must_use]
    pub fn open(color: Color, quiet: bool) -> Self {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
        Self { quiet }
    }

    /// Prints a result for people; colours are taken out where they are not wanted.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        deliver(&mut anstream::stdout(), text.as_bytes())
    }

    /// Prints a result for machines, byte for byte.
    pub fn print_raw(&self, text: &str) -> Result<(), Failure> {
        self.print_bytes(text.as_bytes())
    }

    /// Prints what need not be text.
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        deliver(&mut io::stdout(), bytes)
    }

    /// Prints a remark beside a result, unless the user wants quiet.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// Prints what is wrong to standard error. If that is gone too, nobody is left to be told.
    pub fn complain(&self, text: &str) {
        let mut stream = anstream::stderr();
        let _gone = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    }

    /// Returns whether the user wants nothing but results and errors.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns whether results go to a terminal, or are to look as if they did.
    #[must_use]
    pub fn is_styled(&self) -> bool {
        match anstream::AutoStream::choice(&io::stdout()) {
            anstream::ColorChoice::Never => false,
            anstream::ColorChoice::Auto => io::stdout().is_terminal(),
            anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi => true,
        }
    }
}

fn deliver(stream: &mut dyn Write, bytes: &[u8]) -> Result<(), Failure> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(
            format!("cannot write to standard output: {}", crate::file::reason(&error)),
            "check the disk or the program that reads the output",
        )),
    }
}
