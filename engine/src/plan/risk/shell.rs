//! Scripts of the shell: which commands they hold, and with which words.
//!
//! This is enough of a shell's grammar to know where a command begins: quotes, expansions, substitutions, lists,
//! compound commands, functions and heredocs. What a substitution prints and a variable holds stays a hole. Every
//! character is read once, and nesting is bounded.

mod word;

use super::{
    command::{self, Input, is_assignment},
    finding::{HOLE, Look},
    python, sql, table,
};
use crate::plan::Risk::{High, Medium};
use word::{Word, ends_word};

/// Looks at a script.
pub(super) fn read(look: &mut Look, code: &str) {
    Reader { text: code, at: 0, look, bodies: Vec::new() }.commands(Until::End);
}

/// Where a list of commands ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// With the text.
    End,
    /// At `)`.
    Paren,
}

/// A command that is being read.
#[derive(Default)]
struct Command {
    words: Vec<String>,
    heredocs: Vec<Heredoc>,
}

/// A text that follows the line.
struct Heredoc {
    delimiter: String,
    /// Whether tabs before its lines do not count.
    strips_tabs: bool,
    /// Whether nothing in it is expanded.
    is_literal: bool,
}

/// A place in the text of a script.
struct Reader<'t, 'l> {
    text: &'t str,
    at: usize,
    look: &'l mut Look,
    /// Heredocs that begin after this line, with what becomes of them.
    bodies: Vec<(Heredoc, Input)>,
}

