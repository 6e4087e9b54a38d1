//! What is known of programs, as data: the rows, and how they are found.

mod code;
mod files;
mod harmless;
mod machine;
mod services;
mod shell;

use super::finding::Finding;
use crate::plan::Risk::{self, Critical, High, Medium};
use std::{collections::BTreeMap, sync::LazyLock};

/// What is known of one use of a program. Of all rows that match, the highest risk counts; if none does, the use is
/// medium.
pub(super) struct Row {
    pub(super) program: &'static str,
    /// What the operands begin with: for each a word, or several with `|` between; `*` at the end stands for any rest.
    pub(super) words: &'static str,
    /// What else must hold, all of it.
    pub(super) when: &'static [When],
    pub(super) risk: Risk,
    pub(super) why: &'static str,
}

/// A condition on arguments.
pub(super) enum When {
    /// One of these options is given.
    Option(&'static [&'static str]),
    /// None of these options is given.
    Without(&'static [&'static str]),
    /// One of these options has one of these values.
    Value(&'static [&'static str], &'static [&'static str]),
    /// One of these options has another value than these.
    ValueOtherThan(&'static [&'static str], &'static [&'static str]),
    /// An operand starts with one of these.
    Operand(&'static [&'static str]),
    /// The last operand starts with one of these.
    Last(&'static [&'static str]),
    /// An operand is the root, a folder directly below it, or a home.
    TopLevel,
    /// An argument contains one of these.
    Text(&'static [&'static str]),
    /// An argument is not known before the step runs.
    Unknown,
    /// There are more operands than this.
    MoreOperandsThan(usize),
}

/// The options of a program that may stand before its subcommand.
pub(super) struct Globals {
    program: &'static str,
    /// Those that take the next word as their value, here or anywhere else.
    pub(super) valued: &'static [&'static str],
    /// Those that take none.
    pub(super) flags: &'static [&'static str],
    /// Whether a word with a leading `+` chooses a toolchain.
    pub(super) skips_plus: bool,
}

/// Programs that go by the rows of another.
const SAME: &[(&str, &str)] = &[
    ("ash", "sh"),
    ("dash", "sh"),
    ("egrep", "grep"),
    ("fgrep", "grep"),
    ("gawk", "awk"),
    ("gsed", "sed"),
    ("gtar", "tar"),
    ("ksh", "sh"),
    ("mariadb", "mysql"),
    ("mawk", "awk"),
    ("microk8s.kubectl", "kubectl"),
    ("nawk", "awk"),
    ("nerdctl", "docker"),
    ("nodejs", "node"),
    ("oc", "kubectl"),
    ("pnpm", "npm"),
    ("podman", "docker"),
    ("tofu", "terraform"),
    ("yarn", "npm"),
    ("zsh", "sh"),
];

/// All rows; those of a program stand together.
const ROWS: &[&[Row]] = &[code::ROWS, files::ROWS, machine::ROWS, services::ROWS, shell::ROWS];

const GLOBALS: &[&[Globals]] = &[code::GLOBALS, services::GLOBALS];

const NO_GLOBALS: Globals = Globals { program: "", valued: &[], flags: &[], skips_plus: false };

/// What is known of a program.
#[derive(Clone, Copy, Default)]
pub(super) struct Known {
    /// Whether it only looks, unless a row says more of one of its uses.
    pub(super) is_harmless: bool,
    pub(super) rows: &'static [Row],
    /// Whether its arguments are read by code of their own.
    is_special: bool,
}

impl Known {
    /// Returns whether anything is known of it at all.
    pub(super) fn is_any(&self) -> bool {
        self.is_harmless || self.is_special || !self.rows.is_empty()
    }
}

/// All tables by program.
static KNOWN: LazyLock<BTreeMap<&'static str, Known>> = LazyLock::new(|| {
    let mut known: BTreeMap<_, Known> = BTreeMap::new();
    for rows in ROWS.iter().flat_map(|rows| rows.chunk_by(|a, b| a.program == b.program)) {
        if let Some(row) = rows.first() {
            known.entry(row.program).or_default().rows = rows;
        }
    }
    for program in harmless::GROUPS.iter().flat_map(|group| group.iter()) {
        known.entry(program).or_default().is_harmless = true;
    }
    for program in super::command::special_programs() {
        known.entry(program).or_default().is_special = true;
    }
    known
});

