//! Places in concurrency groups: who holds them, who waits, and who gets the next. One table for all jobs; pure, as all
//! of the heart: it is told the time and says what follows.

use crate::{
    event::{At, Slot},
    id::{JobId, Name},
    plan::WhenBusy,
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// Who holds or wants a place: a job, or an instance of one of its steps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// The job.
    pub job: JobId,
    /// The instance; none if the job as a whole is meant.
    pub at: Option<At>,
}

/// What follows from a request, a release or the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// This one has its place.
    Granted(Holder),
    /// This one does not get a place: why.
    Refused(Holder, String),
    /// This one holds a place and is to be stopped.
    Evicted(Holder),
}

/// All groups.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    groups: BTreeMap<Name, Group>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    holders: BTreeSet<Holder>,
    waiting: VecDeque<Waiting>,
    /// When the latest places were given, for the rate: the oldest first.
    given: VecDeque<i64>,
}

#[derive(Clone, Debug)]
struct Waiting {
    holder: Holder,
    priority: i64,
    slot: Slot,
}

impl Slots {
    /// Asks for a place. Asking again for the same one changes nothing.
    #[must_use]
    pub fn request(&mut self, holder: Holder, slot: &Slot, priority: i64, now: i64) -> Vec<Turn> {
        let group = self.groups.entry(slot.group.clone()).or_default();
        if group.holders.contains(&holder) {
            return vec![Turn::Granted(holder)];
        }
        if group.waiting.iter().any(|waiting| waiting.holder == holder) {
            return Vec::new();
        }
        let mut turns = Vec::new();
        if !group.waiting.is_empty() || !group.has_place(slot, now) {
            match slot.when_busy {
                WhenBusy::Queue => {}
                WhenBusy::Reject => {
                    return vec![Turn::Refused(holder, format!("the group `{}` is busy", slot.group))];
                }
                WhenBusy::ReplaceQueued => {
                    let why = format!("another one took its place in the queue of `{}`", slot.group);
                    turns.extend(group.waiting.drain(..).map(|it| Turn::Refused(it.holder, why.clone())));
                }
                WhenBusy::CancelRunning => {
                    let why = format!("another one cancelled all others in `{}`", slot.group);
                    turns.extend(group.waiting.drain(..).map(|it| Turn::Refused(it.holder, why.clone())));
                    turns.extend(group.holders.iter().cloned().map(Turn::Evicted));
                }
            }
        }
        // Behind all of the same priority or a higher one.
        let place =
            group.waiting.iter().position(|other| other.priority < priority).unwrap_or(group.waiting.len());
        group.waiting.insert(place, Waiting { holder, priority, slot: slot.clone() });
        turns.extend(group.turn(now));
        turns
    }

    /// Takes note of a place that was given before this table was: whether there is one is no question any more.
    pub fn hold(&mut self, holder: Holder, slot: &Slot) {
        self.groups.entry(slot.group.clone()).or_default().holders.insert(holder);
    }

    /// Takes note of when places were given before this table was, for the rate.
    pub fn remember<'a>(&mut self, group: &Name, given: impl IntoIterator<Item = &'a i64>) {
        let known = &mut self.groups.entry(Arc::clone(group)).or_default().given;
        known.extend(given);
        known.make_contiguous().sort_unstable();
    }

    /// Gives a place back, or stops waiting for it.
    #[must_use]
    pub fn release(&mut self, group: &str, holder: &Holder, now: i64) -> Vec<Turn> {
        let Some(places) = self.groups.get_mut(group) else { return Vec::new() };
        places.holders.remove(holder);
        places.waiting.retain(|waiting| waiting.holder != *holder);
        let turns = places.turn(now);
        if places.holders.is_empty() && places.waiting.is_empty() && places.given.is_empty() {
            self.groups.remove(group);
        }
        turns
    }

    /// Gives places that only the rate held back.
    #[must_use]
    pub fn tick(&mut self, now: i64) -> Vec<Turn> {
        self.groups.values_mut().flat_map(|group| group.turn(now)).collect()
    }

    /// Returns when the rate lets somebody go on, if it is that which holds them back.
    #[must_use]
    pub fn next_due(&self) -> Option<i64> {
        let due = |group: &Group| {
            let slot = group.waiting.front().map(|first| &first.slot).filter(|slot| group.is_free(slot))?;
            let (rate, per) = slot.rate?;
            let within = usize::try_from(rate).ok().filter(|&rate| group.given.len() >= rate)?;
            group.given.get(group.given.len() - within).map(|given| given.saturating_add(per))
        };
        self.groups.values().filter_map(due).min()
    }
}

impl Group {
    /// Returns whether the limit lets one more in.
    fn is_free(&self, slot: &Slot) -> bool {
        slot.limit.is_none_or(|limit| usize::try_from(limit).is_ok_and(|limit| self.holders.len() < limit))
    }

    fn has_place(&self, slot: &Slot, now: i64) -> bool {
        let is_slow = slot.rate.is_none_or(|(rate, per)| {
            let recent = self.given.iter().filter(|given| now.saturating_sub(**given) < per).count();
            usize::try_from(rate).is_ok_and(|rate| recent < rate)
        });
        self.is_free(slot) && is_slow
    }

