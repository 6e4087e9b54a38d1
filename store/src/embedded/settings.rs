//! What the server is told at each start. It is small and private: a few connections of one user, often idle.
//!
//! They are given on its command line, so that the settings are those of the program that starts it, however old the
//! data is.

use super::{Config, place::quoted};
use std::path::Path;

const SETTINGS: &[(&str, &str)] = &[
    // nobody but this machine, and nobody but who may enter the folder of the socket
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("ssl", "off"),
    // what was said to be kept is kept
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("synchronous_commit", "on"),
    // little memory and few processes while nothing happens
    ("max_connections", "50"),
    ("shared_buffers", "64MB"),
    ("huge_pages", "off"),
    ("max_worker_processes", "1"),
    ("max_parallel_workers", "0"),
    ("max_parallel_workers_per_gather", "0"),
    ("max_logical_replication_workers", "0"),
    ("autovacuum_max_workers", "2"),
    ("autovacuum_naptime", "15s"),
    // no copy of it follows along, so the log of writes is short
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("wal_compression", "on"),
    ("max_wal_size", "2GB"),
    ("checkpoint_timeout", "15min"),
    // many short statements
    ("jit", "off"),
    ("random_page_cost", "1.1"),
    // a log that is short, and the same everywhere
    ("cluster_name", "skynet"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("log_line_prefix", "%m [%p] "),
    ("log_checkpoints", "off"),
    ("log_lock_waits", "on"),
    ("log_timezone", "UTC"),
    ("lc_messages", "C"),
    ("timezone", "UTC"),
];

/// For tests: a server that is fast and forgets.
const FORGETFUL: &[(&str, &str)] =
    &[("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")];

/// The arguments that say them; later ones overrule earlier ones.
pub(super) fn arguments(config: &Config, socket: &Path) -> Vec<String> {
    let forgetful = if config.is_durable { &[] } else { FORGETFUL };
    let ours = SETTINGS.iter().chain(forgetful).map(|(name, value)| format!("{name}={value}"));
    let theirs = config.settings.iter().map(|(name, value)| format!("{name}={value}"));
    let folder = format!("unix_socket_directories={}", quoted(socket));
    let all = ours.chain([folder]).chain(theirs);
    all.flat_map(|setting| ["-c".to_owned(), setting]).collect()
}
