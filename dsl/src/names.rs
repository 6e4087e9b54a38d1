//! What one workflow declares, before any of its expressions is looked at.

use crate::{
    ast::{Declared, Fields, Section},
    message::{names as message, schema as schema_message},
    schema::words,
    suggest::{nearest, nearest_declared, some},
    walk,
    world::World,
};
use engine::{catalog, value::Type};
use grammar::{
    Diagnostic, Span,
    tree::{BinaryOp, Expr, ExprKind, Name},
};
use std::collections::{BTreeMap, BTreeSet};

/// What one workflow declares.
pub(crate) struct Names<'a> {
    /// The files around it.
    pub world: &'a World<'a>,
    /// The file it is in.
    pub file: usize,
    /// The workflow.
    pub workflow: &'a Declared<'a>,
    /// Its params.
    pub params: BTreeMap<&'a str, ParamInfo<'a>>,
    /// Its secrets.
    pub secrets: BTreeMap<&'a str, &'a Declared<'a>>,
    /// Its lets.
    pub lets: BTreeMap<&'a str, &'a Declared<'a>>,
    /// Its targets.
    pub targets: BTreeMap<&'a str, &'a Declared<'a>>,
    /// Its steps, in the order they are declared.
    pub steps: Vec<StepInfo<'a>>,
    /// The lets that may hold what an outsider wrote.
    pub tainted_lets: BTreeSet<String>,
    /// The place of each step in `steps`.
    pub step_index: BTreeMap<&'a str, usize>,
}

/// A param.
pub(crate) struct ParamInfo<'a> {
    /// As it is declared.
    pub declared: &'a Declared<'a>,
    /// Its type; none if that is in error.
    pub ty: Option<Type>,
    /// Whether a trigger may set it from outside to any text.
    pub untrusted: bool,
}

/// A step as other steps see it.
pub(crate) struct StepInfo<'a> {
    /// Its name.
    pub name: &'a Name,
    /// Its body.
    pub fields: &'a Fields<'a>,
    /// What it does; none if it does nothing.
    pub action: Option<ActionKind>,
    /// What it gives; the type is that of one instance.
    pub outputs: Vec<OutputInfo<'a>>,
    /// The names of its artifacts.
    pub artifacts: Vec<&'a Name>,
    /// Its condition.
    pub when: Option<&'a Expr>,
    /// Whether the job goes on when it fails.
    pub continues: bool,
    /// What it fans out over.
    pub for_each: Option<&'a Expr>,
}

/// An output of a step.
pub(crate) struct OutputInfo<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type; none if that is in error.
    pub ty: Option<Type>,
    /// Whether its text may be anything an outsider likes.
    pub untrusted: bool,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ActionKind {
    /// `run`
    Run,
    /// `script`
    Script,
    /// `do`
    Do(Option<&'static catalog::ActionSpec>),
    /// `http`
    Http,
    /// `agent`
    Agent,
    /// `call`; the callee's place in [`World::workflows`], if it is known.
    Call(Option<usize>),
    /// `approve`
    Approve,
    /// `wait`
    Wait,
}

impl ActionKind {
    /// Returns the word that names the action.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Script => "script",
            Self::Do(_) => "do",
            Self::Http => "http",
            Self::Agent => "agent",
            Self::Call(_) => "call",
            Self::Approve => "approve",
            Self::Wait => "wait",
        }
    }

    /// Returns the fields of `result` after it.
    pub(crate) fn result(self) -> &'static [(&'static str, Type)] {
        match self {
            Self::Run | Self::Script | Self::Do(_) => {
                &[("stdout", Type::Text), ("stderr", Type::Text), ("exit_code", Type::Int)]
            }
            // `headers` is a map, which no constant can hold: see `Checker::result`.
            Self::Http => &[("status", Type::Int), ("body", Type::Text), ("json", Type::Json)],
            Self::Agent => &[("json", Type::Json)],
            Self::Approve => &[("by", Type::Text)],
            Self::Wait => &[("body", Type::Json)],
            Self::Call(_) => &[],
        }
    }

    /// Returns whether what it gives comes from outside and may be anything.
    pub(crate) fn is_untrusted(self) -> bool {
        matches!(self, Self::Http | Self::Agent | Self::Wait)
    }
}

