//! Compiles `.skynet` text: from a syntax tree through names and types to a plan, with all errors at once.
//!
//! ```
//! let source = "skynet 1\nworkflow hello {\n  step greet { run = [\"echo\", \"hello\"] }\n}\n";
//! let compiled = dsl::compile("hello.skynet", source, &dsl::NoImports);
//! assert!(compiled.diagnostics.is_empty());
//! let plan = compiled.plan().expect("the file has no errors");
//! assert_eq!(plan.graph.node_count(), 1);
//! ```
//!
//! The crate is pure: imports arrive through a [`Loader`], and nothing is run.

mod allow;
mod ast;
mod check;
mod danger;
pub mod draw;
pub mod editor;
pub mod format;
pub mod generate;
pub mod json;
pub mod json_schema;
mod lint;
mod load;
mod lower;
mod message;
mod names;
mod outline;
pub mod reference;
mod safety;
mod schedule;
pub mod schema;
mod script;
mod shape;
pub mod suggest;
mod taint;
pub mod twin;
mod walk;
mod world;

use engine::{
    id::Name,
    plan::{MAX_CALL_DEPTH, Plan},
};
use grammar::{Code, Diagnostic, FileId, Kind, Span};
pub use load::{LoadError, Loaded, Loader, NoImports, Source};
use names::{ActionKind, Names};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use world::World;

/// What compiling a file gives.
#[derive(Debug)]
pub struct Compiled {
    /// The files, by the number of their [`FileId`]; the first is the main one.
    pub files: Vec<Source>,
    /// The workflows of the main file, in the order they are declared.
    pub workflows: Vec<Workflow>,
    /// What was found, in the order of the files and of the places in them.
    pub diagnostics: Vec<Diagnostic>,
}

/// One workflow of the main file.
#[derive(Debug)]
pub struct Workflow {
    /// Its name.
    pub name: Name,
    /// Its plan; none if any file has an error.
    pub plan: Option<Arc<Plan>>,
    /// Its graph as far as it is known, for drawing; also of a workflow in error.
    pub drawing: draw::Drawing,
    /// Where each step is declared, by name: for faults that show only at run time.
    pub places: BTreeMap<Name, Span>,
}

impl Compiled {
    /// Returns the plan of the main file's first workflow; none if there is an error.
    #[must_use]
    pub fn plan(&self) -> Option<&Arc<Plan>> {
        self.workflows.first()?.plan.as_ref()
    }

    /// Returns whether anything keeps the file from running.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Returns name and text of a file, as [`grammar::render::render`] wants them.
    #[must_use]
    pub fn file(&self, file: FileId) -> Option<(&str, &str)> {
        let source = self.files.get(usize::from(file.0))?;
        Some((&source.name, source.tree.text()))
    }
}

/// Compiles a file and all it imports.
#[must_use]
pub fn compile(name: &str, text: &str, loader: &dyn Loader) -> Compiled {
    let (sources, mut found) = load::load(name, text, loader);
    let workflows = analyse(&sources, &mut found);
    for source in &sources {
        allow::apply(&source.tree, &mut found);
    }
    drop_consequences(&mut found);
    found.sort_by_key(|it| (it.primary.span.file, it.primary.span.start, it.primary.span.end, it.code));
    found.dedup();
    let mut compiled = Compiled { files: sources, workflows, diagnostics: found };
    if compiled.has_errors() {
        for workflow in &mut compiled.workflows {
            workflow.plan = None;
        }
    }
    compiled
}