    /// Gives places to those who wait, in their order, as long as there are any.
    fn turn(&mut self, now: i64) -> Vec<Turn> {
        let mut turns = Vec::new();
        while let Some(first) = self.waiting.front() {
            if !self.has_place(&first.slot, now) {
                break;
            }
            let Some(Waiting { holder, slot, .. }) = self.waiting.pop_front() else { break };
            if let Some((rate, _)) = slot.rate {
                self.given.push_back(now);
                let most = usize::try_from(rate).unwrap_or(usize::MAX);
                while self.given.len() > most {
                    self.given.pop_front();
                }
            }
            self.holders.insert(holder.clone());
            turns.push(Turn::Granted(holder));
        }
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::{Holder, Slots, Turn};
    use crate::{event::Slot, plan::WhenBusy};

    fn holder(job: &str) -> Holder {
        Holder { job: job.into(), at: None }
    }

    fn slot(when_busy: WhenBusy) -> Slot {
        Slot { group: "g".into(), limit: Some(1), when_busy, rate: None }
    }

    fn granted(job: &str) -> Turn {
        Turn::Granted(holder(job))
    }

    #[test]
    fn who_waits_longest_is_next_unless_another_matters_more() {
        let (mut slots, queue) = (Slots::default(), slot(WhenBusy::Queue));
        assert_eq!(slots.request(holder("a"), &queue, 0, 0), [granted("a")]);
        assert_eq!(slots.request(holder("a"), &queue, 0, 0), [granted("a")]);
        for (job, priority) in [("b", 0), ("c", 0), ("d", 1), ("b", 0)] {
            assert_eq!(slots.request(holder(job), &queue, priority, 0), []);
        }
        for (over, next) in [("a", "d"), ("d", "b"), ("b", "c")] {
            assert_eq!(slots.release("g", &holder(over), 0), [granted(next)]);
        }
        assert_eq!(slots.release("g", &holder("c"), 0), []);
        assert!(slots.groups.is_empty());
    }

    #[test]
    fn one_too_many_is_treated_as_the_file_says() {
        let mut slots = Slots::default();
        assert_eq!(slots.request(holder("a"), &slot(WhenBusy::Queue), 0, 0), [granted("a")]);
        assert_eq!(slots.request(holder("b"), &slot(WhenBusy::Queue), 0, 0), []);
        let why = "another one took its place in the queue of `g`".to_owned();
        let replaced = slots.request(holder("c"), &slot(WhenBusy::ReplaceQueued), 0, 0);
        assert_eq!(replaced, [Turn::Refused(holder("b"), why)]);
        let refused = slots.request(holder("d"), &slot(WhenBusy::Reject), 0, 0);
        assert_eq!(refused, [Turn::Refused(holder("d"), "the group `g` is busy".to_owned())]);
        let evicted = slots.request(holder("e"), &slot(WhenBusy::CancelRunning), 0, 0);
        let why = "another one cancelled all others in `g`".to_owned();
        assert_eq!(evicted, [Turn::Refused(holder("c"), why), Turn::Evicted(holder("a"))]);
        assert_eq!(slots.release("g", &holder("a"), 0), [granted("e")]);
    }

    #[test]
    fn nobody_is_woken_for_the_rate_while_the_limit_holds_them_back() {
        let mut slots = Slots::default();
        let both = Slot { rate: Some((1, 1000)), ..slot(WhenBusy::Queue) };
        assert_eq!(slots.request(holder("a"), &both, 0, 0), [granted("a")]);
        assert_eq!(slots.request(holder("b"), &both, 0, 0), []);
        assert_eq!(slots.next_due(), None);
        assert_eq!(slots.release("g", &holder("a"), 400), []);
        assert_eq!(slots.next_due(), Some(1000));
        assert_eq!(slots.tick(1000), [granted("b")]);
    }

    #[test]
    fn a_place_that_was_given_before_is_nobody_elses() {
        let (mut slots, queue) = (Slots::default(), slot(WhenBusy::Queue));
        slots.hold(holder("a"), &queue);
        assert_eq!(slots.request(holder("b"), &queue, 0, 0), []);
        assert_eq!(slots.release("g", &holder("a"), 0), [granted("b")]);
    }

    #[test]
    fn the_rate_lets_so_many_start_in_each_span() {
        let mut slots = Slots::default();
        let rated = Slot { limit: None, rate: Some((2, 1000)), ..slot(WhenBusy::Queue) };
        assert_eq!(slots.request(holder("a"), &rated, 0, 0), [granted("a")]);
        assert_eq!(slots.request(holder("b"), &rated, 0, 400), [granted("b")]);
        assert_eq!(slots.request(holder("c"), &rated, 0, 500), []);
        assert_eq!(slots.next_due(), Some(1000));
        assert_eq!(slots.tick(999), []);
        assert_eq!(slots.tick(1000), [granted("c")]);
        assert_eq!(slots.next_due(), None);
    }

    #[test]
    fn what_was_given_before_counts_for_the_rate() {
        let mut slots = Slots::default();
        let rated = Slot { limit: None, rate: Some((2, 1000)), ..slot(WhenBusy::Queue) };
        // By two jobs, the later first.
        slots.remember(&"g".into(), &[900]);
        slots.remember(&"g".into(), &[100, 500]);
        assert_eq!(slots.request(holder("c"), &rated, 0, 1000), []);
        assert_eq!(slots.next_due(), Some(1500));
        assert_eq!(slots.tick(1500), [granted("c")]);
    }
}
