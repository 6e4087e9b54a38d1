//! Tokens: the smallest parts of a file, blanks and comments included.

use crate::span::Span;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Spaces, tabs and line breaks.
    Blank,
    /// `# …` up to the end of the line.
    Comment,
    /// `// …` or `/* … */`, which are comments elsewhere.
    ForeignComment,
    /// A word: name, keyword, `true`.
    Name,
    /// `42`
    Int,
    /// `0.5`
    Float,
    /// `10m`
    Duration,
    /// `4GiB`
    Size,
    /// Starts as a number and is none: `10minutes`.
    BadNumber,
    /// `'…'`, which is text elsewhere.
    SingleQuoted,
    /// `"a` or `a"`, a text that lacks one of its quotes, where others of its line have theirs.
    TornText,
    /// `"`, opening or closing a line of text.
    Quote,
    /// `"""`, opening or closing a block of text.
    BlockQuote,
    /// Characters of a text.
    Chars,
    /// `\n`, `\u{1f600}`
    Escape,
    /// A backslash with anything else behind it.
    BadEscape,
    /// `${`
    OpenValue,
    /// The `}` that ends a `${`.
    CloseValue,
    /// `<<SH` and the line break behind it.
    OpenHeredoc,
    /// The lines of a heredoc.
    HeredocBody,
    /// The tag that ends a heredoc.
    CloseHeredoc,
    /// `<<` that starts no heredoc of ours: `<<-EOF`, `<<'EOF'`, and all up to its end.
    BadHeredoc,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `.`
    Dot,
    /// `...`
    Ellipsis,
    /// `=`
    Assign,
    /// `?`
    Question,
    /// `??`
    Coalesce,
    /// `||`
    Or,
    /// `&&`
    And,
    /// `!`
    Not,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `%`
    Percent,
    /// A character that belongs to no token.
    Unknown,
}

impl TokenKind {
    /// Returns whether the parser passes over it.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Blank | Self::Comment | Self::ForeignComment)
    }
}