/// Removes what may be only a consequence of an error: what an unreadable statement uses seems to be unused, and how
/// another tool writes a word, `runs-on`, is no matter here.
fn drop_consequences(found: &mut Vec<Diagnostic>) {
    let foreign: BTreeSet<Span> =
        found.iter().filter(|it| it.code == Code::E0115).map(|it| it.primary.span).collect();
    found.retain(|it| it.code != Code::E0114 || !foreign.contains(&it.primary.span));
    let start = |span: Span| (span.file, span.start);
    let wrong: BTreeSet<(FileId, u32)> = found
        .iter()
        .filter(|it| matches!(it.code, Code::E0101 | Code::E0102 | Code::E0104 | Code::E0111 | Code::E0115))
        .map(|it| start(it.primary.span))
        .collect();
    found.retain(|it| !matches!(it.kind, Kind::Of(word) if wrong.contains(&start(word))));
    drop_nested(found);
    let broken: BTreeSet<FileId> =
        found.iter().filter(|it| it.is_error()).map(|it| it.primary.span.file).collect();
    found.retain(|it| it.code != Code::W0901 || !broken.contains(&it.primary.span.file));
}

/// Where a brace is missing, the steps behind it stand in another step: that is one mistake, and no brace at the end of
/// the file mends it.
fn drop_nested(found: &mut Vec<Diagnostic>) {
    let nested: BTreeSet<Span> =
        found.iter().filter(|it| it.kind == Kind::Nested).map(|it| it.primary.span).collect();
    let mut mended = BTreeSet::new();
    for open in found.iter_mut().filter(|it| it.kind == Kind::OpenBody) {
        let opener = open.primary.span;
        if let Some(first) = nested.range(opener..).next().filter(|span| span.file == opener.file) {
            message::schema::nested_in(open, *first);
            mended.insert(opener.file);
        }
    }
    found.retain(|it| it.kind != Kind::Nested || !mended.contains(&it.primary.span.file));
}

/// Gives the files their meaning.
fn analyse(sources: &[Source], found: &mut Vec<Diagnostic>) -> Vec<Workflow> {
    let files: Vec<ast::File<'_>> = sources.iter().map(|source| shape::shape(&source.tree, found)).collect();
    let world = World::new(sources, &files, found);
    for (source, file) in sources.iter().zip(&files) {
        lint::texts(&source.tree, found);
        let is_main = source.tree.file() == FileId(0);
        let is_readable = !found.iter().any(|it| it.primary.span.file == source.tree.file() && it.is_error());
        if is_main && file.workflows.is_empty() && is_readable {
            found.push(message::schema::no_workflow(source.tree.span().after()));
        }
    }
    let mut names: Vec<Option<Names<'_>>> =
        (0..world.workflows.len()).map(|index| Names::new(&world, index, found)).collect();
    let order = call_order(&names, found);
    taint::spread(&mut names, &order);
    call_depths(&names, &order, found);
    group_deadlocks(&names, found);
    let mut plans: BTreeMap<usize, Option<Arc<Plan>>> = BTreeMap::new();
    let mut workflows: BTreeMap<usize, Workflow> = BTreeMap::new();
    for index in order {
        let Some(names) = names.get(index).and_then(Option::as_ref) else { continue };
        let lowered = lower::lower(names, &plans);
        found.extend(lowered.found);
        lint::steps(names, lowered.plan.as_ref(), found);
        script::check(names, found);
        let plan = lowered.plan.map(Arc::new);
        plans.insert(index, plan.clone());
        if names.file == 0 {
            workflows.insert(index, outline::outline(names, plan, &lowered.links));
        }
    }
    for (file, shape) in files.iter().enumerate() {
        for import in &shape.imports {
            if !world.is_used(file, &import.alias.text) && !world.is_broken_alias(file, &import.alias.text) {
                found.push(message::lint::unused("import", &import.alias.text, import.alias.span));
            }
        }
    }
    workflows.into_values().collect()
}

