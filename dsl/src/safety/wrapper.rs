//! Programs that start another one: which word that is, if it can be told.

mod table;

use super::code::{Known, Word, base, is_cluster};
pub(super) use table::WRAPPERS;

/// A program that starts another one.
pub(super) struct Wrapper {
    /// Its name, or several parted by `|`.
    pub(super) program: &'static str,
    pub(super) start: Start,
    /// Options whose value is the next argument.
    pub(super) valued: &'static str,
    pub(super) long_valued: &'static [&'static str],
    /// Whether variables may stand before the program: `A=b`.
    pub(super) assigns: bool,
}

/// Where the program stands that is started.
#[derive(Clone, Copy)]
pub(super) enum Start {
    /// Behind the options of the wrapper, and so many operands.
    Operand(usize),
    /// Behind each of these words, up to one of those.
    Behind(&'static [&'static str], &'static [&'static str]),
    /// Behind `--` if there is one, else nobody can tell.
    Dashes,
    /// Nobody can tell.
    Somewhere,
}

/// Programs that start another one in a container, and have an option for that.
const CONTAINERS: &[&str] = &["docker", "podman", "nerdctl"];

/// How many options are tried as the first one behind an image.
const MAX_OPTIONS: usize = 512;

/// What a program starts, and with which words.
pub(super) enum Started<'a, 'w> {
    /// Nothing that is known.
    Nothing,
    /// What the value of this element says.
    Open(usize),
    /// A program that is written out.
    Program(&'a str, &'w [Word<'a>]),
    /// One of these words.
    Somewhere(&'w [Word<'a>]),
    /// Several programs.
    Each(Vec<(&'a str, &'w [Word<'a>])>),
    /// A program in a container: what it may be given, and the words among which another one may stand.
    Entered { program: &'a str, given: Vec<&'w [Word<'a>]>, among: &'w [Word<'a>] },
    /// What the words of a text say, which comes from this element, and the words behind it.
    Split { text: &'a str, element: usize, behind: &'w [Word<'a>] },
}

/// Returns whether a program starts another one.
pub(super) fn is_wrapper(program: &str) -> bool {
    find(base(program)).is_some()
}

fn find(name: &str) -> Option<&'static Wrapper> {
    WRAPPERS.iter().find(|wrapper| wrapper.program.split('|').any(|known| known == name))
}

/// Returns what a program starts.
pub(super) fn started<'a, 'w>(program: &str, words: &'w [Word<'a>]) -> Started<'a, 'w> {
    let name = base(program);
    let Some(wrapper) = find(name) else { return Started::Nothing };
    if CONTAINERS.contains(&name) {
        return in_container(words);
    }
    match wrapper.start {
        Start::Operand(operands) => wrapper.operand(name, operands, words),
        Start::Behind(markers, ends) => behind(markers, ends, words),
        Start::Dashes => behind_dashes(words).unwrap_or(Started::Somewhere(words)),
        Start::Somewhere => Started::Somewhere(words),
    }
}

impl Wrapper {
    fn operand<'a, 'w>(&self, name: &str, mut operands: usize, words: &'w [Word<'a>]) -> Started<'a, 'w> {
        let mut rest = words;
        let mut options = true;
        // Whether an option went by that may have taken the next word.
        let mut unsure = false;
        while let Some((word, behind)) = rest.split_first() {
            let from_here = rest;
            rest = behind;
            if word.known == Known::Many {
                return Started::Open(word.element);
            }
            let text = word.begin();
            if options && text == "--" && !word.is_open() {
                options = false;
            } else if options && text.starts_with('-') {
                if name == "env"
                    && let Some(split) = split(word, text, rest)
                {
                    return split;
                }
                let is_long = text.starts_with("--");
                let takes_next = self.long_valued.contains(&text) || (!is_long && self.ends_valued(text));
                if takes_next && !word.is_open() {
                    rest = rest.get(1..).unwrap_or_default();
                }
                unsure |= is_long && !takes_next && !text.contains('=');
            } else if self.assigns && text.contains('=') {
                // A variable, whatever its value.
            } else if operands > 0 {
                operands -= 1;
                options = false;
            } else {
                return match word.known {
                    Known::Whole(_) if unsure => Started::Somewhere(from_here),
                    Known::Whole(text) => Started::Program(text, rest),
                    Known::Begin(_) | Known::One | Known::Many => Started::Open(word.element),
                };
            }
        }
        Started::Nothing
    }

    /// Returns whether the last letter of a cluster takes the next word.
    fn ends_valued(&self, text: &str) -> bool {
        let first = text.char_indices().skip(1).find(|(_, letter)| self.valued.contains(*letter));
        is_cluster(text) && first.is_some_and(|(at, letter)| at + letter.len_utf8() == text.len())
    }
}

/// Returns what an option of `env` has it split, if it is that one.
fn split<'a, 'w>(word: &Word<'a>, text: &'a str, rest: &'w [Word<'a>]) -> Option<Started<'a, 'w>> {
    let joined = match text.strip_prefix("--split-string") {
        Some(joined) => joined.strip_prefix('=').unwrap_or(joined),
        None => text.get(1..).filter(|_| is_cluster(text))?.split_once('S')?.1,
    };
    if word.is_open() {
        return Some(Started::Open(word.element));
    }
    if !joined.is_empty() {
        return Some(Started::Split { text: joined, element: word.element, behind: rest });
    }
    let (next, behind) = rest.split_first()?;
    Some(match next.known {
        Known::Whole(text) => Started::Split { text, element: next.element, behind },
        Known::Begin(_) | Known::One | Known::Many => Started::Open(next.element),
    })
}

fn behind<'a, 'w>(markers: &[&str], ends: &[&str], words: &'w [Word<'a>]) -> Started<'a, 'w> {
    let is_one_of =
        |word: &Word, texts: &[&str]| matches!(word.known, Known::Whole(text) if texts.contains(&text));
    let mut commands = Vec::new();
    let mut rest = words;
    while let Some(at) = rest.iter().position(|word| is_one_of(word, markers)) {
        let command = rest.get(at + 1..).unwrap_or_default();
        let end = command.iter().position(|word| is_one_of(word, ends)).unwrap_or(command.len());
        let (command, behind) = command.split_at_checked(end).unwrap_or((command, &[]));
        rest = behind;
        match command.split_first() {
            Some((Word { known: Known::Whole(program), .. }, words)) => commands.push((*program, words)),
            Some((word, _)) => return Started::Open(word.element),
            None => {}
        }
    }
    Started::Each(commands)
}

fn behind_dashes<'a, 'w>(words: &'w [Word<'a>]) -> Option<Started<'a, 'w>> {
    let at = words.iter().position(|word| matches!(word.known, Known::Whole("--")))?;
    let (word, behind) = words.get(at + 1..)?.split_first()?;
    Some(match word.known {
        Known::Whole(program) => Started::Program(program, behind),
        Known::Begin(_) | Known::One | Known::Many => Started::Open(word.element),
    })
}

/// What a container starts may be said by `--entrypoint`; otherwise it stands behind the name of the image.
fn in_container<'a, 'w>(words: &'w [Word<'a>]) -> Started<'a, 'w> {
    match entry(words) {
        Entry::Open(word) => Started::Open(word.element),
        Entry::Program(program, behind) => Started::Entered { program, given: entered(behind), among: words },
        Entry::Missing => match behind_dashes(words) {
            Some(Started::Open(element)) => Started::Open(element),
            _ => Started::Somewhere(words),
        },
    }
}

/// What `--entrypoint` says.
enum Entry<'a, 'w> {
    Missing,
    /// A program that is written out, and what stands behind it.
    Program(&'a str, &'w [Word<'a>]),
    Open(&'w Word<'a>),
}

fn entry<'a, 'w>(words: &'w [Word<'a>]) -> Entry<'a, 'w> {
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        rest = behind;
        match (word.known, behind.split_first()) {
            (Known::Whole("--entrypoint"), Some((program, behind))) => {
                return match program.known {
                    Known::Whole(text) => Entry::Program(text, behind),
                    Known::Begin(_) | Known::One | Known::Many => Entry::Open(program),
                };
            }
            (Known::Whole(text), _) => {
                if let Some(program) = text.strip_prefix("--entrypoint=") {
                    return Entry::Program(program, behind);
                }
            }
            (Known::Begin(text), _) if text.starts_with("--entrypoint=") => return Entry::Open(word),
            (Known::Begin(_) | Known::One | Known::Many, _) => {}
        }
    }
    Entry::Missing
}

/// Returns what the program of `--entrypoint` might be given: the words from each option on, as the name of the image
/// stands among them.
fn entered<'a, 'w>(behind: &'w [Word<'a>]) -> Vec<&'w [Word<'a>]> {
    let is_option = |word: &Word| matches!(word.known, Known::Whole(text) if text.starts_with('-'));
    (0..behind.len())
        .filter_map(|at| behind.get(at..))
        .filter(|rest| rest.first().is_some_and(is_option))
        .take(MAX_OPTIONS)
        .collect()
}