impl<'a> Names<'a> {
    /// Gathers what a workflow declares.
    pub(crate) fn new(world: &'a World<'a>, index: usize, found: &mut Vec<Diagnostic>) -> Option<Self> {
        let signature = world.workflows.get(index)?;
        let fields = signature.declared.fields.as_ref()?;
        let by_name = |word: &'static str| fields.declared(word).map(|it| (&*it.name().text, it)).collect();
        let outside = set_from_outside(fields);
        let params = fields.declared("param").zip(&signature.params).map(|(declared, known)| {
            let untrusted = outside.contains(known.name) && !is_cleaned(declared, known.ty.as_ref());
            (known.name, ParamInfo { declared, ty: known.ty.clone(), untrusted })
        });
        let mut names = Self {
            world,
            file: signature.file,
            workflow: signature.declared,
            params: params.collect(),
            secrets: by_name("secret"),
            lets: by_name("let"),
            targets: by_name("target"),
            steps: Vec::new(),
            tainted_lets: BTreeSet::new(),
            step_index: BTreeMap::new(),
        };
        for declared in fields.declared("step") {
            if let Some(body) = &declared.fields {
                names.step_index.insert(&declared.name().text, names.steps.len());
                let step = names.step(declared.name(), body, found);
                names.steps.push(step);
            }
        }
        Some(names)
    }

    /// Returns a step by its name.
    pub(crate) fn find(&self, name: &str) -> Option<(usize, &StepInfo<'a>)> {
        let index = *self.step_index.get(name)?;
        Some((index, self.steps.get(index)?))
    }

    /// Returns whether the workflow has such a declaration, which was refused: a reference to it is no second mistake.
    pub(crate) fn refuses(&self, word: &str, name: &str) -> bool {
        self.workflow.fields.as_ref().is_some_and(|fields| fields.refuses(word, name))
    }

    fn step(&self, name: &'a Name, fields: &'a Fields<'a>, found: &mut Vec<Diagnostic>) -> StepInfo<'a> {
        let action = self.action(name, fields, found);
        let mut outputs: Vec<OutputInfo<'a>> = fields
            .declared("output")
            .map(|it| OutputInfo {
                name: &it.name().text,
                ty: it.syntax.ty.as_ref().and_then(|ty| self.world.ty(self.file, ty, found)),
                untrusted: action.is_some_and(ActionKind::is_untrusted),
            })
            .collect();
        if let Some(ActionKind::Call(Some(callee))) = action
            && let Some(callee) = self.world.workflows.get(callee)
        {
            let inherited =
                callee.outputs.iter().filter(|(it, _)| !outputs.iter().any(|own| own.name == *it));
            let inherited: Vec<_> = inherited
                .map(|(it, ty)| OutputInfo { name: it, ty: Some(ty.clone()), untrusted: false })
                .collect();
            outputs.extend(inherited);
        }
        StepInfo {
            name,
            fields,
            action,
            outputs,
            artifacts: fields.declared("artifact").map(Declared::name).collect(),
            when: fields.value("when"),
            continues: is_word(fields.value("on_failure"), "continue"),
            for_each: fields.value("for_each"),
        }
    }

    /// Finds the one action of a step.
    fn action(&self, name: &Name, fields: &Fields<'a>, found: &mut Vec<Diagnostic>) -> Option<ActionKind> {
        let settings = fields.settings.iter().map(|it| (&*it.key.text, it.key.span));
        let sections = fields.sections.iter().map(|it| (&*it.word.text, it.word.span));
        let mut actions: Vec<(&str, Span)> =
            settings.chain(sections).filter(|(word, _)| words::ACTIONS.contains(word)).collect();
        actions.sort_by_key(|(_, span)| span.start);
        let first = match actions.as_slice() {
            [] => {
                if !fields.has_broken {
                    found.push(schema_message::no_action(name, words::ACTIONS));
                }
                return None;
            }
            [first] => *first,
            [first, second, ..] => {
                let owner = format!("step `{}`", name.text);
                found.push(schema_message::two_actions(&owner, *first, *second));
                *first
            }
        };
        Some(match first.0 {
            "run" => ActionKind::Run,
            "script" => ActionKind::Script,
            "do" => ActionKind::Do(fields.section("do").and_then(|it| catalog_action(&it.path, found))),
            "http" => ActionKind::Http,
            "agent" => ActionKind::Agent,
            "approve" => ActionKind::Approve,
            "wait" => ActionKind::Wait,
            _ => ActionKind::Call(fields.section("call").and_then(|it| self.callee(&it.path, found))),
        })
    }

    fn callee(&self, path: &[&Name], found: &mut Vec<Diagnostic>) -> Option<usize> {
        let words: Vec<&str> = path.iter().map(|name| &*name.text).collect();
        if let Some(index) = self.world.workflow(self.file, &words) {
            return Some(index);
        }
        if let [alias, _] = words.as_slice() {
            self.world.mark_used(self.file, alias);
            if self.world.is_broken_alias(self.file, alias) {
                return None;
            }
        }
        let name = words.join(".");
        if let (Some(first), Some(last)) = (path.first(), path.last()) {
            let near = nearest_declared(found, &name, self.world.callable(self.file));
            let known = some(self.world.callable(self.file));
            let span = first.span.to(last.span);
            found.push(message::unknown_workflow(&name, span, near.as_deref(), &known));
        }
        None
    }
}

/// Finds an action of the catalog, by its name or an old one.
pub(crate) fn catalog_action(
    path: &[&Name],
    found: &mut Vec<Diagnostic>,
) -> Option<&'static catalog::ActionSpec> {
    let name = path.first()?;
    let known = catalog::find(&name.text);
    if known.is_none() {
        let near = nearest(&name.text, catalog::ACTIONS.iter().map(|action| action.name));
        found.push(message::unknown_action(&name.text, name.span, near, catalog::refused(&name.text)));
    }
    known
}

