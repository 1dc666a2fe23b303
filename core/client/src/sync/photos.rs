//! Photos up, as resumable uploads (tus 1.0), smallest kind first; then photos down. One photo that fails is postponed
//! and never holds up another.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use redvest_domain::wire::path;

use super::backoff::{Backoff, retry_at};
use super::message::{Body, MOST_UNPACKED, Reply, ReplyBody, Request, Target, headers};
use super::session::{Purpose, Session};
use crate::Error;
use crate::store::{UploadJob, UploadPolicy, WantedPhoto};

const TUS: &str = "1.0.0";
/// tus's status for bytes with another checksum.
const CHECKSUM_MISMATCH: u16 = 460;
/// The code under which the store forgets an upload's address.
const UPLOAD_GONE: &str = "upload_gone";
/// Files up to this many bytes are sent with the request that creates their upload.
const AT_ONCE: u64 = 256 << 10;
/// Jobs taken from the store at once.
const JOBS: usize = 64;

/// Statuses after which all further requests are pointless for now: token, rate, overload.
fn ends_session(status: u16) -> bool {
    matches!(status, 401 | 426 | 429 | 500..)
}

impl Session {
    pub(super) fn next_upload(&mut self) -> Result<Option<Request>, Error> {
        if let Some(job) = self.appends.pop_front() {
            return Ok(Some(self.append_upload(job)));
        }
        if self.uploads.is_empty() {
            let policy = UploadPolicy { originals: self.options.originals, now: self.client.env().now() };
            // What is under way is still listed by the store, so ask for as many more.
            let jobs = self.client.store().uploads(policy, JOBS + self.under_way.len())?;
            self.uploads = jobs.into_iter().filter(|job| self.touched.insert(job.hash)).collect();
        }
        let Some(job) = self.uploads.pop_front() else { return Ok(None) };
        Ok(Some(if job.url.is_some() { self.ask_upload(job) } else { self.create_upload(job) }))
    }

    /// Creates an upload. A small file goes with the same request; a large one goes after it, because an upload whose
    /// address never arrived cannot be gone on with.
    fn create_upload(&mut self, job: UploadJob) -> Request {
        let metadata = format!("sha256 {}", BASE64.encode(job.hash.to_hex()));
        let (size, file) = (job.size, job.path.clone());
        self.send(Purpose::Create(job), |id, token| {
            let mut headers = tus_headers(token);
            headers.push(("upload-length", size.to_string()));
            headers.push(("upload-metadata", metadata));
            let body = match size <= AT_ONCE {
                true => {
                    headers.push(("content-type", "application/offset+octet-stream".to_owned()));
                    Body::File { path: file, offset: 0, length: size }
                }
                false => Body::None,
            };
            let target = Target::Memory { most: MOST_UNPACKED };
            Request { id, method: "POST", path: path::UPLOADS.to_owned(), headers, body, target }
        })
    }

    /// Asks where an upload stands that an earlier session began.
    fn ask_upload(&mut self, job: UploadJob) -> Request {
        let url = job.url.clone().unwrap_or_default();
        self.send(Purpose::Ask(job), |id, token| Request {
            id,
            method: "HEAD",
            path: url,
            headers: tus_headers(token),
            body: Body::None,
            target: Target::Memory { most: MOST_UNPACKED },
        })
    }

    fn append_upload(&mut self, job: UploadJob) -> Request {
        let (url, file) = (job.url.clone().unwrap_or_default(), job.path.clone());
        let (offset, length) = (job.offset, job.size.saturating_sub(job.offset));
        self.send(Purpose::Append(job), |id, token| {
            let mut headers = tus_headers(token);
            headers.push(("upload-offset", offset.to_string()));
            headers.push(("content-type", "application/offset+octet-stream".to_owned()));
            let body = Body::File { path: file, offset, length };
            Request { id, method: "PATCH", path: url, headers, body, target: Target::Memory { most: MOST_UNPACKED } }
        })
    }

    pub(super) fn upload_created(&mut self, job: UploadJob, reply: &Reply) -> Result<(), Error> {
        if !reply.is_success() {
            return self.upload_refused(job, reply);
        }
        let job = UploadJob { url: reply.header("location").map(below_the_address), offset: 0, ..job };
        if let Some(url) = &job.url {
            self.client.store().upload_begun(job.hash, url)?;
        }
        self.upload_moved(job, reply, false)
    }

    /// An upload of an earlier session stands somewhere; it goes on from there.
    pub(super) fn upload_asked(&mut self, job: UploadJob, reply: &Reply) -> Result<(), Error> {
        match (reply.status, offset(&job, reply)) {
            (200..=299, Some(offset)) if offset < job.size => {
                self.appends.push_back(UploadJob { offset, ..job });
                Ok(())
            }
            (200..=299, _) => self.upload_moved(job, reply, false),
            _ => self.upload_refused(job, reply),
        }
    }

    pub(super) fn upload_appended(&mut self, job: UploadJob, reply: &Reply) -> Result<(), Error> {
        if reply.is_success() { self.upload_moved(job, reply, true) } else { self.upload_refused(job, reply) }
    }

