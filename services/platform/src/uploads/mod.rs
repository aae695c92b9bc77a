//! Files that people send: pictures are measured, decoded and written anew, documents are looked into; what cannot be
//! made harmless is refused (SEC-40). It stores nothing and knows neither courts nor requests.
//!
//! [`picture`] and [`document`] are pure. This module runs them beside the runtime and bounds what they cost together: a
//! picture takes its share of a common budget of memory before it is decoded, and a request waits a few seconds at most.

pub mod document;
pub mod picture;
mod picture_header;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

use picture::PictureRefused;

/// Memory that all pictures may take together while they are decoded.
const BUDGET_BYTES: u64 = picture::MOST_BYTES;
/// The budget is given out in pieces of this size.
const PIECE_BYTES: u64 = 1 << 20;
/// Longest time a request may spend on its files, waiting for others included.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    /// The picture is the reason.
    #[error(transparent)]
    Picture(#[from] PictureRefused),
    /// The document is the reason.
    #[error(transparent)]
    Document(#[from] document::DocumentRefused),
    /// Too many others are at it; it may work later.
    #[error("too many files are being looked at")]
    Busy,
}

impl FileRefused {
    /// What the sender is told, in English and Greek.
    #[must_use]
    pub fn texts(self) -> (&'static str, &'static str) {
        use document::DocumentRefused;
        match self {
            Self::Picture(PictureRefused::UnknownKind) => {
                ("must be a JPEG, PNG or WebP picture", "πρέπει να είναι εικόνα JPEG, PNG ή WebP")
            }
            Self::Picture(PictureRefused::Broken) => {
                ("is damaged, moving or of an unusual kind", "είναι κατεστραμμένη, κινούμενη ή ασυνήθιστου είδους")
            }
            Self::Picture(PictureRefused::TooLarge) => (
                "has too many pixels; 26 million are the most",
                "έχει πάρα πολλά εικονοστοιχεία· το όριο είναι 26 εκατομμύρια",
            ),
            Self::Document(DocumentRefused::NotPdf) => ("is no whole PDF", "δεν είναι ολόκληρο PDF"),
            Self::Document(DocumentRefused::Active) => (
                "must not hold scripts, actions or other files",
                "δεν επιτρέπεται να περιέχει δέσμες ενεργειών, ενέργειες ή άλλα αρχεία",
            ),
            Self::Document(DocumentRefused::Opaque) => (
                "cannot be inspected; save it without encryption and try again",
                "δεν μπορεί να ελεγχθεί· αποθηκεύστε το χωρίς κρυπτογράφηση και δοκιμάστε ξανά",
            ),
            Self::Busy => ("try again shortly", "δοκιμάστε ξανά σε λίγο"),
        }
    }
}

/// The bench on which files are looked at. Cheap to clone.
#[derive(Clone)]
pub struct Workbench {
    budget: Arc<Semaphore>,
}

impl Default for Workbench {
    fn default() -> Self {
        Self { budget: Arc::new(Semaphore::new(pieces(BUDGET_BYTES) as usize)) }
    }
}

impl Workbench {
    /// The time a request has for its files, beginning now.
    #[must_use]
    pub fn deadline() -> tokio::time::Instant {
        tokio::time::Instant::now() + PATIENCE
    }

    /// Writes a picture anew as JPEG: upright, without metadata, at most `longest_side` pixels wide and high.
    ///
    /// # Errors
    /// [`FileRefused`]; a decoder that fails on a file, in whatever way, makes it a broken one.
    pub async fn clean_picture(
        &self,
        bytes: Bytes,
        longest_side: u32,
        deadline: tokio::time::Instant,
    ) -> Result<Vec<u8>, FileRefused> {
        let measured = picture::measure(&bytes)?;
        self.run(measured.cost_bytes, deadline, move || {
            picture::clean(&bytes, &measured, longest_side).map_err(FileRefused::from)
        })
        .await
    }

    /// Looks into a PDF and answers it as it was.
    ///
    /// # Errors
    /// [`FileRefused`].
    pub async fn check_document(&self, bytes: Bytes, deadline: tokio::time::Instant) -> Result<Bytes, FileRefused> {
        self.run(document::MOST_BYTES, deadline, move || {
            document::check(&bytes)?;
            Ok(bytes)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        cost_bytes: u64,
        deadline: tokio::time::Instant,
        work: impl FnOnce() -> Result<T, FileRefused> + Send + 'static,
    ) -> Result<T, FileRefused> {
        let share = pieces(cost_bytes.min(BUDGET_BYTES));
        let working = async {
            let permit = Arc::clone(&self.budget).acquire_many_owned(share).await.map_err(|_| FileRefused::Busy)?;
            // The share is given back when the work ends, not when somebody stops waiting for it.
            let done = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                work()
            });
            done.await.unwrap_or_else(|failure| {
                tracing::warn!(%failure, "a decoder failed on an uploaded file");
                Err(FileRefused::Picture(PictureRefused::Broken))
            })
        };
        tokio::time::timeout_at(deadline, working).await.unwrap_or(Err(FileRefused::Busy))
    }
}

fn pieces(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(PIECE_BYTES)).unwrap_or(u32::MAX)
}
