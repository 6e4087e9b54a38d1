//! The arguments of a command, told apart as most programs do it.

use super::{
    finding::HOLE,
    table::{Globals, When},
};

/// Arguments by their kind.
pub(super) struct Args<'a> {
    all: &'a [String],
    operands: Vec<&'a str>,
    /// Options, with the word that follows where the option takes one.
    options: Vec<(&'a str, Option<&'a str>)>,
    /// How many operands stand before the first option that is not known: what follows it may be its value.
    certain: usize,
}

impl<'a> Args<'a> {
    /// Tells them apart by what is known of the program's options.
    pub(super) fn new(all: &'a [String], globals: &Globals) -> Self {
        let mut args = Self { all, operands: Vec::new(), options: Vec::new(), certain: usize::MAX };
        let mut words = all.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if word == "--" {
                args.operands.extend(words.by_ref());
            } else if word.len() > 1 && word.starts_with('-') {
                let name = word.split('=').next().unwrap_or(word);
                if !globals.valued.contains(&name) && !globals.flags.contains(&name) {
                    args.certain = args.certain.min(args.operands.len());
                }
                let value = takes_next(globals.valued, word).then(|| words.next()).flatten();
                args.options.push((word, value));
            } else if !(args.operands.is_empty() && globals.skips_plus && word.starts_with('+')) {
                args.operands.push(word);
            }
        }
        args
    }

    /// Returns the operands.
    pub(super) fn operands(&self) -> &[&'a str] {
        &self.operands
    }

    /// Returns whether all that is asked is the version, or help.
    pub(super) fn asks_for_help(&self) -> bool {
        matches!(self.all, [word] if matches!(word.as_str(), "--version" | "--help" | "-V"))
    }

    /// Returns whether the operands begin with these words: one or more alternatives for each operand. If it must be
    /// certain, no option may stand among them that could take one of them as its value.
    pub(super) fn begin_with(&self, words: &str, certain: bool) -> bool {
        words.split_ascii_whitespace().enumerate().all(|(position, alternatives)| {
            let operand = self.operands.get(position).copied().unwrap_or_default();
            let fitting = !operand.is_empty() && alternatives.split('|').any(|word| fits(word, operand));
            fitting && (!certain || position < self.certain)
        })
    }

    /// Returns whether a condition holds.
    pub(super) fn fulfil(&self, when: &When) -> bool {
        match *when {
            When::Option(options) => options.iter().any(|option| self.has_option(option)),
            When::Without(options) => !options.iter().any(|option| self.has_option(option)),
            When::Value(options, values) => {
                options.iter().flat_map(|option| self.values(option)).any(|value| is_one_of(value, values))
            }
            When::ValueOtherThan(options, values) => {
                options.iter().flat_map(|option| self.values(option)).any(|value| !is_one_of(value, values))
            }
            When::Operand(starts) => {
                self.operands.iter().any(|operand| starts.iter().any(|start| operand.starts_with(start)))
            }
            When::Last(starts) => {
                self.operands.last().is_some_and(|last| starts.iter().any(|start| last.starts_with(start)))
            }
            When::TopLevel => self.operands.iter().any(|operand| is_top_level(operand)),
            When::Text(texts) => self.all.iter().any(|word| texts.iter().any(|text| word.contains(text))),
            When::Unknown => self.all.iter().any(|word| word.contains(HOLE)),
            When::MoreOperandsThan(count) => self.operands.len() > count,
        }
    }

    /// Returns whether an option is given: `-r` also in `-rf`, `--recursive` also as `--rec` or with a value.
    pub(super) fn has_option(&self, option: &str) -> bool {
        self.options.iter().any(|(given, _)| {
            if let Some(letter) = one_letter(option) {
                return letters(given).contains(letter);
            }
            let name = given.split('=').next().unwrap_or(given);
            name == option || (option.starts_with("--") && name.len() > 3 && option.starts_with(name))
        })
    }

    /// Returns the values given for an option: `-X v`, `-Xv`, `-sX v`, `--request v` or `--request=v`.
    pub(super) fn values(&self, option: &str) -> impl Iterator<Item = &'a str> {
        self.options.iter().filter_map(move |&(given, value)| {
            if given == option {
                return value;
            }
            match one_letter(option) {
                Some(letter) => match letters(given).split_once(letter)? {
                    (_, "") => value,
                    (_, attached) => Some(attached),
                },
                None => given.strip_prefix(option)?.strip_prefix('='),
            }
        })
    }
}

/// Returns whether the word after an option is its value: `-X`, `--request`, and `-sX` too.
fn takes_next(valued: &[&str], word: &str) -> bool {
    let last = letters(word).chars().next_back();
    valued.contains(&word)
        || valued.iter().any(|option| one_letter(option).is_some_and(|letter| last == Some(letter)))
}

/// Returns the letter of an option that has only one.
fn one_letter(option: &str) -> Option<char> {
    let mut rest = option.strip_prefix('-')?.chars();
    let letter = rest.next().filter(|&letter| letter != '-')?;
    rest.next().is_none().then_some(letter)
}

/// Returns the letters of a word like `-rf`; none of one like `--force`.
fn letters(word: &str) -> &str {
    word.strip_prefix('-').filter(|letters| !letters.starts_with('-')).unwrap_or_default()
}

fn is_one_of(value: &str, values: &[&str]) -> bool {
    values.iter().any(|known| known.eq_ignore_ascii_case(value))
}

fn fits(pattern: &str, word: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => word.starts_with(start) && !word.contains(HOLE),
        None => word == pattern,
    }
}

/// Returns whether a path is the root, a folder directly below it, or somebody's home.
fn is_top_level(path: &str) -> bool {
    if matches!(path, "~" | "~/" | "~/*") {
        return true;
    }
    let Some(rest) = path.strip_prefix('/') else { return false };
    let mut names: Vec<_> = rest.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    if names.last() == Some(&"*") {
        names.pop();
    }
    let up = names.iter().filter(|name| **name == "..").count();
    names.len() <= 1 + 2 * up
}
