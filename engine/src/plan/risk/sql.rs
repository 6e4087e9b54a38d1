//! SQL, as far as its statements begin with a word that says what they do.

use super::finding::{Finding, HOLE};
use crate::plan::Risk::{Critical, High, Medium};

/// One word or sign of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A word in capitals.
    Word(String),
    /// `(`
    Open,
    /// `;`
    End,
    /// A part that is not known before it runs.
    Hole,
    /// Anything else.
    Other,
}

/// Words that may come before `(` without calling anything, and functions that only compute.
#[rustfmt::skip]
const PLAIN_CALLS: &[&str] = &[
    "ABS", "ALL", "AND", "ANY", "ARRAY_AGG", "AS", "ASC", "AVG", "BETWEEN", "BY", "CASE", "CAST", "CEIL", "COALESCE",
    "CONCAT", "COUNT", "CURRENT_DATABASE", "CURRENT_SETTING", "DATE_TRUNC", "DISTINCT", "ELSE", "EXCEPT", "EXISTS",
    "EXTRACT", "FILTER", "FLOOR", "FROM", "GREATEST", "GROUP", "HAVING", "IN", "INTERSECT", "INTERVAL", "JOIN",
    "JSON_AGG", "LATERAL", "LEAST", "LEFT", "LENGTH", "LIKE", "LIMIT", "LOWER", "MATERIALIZED", "MAX", "MIN", "NOT",
    "NOW", "NULLIF", "NUMERIC", "ON", "OR", "ORDER", "OVER", "PARTITION", "PG_DATABASE_SIZE", "PG_IS_IN_RECOVERY",
    "PG_RELATION_SIZE", "PG_SIZE_PRETTY", "PG_TABLE_SIZE", "PG_TOTAL_RELATION_SIZE", "PG_WAL_LSN_DIFF", "REPLACE",
    "RIGHT", "ROUND", "ROW", "ROW_NUMBER", "SELECT", "SOME", "STRING_AGG", "STRPOS", "SUBSTR", "SUBSTRING", "SUM",
    "THEN", "TO_CHAR", "TRIM", "UNION", "UPPER", "USING", "VALUES", "VARCHAR", "VERSION", "WHEN", "WHERE", "WITH",
];

/// Functions that do more than compute.
#[rustfmt::skip]
const ACTING_CALLS: &[&str] = &[
    "DBLINK_EXEC", "LO_EXPORT", "LO_IMPORT", "LO_UNLINK", "PG_CANCEL_BACKEND", "PG_DROP_REPLICATION_SLOT",
    "PG_PROMOTE", "PG_READ_FILE", "PG_RELOAD_CONF", "PG_SWITCH_WAL", "PG_TERMINATE_BACKEND", "PG_WRITE_FILE",
];

/// Words inside a query that make it more than a query.
const CHANGING: &[&str] =
    &["ALTER", "CREATE", "DELETE", "DROP", "INSERT", "INTO", "MERGE", "TRUNCATE", "UPDATE"];

/// Looks at statements.
pub(super) fn read(text: &str) -> Finding {
    let plain = statements(text, false);
    // Some databases let a backslash hide a quote; where that matters, both ways of reading count.
    if text.contains("\\'") { plain.max(statements(text, true)) } else { plain }
}

fn statements(text: &str, backslash_escapes: bool) -> Finding {
    tokens(text, backslash_escapes)
        .split(|token| *token == Token::End)
        .map(statement)
        .fold(Finding::LOW, Finding::max)
}

fn statement(tokens: &[Token]) -> Finding {
    let known = match tokens.iter().position(|token| matches!(token, Token::Word(_))) {
        Some(start) => judge(tokens.get(start..).unwrap_or_default()),
        None if tokens.is_empty() => Finding::LOW,
        None => Finding::new(Medium, "a statement does not begin with a word"),
    };
    if tokens.contains(&Token::Hole) {
        return known.max(Finding::new(Medium, "a statement is not wholly known before it runs"));
    }
    known
}

