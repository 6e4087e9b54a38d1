//! What holds for every text: it parses, its tokens cover it, and the parser and `skynet.pest` agree on it.

use crate::programs::{damaged, soup, valid};
use grammar::{Code, FileId, Parsed, Style, limit, token::TokenKind};
use pest::Parser;
use proptest::prelude::*;

mod oracle {
    #[derive(pest_derive::Parser)]
    #[grammar = "skynet.pest"]
    pub(super) struct Oracle;
}

/// Reads a text and checks what must hold for any.
fn read(text: &str) -> Parsed {
    let parsed = grammar::parse(FileId(3), text);
    let mut end = 0;
    for token in parsed.tree.tokens() {
        assert_eq!(token.span.start, end, "a gap or an overlap in {text:?}");
        assert!(token.span.end > token.span.start, "an empty token in {text:?}");
        end = token.span.end;
    }
    assert_eq!(end as usize, text.len());
    assert_eq!(parsed.tree.print(), text);
    for pair in parsed.tree.statements.windows(2) {
        assert!(pair[0].span().start <= pair[1].span().start, "{text:?}");
    }
    let mut last = 0;
    for (number, diagnostic) in parsed.diagnostics.iter().enumerate() {
        let places = [&diagnostic.primary].into_iter().chain(&diagnostic.others).map(|label| label.span);
        let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        for span in places.chain(edits) {
            assert!(text.get(span.range()).is_some(), "{diagnostic:?} in {text:?}");
            assert_eq!(span.file, FileId(3), "{diagnostic:?}");
        }
        assert!(last <= diagnostic.primary.span.start);
        last = diagnostic.primary.span.start;
        assert!(!diagnostic.message.contains('\n'), "{diagnostic:?}");
        assert!(diagnostic.help.as_ref().is_some_and(|help| !help.contains('\n')), "{diagnostic:?}");
        if number > 2 {
            // Drawing takes far longer than parsing.
            continue;
        }
        let drawn = grammar::render(diagnostic, &|_| Some(("a.skynet", text)), Style::Plain);
        assert!(drawn.lines().all(|line| line.trim_end() == line), "{drawn:?}");
    }
    parsed
}

fn is_valid(parsed: &Parsed) -> bool {
    parsed.diagnostics.iter().all(|it| it.code == Code::E0316)
}

fn oracle_accepts(text: &str) -> bool {
    oracle::Oracle::parse(oracle::Rule::file, text).is_ok()
}

/// Returns whether brackets nest so deep that the parser may refuse what the oracle takes.
fn is_deep(parsed: &Parsed) -> bool {
    let opens = parsed.tree.tokens().iter().filter(|token| {
        matches!(
            token.kind,
            TokenKind::OpenBrace
                | TokenKind::OpenBracket
                | TokenKind::OpenParen
                | TokenKind::OpenValue
                | TokenKind::Question
        )
    });
    opens.count() > limit::MAX_DEPTH
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_parses(text in "\\PC*") {
        read(&text);
    }

    #[test]
    fn any_heap_of_tokens_parses(text in soup()) {
        let parsed = read(&text);
        prop_assert!(is_deep(&parsed) || is_valid(&parsed) == oracle_accepts(&text), "{:#?}", parsed.diagnostics);
    }

    #[test]
    fn valid_programs_have_no_diagnostics(text in valid()) {
        let parsed = read(&text);
        prop_assert!(oracle_accepts(&text), "the oracle refuses {text}");
        prop_assert!(is_deep(&parsed) || is_valid(&parsed), "{text}\n{:#?}", parsed.diagnostics);
    }

    #[test]
    fn parser_and_oracle_agree_on_damaged_programs(text in damaged()) {
        let parsed = read(&text);
        let accepts = oracle_accepts(&text);
        prop_assert!(
            is_deep(&parsed) || is_valid(&parsed) == accepts,
            "the oracle accepts: {accepts}\n{text}\n{:#?}",
            parsed.diagnostics
        );
    }
}

#[test]
fn the_cases_agree_with_the_oracle() {
    for (folder, text) in crate::cases::cases() {
        let parsed = read(&text);
        let limits = parsed.diagnostics.iter().any(|it| it.code == Code::E0017);
        assert!(limits || is_valid(&parsed) == oracle_accepts(&text), "{}", folder.display());
    }
}
