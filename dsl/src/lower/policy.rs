//! Retry, repeat, cache, concurrency and policy.

use super::Lowerer;
use crate::{
    ast::Section,
    check::{Secrecy, Site},
    message::{schema as schema_message, types as message},
    names::is_word,
};
use engine::{
    expression::Expr,
    plan::{Backoff, Cache, Concurrency, Policy, Repeat, Retry, RetryOn, UndoOn, WhenBusy},
    value::Value,
};
use grammar::tree::{self, ExprKind};

impl<'a> Lowerer<'a, '_> {
    pub(super) fn retry(&mut self, section: Option<&Section<'a>>, site: Site) -> Option<Option<Retry>> {
        let Some(Section { fields, .. }) = section else { return Some(None) };
        let attempts = self.expr(fields, "attempts", site);
        let backoff = self.literal(fields, "backoff");
        let delay = self.expr(fields, "delay", site);
        let max = self.expr(fields, "max", site);
        let jitter = self.flag(fields, "jitter", false);
        let on = match fields.value("on") {
            Some(written) => self.failures(written),
            None => Some(Vec::new()),
        };
        Some(Some(Retry {
            attempts: attempts?.unwrap_or(Expr::Literal(Value::Int(3))),
            backoff: match backoff?.as_deref() {
                Some("fixed") => Backoff::Fixed,
                Some("linear") => Backoff::Linear,
                Some(_) | None => Backoff::Exponential,
            },
            delay: delay?,
            max: max?,
            jitter: jitter?,
            on: on?,
        }))
    }

    /// Reads the failures that are worth another attempt; they are written out.
    fn failures(&mut self, written: &'a tree::Expr) -> Option<Vec<RetryOn>> {
        if matches!(written.kind, ExprKind::Broken) {
            return None;
        }
        let ExprKind::List(items) = &written.kind else {
            let example = "on = [\"timeout\", \"exit:75\"]";
            self.checker.found.push(message::expected_references(
                "a list of failures",
                example,
                written.span,
            ));
            return None;
        };
        let mut failures = Vec::new();
        let mut whole = true;
        for item in items {
            let text = match &item.value.kind {
                ExprKind::Text(text) => text.literal(),
                _ => None,
            };
            match text.and_then(failure) {
                Some(failure) => failures.push(failure),
                None => {
                    let shown = text.unwrap_or_else(|| self.checker.slice(item.value.span)).to_owned();
                    self.checker.found.push(message::unknown_failure(&shown, item.value.span));
                    whole = false;
                }
            }
        }
        whole.then_some(failures)
    }

    pub(super) fn repeat(&mut self, section: Option<&Section<'a>>, site: Site) -> Option<Option<Repeat>> {
        let Some(Section { fields, .. }) = section else { return Some(None) };
        let until = self.expr(fields, "until", site.after_action());
        let every = self.expr(fields, "every", site);
        let max = self.expr(fields, "max", site);
        Some(Some(Repeat { until: until??, every: every?, max: max?? }))
    }

    pub(super) fn cache(&mut self, section: Option<&Section<'a>>, site: Site) -> Option<Option<Cache>> {
        let Some(Section { fields, .. }) = section else { return Some(None) };
        let key = self.expr(fields, "key", site);
        let ttl = self.expr(fields, "ttl", site);
        Some(Some(Cache { key: key?, ttl: ttl? }))
    }

    pub(super) fn concurrency(
        &mut self,
        section: Option<&Section<'a>>,
        site: Site,
    ) -> Option<Option<Concurrency>> {
        let Some(Section { fields, .. }) = section else { return Some(None) };
        let site = site.with(Secrecy::Seen("concurrency"));
        let group = self.expr(fields, "group", site);
        let limit = self.expr(fields, "limit", site);
        let when_busy = self.literal(fields, "when_busy");
        let rate = self.expr(fields, "rate", site);
        let per = self.expr(fields, "per", site);
        for (word, other) in [("rate", "per"), ("per", "rate")] {
            if let (Some(setting), None) = (fields.setting(word), fields.setting(other)) {
                self.checker.found.push(schema_message::only_with(word, other, setting.key.span));
            }
        }
        Some(Some(Concurrency {
            group: group??,
            limit: limit?,
            when_busy: match when_busy?.as_deref() {
                Some("replace_queued") => WhenBusy::ReplaceQueued,
                Some("cancel_running") => WhenBusy::CancelRunning,
                Some("reject") => WhenBusy::Reject,
                Some(_) | None => WhenBusy::Queue,
            },
            rate: rate?,
            per: per?,
        }))
    }

    pub(super) fn policy(&mut self, section: Option<&Section<'a>>) -> Option<Policy> {
        let Some(Section { fields, .. }) = section else {
            return Some(Policy { approve_at: None, undo_on: UndoOn::Manual, max_parallel: None });
        };
        let site = Site::before("policy");
        let approve_at = self.expr(fields, "approve_at", site);
        let undo_on = self.literal(fields, "undo_on");
        let max_parallel = self.expr(fields, "max_parallel", site);
        undo_on?;
        let on_failure = is_word(fields.value("undo_on"), "failure");
        Some(Policy {
            approve_at: approve_at?,
            undo_on: if on_failure { UndoOn::Failure } else { UndoOn::Manual },
            max_parallel: max_parallel?,
        })
    }
}

fn failure(text: &str) -> Option<RetryOn> {
    match text {
        "any" => return Some(RetryOn::Any),
        "timeout" => return Some(RetryOn::Timeout),
        _ => {}
    }
    match text.split_once(':')? {
        ("exit", code) => code.parse().ok().map(RetryOn::Exit),
        ("http", class) if class.len() == 3 && class.ends_with("xx") => class
            .chars()
            .next()?
            .to_digit(10)
            .filter(|digit| (1..=5).contains(digit))
            .and_then(|digit| u8::try_from(digit).ok().map(RetryOn::HttpClass)),
        ("http", status) => {
            status.parse().ok().filter(|status| (100..600).contains(status)).map(RetryOn::Http)
        }
        _ => None,
    }
}
