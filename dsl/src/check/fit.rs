//! Holding an expression against the type its place wants.

use super::{Checker, Site, Typed};
use crate::{
    message::{flow, types as message},
    suggest::{nearest_declared, some},
    walk,
};
use engine::{
    expression::{Expr, Item},
    id::Name,
    value::{Type, Value, parse},
};
use grammar::{
    Span,
    tree::{self, ExprKind},
};
use std::collections::BTreeSet;

/// What a place does with a value of type `json`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dynamic {
    /// It must have been converted.
    Refuse,
    /// It is checked against the type when the value is there.
    Convert,
}

impl Checker<'_> {
    /// Checks an expression whose place wants a type.
    pub(crate) fn want(&mut self, written: &tree::Expr, want: &Type, site: Site) -> Option<Typed> {
        self.want_with(written, want, site, Dynamic::Refuse, None)
    }

    /// Checks an expression whose place wants a type, and says why it does if it must refuse.
    pub(crate) fn want_with(
        &mut self,
        written: &tree::Expr,
        want: &Type,
        site: Site,
        dynamic: Dynamic,
        because: Option<(Span, String)>,
    ) -> Option<Typed> {
        // Literals are held against the type part by part, so that an error points at the part.
        match (&written.kind, want.required()) {
            (ExprKind::Group(inner), _) => return self.want_with(inner, want, site, dynamic, because),
            (ExprKind::Conditional(condition, yes, no), _) => {
                let branch = |checker: &mut Self, written: &tree::Expr| {
                    checker.want_with(written, want, site, dynamic, because.clone())
                };
                return self
                    .branches(condition, (yes, no), site, branch)
                    .map(|typed| Typed { ty: want.clone(), ..typed });
            }
            (ExprKind::List(items), Type::List(element)) => {
                return self.want_list(items, element, site, dynamic, because);
            }
            (ExprKind::Object(pairs), Type::Map(_) | Type::Record(_)) => {
                if let Some(typed) = self.want_object(pairs, want.required(), site, dynamic) {
                    return typed;
                }
            }
            _ => {}
        }
        let site = if *want.required() == Type::Json { site.json() } else { site };
        let typed = self.any(written, site)?;
        self.fit(typed, want, written.span, Some(written), dynamic, because)
    }

    fn want_list(
        &mut self,
        items: &[tree::Item],
        element: &Type,
        site: Site,
        dynamic: Dynamic,
        because: Option<(Span, String)>,
    ) -> Option<Typed> {
        let mut checked = Vec::new();
        let mut untrusted = false;
        let mut whole = true;
        for item in items {
            let want = if item.spread { Type::list(element.clone()) } else { element.clone() };
            match self.want_with(&item.value, &want, site, dynamic, because.clone()) {
                Some(typed) => {
                    untrusted |= typed.untrusted;
                    checked.push(if item.spread { Item::Spread(typed.expr) } else { Item::One(typed.expr) });
                }
                None => whole = false,
            }
        }
        let span = items.first().map(|item| item.value.span);
        let typed = Typed { expr: Expr::List(checked), ty: Type::list(element.clone()), untrusted };
        if !whole {
            return None;
        }
        self.fold(typed, span.unwrap_or_default())
    }

    /// None leaves the object to the general rule, which reports fields that are missing.
    fn want_object(
        &mut self,
        pairs: &[tree::Pair],
        want: &Type,
        site: Site,
        dynamic: Dynamic,
    ) -> Option<Option<Typed>> {
        let field = |name: &str| match want {
            Type::Map(inner) => Some((**inner).clone()),
            other => other.field(name).cloned(),
        };
        if pairs.iter().any(|pair| field(&pair.key.text).is_none()) {
            return None;
        }
        let given: BTreeSet<&str> = pairs.iter().map(|pair| &*pair.key.text).collect();
        if given.len() < pairs.len() {
            return None;
        }
        if let Type::Record(record) = want
            && record.fields.iter().any(|(name, ty)| !ty.is_optional() && !given.contains(&**name))
        {
            return None;
        }
        let mut checked: Vec<(Name, Expr)> = Vec::new();
        let mut untrusted = false;
        let mut whole = true;
        for pair in pairs {
            let want = field(&pair.key.text)?;
            match self.want_with(&pair.value, &want, site, dynamic, None) {
                Some(typed) => {
                    untrusted |= typed.untrusted;
                    checked.push((pair.key.text.as_ref().into(), typed.expr));
                }
                None => whole = false,
            }
        }
        if !whole {
            return Some(None);
        }
        let span = pairs.first().map(|pair| pair.key.span).unwrap_or_default();
        let typed = Typed { expr: Expr::Map(checked), ty: want.clone(), untrusted };
        Some(self.fold(typed, span))
    }

    /// Holds a checked expression against a type.
    pub(crate) fn fit(
        &mut self,
        typed: Typed,
        want: &Type,
        span: Span,
        written: Option<&tree::Expr>,
        dynamic: Dynamic,
        because: Option<(Span, String)>,
    ) -> Option<Typed> {
        if typed.ty.fits(want) {
            let expr = typed.expr.fitted(&typed.ty, want);
            return self.fold(Typed { expr, ..typed }, span);
        }
        if let Expr::Literal(value) = &typed.expr {
            match literal_fits(value, want) {
                Literal::Fits => return Some(Typed { ty: want.clone(), ..typed }),
                Literal::NotOneOf(word, allowed) => {
                    let near = nearest_declared(&self.found, &word, allowed.iter().map(|word| &**word));
                    let words = some(allowed.iter().map(|word| &**word));
                    self.found.push(message::not_one_of(&word, span, near, &words));
                    return None;
                }
                Literal::Differs => {}
            }
        }
        let number = match (&typed.expr, want.required()) {
            (Expr::Literal(Value::Int(_) | Value::Float(_)), Type::Duration) => Some(("duration", "s")),
            (Expr::Literal(Value::Int(_) | Value::Float(_)), Type::Size) => Some(("size", "MiB")),
            _ => None,
        };
        if let Some((what, unit)) = number {
            self.found.push(message::unit_missing(what, self.slice(span), unit, span));
            return None;
        }
        if let Expr::Literal(Value::Text(text)) = &typed.expr
            && let Some(meant) = without_quotes(text, want.required())
            && self.slice(span).starts_with('"')
        {
            self.found.push(message::quoted(want, &typed.ty, &meant, span));
            return None;
        }
        if matches!(typed.ty.required(), Type::Json) {
            if dynamic == Dynamic::Convert && *want != Type::Secret && *want != Type::Artifact {
                let expr = Expr::Convert(Box::new(want.clone()), Box::new(typed.expr));
                return Some(Typed { expr, ty: want.clone(), untrusted: typed.untrusted });
            }
            self.found.push(message::json_unconverted(Some(want), self.slice(span), span));
            return None;
        }
        if typed.ty.is_optional() && typed.ty.required().fits(want) {
            let why = written.and_then(|written| self.why_missing(written));
            self.found.push(message::may_be_missing(&typed.ty, span, why));
            return None;
        }
        if typed.ty.contains_secret() {
            self.found.push(message::not_for_text(&Type::Secret, span));
            return None;
        }
        let gathered = written.and_then(|written| self.gathered(written, &typed.ty, want));
        self.found.push(match gathered {
            Some((step, for_each)) => flow::gathered(&step, want, &typed.ty, span, for_each),
            None => message::mismatch(want, &typed.ty, span, because),
        });
        None
    }

    /// Returns the step whose outputs of all instances stand where one is wanted, and where it fans out.
    fn gathered(&self, written: &tree::Expr, found: &Type, want: &Type) -> Option<(String, Span)> {
        let (Type::List(one) | Type::Map(one)) = found else { return None };
        let words = walk::chain(written)?;
        let [("step", _), (name, _), ("output" | "artifact", _), _] = words.as_slice() else { return None };
        let (_, step) = self.names.find(name)?;
        let for_each = step.for_each?.span;
        one.fits(want).then(|| ((*name).to_owned(), for_each))
    }
}

