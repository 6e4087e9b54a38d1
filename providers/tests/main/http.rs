//! Requests, sent to the server of Python's standard library, and to one that breaks off.

use crate::{
    server::{Python, raw},
    support::place,
};
use engine::{
    id::Name,
    port::{Provider, Secret, Secrets, Stop},
    request::{Body, Done, FailureClass, Outcome, Piece, Request, Resolved, Sealed, Stopped},
    value::{Value, to_json},
};
use providers::{
    Http,
    conformance::{Kept, request},
    http::HttpConfig,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const ECHO: &str = include_str!("echo.py");

struct Asked {
    method: &'static str,
    url: String,
    headers: Vec<(Name, Sealed)>,
    query: Vec<(Name, String)>,
    body: Option<Body>,
    auth: Option<Sealed>,
}

fn ask(method: &'static str, url: String) -> Asked {
    Asked { method, url, headers: Vec::new(), query: Vec::new(), body: None, auth: None }
}

impl Asked {
    fn request(self) -> Request {
        let Self { method, url, headers, query, body, auth } = self;
        request(place("http"), Resolved::Http { method: method.into(), url, headers, query, body, auth })
    }

    async fn send(self) -> Outcome {
        send(&self.request()).await
    }

    async fn done(self) -> Done {
        match self.send().await {
            Outcome::Done(done) => done,
            other => panic!("{other:?}"),
        }
    }
}

fn provider() -> Http {
    Http::new(&HttpConfig { response_bytes: 100_000, ..HttpConfig::default() }).unwrap()
}

fn secrets() -> Secrets {
    [("token".into(), Secret::new("t0ken-value".into()))].into()
}

fn sealed() -> Sealed {
    Sealed { pieces: vec![Piece::Secret("token".into())] }
}

async fn send(request: &Request) -> Outcome {
    provider().perform(request, &secrets(), &Kept::default()).await
}

fn json_of(done: &Done) -> Json {
    to_json(&done.result["json"])
}

fn failure(outcome: Outcome) -> (FailureClass, String) {
    let Outcome::Failed { class, message, .. } = outcome else { panic!("{outcome:?}") };
    (class, message)
}

#[tokio::test]
async fn a_request_is_sent_as_it_is_and_its_answer_has_four_fields() {
    let server = Python::start(ECHO, &[]);
    let mut asked = ask("POST", format!("{}/a%20b?given=1", server.url));
    asked.query = vec![("q".into(), "ä &=?#\n".into()), ("q".into(), String::new())];
    asked.headers = vec![("X-Plain".into(), Sealed::text("v"))];
    asked.body = Some(Body::Json(Value::list(vec![Value::Int(1), Value::text("\"")])));
    asked.auth = Some(sealed());
    let done = asked.done().await;
    assert_eq!(done.result["status"], Value::Int(200));
    let told = json_of(&done);
    assert_eq!(told["method"], "POST");
    assert_eq!(told["path"], "/a%20b");
    assert_eq!(told["query"], json!([["given", "1"], ["q", "ä &=?#\n"], ["q", ""]]));
    assert_eq!(told["body"], "[1,\"\\\"\"]");
    assert_eq!(told["headers"]["content-type"], "application/json");
    assert_eq!(told["headers"]["x-plain"], "v");
    // The server told the token, and it does not come through.
    assert_eq!(told["headers"]["authorization"], "Bearer [secret]");
    let headers = to_json(&done.result["headers"]);
    assert_eq!(
        (&headers["content-type"], &headers["x-twice"]),
        (&json!("application/json"), &json!("one, two"))
    );

    let mut asked = ask("PUT", server.url.clone());
    asked.body = Some(Body::Text("é".into()));
    asked.auth = Some(Sealed::text("Basic dTpw"));
    let told = json_of(&asked.done().await);
    assert_eq!((&told["body"], &told["headers"]["authorization"]), (&json!("é"), &json!("Basic dTpw")));

    let head = ask("HEAD", server.url.clone()).done().await;
    assert_eq!((&head.result["body"], &head.result["json"]), (&Value::text(""), &Value::Null));
    let text = ask("GET", format!("{}/text", server.url)).done().await;
    assert_eq!((&text.result["body"], &text.result["json"]), (&Value::text("caf\u{fffd} {"), &Value::Null));
    for status in [404, 500] {
        let done = ask("GET", format!("{}/status/{status}", server.url)).done().await;
        assert_eq!(done.result["status"], Value::Int(status));
    }
}

#[tokio::test]
async fn an_answer_has_a_greatest_length() {
    let server = Python::start(ECHO, &[]);
    let fits = ask("GET", format!("{}/big/100000", server.url)).done().await;
    assert_eq!(fits.result["status"], Value::Int(200));
    let (class, message) = failure(ask("GET", format!("{}/big/100001", server.url)).send().await);
    assert_eq!(class, FailureClass::Output);
    assert!(message.contains("100000 bytes"), "{message}");
}

#[tokio::test]
async fn a_redirect_is_followed_a_few_times_and_takes_no_secret_to_another_host() {
    let (one, two) = (Python::start(ECHO, &[]), Python::start(ECHO, &[]));
    let with_secrets = |method, url: String| {
        let mut asked = ask(method, url);
        asked.auth = Some(sealed());
        asked.headers = vec![("X-Key".into(), sealed()), ("X-Plain".into(), Sealed::text("v"))];
        asked
    };
    let there = |status: u16, to: &str| format!("{}/redirect/{status}?to={to}", one.url);
    let told = json_of(&with_secrets("GET", there(302, "/same")).done().await);
    assert_eq!((&told["path"], &told["headers"]["x-key"]), (&json!("/same"), &json!("[secret]")));
    let told = json_of(&with_secrets("GET", there(307, &two.url)).done().await);
    let headers = &told["headers"];
    assert_eq!((headers.get("authorization"), headers.get("x-key")), (None, None), "{headers}");
    assert_eq!(headers["x-plain"], "v");

    let mut post = with_secrets("POST", there(303, "/seen"));
    post.body = Some(Body::Text("data".into()));
    let told = json_of(&post.done().await);
    assert_eq!((&told["method"], &told["body"]), (&json!("GET"), &json!("")));
    let mut post = with_secrets("POST", there(307, "/again"));
    post.body = Some(Body::Text("data".into()));
    let told = json_of(&post.done().await);
    assert_eq!((&told["method"], &told["body"]), (&json!("POST"), &json!("data")));
    let mut post = with_secrets("POST", there(308, &two.url));
    post.body = Some(Body::Text("data".into()));
    assert_eq!(failure(post.send().await).0, FailureClass::Refused);
    let (class, message) = failure(ask("GET", format!("{}/loop", one.url)).send().await);
    assert!(class == FailureClass::Provider && message.contains("more than 5 times"), "{message}");
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_failure_only_if_nothing_was_changed() {
    for half in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"] {
        let (url, _) = raw(vec![half.to_vec(), half.to_vec()]).await;
        let (class, message) = failure(ask("GET", url.clone()).send().await);
        assert!(class == FailureClass::Provider && message.contains("try again"), "{message}");
        let outcome = ask("POST", url).send().await;
        let Outcome::Unknown { why } = outcome else { panic!("{outcome:?}") };
        assert!(why.contains("may have acted"), "{why}");
    }
    // Nobody listens there, so nobody has got the request.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (class, message) = failure(ask("POST", format!("http://{free}")).send().await);
    assert!(class == FailureClass::Provider && message.contains("cannot be reached"), "{message}");
    // The first server took it, and what it answered leads to nobody.
    let server = Python::start(ECHO, &[]);
    let outcome = ask("POST", format!("{}/redirect/303?to=http://{free}", server.url)).send().await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    let outcome = ask("POST", format!("{}/redirect/307?to=http://{free}", server.url)).send().await;
    assert_eq!(failure(outcome).0, FailureClass::Provider);
}

#[tokio::test]
async fn a_stop_or_a_deadline_says_whether_the_server_may_have_acted() {
    let cases = [("GET", Stopped::Confirmed), ("POST", Stopped::Unconfirmed { why: String::new() })];
    for (method, expected) in cases {
        let http = Arc::new(provider());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let request = ask(method, url.clone()).request();
        let (sent, secrets, kept) = (request.clone(), secrets(), Kept::default());
        let stop = async {
            let connection = listener.accept().await.unwrap().0;
            connection.readable().await.unwrap();
            let stopped = http.cancel(&sent.key, Stop::Now).await;
            drop(connection);
            stopped
        };
        let (outcome, stopped) = tokio::join!(http.perform(&request, &secrets, &kept), stop);
        assert_eq!(std::mem::discriminant(&stopped), std::mem::discriminant(&expected), "{method}");
        assert_eq!(outcome, Outcome::Cancelled(stopped));

        let mut late = ask(method, url).request();
        late.timeout = Some(200);
        match (method, send(&late).await) {
            ("GET", Outcome::Failed { class: FailureClass::Timeout, .. })
            | ("POST", Outcome::Unknown { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn one_key_is_sent_once() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec();
    let (url, mut requests) = raw(vec![answer]).await;
    let (http, secrets, kept) = (provider(), secrets(), Kept::default());
    let request = ask("POST", url).request();
    let (one, two) =
        tokio::join!(http.perform(&request, &secrets, &kept), http.perform(&request, &secrets, &kept));
    assert!(matches!(one, Outcome::Done(_)), "{one:?}");
    assert_eq!(one, two);
    assert_eq!(one, http.perform(&request, &secrets, &kept).await);
    assert!(requests.recv().await.unwrap().starts_with("POST / "));
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn what_is_no_request_is_refused_before_anything_is_sent() {
    for url in ["file:///etc/passwd", "ftp://x/", "/path", "http://", "http://user:pass@host/"] {
        let request = ask("GET", url.into()).request();
        assert!(provider().check(&request).is_err(), "{url}");
        assert_eq!(failure(send(&request).await).0, FailureClass::Refused, "{url}");
    }
    let mut asked = ask("GET", "http://127.0.0.1:1".into());
    asked.headers = vec![("X".into(), Sealed::text("a\r\nInjected: b"))];
    let (class, message) = failure(asked.send().await);
    assert!(class == FailureClass::Refused && message.contains("`X`"), "{message}");
}
