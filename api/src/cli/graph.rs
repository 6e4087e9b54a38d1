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
use std::{ffi::OsString, path::PathBuf};

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
    /// Write to this file; `-` is standard output.
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
        let format = self.format()?;
        let Some(source) = open(&place, console)? else { return Ok(Exit::Invalid) };
        let compiled = source.compile(&Files::around(std::slice::from_ref(&place)));
        if let Some(workflow) = choose(&compiled, self.workflow.as_deref())? {
            let drawing = &workflow.drawing;
            let mut text = format.draw(drawing);
            if !text.ends_with('\n') {
                text.push('\n');
            }
            file::put(self.output.as_deref(), &text, console)?;
        }
        let report = Report::of_compiled(compiled);
        if report.errors() > 0 {
            console.complain(&report.human(true));
            return Ok(Exit::Invalid);
        }
        Ok(Exit::Success)
    }

    /// Goes by what is asked for, and by the name of the output; a file must not hold what its name denies.
    fn format(&self) -> Result<Format, Failure> {
        let named = self.output.as_deref().and_then(|path| Some((path, path.extension()?.to_str()?)));
        let Some((path, ending)) = named else { return Ok(self.format.unwrap_or(Format::Text)) };
        match (self.format, Format::of_ending(ending)) {
            (Some(asked), Some(meant)) if asked != meant => Err(Failure::new(
                format!(
                    "`{}` is the name of {}, and not of {}",
                    path.display(),
                    meant.title(),
                    asked.title()
                ),
                format!("leave `--format` out, or let the name end in `.{}`", asked.ending()),
            )),
            (Some(format), Some(_) | None) | (None, Some(format)) => Ok(format),
            (None, None) => Err(Failure::new(
                format!("nothing can be drawn as `.{ending}`"),
                "say which form it is to have with `--format`, or end the name in `.svg`, `.dot`, `.mmd`, `.json` \
                 or `.txt`",
            )),
        }
    }
}

impl Format {
    fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "svg" => Some(Self::Svg),
            "dot" | "gv" => Some(Self::Dot),
            "mmd" | "mermaid" => Some(Self::Mermaid),
            "json" => Some(Self::Json),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Mermaid => "mmd",
            Self::Dot => "dot",
            Self::Svg => "svg",
            Self::Json => "json",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Text => "plain text",
            Self::Mermaid => "a Mermaid graph",
            Self::Dot => "a Graphviz graph",
            Self::Svg => "an SVG picture",
            Self::Json => "JSON",
        }
    }

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
