//! The store's answers to a device that pulls.

use redvest_domain::codes::Code;
use redvest_domain::wire::{Fetch, Fetched, Narrow, Narrowed, Page, Pull};

use super::{Asker, Bounds};
use crate::error::{HubError, Refusal};
use crate::store::{Auth, Site, Store};

impl From<&Auth> for Asker {
    fn from(auth: &Auth) -> Asker {
        Asker { workspace: auth.workspace, device: auth.device, member: auth.member }
    }
}

impl Store {
    /// The next page of an authenticated device.
    ///
    /// # Errors
    /// Refused with `bad_cursor` (400) or `older_epoch` (410): see `Store::relay`; with
    /// `hub_behind` (503) when the device has seen more than this hub holds, which stops the hub's writing if a head
    /// with its own signature proves it. Failures of the database.
    pub async fn pull(&self, auth: &Auth, pull: Pull) -> Result<Page, Refusal> {
        let (asker, now, store) = (Asker::from(auth), self.now(), self.clone());
        let page = self.read(move |conn| -> Result<Option<Page>, Refusal> {
            match Site::load(conn)?.check_seen(conn, store.keys(), pull.seen.as_ref()) {
                Err(HubError::Law(Code::HubBehind)) => Ok(None),
                checked => {
                    checked?;
                    super::page(conn, &asker, &pull, Bounds::of(pull.max_bytes), now).map(Some)
                }
            }
        });
        match page.await? {
            Some(page) => Ok(page),
            None => {
                self.note_behind().await?;
                Err(HubError::Law(Code::HubBehind).into())
            }
        }
    }

    /// Whole tickets again, for a device that misses events of them.
    ///
    /// # Errors
    /// [`HubError::TooMany`]; failures of the database.
    pub async fn fetch(&self, auth: &Auth, fetch: Fetch) -> Result<Fetched, Refusal> {
        let asker = Asker::from(auth);
        self.read(move |conn| super::fetch(conn, &asker, &fetch)).await
    }

    /// The terms of one key's digest, for a device whose own digest differs.
    ///
    /// # Errors
    /// Refused with `out_of_scope` (403) for a key that is not the member's; failures of the database.
    pub async fn narrow(&self, auth: &Auth, narrow: Narrow) -> Result<Narrowed, Refusal> {
        let asker = Asker::from(auth);
        self.read(move |conn| super::narrow(conn, &asker, &narrow)).await
    }
}
