//! Resumable uploads. An upload is two files: what is known of it, and the bytes so far; the length of the latter is the
//! offset. So a hub that was killed finds every upload again without asking a database. An upload whose bytes all come
//! with its creation is told to nobody before it is finished and needs no first file: making and removing one for each
//! photo costs a file system more than the photo.

mod untold;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redvest_domain::id::{DeviceId, Hash, MemberId, WorkspaceId};
use redvest_domain::time::{HOUR_MS, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(super) use self::untold::Untold;

/// Names an upload: 32 hexadecimal digits made by the hub.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadId(String);

impl UploadId {
    /// The id made of these random bytes.
    pub fn new(random: [u8; 16]) -> UploadId {
        UploadId(uuid::Uuid::from_bytes(random).simple().to_string())
    }

    /// Reads an id from an address; `None` for anything that is none, such as a path.
    pub fn parse(text: &str) -> Option<UploadId> {
        let ok = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        ok.then(|| UploadId(text.to_owned()))
    }

    /// The id as it stands in addresses.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Who uploads.
    pub member: MemberId,
    /// The device that uploads.
    pub device: DeviceId,
    /// What the bytes will have as their SHA-256.
    pub hash: Hash,
    /// How many bytes it will have.
    pub length: u64,
    /// When it is dropped if it is not finished.
    pub expires: Timestamp,
}

/// Why a step of an upload failed.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// There is no such upload, or it expired.
    #[error("no such upload")]
    Unknown,
    /// Another request is writing to it.
    #[error("the upload is being written by another request")]
    Locked,
    /// The offset is not where the upload stands.
    #[error("the upload stands at {at}")]
    Offset {
        /// Where it stands.
        at: u64,
    },
    /// More bytes than announced.
    #[error("more bytes than announced")]
    TooLong,
    /// The bytes are complete and have another hash; the upload is gone.
    #[error("the bytes have another hash")]
    Checksum,
    /// The device has too many unfinished uploads.
    #[error("too many unfinished uploads")]
    TooMany,
    /// The disk failed.
    #[error("the disk failed: {0}")]
    Disk(#[from] io::Error),
}

/// A complete upload: durable bytes with the right hash, to be taken over by [`super::Files::take`].
#[derive(Debug)]
pub struct Finished {
    /// The upload.
    pub upload: Upload,
    /// Its bytes.
    pub path: PathBuf,
    uploads: Uploads,
    id: UploadId,
}

impl Finished {
    /// Drops what is left of the upload after its bytes were taken over.
    pub fn clean(self) {
        self.uploads.forget(&self.id, self.upload.device);
    }
}

/// The folder of uploads.
#[derive(Debug, Clone)]
pub struct Uploads {
    root: PathBuf,
    per_device: usize,
    known: Arc<Mutex<Known>>,
}

/// Whether a request has lost its upload to a later one. Held locked during each step on the disk.
type Lost = Arc<Mutex<bool>>;

/// What is known without asking the disk.
#[derive(Debug, Default)]
struct Known {
    /// Uploads that a request is writing to.
    busy: HashMap<UploadId, Lost>,
    /// Unfinished uploads of each device.
    of_device: HashMap<DeviceId, HashSet<UploadId>>,
    /// Those whose address nobody knows yet, so that nothing of them is on the disk but bytes.
    untold: HashMap<UploadId, Upload>,
}

/// One request's hold on an upload: bytes are appended through it, and no other request may do so meanwhile.
#[derive(Debug)]
pub struct Writing {
    hold: Hold,
    upload: Upload,
    file: File,
    at: u64,
    /// Hash of all bytes so far, known only if this request began at 0.
    sha: Option<Sha256>,
}

impl Uploads {
    /// Uploads under this folder, which is made if it is not there.
    pub fn open(root: &Path, per_device: usize) -> io::Result<Uploads> {
        fs::create_dir_all(root)?;
        let uploads = Uploads { root: root.to_owned(), per_device, known: Arc::default() };
        for (id, upload) in uploads.all()? {
            uploads.known().of_device.entry(upload.device).or_default().insert(id);
        }
        Ok(uploads)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes_path(&self, id: &UploadId) -> PathBuf {
        self.root.join(format!("{}.part", id.0))
    }

    fn about_path(&self, id: &UploadId) -> PathBuf {
        self.root.join(format!("{}.json", id.0))
    }

    /// Begins an upload, which nobody was told of yet.
    pub fn create(&self, id: &UploadId, upload: &Upload) -> Result<Untold, UploadError> {
        {
            let mut known = self.known();
            let of_device = known.of_device.entry(upload.device).or_default();
            if of_device.len() >= self.per_device {
                return Err(UploadError::TooMany);
            }
            of_device.insert(id.clone());
            known.untold.insert(id.clone(), upload.clone());
        }
        let untold = Untold { uploads: self.clone(), id: id.clone(), upload: upload.clone() };
        File::create_new(self.bytes_path(id))?;
        Ok(untold)
    }

    fn all(&self) -> io::Result<impl Iterator<Item = (UploadId, Upload)>> {
        let names = fs::read_dir(&self.root)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let ids = names.filter_map(|name| UploadId::parse(name.strip_suffix(".json")?));
        Ok(ids.filter_map(|id| self.about(&id).ok().map(|upload| (id, upload))))
    }

    fn about(&self, id: &UploadId) -> Result<Upload, UploadError> {
        if let Some(upload) = self.known().untold.get(id) {
            return Ok(upload.clone());
        }
        let bytes = fs::read(self.about_path(id)).map_err(|_| UploadError::Unknown)?;
        serde_json::from_slice(&bytes).map_err(|_| UploadError::Unknown)
    }

    /// An upload of this device and how many bytes it has.
    pub fn find(&self, id: &UploadId, device: DeviceId) -> Result<(Upload, u64), UploadError> {
        let upload = self.about(id)?;
        if upload.device != device {
            return Err(UploadError::Unknown);
        }
        let at = fs::metadata(self.bytes_path(id)).map_err(|_| UploadError::Unknown)?.len();
        Ok((upload, at))
    }

    /// Begins to append at `offset`. An earlier request that still holds the upload loses it: its connection is most
    /// likely dead, and only its phone would come again.
    pub fn write(&self, id: &UploadId, device: DeviceId, offset: u64) -> Result<Writing, UploadError> {
        let (upload, _) = self.find(id, device)?;
        let hold = self.take_over(id);
        let mut file = OpenOptions::new().append(true).read(true).open(self.bytes_path(id))?;
        let at = file.seek(SeekFrom::End(0))?;
        if at != offset {
            return Err(UploadError::Offset { at });
        }
        let sha = (at == 0).then(Sha256::new);
        Ok(Writing { hold, upload, file, at, sha })
    }

    fn take_over(&self, id: &UploadId) -> Hold {
        let lost = Lost::default();
        let earlier = self.known().busy.insert(id.clone(), lost.clone());
        if let Some(earlier) = earlier {
            // Waits for a step that the earlier request is in the middle of.
            *earlier.lock().unwrap_or_else(PoisonError::into_inner) = true;
        }
        Hold { uploads: self.clone(), id: id.clone(), lost }
    }

    /// Drops an upload of this device that is not being written.
    pub fn give_up(&self, id: &UploadId, device: DeviceId) -> Result<(), UploadError> {
        self.find(id, device)?;
        if self.known().busy.contains_key(id) {
            return Err(UploadError::Locked);
        }
        self.forget(id, device);
        Ok(())
    }

    /// Drops uploads that expired, and what a crash left of others; how many.
    pub fn expire(&self, now: Timestamp) -> io::Result<usize> {
        let mut dropped = self.drop_strays()?;
        for (id, upload) in self.all()?.filter(|(_, upload)| upload.expires < now) {
            if !self.known().busy.contains_key(&id) {
                self.forget(&id, upload.device);
                dropped += 1;
            }
        }
        Ok(dropped)
    }

    /// Bytes of which nothing is known, or of which what was known is garbled: nobody can go on with them. An upload that
    /// is being made is known before its first file.
    fn drop_strays(&self) -> io::Result<usize> {
        let mut strays = HashSet::new();
        for entry in fs::read_dir(&self.root)? {
            let Ok(name) = entry?.file_name().into_string() else { continue };
            let id = name.strip_suffix(".part").or_else(|| name.strip_suffix(".json")).and_then(UploadId::parse);
            strays.extend(id);
        }
        strays.retain(|id| {
            let is_known = self.known().of_device.values().any(|of_device| of_device.contains(id));
            !is_known && self.about(id).is_err()
        });
        for id in &strays {
            self.remove_files(id);
        }
        Ok(strays.len())
    }

    fn remove_files(&self, id: &UploadId) {
        // The bytes go first: without them the upload is unknown. What cannot be removed now goes when it expires.
        let _ = fs::remove_file(self.bytes_path(id));
        let _ = fs::remove_file(self.about_path(id));
    }

    fn forget(&self, id: &UploadId, device: DeviceId) {
        self.remove_files(id);
        let mut known = self.known();
        known.untold.remove(id);
        if let Some(of_device) = known.of_device.get_mut(&device) {
            of_device.remove(id);
            if of_device.is_empty() {
                known.of_device.remove(&device);
            }
        }
    }
}

/// A request's hold on an upload, until it is dropped or lost.
#[derive(Debug)]
struct Hold {
    uploads: Uploads,
    id: UploadId,
    lost: Lost,
}

impl Hold {
    /// Keeps the hold from being lost during a step.
    fn keep(&self) -> Result<MutexGuard<'_, bool>, UploadError> {
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if *lost { Err(UploadError::Locked) } else { Ok(lost) }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut known = self.uploads.known();
        if known.busy.get(&self.id).is_some_and(|current| Arc::ptr_eq(current, &self.lost)) {
            known.busy.remove(&self.id);
        }
    }
}

impl Writing {
    /// How many bytes the upload has.
    pub fn offset(&self) -> u64 {
        self.at
    }

    /// Appends bytes; not yet durable.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        if self.at + bytes.len() as u64 > self.upload.length {
            return Err(UploadError::TooLong);
        }
        let _kept = self.hold.keep()?;
        self.file.write_all(bytes)?;
        self.at += bytes.len() as u64;
        if let Some(sha) = &mut self.sha {
            sha.update(bytes);
        }
        Ok(())
    }

    /// Makes what was appended durable, and if the upload is complete checks its hash. Call before every answer.
    pub fn settle(mut self) -> Result<Option<Finished>, UploadError> {
        let _kept = self.hold.keep()?;
        self.file.sync_data()?;
        if self.at < self.upload.length {
            return Ok(None);
        }
        let hash = match self.sha.take() {
            Some(sha) => Hash(sha.finalize().into()),
            None => hash_from_disk(&mut self.file)?,
        };
        if hash != self.upload.hash {
            self.hold.uploads.forget(&self.hold.id, self.upload.device);
            return Err(UploadError::Checksum);
        }
        let (uploads, id) = (self.hold.uploads.clone(), self.hold.id.clone());
        let path = uploads.bytes_path(&id);
        Ok(Some(Finished { upload: self.upload.clone(), path, uploads, id }))
    }
}

fn hash_from_disk(file: &mut File) -> io::Result<Hash> {
    let mut sha = Sha256::new();
    let mut piece = vec![0; 64 << 10];
    file.seek(SeekFrom::Start(0))?;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(Hash(sha.finalize().into()));
        }
        sha.update(&piece[..read]);
    }
}

impl Upload {
    /// When an upload that begins now expires.
    pub fn expiry(now: Timestamp, hours: u32) -> Timestamp {
        now.plus_ms(i64::from(hours) * HOUR_MS)
    }
}

#[cfg(test)]
mod tests;
