//! What somebody is asked to agree to: all that a request would do, in words.

use crate::{
    id::{Digest, Name},
    request::{Body, Content, Piece, Request, Resolved, Sealed},
    value::to_json,
};
use std::fmt::Write as _;

/// The longest text of a file that is shown, in characters; of a longer one its size and digest are.
const SHORT: usize = 2000;

/// Says exactly what would be done.
pub(super) fn asked(request: &Request) -> String {
    let place =
        request.place.target.as_ref().map_or_else(|| request.place.kind.to_string(), ToString::to_string);
    let mut text = format!("On {place}: {}", action(&request.action));
    let mut add = |line: String| {
        let _ = write!(text, "\n{line}");
    };
    if let Some(workdir) = &request.workdir {
        add(format!("in the folder {workdir:?}"));
    }
    named("variable", &request.env).for_each(&mut add);
    if let Some(stdin) = &request.stdin {
        add(format!("on standard input:\n{}", shown(stdin)));
    }
    for (path, content) in &request.files {
        add(match content {
            Content::Text(content) => {
                let digest = Digest::of(content.as_bytes());
                let size = content.len();
                if content.chars().count() > SHORT {
                    format!("file {path:?}, {size} bytes, sha256 {digest}")
                } else {
                    format!("file {path:?}, {size} bytes, sha256 {digest}:\n{content}")
                }
            }
            Content::Artifact { sha256, bytes } => {
                format!("file {path:?}, {bytes} bytes, sha256 {sha256}, a copy of an artifact")
            }
        });
    }
    text
}

fn action(action: &Resolved) -> String {
    match action {
        Resolved::Run { argv } => format!("run {argv:?}"),
        Resolved::Script { interpreter, body, arguments } => {
            format!("run this {interpreter:?} script with {arguments:?}:\n{body}")
        }
        Resolved::Do { action, params } => {
            let params: Vec<_> = params.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("do {action} {{ {} }}", params.join(", "))
        }
        Resolved::Http { method, url, headers, query, body, auth } => {
            let mut text = format!("send {method} {url}");
            let query = query.iter().map(|(name, value)| format!("query {name} = {value:?}"));
            let auth = auth.iter().map(|auth| format!("header authorization = {:?}", shown(auth)));
            let body = body.iter().map(|body| match body {
                Body::Text(body) => format!("body:\n{body}"),
                Body::Json(body) => format!("body, as JSON:\n{}", to_json(body)),
            });
            for line in query.chain(named("header", headers)).chain(auth).chain(body) {
                let _ = write!(text, "\n{line}");
            }
            text
        }
        Resolved::Agent { prompt, tools, .. } if tools.is_empty() => format!("ask a model: {prompt}"),
        Resolved::Agent { prompt, tools, .. } => format!("ask a model that may use {tools:?}: {prompt}"),
        Resolved::Mock { .. } => "pretend".to_owned(),
    }
}

fn named<'a>(what: &'a str, values: &'a [(Name, Sealed)]) -> impl Iterator<Item = String> + 'a {
    values.iter().map(move |(name, value)| format!("{what} {name} = {:?}", shown(value)))
}

/// Shows a text without the values of its secrets, which are not known here.
fn shown(text: &Sealed) -> String {
    text.pieces.iter().fold(String::new(), |shown, piece| match piece {
        Piece::Text(chars) => shown + chars,
        Piece::Secret(_) => shown + "[secret]",
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn all_that_would_be_done_is_said() {
        let request: Request = serde_json::from_value(serde_json::json!({
            "key": { "job": "j", "step": "s", "instance": 0, "attempt": 1 },
            "is_undo": false,
            "action": { "http": {
                "method": "POST", "url": "https://example.org/", "headers": [["x-a", [{ "text": "b" }]]],
                "query": [["q", "1"]], "body": { "text": "hello" }, "auth": [{ "text": "Bearer " }, { "secret": "token" }]
            } },
            "place": { "target": null, "kind": "http", "settings": {} },
            "workdir": "sub",
            "env": [["TOKEN", [{ "secret": "token" }]], ["MODE", [{ "text": "wild" }]]],
            "stdin": [{ "text": "typed" }],
            "files": [["short", { "text": "content" }], ["long", { "text": "x".repeat(SHORT + 1) }]],
            "outputs": [], "artifacts": [], "timeout": null, "risk": "high"
        }))
        .unwrap();
        let long = Digest::of("x".repeat(SHORT + 1).as_bytes());
        let short = Digest::of(b"content");
        let whole = format!(
            "On http: send POST https://example.org/\nquery q = \"1\"\nheader x-a = \"b\"\nheader authorization = \
             \"Bearer [secret]\"\nbody:\nhello\nin the folder \"sub\"\nvariable TOKEN = \"[secret]\"\nvariable MODE = \
             \"wild\"\non standard input:\ntyped\nfile \"short\", 7 bytes, sha256 {short}:\ncontent\nfile \"long\", 2001 \
             bytes, sha256 {long}"
        );
        assert_eq!(asked(&request), whole);
    }
}
