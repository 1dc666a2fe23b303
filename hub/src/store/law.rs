//! The workspace's law: a version, set by an event and pinned in every stamp from then on. Protocol: "Pull"; law: "Newer
//! law".

use redvest_domain::event::{Body, LAW_VERSION, LawSet, Subject};
use redvest_domain::id::{EventId, TicketId};

use super::writer::Work;
use super::{Store, hub_events};
use crate::accept::hub_event_id;
use crate::error::HubError;

/// Number of the kind `law_set`.
const LAW_SET: u16 = 102;

/// Sets the version, where `newest` is the newest that this program knows. Its event is the first under the new law.
pub(super) fn set(work: &mut Work<'_>, version: u16, newest: u16) -> Result<(), HubError> {
    work.ensure_not_behind()?;
    if version > newest {
        return Err(HubError::UnknownLaw(version));
    }
    if version < work.site.law {
        return Err(HubError::LawGoesBack(version));
    }
    if version == work.site.law {
        return Ok(());
    }
    let workspace = work.site.workspace;
    // A version is set once, so it tells its event apart.
    let step = version.to_be_bytes();
    let id = hub_event_id(workspace, TicketId(workspace.0), EventId(workspace.0), LAW_SET, &step);
    work.site.law = version;
    let (body, at) = (Body::LawSet(LawSet { version }), work.now);
    hub_events::about_record(work, Subject::Workspace, id, body, at)?;
    Ok(())
}

impl Store {
    /// Puts a version of the law into force: every stamp from here on names it, and phones hear of it with their next
    /// page. Phones that do not know it show what is stamped under it and write nothing more until they are updated, so
    /// update them first. The version in force already gives no event.
    ///
    /// # Errors
    /// [`HubError::UnknownLaw`] for a version that this program does not know, [`HubError::LawGoesBack`] for one older
    /// than the one in force; [`redvest_domain::codes::Code::HubBehind`].
    pub async fn set_law(&self, version: u16) -> Result<(), HubError> {
        self.write(move |work| set(work, version, LAW_VERSION)).await
    }
}
