//! Interpreters: programs that read code from an argument because an option says so, and how their options are read.

mod table;

use super::code::{Known, Word, base, is_cluster};
pub(super) use table::READERS;

/// How a program treats its code.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Style {
    /// The option is a switch: the first operand is code.
    Switch,
    /// The code is the value of the option, and ends the options.
    Ends,
    /// The code is the value of an option that may come again.
    Repeats,
    /// As `Repeats`, and options may stand behind operands.
    Anywhere,
    /// Everything behind the option is code.
    Rest,
}

/// A program that reads code from an argument. Letters are short options, without the dash.
pub(super) struct Reader {
    pub(super) program: &'static str,
    pub(super) style: Style,
    pub(super) code: &'static str,
    pub(super) long_code: &'static [&'static str],
    /// Options whose value is the next argument, if it is not joined to the letter.
    pub(super) valued: &'static str,
    pub(super) long_valued: &'static [&'static str],
    /// Options whose value is only ever joined to the letter.
    pub(super) joined: &'static str,
}

/// Returns the element that an interpreter would run as code although it is not written out.
pub(super) fn code_operand(program: &str, words: &[Word]) -> Option<(usize, String)> {
    reader(program)?.look(words)
}

/// Returns whether a program is an interpreter.
pub(super) fn is_reader(program: &str) -> bool {
    reader(program).is_some()
}

fn reader(program: &str) -> Option<&'static Reader> {
    let name = base(program);
    // `python3.12` reads what `python` reads.
    let plain = name.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.' || char == '-');
    READERS.iter().find(|reader| reader.program == name || reader.program == plain)
}

/// Returns whether an argument is `-m` of Python, alone or among letters.
fn names_module(text: &str) -> bool {
    is_cluster(text) && text.chars().find(|letter| "cmWXQ".contains(*letter)) == Some('m')
}

/// What the letters of one argument ask for.
enum Letters {
    /// The next argument is code, or the first operand is.
    Code,
    /// The rest of this argument is code.
    Joined,
    /// The next argument is the value of an option; the flag says whether code was asked for as well.
    Value { code: bool },
    /// The rest of this argument is the value of an option.
    Own,
    /// Switches, nothing else.
    Plain,
}

impl Reader {
    fn look(&self, words: &[Word]) -> Option<(usize, String)> {
        let mut rest = words;
        // The option that asked for code, where the code is the first operand.
        let mut switch: Option<&str> = None;
        // Whether an argument that may be anything has gone by.
        let mut open = false;
        let is_ssh = self.program == "ssh";
        let say = |word: &Word, option: &str| Some((word.element, format!("{} {option}", self.program)));
        let usual = self.usual();
        loop {
            let (word, behind) = rest.split_first()?;
            rest = behind;
            let text = match word.known {
                Known::Whole(text) => text,
                Known::Many => return say(word, switch.unwrap_or(usual)),
                Known::One | Known::Begin(_) if switch.is_some() => {
                    return say(word, switch.unwrap_or(usual));
                }
                Known::One if is_ssh => return self.remote(rest),
                // `-x` here would make the next argument code.
                Known::One if open => return say(word, usual),
                Known::One => {
                    open = true;
                    continue;
                }
                Known::Begin(text) => {
                    if text.starts_with("--") && text.contains('=') {
                        let option = text.split('=').next().unwrap_or(text);
                        if self.long_code.contains(&option) {
                            return say(word, option);
                        }
                        continue;
                    }
                    if text.starts_with('-') {
                        if text.len() > 1
                            && matches!(self.letters(text), Letters::Own | Letters::Value { code: false })
                        {
                            continue;
                        }
                        return say(word, usual);
                    }
                    if is_ssh {
                        return self.remote(rest);
                    }
                    if self.style == Style::Anywhere {
                        continue;
                    }
                    return if open { say(word, usual) } else { None };
                }
            };
            if self.long_code.contains(&text) {
                if let Some(found) = self.code(rest, text) {
                    return Some(found);
                }
                if self.style != Style::Repeats && self.style != Style::Anywhere {
                    return None;
                }
                rest = rest.get(1..)?;
            } else if self.long_valued.contains(&text) {
                rest = rest.get(1..)?;
            } else if text == "--" {
                let word = rest.first()?;
                return match switch {
                    Some(option) if word.is_open() => say(word, option),
                    _ if is_ssh => self.remote(rest.get(1..)?),
                    _ => None,
                };
            } else if self.style == Style::Ends && names_module(text) {
                // What follows belongs to the module.
                return None;
            } else if is_cluster(text) || (self.style == Style::Switch && text.starts_with('+')) {
                match self.letters(text) {
                    Letters::Code if self.style == Style::Switch => switch = Some(text),
                    Letters::Code => {
                        if let Some(found) = self.code(rest, text) {
                            return Some(found);
                        }
                        if self.style == Style::Ends {
                            return None;
                        }
                        rest = rest.get(1..)?;
                    }
                    Letters::Joined if self.style == Style::Ends => return None,
                    Letters::Value { code } => {
                        if code {
                            switch = Some(text);
                        }
                        rest = rest.get(1..)?;
                    }
                    Letters::Joined | Letters::Own | Letters::Plain => {}
                }
            } else if text.starts_with("--") || self.style == Style::Anywhere {
                // A switch, or the name of a user.
            } else if is_ssh {
                return self.remote(rest);
            } else {
                // An operand: what follows belongs to the script.
                return None;
            }
        }
    }

    /// Returns the code behind an option, unless it is written out.
    fn code(&self, rest: &[Word], option: &str) -> Option<(usize, String)> {
        let end = if self.style == Style::Rest { rest.len() } else { 1 };
        let word = rest.iter().take(end).find(|word| word.is_open())?;
        Some((word.element, format!("{} {option}", self.program)))
    }

    /// Looks behind the host of `ssh`: options may follow, and then everything is read by the remote shell.
    fn remote(&self, mut rest: &[Word]) -> Option<(usize, String)> {
        while let Some((Word { known: Known::Whole(text), .. }, behind)) = rest.split_first()
            && is_cluster(text)
        {
            let skipped = usize::from(matches!(self.letters(text), Letters::Value { .. }));
            rest = behind.get(skipped..)?;
        }
        self.code(rest, "host")
    }

    fn letters(&self, text: &str) -> Letters {
        let mut code = false;
        for (at, letter) in text.char_indices().skip(1) {
            let rest = text.get(at + letter.len_utf8()..).unwrap_or_default();
            if self.style == Style::Switch {
                // Letters of a shell may stand in any order; values follow behind all of them.
                code |= self.code.contains(letter);
                if rest.is_empty() && text.get(1..).is_some_and(|all| all.contains(['o', 'O'])) {
                    return Letters::Value { code };
                }
            } else if self.code.contains(letter) {
                let more = rest.chars().all(|char| self.code.contains(char));
                return if more { Letters::Code } else { Letters::Joined };
            } else if self.joined.contains(letter) || (self.valued.contains(letter) && !rest.is_empty()) {
                return Letters::Own;
            } else if self.valued.contains(letter) {
                return Letters::Value { code };
            }
        }
        if code { Letters::Code } else { Letters::Plain }
    }

    /// The usual way to hand code over, for a message.
    fn usual(&self) -> &'static str {
        match self.program {
            "perl" | "ruby" | "node" | "bun" | "lua" | "luajit" | "osascript" | "Rscript" | "R" | "julia"
            | "elixir" | "groovy" => "-e",
            "entr" => "-s",
            "php" => "-r",
            "ssh" => "host",
            _ => "-c",
        }
    }
}
