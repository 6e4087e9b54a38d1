//! A question to the model that Ollama runs on the machine.

use super::config::Ollama;
use crate::{failure::Failure, http::client};
use engine::{
    id::Name,
    value::{Value, from_json},
};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The longest answer that is read, in bytes.
const LONGEST: usize = 8 << 20;

/// Asks, and returns the fields of `result`.
pub(super) async fn ask(ollama: &Ollama, mut question: Json) -> Result<BTreeMap<Name, Value>, Failure> {
    let model = question.get("model").and_then(Json::as_str).or(ollama.model.as_deref()).map(str::to_owned);
    let Some(model) = model else {
        return Err(Failure::provider(
            "this machine has no default model for Ollama; give the step the param `model`",
        ));
    };
    if let Some(members) = question.as_object_mut() {
        members.insert("model".into(), model.clone().into());
    }
    let url = format!("{}/api/chat", ollama.url.trim_end_matches('/'));
    let unreached = |why: String| {
        Failure::provider(format!(
            "Ollama at {url} gave no answer: {why}; start it on this machine, or try again"
        ))
    };
    let sent = client()?
        .post(&url)
        .header("content-type", "application/json")
        .body(question.to_string())
        .send()
        .await
        .map_err(|error| unreached(crate::http::reason(&error)))?;
    let status = sent.status().as_u16();
    let body = crate::http::read(sent, LONGEST).await.map_err(|failure| unreached(failure.message))?;
    let answer: Json = serde_json::from_slice(&body).unwrap_or_default();
    if status != 200 {
        let said = answer.get("error").and_then(Json::as_str).unwrap_or("nothing more");
        let complaint = format!("Ollama answered with the status {status} and said: {said}\n");
        return Ok(fields(&answer, &model, "", &complaint, 1));
    }
    Ok(fields(&answer, &model, &summary(&answer, &model).to_string(), "", 0))
}

/// Puts the answer into the form that the predecessor's agent gave.
fn summary(answer: &Json, model: &str) -> Json {
    let calls = answer.pointer("/message/tool_calls").and_then(Json::as_array).cloned().unwrap_or_default();
    let calls: Vec<_> = calls
        .iter()
        .enumerate()
        .map(|(i, call)| {
            let id = call.get("id").cloned().unwrap_or_else(|| format!("call_{i}").into());
            json!({
                "id": id,
                "name": call.pointer("/function/name").cloned().unwrap_or_default(),
                "input": call.pointer("/function/arguments").cloned().unwrap_or_default(),
            })
        })
        .collect();
    let stop = if calls.is_empty() {
        answer.get("done_reason").and_then(Json::as_str).unwrap_or("stop")
    } else {
        "tool_use"
    };
    json!({
        "text": answer.pointer("/message/content").and_then(Json::as_str).unwrap_or_default(),
        "tool_calls": calls,
        "stop_reason": stop,
        "input_tokens": answer.get("prompt_eval_count").and_then(Json::as_i64).unwrap_or(0),
        "output_tokens": answer.get("eval_count").and_then(Json::as_i64).unwrap_or(0),
        "model": answer.get("model").and_then(Json::as_str).unwrap_or(model),
        "provider_name": "ollama",
    })
}

fn fields(answer: &Json, model: &str, stdout: &str, stderr: &str, code: i64) -> BTreeMap<Name, Value> {
    let mut fields: BTreeMap<Name, Value> = BTreeMap::new();
    if let Json::Object(members) = summary(answer, model) {
        fields.extend(members.iter().map(|(name, value)| (name.as_str().into(), from_json(value))));
    }
    fields.insert("stdout".into(), Value::text(stdout));
    fields.insert("stderr".into(), Value::text(stderr));
    fields.insert("exit_code".into(), Value::Int(code));
    fields
}