impl<'t> Reader<'t, '_> {
    /// Reads commands and looks at each.
    fn commands(&mut self, until: Until) {
        let mut command = Command::default();
        let mut cases = 0_usize;
        let mut before_pattern = false;
        loop {
            self.skip_blanks();
            if before_pattern {
                before_pattern = false;
                cases = cases.saturating_sub(usize::from(self.pattern()));
                continue;
            }
            let Some(c) = self.peek() else { break };
            match c {
                '\n' => {
                    self.bump();
                    self.end(&mut command);
                    self.heredocs();
                }
                ';' => {
                    self.bump();
                    self.end(&mut command);
                    before_pattern = self.take(";&") || self.take(";") || self.take("&");
                    before_pattern &= cases > 0;
                }
                '&' if self.rest().starts_with("&>") => self.redirect(&mut command),
                '&' | '|' => {
                    self.bump();
                    let _ = self.take("&") || self.take("|");
                    self.end(&mut command);
                }
                '(' => self.open(&mut command),
                ')' => {
                    self.bump();
                    self.end(&mut command);
                    if until == Until::Paren {
                        return;
                    }
                }
                '<' | '>' => self.redirect(&mut command),
                '#' => self.skip_line(),
                _ => {
                    let word = self.word();
                    if self.case(&word, &command) {
                        cases += 1;
                        before_pattern = true;
                    } else if word.text == "esac" && command.words.is_empty() {
                        cases = cases.saturating_sub(1);
                    } else {
                        self.push(&mut command, word);
                    }
                }
            }
        }
        self.end(&mut command);
    }

    /// Looks at a command that is complete.
    fn end(&mut self, command: &mut Command) {
        let Command { words, heredocs } = std::mem::take(command);
        let input = command::judge(self.look, &words, !heredocs.is_empty());
        self.bodies.extend(heredocs.into_iter().map(|heredoc| (heredoc, input)));
    }

    /// Adds a word to a command, unless it belongs to the grammar.
    fn push(&mut self, command: &mut Command, word: Word) {
        let is_descriptor = !word.is_quoted && word.text.bytes().all(|byte| byte.is_ascii_digit());
        if is_descriptor && self.rest().starts_with(['<', '>']) {
            return;
        }
        if command.words.is_empty() {
            if is_assignment(&word.text) {
                self.look.note(table::assigned(&word.text));
                return;
            }
            match word.text.as_str() {
                _ if word.is_quoted => {}
                "!" | "{" | "}" | "coproc" | "do" | "done" | "elif" | "else" | "fi" | "if" | "then"
                | "until" | "while" => return,
                "function" => {
                    self.skip_blanks();
                    let name = self.word().text;
                    self.look.functions.insert(name);
                    self.skip_blanks();
                    self.empty_parens();
                    return;
                }
                "[[" if self.look.is_bash => self.double_brackets(),
                _ => {}
            }
        }
        command.words.push(word.text);
    }

    /// Reads `case word in`, if this word begins one.
    fn case(&mut self, word: &Word, command: &Command) -> bool {
        if word.is_quoted || word.text != "case" || !command.words.is_empty() {
            return false;
        }
        for _ in 0..2 {
            self.skip_space();
            self.word();
        }
        true
    }

    /// Reads the pattern of a case up to `)`; returns whether there was `esac` instead.
    fn pattern(&mut self) -> bool {
        self.skip_space();
        let after = self.rest().strip_prefix("esac");
        if after.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '|'))
        {
            self.at += "esac".len();
            return true;
        }
        self.take("(");
        self.group();
        false
    }

    /// Reads what begins with `(`: a function, arithmetic, or commands.
    fn open(&mut self, command: &mut Command) {
        if let [name] = command.words.as_slice()
            && name != "for"
            && self.empty_parens()
        {
            self.look.functions.insert(name.clone());
            command.words.clear();
        } else if (self.look.is_bash || command.words.first().is_some_and(|word| word == "for"))
            && self.take("((")
        {
            self.nested(Self::arithmetic);
        } else {
            self.bump();
            self.nested(|reader| reader.commands(Until::Paren));
        }
    }

    /// Skips `()`, if it is next.
    fn empty_parens(&mut self) -> bool {
        let inside = self.rest().strip_prefix('(').map(|rest| rest.trim_start_matches([' ', '\t']));
        let Some(after) = inside.and_then(|rest| rest.strip_prefix(')')) else { return false };
        self.at = self.text.len() - after.len();
        true
    }

    /// Reads to the `))` that ends arithmetic.
    fn arithmetic(&mut self) {
        let mut open = 2_usize;
        let mut after_close = false;
        while let Some(c) = self.peek() {
            let closes = c == ')';
            match c {
                '$' => self.dollar(&mut String::new(), true),
                '`' => self.backticks(),
                '\\' => {
                    self.bump();
                    self.bump();
                }
                '"' => {
                    self.bump();
                    self.quoted(Some('"'), &mut String::new());
                }
                '(' => {
                    self.bump();
                    open += 1;
                }
                ')' => {
                    self.bump();
                    open -= 1;
                    if open == 0 {
                        if !after_close {
                            self.look.raise(High, "the script cannot be read with certainty");
                        }
                        return;
                    }
                }
                _ => self.bump(),
            }
            after_close = closes;
        }
    }

    /// Reads a test up to `]]`, in which signs do not end a command.
    fn double_brackets(&mut self) {
        loop {
            self.skip_space();
            match self.peek() {
                None => return,
                Some(_) if self.take("]]") => return,
                Some(c) if ends_word(c) => self.bump(),
                Some(_) => {
                    // Its operands are evaluated once more: the index of a name, and what is counted with.
                    let word = self.word();
                    if word.text.contains(['`']) || word.text.contains("$(") {
                        self.look.raise(Medium, "the shell may run what stands in the name of a variable");
                    }
                }
            }
        }
    }

    /// Reads words up to `)`.
    fn group(&mut self) {
        loop {
            self.skip_space();
            match self.peek() {
                None => return,
                Some(')') => return self.bump(),
                Some(c) if ends_word(c) => self.bump(),
                Some(_) => {
                    self.word();
                }
            }
        }
    }

    /// Reads a redirection.
    fn redirect(&mut self, command: &mut Command) {
        if self.take("<(") || self.take(">(") {
            self.nested(|reader| reader.commands(Until::Paren));
            command.words.push(HOLE.to_string());
            return;
        }
        if self.take("<<<") {
            self.target();
        } else if self.take("<<") {
            let strips_tabs = self.take("-");
            let word = self.target();
            command.heredocs.push(Heredoc { delimiter: word.text, strips_tabs, is_literal: word.is_quoted });
        } else if self.take("<&") || self.take("<>") || self.take("<") {
            self.target();
        } else if self.take(">&") {
            let word = self.target();
            if word.text != "-" && !word.text.bytes().all(|byte| byte.is_ascii_digit()) {
                self.look.note(table::written(&word.text));
            }
        } else {
            let _ =
                self.take("&>>") || self.take("&>") || self.take(">>") || self.take(">|") || self.take(">");
            let word = self.target();
            self.look.note(table::written(&word.text));
        }
    }

    fn target(&mut self) -> Word {
        self.skip_blanks();
        self.word()
    }

    /// Reads the bodies of heredocs that begin here.
    fn heredocs(&mut self) {
        for (heredoc, input) in std::mem::take(&mut self.bodies) {
            let body = self.body(&heredoc);
            if !heredoc.is_literal {
                let mut reader = Reader { text: body, at: 0, look: self.look, bodies: Vec::new() };
                reader.quoted(None, &mut String::new());
            }
            match input {
                Input::Data => {}
                Input::Shell { is_bash } => self.look.inside(|look| {
                    look.is_bash = is_bash;
                    read(look, body);
                }),
                Input::Python => self.look.note(python::read(body)),
                Input::Sql => self.look.note(sql::read(body)),
            }
        }
    }

    /// Takes the lines up to the delimiter.
    fn body(&mut self, heredoc: &Heredoc) -> &'t str {
        let start = self.at;
        let text = self.text;
        while self.at < text.len() {
            let rest = text.get(self.at..).unwrap_or_default();
            let (line, length) =
                rest.split_once('\n').map_or((rest, rest.len()), |(line, _)| (line, line.len() + 1));
            let end = self.at;
            self.at += length;
            let bare = if heredoc.strips_tabs { line.trim_start_matches('\t') } else { line };
            if bare == heredoc.delimiter {
                return text.get(start..end).unwrap_or_default();
            }
        }
        text.get(start..).unwrap_or_default()
    }
}
