//! A question to Ollama, answered by a server that says what its documentation shows.

use crate::{
    server::raw,
    support::{Machine, place},
};
use engine::{
    port::{Provider, Secrets},
    request::{FailureClass, Outcome, Resolved},
    value::{Value, from_json, to_json},
};
use providers::conformance::{Kept, request};
use serde_json::json;

fn http(status: &str, body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[tokio::test]
async fn a_model_is_asked_and_its_answer_taken_apart() {
    let answer = json!({
        "model": "llama3.2", "created_at": "2026-01-01T00:00:00Z", "done": true, "done_reason": "stop",
        "message": { "role": "assistant", "content": "hi", "tool_calls": [
            { "function": { "name": "look", "arguments": { "at": 1 } } }
        ] },
        "prompt_eval_count": 26, "eval_count": 298,
    });
    let missing = json!({ "error": "model 'none' not found" });
    let (url, mut asked) = raw(vec![http("200 OK", &answer), http("404 Not Found", &missing)]).await;
    let machine = Machine::with(|config| config.ollama.url = url);
    let ask = async |model: Option<&str>| {
        let messages = from_json(&json!([{ "role": "user", "content": "hello" }]));
        let mut params = [("messages".into(), messages), ("system".into(), Value::text("be brief"))].to_vec();
        params.extend(model.map(|model| ("model".into(), Value::text(model))));
        let params = params.into_iter().collect();
        let request = request(place("local"), Resolved::Do { action: "ollama_chat".into(), params });
        machine.local.perform(&request, &Secrets::new(), &Kept::default()).await
    };
    let outcome = ask(Some("llama3.2")).await;
    let Outcome::Done(done) = outcome else { panic!("{outcome:?}") };
    let fields: serde_json::Map<_, _> =
        done.result.iter().map(|(name, value)| (name.to_string(), to_json(value))).collect();
    assert_eq!(fields["text"], "hi");
    assert_eq!(fields["tool_calls"], json!([{ "id": "call_0", "name": "look", "input": { "at": 1 } }]));
    assert_eq!((&fields["input_tokens"], &fields["output_tokens"]), (&json!(26), &json!(298)));
    assert_eq!((&fields["exit_code"], &fields["provider_name"]), (&json!(0), &json!("ollama")));
    let sent = asked.recv().await.unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(head.starts_with("POST /api/chat "), "{head}");
    assert_eq!(body["messages"][0], json!({ "role": "system", "content": "be brief" }));
    assert_eq!((&body["stream"], &body["options"]["num_predict"]), (&json!(false), &json!(4096)));

    let outcome = ask(Some("none")).await;
    let Outcome::Done(done) = outcome else { panic!("{outcome:?}") };
    assert_eq!(done.result["exit_code"], Value::Int(1));
    let Value::Text(stderr) = &done.result["stderr"] else { panic!("{done:?}") };
    assert!(stderr.contains("model 'none' not found"), "{stderr}");
    let outcome = ask(None).await;
    assert!(matches!(outcome, Outcome::Failed { class: FailureClass::Provider, .. }), "{outcome:?}");
}
