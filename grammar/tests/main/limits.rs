//! The limits hold: sizes, depth and height are bounded for any input, and so is the stack.

use grammar::{Code, FileId, Origin, Parsed, limit, tree};

fn codes(parsed: &Parsed) -> Vec<Code> {
    parsed.diagnostics.iter().map(|it| it.code).collect()
}

fn parse(text: &str) -> Parsed {
    grammar::parse(FileId(0), text)
}

fn setting(value: &str) -> String {
    format!("skynet 1\nworkflow w {{\n  description = {value}\n}}\n")
}

#[test]
fn a_file_over_the_limit_is_one_token_and_one_diagnostic() {
    let text = "#".repeat(limit::MAX_FILE_BYTES + 1);
    let parsed = parse(&text);
    assert_eq!(codes(&parsed), [Code::E0018]);
    assert_eq!(parsed.tree.tokens().len(), 1);
    assert_eq!(parsed.tree.print(), text);
    assert!(parsed.tree.statements.is_empty());
}

#[test]
fn text_from_a_network_has_a_lower_limit() {
    let text = format!("skynet 1\n{}", "#".repeat(limit::MAX_NETWORK_BYTES));
    assert_eq!(codes(&parse(&text)), []);
    assert_eq!(codes(&grammar::parse_from(FileId(0), &text, Origin::Network)), [Code::E0018]);
}

#[test]
fn bytes_are_text_or_a_diagnostic() {
    let read = |bytes: &[u8], origin| grammar::decode(FileId(2), bytes, origin).map(str::to_owned);
    assert_eq!(read(b"skynet 1", Origin::Disk).unwrap(), "skynet 1");
    let found = read(b"one\ntwo \xFF three", Origin::Disk).unwrap_err();
    assert_eq!(found.code, Code::E0019);
    assert_eq!(found.message, "line 2 is not UTF-8 text: byte 0xFF at offset 8");
    assert_eq!(found.primary.span, grammar::Span::new(FileId(2), 8, 8));
    let found = read(&"skynet 1".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), Origin::Disk);
    assert_eq!(
        found.unwrap(),
        "s\0k\0y\0n\0e\0t\0 \x001\0",
        "without a mark it is text, and E0016 to the parser"
    );
    let found = read(b"\xFF\xFEs\0k\0", Origin::Disk).unwrap_err();
    assert!(found.help.unwrap().contains("UTF-16"));
    let found = read(&vec![b'a'; limit::MAX_NETWORK_BYTES + 1], Origin::Network).unwrap_err();
    assert_eq!(found.code, Code::E0018);
}

#[test]
fn what_nests_too_deep_is_one_diagnostic() {
    let many = 20_000;
    for (open, inner, close) in [
        ("[", "1", "]"),
        ("(", "1", ")"),
        ("{ a = ", "1", "}"),
        ("f(", "1", ")"),
        ("a[", "1", "]"),
        ("\"${", "1", "}\""),
        ("[for x in [1] : ", "1", "]"),
        ("a ? ", "1", " : b"),
    ] {
        let value = format!("{}{inner}{}", open.repeat(many), close.repeat(many));
        let parsed = parse(&setting(&value));
        assert_eq!(codes(&parsed)[..1], [Code::E0017], "{open}");
        assert!(codes(&parsed).len() < 3, "{open} {:?}", codes(&parsed));
        // Whatever was left open swallows the rest; that must be no problem either.
        parse(&setting(&open.repeat(many)));
    }
    let bodies = format!("skynet 1\n{}{}", "a {\n".repeat(many), "}\n".repeat(many));
    assert_eq!(codes(&parse(&bodies)), [Code::E0017]);
    let types =
        format!("skynet 1\nworkflow w {{ param x: {}int{} }}\n", "list(".repeat(many), ")".repeat(many));
    assert_eq!(codes(&parse(&types)), [Code::E0017]);
}

#[test]
fn what_is_just_deep_enough_is_fine() {
    // One level is the body of the workflow.
    let most = limit::MAX_DEPTH - 1;
    for (open, close) in [("[", "]"), ("(", ")"), ("\"${", "}\"")] {
        let deep = |levels: usize| setting(&format!("{}1{}", open.repeat(levels), close.repeat(levels)));
        assert_eq!(codes(&parse(&deep(most))), [], "{open}");
        assert_eq!(codes(&parse(&deep(most + 1))), [Code::E0017], "{open}");
    }
}

