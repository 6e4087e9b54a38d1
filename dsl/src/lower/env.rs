//! Variables, headers and other lists of named scalars.

use super::Lowerer;
use crate::{
    ast::{Fields, Section},
    check::{Dynamic, Secrecy, Site, Typed},
    message::{safety, types as message},
    names::may_hold_text,
    safety::is_dangerous,
};
use engine::{expression::Expr, id::Name, value::Type};
use grammar::tree;

impl<'a> Lowerer<'a, '_> {
    /// Checks the variables of a block; none if there is no block is an empty list.
    pub(super) fn env(&mut self, section: Option<&Section<'a>>, site: Site) -> Option<Vec<(Name, Expr)>> {
        let mut env = Vec::new();
        let mut whole = true;
        for setting in section.iter().flat_map(|section| &section.fields.settings) {
            let name = &*setting.key.text;
            if !is_variable(name) {
                self.checker.found.push(crate::message::schema::not_a_variable(name, setting.key.span));
                whole = false;
            }
            match self.scalar(&setting.value, site.with(Secrecy::Kept)) {
                Some(typed) => {
                    if typed.untrusted && is_dangerous(name) {
                        self.checker.found.push(safety::dangerous_variable(name, setting.value.span));
                        whole = false;
                    }
                    env.push((name.into(), typed.expr));
                }
                None => whole = false,
            }
        }
        whole.then_some(env)
    }

    /// Checks named values that are sent as text: headers, a query.
    pub(super) fn pairs(&mut self, section: Option<&Section<'a>>, site: Site) -> Option<Vec<(Name, Expr)>> {
        let settings = section.into_iter().flat_map(|section| &section.fields.settings);
        let checked: Vec<Option<(Name, Expr)>> = settings
            .map(|setting| {
                let typed = self.scalar(&setting.value, site)?;
                Some(((*setting.key.text).into(), typed.expr))
            })
            .collect();
        checked.into_iter().collect()
    }

    /// Checks a value that has one form as text.
    pub(super) fn scalar(&mut self, written: &'a tree::Expr, site: Site) -> Option<Typed> {
        let typed = self.checker.any(written, site)?;
        match &typed.ty {
            Type::Text
            | Type::Enum(_)
            | Type::Int
            | Type::Float
            | Type::Bool
            | Type::Duration
            | Type::Size
            | Type::Time
            | Type::Secret => Some(typed),
            Type::List(_) | Type::Map(_) | Type::Record(_) | Type::Artifact => {
                self.checker.found.push(message::not_for_text(&typed.ty, written.span));
                None
            }
            Type::Json | Type::Optional(_) | Type::Null | Type::Never => {
                self.checker.fit(typed, &Type::Text, written.span, Some(written), Dynamic::Refuse, None)
            }
        }
    }

    /// Checks a setting that an outsider must not choose.
    pub(super) fn trusted_setting(
        &mut self,
        fields: &Fields<'a>,
        word: &str,
        what: &str,
        site: Site,
    ) -> Option<Option<Expr>> {
        let typed = self.setting(fields, word, site)?;
        let (Some(typed), Some(written)) = (typed, fields.value(word)) else { return Some(None) };
        Some(Some(self.trusted(typed, what, written.span)?.expr))
    }

    /// Refuses a value that an outsider may choose freely.
    pub(super) fn trusted(&mut self, typed: Typed, what: &str, span: grammar::Span) -> Option<Typed> {
        if typed.untrusted && may_hold_text(&typed.ty) {
            self.checker.found.push(safety::untrusted_choice(what, span));
            return None;
        }
        Some(typed)
    }
}

fn is_variable(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|char| char.is_ascii_alphanumeric() || char == '_')
}
