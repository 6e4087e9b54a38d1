//! Patterns: regular expressions whose time is bounded by the budget, not only linear in the text.
//!
//! A search runs on an automaton that is built while it is used, one step of it for each byte. Where that would take
//! too much memory, and to find the groups of a match, the search goes on with a set of states for each byte; that costs
//! in proportion to the size of the pattern, and is paid for beforehand.

use super::{Fault, evaluate::Meter};
use regex_automata::{
    Anchored, Input, Match,
    hybrid::{
        dfa::{self, DFA},
        regex::{Builder, Cache, Regex},
    },
    nfa::thompson::{self, NFA, WhichCaptures, pikevm::PikeVM},
    util::syntax,
};

/// Says what is wrong with a pattern, if anything is: for patterns known when a file is checked.
///
/// # Errors
/// If it is not a pattern of the language, or takes too much memory. The text says why, on one line.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    Pattern::new(pattern).map(|_| ())
}

/// A compiled pattern, and the automaton as far as searches have built it.
#[derive(Debug)]
pub(crate) struct Pattern {
    fast: Regex,
    cache: Cache,
    slow: PikeVM,
    /// How many steps the slow search takes for each byte.
    steps_per_byte: usize,
}

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 4 << 10;

/// How large a compiled pattern may be, in bytes. One that runs backwards, to find where a match begins, is larger.
const MAX_COMPILED: usize = 1 << 20;

/// How much memory the automaton may take, in bytes, and how often it may be forgotten and built anew.
const MAX_AUTOMATON: usize = 2 << 20;
const MAX_REBUILDS: usize = 4;

/// How many bytes of a compiled pattern the slow search goes through in one step. Measured: a step is about a
/// microsecond.
const SLOW_BYTES_PER_STEP: usize = 1 << 10;

/// How many bytes of the automaton are built in one step.
const BUILT_BYTES_PER_STEP: usize = 64;

impl Pattern {
    /// How many steps it takes to compile a pattern of average size.
    pub(super) const COMPILE_STEPS: usize = 200;

    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        if pattern.len() > MAX_PATTERN {
            return Err(format!("it is longer than {MAX_PATTERN} bytes"));
        }
        let hir = syntax::parse_with(pattern, &syntax::Config::new().nest_limit(64))
            .map_err(|error| last_line(&error.to_string()))?;
        let nfa = |reverse: bool| -> Result<NFA, String> {
            let (limit, captures) = if reverse {
                (4 * MAX_COMPILED, WhichCaptures::None)
            } else {
                (MAX_COMPILED, WhichCaptures::All)
            };
            let config =
                thompson::Config::new().nfa_size_limit(Some(limit)).which_captures(captures).reverse(reverse);
            thompson::Compiler::new().configure(config).build_from_hir(&hir).map_err(|error| {
                match error.size_limit() {
                    Some(_) => "it is too large".to_owned(),
                    None => error.to_string(),
                }
            })
        };
        let automaton = |nfa: NFA| {
            let config = dfa::Config::new()
                .cache_capacity(MAX_AUTOMATON)
                .skip_cache_capacity_check(true)
                .minimum_cache_clear_count(Some(MAX_REBUILDS))
                .unicode_word_boundary(true);
            DFA::builder().configure(config).build_from_nfa(nfa).map_err(|error| error.to_string())
        };
        let forward = nfa(false)?;
        let steps_per_byte = forward.memory_usage() / SLOW_BYTES_PER_STEP + 1;
        let slow = PikeVM::new_from_nfa(forward.clone()).map_err(|error| error.to_string())?;
        let fast = Builder::new().build_from_dfas(automaton(forward)?, automaton(nfa(true)?)?);
        Ok(Self { cache: fast.create_cache(), fast, slow, steps_per_byte })
    }

    /// Returns whether it is found anywhere in a text.
    pub(super) fn is_match(&mut self, text: &str, meter: &mut Meter) -> Result<bool, Fault> {
        match self.search(text, meter)? {
            Ok(found) => Ok(found.is_some()),
            Err(GaveUp) => {
                meter.spend(text.len().saturating_mul(self.steps_per_byte))?;
                Ok(self.slow.is_match(&mut self.slow.create_cache(), text))
            }
        }
    }

    /// Returns what each group found, the whole match first.
    pub(super) fn groups<'t>(
        &mut self,
        text: &'t str,
        meter: &mut Meter,
    ) -> Result<Option<Vec<&'t str>>, Fault> {
        let input = match self.search(text, meter)? {
            Ok(None) => return Ok(None),
            Ok(Some(found)) => Input::new(text).span(found.span()).anchored(Anchored::Yes),
            Err(GaveUp) => Input::new(text),
        };
        meter.spend(input.get_span().len().saturating_mul(self.steps_per_byte))?;
        let mut groups = self.slow.create_captures();
        self.slow.captures(&mut self.slow.create_cache(), input, &mut groups);
        let texts =
            groups.iter().map(|group| group.and_then(|span| text.get(span.range())).unwrap_or_default());
        Ok(groups.is_match().then(|| texts.collect()))
    }

    /// Searches by the automaton, and pays for what was built of it.
    fn search(&mut self, text: &str, meter: &mut Meter) -> Result<Result<Option<Match>, GaveUp>, Fault> {
        let before = self.built();
        let found = self.fast.try_search(&mut self.cache, &Input::new(text));
        meter.spend(self.built().saturating_sub(before) / BUILT_BYTES_PER_STEP)?;
        Ok(found.map_err(|_| GaveUp))
    }

    /// How many bytes of the automaton were built so far, those forgotten again included.
    fn built(&mut self) -> usize {
        let rebuilds = self.cache.forward().clear_count() + self.cache.reverse().clear_count();
        rebuilds * MAX_AUTOMATON + self.cache.forward().memory_usage() + self.cache.reverse().memory_usage()
    }
}

/// The automaton would take too much memory, or cannot tell the words of this text apart.
struct GaveUp;

/// The reason alone: the lines before it draw the pattern.
fn last_line(error: &str) -> String {
    let line = error.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
