//! Case folders: a source, the tree it has, and what is said about it.
//!
//! `BLESS=1 cargo test -p grammar` writes the expectations anew; read the difference before it is committed.

use crate::dump::dump;
use grammar::{Code, Diagnostic, FileId, Style};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

#[test]
fn every_case_reads_as_its_folder_says() {
    let bless = env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for (folder, source) in cases() {
        let parsed = grammar::parse(FileId(0), &source);
        assert_eq!(parsed.tree.print(), source, "{}", folder.display());
        let files = |_| Some(("source.skynet", source.as_str()));
        let drawn = |it: &Diagnostic| grammar::render(it, &files, Style::Plain);
        let drawn: Vec<String> = parsed.diagnostics.iter().map(drawn).collect();
        let diagnostics = if drawn.is_empty() { String::new() } else { drawn.join("\n\n") + "\n" };
        for (file, actual) in [("tree.txt", dump(&parsed.tree.statements)), ("diagnostics.txt", diagnostics)]
        {
            let path = folder.join(file);
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if expected == actual && path.exists() {
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

/// A folder is named after the code that it must bring up, and brings up no other; `many_` folders show several
/// mistakes, all others none.
#[test]
fn a_case_brings_up_the_code_it_is_named_after() {
    for (folder, source) in cases() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let found: Vec<&str> =
            grammar::parse(FileId(0), &source).diagnostics.iter().map(|it| it.code.as_str()).collect();
        match name.split('_').next().unwrap() {
            "many" => assert!(found.len() > 3, "{name}: {found:?}"),
            code if code.parse::<Code>().is_ok() => {
                assert_eq!(found, [code.to_uppercase()], "{name}");
            }
            _ => assert!(found.is_empty(), "{name}: {found:?}"),
        }
    }
}

#[test]
fn every_code_of_the_text_has_a_case() {
    let covered: BTreeSet<String> = cases()
        .iter()
        .filter_map(|(folder, _)| folder.file_name()?.to_str()?.split('_').next()?.parse::<Code>().ok())
        .map(|code| code.to_string())
        .collect();
    let text_codes = Code::ALL.iter().filter(|code| **code < Code::E0100).chain(&[
        Code::E0100,
        Code::E0105,
        Code::E0106,
        Code::E0113,
        Code::E0114,
        Code::E0117,
        Code::E0316,
    ]);
    // Their sources would be huge, or no text; see `limits` and `source`.
    let elsewhere = [Code::E0018, Code::E0019];
    for code in text_codes.filter(|code| !elsewhere.contains(code)) {
        assert!(covered.contains(code.as_str()), "no case for {code}");
    }
}

#[test]
fn a_fix_removes_what_it_is_offered_for() {
    for (folder, source) in cases() {
        let parsed = grammar::parse(FileId(0), &source);
        for diagnostic in &parsed.diagnostics {
            let Some(fix) = &diagnostic.fix else { continue };
            let mut edits = fix.edits.clone();
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
            let mut mended = source.clone();
            for edit in edits {
                mended.replace_range(edit.span.range(), &edit.text);
            }
            let after = grammar::parse(FileId(0), &mended).diagnostics;
            assert!(
                after.len() < parsed.diagnostics.len(),
                "{}: `{}` mends nothing:\n{mended}\n{after:#?}",
                folder.display(),
                fix.title
            );
        }
    }
}

pub(crate) fn cases() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parsing");
    let mut folders: Vec<_> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
        .into_iter()
        .map(|folder| (folder.clone(), fs::read_to_string(folder.join("source.skynet")).unwrap()))
        .collect()
}
