//! Case folders: a source, the tree it has, and what is said about it.
//!
//! `BLESS=1 cargo test -p grammar` writes the expectations anew; read the difference before it is committed.

use crate::dump::dump;
use grammar::{Diagnostic, FileId, Severity, Tree};
use std::{env, fmt::Write, fs, path::Path};

#[test]
fn every_case_reads_as_its_folder_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parsing");
    let bless = env::var_os("BLESS").is_some();
    let mut folders: Vec<_> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut wrong = Vec::new();
    for folder in folders {
        let source = fs::read_to_string(folder.join("source.skynet")).unwrap();
        let parsed = grammar::parse(FileId(0), &source);
        assert_eq!(parsed.tree.print(), source, "{}", folder.display());
        let found: Vec<String> = parsed.diagnostics.iter().map(|it| describe(it, &parsed.tree)).collect();
        for (file, actual) in
            [("tree.txt", dump(&parsed.tree.statements)), ("diagnostics.txt", found.concat())]
        {
            let path = folder.join(file);
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if expected == actual {
                continue;
            }
            if bless {
                fs::write(&path, actual).unwrap();
            } else {
                wrong.push(format!("--- {}\nexpected:\n{expected}\nactual:\n{actual}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Writes a diagnostic down with all its places, so that a case also holds what a picture leaves out.
fn describe(it: &Diagnostic, tree: &Tree) -> String {
    let mut out = String::new();
    let place = |span: grammar::Span| {
        let (line, column) = grammar::line_column(tree.text(), span.start as usize);
        format!("{line}:{column} {:?}", tree.slice(span))
    };
    let severity = match it.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    writeln!(out, "{severity}[{}] {}", it.code, it.message).unwrap();
    writeln!(out, "  {} {}", place(it.primary.span), it.primary.text).unwrap();
    for label in &it.others {
        writeln!(out, "  {} {}", place(label.span), label.text).unwrap();
    }
    if let Some(help) = &it.help {
        writeln!(out, "  help: {help}").unwrap();
    }
    if let Some(fix) = &it.fix {
        writeln!(out, "  fix: {}", fix.title).unwrap();
        for edit in &fix.edits {
            writeln!(out, "    {} -> {:?}", place(edit.span), edit.text).unwrap();
        }
    }
    out.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
