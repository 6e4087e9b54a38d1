//! Applies the mends that come with diagnostics to a text.

use grammar::{Code, Diagnostic, Edit, FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A text after mending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The text.
    pub text: String,
    /// How many mends went into it.
    pub applied: usize,
}

/// How often a text is checked and mended again at most.
pub const MAX_ROUNDS: usize = 10;

/// How many mends are tried by themselves at most, where those of a round do not go together.
pub const MAX_SINGLE: usize = 50;

/// Mends a text, checks what came of it and mends again, until nothing is left to mend.
///
/// Mends of one round that overlap wait for the next, which sees what the first of them made of the text. What makes a
/// text no better is not kept: mends of mistakes of syntax are guesses.
#[must_use]
pub fn mend(text: String, file: FileId, check: impl Fn(&str) -> Vec<Diagnostic>) -> Mended {
    let mut found = check(&text);
    let mut mended = Mended { text, applied: 0 };
    let mut singles = MAX_SINGLE;
    for _ in 0..MAX_ROUNDS {
        let round = apply(&mended.text, file, &found);
        if round.applied == 0 || round.text == mended.text {
            break;
        }
        let after = check(&round.text);
        if is_better(&found, &after) {
            mended = Mended { text: round.text, applied: mended.applied + round.applied };
            found = after;
        } else if round.applied == 1 || !mend_singly(&mut mended, file, &mut found, &mut singles, &check) {
            break;
        }
    }
    mended
}

/// Tries the mends of a round one by one; returns whether one was kept.
///
/// One that is kept moves all behind it, so what is tried next is taken from what is found then; those that were no
/// good are passed over.
fn mend_singly(
    mended: &mut Mended,
    file: FileId,
    found: &mut Vec<Diagnostic>,
    singles: &mut usize,
    check: impl Fn(&str) -> Vec<Diagnostic>,
) -> bool {
    let mut kept = false;
    let mut next = 0;
    while let Some(one) = found.get(next) {
        let single = apply(&mended.text, file, std::slice::from_ref(one));
        if single.applied == 0 || single.text == mended.text {
            next += 1;
            continue;
        }
        let Some(left) = singles.checked_sub(1) else { break };
        *singles = left;
        let after = check(&single.text);
        if is_better(found, &after) {
            *mended = Mended { text: single.text, applied: mended.applied + 1 };
            *found = after;
            kept = true;
        } else {
            next += 1;
        }
    }
    kept
}

/// Returns whether there is less to say than before, and no error of a new kind.
///
/// Warnings count only between two texts with as many errors: some are silent while there are errors.
fn is_better(before: &[Diagnostic], after: &[Diagnostic]) -> bool {
    let count = |all: &[Diagnostic]| {
        let errors = all.iter().filter(|it| it.is_error()).count();
        (errors, all.len() - errors)
    };
    let codes: BTreeSet<Code> = before.iter().map(|it| it.code).collect();
    count(after) < count(before) && after.iter().all(|it| !it.is_error() || codes.contains(&it.code))
}

