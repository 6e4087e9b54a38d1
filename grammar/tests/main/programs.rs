//! Programs for properties: valid ones, valid ones with small damages, and heaps of tokens.

use proptest::{collection::vec, prelude::*, sample::select, strategy::BoxedStrategy};

/// Valid programs with any layout.
pub(crate) fn valid() -> BoxedStrategy<String> {
    let statements = vec(statement(2), 0..4).prop_map(|it| it.concat());
    let import = prop_oneof![
        Just(words(&[])),
        Just(words(&["import", "\"./a.skynet\"", "as", "lib"])),
        Just(words(&["import", "\"https://a.b/c\"", "as", "lib", "sha256", "\"00ff\""])),
    ];
    let parts =
        (import, statements).prop_map(|(import, rest)| [words(&["skynet", "1"]), import, rest].concat());
    (parts, vec(0_usize..GAPS.len(), 64)).prop_map(|(parts, gaps)| join(&parts, &gaps)).boxed()
}

/// Valid programs with a few replacements that seldom leave them valid.
pub(crate) fn damaged() -> BoxedStrategy<String> {
    let damage = (any::<prop::sample::Index>(), 0_usize..4, select(PIECES));
    (valid(), vec(damage, 1..4))
        .prop_map(|(mut text, damages)| {
            for (at, removed, piece) in damages {
                let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                let start = at.index(bounds.len());
                let end = (start + removed).min(bounds.len() - 1);
                text.replace_range(bounds[start]..bounds[end], piece);
            }
            text
        })
        .boxed()
}

/// Tokens in any order.
pub(crate) fn soup() -> BoxedStrategy<String> {
    vec(select(PIECES), 0..80).prop_map(|pieces| pieces.concat()).boxed()
}

const GAPS: &[&str] = &["", "", " ", " ", " ", "\n", "\n  ", "\r\n", " # note\n", "\t", "\n\n"];

const PIECES: &[&str] = &[
    "\"",
    "\"\"\"",
    "'",
    "${",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ";",
    "=",
    "==",
    ":",
    "?",
    "??",
    ".",
    "...",
    "-",
    "+",
    "!",
    "!=",
    "<",
    "<<",
    "<<SH\n",
    "<<-SH\n",
    "\nSH\n",
    "&&",
    "||",
    "&",
    "|",
    "/",
    "//",
    "/*",
    "*/",
    "%",
    "\\",
    "\\n",
    "\\q",
    "\\u{d800}",
    "1",
    "1.5",
    "10m",
    "4GiB",
    "1x",
    "1.2.3",
    "_",
    "e",
    " a ",
    " step ",
    " in ",
    " for ",
    " if ",
    " and ",
    " not ",
    " true ",
    " null ",
    " skynet 1 ",
    " import ",
    " as ",
    " ",
    "\n",
    "\r\n",
    "\r",
    "#",
    "# x\n",
    "\u{202e}",
    "\0",
    "\u{e9}",
    "\u{1f600}",
    "",
    "",
    "",
    "\n  a = 1\n",
    "\n}\n",
    "\nstep b {\n",
    " x: T ",
    "\u{feff}",
];

type Parts = Vec<String>;

