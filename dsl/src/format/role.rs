//! What a token is in its place, and so whether a blank stands before it.

use grammar::token::TokenKind;

/// What a token is to its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A value or a part of one: a word, a number, a text, a closing bracket.
    Operand,
    /// `for`, `in` and `if` in an expression.
    Keyword,
    /// `!`, `-` before one operand, `...`
    Prefix,
    /// An operator between two operands, and `=`.
    Infix,
    /// `.`
    Dot,
    /// The `:` before a type.
    TypeColon,
    /// The `?` behind a type.
    Optional,
    /// An opening bracket that goes with the operand before it: of a call, of an index.
    Suffix,
}

/// Places where an expression is broken if it is too wide; the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `:` and `if` of a comprehension, `sha256` of an import
    Clause,
    /// `?` and `:`
    Choice,
    /// `||`
    Or,
    /// `&&`
    And,
}

/// What is known where a token stands.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// The role of the token before it.
    pub(super) before: Option<Role>,
    /// Whether it stands in a type.
    pub(super) in_type: bool,
    /// Whether a type follows it.
    pub(super) before_type: bool,
}

/// Finds the levels of the tokens of a sequence, in their order.
pub(super) struct Levels {
    pub(super) is_comprehension: bool,
    pub(super) is_import: bool,
    /// How many `?` wait for their `:`.
    pub(super) choices: usize,
}

impl Levels {
    /// Finds the level of the next token.
    pub(super) fn of(&mut self, kind: TokenKind, word: &str, role: Role) -> Option<Level> {
        match kind {
            TokenKind::Question if role == Role::Infix => {
                self.choices += 1;
                Some(Level::Choice)
            }
            TokenKind::Colon if self.choices > 0 => {
                self.choices -= 1;
                Some(Level::Choice)
            }
            TokenKind::Colon if self.is_comprehension => Some(Level::Clause),
            TokenKind::Name if self.is_comprehension && role == Role::Keyword && word == "if" => {
                Some(Level::Clause)
            }
            TokenKind::Name if self.is_import && word == "sha256" => Some(Level::Clause),
            TokenKind::Or => Some(Level::Or),
            TokenKind::And => Some(Level::And),
            _ => None,
        }
    }
}

impl Role {
    /// Finds the role of a token.
    pub(super) fn of(kind: TokenKind, word: &str, place: Place) -> Self {
        use TokenKind as K;
        let follows_operand = place.before == Some(Self::Operand);
        match kind {
            K::Name
                if matches!(word, "for" | "in" | "if")
                    && place.before != Some(Self::Dot)
                    && !place.in_type =>
            {
                Self::Keyword
            }
            K::Not | K::Ellipsis => Self::Prefix,
            K::Minus if !follows_operand => Self::Prefix,
            K::Dot => Self::Dot,
            K::Question if place.in_type => Self::Optional,
            K::Colon if place.before_type => Self::TypeColon,
            K::OpenBracket | K::OpenParen if follows_operand => Self::Suffix,
            K::Minus | K::Plus | K::Star | K::Slash | K::Percent | K::Coalesce => Self::Infix,
            K::Question | K::Colon | K::Or | K::And | K::Equal | K::NotEqual | K::Assign => Self::Infix,
            K::Less | K::LessEqual | K::Greater | K::GreaterEqual => Self::Infix,
            _ => Self::Operand,
        }
    }

    /// Returns whether a blank stands between a token and the one before it.
    pub(super) fn spaced(self, before: Option<Self>) -> bool {
        let touches = matches!(before, None | Some(Self::Prefix | Self::Dot))
            || matches!(self, Self::Dot | Self::TypeColon | Self::Optional | Self::Suffix);
        !touches
    }
}
