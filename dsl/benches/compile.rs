//! How long the stages of the compiler take, for files of 10, 1,000 and 20,000 steps.
//!
//! `cargo bench -p dsl` prints time per file and bytes per second; time per step is the former over the argument.
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use divan::{Bencher, counter::BytesCount};
use std::fmt::Write as _;

/// What the binary allocates with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STEPS: &[usize] = &[10, 1_000, 20_000];

fn main() {
    divan::main();
}

/// Writes a workflow as people write them: params, a fan-out, scripts, references between steps.
fn source(steps: usize) -> String {
    let mut text = String::from(
        "skynet 1\n\nworkflow bench {\n  param region: string = \"eu\"\n  param names: list(string) = [\"a\", \"b\"]\n",
    );
    for at in 0..steps {
        let before = at.checked_sub(1).map(|before| format!("step.s{before}.output.text"));
        match (at % 4, before) {
            (0, before) => {
                // The step before is conditional, so what it gives may be missing.
                let input = before.map_or_else(|| "param.region".to_owned(), |it| format!("{it} ?? \"none\""));
                write!(
                    text,
                    "\n  step s{at} {{\n    run     = [\"echo\", \"--region=${{param.region}}\", {input}]\n    timeout = 5m\n    output text: string = trim(result.stdout)\n  }}\n"
                )
            }
            (1, Some(before)) => write!(
                text,
                "\n  step s{at} {{\n    env {{ INPUT = {before} }}\n    script = <<SH\n      printf '%s\\n' \"$INPUT\" > \"$SKYNET_OUT/text\"\n    SH\n    output text: string\n  }}\n"
            ),
            (2, Some(before)) => write!(
                text,
                "\n  step s{at} {{\n    # one instance for each name\n    for_each = param.names\n    parallel = 2\n    run      = [\"echo\", each.value, {before}]\n    output text: string = upper(trim(result.stdout))\n  }}\n"
            ),
            (_, before) => {
                let before = before.unwrap();
                write!(
                    text,
                    "\n  step s{at} {{\n    when = len({before}) > 0 && param.region != \"none\"\n    run  = [\"echo\", join({before}, \",\")]\n    retry {{\n      attempts = 3\n      delay    = 1s\n    }}\n    expect = result.exit_code == 0\n    output text: string = trim(result.stdout)\n  }}\n"
                )
            }
        }
        .unwrap();
    }
    text.push_str("}\n");
    text
}

#[divan::bench(args = STEPS)]
fn parse(bencher: Bencher<'_, '_>, steps: usize) {
    let text = source(steps);
    bencher.counter(BytesCount::of_str(&text)).bench(|| grammar::parse(grammar::FileId(0), &text));
}

#[divan::bench(args = STEPS)]
fn format(bencher: Bencher<'_, '_>, steps: usize) {
    let text = source(steps);
    bencher.counter(BytesCount::of_str(&text)).bench(|| dsl::format::format(&text).unwrap());
}

/// All of `skynet check` but the report: reading, checking and lowering.
#[divan::bench(args = STEPS)]
fn compile(bencher: Bencher<'_, '_>, steps: usize) {
    let text = source(steps);
    assert!(dsl::compile("bench.skynet", &text, &dsl::NoImports).diagnostics.is_empty());
    bencher.counter(BytesCount::of_str(&text)).bench(|| dsl::compile("bench.skynet", &text, &dsl::NoImports));
}

#[divan::bench(args = STEPS)]
fn compile_to_digest(bencher: Bencher<'_, '_>, steps: usize) {
    let text = source(steps);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let compiled = dsl::compile("bench.skynet", &text, &dsl::NoImports);
        compiled.plan().unwrap().digest()
    });
}
