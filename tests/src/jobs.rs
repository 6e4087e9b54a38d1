//! The examples as jobs: each runs to its end, on real programs or pretending; its log says what its file says; and
//! whatever is broken on the way, the job ends as the file says.
//!
//! ```text
//!   case ─► bench ─► runtime ─► hands (scripted) ─► answers
//!             │          └────► clock (simulated)
//!             └─► golden: the log as lines        recover: from every prefix
//!                 harm: a failure at every step   doubt: outcomes lost, unknown, told twice
//!                 kept: a slow log, a shared one         release: let go, and resumed by another
//! ```
//!
//! No test but those in `real` waits for anything: an executor of our own advances the clock when nothing else is left
//! to do, so a job of four hours takes a millisecond, and one that hangs is found at once.

mod answers;
mod bench;
mod case;
mod clock;
mod doubt;
mod golden;
mod hands;
mod harm;
mod kept;
mod line;
mod log;
mod people;
mod places;
mod real;
mod recover;
mod release;
