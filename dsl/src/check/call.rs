//! Calls of functions, and element access.

use super::{Checker, Site, Typed};
use crate::{
    message::{names as name_message, types as message},
    suggest::nearest,
};
use engine::{
    expression::{CallErrorKind, Expr, Function, check_call, check_pattern},
    value::{Type, Value},
};
use grammar::{
    Span,
    tree::{self, Name},
};

impl Checker<'_> {
    pub(super) fn call(&mut self, name: &Name, args: &[tree::Expr], span: Span, site: Site) -> Option<Typed> {
        let Some(function) = Function::by_name(&name.text) else {
            let near = nearest(&name.text, Function::ALL.iter().map(|function| function.name()));
            self.found.push(name_message::unknown_function(name, near));
            // The arguments may hold mistakes of their own.
            for arg in args {
                self.expr(arg, site);
            }
            return None;
        };
        let checked: Vec<Option<Typed>> = args.iter().map(|arg| self.expr(arg, site)).collect();
        let checked: Vec<Typed> = checked.into_iter().collect::<Option<_>>()?;
        let types: Vec<Type> = checked.iter().map(|typed| typed.ty.clone()).collect();
        let ty = match check_call(function, &types) {
            Ok(ty) => ty,
            Err(error) => {
                let usage = error.usage().join("`, or `");
                match error.kind {
                    CallErrorKind::Count { found } => {
                        let problem = format!("{found} argument{}", if found == 1 { "" } else { "s" });
                        self.found.push(message::wrong_arguments(&name.text, &usage, &problem, span));
                    }
                    CallErrorKind::Argument { index, expected, found } => {
                        self.wrong_argument(name, &usage, args.get(index)?, &expected, &found);
                    }
                }
                return None;
            }
        };
        let untrusted = checked.iter().any(|typed| typed.untrusted) && crate::names::may_hold_text(&ty);
        self.patterns(function, args, &checked)?;
        let args = checked.into_iter().map(|typed| typed.expr).collect();
        Some(Typed { expr: Expr::Call(function, args), ty, untrusted })
    }

    fn wrong_argument(&mut self, name: &Name, usage: &str, arg: &tree::Expr, expected: &str, found: &Type) {
        let diagnostic = match found {
            Type::Secret => message::not_for_text(found, arg.span),
            Type::Json => message::json_unconverted(None, self.slice(arg.span), arg.span)
                .help(format!("`{}` wants `{expected}`: convert it first", name.text)),
            found if found.is_optional() && !expected.contains('?') => {
                let why = self.why_missing(arg);
                message::may_be_missing(found, arg.span, why)
            }
            _ => {
                let problem = format!("this is `{found}`, expected `{expected}`");
                message::wrong_arguments(&name.text, usage, &problem, arg.span)
            }
        };
        self.found.push(diagnostic);
    }

    /// Reads regular expressions that are written out, so that a typing mistake shows before the job runs.
    fn patterns(&mut self, function: Function, args: &[tree::Expr], checked: &[Typed]) -> Option<()> {
        if !matches!(function, Function::Matches | Function::Capture) {
            return Some(());
        }
        let (Some(written), Some(typed)) = (args.get(1), checked.get(1)) else { return Some(()) };
        let Expr::Literal(Value::Text(pattern)) = &typed.expr else { return Some(()) };
        match check_pattern(pattern) {
            Ok(()) => Some(()),
            Err(reason) => {
                self.found.push(message::bad_regex(&reason, written.span));
                None
            }
        }
    }

    pub(super) fn index(&mut self, base: &tree::Expr, index: &tree::Expr, site: Site) -> Option<Typed> {
        let (list, at) = (self.expr(base, site), self.expr(index, site));
        let (list, at) = (list?, at?);
        let ty = match (&list.ty, &at.ty) {
            (Type::List(inner), Type::Int) | (Type::Map(inner), Type::Text | Type::Enum(_)) => {
                (**inner).clone()
            }
            (Type::Json, Type::Int | Type::Text | Type::Enum(_)) => Type::Json,
            (ty, _) if ty.is_optional() => {
                let why = self.why_missing(base);
                self.found.push(message::may_be_missing(ty, base.span, why));
                return None;
            }
            (Type::List(_), other) => {
                self.found.push(message::mismatch(&Type::Int, other, index.span, None));
                return None;
            }
            (Type::Map(_), other) => {
                self.found.push(message::mismatch(&Type::Text, other, index.span, None));
                return None;
            }
            (other, _) => {
                self.found.push(message::mismatch(&Type::list(Type::Json), other, base.span, None));
                return None;
            }
        };
        let untrusted = list.untrusted && crate::names::may_hold_text(&ty);
        Some(Typed { expr: Expr::Index(Box::new(list.expr), Box::new(at.expr)), ty, untrusted })
    }
}
