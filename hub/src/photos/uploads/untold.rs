//! An upload whose address nobody knows yet: nobody could go on with it.

use std::fs::File;
use std::io::{self, Write};

use super::{Upload, UploadError, UploadId, Uploads};

/// An upload that is gone with this unless its address may be told, or it was finished.
#[derive(Debug)]
pub struct Untold {
    pub(super) uploads: Uploads,
    pub(super) id: UploadId,
    pub(super) upload: Upload,
}

impl Untold {
    /// Makes what is known of the unfinished upload durable: it is found again after a crash, and may be told.
    pub fn keep(self) -> Result<(), UploadError> {
        let about = serde_json::to_vec(&self.upload).map_err(io::Error::other)?;
        let mut file = File::create_new(self.uploads.about_path(&self.id))?;
        file.write_all(&about)?;
        file.sync_data()?;
        File::open(&self.uploads.root)?.sync_all()?;
        self.uploads.known().untold.remove(&self.id);
        Ok(())
    }
}

impl Drop for Untold {
    fn drop(&mut self) {
        if self.uploads.known().untold.contains_key(&self.id) {
            self.uploads.forget(&self.id, self.upload.device);
        }
    }
}
