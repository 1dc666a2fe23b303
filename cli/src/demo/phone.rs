//! A phone of the demo: a data folder of its own, opened, closed, killed and opened again.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use redvest_client::Client;
use redvest_client::store::KeyDigest;
use redvest_client::sync::{SessionOptions, Summary};
use redvest_domain::digest::Digest;
use redvest_domain::id::Hash;
use redvest_domain::invitation::Invitation;
use redvest_domain::key::Key;
use redvest_transport::{Drive, enrol};

use super::district::Someone;
use crate::failure::{Failure, Input};
use crate::phone::open_client;

/// A phone.
pub(super) struct Phone {
    /// Whose it is.
    pub(super) who: Someone,
    /// Its data folder.
    pub(super) folder: PathBuf,
    client: Arc<Client>,
}

impl Phone {
    /// A phone with this data folder.
    pub(super) fn open(who: Someone, folder: PathBuf) -> Result<Phone, Failure> {
        let client = Arc::new(open_client(&folder, None)?);
        Ok(Phone { who, folder, client })
    }

    /// The store.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Enrols it.
    pub(super) fn enrol(&self, invitation: &Invitation) -> Result<(), Failure> {
        Ok(enrol(&self.client, invitation, self.who.tag)?)
    }

    /// One sync, which has to succeed.
    pub(super) fn sync(&self) -> Result<Summary, Failure> {
        let stop = AtomicBool::new(false);
        let drive = Drive { client: &self.client, options: SessionOptions::default(), stop: &stop };
        let summary = drive.run(&mut |_, _| {})?;
        match summary.failure.clone() {
            Some(failure) => Err(Failure::Sync(failure)),
            None => Ok(summary),
        }
    }

    /// One digest over the digests of all its keys, in the order of their texts.
    pub(super) fn digest(&self) -> Result<(Vec<Key>, Hash), Failure> {
        let read = |row: KeyDigest| row.digest.parse().map(|sum| (row.key, Digest(sum)));
        let sums: Result<Vec<_>, _> = self.client.digest()?.into_iter().map(read).collect();
        let sums = sums.map_err(|_| expected("摘要无法读取", "a digest cannot be read"))?;
        let keys = sums.iter().map(|(key, _): &(Key, Digest)| key.clone()).collect();
        Ok((keys, digest_of(sums)))
    }

    /// Closes it, lets `redvest` work on its folder in a process of its own, kills that process as soon as `enough`
    /// says so, and opens it again. Gives whether the process was really killed.
    pub(super) fn kill_in_the_middle(
        self,
        arguments: &[String],
        enough: impl Fn(&std::path::Path) -> bool,
    ) -> Result<(Phone, bool), Failure> {
        let Phone { who, folder, client } = self;
        // The only other holder was a session's senders, and they are gone.
        drop(client);
        let program = std::env::current_exe()?;
        let mut child = Command::new(program)
            .arg("--data")
            .arg(&folder)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let killed = loop {
            if child.try_wait()?.is_some() {
                break false;
            }
            if enough(&folder) {
                child.kill()?;
                break !child.wait()?.success();
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        Ok((Phone::open(who, folder)?, killed))
    }
}

/// One hash over the digests of several keys, in the order of the keys' texts.
pub(super) fn digest_of(mut sums: Vec<(Key, Digest)>) -> Hash {
    sums.sort_by_key(|(key, _)| key.to_string());
    let parts: Vec<Vec<u8>> =
        sums.iter().map(|(key, digest)| [key.to_string().as_bytes(), &[0], &digest.0.0].concat()).collect();
    Hash::of(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// What the story cannot go on without.
pub(super) fn expected(zh: &str, en: &str) -> Failure {
    Failure::Failed(Input::new("demo_broken", format!("演示未按预期进行：{zh}"), format!("The demo went wrong: {en}")))
}
