//! A new workspace, and a new epoch of one that was restored from a backup.

use std::sync::Arc;

use super::site::Site;
use super::writer::Work;
use super::{Store, documents};
use crate::error::HubError;
use crate::keys::random;
use redvest_domain::calendar::Calendar;
use redvest_domain::event::{DocumentKind, LAW_VERSION};
use redvest_domain::id::{DeviceId, Hash, WorkspaceId};
use redvest_domain::reference::{Catalogue, Document, Policy, ReferenceSet, Successors};

/// What a new workspace is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkspace {
    /// The campaign's name, as shown on phones.
    pub name: String,
}

/// The documents that every workspace begins with; phones are given them like all others.
fn built_in() -> [Document; 3] {
    [
        Document::Calendar(Calendar::built_in()),
        Document::Policy(Box::new(Policy::built_in())),
        Document::Catalogue(Catalogue::built_in()),
    ]
}

impl Store {
    /// Makes the workspace of a new data folder and publishes the built-in calendar, policy and catalogue.
    ///
    /// # Errors
    /// [`HubError::WorkspaceExists`].
    pub async fn init(&self, new: NewWorkspace) -> Result<WorkspaceId, HubError> {
        let shared = self.shared.clone();
        let site = Site {
            workspace: WorkspaceId(uuid::Builder::from_random_bytes(random()?).into_uuid()),
            name: new.name,
            epoch: 1,
            head_n: 0,
            chain: Hash::ZERO,
            hub: DeviceId(uuid::Builder::from_random_bytes(random()?).into_uuid()),
            hub_seq: 0,
            hub_hash: Hash::ZERO,
            law: LAW_VERSION,
            safe_n: 0,
            behind: false,
            lasting: 0,
        };
        let workspace = site.workspace;
        let made = move || {
            let reference = shared.db.write(|tx| -> Result<_, HubError> {
                match Site::load(tx) {
                    Err(HubError::NoWorkspace) => {}
                    Ok(_) => return Err(HubError::WorkspaceExists),
                    Err(error) => return Err(error),
                }
                site.insert(tx, shared.clock.now())?;
                site.begin_epoch(tx, shared.clock.now())?;
                let mut work = Work::new(&shared, tx, site.clone());
                work.reference = Arc::new(ReferenceSet::built_in());
                for document in built_in() {
                    documents::publish(&mut work, document.kind(), &document.to_bytes(), &Successors::default())?;
                }
                work.finish(&site, &shared.lasting)
            })?;
            shared.set_reference(reference);
            Ok(())
        };
        // The writer cannot be asked: it needs the row that is made here.
        tokio::task::spawn_blocking(made).await.unwrap_or(Err(HubError::Internal("init")))?;
        Ok(workspace)
    }

    /// Opens a new epoch: the operator says that what this database holds is the order from now on, because it was
    /// restored from a backup. The hub goes on under a new device id of its own, and writes again.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn open_epoch(&self) -> Result<u32, HubError> {
        let hub = DeviceId(uuid::Builder::from_random_bytes(random()?).into_uuid());
        self.write(move |work| {
            let site = &mut work.site;
            site.epoch += 1;
            (site.hub, site.hub_seq, site.hub_hash, site.behind) = (hub, 0, Hash::ZERO, false);
            work.site.begin_epoch(work.tx, work.now)?;
            Ok(work.site.epoch)
        })
        .await
    }

    /// Says that a verified backup holds everything up to the number `n`: phones may let go of photos bound up to there.
    /// Never goes back.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for a number that was not given yet.
    pub async fn set_safe(&self, n: u64) -> Result<(), HubError> {
        self.write(move |work| {
            if n > work.site.head_n {
                return Err(HubError::NotFound);
            }
            work.site.safe_n = work.site.safe_n.max(n);
            Ok(())
        })
        .await
    }

    /// Publishes a reference document. `successors` names who takes over from removed grids and agencies; their open
    /// tickets are moved by [`Store::run_timers`]. Publishing what is in force already changes nothing.
    ///
    /// # Errors
    /// [`HubError::BadDocument`] with everything that is wrong; [`redvest_domain::codes::Code::HubBehind`].
    pub async fn publish(&self, kind: DocumentKind, bytes: Vec<u8>, successors: Successors) -> Result<Hash, HubError> {
        self.write(move |work| {
            work.ensure_not_behind()?;
            documents::publish(work, kind, &bytes, &successors)
        })
        .await
    }
}
