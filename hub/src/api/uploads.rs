//! Photos up: tus 1.0 (<https://tus.io/protocols/resumable-upload>) with creation, creation-with-upload, termination and
//! expiration. The SHA-256 comes with the creation and is checked behind the last byte.
//!
//! Every answer that moves an offset is durable. The right to upload follows an accepted event of the asker's own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use redvest_domain::codes::Explained;
use redvest_domain::id::{DeviceId, Hash};
use redvest_domain::wire::path;

use super::App;
use super::access::Who;
use super::answer::{Answer, Pieces, Refused};
use crate::error::{HubError, Refusal};
use crate::photos::{Finished, Upload, UploadError, UploadId, Writing};
use crate::store::PhotoRight;

const VERSION: &str = "1.0.0";
/// Bytes that are gathered before they go to the disk in one step.
const GATHER: usize = 256 << 10;
/// tus's status for bytes with another checksum.
const CHECKSUM_MISMATCH: u16 = 460;

#[derive(Debug, Clone, Copy)]
enum UploadFault {
    Metadata,
    TooLarge,
    NoRight,
    OtherSize,
    Unknown,
    Locked,
    Offset,
    TooLong,
    Checksum,
    TooMany,
}

impl UploadFault {
    fn refuse(self) -> Refusal {
        let status = match self {
            UploadFault::Metadata => 400,
            UploadFault::TooLarge | UploadFault::TooLong => 413,
            UploadFault::NoRight => 403,
            UploadFault::OtherSize | UploadFault::Offset => 409,
            UploadFault::Unknown => 404,
            UploadFault::Locked => 423,
            UploadFault::Checksum => CHECKSUM_MISMATCH,
            UploadFault::TooMany => 429,
        };
        Refusal::explained(status, &self)
    }
}

impl Explained for UploadFault {
    fn code(&self) -> &'static str {
        match self {
            UploadFault::Metadata => "upload_metadata",
            UploadFault::TooLarge => "photo_too_large",
            UploadFault::NoRight => "upload_without_event",
            UploadFault::OtherSize => "upload_size",
            UploadFault::Unknown => "upload_unknown",
            UploadFault::Locked => "upload_locked",
            UploadFault::Offset => "upload_offset",
            UploadFault::TooLong => "upload_too_long",
            UploadFault::Checksum => "upload_checksum",
            UploadFault::TooMany => "upload_too_many",
        }
    }

    fn zh(&self) -> String {
        match self {
            UploadFault::Metadata => "上传请求缺少长度或照片摘要；请升级应用。",
            UploadFault::TooLarge => "照片超过大小限制；原件保留在手机上。",
            UploadFault::NoRight => "请先上传工单记录，再上传照片。",
            UploadFault::OtherSize => "照片大小与记录不符；请运行诊断。",
            UploadFault::Unknown => "上传已失效；将自动重新开始。",
            UploadFault::Locked => "该上传正在进行；将自动稍后继续。",
            UploadFault::Offset => "续传位置不符；将自动核对后继续。",
            UploadFault::TooLong => "上传内容多于声明的长度；将自动重新开始。",
            UploadFault::Checksum => "照片内容在途中损坏；将自动重新上传。",
            UploadFault::TooMany => "未完成的上传过多；请等待完成。",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            UploadFault::Metadata => "The upload lacks its length or the photo's hash; update the app.",
            UploadFault::TooLarge => "The photo is larger than allowed; the original stays on the phone.",
            UploadFault::NoRight => "Send the ticket's event first, then its photos.",
            UploadFault::OtherSize => "The photo's size differs from what its event says; run the doctor.",
            UploadFault::Unknown => "The upload is gone; it begins again by itself.",
            UploadFault::Locked => "The upload is being written already; it goes on by itself.",
            UploadFault::Offset => "The offset is not where the upload stands; ask for it and go on.",
            UploadFault::TooLong => "More bytes than announced; the upload begins again by itself.",
            UploadFault::Checksum => "The bytes were damaged on the way; the upload begins again by itself.",
            UploadFault::TooMany => "Too many unfinished uploads; finish some of them first.",
        }
        .to_owned()
    }
}

