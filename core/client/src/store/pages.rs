//! Pages: tickets, documents, members, outcomes and cursor of one answer, taken in one transaction or not at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use redvest_domain::event::Base;
use redvest_domain::id::TicketId;
use redvest_domain::stamp::Head;
use redvest_domain::wire::{DocumentRef, Fetched, Page};

use super::documents::News;
use super::replica::{self, Writer};
use super::{PageEffect, PushEffect, Store, documents, members, meta, outcomes, shown};
use crate::Error;

impl Store {
    /// Takes a page with the documents that it names and that were missing. Everything it holds, and its cursor, are
    /// durable when this returns.
    ///
    /// # Errors
    /// [`Error::BadPage`] when its bytes do not hold together, [`Error::BadDocument`] when a document is missing or not
    /// what its hash says; nothing is taken then. Those of the database.
    pub fn apply_page(&self, page: &Page, documents: &[(DocumentRef, Vec<u8>)]) -> Result<PageEffect, Error> {
        let mut reference = self.reference();
        let mut news = News::None;
        let effect = self.db.write(|tx| {
            let identity = meta::identity(tx)?;
            page.head.verify(&identity.hub_key.0).map_err(Error::BadPage)?;
            news = documents::take(tx, &page.documents, documents)?;
            if news != News::None {
                reference = Arc::new(documents::load(tx)?);
            }
            for record in &page.members {
                members::put(tx, record)?;
            }
            let mut effect = PageEffect::default();
            let mut writer = writer(tx, &identity);
            for event in &page.erased {
                writer.erase(*event)?;
            }
            for part in &page.tickets {
                if !writer.take(part)? {
                    replica::want(tx, part.ticket)?;
                    effect.gaps.push(part.ticket);
                }
            }
            for ticket in &page.left {
                writer.leave(*ticket)?;
            }
            for key in &page.removed_keys {
                writer.strike(key)?;
            }
            outcomes::apply(tx, &page.outcomes, &mut PushEffect::default(), &mut writer.changed)?;
            for (key, theirs) in &page.digests {
                if writer.digests.get(tx, key)? != *theirs && !replica::needs_update(tx, key)? {
                    effect.differing.push(key.clone());
                }
            }
            let Writer { digests, changed, .. } = writer;
            digests.write(tx)?;
            let desk = shown::Desk::new(tx, &reference)?;
            let again = if news == News::Dues { desk.all(tx)? } else { BTreeSet::new() };
            for ticket in changed.union(&again) {
                desk.refresh(tx, *ticket)?;
            }
            meta::put(tx, meta::name::CURSOR, &page.cursor)?;
            meta::put(tx, meta::name::BASE, &Base { epoch: page.head.epoch, low: page.low })?;
            meta::put(tx, meta::name::SAFE_N, &page.safe_n)?;
            if let Some(law) = page.law {
                meta::put(tx, meta::name::LAW, &law)?;
            }
            meta::put(tx, meta::name::LAST_PULL, &page.now)?;
            let seen: Option<Head> = meta::get(tx, meta::name::SEEN)?;
            if seen.is_none_or(|seen| (seen.epoch, seen.n) <= (page.head.epoch, page.head.n)) {
                meta::put(tx, meta::name::SEEN, &page.head)?;
            }
            effect.changed = changed.into_iter().collect();
            Ok::<_, Error>(effect)
        })?;
        if news != News::None {
            self.set_reference(reference);
        }
        Ok(effect)
    }

    /// Takes whole tickets that were fetched again.
    ///
    /// # Errors
    /// [`Error::BadPage`] when the bytes do not hold together. Those of the database.
    pub fn apply_fetched(&self, fetched: &Fetched) -> Result<PageEffect, Error> {
        let reference = self.reference();
        self.db.write(|tx| {
            let identity = meta::identity(tx)?;
            let mut writer = writer(tx, &identity);
            let mut effect = PageEffect::default();
            for part in &fetched.tickets {
                if !writer.take(part)? {
                    effect.gaps.push(part.ticket);
                }
            }
            for ticket in &fetched.left {
                writer.leave(*ticket)?;
            }
            let Writer { digests, changed, .. } = writer;
            digests.write(tx)?;
            refresh(tx, &reference, &changed)?;
            effect.changed = changed.into_iter().collect();
            Ok(effect)
        })
    }
}

pub(crate) fn writer<'a>(connection: &'a rusqlite::Connection, identity: &super::Identity) -> Writer<'a> {
    Writer { connection, member: identity.member, digests: Default::default(), changed: BTreeSet::new() }
}

fn refresh(
    tx: &rusqlite::Connection,
    reference: &redvest_domain::reference::ReferenceSet,
    changed: &BTreeSet<TicketId>,
) -> Result<(), Error> {
    let desk = shown::Desk::new(tx, reference)?;
    changed.iter().try_for_each(|ticket| desk.refresh(tx, *ticket))
}
