//! Documents and photos, by their hash.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use redvest_domain::codes::Code;
use redvest_domain::id::{Hash, TicketId};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::App;
use super::access::Who;
use super::answer::{Answer, Fault};
use crate::error::{HubError, Refusal};
use crate::store::Auth;

/// Bytes of a photo held in memory at once while it is sent.
const PIECE: usize = 64 << 10;

/// Who left reads nothing more. What became of the own work comes with the outcomes, which are theirs.
fn ensure_reader(auth: &Auth) -> Result<(), Refusal> {
    if auth.record.active { Ok(()) } else { Err(Code::MemberInactive.into()) }
}

pub(super) async fn document(State(app): State<Arc<App>>, Extension(auth): Who, Path(hash): Path<String>) -> Answer {
    ensure_reader(&auth)?;
    let hash: Hash = hash.parse().map_err(|_| Fault::NotFound.refuse())?;
    let bytes = app.store.document(hash).await?.ok_or_else(|| Fault::NotFound.refuse())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// The file that proves a ticket which the asker sees.
pub(super) async fn evidence(State(app): State<Arc<App>>, Extension(auth): Who, Path(ticket): Path<String>) -> Answer {
    ensure_reader(&auth)?;
    let ticket: TicketId = ticket.parse().map_err(|_| Fault::NotFound.refuse())?;
    let evidence = app.store.evidence(Some(&auth), ticket).await?;
    let common = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((common, evidence.to_bytes()).into_response())
}

/// A photo of a ticket that the asker sees. A `Range: bytes=N-` goes on where a download stopped.
pub(super) async fn photo(
    State(app): State<Arc<App>>,
    Extension(auth): Who,
    Path(hash): Path<String>,
    headers: axum::http::HeaderMap,
) -> Answer {
    ensure_reader(&auth)?;
    let hash: Hash = hash.parse().map_err(|_| Fault::NotFound.refuse())?;
    if !app.store.may_read_photo(&auth, hash).await? {
        return Err(Fault::NotFound.refuse().into());
    }
    let path = app.files.path(auth.workspace, hash);
    let mut file = tokio::fs::File::open(path).await.map_err(|_| Fault::NotFound.refuse())?;
    let length = file.metadata().await.map_err(HubError::from)?.len();
    let from = headers.get(header::RANGE).and_then(from_range).filter(|from| *from < length);
    if let Some(from) = from {
        file.seek(std::io::SeekFrom::Start(from)).await.map_err(HubError::from)?;
    }
    let left = length - from.unwrap_or(0);
    let pieces = in_pieces(file);
    let common = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, HeaderValue::from(left)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    match from {
        None => Ok((common, pieces).into_response()),
        Some(from) => {
            let range = format!("bytes {from}-{}/{length}", length - 1);
            Ok((StatusCode::PARTIAL_CONTENT, common, [(header::CONTENT_RANGE, range)], pieces).into_response())
        }
    }
}

/// The start of a range without an end; any other range is answered with the whole file, as HTTP allows.
fn from_range(value: &HeaderValue) -> Option<u64> {
    value.to_str().ok()?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

fn in_pieces(file: tokio::fs::File) -> Body {
    let stream = futures_util::stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let mut piece = vec![0; PIECE];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((Ok(piece), Some(file)))
            }
            // The connection breaks off, and the asker sees that bytes are missing.
            Err(error) => Some((Err(error), None)),
        }
    });
    Body::from_stream(stream)
}
