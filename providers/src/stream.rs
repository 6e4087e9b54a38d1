//! Content in pieces, without a library of combinators.

use engine::port::{BlobError, BlobReader};
use futures_core::Stream;
use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::sync::mpsc;

/// A stream of what is sent into a channel.
struct Received(mpsc::Receiver<Result<Vec<u8>, BlobError>>);

impl Stream for Received {
    type Item = Result<Vec<u8>, BlobError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// Makes a stream, and the end that feeds it.
pub(crate) fn channel() -> (mpsc::Sender<Result<Vec<u8>, BlobError>>, BlobReader) {
    let (sender, receiver) = mpsc::channel(2);
    (sender, Box::pin(Received(receiver)))
}

/// Returns the next piece.
pub(crate) async fn next(content: &mut BlobReader) -> Option<Result<Vec<u8>, BlobError>> {
    poll_fn(|context| content.as_mut().poll_next(context)).await
}
