//! Comments on their way to JSON and back.

use crate::json::{At, JsonError, list, print::is_hidden, text};
use grammar::{Span, Tree, token::TokenKind};
use serde_json::{Map, Value};

/// The comments of a file, taken from first to last.
pub(super) struct Comments<'t> {
    tree: &'t Tree,
    spans: Vec<Span>,
    next: usize,
}

impl<'t> Comments<'t> {
    pub(super) fn of(tree: &'t Tree) -> Self {
        let comments = tree.tokens().iter().filter(|token| token.kind == TokenKind::Comment);
        Self { tree, spans: comments.map(|token| token.span).collect(), next: 0 }
    }

    /// Takes the comments that begin before a byte.
    pub(super) fn before(&mut self, end: u32) -> Vec<Value> {
        let mut taken = Vec::new();
        while let Some(span) = self.peek().filter(|span| span.start < end) {
            taken.push(Value::from(stored(self.tree.slice(span))));
            self.next += 1;
        }
        taken
    }

    /// Takes the comment that stands behind a statement on its last line.
    pub(super) fn behind(&mut self, statement: Span) -> Option<Value> {
        let span = self.peek()?;
        let between = Span { start: statement.end, end: span.start, ..statement };
        let same_line = span.start >= statement.end
            && self.tree.slice(between).chars().all(|blank| blank == ' ' || blank == '\t');
        same_line.then(|| self.before(span.start + 1)).and_then(|mut taken| taken.pop())
    }

    /// Returns whether the next comment begins before a byte.
    pub(super) fn any_before(&self, end: u32) -> bool {
        self.peek().is_some_and(|span| span.start < end)
    }

    /// Returns the place in the list, to come back to.
    pub(super) fn mark(&self) -> usize {
        self.next
    }

    pub(super) fn return_to(&mut self, mark: usize) {
        self.next = mark;
    }

    fn peek(&self) -> Option<Span> {
        self.spans.get(self.next).copied()
    }
}

/// Returns comments that stand alone, if there are any.
pub(super) fn alone(comments: Vec<Value>) -> Option<Value> {
    let entry = |comments| Value::Object(Map::from_iter([("#".to_owned(), Value::Array(comments))]));
    (!comments.is_empty()).then(|| entry(comments))
}

/// Returns the comments of an entry that is nothing but comments, as they are written.
pub(super) fn lone(value: &Value, at: &At<'_>) -> Option<Result<Vec<String>, JsonError>> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    let comments = map.get("#")?;
    Some(all(comments, &at.key("#")))
}

/// Returns a list of comments as they are written.
pub(super) fn all(value: &Value, at: &At<'_>) -> Result<Vec<String>, JsonError> {
    list(value, at)?.iter().enumerate().map(|(index, comment)| written(comment, &at.item(index))).collect()
}

/// Returns a comment as it is written.
pub(super) fn written(value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    let comment = text(value, at)?;
    if comment.contains('\n') || comment.contains(is_hidden) {
        return Err(at.error("a comment is one line, without control characters"));
    }
    let comment = comment.trim_end_matches(BLANKS);
    Ok(if comment.starts_with('#') {
        comment.to_owned()
    } else {
        format!("# {comment}").trim_end().to_owned()
    })
}

/// Returns a comment as JSON has it: without the sign, if what is left says which sign it was.
fn stored(written: &str) -> &str {
    let written = written.trim_end_matches(BLANKS);
    match written.strip_prefix("# ") {
        Some(inner) if !inner.starts_with('#') => inner,
        Some(_) | None => written,
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::{stored, written};
    use crate::json::At;
    use serde_json::json;

    #[test]
    fn a_comment_comes_back_as_it_was() {
        for comment in ["# why", "#why", "#", "#@ allow W0904: x", "# # x", "#   deep", "# a  b", "## x"] {
            let back = written(&json!(stored(comment)), &At::TOP).unwrap();
            assert_eq!(back, comment);
        }
        assert_eq!(stored("# why"), "why");
    }

    #[test]
    fn a_comment_cannot_end_its_line() {
        assert!(written(&json!("a\nrun = [\"x\"]"), &At::TOP).is_err());
        assert!(written(&json!("a\r"), &At::TOP).is_err());
    }
}
