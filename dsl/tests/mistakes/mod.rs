//! A file with many mistakes: each is told once, in order, and none is a consequence of another.

#[test]
fn eleven_mistakes_are_eleven_errors() {
    let text = include_str!("ten.skynet");
    let compiled = dsl::compile("release.skynet", text, &dsl::NoImports);
    let shown: Vec<String> = compiled
        .diagnostics
        .iter()
        .map(|it| grammar::render::render(it, &|file| compiled.file(file), grammar::render::Style::Plain))
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    assert_eq!(compiled.diagnostics.len(), 11);
    assert!(compiled.plan().is_none());
}
