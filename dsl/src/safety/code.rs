//! Which argument a program would run as code: a value there would decide what happens.

use super::{special, wrapper};
use engine::{
    expression::{Expr, Item, Part},
    plan::Argument,
    value::Value,
};
use grammar::tree::{self, ExprKind, Piece};

/// What is known about an argument before the run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Known<'a> {
    /// All of it.
    Whole(&'a str),
    /// How it begins; a value follows.
    Begin(&'a str),
    /// Nothing, but it is one argument.
    One,
    /// Nothing, not even how many arguments there are.
    Many,
}

/// An argument as a program would see it, and the element of the list that it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a> {
    pub(super) known: Known<'a>,
    pub(super) element: usize,
}

/// How a program treats its code.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Style {
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
struct Reader {
    program: &'static str,
    style: Style,
    code: &'static str,
    long_code: &'static [&'static str],
    /// Options whose value is the next argument, if it is not joined to the letter.
    valued: &'static str,
    long_valued: &'static [&'static str],
    /// Options whose value is only ever joined to the letter.
    joined: &'static str,
}

const SHELL: Reader = Reader {
    program: "sh",
    style: Style::Switch,
    code: "c",
    long_code: &[],
    valued: "oO",
    long_valued: &["--rcfile", "--init-file"],
    joined: "",
};

const READERS: &[Reader] = &[
    SHELL,
    Reader { program: "bash", ..SHELL },
    Reader { program: "dash", ..SHELL },
    Reader { program: "ash", ..SHELL },
    Reader { program: "zsh", ..SHELL },
    Reader { program: "ksh", ..SHELL },
    Reader {
        program: "fish",
        style: Style::Repeats,
        code: "cC",
        long_code: &["--command", "--init-command"],
        valued: "dfDo",
        ..SHELL
    },
    Reader {
        program: "su",
        style: Style::Anywhere,
        long_code: &["--command", "--session-command"],
        valued: "sgGwT",
        long_valued: &["--shell", "--group", "--supp-group", "--whitelist-environment"],
        ..SHELL
    },
    Reader { program: "python", style: Style::Ends, valued: "WXmQ", ..SHELL },
    Reader { program: "pypy", style: Style::Ends, valued: "WXmQ", ..SHELL },
    Reader { program: "perl", style: Style::Repeats, code: "eE", valued: "", joined: "CDFIMimVx", ..SHELL },
    Reader { program: "ruby", style: Style::Repeats, code: "e", valued: "CEIr", joined: "FKTWix", ..SHELL },
    Reader {
        program: "node",
        style: Style::Repeats,
        code: "ep",
        long_code: &["--eval", "--print"],
        valued: "rC",
        long_valued: &["--require", "--import", "--conditions", "--loader"],
        ..SHELL
    },
    Reader { program: "bun", style: Style::Repeats, code: "ep", long_code: &["--eval", "--print"], ..SHELL },
    Reader {
        program: "php",
        style: Style::Repeats,
        code: "rBRE",
        long_code: &["--run", "--process-begin", "--process-code", "--process-end"],
        valued: "cdfFtSz",
        ..SHELL
    },
    Reader { program: "lua", style: Style::Repeats, code: "e", valued: "l", ..SHELL },
    Reader { program: "osascript", style: Style::Repeats, code: "e", valued: "ls", ..SHELL },
    Reader {
        program: "pwsh",
        style: Style::Rest,
        code: "",
        long_code: &["-c", "-Command", "-command", "-EncodedCommand"],
        valued: "",
        long_valued: &["-ExecutionPolicy", "-WorkingDirectory", "-OutputFormat", "-InputFormat", "-Version"],
        ..SHELL
    },
    Reader {
        program: "ssh",
        style: Style::Rest,
        code: "",
        valued: "BbcDEeFIiJLlmOopQRSWw",
        long_valued: &[],
        ..SHELL
    },
];

/// Programs that start another one, which stands somewhere among their arguments.
const WRAPPERS: &[&str] = &[
    "sudo", "doas", "env", "nice", "ionice", "nohup", "timeout", "xargs", "parallel", "time", "setsid",
    "stdbuf", "busybox", "toybox", "docker", "podman", "kubectl", "nerdctl", "lxc", "nsenter", "unshare",
    "chroot", "flatpak", "runuser", "find", "flock", "watch", "strace", "command", "exec", "script",
];

/// Lays a list of arguments out as the words that the program sees, as far as they are known.
pub(crate) fn words<'a>(arguments: impl Iterator<Item = &'a Argument>) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    for (element, argument) in arguments.enumerate() {
        match argument {
            Argument::One(expr) => words.push(Word { known: known(expr), element }),
            Argument::Spread(list) => spread(list, element, &mut words),
        }
    }
    words
}

