//! Servers to talk to: an ordinary one that Python's standard library brings, and one that answers what it is told.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdin, Command, Stdio},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// A Python program that serves on a port of its choice and prints it first. It ends when its standard input does, so it
/// does not outlive the tests.
pub(crate) struct Python {
    child: Child,
    _stdin: ChildStdin,
    pub(crate) url: String,
}

impl Python {
    pub(crate) fn start(program: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new("python3")
            .args(["-u", "-c", program])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let url = format!("http://127.0.0.1:{}", port.trim());
        Self { _stdin: child.stdin.take().unwrap(), child, url }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that takes one connection after the other, reads a whole request from each, answers these bytes, and closes.
/// It sends each request along.
pub(crate) async fn raw(answers: Vec<Vec<u8>>) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, requests) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        for answer in answers {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let count = connection.read(&mut buffer).await.unwrap();
                request.extend_from_slice(&buffer[..count]);
                if count == 0 || is_whole(&request) {
                    break;
                }
            }
            let _ = tell.send(String::from_utf8_lossy(&request).into_owned());
            let _ = connection.write_all(&answer).await;
            let _ = connection.shutdown().await;
        }
        // Whoever comes later waits for an answer that never comes.
        let _held = listener.accept().await;
        std::future::pending::<()>().await;
    });
    (url, requests)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
