//! Every code has a page, and every page tells the truth: its failing example gives that code and no other error, its
//! mended one gives nothing at all.

#![allow(clippy::disallowed_methods, reason = "a test reads the files that the room is given")]

use dsl::{LoadError, Loaded, Loader};
use grammar::{Code, FileId, Origin, decode};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

/// A section of a page: its files by name, and whether the failure shows only at run time.
#[derive(Default)]
struct Example {
    files: BTreeMap<String, Vec<u8>>,
    at_run_time: bool,
}

#[test]
fn each_page_has_a_failing_and_a_mended_example() {
    let mut wrong = String::new();
    for code in Code::ALL {
        let Ok(page) = fs::read_to_string(folder().join(format!("{code}.md"))) else {
            writeln!(wrong, "{code}: there is no page").unwrap();
            continue;
        };
        assert!(page.starts_with(&format!("# {code}: {}\n", code.title())), "{code}: the title differs");
        let fails = example(&page, "## Fails");
        let mended = example(&page, "## Mended");
        let found = codes(&fails);
        let expected = if fails.at_run_time { Vec::new() } else { vec![code.to_string()] };
        if found != expected {
            writeln!(wrong, "{code}: the failing example gives {found:?}\n{}", shown(&fails)).unwrap();
        }
        let found = codes(&mended);
        if !found.is_empty() {
            writeln!(wrong, "{code}: the mended example gives {found:?}\n{}", shown(&mended)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_a_person_sees() {
    for code in Code::ALL {
        let page = fs::read_to_string(folder().join(format!("{code}.md"))).unwrap();
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(code.to_string(), shown(&example(&page, "## Fails")));
        });
    }
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/codes"))
}

/// The codes an example gives, in order.
fn codes(example: &Example) -> Vec<String> {
    match compile(example) {
        Ok(compiled) => compiled.diagnostics.iter().map(|it| it.code.to_string()).collect(),
        Err(refused) => vec![refused.code.to_string()],
    }
}

/// The diagnostics of an example as they are printed.
fn shown(example: &Example) -> String {
    let style = grammar::render::Style::Plain;
    match compile(example) {
        Ok(compiled) => {
            let drawn = compiled
                .diagnostics
                .iter()
                .map(|it| grammar::render::render(it, &|file| compiled.file(file), style));
            drawn.collect::<Vec<_>>().join("\n")
        }
        Err(refused) => {
            let text = String::from_utf8_lossy(&example.files["main.skynet"]).into_owned();
            grammar::render::render(&refused, &|_| Some(("main.skynet", &text)), style)
        }
    }
}

fn compile(example: &Example) -> Result<dsl::Compiled, Box<grammar::Diagnostic>> {
    let text = decode(FileId(0), &example.files["main.skynet"], Origin::Disk)?;
    Ok(dsl::compile("main.skynet", text, example))
}

impl Loader for Example {
    fn load(&self, importer: &str, path: &str) -> Result<Loaded, LoadError> {
        let name = if path.contains("://") {
            path.to_owned()
        } else {
            let folder = importer.rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = path.trim_start_matches("./");
            if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
        };
        match self.files.get(&name) {
            Some(bytes) => Ok(Loaded { name, bytes: bytes.clone() }),
            None => Err(LoadError::NotFound { similar: near(&self.files, &name) }),
        }
    }
}

fn near(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Vec<String> {
    let names = files.keys().map(String::as_str);
    dsl::suggest::nearest(name, names).into_iter().map(|near| format!("./{near}")).collect()
}

/// Reads the fenced blocks of a section.
fn example(page: &str, heading: &str) -> Example {
    let section = page.split_once(heading).unwrap_or_else(|| panic!("no `{heading}`")).1;
    let section = section.split("\n## ").next().unwrap();
    let mut example = Example::default();
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```skynet") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let text = body.join("\n") + "\n";
        let name = info.split("file=").nth(1).unwrap_or("main.skynet").trim().to_owned();
        let bytes = if info.starts_with("-escaped") { unescaped(&text) } else { text.into_bytes() };
        example.at_run_time |= info.contains("runtime");
        example.files.insert(name, bytes);
    }
    assert!(example.files.contains_key("main.skynet"), "no example under `{heading}`");
    example
}

/// Turns `\u{202e}` and `\xff` into what they stand for, and `repeat N C` into as many characters.
fn unescaped(text: &str) -> Vec<u8> {
    if let Some(repeat) = text.strip_prefix("repeat ") {
        let (count, unit) = repeat.trim_end().split_once(' ').unwrap();
        return unit.repeat(count.parse().unwrap()).into_bytes();
    }
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend(before.as_bytes());
        if let Some((hex, after)) = after.strip_prefix("u{").and_then(|it| it.split_once('}')) {
            let char = char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap();
            bytes.extend(char.to_string().as_bytes());
            rest = after;
        } else if let Some(hex) = after.strip_prefix('x') {
            bytes.push(u8::from_str_radix(&hex[..2], 16).unwrap());
            rest = &hex[2..];
        } else {
            bytes.push(b'\\');
            rest = after;
        }
    }
    bytes.extend(rest.as_bytes());
    bytes
}
