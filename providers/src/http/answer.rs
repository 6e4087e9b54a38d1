//! An answer becomes the fields of `result`.

use crate::{failure::Failure, scrub::Scrub};
use engine::{
    id::Name,
    request::Done,
    value::{Value, from_json},
};
use reqwest::{Response, StatusCode, header::HeaderMap};
use std::collections::BTreeMap;

/// Reads the body, if it is not longer than may be.
pub(crate) async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Failure> {
    let too_long = || {
        Failure::output(format!(
            "the answer has more than {most} bytes; fetch it by `run` into a file and keep that"
        ))
    };
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if body.len() + piece.len() > most => return Err(too_long()),
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(body),
            Err(error) => {
                let why = super::reason(&error);
                return Err(Failure::provider(format!(
                    "the connection broke in the middle of the answer ({why})"
                )));
            }
        }
    }
}

/// Returns what the request gave. Text that is none is read as well as it can be.
pub(super) fn done(status: StatusCode, headers: &HeaderMap, body: &[u8], scrub: &Scrub) -> Done {
    let mut by_name: BTreeMap<Name, Value> = BTreeMap::new();
    for name in headers.keys() {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        by_name.insert(name.as_str().into(), Value::text(&scrub.text(&values.join(", "))));
    }
    let body = scrub.bytes(body);
    let json = serde_json::from_slice(&body).map_or(Value::Null, |json| from_json(&json));
    let result = [
        ("status".into(), Value::Int(status.as_u16().into())),
        ("headers".into(), Value::map(by_name)),
        ("body".into(), Value::text(&String::from_utf8_lossy(&body))),
        ("json".into(), json),
    ];
    Done { result: result.into(), ..Done::default() }
}
