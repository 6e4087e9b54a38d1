//! Programs that read code where a rule of their own says: behind an option, in a setting, or as an operand.

mod table;

use super::code::{Known, Word, base};
pub(super) use table::TOOLS;

/// A program that reads code in such places. Letters are short options, without the dash.
pub(super) struct Tool {
    /// Its name, or several parted by `|`.
    pub(super) program: &'static str,
    /// Words that come first, each with its alternatives parted by `|`; without them the row says nothing.
    pub(super) verbs: &'static str,
    /// Options whose value is code.
    pub(super) code: &'static str,
    pub(super) long_code: &'static [&'static str],
    /// Options whose value is a setting, `key=value`.
    pub(super) settings: &'static str,
    pub(super) long_settings: &'static [&'static str],
    /// The keys whose value is code, in small letters; one that ends in `.` stands for all that begin so.
    pub(super) keys: &'static [&'static str],
    /// Options whose value is data.
    pub(super) valued: &'static str,
    pub(super) long_valued: &'static [&'static str],
    /// Options whose value is only ever joined to the letter.
    pub(super) joined: &'static str,
    /// Which operands are code.
    pub(super) operands: Operands,
    /// Options with which no operand is code.
    pub(super) unless: &'static str,
    pub(super) long_unless: &'static [&'static str],
    /// Words behind which all is data.
    pub(super) until: &'static [&'static str],
    /// The operand, counted from 0, behind which no option of its own comes.
    pub(super) last: usize,
}

/// Which operands are code, counted from 0.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Operands {
    None,
    At(usize),
    From(usize),
}

/// What the value of an option is.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Meaning {
    Code,
    Setting,
    Data,
}

/// An option, as it stands in a word.
struct Given<'a> {
    meaning: Meaning,
    shown: String,
    /// Its value, if that stands in the same word.
    joined: Option<&'a str>,
}

/// Returns the element that such a program would run as code although it is not written out.
pub(super) fn code_operand(program: &str, words: &[Word]) -> Option<(usize, String)> {
    let name = base(program);
    rows(name).find_map(|tool| tool.look(name, words))
}

/// Returns whether a program reads code in places of its own.
pub(super) fn is_tool(program: &str) -> bool {
    rows(base(program)).next().is_some()
}

fn rows(name: &str) -> impl Iterator<Item = &'static Tool> {
    TOOLS.iter().filter(move |tool| tool.program.split('|').any(|known| known == name))
}

impl Tool {
    fn look(&self, name: &str, words: &[Word]) -> Option<(usize, String)> {
        let mut shown = vec![name];
        let mut rest = words;
        for verb in self.verbs.split_whitespace() {
            let is_verb = |word: &Word| matches!(word.known, Known::Whole(text) if verb.split('|').any(|it| it == text));
            let at = rest.iter().position(is_verb)?;
            shown.extend(rest.get(at).map(Word::begin));
            rest = rest.get(at + 1..)?;
        }
        let (word, option) = self.first(rest)?;
        shown.extend(Some(&*option).filter(|option| !option.is_empty()));
        Some((word.element, shown.join(" ")))
    }

    /// Returns the first word that is code and not written out, and the option that makes it code.
    fn first<'a, 'w>(&self, words: &'w [Word<'a>]) -> Option<(&'w Word<'a>, String)> {
        let mut rest = words.iter();
        let (mut options, mut all_data) = (true, false);
        let mut operand = 0;
        while let Some(word) = rest.next() {
            let text = word.begin();
            if !word.is_open() && self.until.contains(&text) {
                return None;
            }
            if options && text == "--" && !word.is_open() {
                options = false;
            } else if options && text.starts_with('-') && (text.len() > 1 || word.is_open()) {
                all_data |= self.makes_data(text);
                let Some(given) = self.option(text, word.is_open()) else { continue };
                let (value, begin) = match given.joined {
                    Some(joined) => (word, joined),
                    // A value goes on where the option ends.
                    None if word.is_open() => (word, ""),
                    None => {
                        let next = rest.next()?;
                        (next, next.begin())
                    }
                };
                let is_code = match given.meaning {
                    Meaning::Code => true,
                    Meaning::Setting => self.may_be_code(begin),
                    Meaning::Data => false,
                };
                if is_code && value.is_open() {
                    return Some((value, given.shown));
                }
            } else {
                let is_code = match self.operands {
                    Operands::None => false,
                    Operands::At(at) => operand == at || (operand < at && word.known == Known::Many),
                    Operands::From(at) => operand >= at || word.known == Known::Many,
                };
                if is_code && !all_data && word.is_open() {
                    return Some((word, String::new()));
                }
                options &= operand < self.last;
                operand += 1;
            }
        }
        None
    }

    /// Returns the option that takes a value in this word or the next; none for switches.
    fn option<'a>(&self, text: &'a str, is_open: bool) -> Option<Given<'a>> {
        let (name, joined) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let long = [
            (Meaning::Code, self.long_code),
            (Meaning::Setting, self.long_settings),
            (Meaning::Data, self.long_valued),
        ];
        let is_unfinished = is_open && joined.is_none();
        for (meaning, names) in long {
            if names.contains(&name) {
                return Some(Given { meaning, shown: name.to_owned(), joined });
            }
            // `--e${x}` may become `--eval=…`.
            let near =
                names.iter().find(|it| is_unfinished && name.starts_with("--") && it.starts_with(name));
            if let (Meaning::Code | Meaning::Setting, Some(near)) = (meaning, near) {
                return Some(Given { meaning, shown: (*near).to_owned(), joined: None });
            }
        }
        if text.starts_with("--") {
            return None;
        }
        for (at, letter) in text.char_indices().skip(1) {
            let behind = text.get(at + letter.len_utf8()..).filter(|behind| !behind.is_empty());
            if self.joined.contains(letter) {
                return None;
            }
            let letters =
                [(Meaning::Code, self.code), (Meaning::Setting, self.settings), (Meaning::Data, self.valued)];
            if let Some((meaning, _)) = letters.into_iter().find(|(_, letters)| letters.contains(letter)) {
                return Some(Given { meaning, shown: format!("-{letter}"), joined: behind });
            }
        }
        // Letters follow that nobody knows.
        let letter = self.code.chars().next().filter(|_| is_open)?;
        Some(Given { meaning: Meaning::Code, shown: format!("-{letter}"), joined: None })
    }

    /// Returns whether an option is one with which no operand is code.
    fn makes_data(&self, text: &str) -> bool {
        let name = text.split('=').next().unwrap_or(text);
        if text.starts_with("--") || self.long_unless.contains(&name) {
            return self.long_unless.contains(&name);
        }
        let takes_value = |letter: char| {
            [self.code, self.valued, self.joined].into_iter().any(|letters| letters.contains(letter))
        };
        let letters: Vec<char> = text.chars().skip(1).collect();
        let end = letters.iter().position(|letter| takes_value(*letter)).unwrap_or(letters.len());
        letters.iter().take(end + 1).any(|letter| self.unless.contains(*letter))
    }

    /// Returns whether a setting that begins so says, or may come to say, what is run.
    fn may_be_code(&self, setting: &str) -> bool {
        let key = setting.split(['=', ' ']).next().unwrap_or_default().to_ascii_lowercase();
        let is_whole = setting.contains(['=', ' ']);
        self.keys.iter().any(|known| {
            *known == key
                || (known.ends_with('.') && key.starts_with(known))
                || (!is_whole && known.starts_with(&key))
        })
    }
}
