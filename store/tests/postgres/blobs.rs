//! Content in the database.

use super::harness::{Place, execute, text};
use engine::{
    id::Digest,
    port::{BlobError, Blobs as _},
};
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    future::join_all,
    stream::{self, BoxStream},
};
use store::{
    conformance,
    postgres::{PgBlobs, Settings},
};

async fn blobs() -> (Place, PgBlobs) {
    let place = Place::new().await;
    let blobs = PgBlobs::new(place.database(Settings::default()).await);
    (place, blobs)
}

/// Content of some length in parts of a length that fits no piece.
fn content(length: usize) -> (Vec<u8>, BoxStream<'static, Result<Vec<u8>, BlobError>>) {
    let whole: Vec<u8> = (0_u8..=250).cycle().take(length).collect();
    let parts: Vec<_> = whole.chunks(99_991).map(|part| Ok(part.to_vec())).collect();
    (whole, stream::iter(parts).boxed())
}

const PIECES: &str = "SELECT count(*) FROM skynet.blob_chunks";

#[tokio::test]
async fn keeps_content() {
    conformance::keeps_content(&blobs().await.1).await;
}

#[tokio::test]
async fn has_no_other_content() {
    conformance::has_no_other_content(&blobs().await.1).await;
}

#[tokio::test]
async fn content_of_any_length_is_cut_into_pieces() {
    const PIECE: usize = 256 << 10;
    let (place, blobs) = blobs().await;
    let mut connection = place.connect().await;
    let mut pieces = 0;
    for (length, more) in [(1, 1), (PIECE - 1, 1), (PIECE, 1), (PIECE + 1, 2), (3 * PIECE, 3), (1_000_000, 4)]
    {
        let (whole, parts) = content(length);
        let kept = blobs.put(parts).await.unwrap();
        assert_eq!(kept, (Digest::of(&whole), u64::try_from(length).unwrap()));
        let read = blobs.get(kept.0).await.unwrap().try_concat().await.unwrap();
        assert!(read == whole, "{length} bytes are read as they were");
        pieces += more;
        assert_eq!(text(&mut connection, PIECES).await, pieces.to_string(), "after {length} bytes");
    }
}

#[tokio::test]
async fn who_keeps_the_same_at_the_same_moment_keeps_it_once() {
    let (place, blobs) = blobs().await;
    for (length, pieces) in [(1000, "1"), (700_000, "4")] {
        let (whole, _) = content(length);
        let kept = join_all((0..8).map(|_| blobs.put(content(length).1))).await;
        for kept in kept {
            assert_eq!(kept.unwrap().0, Digest::of(&whole));
        }
        assert_eq!(text(&mut place.connect().await, PIECES).await, pieces);
        let read = blobs.get(Digest::of(&whole)).await.unwrap().try_concat().await.unwrap();
        assert!(read == whole);
    }
}

#[tokio::test]
async fn what_breaks_off_leaves_nothing_behind() {
    let (place, blobs) = blobs().await;
    let (whole, parts) = content(700_000);
    let broken = parts.chain(stream::iter([Err(BlobError::Failed("cut off".to_owned()))]));
    assert_eq!(blobs.put(broken.boxed()).await, Err(BlobError::Failed("cut off".to_owned())));
    let missing = Digest::of(&whole);
    assert_eq!(blobs.get(missing).await.err(), Some(BlobError::Missing(missing)));
    assert_eq!(text(&mut place.connect().await, PIECES).await, "0");
}

#[tokio::test]
async fn damage_is_told() {
    let (place, blobs) = blobs().await;
    let mut connection = place.connect().await;
    let damaged = "the content of the digest 9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a is \
                   damaged: it has another digest now";
    for damage in ["UPDATE skynet.blob_chunks SET data = 'other'", "DELETE FROM skynet.blob_chunks"] {
        let digest = blobs.put(stream::iter([Ok(vec![1, 2, 3, 4])]).boxed()).await.unwrap().0;
        execute(&mut connection, damage).await;
        let read = blobs.get(digest).await.unwrap().try_concat().await;
        assert_eq!(read, Err(BlobError::Failed(damaged.to_owned())), "{damage}");
    }
}
