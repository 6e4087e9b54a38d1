//! `skynet graph`: a picture of what waits for what, also of a file that does not compile.

use super::{Exit, choose, open};
use crate::{
    console::Console,
    failure::Failure,
    file::{self, Place},
    loader::Files,
    report::Report,
};
use clap::{Args, ValueEnum};
use dsl::draw::{self, Drawing};
use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

/// Draw the steps of a workflow and why each waits for others
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  skynet graph ship.skynet
  skynet graph ship.skynet -o ship.svg
  skynet graph ship.skynet --format mermaid")]
pub(super) struct Arguments {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: OsString,
    /// The form of the picture; by default what the name of the output says, else text.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write to this file.
    #[arg(long, short, value_name = "OUT", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Which workflow of the file; the first if none is named.
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// For Markdown pages
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
    /// Nodes and links
    Json,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let place = Place::from(self.file.as_os_str());
        let Some(source) = open(&place, console)? else { return Ok(Exit::Invalid) };
        let compiled = source.compile(&Files::around(std::slice::from_ref(&place)));
        if let Some(workflow) = choose(&compiled, self.workflow.as_deref())? {
            let drawing = &workflow.drawing;
            let mut text = self.format().draw(drawing);
            if !text.ends_with('\n') {
                text.push('\n');
            }
            match &self.output {
                Some(path) => file::save(path, &text)?,
                None => console.print_raw(&text)?,
            }
        }
        let report = Report::of_compiled(compiled);
        if report.errors() > 0 {
            console.complain(&report.human(true));
            return Ok(Exit::Invalid);
        }
        Ok(Exit::Success)
    }

    fn format(&self) -> Format {
        let ending = self.output.as_deref().and_then(|path| path.extension()).and_then(OsStr::to_str);
        self.format.unwrap_or(match ending {
            Some("svg") => Format::Svg,
            Some("dot" | "gv") => Format::Dot,
            Some("mmd" | "mermaid") => Format::Mermaid,
            Some("json") => Format::Json,
            Some(_) | None => Format::Text,
        })
    }
}

impl Format {
    fn draw(self, drawing: &Drawing) -> String {
        match self {
            Self::Text => draw::text(drawing),
            Self::Mermaid => draw::mermaid(drawing),
            Self::Dot => draw::dot(drawing),
            Self::Svg => draw::svg(drawing),
            Self::Json => draw::json(drawing),
        }
    }
}
