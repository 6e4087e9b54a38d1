//! A reader of shell text: which variables are read, how they are quoted, and which are set.
//!
//! It knows quotes, comments, substitutions, arithmetic and here-documents. It does not run anything and does not
//! need the text to be valid: what it cannot tell, it takes for harmless.

use std::{collections::BTreeSet, ops::Range};

/// What was found in a script.
#[derive(Debug, Default)]
pub(super) struct Scan<'t> {
    /// Variables read, in the order of the text.
    pub(super) reads: Vec<Variable<'t>>,
    /// Variables the script sets itself.
    pub(super) sets: BTreeSet<&'t str>,
    /// Whether it runs text of which nothing is known: `source`, `.`, `eval`.
    pub(super) is_open: bool,
    /// Comments, and characters behind a backslash: text that the shell only passes on, or not even that.
    pub(super) passed: Vec<Range<usize>>,
}

/// One `$NAME`.
#[derive(Debug)]
pub(super) struct Variable<'t> {
    pub(super) name: &'t str,
    /// Where it begins, and one past its end.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether the shell would split the value into words here.
    pub(super) is_split: bool,
    /// Whether it is `$NAME` or `${NAME}`, without an operator.
    pub(super) is_plain: bool,
    /// Whether it may be unset: `${NAME:-…}`, `${NAME+…}`.
    pub(super) has_default: bool,
    /// The program that it is an argument of, where it stands in no other construct of the shell.
    pub(super) argument_of: Option<&'t str>,
}

/// What the text at one place belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    /// Commands: the whole script, or `$(…)`.
    Code,
    /// `"…"`
    Quoted,
    /// `$((…))`, `((…))`, `[[ … ]]`: nothing is split.
    Whole(&'static str),
    /// `${NAME:-…}`; keeps whether it stands in quotes.
    Operand { quoted: bool },
}

