//! What is known about programs, as it stands on the page of E0502.

use super::{
    reader::{READERS, Reader, Style},
    tool::{Operands, TOOLS, Tool},
    wrapper::WRAPPERS,
};
use std::collections::BTreeMap;

/// Returns the programs that read code, and those that start another program, as Markdown.
pub(crate) fn code_tables() -> String {
    let mut rows: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for reader in READERS {
        rows.entry(reader.program).or_default().extend(of_reader(reader));
    }
    for tool in TOOLS {
        for program in tool.program.split('|') {
            rows.entry(program).or_default().extend(of_tool(tool));
        }
    }
    // Programs that read code in the same places share a row.
    let mut shared: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (program, places) in rows {
        shared.entry(places.join("; ")).or_default().push(program);
    }
    let mut lines: Vec<String> =
        shared.iter().map(|(places, programs)| format!("| {} | {places} |\n", codes(programs))).collect();
    lines.sort();
    let mut wrappers: Vec<&str> = WRAPPERS.iter().flat_map(|wrapper| wrapper.program.split('|')).collect();
    wrappers.sort_unstable();
    format!(
        "| program | what it reads as code |\n|---|---|\n{}\nThese start another program, which is looked at as if it stood alone: {}.\n",
        lines.concat(),
        codes(&wrappers),
    )
}

fn of_reader(reader: &Reader) -> Vec<String> {
    let letters = reader.code.chars().map(|letter| format!("-{letter}"));
    let options: Vec<String> =
        letters.chain(reader.long_code.iter().map(|long| (*long).to_owned())).collect();
    match reader.style {
        _ if options.is_empty() => vec!["all behind the host".to_owned()],
        Style::Rest => vec![format!("all behind {}", codes(&options))],
        Style::Switch | Style::Ends | Style::Repeats | Style::Anywhere => vec![codes(&options)],
    }
}

fn of_tool(tool: &Tool) -> Vec<String> {
    let letters = |letters: &str| letters.chars().map(|letter| format!("-{letter}")).collect::<Vec<_>>();
    let long = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let verbs = match tool.verbs.replace('|', "` or `") {
        verbs if verbs.is_empty() => verbs,
        verbs => format!("after `{verbs}`: "),
    };
    let mut places = Vec::new();
    let options = [letters(tool.code), long(tool.long_code)].concat();
    if !options.is_empty() {
        places.push(codes(&options));
    }
    let settings = [letters(tool.settings), long(tool.long_settings)].concat();
    if !settings.is_empty() {
        let keys: Vec<String> = tool
            .keys
            .iter()
            .map(|key| if key.ends_with('.') { format!("{key}*=") } else { format!("{key}=") })
            .collect();
        places.push(format!("{} with {}", codes(&settings), codes(&keys)));
    }
    let but = match [letters(tool.unless), long(tool.long_unless)].concat().as_slice() {
        [] => String::new(),
        options => format!(" unless there is {}", codes(options)),
    };
    match tool.operands {
        Operands::None => {}
        Operands::At(at) => places.push(format!("operand {}{but}", at + 1)),
        Operands::From(0) => places.push(format!("all operands{but}")),
        Operands::From(at) => places.push(format!("all operands from number {}{but}", at + 1)),
    }
    vec![format!("{verbs}{}", places.join(", "))]
}

fn codes<T: AsRef<str>>(words: &[T]) -> String {
    words.iter().map(|word| format!("`{}`", word.as_ref())).collect::<Vec<_>>().join(", ")
}
