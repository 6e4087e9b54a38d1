//! The type checker: from a written expression to a resolved one with a type.
//!
//! Pact: a function that returns none has reported why, so callers stay silent. Errors go into [`Checker::found`],
//! references to steps into [`Checker::uses`], from which the edges of the graph are made.

mod call;
pub(crate) mod fit;
pub(crate) mod narrow;
mod operate;
mod place;
mod reference;
mod settle;
mod site;
mod text;

pub(crate) use fit::Dynamic;
pub(crate) use site::{Secrecy, Site, Steps};

use crate::{
    message::{flow, names as name_message, types as message},
    names::Names,
    schema::words,
    walk,
};
use engine::{
    expression::{Expr, For, Item, Read, evaluate},
    id::Name,
    plan::Why,
    value::{Type, Value},
};
use grammar::{
    Diagnostic, Span,
    tree::{self, ExprKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// Checks the expressions of one workflow.
pub(crate) struct Checker<'a> {
    /// What the workflow declares.
    pub names: &'a Names<'a>,
    /// What was found wrong.
    pub found: Vec<Diagnostic>,
    /// Which steps were referred to since this was last taken.
    pub uses: Vec<Use>,
    /// Which params, secrets, lets and targets were referred to at all.
    pub used: BTreeSet<(&'static str, &'a str)>,
    /// The lets in an order in which each reads only earlier ones.
    pub(crate) settled: Vec<&'a str>,
    lets: BTreeMap<&'a str, Memo<(Typed, Vec<Use>)>>,
    fans: Vec<Memo<Fan>>,
    known: Vec<String>,
    locals: Vec<(Name, Type, bool)>,
}

/// A reference from one step to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// The step referred to, by its place.
    pub step: usize,
    /// What is read of it.
    pub why: Why,
    /// Where.
    pub span: Span,
}

/// A checked expression.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    /// The resolved expression.
    pub expr: Expr,
    /// Its type.
    pub ty: Type,
    /// Whether its text may be anything an outsider likes.
    pub untrusted: bool,
}

/// Over what a step fans out.
#[derive(Clone, Debug)]
pub(crate) struct Fan {
    /// The list or map.
    pub over: Typed,
    /// The type of one element.
    pub element: Type,
    /// Whether outputs gather by key instead of by position.
    pub is_map: bool,
    /// Which steps the list or map is read from.
    pub uses: Vec<Use>,
}

/// A result that is computed once, on demand.
#[derive(Clone, Debug)]
enum Memo<T> {
    Unknown,
    Computing,
    Known(Option<T>),
}

impl Typed {
    fn literal(value: Value, ty: Type) -> Self {
        Self { expr: Expr::Literal(value), ty, untrusted: false }
    }
}

impl<'a> Checker<'a> {
    /// Begins with nothing checked.
    pub(crate) fn new(names: &'a Names<'a>) -> Self {
        Self {
            names,
            found: Vec::new(),
            uses: Vec::new(),
            used: BTreeSet::new(),
            settled: Vec::new(),
            lets: names.lets.keys().map(|name| (*name, Memo::Unknown)).collect(),
            fans: names.steps.iter().map(|_| Memo::Unknown).collect(),
            known: Vec::new(),
            locals: Vec::new(),
        }
    }

    /// Checks an expression, whatever type it has.
    pub(crate) fn any(&mut self, written: &tree::Expr, site: Site) -> Option<Typed> {
        let typed = self.expr(written, site)?;
        if typed.ty.contains_secret() && site.secret != Secrecy::Kept {
            self.secret_seen(site.secret, written.span);
            return None;
        }
        Some(typed)
    }

    fn expr(&mut self, written: &tree::Expr, site: Site) -> Option<Typed> {
        let span = written.span;
        // What is taken from a list, or given to a function, does not become JSON itself.
        let holds = matches!(written.kind, ExprKind::List(_) | ExprKind::Object(_) | ExprKind::Group(_));
        let site = Site { mixed: site.mixed && holds, ..site };
        let typed = match &written.kind {
            ExprKind::Null => Typed::literal(Value::Null, Type::Null),
            ExprKind::Bool(it) => Typed::literal(Value::Bool(*it), Type::Bool),
            ExprKind::Int(it) => Typed::literal(Value::Int(*it), Type::Int),
            ExprKind::Float(it) => Typed::literal(Value::Float(*it), Type::Float),
            ExprKind::Duration(it) => Typed::literal(Value::Duration(*it), Type::Duration),
            ExprKind::Size(it) => Typed::literal(Value::Size(*it), Type::Size),
            ExprKind::Heredoc(it) => Typed::literal(Value::Text((*it.body).into()), Type::Text),
            ExprKind::Text(it) => self.text(it, site)?,
            ExprKind::List(items) => self.list(items, site)?,
            ExprKind::Object(pairs) => self.object(pairs, site)?,
            ExprKind::Comprehension(it) => self.comprehension(it, site)?,
            ExprKind::Name(_) | ExprKind::Member(..) => self.member(written, site)?,
            ExprKind::Index(base, index) => self.index(base, index, site)?,
            ExprKind::Call(name, args) => self.call(name, args, span, site)?,
            ExprKind::Unary(op, inner) => self.unary(*op, inner, span, site)?,
            ExprKind::Binary(..) => self.binary(written, site)?,
            ExprKind::Conditional(condition, yes, no) => self.conditional(condition, yes, no, site)?,
            ExprKind::Group(inner) => self.expr(inner, site)?,
            ExprKind::Broken => return None,
        };
        self.fold(typed, span)
    }

