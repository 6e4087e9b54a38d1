//! What is written bit by bit by those who wait for a database, into what does not wait.

use std::{
    io::{self, ErrorKind, Write},
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::AsyncWrite;

/// A file or a pipe. A reader that hangs up is no error; what is left goes nowhere.
#[derive(Debug)]
pub struct Sink<W>(pub W);

impl<W: Write + Unpin> AsyncWrite for Sink<W> {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(match self.0.write_all(bytes) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            Ok(()) | Err(_) => Ok(bytes.len()),
        })
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        })
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}
