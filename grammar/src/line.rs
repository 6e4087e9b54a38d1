//! Lines and columns, as people count them: from 1, columns in characters.

/// Where the lines of a text start, to place many offsets quickly.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    end: usize,
}

impl LineIndex {
    /// Goes through the text once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { starts, end: text.len() }
    }

    /// Returns the line and column of a byte of the text the index was made of; an offset behind the end is taken for
    /// the end.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        (line, column(text, self.line_start(line), offset))
    }

    /// Returns the byte a line starts at; the end of the text if there is no such line.
    #[must_use]
    pub fn line_start(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.end)
    }

    /// Returns how many lines the text has; the part behind the last break counts as one.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.starts.len()
    }
}

/// Returns the line and column of a byte. For many offsets of one text, a [`LineIndex`] is faster.
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (line, column(text, start, offset))
}

fn column(text: &str, start: usize, offset: usize) -> usize {
    // Each character has one byte that does not go on from the byte before it.
    let bytes = text.as_bytes().get(start..offset.min(text.len())).unwrap_or_default();
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count() + 1
}