/// Returns whether a setting is this one word.
pub(crate) fn is_word(value: Option<&Expr>, word: &str) -> bool {
    matches!(value.map(|it| &it.kind), Some(ExprKind::Text(text)) if text.literal() == Some(word))
}

/// Returns the params that a trigger sets to something an outsider sent.
fn set_from_outside<'a>(fields: &Fields<'a>) -> BTreeSet<&'a str> {
    let is_outside = |trigger: &&Declared<'a>| {
        let kind = trigger.syntax.ty.as_ref().and_then(|ty| ty.path.first());
        kind.is_some_and(|kind| matches!(&*kind.text, "webhook" | "event"))
    };
    let sets = fields.declared("trigger").filter(is_outside).filter_map(|trigger| trigger.section("set"));
    sets.flat_map(|set| set.fields.settings.iter().map(|setting| &*setting.key.text)).collect()
}

/// Returns whether whatever is set is harmless: a closed list of words, no text at all, or held by an anchored check.
pub(crate) fn is_cleaned(param: &Declared<'_>, ty: Option<&Type>) -> bool {
    if ty.is_some_and(|ty| !may_hold_text(ty)) {
        return true;
    }
    // Each part that `&&` joins must hold; what stands under anything else need not.
    let mut open: Vec<&Expr> = param.value("check").into_iter().collect();
    while let Some(check) = open.pop() {
        match &check.kind {
            ExprKind::Group(inner) => open.push(inner),
            ExprKind::Binary(BinaryOp::And, _, left, right) => open.extend([&**left, &**right]),
            ExprKind::Call(name, args) if &*name.text == "matches" => {
                let [subject, pattern] = args.as_slice() else { continue };
                let own = walk::chain(subject);
                let own =
                    matches!(own.as_deref(), Some([("param", _), (it, _)]) if **it == *param.name().text);
                let pattern = match &pattern.kind {
                    ExprKind::Text(text) => text.literal(),
                    _ => None,
                };
                if own && pattern.is_some_and(holds_whole_text) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Returns whether a pattern holds a text from its first to its last character to a closed set: anchored at both ends,
/// without alternatives that are not, and without a dot, which takes anything.
fn holds_whole_text(pattern: &str) -> bool {
    let plain = pattern.replace("\\\\", "").replace("\\.", "").replace("[.]", "");
    let mut depth = 0_i32;
    let mut free = false;
    for char in plain.chars() {
        match char {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 0 => free = true,
            '.' => free = true,
            _ => {}
        }
    }
    // A dot inside a class means itself; to read it as one that takes anything is the safe mistake.
    plain.starts_with('^') && plain.ends_with('$') && !free
}

/// Returns whether a value of the type may hold text that nobody chose from a list.
pub(crate) fn may_hold_text(ty: &Type) -> bool {
    match ty {
        Type::Text | Type::Json | Type::Secret | Type::Artifact => true,
        Type::List(inner) | Type::Map(inner) | Type::Optional(inner) => may_hold_text(inner),
        Type::Record(record) => record.fields.iter().any(|(_, ty)| may_hold_text(ty)),
        Type::Never
        | Type::Null
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Duration
        | Type::Size
        | Type::Time
        | Type::Enum(_) => false,
    }
}

/// Returns the group of a `concurrency` block, if it is written out and lets only one in.
pub(crate) fn group<'a>(section: &Section<'a>) -> Option<(&'a str, Span)> {
    let written = section.fields.value("group")?;
    let ExprKind::Text(text) = &written.kind else { return None };
    let single = match section.fields.value("limit").map(|limit| &limit.kind) {
        None | Some(ExprKind::Int(1)) => true,
        Some(_) => false,
    };
    text.literal().filter(|_| single).map(|group| (group, written.span))
}
