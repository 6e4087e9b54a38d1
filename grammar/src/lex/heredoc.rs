//! Where heredocs end. The lines that can end one are indexed once, so that a file full of heredocs without an end
//! costs no more than a file with one.

use std::collections::BTreeMap;

/// The lines of a file that end or open a heredoc, by tag.
pub(super) struct HeredocEnds<'t> {
    alone: BTreeMap<&'t str, Vec<End>>,
    openers: BTreeMap<&'t str, Vec<usize>>,
}

/// A line that holds a tag and nothing else.
#[derive(Clone, Copy)]
pub(super) struct End {
    /// Where the line starts.
    pub(super) line: usize,
    /// Where the tag starts.
    pub(super) word: usize,
}

impl<'t> HeredocEnds<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut ends = Self { alone: BTreeMap::new(), openers: BTreeMap::new() };
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let word = line.trim_matches(BLANKS);
            if is_ident(word) {
                let indent = line.len() - line.trim_start_matches(BLANKS).len();
                ends.alone.entry(word).or_default().push(End { line: start, word: start + indent });
            } else if let Some((left, tag)) = word.rsplit_once('<')
                && is_ident(tag)
                && let Some(left) = left.strip_suffix('<')
                && let Some(key) = left.trim_end_matches(BLANKS).strip_suffix('=')
                && is_ident(key.trim_end_matches(BLANKS))
            {
                ends.openers.entry(tag).or_default().push(start);
            }
            start += line.len();
        }
        ends
    }

    /// Returns the end of a heredoc whose lines start at `from`. There is none if the same tag is opened before.
    pub(super) fn find(&self, tag: &str, from: usize) -> Option<End> {
        let ends = self.alone.get(tag)?;
        let end = ends.get(ends.partition_point(|end| end.line < from))?;
        let openers = self.openers.get(tag).map(Vec::as_slice).unwrap_or_default();
        let next = openers.get(openers.partition_point(|line| *line < from));
        next.is_none_or(|next| end.line < *next).then_some(*end)
    }
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_ident(word: &str) -> bool {
    let mut chars = word.bytes();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && chars.all(|next| next.is_ascii_alphanumeric() || next == b'_')
}