#[test]
fn what_grows_too_tall_is_one_diagnostic() {
    let many = 100_000;
    for (start, repeated) in [
        ("1", " + 1"),
        ("a", ".b"),
        ("a", "[0]"),
        ("a", " ?? b"),
        ("a", " && b"),
        ("a", " ? b : c"),
        ("a", ".b()"),
    ] {
        let parsed = parse(&setting(&format!("{start}{}", repeated.repeat(many))));
        let first = codes(&parsed).into_iter().find(|code| *code != Code::E0022);
        assert_eq!(first, Some(Code::E0017), "{repeated}");
        assert!(height(&parsed.tree.statements) <= limit::MAX_HEIGHT, "{repeated}");
    }
    for sign in ["!", "-", "not "] {
        let parsed = parse(&setting(&format!("{}a", sign.repeat(many))));
        assert!(codes(&parsed).contains(&Code::E0017), "{sign}");
        assert!(height(&parsed.tree.statements) <= limit::MAX_HEIGHT, "{sign}");
    }
}

#[test]
fn rows_in_brackets_do_not_add_up_beyond_the_height() {
    let mut value = "1".to_owned();
    for _ in 0..60 {
        value = format!("({value}{})", " + 1".repeat(20));
    }
    let parsed = parse(&setting(&value));
    assert_eq!(codes(&parsed), [Code::E0017]);
    assert!(height(&parsed.tree.statements) <= limit::MAX_HEIGHT);
}

#[test]
fn a_thousand_diagnostics_are_enough() {
    let parsed = parse(&format!("skynet 1\n{}", "a\n".repeat(5000)));
    assert_eq!(parsed.diagnostics.len(), limit::MAX_DIAGNOSTICS);
}

/// Returns the height of the tallest expression, found without recursion.
fn height(statements: &[tree::Statement]) -> u32 {
    let mut bodies = vec![statements];
    let mut exprs: Vec<(&tree::Expr, u32)> = Vec::new();
    while let Some(statements) = bodies.pop() {
        for statement in statements {
            match statement {
                tree::Statement::Setting(it) => exprs.push((&it.value, 1)),
                tree::Statement::Declaration(it) => {
                    exprs.extend(it.value.iter().map(|value| (value, 1)));
                    bodies.extend(it.body.iter().map(|body| body.statements.as_slice()));
                }
                tree::Statement::Block(it) => bodies.push(&it.body.statements),
                _ => {}
            }
        }
    }
    let mut tallest = 0;
    while let Some((expr, height)) = exprs.pop() {
        tallest = tallest.max(height);
        let mut below = |inner| exprs.push((inner, height + 1));
        match &expr.kind {
            tree::ExprKind::Binary(_, _, a, b) | tree::ExprKind::Index(a, b) => {
                [a, b].map(|it| below(it)).len()
            }
            tree::ExprKind::Conditional(a, b, c) => [a, b, c].map(|it| below(it)).len(),
            tree::ExprKind::Member(a, _) | tree::ExprKind::Unary(_, a) | tree::ExprKind::Group(a) => {
                [below(a)].len()
            }
            tree::ExprKind::Call(_, args) => args.iter().map(below).count(),
            _ => 0,
        };
    }
    tallest
}

/// Found by fuzzing: the renderer failed on patches that shorten lines, one after the other.
#[test]
fn fixes_on_several_short_lines_are_drawn() {
    for text in ["\n,,\n,,", ",\n,\n,,,\n;;;;", "skynet 1\n;;;\n;;\n;"] {
        let parsed = grammar::parse(grammar::FileId(0), text);
        assert!(!parsed.diagnostics.is_empty());
        for diagnostic in &parsed.diagnostics {
            let files = |_| Some(("short.skynet", text));
            let drawn = grammar::render::render(diagnostic, &files, grammar::render::Style::Plain);
            assert!(drawn.contains(diagnostic.code.as_str()), "{drawn}");
        }
    }
}
