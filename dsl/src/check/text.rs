//! Text with interpolated values.

use super::{Checker, Secrecy, Site, Typed};
use crate::message::{lint, types as message};
use engine::{
    expression::{Expr, Part},
    value::{Type, Value},
};
use grammar::tree::{Piece, Text, TextForm};

impl Checker<'_> {
    pub(super) fn text(&mut self, written: &Text, site: Site) -> Option<Typed> {
        if let Some(literal) = written.literal() {
            return Some(Typed::literal(Value::Text(literal.into()), Type::Text));
        }
        let mut parts = Vec::new();
        let mut secret = false;
        let mut untrusted = false;
        let mut whole = true;
        for piece in &written.pieces {
            let value = match piece {
                Piece::Chars { text, .. } => {
                    parts.push(Part::Chars((**text).into()));
                    continue;
                }
                Piece::Value(value) => value,
            };
            let Some(typed) = self.expr(value, site) else {
                whole = false;
                continue;
            };
            untrusted |= typed.untrusted;
            match &typed.ty {
                Type::Secret if site.secret == Secrecy::Kept => secret = true,
                Type::Secret => {
                    self.secret_seen(site.secret, value.span);
                    whole = false;
                }
                Type::Json => {
                    let text = self.slice(value.span).to_owned();
                    self.found.push(message::json_unconverted(Some(&Type::Text), &text, value.span));
                    whole = false;
                }
                ty if ty.is_optional() => {
                    let why = self.why_missing(value);
                    self.found.push(message::may_be_missing(ty, value.span, why));
                    whole = false;
                }
                Type::List(_) | Type::Map(_) | Type::Record(_) | Type::Artifact => {
                    self.found.push(message::not_for_text(&typed.ty, value.span));
                    whole = false;
                }
                _ => {}
            }
            if written.pieces.len() == 1
                && written.form == TextForm::Line
                && matches!(typed.ty, Type::Text | Type::Enum(_))
            {
                self.found.push(lint::needless_interpolation(self.slice(value.span), written.span));
            }
            parts.push(Part::Value(typed.expr));
        }
        let ty = if secret { Type::Secret } else { Type::Text };
        whole.then_some(Typed { expr: Expr::Text(parts), ty, untrusted })
    }
}