/// Reads a script.
pub(super) fn scan(text: &str) -> Scan<'_> {
    let mut reader = Reader {
        text,
        at: 0,
        contexts: vec![Context::Code],
        word: String::new(),
        has_equals: false,
        assigns: None,
        words: Vec::new(),
        here: Vec::new(),
        scan: Scan::default(),
    };
    while reader.at < text.len() {
        reader.step();
    }
    reader.end_word();
    reader.end_command();
    reader.scan
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    contexts: Vec<Context>,
    /// The word being read, as far as it is literal.
    word: String,
    /// Whether an `=` stands in it, and the variable that it assigns to if a name stands before the first.
    has_equals: bool,
    assigns: Option<&'t str>,
    /// The literal words of the command so far, with where they end.
    words: Vec<(usize, usize)>,
    /// Tags of here-documents whose bodies begin on the next line, and whether they are quoted.
    here: Vec<(&'t str, bool)>,
    scan: Scan<'t>,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn context(&self) -> Context {
        self.contexts.last().copied().unwrap_or(Context::Code)
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(char) = rest.chars().next() else { return };
        match (char, self.context()) {
            ('\\', _) => self.escape(),
            ('$', _) => self.dollar(),
            ('`', _) => self.take(1),
            ('"', Context::Quoted) => self.close(1),
            (_, Context::Quoted) => self.take(char.len_utf8()),
            ('"', _) => self.open(Context::Quoted, 1),
            ('\'', Context::Operand { quoted: true }) => self.take(1),
            ('\'', _) => {
                let length = rest.get(1..).and_then(|rest| rest.find('\'')).map_or(rest.len(), |end| end + 2);
                self.take(length);
            }
            ('}', Context::Operand { .. }) => self.close(1),
            (_, Context::Operand { .. }) => self.take(char.len_utf8()),
            (_, Context::Whole(end)) if rest.starts_with(end) => self.close(end.len()),
            // In arithmetic a name needs no sigil, and assigning one is an operator like others.
            (_, Context::Whole("))")) if !name_at(rest).is_empty() => {
                self.scan.sets.insert(name_at(rest));
                self.take(name_at(rest).len());
            }
            (_, Context::Whole(_)) => self.take(char.len_utf8()),
            (_, Context::Code) => self.code(char),
        }
    }

    fn code(&mut self, char: char) {
        let rest = self.rest();
        match char {
            '#' if self.word.is_empty() => {
                let end = self.at + rest.find('\n').unwrap_or(rest.len());
                self.scan.passed.push(self.at..end);
                self.at = end;
            }
            '\n' => {
                self.end_word();
                self.end_command();
                self.at += 1;
                self.here_documents();
            }
            ' ' | '\t' | '\r' => {
                self.end_word();
                self.at += 1;
            }
            ';' | '&' | '|' | '(' => {
                self.end_word();
                self.end_command();
                if rest.starts_with("((") {
                    self.open(Context::Whole("))"), 2);
                } else {
                    self.at += 1;
                }
            }
            ')' => {
                self.end_word();
                self.end_command();
                if self.contexts.len() > 1 {
                    self.contexts.pop();
                }
                self.at += 1;
            }
            '<' if rest.starts_with("<<") && !rest.starts_with("<<<") => self.here_tag(),
            '[' if rest.starts_with("[[ ") && self.word.is_empty() => self.open(Context::Whole("]]"), 2),
            _ => self.take(char.len_utf8()),
        }
    }

    /// Takes bytes into the word.
    fn take(&mut self, length: usize) {
        let end = (self.at + length).min(self.text.len());
        let taken = self.text.get(self.at..end).unwrap_or_default();
        if !self.has_equals && taken.starts_with('=') {
            self.has_equals = true;
            let before = self.text.get(self.at.saturating_sub(self.word.len())..self.at).unwrap_or_default();
            let name = before.strip_suffix('+').unwrap_or(before);
            let is_name = !name.is_empty() && name_at(name).len() == name.len();
            self.assigns = (is_name && before == self.word).then_some(name);
        }
        self.word.push_str(taken);
        self.at = end;
    }

    /// Takes a backslash and what stands behind it.
    fn escape(&mut self) {
        let length = self.rest().chars().nth(1).map_or(0, char::len_utf8);
        self.scan.passed.push(self.at + 1..self.at + 1 + length);
        self.take(1 + length);
    }

    fn open(&mut self, context: Context, length: usize) {
        self.word.push('"');
        self.contexts.push(context);
        self.at += length;
    }

    fn close(&mut self, length: usize) {
        self.contexts.pop();
        self.at += length;
    }

    fn dollar(&mut self) {
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with("$((") {
            self.open(Context::Whole("))"), 3);
        } else if rest.starts_with("$(") {
            self.open(Context::Code, 2);
        } else if let Some(inner) = rest.strip_prefix("${") {
            let sigil = inner.len() - inner.trim_start_matches(['#', '!']).len();
            let name = name_at(inner.get(sigil..).unwrap_or_default());
            let after = inner.get(sigil + name.len()..).unwrap_or_default();
            let has_default = after.starts_with([':', '-', '+', '=', '?']);
            let end = start + 2 + sigil + name.len() + usize::from(after.starts_with('}'));
            if (after.starts_with(":=") || after.starts_with('=')) && !name.is_empty() {
                self.scan.sets.insert(name);
            }
            self.read(name, start, end, after.starts_with('}') && sigil == 0, has_default);
            self.word.push('$');
            self.at = end;
            if !after.starts_with('}') {
                let quoted = self.is_whole();
                self.contexts.push(Context::Operand { quoted });
            }
        } else {
            let name = name_at(rest.get(1..).unwrap_or_default());
            let end = start + 1 + name.len();
            self.read(name, start, end, true, false);
            self.word.push('$');
            self.at = end.max(start + 1);
        }
    }

    fn read(&mut self, name: &'t str, start: usize, end: usize, is_plain: bool, has_default: bool) {
        if name.is_empty() {
            return;
        }
        // The right side of `NAME=` is never split.
        let is_split = !self.is_whole() && self.assigns.is_none() && !self.is_kept_by_command();
        let argument_of = self.program();
        self.scan.reads.push(Variable { name, start, end, is_split, is_plain, has_default, argument_of });
    }

    /// The program of the command, if the text here is an argument of it and the command stands in no other construct.
    fn program(&self) -> Option<&'t str> {
        if !matches!(self.contexts.as_slice(), [Context::Code] | [Context::Code, Context::Quoted]) {
            return None;
        }
        let mut words =
            self.words.iter().filter_map(|(start, end)| Some((*start, self.text.get(*start..*end)?)));
        let (start, program) = words.find(|(_, word)| !is_before_program(word))?;
        // Where a word begins is not known if it has quotes or values in it.
        let before = self.text.get(..start)?.chars().next_back();
        before.is_none_or(|char| char.is_whitespace() || ";&|(".contains(char)).then_some(program)
    }

    /// Whether the text here stays one word whatever a value holds.
    fn is_whole(&self) -> bool {
        match self.context() {
            Context::Quoted | Context::Whole(_) => true,
            Context::Operand { quoted } => quoted,
            Context::Code => false,
        }
    }

    /// `case $x in` takes one word, and `for x in $LIST` splits on purpose.
    fn is_kept_by_command(&self) -> bool {
        matches!(self.command_word(0), Some("case" | "for" | "select"))
    }

    fn command_word(&self, at: usize) -> Option<&'t str> {
        let (start, end) = *self.words.get(at)?;
        self.text.get(start..end)
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let start = self.at.saturating_sub(self.word.len());
        self.scan.sets.extend(self.assigns);
        self.words.push((start, self.at));
        self.clear_word();
    }

    fn clear_word(&mut self) {
        self.word.clear();
        self.has_equals = false;
        self.assigns = None;
    }

    /// Notes the variables that a command sets by its arguments.
    fn end_command(&mut self) {
        let words: Vec<&'t str> = (0..self.words.len()).filter_map(|at| self.command_word(at)).collect();
        self.words.clear();
        // `while read -r line` and `if ! read x` set what `read` sets.
        // So does `IFS=, read a b`.
        let from = words.iter().position(|word| !is_before_program(word));
        let Some((command, rest)) = from.and_then(|from| words.get(from..)).and_then(<[_]>::split_first)
        else {
            return;
        };
        match *command {
            "." | "source" | "eval" => self.scan.is_open = true,
            "for" | "select" => self.scan.sets.extend(rest.first()),
            "read" | "export" | "local" | "declare" | "typeset" | "readonly" | "mapfile" | "readarray"
            | "unset" => {
                let names = rest.iter().map(|word| name_at(word)).filter(|name| !name.is_empty());
                self.scan.sets.extend(names);
            }
            "getopts" => self.scan.sets.extend(rest.get(1)),
            "printf" => self.scan.sets.extend(rest.first().filter(|it| **it == "-v").and(rest.get(1))),
            _ => {}
        }
    }

    /// `<<EOF`: notes the tag, so that its body is passed over when the line ends.
    fn here_tag(&mut self) {
        self.end_word();
        let rest = self.rest().trim_start_matches('<').trim_start_matches('-').trim_start();
        self.at = self.text.len() - rest.len();
        let quoted = rest.starts_with(['\'', '"', '\\']);
        let tag = rest.trim_start_matches(['\'', '"', '\\']);
        let tag = name_at(tag);
        let length = rest.find([' ', '\t', '\n', ';', '|', '&', ')']).unwrap_or(rest.len());
        if !tag.is_empty() {
            self.here.push((tag, quoted));
        }
        self.at += length;
    }

    /// Reads the bodies of here-documents; in an unquoted one variables are replaced, and never split.
    fn here_documents(&mut self) {
        for (tag, quoted) in std::mem::take(&mut self.here) {
            while self.at < self.text.len() {
                let line_end = self.rest().find('\n').map_or(self.text.len(), |length| self.at + length + 1);
                let line = self.text.get(self.at..line_end).unwrap_or_default();
                if line.trim() == tag {
                    self.at = line_end;
                    break;
                }
                if !quoted {
                    self.contexts.push(Context::Quoted);
                    while self.at < line_end {
                        match self.rest().chars().next() {
                            Some('$') => self.dollar(),
                            Some('\\') => self.escape(),
                            Some(char) => self.at += char.len_utf8(),
                            None => break,
                        }
                    }
                    self.contexts.truncate(1);
                    self.clear_word();
                }
                self.at = line_end.max(self.at);
            }
        }
    }
}

