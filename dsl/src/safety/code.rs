//! Which argument a program would run as code: a value there would decide what happens.

use super::{
    reader, tool,
    wrapper::{self, Started},
};
use engine::{
    expression::{Expr, Item, Part},
    plan::Argument,
    value::Value,
};
use grammar::tree::{self, ExprKind, Piece};

/// What is known about an argument before the run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Known<'a> {
    /// All of it.
    Whole(&'a str),
    /// How it begins; a value follows.
    Begin(&'a str),
    /// Nothing, but it is one argument.
    One,
    /// Nothing, not even how many arguments there are.
    Many,
}

/// An argument as a program would see it, and the element of the list that it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a> {
    pub(super) known: Known<'a>,
    pub(super) element: usize,
}

/// How many words are looked at, those counted again that are tried behind several programs: a list that needs more was
/// written to take time.
const MAX_VISITS: usize = 1 << 22;

/// How many lists are taken apart in each other, as by `env -S` and `find -exec`.
const MAX_DEPTH: usize = 8;

/// Returns the element that a program would run as code although it is not written out, and how to say it:
/// `sh -c`, `ssh host`.
pub(crate) fn code_operand(program: &str, words: &[Word]) -> Option<(usize, String)> {
    Search { visits: MAX_VISITS, depth: 0 }.look(program, words)
}

/// What is left of a search.
struct Search {
    visits: usize,
    depth: usize,
}

impl Search {
    fn look<'a>(&mut self, mut program: &'a str, mut words: &'a [Word<'a>]) -> Option<(usize, String)> {
        loop {
            if let Some(found) = self.by_itself(program, words)? {
                return Some(found);
            }
            match wrapper::started(program, words) {
                Started::Nothing => return None,
                Started::Open(element) => return Some((element, base(program).to_owned())),
                Started::Program(inner, behind) => (program, words) = (inner, behind),
                Started::Somewhere(among) => return self.somewhere(among),
                Started::Entered { program, given, among } => {
                    for words in given {
                        if let Some(found) = self.by_itself(program, words)? {
                            return Some(found);
                        }
                    }
                    return self.somewhere(among);
                }
                Started::Each(commands) => {
                    return commands.into_iter().find_map(|(inner, behind)| self.deeper(inner, behind));
                }
                Started::Split { text, element, behind } => return self.split(text, element, behind),
            }
        }
    }

    /// Looks at a program that reads code itself; gives up if enough was looked at.
    #[expect(clippy::option_option, reason = "the outer one ends the search")]
    fn by_itself(&mut self, program: &str, words: &[Word]) -> Option<Option<(usize, String)>> {
        self.visits = self.visits.checked_sub(words.len() + 1)?;
        Some(tool::code_operand(program, words).or_else(|| reader::code_operand(program, words)))
    }

    /// Looks at a list within a list.
    fn deeper(&mut self, program: &str, words: &[Word]) -> Option<(usize, String)> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let found = self.look(program, words);
        self.depth -= 1;
        found
    }

    /// Tries each word as the program, where nobody can tell which one it is.
    fn somewhere(&mut self, words: &[Word]) -> Option<(usize, String)> {
        let mut rest = words;
        while let Some((word, behind)) = rest.split_first() {
            rest = behind;
            let Known::Whole(text) = word.known else { continue };
            if let Some(found) = self.by_itself(text, rest)? {
                return Some(found);
            }
            let found = match wrapper::started(text, rest) {
                Started::Open(element) => Some((element, base(text).to_owned())),
                Started::Split { text, element, behind } => self.split(text, element, behind),
                // Their programs come by as words of this list too.
                Started::Nothing
                | Started::Program(..)
                | Started::Somewhere(_)
                | Started::Entered { .. }
                | Started::Each(_) => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// `env -S` makes words of a text, and goes on with them.
    fn split(&mut self, text: &str, element: usize, behind: &[Word]) -> Option<(usize, String)> {
        let own = text.split_whitespace().map(|word| Word { known: Known::Whole(word), element });
        let words: Vec<Word> = own.chain(behind.iter().copied()).collect();
        self.deeper("env", &words)
    }
}

/// Lays a list of arguments out as the words that the program sees, as far as they are known.
pub(crate) fn words<'a>(arguments: impl Iterator<Item = &'a Argument>) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    for (element, argument) in arguments.enumerate() {
        match argument {
            Argument::One(expr) => words.push(Word { known: known(expr), element }),
            Argument::Spread(list) => spread(list, element, &mut words),
        }
    }
    words
}

/// Lays one argument out as it is written, where it has no value because something is wrong with it or its neighbours.
pub(crate) fn written_word(element: usize, item: &tree::Item) -> Word<'_> {
    let known = match &item.value.kind {
        _ if item.spread => Known::Many,
        ExprKind::Text(text) => match text.pieces.as_slice() {
            [] => Known::Whole(""),
            [Piece::Chars { text, .. }] => Known::Whole(text),
            [Piece::Chars { text, .. }, ..] => Known::Begin(text),
            [Piece::Value(_), ..] => Known::One,
        },
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) => Known::Whole("0"),
        _ => Known::One,
    };
    Word { known, element }
}

fn known(expr: &Expr) -> Known<'_> {
    match expr {
        Expr::Literal(Value::Text(text)) => Known::Whole(text),
        // A number or the like is no option and no code.
        Expr::Literal(_) => Known::Whole("0"),
        Expr::Text(parts) => match parts.first() {
            Some(Part::Chars(text)) => Known::Begin(text),
            Some(Part::Value(_)) | None => Known::One,
        },
        _ => Known::One,
    }
}

/// Lays out a list that is spread: its elements where the list is written out.
fn spread<'a>(list: &'a Expr, element: usize, words: &mut Vec<Word<'a>>) {
    match list {
        Expr::Literal(Value::List(values)) => words.extend(values.iter().map(|value| match value {
            Value::Text(text) => Word { known: Known::Whole(text), element },
            _ => Word { known: Known::Whole("0"), element },
        })),
        Expr::List(items) => {
            for item in items {
                match item {
                    Item::One(expr) => words.push(Word { known: known(expr), element }),
                    Item::Spread(inner) => spread(inner, element, words),
                }
            }
        }
        _ => words.push(Word { known: Known::Many, element }),
    }
}

pub(super) fn base(program: &str) -> &str {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    name.strip_suffix(".exe").unwrap_or(name)
}

pub(super) fn is_cluster(text: &str) -> bool {
    text.len() > 1 && text.starts_with('-') && !text.starts_with("--")
}

impl<'a> Word<'a> {
    /// Returns which element of the list it comes from.
    pub(crate) fn element(&self) -> usize {
        self.element
    }

    pub(super) fn is_open(&self) -> bool {
        !matches!(self.known, Known::Whole(_))
    }

    /// Returns how it begins, as far as that is known.
    pub(crate) fn begin(&self) -> &'a str {
        match self.known {
            Known::Whole(text) | Known::Begin(text) => text,
            Known::One | Known::Many => "",
        }
    }
}
