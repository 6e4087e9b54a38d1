# The commands of every day. `just` alone lists them; each line also works when typed by hand.

_list:
    @just --list --unsorted

# Compiles everything without linking, the quickest answer
check:
    cargo check --workspace --all-targets

# Runs every test, or those whose name holds a word
test word="":
    cargo test --workspace {{ word }}

# Formats every file
fmt:
    cargo fmt --all

# Refuses what CI refuses
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Builds the documentation of the code
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps

# Takes what the tests print now as what they expect; read the difference before you commit it
bless:
    INSTA_UPDATE=always cargo test --workspace
    git diff --stat

# Measures the compiler and the engine
bench:
    cargo bench --package dsl --package engine

# Runs jobs under every misfortune of so many seeds; what fails names the command that shows it again
simulate seeds="100000":
    SKYNET_SEEDS={{ seeds }} cargo test --release --package engine simulation

# Feeds random text to the parser, then to the printer; needs the nightly toolchain and cargo-fuzz
fuzz minutes="5":
    cd grammar && mkdir -p fuzz/corpus/parse && cargo +nightly fuzz run parse fuzz/corpus/parse ../examples -- -max_total_time=$(( {{ minutes }} * 60 ))
    cd dsl && mkdir -p fuzz/corpus/format && cargo +nightly fuzz run format fuzz/corpus/format ../examples -- -max_total_time=$(( {{ minutes }} * 60 ))

# Everything a change must pass
ci:
    .ci/run
