//! A file read in pieces of 64 KB.

use std::io::{self, ErrorKind, Read};

const PIECE: usize = 64 << 10;

/// Buffered bytes of a reader; unlike `BufReader` it can be asked for a few bytes beyond the piece at hand.
pub(super) struct Input<R> {
    reader: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
}

impl<R: Read> Input<R> {
    pub(super) fn new(reader: R) -> Input<R> {
        Input { reader, buffer: vec![0; PIECE], at: 0, end: 0 }
    }

    /// The bytes at hand, at least `count` (which is small) of them unless the file ends before.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.at < count {
            if self.at > 0 {
                self.buffer.copy_within(self.at..self.end, 0);
                self.end -= self.at;
                self.at = 0;
            }
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                // A reader that claims more than it was given room for is cut short, not trusted.
                Ok(more) => self.end = (self.end + more).min(self.buffer.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.buffer[self.at..self.end])
    }

    /// Steps over bytes that were peeked at.
    pub(super) fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.end);
    }

    /// The next byte, `None` at the end of the file.
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek(1)?.first().copied();
        self.consume(1);
        Ok(byte)
    }

    /// Steps over `count` bytes; whether the file had so many.
    pub(super) fn skip(&mut self, count: usize) -> io::Result<bool> {
        self.each(count, |_| ())
    }

    /// Reads `count` bytes (at most a marker segment); `None` if the file ends before.
    pub(super) fn take(&mut self, count: usize) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::with_capacity(count.min(PIECE));
        Ok(self.each(count, |piece| bytes.extend_from_slice(piece))?.then_some(bytes))
    }

    fn each(&mut self, mut count: usize, mut visit: impl FnMut(&[u8])) -> io::Result<bool> {
        while count > 0 {
            let piece = self.peek(1)?;
            let piece = &piece[..piece.len().min(count)];
            if piece.is_empty() {
                return Ok(false);
            }
            visit(piece);
            let length = piece.len();
            count -= length;
            self.consume(length);
        }
        Ok(true)
    }
}