/// Applies one round of mends. One that touches another file, or the bytes of an earlier one, is left out.
#[must_use]
pub fn apply(text: &str, file: FileId, diagnostics: &[Diagnostic]) -> Mended {
    let mut taken = BTreeMap::new();
    let mut applied = 0;
    for fix in diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()) {
        let fits = |edit: &Edit| edit.span.file == file && text.get(edit.span.range()).is_some();
        if !fix.edits.is_empty() && fix.edits.iter().all(|edit| fits(edit) && is_free(edit, &taken)) {
            for edit in &fix.edits {
                taken.insert((edit.span.start, edit.span.end, taken.len()), edit);
            }
            applied += 1;
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in taken.values() {
        let range = edit.span.range();
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Mended { text: out, applied }
}

/// Replacements by their place; none collides with another of a different mend.
type Taken<'a> = BTreeMap<(u32, u32, usize), &'a Edit>;

/// Looks only at the neighbours of a place, so that a file full of mends is still mended in one sweep.
fn is_free(edit: &Edit, taken: &Taken<'_>) -> bool {
    let until = (edit.span.end, u32::MAX, usize::MAX);
    taken
        .range(..=until)
        .rev()
        .map(|(_, other)| other.span)
        .take_while(|other| other.end >= edit.span.start)
        .all(|other| !collide(edit.span, other))
}

/// Returns whether one replacement could change what the other means: they share bytes, or one inserts at an edge
/// of the other.
fn collide(a: Span, b: Span) -> bool {
    let shares = a.start < b.end && b.start < a.end;
    let touches = a.start <= b.end && b.start <= a.end;
    let inserts = a.start == a.end || b.start == b.end;
    shares || (inserts && touches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: FileId = FileId(0);

    fn diagnostic(start: usize, end: usize, text: &str) -> Diagnostic {
        let span = Span::new(FILE, start, end);
        Diagnostic::new(Code::E0004, "x", span).fix("mend", span, text)
    }

    #[test]
    fn the_first_of_two_that_overlap_wins() {
        let found = [diagnostic(0, 3, "one"), diagnostic(2, 4, "two"), diagnostic(4, 5, "!")];
        let mended = apply("abcde", FILE, &found);
        assert_eq!((mended.text.as_str(), mended.applied), ("oned!", 2));
    }

    #[test]
    fn two_insertions_at_one_place_take_two_rounds() {
        let found = [diagnostic(1, 1, "x"), diagnostic(1, 1, "y"), diagnostic(0, 1, "z")];
        let mended = apply("ab", FILE, &found);
        assert_eq!((mended.text.as_str(), mended.applied), ("axb", 1));
    }

    #[test]
    fn another_file_and_a_place_outside_the_text_are_left_alone() {
        let elsewhere = Span::new(FileId(1), 0, 1);
        let found = [
            Diagnostic::new(Code::E0004, "x", elsewhere).fix("mend", elsewhere, "no"),
            diagnostic(1, 9, "no"),
            diagnostic(2, 3, "no"),
        ];
        assert_eq!(apply("aä", FILE, &found), Mended { text: "aä".to_owned(), applied: 0 });
    }

    #[test]
    fn rounds_go_on_until_nothing_is_left_and_no_longer() {
        // Each `;` is a mistake; how to mend it is known of the first.
        let drop_first = |text: &str| -> Vec<Diagnostic> {
            let mut found: Vec<_> =
                text.match_indices(';').map(|(at, _)| diagnostic(at, at + 1, "")).collect();
            found.iter_mut().skip(1).for_each(|later| later.fix = None);
            found
        };
        assert_eq!(mend("a;b;".to_owned(), FILE, drop_first), Mended { text: "ab".to_owned(), applied: 2 });
        let many = ";".repeat(2 * MAX_ROUNDS);
        assert_eq!(mend(many, FILE, drop_first).applied, MAX_ROUNDS);
        let endless = |_: &str| vec![diagnostic(0, 0, ";")];
        assert_eq!(mend(String::new(), FILE, endless), Mended { text: String::new(), applied: 0 });
    }

    /// Each `;` is to be dropped and each `,` to be made a `!`, which is a mistake of another kind.
    fn good_and_bad(text: &str) -> Vec<Diagnostic> {
        let found = text.char_indices().filter_map(|(at, c)| match c {
            ';' => Some(diagnostic(at, at + 1, "")),
            ',' => Some(diagnostic(at, at + 1, "!")),
            '!' => Some(Diagnostic::new(Code::E0012, "x", Span::new(FILE, at, at + 1))),
            _ => None,
        });
        found.collect()
    }

    #[test]
    fn what_makes_a_new_mistake_is_not_kept() {
        let kept = mend("a,b;c,d;".to_owned(), FILE, good_and_bad);
        assert_eq!(kept, Mended { text: "a,bc,d".to_owned(), applied: 2 });
        let all_bad = ",".repeat(2 * MAX_SINGLE);
        assert_eq!(mend(all_bad.clone(), FILE, good_and_bad), Mended { text: all_bad, applied: 0 });
    }

    #[test]
    fn a_warning_that_an_error_kept_silent_is_no_reason_to_keep_the_error() {
        let check = |text: &str| {
            let found = good_and_bad(text);
            let unused = Diagnostic::new(Code::W0901, "x", Span::new(FILE, 0, 0));
            if found.is_empty() { vec![unused.clone(), unused] } else { found }
        };
        assert_eq!(mend("a;".to_owned(), FILE, check), Mended { text: "a".to_owned(), applied: 1 });
    }

    #[test]
    fn single_tries_are_counted() {
        let tried = std::cell::Cell::new(0);
        let check = |text: &str| {
            tried.set(tried.get() + 1);
            good_and_bad(text)
        };
        let text = ",".repeat(2 * MAX_SINGLE);
        assert_eq!(mend(text.clone(), FILE, check).text, text);
        assert_eq!(tried.get(), 2 + MAX_SINGLE);
    }

    proptest! {
        /// The sweep decides as comparing each pair would.
        #[test]
        fn neighbours_are_enough(places in prop::collection::vec((0usize..20, 0usize..4), 0..20)) {
            let text = "abcdefghijklmnopqrstuvwxyz";
            let found: Vec<_> = places.iter().map(|(at, len)| diagnostic(*at, at + len, "_")).collect();
            let mut taken: Vec<Span> = Vec::new();
            for one in &found {
                if taken.iter().all(|other| !collide(one.primary.span, *other)) {
                    taken.push(one.primary.span);
                }
            }
            let removed: usize = taken.iter().map(|span| span.range().len()).sum();
            let mended = apply(text, FILE, &found);
            prop_assert_eq!(mended.applied, taken.len());
            prop_assert_eq!(mended.text.len(), text.len() - removed + taken.len());
        }
    }
}