/// Lays one argument out as it is written, where it has no value because something is wrong with it or its neighbours.
pub(crate) fn written_word(element: usize, item: &tree::Item) -> Word<'_> {
    let known = match &item.value.kind {
        _ if item.spread => Known::Many,
        ExprKind::Text(text) => match text.pieces.as_slice() {
            [] => Known::Whole(""),
            [Piece::Chars { text, .. }] => Known::Whole(text),
            [Piece::Chars { text, .. }, ..] => Known::Begin(text),
            [Piece::Value(_), ..] => Known::One,
        },
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) => Known::Whole("0"),
        _ => Known::One,
    };
    Word { known, element }
}

/// Returns the element that a program would run as code although it is not written out, and how to say it:
/// `sh -c`, `ssh host`.
pub(crate) fn code_operand(program: &str, words: &[Word]) -> Option<(usize, String)> {
    if let Some(found) = by_itself(program, words) {
        return Some(found);
    }
    let name = base(program);
    if name == "eval" {
        let word = words.iter().find(|word| word.is_open())?;
        return Some((word.element, "eval".to_owned()));
    }
    if !WRAPPERS.contains(&name) {
        return None;
    }
    if let Some(found) = wrapper::open_program(program, words) {
        return Some(found);
    }
    let mut entries = wrapper::entry_point(program, words).into_iter();
    if let Some(found) = entries.find_map(|(entry, rest)| by_itself(entry, rest)) {
        return Some(found);
    }
    let mut rest = words;
    let mut split = (name == "env").then_some(false);
    while let Some((word, behind)) = rest.split_first() {
        rest = behind;
        match (word.known, split) {
            (_, Some(true)) if word.is_open() => return Some((word.element, "env -S".to_owned())),
            (Known::Begin(text), Some(_))
                if text.starts_with("-S") || text.starts_with("--split-string=") =>
            {
                return Some((word.element, "env -S".to_owned()));
            }
            _ => {}
        }
        let Known::Whole(text) = word.known else {
            split = split.map(|_| false);
            continue;
        };
        let written = match split {
            Some(true) => Some(text),
            Some(false) => text.strip_prefix("--split-string=").or_else(|| text.strip_prefix("-S")),
            None => None,
        };
        if let Some(written) = written.filter(|written| !written.is_empty()) {
            // `env` makes words of it, and goes on with them.
            let element = word.element;
            let inner = written.split_whitespace().map(|word| Word { known: Known::Whole(word), element });
            let inner: Vec<Word> = inner.chain(rest.iter().copied()).collect();
            return code_operand("env", &inner);
        }
        let found = by_itself(text, rest).or_else(|| wrapper::open_program(text, rest));
        if found.is_some() {
            return found;
        }
        // Another `env` behind `sudo` starts anew.
        split = if base(text) == "env" {
            Some(false)
        } else {
            let is_split =
                matches!(text, "-S" | "--split-string") || (is_cluster(text) && text.ends_with('S'));
            split.map(|_| is_split)
        };
    }
    None
}

/// Looks at a program that reads code itself.
fn by_itself(program: &str, words: &[Word]) -> Option<(usize, String)> {
    special::code_operand(program, words).or_else(|| reader(program)?.look(words))
}

fn known(expr: &Expr) -> Known<'_> {
    match expr {
        Expr::Literal(Value::Text(text)) => Known::Whole(text),
        // A number or the like is no option and no code.
        Expr::Literal(_) => Known::Whole("0"),
        Expr::Text(parts) => match parts.first() {
            Some(Part::Chars(text)) => Known::Begin(text),
            Some(Part::Value(_)) | None => Known::One,
        },
        _ => Known::One,
    }
}

/// Lays out a list that is spread: its elements where the list is written out.
fn spread<'a>(list: &'a Expr, element: usize, words: &mut Vec<Word<'a>>) {
    match list {
        Expr::Literal(Value::List(values)) => words.extend(values.iter().map(|value| match value {
            Value::Text(text) => Word { known: Known::Whole(text), element },
            _ => Word { known: Known::Whole("0"), element },
        })),
        Expr::List(items) => {
            for item in items {
                match item {
                    Item::One(expr) => words.push(Word { known: known(expr), element }),
                    Item::Spread(inner) => spread(inner, element, words),
                }
            }
        }
        _ => words.push(Word { known: Known::Many, element }),
    }
}

fn reader(program: &str) -> Option<&'static Reader> {
    let name = base(program);
    // `python3.12` reads what `python` reads.
    let plain = name.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.' || char == '-');
    READERS.iter().find(|reader| reader.program == name || reader.program == plain)
}

pub(super) fn base(program: &str) -> &str {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    name.strip_suffix(".exe").unwrap_or(name)
}

pub(super) fn is_cluster(text: &str) -> bool {
    text.len() > 1 && text.starts_with('-') && !text.starts_with("--")
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

impl Word<'_> {
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.known, Known::Whole(_))
    }
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
            "perl" | "ruby" | "node" | "bun" | "lua" | "osascript" => "-e",
            "php" => "-r",
            "ssh" => "host",
            _ => "-c",
        }
    }
}
