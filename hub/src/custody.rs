//! Custody of photos: once an original and its copies are here, does each copy show the original?
//!
//! Nobody waits for it and nothing is refused by it: all files are kept, and the office's ledger says what is doubtful.
//! One photo is decoded at a time, scaled down while it is read, so the hub's memory stays small. What waits is asked of
//! the database, and leaves it with its verdict; after a kill it waits again.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use redvest_photo::{Likeness, Limits, NoCopies};
use tokio::sync::watch;

use crate::api::App;
use crate::error::HubError;
use crate::photos::Files;
use crate::store::Store;

/// What decoding may cost here: with the scaled planes and the file's buffer less than half of the hub's 32 MB. The
/// baseline JPEG of a camera is within it whatever its size.
const LIMITS: Limits = Limits { pixels: 256_000_000, coefficient_bytes: 12 << 20, raster_bytes: 12 << 20 };

/// What came of comparing a copy with its original. The numbers stand in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The copy may well show the original.
    Alike = 0,
    /// The copy shows something else.
    Differs = 1,
    /// The original or the copy is no whole picture, though the phone had copies made of it.
    Undecodable = 2,
    /// The original is of a kind or a size that is not decoded here.
    NotCompared = 3,
}

impl Verdict {
    /// The stable name, as figures and logs have it.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Alike => "alike",
            Verdict::Differs => "differs",
            Verdict::Undecodable => "undecodable",
            Verdict::NotCompared => "not_compared",
        }
    }
}

/// Decodes a file. Bytes that are no picture are told apart from a file that cannot be read now.
fn look(path: &Path) -> io::Result<Result<Likeness, NoCopies>> {
    match Likeness::of(File::open(path)?, &LIMITS) {
        Err(NoCopies::UnreadableFile(error)) => match error.kind() {
            // So decoders tell of bytes that contradict themselves.
            ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
                Ok(Err(NoCopies::Undecodable))
            }
            _ => Err(error),
        },
        seen => Ok(seen),
    }
}

/// Compares copies with their original; the verdicts are in their order.
fn compare(original: &Path, copies: &[impl AsRef<Path>]) -> io::Result<Vec<Verdict>> {
    let original = look(original)?;
    copies
        .iter()
        .map(|copy| {
            Ok(match (&original, look(copy.as_ref())?) {
                (Err(NoCopies::TooLarge | NoCopies::UnsupportedFormat), _) => Verdict::NotCompared,
                (Err(_), _) | (Ok(_), Err(_)) => Verdict::Undecodable,
                (Ok(original), Ok(copy)) if original.is_like(&copy) => Verdict::Alike,
                (Ok(_), Ok(_)) => Verdict::Differs,
            })
        })
        .collect()
}

/// Compares what waits, one original after the other, until nothing waits or the hub is to stop. Gives how many originals
/// have their verdicts now. A file that cannot be read is passed over and waits on.
///
/// # Errors
/// [`HubError::NoWorkspace`], and whatever keeps the hub from reading or writing its database.
pub async fn check_waiting(store: &Store, files: &Files, is_over: impl Fn() -> bool) -> Result<usize, HubError> {
    let workspace = store.site().await?.workspace;
    let (mut behind, mut done) = (None, 0);
    while !is_over()
        && let Some((original, copies)) = store.check_waiting(behind).await?
    {
        let path = files.path(workspace, original);
        let paths: Vec<_> = copies.iter().map(|copy| files.path(workspace, *copy)).collect();
        let compared = tokio::task::spawn_blocking(move || compare(&path, &paths)).await;
        match compared.map_err(|_| HubError::Internal("comparing photos"))? {
            Ok(verdicts) => {
                for verdict in &verdicts {
                    metrics::counter!("redvest_photo_checks_total", "verdict" => verdict.code()).increment(1);
                }
                store.photos_checked(original, copies.into_iter().zip(verdicts).collect()).await?;
                done += 1;
            }
            Err(error) => {
                tracing::error!(%error, %original, "a photo cannot be read");
                behind = Some(original);
            }
        }
    }
    Ok(done)
}

/// Compares what waits, now and then, until the hub stops.
pub(crate) async fn run(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let pause = Duration::from_secs(app.config.timer_seconds.into());
    loop {
        let over = stopped.clone();
        match check_waiting(&app.store, &app.files, || *over.borrow()).await {
            Ok(_) | Err(HubError::NoWorkspace) => {}
            Err(error) => tracing::error!(%error, "photos cannot be compared"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // The sender being gone means the same as its word.
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}
