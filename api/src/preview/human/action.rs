//! How an action and the values in it read.

use super::{FAINT, Page};
use crate::{
    preview::{ActionLine, CallLine, Piece, Shown},
    report::count,
    visible::{clean, visible},
};
use anstyle::{AnsiColor, Style};

const OPEN: Style = AnsiColor::Magenta.on_default();

/// How many characters of one value are shown.
const MAX_VALUE: usize = 400;

impl Page {
    pub(super) fn action(&mut self, action: &ActionLine) {
        match action {
            ActionLine::Run { argv } => self.line(&format!("run {}", words(argv))),
            ActionLine::Script { interpreter, body, arguments } => self.script(interpreter, body, arguments),
            ActionLine::Do { action, params } => {
                self.line(&format!("do {action}"));
                self.pairs(params);
            }
            ActionLine::Http { method, url, query, headers, body, auth } => {
                self.line(&format!("{method} {}", drawn(url)));
                self.inside(|page| {
                    for (name, value) in query {
                        page.line(&format!("query {name}={}", drawn(value)));
                    }
                    for (name, value) in headers {
                        page.line(&format!("{name}: {}", drawn(value)));
                    }
                    page.maybe("auth", auth.as_ref());
                    page.maybe("body", body.as_ref());
                });
            }
            ActionLine::Agent { model, prompt, tools } => {
                let model = model.as_ref().map_or_else(|| "a model".to_owned(), drawn);
                self.line(&format!("ask {model}"));
                self.inside(|page| {
                    page.line(&drawn(prompt));
                    page.maybe("tools", tools.as_ref());
                });
            }
            ActionLine::Call(call) => self.call(call),
            ActionLine::Approve { message, approvers, quorum, expires } => {
                let quorum =
                    quorum.as_ref().map_or(String::new(), |it| format!(", {} must agree", drawn(it)));
                let expires = expires.as_ref().map_or(String::new(), |it| format!(", within {}", drawn(it)));
                let approvers: Vec<String> = approvers.iter().map(drawn).collect();
                self.line(&format!("ask {}{quorum}{expires}", approvers.join(", ")));
                if let Some(message) = message {
                    self.inside(|page| page.line(&drawn(message)));
                }
            }
            ActionLine::Wait { length, until, signal, expires } => {
                let expires = expires.as_ref().map_or(String::new(), |it| format!(", at most {}", drawn(it)));
                for (how, value) in [("", length), ("until ", until), ("for the signal ", signal)] {
                    if let Some(value) = value {
                        self.line(&format!("wait {how}{}{expires}", drawn(value)));
                    }
                }
            }
        }
    }

    fn script(&mut self, interpreter: &str, body: &str, arguments: &[Shown]) {
        let arguments = if arguments.is_empty() { String::new() } else { format!(" {}", words(arguments)) };
        self.line(&format!("{interpreter}{arguments}, {}", count(body.lines().count(), "line")));
        self.inside(|page| {
            for line in body.lines() {
                page.line(&format!("{FAINT}|{FAINT:#} {}", clean(line)));
            }
        });
    }

    fn call(&mut self, call: &CallLine) {
        self.line(&format!("call {}", call.workflow));
        self.pairs(&call.params);
        self.inside(|page| match &call.steps {
            Some(steps) => page.steps(steps),
            None => page.line(&format!("{FAINT}its steps are not shown here{FAINT:#}")),
        });
    }

    fn pairs(&mut self, pairs: &[(String, Shown)]) {
        self.inside(|page| {
            for (name, value) in pairs {
                page.line(&format!("{name} = {}", drawn(value)));
            }
        });
    }

    fn maybe(&mut self, name: &str, value: Option<&Shown>) {
        if let Some(value) = value {
            self.line(&format!("{name} {}", drawn(value)));
        }
    }
}

/// Draws a text: what only run time fills in stands in `<…>`, and a long value is cut.
pub(super) fn drawn(shown: &Shown) -> String {
    let mut left = MAX_VALUE;
    let mut out = String::new();
    for piece in &shown.pieces {
        let (Piece::Known(text) | Piece::Open(text) | Piece::Written(text)) = piece;
        let length = text.chars().count();
        let mut cut: String = text.chars().take(left).map(visible).collect();
        if length > left {
            cut.push_str(&format!("... ({} more characters)", length - left));
        }
        match piece {
            Piece::Known(_) => out.push_str(&cut),
            Piece::Open(_) => out.push_str(&format!("{OPEN}<{cut}>{OPEN:#}")),
            Piece::Written(_) => out.push_str(&format!("{OPEN}{cut}{OPEN:#}")),
        }
        if length > left {
            break;
        }
        left -= length;
    }
    out
}

/// Draws arguments as they would be typed into a shell: what holds blanks or signs stands in quotes.
fn words(argv: &[Shown]) -> String {
    argv.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Draws one argument as it would be typed into a shell.
pub(super) fn word(shown: &Shown) -> String {
    let is_plain = |piece: &Piece| match piece {
        Piece::Known(text) => text.chars().all(|c| c.is_alphanumeric() || "-_./:=,@%+".contains(c)),
        Piece::Open(_) | Piece::Written(_) => true,
    };
    let is_empty = shown.pieces.iter().all(|piece| matches!(piece, Piece::Known(text) if text.is_empty()));
    if is_empty || !shown.pieces.iter().all(is_plain) {
        format!("'{}'", drawn(shown).replace('\'', "'\\''"))
    } else {
        drawn(shown)
    }
}