/// Returns a text as it would be written without its quotes, if that is a value of the type.
fn without_quotes(text: &str, want: &Type) -> Option<String> {
    let fits = |text: &str| match want {
        Type::Bool => matches!(text, "true" | "false"),
        Type::Int => parse::parse_int(text).is_some(),
        Type::Float => text.contains('.') && parse::parse_float(text).is_some(),
        Type::Duration => parse::parse_duration(text).is_some(),
        Type::Size => parse::parse_size(text).is_some(),
        _ => false,
    };
    // A number begins with a digit and goes on behind its point.
    let is_written = !text.starts_with(['+', '.']) && !text.ends_with('.');
    let meant =
        if fits(text) { Some(text.to_owned()) } else { grammar::quantity(text).filter(|it| fits(it)) };
    meant.filter(|_| is_written)
}

enum Literal {
    Fits,
    Differs,
    NotOneOf(Name, std::sync::Arc<[Name]>),
}

/// A literal may fit more narrowly than its type says: a text that is one of an enum's words.
fn literal_fits(value: &Value, want: &Type) -> Literal {
    let all = |parts: &mut dyn Iterator<Item = (&Value, &Type)>| {
        for (value, want) in parts {
            match literal_fits(value, want) {
                Literal::Fits => {}
                other => return other,
            }
        }
        Literal::Fits
    };
    match (value, want) {
        (Value::Null, Type::Optional(_)) => Literal::Fits,
        (_, Type::Optional(inner)) => literal_fits(value, inner),
        (Value::Text(text), Type::Enum(words)) if words.iter().any(|word| **word == **text) => Literal::Fits,
        (Value::Text(text), Type::Enum(words)) => Literal::NotOneOf(text.clone(), words.clone()),
        (Value::List(items), Type::List(element)) => all(&mut items.iter().map(|item| (item, &**element))),
        (Value::Map(entries), Type::Map(element)) => {
            all(&mut entries.values().map(|item| (item, &**element)))
        }
        (Value::Bool(_), Type::Bool)
        | (Value::Int(_), Type::Int | Type::Float)
        | (Value::Float(_), Type::Float)
        | (Value::Text(_), Type::Text)
        | (Value::Duration(_), Type::Duration)
        | (Value::Size(_), Type::Size)
        | (Value::Time(_), Type::Time) => Literal::Fits,
        _ => Literal::Differs,
    }
}
