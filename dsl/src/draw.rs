//! Pictures of a workflow's graph: for a terminal, for Mermaid, for Graphviz, as JSON and as SVG.
//!
//! What is drawn is a [`Drawing`], a plain list of nodes and links, and not a plan: a plan exists only when a file has
//! no errors, and a graph is most wanted when its steps wait for each other. So a drawing may hold cycles, links
//! that lead nowhere and two nodes of one name, and every format draws what can be drawn of it.
//!
//! All formats are functions of the drawing alone and give the same text for the same drawing.

mod cycle;
mod dot;
mod json;
mod layout;
mod mermaid;
mod scene;
mod svg;
mod text;
mod words;

pub use dot::dot;
use engine::plan::{EdgeKind, Risk, Why};
pub use json::json;
pub use mermaid::mermaid;
pub use svg::svg;
pub use text::text;

/// A workflow's graph, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The workflow's name.
    pub name: String,
    /// The steps, in the order of declaration.
    pub nodes: Vec<Node>,
    /// What waits for what; a link that names no node is left out of every picture.
    pub links: Vec<Link>,
}

/// A step as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The step's name.
    pub name: String,
    /// What it does, in few words: `run cargo test`, `script sh`, `http GET`.
    pub action: String,
    /// Which action it is.
    pub kind: NodeKind,
    /// The target it runs on.
    pub target: Option<String>,
    /// How dangerous it is.
    pub risk: Risk,
    /// Whether it runs once for each element of something.
    pub fan_out: bool,
    /// What must hold for it to run, as written.
    pub condition: Option<String>,
    /// Whether it can be taken back.
    pub undo: bool,
}

/// Which action a step has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// Starts a program.
    Run,
    /// Runs a script.
    Script,
    /// Runs an action of the catalog.
    Do,
    /// Sends an HTTP request.
    Http,
    /// Asks a model.
    Agent,
    /// Runs another workflow.
    Call,
    /// Asks people.
    Approve,
    /// Waits.
    Wait,
}

/// One step that waits for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The step that goes first, as a position in [`Drawing::nodes`].
    pub from: usize,
    /// The step that waits.
    pub to: usize,
    /// What must hold of the first.
    pub kind: EdgeKind,
    /// Why it waits.
    pub why: Vec<Why>,
    /// Whether the link is part of a cycle. A link that lies on one is drawn so even where this is false.
    pub cyclic: bool,
}
