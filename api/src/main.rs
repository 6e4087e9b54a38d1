//! The binary `skynet`: reads its arguments and hands them to the command line.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    api::cli::main(env::args_os().collect())
}
