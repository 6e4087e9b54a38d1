//! Programs that start another one: which word that is, if it can be told.

use super::code::{Known, Word, base, is_cluster};

/// A program that starts another one, which stands behind its own options and operands.
struct Wrapper {
    program: &'static str,
    /// Options whose value is the next argument.
    valued: &'static str,
    long_valued: &'static [&'static str],
    /// How many operands of its own come first.
    operands: usize,
}

const PLAIN: Wrapper = Wrapper { program: "nohup", valued: "", long_valued: &[], operands: 0 };

const WRAPPERS: &[Wrapper] = &[
    PLAIN,
    Wrapper {
        program: "sudo",
        valued: "CDghpRrtTUu",
        long_valued: &["--user", "--group", "--host", "--prompt", "--chdir", "--chroot", "--role", "--type"],
        ..PLAIN
    },
    Wrapper { program: "doas", valued: "Cu", ..PLAIN },
    Wrapper {
        program: "env",
        valued: "uCS",
        long_valued: &["--unset", "--chdir", "--split-string"],
        ..PLAIN
    },
    Wrapper { program: "nice", valued: "n", long_valued: &["--adjustment"], ..PLAIN },
    Wrapper {
        program: "ionice",
        valued: "cnpPu",
        long_valued: &["--class", "--classdata", "--pid", "--pgid", "--uid"],
        ..PLAIN
    },
    Wrapper { program: "timeout", valued: "ks", long_valued: &["--kill-after", "--signal"], operands: 1 },
    Wrapper { program: "time", valued: "fo", long_valued: &["--format", "--output"], ..PLAIN },
    Wrapper { program: "setsid", ..PLAIN },
    Wrapper { program: "stdbuf", valued: "ioe", long_valued: &["--input", "--output", "--error"], ..PLAIN },
    Wrapper {
        program: "xargs",
        valued: "adEILnPs",
        long_valued: &[
            "--arg-file",
            "--delimiter",
            "--max-lines",
            "--max-args",
            "--max-procs",
            "--max-chars",
            "--replace",
        ],
        ..PLAIN
    },
    Wrapper { program: "chroot", operands: 1, ..PLAIN },
];

/// Programs that start another one in a container, and have an option for that.
const CONTAINERS: &[&str] = &["docker", "podman", "nerdctl"];

/// Returns the element that names the program which a wrapper starts, if a value does.
pub(super) fn open_program(program: &str, words: &[Word]) -> Option<(usize, String)> {
    let name = base(program);
    let found = |word: &Word| Some((word.element, name.to_owned()));
    if CONTAINERS.contains(&name)
        && let Entry::Open(word) = entry(words)
    {
        return found(word);
    }
    if name == "kubectl" || CONTAINERS.contains(&name) {
        let mut behind = words.iter().skip_while(|word| !matches!(word.known, Known::Whole("--"))).skip(1);
        return behind.next().filter(|word| word.is_open()).and_then(found);
    }
    let wrapper = WRAPPERS.iter().find(|wrapper| wrapper.program == name)?;
    let mut operands = wrapper.operands;
    let mut rest = words.iter();
    let mut options = true;
    while let Some(word) = rest.next() {
        let text = match word.known {
            Known::Many => return found(word),
            Known::Whole(text) | Known::Begin(text) => text,
            Known::One => "",
        };
        if name == "env" && (text.starts_with("-S") || text.starts_with("--split-string")) {
            // What it splits is looked at word by word.
            return None;
        }
        if options && text == "--" && !word.is_open() {
            options = false;
        } else if options && text.starts_with('-') {
            let takes_next = wrapper.long_valued.contains(&text)
                || (is_cluster(text)
                    && text.chars().next_back().is_some_and(|last| wrapper.valued.contains(last))
                    && !text.chars().skip(1).take(text.len() - 2).any(|char| wrapper.valued.contains(char)));
            if takes_next && !word.is_open() {
                rest.next();
            }
        } else if name == "env" && text.contains('=') {
            // A variable, whatever its value.
        } else if operands > 0 {
            operands -= 1;
            options = false;
        } else {
            return if word.is_open() { found(word) } else { None };
        }
    }
    None
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

/// Returns the program that a container begins with by its `--entrypoint`, and the words it might be given: those from
/// each option on, as the name of the image stands among them.
pub(super) fn entry_point<'a, 'w>(program: &str, words: &'w [Word<'a>]) -> Vec<(&'a str, &'w [Word<'a>])> {
    let Entry::Program(entry, behind) = entry(words) else { return Vec::new() };
    if !CONTAINERS.contains(&base(program)) {
        return Vec::new();
    }
    let is_option = |word: &Word| matches!(word.known, Known::Whole(text) if text.starts_with('-'));
    (0..behind.len())
        .filter_map(|at| behind.get(at..))
        .filter(|rest| rest.first().is_some_and(is_option))
        .map(|rest| (entry, rest))
        .collect()
}