    /// Replaces an expression that reads nothing by its value.
    fn fold(&mut self, typed: Typed, span: Span) -> Option<Typed> {
        if matches!(typed.expr, Expr::Literal(_)) || !typed.expr.is_constant() {
            return Some(typed);
        }
        match evaluate(&typed.expr, &|_: &Read| None) {
            Ok(value) => Some(Typed { expr: Expr::Literal(value), ..typed }),
            Err(fault) => {
                self.found.push(message::constant_fails(&fault.message, span));
                None
            }
        }
    }

    fn list(&mut self, items: &[tree::Item], site: Site) -> Option<Typed> {
        let mut element = Type::Never;
        let mut first: Option<(Type, Span)> = None;
        let mut untrusted = false;
        let mut checked = Vec::new();
        let mut whole = true;
        for item in items {
            let Some(typed) = self.expr(&item.value, site) else {
                whole = false;
                continue;
            };
            untrusted |= typed.untrusted;
            let ty = if item.spread {
                match &typed.ty {
                    Type::List(inner) => (**inner).clone(),
                    Type::Never => Type::Never,
                    other => {
                        self.found.push(message::mismatch(
                            &Type::list(element.clone()),
                            other,
                            item.value.span,
                            None,
                        ));
                        whole = false;
                        continue;
                    }
                }
            } else {
                typed.ty.clone()
            };
            let is_json = |ty: &Type| site.mixed && ty.fits(&Type::Json);
            match element.join(&ty) {
                Some(joined) => element = joined,
                None if is_json(&element) && is_json(&ty) => element = Type::Json,
                None => {
                    let (begun, at) = first.clone().unwrap_or((element.clone(), item.value.span));
                    self.found.push(message::mixed_list((&begun, at), (&ty, item.value.span)));
                    whole = false;
                }
            }
            first.get_or_insert((ty, item.value.span));
            checked.push((item.spread, typed));
        }
        let list = Type::list(element.clone());
        let items = checked.into_iter().map(|(spread, Typed { expr, ty, .. })| match spread {
            true => Item::Spread(expr.fitted(&ty, &list)),
            false => Item::One(expr.fitted(&ty, &element)),
        });
        whole.then(|| Typed { expr: Expr::List(items.collect()), ty: list.clone(), untrusted })
    }

    fn object(&mut self, pairs: &[tree::Pair], site: Site) -> Option<Typed> {
        let mut fields: Vec<(Name, Type)> = Vec::new();
        let mut checked = Vec::new();
        let mut untrusted = false;
        let mut whole = true;
        let mut taken: BTreeMap<&str, Span> = BTreeMap::new();
        for pair in pairs {
            if let Some(first) = taken.insert(&pair.key.text, pair.key.span) {
                self.found.push(crate::message::schema::set_twice(&pair.key.text, first, pair.key.span));
                whole = false;
                continue;
            }
            let Some(typed) = self.expr(&pair.value, site) else {
                whole = false;
                continue;
            };
            untrusted |= typed.untrusted;
            let name = Name::from(&*pair.key.text);
            fields.push((name.clone(), typed.ty));
            checked.push((name, typed.expr));
        }
        whole.then(|| Typed { expr: Expr::Map(checked), ty: Type::object(fields), untrusted })
    }

    fn comprehension(&mut self, written: &tree::Comprehension, site: Site) -> Option<Typed> {
        let list = self.expr(&written.list, site)?;
        let element = match &list.ty {
            Type::List(inner) => (**inner).clone(),
            Type::Json => Type::Json,
            Type::Never => Type::Never,
            other if other.is_optional() => {
                self.found.push(message::may_be_missing(other, written.list.span, None));
                return None;
            }
            other => {
                self.found.push(message::mismatch(&Type::list(Type::Json), other, written.list.span, None));
                return None;
            }
        };
        let name = Name::from(&*written.name.text);
        let is_taken = |locals: &[(Name, Type, bool)]| locals.iter().any(|(local, ..)| *local == name);
        if words::ROOTS.contains(&&*name) || is_taken(&self.locals) {
            // What is known of the outer name must not be taken for the inner one.
            self.found.push(name_message::name_is_taken(&written.name));
            return None;
        }
        self.locals.push((name.clone(), element, list.untrusted));
        let condition = match &written.condition {
            Some(condition) => self.condition(condition, site).map(Some),
            None => Some(None),
        };
        let facts = written.condition.as_ref().map(|it| narrow::facts(it, true)).unwrap_or_default();
        let body = self.with_known(facts, |checker| checker.expr(&written.body, site));
        self.locals.pop();
        let body = body?;
        let inner = For { name, list: list.expr, body: body.expr, condition: condition? };
        Some(Typed {
            expr: Expr::For(Box::new(inner)),
            ty: Type::list(body.ty),
            untrusted: body.untrusted || list.untrusted,
        })
    }

