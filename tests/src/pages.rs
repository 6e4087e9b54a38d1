//! The pages about the codes tell the truth: the sample that is said to fail fails for that reason and no other, and
//! the mended one compiles without a word.
//!
//! A page holds its samples in fences. The first of a section is the file that is compiled; the others say after
//! `file=` where it finds them. In a `skynet-escaped` fence `\xNN` is a byte, `\u{N}` a character, and a line
//! `repeat N C` stands for a file of N times C. A `runtime` sample fails only when a job runs.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use crate::{folder::Folder, tree::root};
use grammar::Code;
use std::fs;

#[test]
fn samples_fail_for_the_reason_on_their_page() {
    let wrong = wrong("## Fails", |code, sample| if sample.at_runtime { Vec::new() } else { vec![code] });
    assert!(wrong.is_empty(), "failing samples that are found to have something else:\n{wrong}");
}

#[test]
fn mended_samples_compile_without_a_word() {
    let wrong = wrong("## Mended", |_, _| Vec::new());
    assert!(wrong.is_empty(), "mended samples that are found to have something:\n{wrong}");
}

/// Compiles the sample of one section of every page, and lists those in which something else is found than expected.
fn wrong(heading: &str, expected: impl Fn(Code, &Sample) -> Vec<Code>) -> String {
    let wrong = Code::ALL.iter().filter_map(|code| {
        // A page that is not there is what `codes` complains of.
        let page = fs::read_to_string(root().join(format!("docs/codes/{code}.md"))).ok()?;
        let sample = sample(&page, heading);
        let mut found = codes(&sample.folder);
        found.dedup();
        (found != expected(*code, &sample)).then(|| format!("{code}: {found:?}\n"))
    });
    wrong.collect()
}

struct Sample {
    folder: Folder,
    at_runtime: bool,
}

const MAIN: &str = "main.skynet";

fn codes(folder: &Folder) -> Vec<Code> {
    match folder.compile(MAIN) {
        Ok(compiled) => compiled.diagnostics.iter().map(|it| it.code).collect(),
        Err(code) => vec![code],
    }
}

/// Reads the fences of one section.
fn sample(page: &str, heading: &str) -> Sample {
    let mut lines =
        page.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with("## "));
    let mut sample = Sample { folder: Folder(Vec::new()), at_runtime: false };
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let text = body.join("\n") + "\n";
        let words: Vec<&str> = info.split(' ').collect();
        let bytes = match words.first() {
            Some(&"skynet") => text.into_bytes(),
            Some(&"skynet-escaped") => unescape(&text),
            other => panic!("a fence of {other:?}"),
        };
        let path = words.iter().find_map(|word| word.strip_prefix("file=")).unwrap_or(MAIN);
        sample.at_runtime |= words.contains(&"runtime");
        sample.folder.0.push((path.to_owned(), bytes));
    }
    assert!(!sample.folder.0.is_empty(), "no sample under `{heading}`");
    sample
}

fn unescape(text: &str) -> Vec<u8> {
    if let Some((count, what)) = text.strip_prefix("repeat ").and_then(|rest| rest.trim_end().split_once(' '))
    {
        return what.repeat(count.parse().unwrap()).into_bytes();
    }
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        rest = if let Some(digits) = after.strip_prefix('x') {
            let (digits, rest) = digits.split_at(2);
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest
        } else {
            let (digits, rest) = after.strip_prefix("u{").unwrap().split_once('}').unwrap();
            let character = char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap();
            bytes.extend_from_slice(character.to_string().as_bytes());
            rest
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}
