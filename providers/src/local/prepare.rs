//! What is laid out before a program starts: its variables, its files, what it reads.

use super::{config::LocalConfig, journal::Scratch, path::Place};
use crate::{
    failure::{Failure, open},
    stream,
};
use engine::{
    id::Digest,
    port::{Blobs, Secrets},
    request::{Content, Request},
};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use tokio::io::AsyncWriteExt as _;

/// The variable with the folder for outputs. Its value is the attempt's alone, so it is also the mark by which a
/// process of the attempt is known.
pub(super) const OUT: &str = "SKYNET_OUT";

/// Returns the variables of an attempt; the later of two of one name holds.
pub(super) fn variables(
    config: &LocalConfig,
    request: &Request,
    secrets: &Secrets,
    scratch: &Scratch,
) -> Result<Vec<(String, String)>, Failure> {
    let mut variables = config.variables.clone();
    for (name, value) in &request.env {
        let value = open(value, secrets)?;
        if value.contains('\0') {
            return Err(Failure::refused(format!(
                "the variable `{name}` holds a NUL character, which no variable can; leave it out or encode it"
            )));
        }
        variables.push((name.to_string(), value));
    }
    let key = &request.key;
    variables.extend([
        (OUT.into(), scratch.out().to_string_lossy().into_owned()),
        ("SKYNET_JOB".into(), key.job.to_string()),
        ("SKYNET_STEP".into(), key.step.to_string()),
        ("SKYNET_INSTANCE".into(), key.instance.to_string()),
        ("SKYNET_ATTEMPT".into(), key.attempt.to_string()),
    ]);
    Ok(variables)
}

/// Lays files into the working directory.
pub(super) async fn files(
    blobs: &dyn Blobs,
    place: &Place,
    files: &[(String, Content)],
) -> Result<(), Failure> {
    for (path, content) in files {
        let target = place.make_parents(path)?;
        // The name is as long as any, so that it fits wherever the target's does.
        let draft = target.with_file_name(format!(".skynet-{:.24}", Digest::of(path.as_bytes()).to_string()));
        let laid = match content {
            Content::Text(text) => write_text(&draft, text).await,
            Content::Artifact { sha256, bytes } => copy(blobs, &draft, *sha256, *bytes).await,
        };
        let laid = match laid {
            Ok(()) => tokio::fs::rename(&draft, &target).await.map_err(|error| error.to_string()),
            Err(why) => Err(why),
        };
        if let Err(why) = laid {
            let _ = tokio::fs::remove_file(&draft).await;
            return Err(Failure::provider(format!(
                "the file {path:?} cannot be laid into the working directory: {why}; make room for it, or try again"
            )));
        }
    }
    Ok(())
}

async fn write_text(path: &Path, text: &str) -> Result<(), String> {
    tokio::fs::write(path, text).await.map_err(|error| error.to_string())
}

/// Copies an artifact, and trusts it only if it is the one that was asked for.
async fn copy(blobs: &dyn Blobs, path: &Path, sha256: Digest, bytes: u64) -> Result<(), String> {
    let mut content = blobs.get(sha256).await.map_err(|error| error.to_string())?;
    let mut file = tokio::fs::File::create(path).await.map_err(|error| error.to_string())?;
    let (mut digest, mut length) = (Sha256::new(), 0_u64);
    while let Some(piece) = stream::next(&mut content).await {
        let piece = piece.map_err(|error| error.to_string())?;
        digest.update(&piece);
        length += piece.len() as u64;
        file.write_all(&piece).await.map_err(|error| error.to_string())?;
    }
    file.flush().await.map_err(|error| error.to_string())?;
    if length != bytes || Digest(digest.finalize().into()) != sha256 {
        return Err(format!("the store gave something else for the digest {sha256}"));
    }
    Ok(())
}