fn words(parts: &[&str]) -> Parts {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

fn join(parts: &Parts, gaps: &[usize]) -> String {
    let mut text = String::new();
    for (part, gap) in parts.iter().zip(gaps.iter().cycle()) {
        if !(GAPS[*gap].is_empty() && may_touch(&text, part)) {
            text.push_str(if GAPS[*gap].is_empty() { " " } else { GAPS[*gap] });
        }
        text.push_str(part);
    }
    text.push('\n');
    text
}

/// Returns whether two tokens are still two without a gap between them.
fn may_touch(before: &str, after: &str) -> bool {
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else { return true };
    let ends = is_word(last) || "\")]}".contains(last);
    let starts = is_word(first) || "\"([{".contains(first);
    // A word and a mark, or a mark and a word; brackets and quotes count as both.
    (ends && !is_word(first) && first != '"') || (starts && !is_word(last) && last != '"')
}

fn name() -> BoxedStrategy<String> {
    select(&["a", "b2", "_x", "step", "param", "run", "sha256", "as", "skynet", "import", "for", "if", "inn"][..])
        .prop_map(str::to_owned)
        .boxed()
}

/// A word that may be the root of a reference.
fn root() -> BoxedStrategy<String> {
    name().prop_filter("reserved in expressions", |word| word != "for" && word != "if").boxed()
}

fn statement(depth: u32) -> BoxedStrategy<Parts> {
    let body = if depth == 0 { Just(words(&["{", "}"])).boxed() } else { body(depth) };
    let set = expression(depth).prop_map(|value| [words(&["="]), value].concat());
    let typed = ty(depth).prop_map(|ty| [words(&[":"]), ty].concat());
    let key = prop_oneof![3 => name(), 1 => literal()];
    prop_oneof![
        3 => (key, set.clone()).prop_map(|(key, set)| [vec![key], set].concat()),
        1 => (name(), typed.clone(), prop::option::of(set.clone()))
            .prop_map(|(name, ty, set)| [vec![name], ty, set.unwrap_or_default()].concat()),
        2 => (name(), name(), typed, prop::option::of(set.clone()), prop::option::of(body.clone())).prop_map(
            |(word, name, ty, set, body)| {
                [vec![word, name], ty, set.unwrap_or_default(), body.unwrap_or_default()].concat()
            }
        ),
        1 => (name(), name(), set).prop_map(|(word, name, set)| [vec![word, name], set].concat()),
        2 => (name(), name(), body.clone()).prop_map(|(word, name, body)| [vec![word, name], body].concat()),
        1 => (name(), body.clone()).prop_map(|(word, body)| [vec![word], body].concat()),
        1 => (name(), name(), name(), body)
            .prop_map(|(word, a, b, body)| [vec![word, a, ".".into(), b], body].concat()),
    ]
    .boxed()
}

fn body(depth: u32) -> BoxedStrategy<Parts> {
    vec(statement(depth - 1), 0..4)
        .prop_map(|inner| [words(&["{"]), inner.concat(), words(&["}"])].concat())
        .boxed()
}

fn ty(depth: u32) -> BoxedStrategy<Parts> {
    let word = name().prop_map(|name| vec![name]);
    if depth == 0 {
        return word.boxed();
    }
    prop_oneof![
        3 => word.clone(),
        1 => (name(), name()).prop_map(|(a, b)| vec![a, ".".into(), b]),
        1 => word.clone().prop_map(|ty| [ty, words(&["?"])].concat()),
        1 => (name(), listed(prop_oneof![ty(depth - 1), literal().prop_map(|it| vec![it])].boxed()))
            .prop_map(|(name, args)| [vec![name, "(".into()], args, words(&[")"])].concat()),
    ]
    .boxed()
}

fn literal() -> BoxedStrategy<String> {
    select(&["\"\"", "\"x\"", "\"a b # {\"", "\"\\n\\u{1f600}\\\"\"", "\"$5 $ {\"", "\"\\${x}\""][..])
        .prop_map(str::to_owned)
        .boxed()
}

fn atom() -> BoxedStrategy<Parts> {
    let fixed = select(
        &[
            "1",
            "1_000",
            "0.5",
            "1.5e3",
            "1.5E-3",
            "10m",
            "1h30m",
            "1.5h",
            "250ms",
            "4GiB",
            "1.5KB",
            "true",
            "false",
            "null",
            "\"\"\"one\"\"\"",
            "\"\"\"\n  a\n    b \\t\n  \"\"\"",
            "\"\"\"a\" \"\"b\n\"\"\"",
        ][..],
    );
    let heredoc = select(
        &["<<SH\n  echo \"$x\" ${y}\n\n  SHELL\n  SH\n", "<<PY  \nPY\n", "<<A_1\r\n } \r\n\tA_1 \r\n"][..],
    );
    prop_oneof![
        2 => fixed.prop_map(|it| words(&[it])),
        2 => root().prop_map(|it| vec![it]),
        2 => literal().prop_map(|it| vec![it]),
        1 => heredoc.prop_map(|it| words(&[it])),
    ]
    .boxed()
}

fn listed(item: BoxedStrategy<Parts>) -> BoxedStrategy<Parts> {
    (vec(item, 0..4), any::<bool>())
        .prop_map(|(items, trailing)| {
            let mut parts = Vec::new();
            let last = items.len();
            for (index, item) in items.into_iter().enumerate() {
                parts.extend(item);
                if index + 1 < last || trailing {
                    parts.push(",".to_owned());
                }
            }
            parts
        })
        .boxed()
}

fn around(open: &'static str, inner: BoxedStrategy<Parts>, close: &'static str) -> BoxedStrategy<Parts> {
    inner.prop_map(move |inner| [words(&[open]), inner, words(&[close])].concat()).boxed()
}

/// An operand; what binds looser stands in brackets.
fn operand(depth: u32) -> BoxedStrategy<Parts> {
    if depth == 0 {
        return atom();
    }
    let inner = expression(depth - 1);
    let item = (any::<bool>(), inner.clone())
        .prop_map(|(spread, value)| if spread { [words(&["..."]), value].concat() } else { value });
    let pair = (prop_oneof![name(), literal()], inner.clone())
        .prop_map(|(key, value)| [vec![key, "=".into()], value].concat());
    let args = listed(inner.clone());
    let comprehension = (root(), inner.clone(), inner.clone(), prop::option::of(inner.clone())).prop_map(
        |(name, list, body, condition)| {
            let condition = condition.map(|it| [words(&["if"]), it].concat()).unwrap_or_default();
            [vec!["for".into(), name, "in".into()], list, words(&[":"]), body, condition].concat()
        },
    );
    let text = |quote: &'static str| {
        (inner.clone(), any::<bool>()).prop_map(move |(value, again)| {
            let value = join(&value, &[0]);
            let more = if again { "${1}" } else { " tail" };
            vec![format!("{quote}a ${{{value}}}{more}{quote}")]
        })
    };
    prop_oneof![
        4 => atom(),
        1 => around("(", inner.clone(), ")"),
        1 => around("[", listed(item.boxed()), "]"),
        1 => around("{", listed(pair.boxed()), "}"),
        1 => around("[", comprehension.boxed(), "]"),
        1 => (root(), around("(", args, ")")).prop_map(|(name, args)| [vec![name], args].concat()),
        1 => text("\""),
        1 => text("\"\"\""),
        1 => (operand(depth - 1), name()).prop_map(|(base, name)| [base, words(&["."]), vec![name]].concat()),
        1 => (operand(depth - 1), around("[", inner, "]")).prop_map(|(base, index)| [base, index].concat()),
        1 => (select(&["!", "-"][..]), operand(depth - 1)).prop_map(|(sign, it)| [words(&[sign]), it].concat()),
    ]
    .boxed()
}

fn expression(depth: u32) -> BoxedStrategy<Parts> {
    let joins = select(&["+", "-", "*", "/", "%", "??", "&&", "||"][..]);
    let compares = select(&["==", "!=", "<", "<=", ">", ">=", "in"][..]);
    let chain = (operand(depth), vec((joins, operand(depth)), 0..3))
        .prop_map(|(first, rest)| {
            let rest = rest.into_iter().flat_map(|(op, operand)| [words(&[op]), operand].concat());
            first.into_iter().chain(rest).collect::<Parts>()
        })
        .boxed();
    let compared = (operand(depth), compares, operand(depth))
        .prop_map(|(left, op, right)| [left, words(&[op]), right].concat());
    let choice = (operand(depth), operand(depth), chain.clone())
        .prop_map(|(condition, then, other)| [condition, words(&["?"]), then, words(&[":"]), other].concat());
    prop_oneof![4 => chain, 1 => compared, 1 => choice].boxed()
}
