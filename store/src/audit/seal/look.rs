//! Seals held against each other, against what they sealed, and against those that were kept outside.

use super::{Seal, place, seals, segments};
use crate::{audit::jobs::Failed, postgres::Database, projection::session};
use engine::{
    id::Digest,
    port::{LogError, Position},
};
use std::{collections::BTreeMap, fmt};

/// Something that is wrong with a seal, or with what it sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealProblem {
    /// Which seal.
    pub no: i64,
    /// What.
    pub why: String,
}

impl fmt::Display for SealProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seal {}: {}", self.no, self.why)
    }
}

/// How many seals are looked at in one go.
const LOT: i64 = 1000;

/// Holds all seals against each other, against what they sealed, and against those that were kept outside.
///
/// # Errors
/// If the database cannot be read. What is wrong is no error.
pub async fn verify_seals(
    database: &Database,
    outside: &[Seal],
    mut found: impl FnMut(SealProblem) + Send,
) -> Result<u64, LogError> {
    Ok(look(database, outside, &mut found).await?)
}

async fn look(
    database: &Database,
    outside: &[Seal],
    found: &mut (dyn FnMut(SealProblem) + Send),
) -> Result<u64, Failed> {
    let mut outside: BTreeMap<i64, &Seal> = outside.iter().map(|seal| (seal.no, seal)).collect();
    let mut db = session(database).await?;
    let segments = segments(&mut db).await?;
    let (mut before, mut count) = (None::<Seal>, 0);
    loop {
        let lot = seals(&mut db, before.as_ref().map(|it| it.no), false, LOT).await?;
        if lot.is_empty() {
            break;
        }
        let from = before.as_ref().map_or(Position::ORIGIN, |it| place(it.to));
        let ends: Vec<_> = lot.iter().map(|seal| place(seal.to)).collect();
        // How the events are now, by seal and segment.
        let mut now: Vec<BTreeMap<&str, (i64, Digest)>> = vec![BTreeMap::new(); lot.len()];
        for segment in &segments {
            let trees = segment.trees(&mut db, from, &ends).await?;
            for (parts, tree) in now.iter_mut().zip(trees) {
                parts.insert(&segment.name, tree);
            }
        }
        for (seal, now) in lot.into_iter().zip(now) {
            let mut wrong = |why: String| found(SealProblem { no: seal.no, why });
            seal.follows(before.as_ref(), &mut wrong);
            seal.holds(&now, &mut wrong);
            if outside.remove(&seal.no).is_some_and(|kept| *kept != seal) {
                wrong("it is another than the one that was kept outside".to_owned());
            }
            count += 1;
            before = Some(seal);
        }
    }
    for no in outside.into_keys() {
        found(SealProblem { no, why: "it was kept outside and is not here".to_owned() });
    }
    Ok(count)
}

impl Seal {
    fn follows(&self, before: Option<&Self>, wrong: &mut dyn FnMut(String)) {
        let (no, to, hash) = before.map_or((0, (0, 0), Digest([0; 32])), |it| (it.no, it.to, it.hash));
        if self.no != no + 1 {
            return wrong(format!("the one before it has the number {no}: seals are missing"));
        }
        if self.from != to || self.before != hash {
            wrong("it does not follow on the one before".to_owned());
        }
        if self.root != self.made_root() {
            wrong("its root is not that of its parts".to_owned());
        }
        if self.hash != self.made_hash() {
            wrong("its hash is not that of what it says".to_owned());
        }
    }

    fn holds(&self, now: &BTreeMap<&str, (i64, Digest)>, wrong: &mut dyn FnMut(String)) {
        for part in &self.parts {
            match now.get(&*part.segment) {
                Some((events, _)) if *events != part.events => wrong(format!(
                    "it sealed {} events of the segment {}, and there are {events}",
                    part.events, part.segment
                )),
                Some((_, root)) if *root != part.root => {
                    wrong(format!("events that it sealed in the segment {} were changed", part.segment));
                }
                // What was dropped is proved by the chain alone.
                Some(_) | None => {}
            }
        }
        for (segment, (events, _)) in now {
            if *events > 0 && !self.parts.iter().any(|part| part.segment == *segment) {
                wrong(format!("{events} events of the segment {segment} were put into what it had sealed"));
            }
        }
    }
}