fn judge(tokens: &[Token]) -> Finding {
    let mut words = tokens.iter().filter_map(Token::word);
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let has = |word: &str| tokens.iter().any(|token| token.word() == Some(word));
    match first {
        "SELECT" | "WITH" | "TABLE" | "VALUES" | "EXPLAIN" => query(tokens),
        "ABORT" | "BEGIN" | "COMMIT" | "DESC" | "DESCRIBE" | "END" | "RELEASE" | "ROLLBACK" | "SAVEPOINT"
        | "SHOW" | "START" | "USE" => Finding::LOW,
        "SET" if !has("GLOBAL") && !has("PERSIST") => Finding::LOW,
        "DROP" => match second {
            "DATABASE" | "KEYSPACE" | "OWNED" | "SCHEMA" | "TABLE" | "TABLESPACE" => {
                Finding::new(Critical, "drops data of a database")
            }
            _ => Finding::new(High, "drops part of a database"),
        },
        "TRUNCATE" => Finding::new(Critical, "empties a table"),
        "DELETE" | "UPDATE" if !has("WHERE") => Finding::new(High, "changes every row of a table"),
        "ALTER" if second != "TABLE" || has("DROP") => Finding::new(High, "changes what a database rests on"),
        "GRANT" | "REVOKE" => Finding::new(High, "changes who may use a database"),
        "COPY" if has("PROGRAM") => Finding::new(High, "starts a program on the machine of the database"),
        _ => Finding::new(Medium, "changes a database"),
    }
}

/// Looks for what makes a query more than one: a change inside it, or a function that acts.
fn query(tokens: &[Token]) -> Finding {
    let mut finding = Finding::LOW;
    let mut before = "";
    for (position, token) in tokens.iter().enumerate() {
        let Some(word) = token.word() else { continue };
        let calls = tokens.get(position + 1) == Some(&Token::Open);
        if position > 0 && !calls && before != "FOR" && CHANGING.contains(&word) {
            return finding.max(judge(tokens.get(position..).unwrap_or_default()));
        }
        if calls && ACTING_CALLS.contains(&word) {
            finding = finding.max(Finding::new(High, "calls a function that acts on the database server"));
        } else if calls && !PLAIN_CALLS.contains(&word) && before != "AS" && before != "WITH" {
            finding = finding.max(Finding::new(Medium, "calls a function of which nothing is known"));
        }
        before = word;
    }
    finding
}

impl Token {
    fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Open | Self::End | Self::Hole | Self::Other => None,
        }
    }
}

fn tokens(text: &str, backslash_escapes: bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            ' ' | '\t' | '\n' | '\r' => after,
            '-' if after.starts_with('-') => after.split_once('\n').map_or("", |(_, rest)| rest),
            '/' if after.starts_with('*') => after.split_once("*/").map_or("", |(_, rest)| rest),
            '\'' => after_quote(after, c, backslash_escapes, &mut tokens),
            '"' => after_quote(after, c, false, &mut tokens),
            '$' => match dollar_quote(rest) {
                Some(after) => {
                    tokens.push(Token::Other);
                    after
                }
                None => after,
            },
            _ if c.is_alphabetic() || c == '_' => {
                let end =
                    rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                tokens.push(Token::Word(word.to_uppercase()));
                after
            }
            _ => {
                tokens.push(match c {
                    '(' => Token::Open,
                    ';' => Token::End,
                    HOLE => Token::Hole,
                    _ => Token::Other,
                });
                after
            }
        };
    }
    tokens
}

/// Skips a quoted text and notes whether all of it is known.
fn after_quote<'a>(text: &'a str, quote: char, backslash_escapes: bool, tokens: &mut Vec<Token>) -> &'a str {
    let mut chars = text.chars();
    let mut token = Token::Other;
    while let Some(c) = chars.next() {
        if c == '\\' && backslash_escapes {
            chars.next();
        } else if c == HOLE {
            token = Token::Hole;
        } else if c == quote {
            break;
        }
    }
    tokens.push(token);
    chars.as_str()
}

/// Skips a text between `$tag$` and `$tag$`.
fn dollar_quote(text: &str) -> Option<&str> {
    let tag_end = text.get(1..)?.find('$')? + 2;
    let (tag, body) = text.split_at_checked(tag_end)?;
    let inside = tag.trim_matches('$');
    if !inside.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    Some(body.split_once(tag).map_or("", |(_, rest)| rest))
}