/// Finds what is known of a program, and the name it is known by: without its folder or version, or that of the
/// program it stands in for.
pub(super) fn find(program: &str) -> (&str, Known) {
    let name = program.rsplit('/').next().unwrap_or(program);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let family = name.split_once('.').map_or(name, |(family, _)| family);
    let plain = family.trim_end_matches(|c: char| c.is_ascii_digit());
    for name in [name, family, plain] {
        let same = SAME.binary_search_by_key(&name, |(other, _)| other).ok().and_then(|at| SAME.get(at));
        let name = same.map_or(name, |(_, name)| *name);
        if let Some(known) = KNOWN.get(name) {
            return (name, *known);
        }
    }
    (name, Known::default())
}

/// Returns what is known of a program's options.
pub(super) fn globals(name: &str) -> &'static Globals {
    GLOBALS.iter().flat_map(|all| all.iter()).find(|globals| globals.program == name).unwrap_or(&NO_GLOBALS)
}

/// Returns options of which each takes the next word.
pub(super) const fn options_of(valued: &'static [&'static str]) -> Globals {
    globals_of("", valued, &[])
}

/// Judges that a command writes to a path.
pub(super) fn written(path: &str) -> Finding {
    let within = |folders: &[&str]| folders.iter().any(|folder| path.starts_with(folder));
    let of_step = path.starts_with("$SKYNET_OUT/") && !path.contains("..");
    if of_step
        || path.starts_with("/dev/fd/")
        || matches!(path, "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty")
    {
        Finding::LOW
    } else if within(files::DISKS) {
        Finding::new(Critical, files::DISK)
    } else if within(files::SYSTEM) {
        Finding::new(High, files::SYSTEM_FILE)
    } else {
        Finding::new(Medium, files::CHANGES)
    }
}

/// Judges that a script sets a variable: `NAME=…`.
pub(super) fn assigned(assignment: &str) -> Finding {
    let steers = machine::STEERING.iter().any(|name| assignment.starts_with(name));
    if steers { Finding::new(Medium, machine::STEERS) } else { Finding::LOW }
}

const fn row(
    program: &'static str,
    words: &'static str,
    when: &'static [When],
    risk: Risk,
    why: &'static str,
) -> Row {
    Row { program, words, when, risk, why }
}

const fn globals_of(
    program: &'static str,
    valued: &'static [&'static str],
    flags: &'static [&'static str],
) -> Globals {
    Globals { program, valued, flags, skips_plus: false }
}

#[cfg(test)]
mod tests {
    use super::{GLOBALS, ROWS, SAME, find, harmless};
    use std::collections::BTreeSet;

    #[test]
    fn rows_are_sorted_and_a_program_is_in_one_table() {
        let mut seen = BTreeSet::new();
        for rows in ROWS {
            assert!(rows.is_sorted_by_key(|row| row.program));
            let programs: BTreeSet<_> = rows.iter().map(|row| row.program).collect();
            for program in programs {
                assert!(seen.insert(program), "{program} is in two tables");
            }
        }
        for group in harmless::GROUPS {
            assert!(group.is_sorted(), "{group:?}");
        }
    }

    #[test]
    fn every_row_has_a_reason_and_words_that_can_match() {
        for row in ROWS.iter().flat_map(|rows| rows.iter()) {
            assert!(!row.why.is_empty() && !row.why.ends_with('.'), "{}", row.program);
            for words in row.words.split_whitespace() {
                assert!(words.split('|').all(|word| !word.is_empty()), "{} {words}", row.program);
            }
            assert_eq!(find(row.program).0, row.program, "another name wins over it");
        }
    }

    #[test]
    fn what_stands_in_for_a_program_leads_to_one_that_is_known() {
        assert!(SAME.is_sorted());
        for (other, name) in SAME {
            assert!(find(name).1.is_any() && find(other).0 == *name, "{other}");
        }
        for globals in GLOBALS.iter().flat_map(|all| all.iter()) {
            assert!(find(globals.program).1.is_any(), "{}", globals.program);
        }
        for (program, name) in [
            ("/usr/bin/python3.12", "python"),
            ("mkfs.ext4", "mkfs"),
            ("pip3", "pip"),
            ("sha256sum", "sha256sum"),
        ] {
            assert_eq!(find(program).0, name);
        }
    }
}
