//! The doors of Skynet. So far there is one: the command line.
//!
//! A door turns input into calls of the rooms below and shows what comes of it; it has no rule of its own. Here is
//! where files, the network, the terminal and the environment are touched, and nowhere below.
//!
//! ```
//! let exit = api::cli::main(["skynet", "explain", "E0001", "--color=never"].map(Into::into).to_vec());
//! assert_eq!(exit, std::process::ExitCode::SUCCESS);
//! ```

pub mod app;
pub mod away;
pub mod background;
pub mod bench;
pub mod cli;
pub mod config;
pub mod console;
pub mod database;
pub mod diff;
pub mod doctor;
pub mod failure;
pub mod file;
pub mod fix;
pub mod install;
pub mod loader;
pub mod look;
pub mod nearby;
pub mod pages;
pub mod params;
pub mod preview;
pub mod replay;
pub mod report;
pub mod run;
pub mod sink;
pub mod source;
pub mod upkeep;
pub mod visible;
pub mod worker;
