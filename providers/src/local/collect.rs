//! What is taken along when a program is over: its outputs and its artifacts.

use super::{
    config::LocalConfig,
    journal::Scratch,
    path::{Place, open_regular},
};
use crate::{failure::Failure, scrub::Scrub, stream};
use engine::{
    id::Name,
    port::{BlobError, Blobs},
    request::Request,
    value::{Artifact, Value},
};
use std::{collections::BTreeMap, fs::File, io::Read as _, sync::Arc};
use tokio::io::AsyncReadExt as _;

/// Reads the outputs. Those that are not there are left out: whether one may be missing is for the engine to say.
pub(super) fn outputs(
    config: &LocalConfig,
    scratch: &Scratch,
    request: &Request,
    scrub: &Scrub,
) -> Result<BTreeMap<Name, Value>, Failure> {
    let most = config.limits.output_bytes;
    let mut outputs = BTreeMap::new();
    for name in &request.outputs {
        let failed = |why: String| Failure::output(format!("the output `{name}` {why}"));
        let file = open_regular(&scratch.out().join(&**name))
            .map_err(|error| failed(format!("cannot be read: {error}")))?;
        let Some(file) = file else { continue };
        let mut bytes = Vec::new();
        file.take(most as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(format!("cannot be read: {error}")))?;
        if bytes.len() > most {
            return Err(failed(format!("has more than {most} bytes; keep it as an artifact")));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| failed("is no UTF-8 text; encode it, or keep it as an artifact".into()))?;
        outputs.insert(Arc::clone(name), Value::text(&scrub.text(&text)));
    }
    Ok(outputs)
}

/// Keeps the artifacts. Those that are not there are left out, as above.
pub(super) async fn artifacts(
    blobs: &dyn Blobs,
    place: &Place,
    request: &Request,
    scrub: &Scrub,
) -> Result<BTreeMap<Name, Value>, Failure> {
    let mut artifacts = BTreeMap::new();
    for (name, path) in &request.artifacts {
        let file = place.open(path).map_err(|failure| {
            let message = format!("the artifact `{name}` is not kept: {}", failure.message);
            Failure { message, ..failure }
        })?;
        let Some(file) = file else { continue };
        let (sha256, bytes) = keep(blobs, file, scrub).await.map_err(|why| match why {
            BlobError::Failed(why) if why == HOLDS_SECRET => Failure::output(format!(
                "the artifact `{name}` is not kept, because a secret is in {path:?}; write the file without it"
            )),
            why => Failure::provider(format!("the artifact `{name}` could not be kept: {why}; try again")),
        })?;
        let artifact = Artifact { path: path.as_str().into(), sha256, bytes };
        artifacts.insert(Arc::clone(name), Value::Artifact(Arc::new(artifact)));
    }
    Ok(artifacts)
}

const HOLDS_SECRET: &str = "a secret is in it";

/// Streams a file into the store, byte for byte. If a secret turns up in it, the store is told that reading failed.
async fn keep(blobs: &dyn Blobs, file: File, scrub: &Scrub) -> Result<(engine::id::Digest, u64), BlobError> {
    let (feed, content) = stream::channel();
    let mut watch = scrub.stream();
    let reading = async move {
        let mut file = tokio::fs::File::from_std(file);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = file.read(&mut buffer).await;
            let piece = match read {
                Ok(count) => buffer.get(..count).unwrap_or_default().to_vec(),
                Err(error) => {
                    let _ = feed.send(Err(BlobError::Failed(error.to_string()))).await;
                    return false;
                }
            };
            let is_end = piece.is_empty();
            drop(if is_end { watch.finish() } else { watch.push(&piece) });
            if watch.has_found() {
                let _ = feed.send(Err(BlobError::Failed(HOLDS_SECRET.into()))).await;
                return true;
            }
            if is_end || feed.send(Ok(piece)).await.is_err() {
                return false;
            }
        }
    };
    let (kept, holds_secret) = tokio::join!(blobs.put(content), reading);
    if holds_secret { Err(BlobError::Failed(HOLDS_SECRET.into())) } else { kept }
}
