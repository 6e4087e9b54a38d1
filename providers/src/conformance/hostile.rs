//! Text that breaks whatever reads it as something else.

use super::{Fixture, done, failed, name, request, run, script, text};
use engine::{
    plan::Interpreter,
    port::Stream,
    request::{Content, FailureClass, Resolved},
};

/// Pieces that mean something to somebody.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "`",
    "\\",
    "$",
    "$(id)",
    "${HOME}",
    "`id`",
    "$((1+1))",
    "!",
    "!!",
    ";",
    ";;",
    "&",
    "&&",
    "|",
    "||",
    "<",
    ">",
    ">>",
    "<<EOF",
    "(",
    ")",
    "{",
    "}",
    "{a,b}",
    "[",
    "]",
    "*",
    "?",
    "[a-z]*",
    "~",
    "~root",
    "#",
    "%",
    "%s",
    "%n",
    "^",
    "=",
    "+",
    ",",
    "@",
    "-",
    "--",
    "-n",
    "-e",
    "--help",
    "-rf",
    "/",
    ".",
    "..",
    "../..",
    "//",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{7}",
    "\u{8}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    "\u{fffd}",
    "\u{10ffff}",
    "é",
    "e\u{301}",
    "日本語",
    "👩‍👩‍👧‍👦",
    "İ",
    "ß",
    " ",
    "  ",
    "\\n",
    "\\0",
    "\\x00",
    "%00",
    "${param.x}",
    "{{ x }}",
    "<%= x %>",
    "<!--",
    "'; DROP TABLE x; --",
    "$IFS",
    "NULL",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "NaN",
];

/// Returns 200 hostile strings, the same each time.
#[must_use]
pub fn strings() -> Vec<String> {
    let mut all: Vec<String> = PIECES.iter().map(|&piece| piece.to_owned()).collect();
    // Neighbours in the list are of one sort, so each is joined with one from far away.
    let far = |i: usize| PIECES[(i * 37 + 11) % PIECES.len()];
    all.extend(
        PIECES.iter().enumerate().map(|(i, piece)| format!("{}{piece}{} {piece}\n", far(i), far(i + 1))),
    );
    all.extend([
        String::new(),
        "a".repeat(100_000),
        "'\"\\\n$".repeat(20_000),
        "-".repeat(5_000),
        "../".repeat(1_000),
        "日".repeat(30_000),
        format!("{}\n", PIECES.concat()),
        "trailing \\".into(),
        "trailing newline\n\n\n".into(),
        " leading and trailing ".into(),
    ]);
    let mut i = 0;
    while all.len() < 200 {
        all.push(format!("{}{}{}", far(i), far(i + 3), far(i + 7)));
        i += 1;
    }
    all.truncate(200);
    all
}

/// Each of them arrives as it is, by every way that text goes in.
pub async fn hostile_strings_arrive_byte_equal(fixture: &dyn Fixture) {
    let all = strings();
    assert_eq!(all.len(), 200);
    let joined: Vec<u8> = all.iter().flat_map(|text| text.bytes().chain([0])).collect();

    // As arguments of a program.
    let argv = ["printf", "%s\\0"].into_iter().chain(all.iter().map(String::as_str)).collect::<Vec<_>>();
    let (_, kept) = done(fixture, &run(fixture, &argv)).await;
    same(&kept.get(Stream::Stdout), &joined, "arguments");

    // As arguments of a script, whoever reads it.
    let python =
        "import os, sys\nsys.stdout.buffer.write(b''.join(os.fsencode(a) + b'\\0' for a in sys.argv[1:]))\n";
    for (interpreter, body) in [
        (Interpreter::Sh, "printf '%s\\0' \"$@\""),
        (Interpreter::Bash, "printf '%s\\0' \"$@\""),
        (Interpreter::Python, python),
    ] {
        let action = Resolved::Script { interpreter, body: body.into(), arguments: all.clone() };
        let (_, kept) = done(fixture, &request(fixture.place(), action)).await;
        same(&kept.get(Stream::Stdout), &joined, "arguments of a script");
    }

    // As variables.
    let mut with_env = run(fixture, &["env", "-0"]);
    with_env.env =
        all.iter().enumerate().map(|(i, value)| (name(&format!("HOSTILE_{i}")), text(value))).collect();
    let (_, kept) = done(fixture, &with_env).await;
    let printed = kept.get(Stream::Stdout);
    let variables: std::collections::BTreeSet<&[u8]> = printed.split(|byte| *byte == 0).collect();
    for (i, value) in all.iter().enumerate() {
        let variable = format!("HOSTILE_{i}={value}");
        assert!(variables.contains(variable.as_bytes()), "the variable {i} arrived otherwise: {value:?}");
    }

    // On standard input; there is room for NUL too.
    let whole = String::from_utf8(joined.clone()).unwrap();
    let mut with_stdin = run(fixture, &["cat"]);
    with_stdin.stdin = Some(text(&whole));
    same(&done(fixture, &with_stdin).await.1.get(Stream::Stdout), &joined, "standard input");

    // In files, by their content and by their names.
    let mut with_files = script(fixture, "for file; do cat -- \"$file\"; printf '\\0'; done", &[]);
    let is_name = |text: &&String| {
        !text.is_empty() && text.len() < 200 && !text.contains('/') && !matches!(text.as_str(), "." | "..")
    };
    let mut paths: Vec<String> = (0..all.len()).map(|i| format!("hostile/content/{i}")).collect();
    with_files.files =
        paths.iter().zip(&all).map(|(path, it)| (path.clone(), Content::Text(it.as_str().into()))).collect();
    let mut names: Vec<&String> = all.iter().filter(is_name).collect();
    names.sort_unstable();
    names.dedup();
    let mut expected = joined;
    for name in names {
        let path = format!("hostile/names/{name}");
        with_files.files.push((path.clone(), Content::Text(name.as_str().into())));
        paths.push(path);
        expected.extend(name.bytes().chain([0]));
    }
    if let Resolved::Script { arguments, .. } = &mut with_files.action {
        arguments.extend(paths);
    }
    same(&done(fixture, &with_files).await.1.get(Stream::Stdout), &expected, "files");

    // NUL fits into no argument and no variable, and is refused before anything runs.
    let mut nul_in_env = run(fixture, &["true"]);
    nul_in_env.env = vec![(name("X"), text("a\0b"))];
    for refused in [run(fixture, &["echo", "a\0b"]), script(fixture, "echo", &["a\0b"]), nul_in_env] {
        assert!(fixture.provider().check(&refused).unwrap_err().contains("NUL"));
        assert_eq!(failed(fixture, &refused).await.0, FailureClass::Refused);
    }
}

fn same(arrived: &[u8], sent: &[u8], what: &str) {
    if arrived == sent {
        return;
    }
    let at = arrived.iter().zip(sent).take_while(|(one, other)| one == other).count();
    let near = |bytes: &[u8]| {
        let part = &bytes[at.saturating_sub(20).min(bytes.len())..(at + 20).min(bytes.len())];
        String::from_utf8_lossy(part).into_owned()
    };
    panic!("{what} differ at {at}: {:?} arrived, {:?} was sent", near(arrived), near(sent));
}
