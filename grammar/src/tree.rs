//! The syntax tree: what was written, before anyone asks what it means.
//!
//! Statements are generic (setting, declaration, block): which words exist is the schema's business, in `dsl`.
//! Beside the nodes a [`Tree`] keeps every token, so each byte of the file can be printed back.

use crate::{
    span::{FileId, Span},
    token::Token,
};

/// A parsed file: its text, its tokens and its statements.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) file: FileId,
    pub(crate) text: Box<str>,
    pub(crate) tokens: Vec<Token>,
    /// The statements of the file, in the order they are written.
    pub statements: Vec<Statement>,
}

impl Tree {
    /// Returns which file of the compilation this is.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// Returns the source text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text of one place; empty if the span is not of this file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Returns every token, blanks and comments included; together they cover the text without a gap.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Prints the file back from its tokens; equal to [`Tree::text`] to the byte.
    #[must_use]
    pub fn print(&self) -> String {
        self.tokens.iter().map(|token| self.slice(token.span)).collect()
    }

    /// Returns the span of the whole file.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.file, 0, self.text.len())
    }
}

/// A word with its place: a setting's key, a declared name, a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The word as it is written.
    pub text: Box<str>,
    /// Where it stands.
    pub span: Span,
}

/// One statement of a file or a body.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `skynet 1`
    Edition(Edition),
    /// `import "path" as name sha256 "…"`
    Import(Import),
    /// `timeout = 10m`
    Setting(Setting),
    /// `auc: float` inside `type`
    Field(Field),
    /// `param tag: string = "x" { … }`
    Declaration(Declaration),
    /// `retry { … }`, `call lib.flow { … }`
    Block(Block),
    /// Text that is no statement; a diagnostic says why.
    Broken(Span),
}

impl Statement {
    /// Returns where the statement stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Edition(it) => it.span,
            Self::Import(it) => it.span,
            Self::Setting(it) => it.span,
            Self::Field(it) => it.span,
            Self::Declaration(it) => it.span,
            Self::Block(it) => it.span,
            Self::Broken(span) => *span,
        }
    }
}

/// The first line: which edition of the language the file is written in.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The number, if one is written.
    pub number: Option<u64>,
    /// The whole statement.
    pub span: Span,
}

/// An import of another file.
#[derive(Clone, Debug)]
pub struct Import {
    /// The path or URL.
    pub path: Text,
    /// The name it goes by in this file.
    pub alias: Name,
    /// The digest the content must have.
    pub sha256: Option<Text>,
    /// The whole statement.
    pub span: Span,
}

/// The left side of a setting or of a pair in an object: a word, or text in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key without quotes.
    pub text: Box<str>,
    /// Whether it is written in quotes.
    pub quoted: bool,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// `key = value`
#[derive(Clone, Debug)]
pub struct Setting {
    /// The name of the setting.
    pub key: Key,
    /// Its value.
    pub value: Expr,
    /// The whole statement.
    pub span: Span,
}

/// `name: type = default` inside `type`
#[derive(Clone, Debug)]
pub struct Field {
    /// The field's name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// A value, if one is written.
    pub value: Option<Expr>,
    /// The whole statement.
    pub span: Span,
}

/// `word name: type = value { … }`
#[derive(Clone, Debug)]
pub struct Declaration {
    /// What is declared: `param`, `step`, …
    pub word: Name,
    /// Its name.
    pub name: Name,
    /// Its type or kind.
    pub ty: Option<TypeExpr>,
    /// Its value.
    pub value: Option<Expr>,
    /// Its body.
    pub body: Option<Body>,
    /// The whole statement.
    pub span: Span,
}

/// `word { … }` or `word path.name { … }`
#[derive(Clone, Debug)]
pub struct Block {
    /// The block's word.
    pub word: Name,
    /// The dotted name after the word; empty in most blocks.
    pub path: Vec<Name>,
    /// What stands between the braces.
    pub body: Body,
    /// The whole statement.
    pub span: Span,
}

/// The statements between braces.
#[derive(Clone, Debug)]
pub struct Body {
    /// In the order they are written.
    pub statements: Vec<Statement>,
    /// Braces included.
    pub span: Span,
}