/// Returns the workflows so that each comes after those it calls; reports those that call themselves.
fn call_order(names: &[Option<Names<'_>>], found: &mut Vec<Diagnostic>) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let calls: Vec<Vec<(usize, Span)>> =
        names.iter().map(|names| names.as_ref().map_or_else(Vec::new, calls)).collect();
    let mut marks = vec![Mark::New; names.len()];
    let mut order = Vec::new();
    for root in 0..names.len() {
        // Each open workflow, with the next of its calls to look at.
        let mut open: Vec<(usize, usize)> = Vec::new();
        if marks.get(root) == Some(&Mark::New) {
            open.push((root, 0));
        }
        while let Some((at, next)) = open.pop() {
            if let Some(mark) = marks.get_mut(at) {
                *mark = Mark::Open;
            }
            let Some((callee, _)) = calls.get(at).and_then(|calls| calls.get(next)).copied() else {
                if let Some(mark) = marks.get_mut(at) {
                    *mark = Mark::Done;
                }
                order.push(at);
                continue;
            };
            open.push((at, next + 1));
            match marks.get(callee) {
                Some(Mark::New) => open.push((callee, 0)),
                Some(Mark::Open) => report_recursion(names, &calls, &open, callee, found),
                Some(Mark::Done) | None => {}
            }
        }
    }
    order
}

fn calls(names: &Names<'_>) -> Vec<(usize, Span)> {
    let callee = |step: &names::StepInfo<'_>| match step.action {
        Some(ActionKind::Call(Some(callee))) => {
            let section = step.fields.section("call")?;
            Some((callee, section.path.last().map_or(section.word.span, |name| name.span)))
        }
        Some(_) | None => None,
    };
    names.steps.iter().filter_map(callee).collect()
}

/// E0017: calls within calls, too many times.
fn call_depths(names: &[Option<Names<'_>>], order: &[usize], found: &mut Vec<Diagnostic>) {
    let mut depths: BTreeMap<usize, usize> = BTreeMap::new();
    for index in order {
        let Some(names) = names.get(*index).and_then(Option::as_ref) else { continue };
        let mut depth = 1;
        for (callee, span) in calls(names) {
            depth = depth.max(1 + depths.get(&callee).copied().unwrap_or_default());
            if depth == MAX_CALL_DEPTH + 1 {
                found.push(message::flow::calls_too_deep(span, MAX_CALL_DEPTH));
                break;
            }
        }
        depths.insert(*index, depth);
    }
}

fn report_recursion(
    names: &[Option<Names<'_>>],
    calls: &[Vec<(usize, Span)>],
    open: &[(usize, usize)],
    callee: usize,
    found: &mut Vec<Diagnostic>,
) {
    let name = |index: usize| {
        names.get(index).and_then(Option::as_ref).map_or("", |names| &*names.workflow.name().text)
    };
    let round: Vec<&(usize, usize)> = open.iter().skip_while(|(at, _)| *at != callee).collect();
    let mut path: Vec<&str> = round.iter().map(|(at, _)| name(*at)).collect();
    path.push(name(callee));
    let site = |(at, next): &&(usize, usize)| Some(calls.get(*at)?.get(next.checked_sub(1)?)?.1);
    let sites: Vec<Span> = round.iter().filter_map(site).collect();
    found.push(message::flow::workflow_calls_itself(&path, &sites));
}

/// E0608: a step that holds the group which the workflow it calls waits for.
fn group_deadlocks(names: &[Option<Names<'_>>], found: &mut Vec<Diagnostic>) {
    for caller in names.iter().flatten() {
        let own = caller.workflow.section("concurrency").and_then(names::group);
        for step in &caller.steps {
            let Some(ActionKind::Call(Some(callee))) = step.action else { continue };
            let Some(callee) = names.get(callee).and_then(Option::as_ref) else { continue };
            let Some((wanted, wanted_at)) = callee.workflow.section("concurrency").and_then(names::group)
            else {
                continue;
            };
            let held = step.fields.section("concurrency").and_then(names::group).or(own);
            if let Some((held, held_at)) = held
                && held == wanted
            {
                let name = &*callee.workflow.name().text;
                found.push(message::flow::group_deadlock(held, held_at, wanted_at, name));
            }
        }
    }
}
