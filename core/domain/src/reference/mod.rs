//! Reference documents: catalogue, grids, agencies, calendar, policy, responsibilities (protocol: documents and people).
//!
//! A document is immutable. It is addressed by the SHA-256 of its exact bytes and comes into force with the event
//! that names this hash, so phone and hub, which hold the same bytes, give a ticket the same terms. What a ticket's
//! law depends on is copied into its stamp ([`ReferenceSet::terms`]); a newer document never rewrites the past.

mod agencies;
mod catalogue;
mod change;
mod codes;
mod fault;
mod grids;
mod json;
mod policy;
mod responsibilities;
mod set;
mod succession;

pub use agencies::{Agencies, Agency, Lead, LeadIndex};
pub use catalogue::{Catalogue, Category, CategoryKind, Group, Handler, OldCode};
pub use change::{Change, ChangeKind, diff};
pub use codes::{GroupCode, LevelCode, PointCode};
pub use fault::{Fault, Severity, has_errors};
pub use grids::{Grid, GridTree, Grids, Level};
pub use json::MAX_BYTES;
pub use policy::{Escalation, Policy, Reason, Reasons};
pub use responsibilities::{DutyKind, DutyPoint, Responsibilities};
pub use set::{ReferenceSet, UnknownCategory};
pub use succession::{Retired, Successors, check_publication};

use crate::calendar::Calendar;
pub use crate::event::DocumentKind;
use crate::id::Hash;

/// A reference document of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// Categories with their rules.
    Catalogue(Catalogue),
    /// Grids and their levels.
    Grids(Grids),
    /// Agencies and what they lead.
    Agencies(Agencies),
    /// A working calendar.
    Calendar(Calendar),
    /// The workspace's own rules.
    Policy(Box<Policy>),
    /// Duty roads and points.
    Responsibilities(Responsibilities),
}

/// The address of a document: SHA-256 of its exact bytes.
pub fn address(bytes: &[u8]) -> Hash {
    Hash::of(&[bytes])
}

/// Reads a document of a kind and checks it by itself. Fields that the kind does not have are refused.
///
/// # Errors
/// Everything that is wrong, errors and warnings, when at least one is an error. A document that is returned can
/// still have warnings: [`Document::check`] names them.
pub fn parse(kind: DocumentKind, bytes: &[u8]) -> Result<Document, Vec<Fault>> {
    let read = match kind {
        DocumentKind::Catalogue => json::read(bytes).map(Document::Catalogue),
        DocumentKind::Grids => json::read(bytes).map(Document::Grids),
        DocumentKind::Agencies => json::read(bytes).map(Document::Agencies),
        DocumentKind::Calendar => json::read(bytes).map(Document::Calendar),
        DocumentKind::Policy => json::read(bytes).map(|policy| Document::Policy(Box::new(policy))),
        DocumentKind::Responsibilities => json::read(bytes).map(Document::Responsibilities),
    };
    let document = read.map_err(|fault| vec![fault])?;
    let faults = document.check();
    if has_errors(&faults) { Err(faults) } else { Ok(document) }
}

impl Document {
    /// The kind of the document.
    pub fn kind(&self) -> DocumentKind {
        match self {
            Document::Catalogue(_) => DocumentKind::Catalogue,
            Document::Grids(_) => DocumentKind::Grids,
            Document::Agencies(_) => DocumentKind::Agencies,
            Document::Calendar(_) => DocumentKind::Calendar,
            Document::Policy(_) => DocumentKind::Policy,
            Document::Responsibilities(_) => DocumentKind::Responsibilities,
        }
    }

    /// The canonical text: compact JSON with the fields in the order of the types. This is what the hub publishes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = match self {
            Document::Catalogue(document) => serde_json::to_vec(document),
            Document::Grids(document) => serde_json::to_vec(document),
            Document::Agencies(document) => serde_json::to_vec(document),
            Document::Calendar(document) => serde_json::to_vec(document),
            Document::Policy(document) => serde_json::to_vec(document),
            Document::Responsibilities(document) => serde_json::to_vec(document),
        };
        text.expect("documents have no maps with keys other than text, the only thing that JSON cannot write")
    }

    /// Everything that is wrong in the document by itself; what it says of other documents is checked by
    /// [`ReferenceSet::check`].
    pub fn check(&self) -> Vec<Fault> {
        match self {
            Document::Catalogue(document) => document.check(),
            Document::Grids(document) => document.check(),
            Document::Agencies(document) => document.check(),
            Document::Calendar(document) => document
                .check()
                .into_iter()
                .map(|fault| Fault::error(fault.path, fault.code.as_str(), fault.code.zh(), fault.code.en()))
                .collect(),
            Document::Policy(document) => document.check(),
            Document::Responsibilities(document) => document.check(),
        }
    }
}

#[cfg(test)]
mod tests;
