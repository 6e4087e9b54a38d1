//! Programs that nobody would write, but that can be read.

use proptest::{collection::vec, prelude::*, sample::select};

/// Any file that can be read.
pub(crate) fn any_program() -> impl Strategy<Value = String> {
    let types = vec("[A-Z][a-z]{0,5}", 0..3).prop_map(|names| {
        names.iter().map(|name| format!("type {name} {{ a: int b: list(string?)\n}}\n")).collect::<String>()
    });
    (types, vec(any_statement(3), 0..12)).prop_map(|(types, statements)| {
        format!("skynet 1\n{types}workflow w {{\n{}}}\n", statements.concat())
    })
}

fn any_statement(depth: u32) -> BoxedStrategy<String> {
    let setting = (any_key(), any_expression()).prop_map(|(key, value)| format!("{key} = {value}\n"));
    let script = (any_key(), any_script()).prop_map(|(key, script)| format!("{key} = {script}\n"));
    let typed =
        (select(&["param", "output"][..]), any_name(), any_type(), prop::option::of(any_expression()))
            .prop_map(|(word, name, ty, value)| {
                let value = value.map(|value| format!(" = {value}")).unwrap_or_default();
                format!("{word} {name}: {ty}{value}\n")
            });
    let comment = select(&["# a\n", "#\n", "  #@ allow W0901: b \n", "\n\n"][..]).prop_map(str::to_owned);
    if depth == 0 {
        return prop_oneof![4 => setting, 1 => script, 1 => typed, 1 => comment].boxed();
    }
    let head = prop_oneof![
        any_name().prop_map(|name| format!("step {name}")),
        any_name().prop_map(|name| format!("target {name}: docker")),
        any_name().prop_map(|name| format!("secret {name}")),
        (any_name(), any_expression()).prop_map(|(name, value)| format!("param {name}: string = {value}")),
        select(&["retry", "env", "call a.b", "do c"][..]).prop_map(str::to_owned),
    ];
    let body = (vec(any_statement(depth - 1), 0..5), any::<bool>()).prop_map(|(statements, on_a_line)| {
        let can = on_a_line && statements.iter().all(|it| !it.contains(['#', '<']) && !it.trim().is_empty());
        let text = statements.concat();
        if can { format!("{{ {} }}", text.trim().replace('\n', " ")) } else { format!("{{\n{text}}}") }
    });
    let braced = (head, body).prop_map(|(head, body)| format!("{head} {body}\n"));
    prop_oneof![4 => setting, 1 => script, 1 => typed, 1 => comment, 3 => braced].boxed()
}

fn any_name() -> impl Strategy<Value = String> {
    "[a-h]([a-z0-9_]{0,12})?".prop_map(|name| format!("n{name}"))
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![6 => any_name(), 1 => "[a-z/.]{0,9}".prop_map(|text| format!("\"{text}\"")), 1 => Just("\"\u{65e5}\"".to_owned())]
}

fn any_type() -> impl Strategy<Value = String> {
    let plain = select(&["string", "int", "artifact", "T", "lib.T", "enum(\"a\", \"b\", )"][..])
        .prop_map(str::to_owned);
    plain
        .prop_recursive(2, 4, 1, |inner| {
            prop_oneof![
                inner.clone().prop_map(|ty| format!("list({ty})")),
                inner.prop_map(|ty| format!("{ty} ?"))
            ]
        })
        .prop_map(|ty| ty.replace("? ?", "?"))
}

fn any_expression() -> BoxedStrategy<String> {
    let numbers = ["0", "1_000", "0.5", "1.5e3", "1h30m", "250ms", "4GiB", "true", "null"];
    let leaf = prop_oneof![
        select(numbers.to_vec()).prop_map(str::to_owned),
        any_name(),
        (any_name(), any_name()).prop_map(|(a, b)| format!("{a}.{b}")),
        "[a-zA-Z #'{}\u{e9}\u{1f600}]{0,40}".prop_map(|text| format!("\"{text}\"")),
        any_block_text(),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let items = |strategy: BoxedStrategy<String>| vec(strategy, 0..5);
        let operators = ["||", "&&", "+", "-", "*", "/", "%", "??"];
        prop_oneof![
            items(inner.clone()).prop_map(|items| format!("[{}]", items.join(","))),
            items(inner.clone()).prop_map(|items| format!("[\n{}\n]", items.join(",\n"))),
            items(inner.clone()).prop_map(|items| format!("f({})", items.join(", "))),
            items((any_key(), inner.clone()).prop_map(|(key, value)| format!("{key} = {value}")).boxed())
                .prop_map(|pairs| format!("{{{}}}", pairs.join(", "))),
            (any_script(), inner.clone()).prop_map(|(script, next)| format!("[{script}\n, {next}]")),
            inner.clone().prop_map(|item| format!("[...{item},]")),
            (any_name(), inner.clone(), inner.clone(), prop::option::of(inner.clone())).prop_map(
                |(name, list, value, condition)| {
                    let condition = condition.map(|it| format!(" if {it}")).unwrap_or_default();
                    format!("[for {name} in {list} : {value}{condition}]")
                }
            ),
            (select(vec!["!", "-", "!!", "-!"]), inner.clone())
                .prop_map(|(sign, value)| format!("{sign}({value})")),
            (inner.clone(), select(operators.to_vec()), inner.clone())
                .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
            (inner.clone(), select(vec!["==", "!=", "<", "<=", ">", ">=", "in"]), inner.clone())
                .prop_map(|(left, operator, right)| format!("({left}) {operator} ({right})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a}) ? {b} : {c}")),
            (inner.clone(), inner.clone()).prop_map(|(base, index)| format!("f({base})[{index}].n")),
            inner.clone().prop_map(|value| format!("\"a ${{ {value} }} b\"")),
            inner.clone().prop_map(|value| format!("\"${{{{ a = {value} }}}}\"").replace("{{", "{ {")),
            inner.prop_map(|value| format!("(\n{value})")),
        ]
    })
    .boxed()
}

/// Text in three quotes, of any lines.
fn any_block_text() -> impl Strategy<Value = String> {
    let parts = [
        "a",
        "b c",
        " ",
        "    ",
        "\t",
        "\n",
        "\n  ",
        "\n      ",
        "\n\n",
        " \n",
        "\r\n",
        "\"q",
        "'",
        "# no",
        "\\n",
        "\\u{20}",
        "${n}",
        "${ f( \"q\" ) }",
        "${[\n1]}",
        "${ n # c\n }",
        "\\${",
    ];
    let ends = ["", "\n", "\n  ", "\n\t", "\n          "];
    (vec(select(parts.to_vec()), 0..12), select(ends.to_vec()))
        .prop_map(|(parts, end)| format!("\"\"\"{}{end}\"\"\"", parts.concat()))
}

/// A script of any lines.
fn any_script() -> impl Strategy<Value = String> {
    let lines = [
        "",
        " ",
        "      ",
        "echo a",
        "  echo b",
        "\techo c",
        "      echo \"${d}\"",
        "# no comment",
        "}",
        "\"\"\"",
        "a \r",
        "PYTHON",
        "cat <<EOF",
    ];
    (
        select(vec!["SH", "PY", "BASH"]),
        vec(select(lines.to_vec()), 0..8),
        select(vec!["", "  ", "\t", "          "]),
    )
        .prop_map(|(tag, lines, indent)| {
            let body: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
            format!("<<{tag}\n{body}{indent}{tag}")
        })
}
