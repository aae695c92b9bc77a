//! Which messages a client's socket has taken: a ping follows each, and its pong is the receipt (NOTE-05). Pure book-keeping.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::sync::mpsc;

/// Receipts that may be open on one connection; the oldest is given up.
const MOST_OPEN: usize = 64;

/// The open receipts of a connection, oldest first.
#[derive(Default)]
pub struct Receipts {
    asked: u64,
    open: VecDeque<(u64, mpsc::Sender<()>)>,
}

impl Receipts {
    /// What to ask the client's socket with after a message; `sender` is told when it answers.
    pub fn expect(&mut self, sender: mpsc::Sender<()>) -> Bytes {
        if self.open.len() == MOST_OPEN {
            self.open.pop_front();
        }
        self.asked += 1;
        self.open.push_back((self.asked, sender));
        Bytes::copy_from_slice(&self.asked.to_be_bytes())
    }

    /// The socket answered: everything up to that question has arrived. Other pongs mean nothing.
    pub fn acknowledge(&mut self, answer: &[u8]) {
        let Ok(answered) = <[u8; 8]>::try_from(answer).map(u64::from_be_bytes) else { return };
        if answered > self.asked {
            return;
        }
        while let Some((number, sender)) = self.open.pop_front_if(|(number, _)| *number <= answered) {
            tracing::trace!(number, "a message has arrived");
            // Whoever asked may have stopped waiting.
            let _ = sender.try_send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NOTE-05: an answer confirms everything before it, once, and nothing that was not asked.
    #[test]
    fn answers_confirm_what_came_before() {
        let mut receipts = Receipts::default();
        let (first, mut first_heard) = mpsc::channel(1);
        let (second, mut second_heard) = mpsc::channel(1);
        let (third, mut third_heard) = mpsc::channel(1);
        let _ = receipts.expect(first);
        let question = receipts.expect(second);
        let _ = receipts.expect(third);
        for foreign in [&b"hello"[..], &u64::MAX.to_be_bytes(), b""] {
            receipts.acknowledge(foreign);
        }
        assert!(first_heard.try_recv().is_err());
        receipts.acknowledge(&question);
        assert!(first_heard.try_recv().is_ok() && second_heard.try_recv().is_ok());
        assert!(third_heard.try_recv().is_err());
    }

    #[test]
    fn open_receipts_are_bounded() {
        let mut receipts = Receipts::default();
        let (sender, _heard) = mpsc::channel(1);
        for _ in 0..1_000 {
            let _ = receipts.expect(sender.clone());
        }
        assert_eq!(receipts.open.len(), MOST_OPEN);
    }
}
