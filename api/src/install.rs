//! Postgres for machines that have none: an archive is fetched, held against its digest, and unpacked.

use crate::{failure::Failure, file, loader::remote};
use dsl::LoadError;
use engine::id::Digest;
use std::{io::Write as _, path::Path, time::Duration};
use store::embedded::{Binaries, Config};

/// The version that is fetched if no archive is named.
const VERSION: &str = "17.4.0";

/// How large an archive may be, and the file that holds its digest.
const ARCHIVE_BYTES: usize = 256 << 20;
const DIGEST_BYTES: usize = 4 << 10;

/// How long the network may take.
const TIMEOUT: Duration = Duration::from_secs(600);

/// Installs an archive.
///
/// # Errors
/// If it cannot be had, is not what its digest says, or holds no Postgres for this machine.
pub async fn install(config: &Config, from: Option<&str>) -> Result<Binaries, Failure> {
    let usual = usual();
    let from = from.unwrap_or(&usual);
    let digest = digest(from, &get(&format!("{from}.sha256"), DIGEST_BYTES)?)?;
    let archive = get(from, ARCHIVE_BYTES)?;
    let found = Digest::of(&archive);
    if found != digest {
        return Err(Failure::new(
            format!("{from} is damaged: its SHA-256 is {found} and should be {digest}"),
            "fetch it again, or take another one",
        ));
    }
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("the archive cannot be put down to be unpacked: {}", file::reason(&error)),
            "make room where temporary files are, then try again",
        )
    };
    let mut kept = tempfile::NamedTempFile::new().map_err(failed)?;
    kept.write_all(&archive).map_err(failed)?;
    Ok(config.install(kept.path()).await?)
}

/// The archive for this platform, from those who build them for many programs.
fn usual() -> String {
    let system = if cfg!(target_os = "macos") {
        "apple-darwin"
    } else if cfg!(target_env = "musl") {
        "unknown-linux-musl"
    } else {
        "unknown-linux-gnu"
    };
    let machine = std::env::consts::ARCH;
    format!(
        "https://github.com/theseus-rs/postgresql-binaries/releases/download/{VERSION}/\
         postgresql-{VERSION}-{machine}-{system}.tar.gz"
    )
}

fn get(from: &str, bytes: usize) -> Result<Vec<u8>, Failure> {
    let got = if from.contains("://") {
        remote::fetch(from, bytes, TIMEOUT)
    } else {
        file::read_file(Path::new(from)).map_err(|error| LoadError::Failed(file::reason(&error)))
    };
    got.map_err(|error| {
        let why = match error {
            LoadError::NotFound { .. } => "it is not there".to_owned(),
            LoadError::Refused(why) | LoadError::Failed(why) => why,
        };
        Failure::new(
            format!("{from} cannot be had: {why}"),
            "name another archive with `--from`, or install the package `postgresql` of your system",
        )
    })
}

/// Reads the first word, as programs that make such files write it.
fn digest(from: &str, text: &[u8]) -> Result<Digest, Failure> {
    let text = String::from_utf8_lossy(text);
    let word = text.split_whitespace().next().unwrap_or_default();
    Digest::parse(word).ok_or_else(|| {
        Failure::new(
            format!("{from}.sha256 holds no SHA-256, but `{word}`"),
            "it should hold 64 hexadecimal digits",
        )
    })
}
