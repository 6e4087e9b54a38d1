//! Ways through an expression that need no stack: its parts, and what it reads.

use super::{Expr, For, Item, Part, Read};
use crate::id::Name;

impl Expr {
    /// Returns the expressions it is made of, in the order in which they are written: for `[for x in xs : body if c]`
    /// that is `xs`, `body`, `c`; for a text the interpolated values only.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::Literal(_) | Self::Read(_) => Vec::new(),
            Self::Field(inner, _) | Self::Not(inner) | Self::Negate(inner) | Self::Convert(_, inner) => {
                vec![inner]
            }
            Self::Index(left, right) | Self::Binary(_, left, right) => vec![left, right],
            Self::If(condition, yes, no) => vec![condition, yes, no],
            Self::Call(_, args) => args.iter().collect(),
            Self::List(items) => items.iter().map(Item::expr).collect(),
            Self::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
            Self::For(it) => [&it.list, &it.body].into_iter().chain(&it.condition).collect(),
            Self::Text(parts) => parts.iter().filter_map(Part::value).collect(),
        }
    }

    /// Follows the way that a [`super::Fault`] gives, as far as it goes.
    #[must_use]
    pub fn part(&self, at: &[u32]) -> &Self {
        let mut part = self;
        for &child in at {
            match usize::try_from(child).ok().and_then(|child| part.children().get(child).copied()) {
                Some(inner) => part = inner,
                None => break,
            }
        }
        part
    }

    /// Finds the way to one of its parts, told from any that is equal to it by where it is kept.
    pub(crate) fn way_to(&self, part: &Self) -> Option<Vec<u32>> {
        // Where each expression met so far hangs: the one above it and its position there.
        let mut met: Vec<(&Self, usize, u32)> = vec![(self, 0, 0)];
        let mut next = 0;
        while let Some(&(expr, ..)) = met.get(next) {
            if std::ptr::eq(expr, part) {
                break;
            }
            met.extend(expr.children().into_iter().zip(0..).map(|(child, position)| (child, next, position)));
            next += 1;
        }
        let mut way = Vec::new();
        while next > 0 {
            let &(_, above, position) = met.get(next)?;
            way.push(position);
            next = above;
        }
        way.reverse();
        Some(way)
    }

    /// Goes through all that it reads from outside, in the order in which it is written: everything but the names its
    /// own `[for …]` bind.
    pub fn reads(&self) -> impl Iterator<Item = &Read> {
        Reads { open: vec![(self, None)], bound: Vec::new() }
    }

    /// Returns whether it has the same value everywhere: whether it reads nothing.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.reads().next().is_none()
    }
}

impl Item {
    /// Returns the element, or the list of which all elements are taken.
    #[must_use]
    pub fn expr(&self) -> &Expr {
        match self {
            Self::One(expr) | Self::Spread(expr) => expr,
        }
    }
}

impl Part {
    /// Returns the interpolated value, if it is one.
    #[must_use]
    pub fn value(&self) -> Option<&Expr> {
        match self {
            Self::Chars(_) => None,
            Self::Value(value) => Some(value),
        }
    }
}

struct Reads<'a> {
    /// What is still to be gone through, the next last, each with the innermost name bound around it.
    open: Vec<(&'a Expr, Option<usize>)>,
    /// Each bound name, and the one bound around it.
    bound: Vec<(&'a Name, Option<usize>)>,
}

impl<'a> Iterator for Reads<'a> {
    type Item = &'a Read;

    fn next(&mut self) -> Option<&'a Read> {
        while let Some((expr, scope)) = self.open.pop() {
            match expr {
                Expr::Read(Read::Local(name)) if self.binds(scope, name) => {}
                Expr::Read(read) => return Some(read),
                Expr::For(it) => self.enter(it, scope),
                Expr::Literal(_)
                | Expr::Field(..)
                | Expr::Index(..)
                | Expr::Call(..)
                | Expr::Not(_)
                | Expr::Negate(_)
                | Expr::Binary(..)
                | Expr::If(..)
                | Expr::List(_)
                | Expr::Map(_)
                | Expr::Text(_)
                | Expr::Convert(..) => {
                    self.open.extend(expr.children().into_iter().rev().map(|child| (child, scope)));
                }
            }
        }
        None
    }
}

impl<'a> Reads<'a> {
    fn enter(&mut self, it: &'a For, scope: Option<usize>) {
        let inner = Some(self.bound.len());
        self.bound.push((&it.name, scope));
        self.open.extend(it.condition.iter().map(|condition| (condition, inner)));
        self.open.push((&it.body, inner));
        self.open.push((&it.list, scope));
    }

    fn binds(&self, mut scope: Option<usize>, name: &Name) -> bool {
        while let Some((bound, outer)) = scope.and_then(|scope| self.bound.get(scope)) {
            if *bound == name {
                return true;
            }
            scope = *outer;
        }
        false
    }
}