    /// Checks a condition.
    pub(crate) fn condition(&mut self, written: &tree::Expr, site: Site) -> Option<Expr> {
        let typed = self.any(written, site)?;
        match typed.ty {
            Type::Bool => Some(typed.expr),
            Type::Json => {
                let text = self.slice(written.span).to_owned();
                self.found.push(message::json_unconverted(Some(&Type::Bool), &text, written.span));
                None
            }
            other => {
                self.found.push(message::not_a_condition(&other, written.span));
                None
            }
        }
    }

    /// Returns the type of what a step fans out over; none if it does not, or that is in error.
    pub(crate) fn fan(&mut self, step: usize) -> Option<Fan> {
        match self.fans.get(step)? {
            Memo::Known(known) => return known.clone(),
            // The steps wait for each other, which is reported as such.
            Memo::Computing => return None,
            Memo::Unknown => {}
        }
        let written = self.names.steps.get(step)?.for_each?;
        self.set_fan(step, Memo::Computing);
        let outer = (std::mem::take(&mut self.known), std::mem::take(&mut self.locals));
        let uses = std::mem::take(&mut self.uses);
        let fan = self.compute_fan(step, written);
        // Who asks for the type of another step's fan-out does not read what that one reads.
        let read = std::mem::replace(&mut self.uses, uses);
        let fan = fan.map(|fan| Fan { uses: read, ..fan });
        (self.known, self.locals) = outer;
        self.set_fan(step, Memo::Known(fan.clone()));
        fan
    }

    fn compute_fan(&mut self, step: usize, written: &'a tree::Expr) -> Option<Fan> {
        let site = Site::step(step, Secrecy::Seen("for_each"));
        if walk::mentions(written, "each") {
            self.found.push(name_message::each_outside(written.span));
            return None;
        }
        // A condition on each element is looked at behind the fan-out, and proves nothing before it.
        let when = self.names.steps.get(step)?.when.filter(|when| !walk::mentions(when, "each"));
        let facts = when.map(|it| narrow::facts(it, true)).unwrap_or_default();
        let over = self.with_known(facts, |checker| checker.any(written, site))?;
        let (element, is_map) = match &over.ty {
            Type::List(inner) => ((**inner).clone(), false),
            Type::Map(inner) => ((**inner).clone(), true),
            Type::Record(record) => {
                let joined = record.fields.iter().try_fold(Type::Never, |joined, (_, ty)| joined.join(ty));
                match joined {
                    Some(element) => (element, true),
                    None => {
                        self.found.push(flow::not_a_collection(&over.ty, written.span));
                        return None;
                    }
                }
            }
            other if other.is_optional() => {
                self.found.push(message::may_be_missing(other, written.span, None));
                return None;
            }
            other => {
                self.found.push(flow::not_a_collection(other, written.span));
                return None;
            }
        };
        Some(Fan { over, element, is_map, uses: Vec::new() })
    }

    fn set_fan(&mut self, step: usize, memo: Memo<Fan>) {
        if let Some(slot) = self.fans.get_mut(step) {
            *slot = memo;
        }
    }

    /// Runs a check with more paths known not to be null.
    pub(crate) fn with_known<T>(&mut self, facts: Vec<String>, check: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.know(facts);
        let result = check(self);
        self.forget(before);
        result
    }

    /// Takes paths for not null. Returns what [`Checker::forget`] goes back to.
    pub(crate) fn know(&mut self, facts: Vec<String>) -> usize {
        let before = self.known.len();
        self.known.extend(facts);
        before
    }

    /// Goes back to what was known.
    pub(crate) fn forget(&mut self, before: usize) {
        self.known.truncate(before);
    }

    /// Returns the source text of a place in this workflow's file.
    pub(crate) fn slice(&self, span: Span) -> &'a str {
        let source = self.names.world.sources.get(usize::from(span.file.0));
        source.map_or("", |source| source.tree.slice(span))
    }

    /// Returns the blanks that begin the line of a place, to write more lines below it.
    pub(crate) fn indent(&self, span: Span) -> String {
        let source = self.names.world.sources.get(usize::from(span.file.0));
        source.map_or_else(String::new, |source| walk::indent(source.tree.text(), span.start as usize))
    }

    pub(crate) fn secret_seen(&mut self, secrecy: Secrecy, span: Span) {
        use crate::message::safety;
        self.found.push(match secrecy {
            Secrecy::Argument => safety::secret_in_argument(span),
            Secrecy::Seen(place) => safety::secret_seen(place, span),
            Secrecy::Kept => return,
        });
    }
}
