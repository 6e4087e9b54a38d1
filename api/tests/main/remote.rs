//! Imports from the network, served by this machine: nothing here leaves it.

use crate::program::Folder;
use insta::assert_snapshot;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
};

const LIB: &str = "skynet 1\nworkflow b {\n  step y { run = [\"true\"] }\n}\n";

/// Answers every request with the same bytes, as long as the test runs; returns the address.
fn serve(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = BufReader::new(stream.try_clone().unwrap());
            // What the client says does not matter; the answer comes after the last line of its head.
            if request.lines().map_while(Result::ok).any(|line| line.is_empty()) {
                let _hung_up = stream.write_all(&answer);
            }
        }
    });
    address
}

fn ok(body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// Checks a file that imports an address; what changes from run to run is left out.
fn check(url: &str, digest: Option<&str>) -> String {
    let pin = digest.map_or(String::new(), |digest| format!(" sha256 \"{digest}\""));
    let folder = Folder::with(&[(
        "main.skynet",
        &format!(
            "skynet 1\nimport \"{url}\" as lib{pin}\nworkflow a {{\n  step x {{\n    call lib.b {{ }}\n  }}\n}}\n"
        ),
    )]);
    let shown = folder.run("check main.skynet").to_string();
    let port = url.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split('/').next());
    shown.replace(port.unwrap_or("no port"), "PORT").replace(&"^".repeat(url.len() + 2), "^^^^")
}

fn digest(content: &[u8]) -> String {
    engine::id::Digest::of(content).to_string()
}

#[test]
fn a_pinned_file_is_fetched() {
    let url = serve(ok(LIB.as_bytes()));
    assert_snapshot!("remote_ok", check(&format!("{url}/b.skynet"), Some(&digest(LIB.as_bytes()))));
}

#[test]
fn the_digest_must_be_there_and_right() {
    let url = serve(ok(LIB.as_bytes()));
    assert_snapshot!("remote_unpinned", check(&format!("{url}/b.skynet"), None));
    assert_snapshot!("remote_changed", check(&format!("{url}/b.skynet"), Some(&digest(b"something else"))));
}

#[test]
fn an_answer_that_is_no_file() {
    let any = digest(b"");
    let missing = serve(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec());
    assert_snapshot!("remote_404", check(&format!("{missing}/b.skynet"), Some(&any)));
    let moved = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    assert_snapshot!("remote_redirect", check(&format!("{}/b.skynet", serve(moved.to_vec())), Some(&any)));
    let large = serve(ok(&vec![b'#'; (1 << 20) + 1]));
    assert_snapshot!("remote_large", check(&format!("{large}/b.skynet"), Some(&any)));
    let garbage = serve(b"220 mail.example ESMTP\r\n".to_vec());
    let shown = check(&format!("{garbage}/b.skynet"), Some(&any));
    assert!(shown.contains("error[E0708]") && shown.ends_with("[exit 2]"), "{shown}");
}

#[test]
fn only_https_and_this_machine() {
    let any = digest(b"");
    assert_snapshot!("remote_plain_http", check("http://skynet.example/b.skynet", Some(&any)));
    assert_snapshot!("remote_other_scheme", check("ftp://skynet.example/b.skynet", Some(&any)));
    assert_snapshot!("remote_password", check("https://ann:pass@skynet.example/b.skynet", Some(&any)));
    assert_snapshot!("remote_no_address", check("https://", Some(&any)));
}

/// The server speaks no TLS, so the handshake fails before anything is asked for.
#[test]
fn https_means_tls() {
    let url = serve(ok(LIB.as_bytes())).replace("http://", "https://");
    let shown = check(&format!("{url}/b.skynet"), Some(&digest(LIB.as_bytes())));
    assert!(shown.contains("error[E0708]") && shown.ends_with("[exit 2]"), "{shown}");
}

#[test]
fn a_file_from_the_network_stays_off_the_disk() {
    let lib = format!("skynet 1\nimport \"./secret.skynet\" as s\n{}", LIB.trim_start_matches("skynet 1\n"));
    let url = serve(ok(lib.as_bytes()));
    assert_snapshot!(
        "remote_imports_local",
        check(&format!("{url}/b.skynet"), Some(&digest(lib.as_bytes())))
    );
}
