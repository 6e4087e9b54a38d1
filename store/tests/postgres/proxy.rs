//! A wire to the server that can be cut, also at the very moment between a commit and its answer.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    sync::watch,
    task::JoinSet,
};

/// The wire. It is cut for good when this goes.
pub(crate) struct Proxy {
    home: TempDir,
    loses_next_answer: Arc<AtomicBool>,
    dead: watch::Sender<bool>,
    _wires: JoinSet<()>,
}

impl Proxy {
    /// Lays a wire to the server whose socket is in a folder.
    pub(crate) fn new(server: &Path) -> Self {
        let home = tempfile::tempdir().unwrap();
        let socket = ".s.PGSQL.5432";
        let listener = UnixListener::bind(home.path().join(socket)).unwrap();
        let (loses_next_answer, dead) = (Arc::new(AtomicBool::new(false)), watch::Sender::new(false));
        let (lose, death, server) = (Arc::clone(&loses_next_answer), dead.subscribe(), server.join(socket));
        let mut wires = JoinSet::new();
        wires.spawn(async move {
            let mut each = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (lose, death, server) = (Arc::clone(&lose), death.clone(), server.clone());
                each.spawn(async move {
                    if let Ok(server) = UnixStream::connect(server).await {
                        carry(client, server, &lose, death).await;
                    }
                });
            }
        });
        Self { home, loses_next_answer, dead, _wires: wires }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://skynet@localhost/{database}?host={}", self.home.path().display())
    }

    /// Cuts the connection on which the server answers next, and keeps the answer.
    pub(crate) fn lose_next_answer(&self) {
        self.loses_next_answer.store(true, Ordering::SeqCst);
    }

    /// Returns whether an answer is still to be lost.
    pub(crate) fn has_answer_to_lose(&self) -> bool {
        self.loses_next_answer.load(Ordering::SeqCst)
    }

    /// Lets nothing through any more, and does not say so.
    pub(crate) fn fall_silent(&self) {
        self.dead.send_replace(true);
    }
}

async fn carry(client: UnixStream, server: UnixStream, lose: &AtomicBool, mut death: watch::Receiver<bool>) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let asks = async { tokio::io::copy(&mut from_client, &mut to_server).await.map(drop) };
    let answers = async {
        let mut buffer = vec![0; 65_536];
        loop {
            let read = from_server.read(&mut buffer).await?;
            if read == 0 || lose.swap(false, Ordering::SeqCst) {
                return Ok::<_, std::io::Error>(());
            }
            to_client.write_all(&buffer[..read]).await?;
        }
    };
    let is_silent = tokio::select! {
        _ = asks => false,
        _ = answers => false,
        _ = async { death.wait_for(|dead| *dead).await.is_ok() } => true,
    };
    if is_silent {
        std::future::pending::<()>().await;
    }
}
