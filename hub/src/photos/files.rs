//! Files under their hash.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use redvest_domain::id::{Hash, WorkspaceId};

/// The folder of content-addressed files.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Files under this folder, which is made if it is not there.
    pub fn open(root: &Path) -> io::Result<Files> {
        fs::create_dir_all(root)?;
        Ok(Files { root: root.to_owned() })
    }

    /// Where the file of this hash is or would be.
    pub fn path(&self, workspace: WorkspaceId, hash: Hash) -> PathBuf {
        let hex = hash.to_hex();
        self.root.join(workspace.to_string()).join(&hex[..2]).join(hex)
    }

    /// Whether the file is there.
    pub fn has(&self, workspace: WorkspaceId, hash: Hash) -> bool {
        self.path(workspace, hash).is_file()
    }

    /// Takes over a finished file whose bytes are durable and have this hash. Durable, folder entry included, when it
    /// returns; a file that is already there is kept.
    pub fn take(&self, workspace: WorkspaceId, hash: Hash, from: &Path) -> io::Result<()> {
        let path = self.path(workspace, hash);
        let folder = path.parent().unwrap_or(&self.root);
        let is_new = !folder.is_dir();
        fs::create_dir_all(folder)?;
        fs::rename(from, &path)?;
        File::open(folder)?.sync_all()?;
        if is_new {
            // The new folder's own entry has to be durable too, up to the root.
            for above in folder.ancestors().skip(1).take_while(|above| above.starts_with(&self.root)) {
                File::open(above)?.sync_all()?;
            }
        }
        Ok(())
    }
}