    /// The hub has the bytes up to an offset: all of them, or the rest is sent next.
    fn upload_moved(&mut self, job: UploadJob, reply: &Reply, is_append: bool) -> Result<(), Error> {
        let Some(offset) = offset(&job, reply) else { return self.postpone_upload(&job, "upload_offset", None) };
        self.summary.sent_bytes += offset.saturating_sub(job.offset);
        if offset == job.size {
            self.summary.sent += 1;
            return self.client.store().upload_done(job.hash);
        }
        self.client.store().upload_at(job.hash, offset)?;
        // A hub that takes nothing, or names no address, would be asked for ever.
        let is_stuck = offset <= job.offset && (is_append || job.size <= AT_ONCE);
        if job.url.is_none() || is_stuck {
            return self.postpone_upload(&job, "upload_offset", None);
        }
        self.appends.push_back(UploadJob { offset, ..job });
        Ok(())
    }

    fn upload_refused(&mut self, job: UploadJob, reply: &Reply) -> Result<(), Error> {
        if matches!(reply.status, 404 | 410 | CHECKSUM_MISMATCH) {
            return self.begin_anew(job);
        }
        let problem = reply.problem();
        if ends_session(reply.status) {
            self.give_up_on(reply);
        }
        self.postpone_upload(&job, &problem.code, problem.retry_after)
    }

    /// The hub does not have the upload any more: it begins again, once in a session.
    fn begin_anew(&mut self, job: UploadJob) -> Result<(), Error> {
        if self.begun_anew.insert(job.hash) {
            self.client.store().upload_failed(job.hash, UPLOAD_GONE, self.client.env().now())?;
            self.uploads.push_front(UploadJob { url: None, offset: 0, ..job });
            return Ok(());
        }
        self.postpone_upload(&job, UPLOAD_GONE, None)
    }

    pub(super) fn postpone_upload(&mut self, job: &UploadJob, code: &str, asked: Option<u32>) -> Result<(), Error> {
        self.summary.postponed += 1;
        let (now, draw) = (self.client.env().now(), self.draw());
        let next_at = retry_at(now, Backoff::default(), job.tries + 1, draw, asked);
        self.client.store().upload_failed(job.hash, code, next_at)
    }

    pub(super) fn next_download(&mut self) -> Result<Option<Request>, Error> {
        if self.downloads.is_empty() {
            let now = self.client.env().now();
            let wanted = self.client.store().wanted_photos(JOBS, self.options.review_copies, now)?;
            self.downloads = wanted.into_iter().filter(|photo| self.touched.insert(photo.hash)).collect();
        }
        let Some(photo) = self.downloads.pop_front() else { return Ok(None) };
        let file = self.client.store().temporary_path();
        let target = Target::File { path: file.clone(), most: photo.size };
        Ok(Some(self.send(Purpose::Download(photo, file), |id, token| Request {
            id,
            method: "GET",
            path: format!("{}/{}", path::PHOTOS, photo.hash),
            headers: headers(Some(token)),
            body: Body::None,
            target,
        })))
    }

    pub(super) fn photo_came(&mut self, photo: WantedPhoto, file: &Path, reply: &Reply) -> Result<(), Error> {
        if reply.is_success() && reply.body == ReplyBody::File {
            match self.client.store().photo_received(photo.hash, file) {
                Ok(()) => {
                    self.summary.fetched += 1;
                    return Ok(());
                }
                Err(Error::BadFile(_)) => {}
                Err(other) => return Err(other),
            }
        }
        // Usual while its author is still sending it.
        let _ = std::fs::remove_file(file);
        let asked = if reply.is_success() { None } else { reply.problem().retry_after };
        if ends_session(reply.status) {
            self.give_up_on(reply);
        }
        self.postpone_download(photo, asked)
    }

    pub(super) fn postpone_download(&mut self, photo: WantedPhoto, asked: Option<u32>) -> Result<(), Error> {
        self.summary.postponed += 1;
        let backoff = Backoff { first_ms: 60_000, ..Backoff::default() };
        let next_at = retry_at(self.client.env().now(), backoff, 1, self.draw(), asked);
        self.client.store().photo_unavailable(photo.hash, next_at)
    }
}

fn tus_headers(token: &str) -> Vec<(&'static str, String)> {
    let mut headers = headers(Some(token));
    headers.push(("tus-resumable", TUS.to_owned()));
    headers
}

/// Where the hub says that an upload stands; `None` if it says nothing usable.
fn offset(job: &UploadJob, reply: &Reply) -> Option<u64> {
    reply.header("upload-offset")?.parse().ok().filter(|offset| *offset <= job.size)
}

/// The path of an upload's address, which a hub may give with or without its own address.
fn below_the_address(location: &str) -> String {
    match location.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned()),
        None => location.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_taken_with_or_without_the_hubs_address() {
        assert_eq!(below_the_address("/v1/uploads/ab"), "/v1/uploads/ab");
        assert_eq!(below_the_address("https://hub:8440/v1/uploads/ab"), "/v1/uploads/ab");
    }
}