impl From<UploadError> for Refusal {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Unknown => UploadFault::Unknown.refuse(),
            UploadError::Locked => UploadFault::Locked.refuse().retry_after(2),
            UploadError::Offset { .. } => UploadFault::Offset.refuse(),
            UploadError::TooLong => UploadFault::TooLong.refuse(),
            UploadError::Checksum => UploadFault::Checksum.refuse(),
            UploadError::TooMany => UploadFault::TooMany.refuse().retry_after(30),
            UploadError::Disk(error) => HubError::from(error).into(),
        }
    }
}

/// Runs a step on the disk away from the threads that serve connections.
async fn on_disk<T: Send + 'static, E: Into<Refusal> + Send + 'static>(
    step: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(step).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(HubError::Stopping.into()),
    }
}

fn tus(mut response: Response, offset: Option<u64>) -> Response {
    let headers = response.headers_mut();
    headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(offset) = offset {
        headers.insert("upload-offset", HeaderValue::from(offset));
    }
    response
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// The hash of the upload's metadata: the key `sha256` with the 64 hexadecimal digits in base 64, as tus asks for.
fn announced_hash(headers: &HeaderMap) -> Option<Hash> {
    let metadata = headers.get("upload-metadata")?.to_str().ok()?;
    let value = metadata.split(',').find_map(|pair| pair.trim().strip_prefix("sha256 "))?;
    let digits = BASE64.decode(value.trim()).ok()?;
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// What this server speaks.
pub(super) async fn options(State(app): State<Arc<App>>) -> Response {
    let extensions = "creation,creation-with-upload,termination,expiration";
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert("tus-version", HeaderValue::from_static(VERSION));
    response.headers_mut().insert("tus-extension", HeaderValue::from_static(extensions));
    response.headers_mut().insert("tus-max-size", HeaderValue::from(app.config.limits.photo_bytes));
    tus(response, None)
}

/// Creates an upload; bytes that come along are taken at once.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(auth): Who,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let announced = number(&headers, "upload-length").zip(announced_hash(&headers));
    let (length, hash) = announced.ok_or_else(|| UploadFault::Metadata.refuse())?;
    if length > app.config.limits.photo_bytes {
        return Err(UploadFault::TooLarge.refuse().into());
    }
    let right = app.store.photo_right(&auth, hash).await?;
    match right {
        PhotoRight::None => return Err(UploadFault::NoRight.refuse().into()),
        PhotoRight::Send(bound) | PhotoRight::Done(bound) if bound != length => {
            return Err(UploadFault::OtherSize.refuse().into());
        }
        // The answer to an earlier upload got lost, or the author could read the photo anyway.
        PhotoRight::Done(_) => return Ok(tus(StatusCode::CREATED.into_response(), Some(length))),
        PhotoRight::Send(_) => {}
    }
    let expires = Upload::expiry(app.clock.now(), app.config.limits.upload_hours);
    let (workspace, member, device) = (auth.workspace, auth.member, auth.device);
    let upload = Upload { workspace, member, device, hash, length, expires };
    let id = UploadId::new(app.store.random()?);
    let (uploads, made) = (app.uploads.clone(), (id.clone(), upload));
    // Dropped with this request unless it is kept: a connection that breaks here leaves an upload that nobody knows of.
    let untold = on_disk(move || uploads.create(&made.0, &made.1)).await?;
    let carries_bytes = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/offset+octet-stream");
    let offset = match carries_bytes {
        true => receive(&app, &id, device, 0, body).await?,
        false => 0,
    };
    if offset < length {
        on_disk(move || untold.keep()).await?;
    }
    let location = format!("{}/{}", path::UPLOADS, id.as_str());
    let expires = expires.to_utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let about = [(header::LOCATION, location), (header::HeaderName::from_static("upload-expires"), expires)];
    Ok(tus((StatusCode::CREATED, about).into_response(), Some(offset)))
}

/// Appends bytes at the offset where the upload stands.
pub(super) async fn append(
    State(app): State<Arc<App>>,
    Extension(auth): Who,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let id = UploadId::parse(&id).ok_or_else(|| UploadFault::Unknown.refuse())?;
    let offset = number(&headers, "upload-offset").ok_or_else(|| UploadFault::Metadata.refuse())?;
    let offset = receive(&app, &id, auth.device, offset, body).await?;
    Ok(tus(StatusCode::NO_CONTENT.into_response(), Some(offset)))
}

/// Where an upload stands.
pub(super) async fn state(State(app): State<Arc<App>>, Extension(auth): Who, Path(id): Path<String>) -> Answer {
    let id = UploadId::parse(&id).ok_or_else(|| UploadFault::Unknown.refuse())?;
    let uploads = app.uploads.clone();
    let (upload, at) = on_disk(move || uploads.find(&id, auth.device)).await?;
    let length = [("upload-length", HeaderValue::from(upload.length))];
    Ok(tus((StatusCode::OK, length).into_response(), Some(at)))
}

/// Drops an upload.
pub(super) async fn give_up(State(app): State<Arc<App>>, Extension(auth): Who, Path(id): Path<String>) -> Answer {
    let id = UploadId::parse(&id).ok_or_else(|| UploadFault::Unknown.refuse())?;
    let uploads = app.uploads.clone();
    on_disk(move || uploads.give_up(&id, auth.device)).await?;
    Ok(tus(StatusCode::NO_CONTENT.into_response(), None))
}

/// Takes a body into an upload. Gives the offset that is durable behind it. If the connection breaks or the bytes do
/// not fit, what arrived before stays.
async fn receive(app: &Arc<App>, id: &UploadId, device: DeviceId, offset: u64, body: Body) -> Result<u64, Refused> {
    let (uploads, known) = (app.uploads.clone(), id.clone());
    let mut writing = on_disk(move || uploads.write(&known, device, offset)).await?;
    let mut pieces = Pieces::new(app, body);
    let mut gathered = Vec::new();
    let ended = loop {
        match pieces.next().await {
            Ok(Some(piece)) => gathered.extend_from_slice(&piece),
            Ok(None) => break Ok(()),
            Err(refusal) => break Err(refusal),
        }
        if gathered.len() >= GATHER {
            writing = append_on_disk(writing, std::mem::take(&mut gathered)).await?;
        }
    };
    writing = append_on_disk(writing, gathered).await?;
    let at = writing.offset();
    let finished = on_disk(move || writing.settle()).await?;
    if let Some(finished) = finished {
        finish(app, finished).await?;
    }
    ended?;
    metrics::counter!("redvest_photo_bytes_total").increment(at - offset);
    Ok(at)
}

async fn append_on_disk(mut writing: Writing, bytes: Vec<u8>) -> Result<Writing, Refusal> {
    on_disk(move || writing.append(&bytes).map(|()| writing)).await
}

/// Takes a complete upload over: file first, then the row that says that it is here.
async fn finish(app: &Arc<App>, finished: Finished) -> Result<(), Refused> {
    let files = app.files.clone();
    let upload = finished.upload.clone();
    let finished = on_disk(move || {
        files.take(finished.upload.workspace, finished.upload.hash, &finished.path)?;
        Ok::<_, HubError>(finished)
    })
    .await?;
    app.store.photo_arrived(upload.workspace, upload.member, upload.hash, upload.length).await?;
    metrics::counter!("redvest_photos_total").increment(1);
    on_disk(move || {
        finished.clean();
        Ok::<_, HubError>(())
    })
    .await?;
    Ok(())
}