/// A type as it is written: `list(string)?`, `enum("a", "b")`, `lib.Server`.
#[derive(Clone, Debug)]
pub struct TypeExpr {
    /// The words of its name; one, or an alias and one.
    pub path: Vec<Name>,
    /// What stands in parentheses.
    pub args: Vec<TypeArg>,
    /// Whether parentheses are written at all.
    pub applied: bool,
    /// Whether `?` follows.
    pub optional: bool,
    /// The whole type.
    pub span: Span,
}

/// One argument of a type.
#[derive(Clone, Debug)]
pub enum TypeArg {
    /// `list(string)`
    Type(TypeExpr),
    /// `enum("a")`
    Text(Text),
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `42`, `1_000`
    Int(i64),
    /// `0.2`, `1.5e3`
    Float(f64),
    /// `1h30m`, in milliseconds
    Duration(i64),
    /// `4GiB`, in bytes
    Size(u64),
    /// `"…"`, `"""…"""`
    Text(Text),
    /// `<<SH … SH`
    Heredoc(Heredoc),
    /// `[a, ...b]`
    List(Vec<Item>),
    /// `{ a = 1 }`
    Object(Vec<Pair>),
    /// `[for x in xs : body if condition]`
    Comprehension(Box<Comprehension>),
    /// The root of a reference: `param`, `step`, a comprehension's name
    Name(Box<str>),
    /// `base.name`
    Member(Box<Expr>, Name),
    /// `base[index]`
    Index(Box<Expr>, Box<Expr>),
    /// `name(args)`
    Call(Name, Vec<Expr>),
    /// `!x`, `-x`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`; the span is the operator's
    Binary(BinaryOp, Span, Box<Expr>, Box<Expr>),
    /// `c ? a : b`
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `(x)`
    Group(Box<Expr>),
    /// No expression; a diagnostic says why.
    Broken,
}

/// Text in quotes, in pieces.
#[derive(Clone, Debug)]
pub struct Text {
    /// Characters and `${…}` in turn; escapes are replaced and block text is dedented.
    pub pieces: Vec<Piece>,
    /// `"…"` or `"""…"""`
    pub form: TextForm,
    /// Quotes included.
    pub span: Span,
}

impl Text {
    /// Returns the characters, if nothing is interpolated.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Chars { text, .. }] => Some(text),
            _ => None,
        }
    }
}

/// How text is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// `"…"` on one line
    Line,
    /// `"""…"""` on several
    Block,
}

/// One piece of text.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Characters that mean themselves.
    Chars {
        /// The characters, escapes replaced.
        text: Box<str>,
        /// Where they stand.
        span: Span,
    },
    /// `${expr}`; the expression's own span is without `${` and `}`.
    Value(Expr),
}

/// Code, taken as it stands.
#[derive(Clone, Debug)]
pub struct Heredoc {
    /// `SH`, `BASH`, `PY` or another word in capitals.
    pub tag: Name,
    /// The lines, less the indent all of them share; ends with a newline unless empty.
    pub body: Box<str>,
    /// Where the lines stand, tags excluded.
    pub body_span: Span,
}

/// One item of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// Whether `...` stands before it.
    pub spread: bool,
    /// The value.
    pub value: Expr,
}

/// One pair of an object.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Expr,
}

/// `[for name in list : body if condition]`
#[derive(Clone, Debug)]
pub struct Comprehension {
    /// The name bound to each element.
    pub name: Name,
    /// The list gone through.
    pub list: Expr,
    /// What each element becomes.
    pub body: Expr,
    /// Which elements are taken; all if none.
    pub condition: Option<Expr>,
}

/// A prefix operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// An infix operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
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
    /// `in`
    In,
    /// `??`
    Coalesce,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl BinaryOp {
    /// Returns the operator as it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::Coalesce => "??",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    /// Returns how tightly it binds; higher binds tighter.
    #[must_use]
    pub fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual | Self::In => 4,
            Self::Coalesce => 5,
            Self::Add | Self::Subtract => 6,
            Self::Multiply | Self::Divide | Self::Remainder => 7,
        }
    }
}