/// Returns whether a word of a command is an assignment or a keyword, which the program follows.
fn is_before_program(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name_at(name).len() == name.len())
        || matches!(word, "while" | "until" | "if" | "!" | "then" | "do" | "else" | "{")
}

/// Returns the name at the start of a text.
fn name_at(text: &str) -> &str {
    let is_start = |char: char| char.is_ascii_alphabetic() || char == '_';
    if !text.starts_with(is_start) {
        return "";
    }
    let end = text.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::scan;

    #[test]
    fn reads_are_told_split_or_whole() {
        let cases: &[(&str, &[(&str, bool)])] = &[
            ("echo $A \"$B\" '$C'", &[("A", true), ("B", false)]),
            ("X=$A; echo \"${X}\"", &[("A", false), ("X", false)]),
            ("echo \"$(cat $A)\"", &[("A", true)]),
            ("[[ $A == b ]] && echo $((B + $C))", &[("A", false), ("C", false)]),
            ("case $A in b) echo \"$B\";; esac", &[("A", false), ("B", false)]),
            ("for x in $LIST; do echo \"$x\"; done", &[("LIST", false), ("x", false)]),
            ("# $A\necho a#$B", &[("B", true)]),
            ("cat <<EOF\n$A\nEOF\necho $B", &[("A", false), ("B", true)]),
            ("cat <<'EOF'\n$A\nEOF\necho $B", &[("B", true)]),
            ("echo \"${A:-$B}\" \\$C $1 $@ $?", &[("A", false), ("B", false)]),
            ("printf '%s' \"a'$A'\"", &[("A", false)]),
            ("X+=$A a-b=$B a$C=$D", &[("A", false), ("B", true), ("C", true), ("D", true)]),
        ];
        for (text, expected) in cases {
            let scan = scan(text);
            let reads: Vec<(&str, bool)> = scan.reads.iter().map(|it| (it.name, it.is_split)).collect();
            assert_eq!(&reads, expected, "{text}");
        }
    }

    #[test]
    fn what_a_script_sets_is_known() {
        let cases: &[(&str, &[&str])] = &[
            ("A=1; export B=2 C; local D", &["A", "B", "C", "D"]),
            ("while read -r line rest; do :; done", &["line", "rest"]),
            ("for x in a b; do :; done", &["x"]),
            (": \"${A:=b}\"", &["A"]),
            ("A+=1 printf -v OUT '%s' x", &["A"]),
            ("getopts ab: opt", &["opt"]),
            ("for ((k=0; k<3; k++)); do :; done", &["k"]),
            ("IFS=, read -r p q", &["IFS", "p", "q"]),
        ];
        for (text, expected) in cases {
            let sets: Vec<&str> = scan(text).sets.into_iter().collect();
            assert_eq!(&sets, expected, "{text}");
        }
    }
}
