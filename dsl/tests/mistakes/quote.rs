//! A quote that is missing, wherever it stood, is one error on its own line.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases")]

use crate::project::files;
use grammar::{Diagnostic, FileId, token::TokenKind};
use std::{cmp::Reverse, fs};

/// Each quote of each example is taken away in turn.
#[test]
fn each_quote_of_the_examples_can_be_missing() {
    let (mut all, mut mended, mut wrong) = (0, 0, String::new());
    for path in files("examples", "skynet") {
        let text = fs::read_to_string(&path).unwrap();
        if !compile(&text).is_empty() {
            continue;
        }
        let tree = grammar::parse(FileId(0), &text).tree;
        for quote in tree.tokens().iter().filter(|token| token.kind == TokenKind::Quote) {
            let mut torn = text.clone();
            torn.replace_range(quote.span.range(), "");
            let line = line_of(&torn, quote.span.start);
            if is_comment(&torn, line) {
                continue;
            }
            let written = torn.lines().nth(line).unwrap();
            let found = compile(&torn);
            all += 1;
            let [only] = found.as_slice() else {
                wrong += &format!("{written}\n  gives {:?}\n", codes(&found));
                continue;
            };
            if line_of(&torn, only.primary.span.start) != line {
                wrong += &format!("{written}\n  {} is said elsewhere\n", only.code);
            }
            if only.fix.is_some() {
                let after = compile(&fixed(&torn, only));
                if after.len() > 1 {
                    wrong += &format!("{written}\n  the fix leaves {:?}\n", codes(&after));
                }
                mended += usize::from(after.is_empty());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(all > 400 && mended * 100 > all * 90, "{mended} of {all} are mended");
}

/// Returns whether a `#` of the text, without its first quote, starts a comment: then nothing tells of a quote.
fn is_comment(torn: &str, line: usize) -> bool {
    let tree = grammar::parse(FileId(0), torn).tree;
    let comments = tree.tokens().iter().filter(|token| token.kind == TokenKind::Comment);
    comments
        .filter(|token| line_of(torn, token.span.start) == line)
        .any(|token| torn[token.span.range()].matches('"').count() % 2 == 1)
}

fn compile(text: &str) -> Vec<Diagnostic> {
    dsl::compile("main.skynet", text, &dsl::NoImports).diagnostics
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|it| it.code.as_str()).collect()
}

fn line_of(text: &str, at: u32) -> usize {
    text[..at as usize].matches('\n').count()
}

fn fixed(text: &str, diagnostic: &Diagnostic) -> String {
    let mut edits = diagnostic.fix.clone().unwrap().edits;
    edits.sort_by_key(|edit| Reverse(edit.span.start));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}
