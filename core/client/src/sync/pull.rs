//! Pages down, each applied with its cursor in one transaction; then whatever turned out to differ; then names.

use redvest_domain::id::Hash;
use redvest_domain::key::Key;
use redvest_domain::wire::{DocumentRef, Fetch, Fetched, Named, Names, Narrow, Narrowed, Page, Pull, path};

use super::message::{Body, Reply, ReplyBody, Request, Target, headers, post};
use super::push::count;
use super::session::{Failure, Phase, Purpose, Session, UnderWay};
use crate::Error;

/// Most bytes of a reference document.
const MOST_DOCUMENT: usize = 16 << 20;
/// Tickets that are fetched again in one request.
const FETCH: usize = 100;
/// Names that are asked for in one request.
const NAMES: usize = 500;
/// Rounds of repair in one session; what then still differs waits for the next.
const MOST_REPAIRS: u32 = 50;

impl Session {
    pub(super) fn next_pull(&mut self) -> Result<Option<Request>, Error> {
        if let Some(document) = self.wanted_documents.pop_front() {
            return Ok(Some(self.send(Purpose::Document(document.clone()), |id, token| Request {
                id,
                method: "GET",
                path: format!("{}/{}", path::DOCUMENTS, document.hash),
                headers: headers(Some(token)),
                body: Body::None,
                target: Target::Memory { most: MOST_DOCUMENT },
            })));
        }
        if !self.under_way.is_empty() || self.page_was_last() {
            return Ok(None);
        }
        let state = self.client.store().pull_state()?;
        let pull = Pull {
            cursor: state.cursor,
            max_bytes: self.options.page_bytes,
            outcomes_after: state.outcomes_after,
            seen: state.seen,
        };
        Ok(Some(self.send(Purpose::Pull, |id, token| post(id, path::PULL, Some(token), &pull))))
    }

    /// Whether the page applied last said that no other follows.
    fn page_was_last(&self) -> bool {
        self.page.as_ref().is_some_and(|page| !page.more)
    }

    pub(super) fn pulled(&mut self, request: &UnderWay, reply: &Reply) -> Result<(), Error> {
        let page: Option<Page> = if reply.is_success() { reply.message() } else { None };
        let Some(page) = page else {
            if !self.is_restored(reply) {
                self.give_up_on(reply);
            }
            return Ok(());
        };
        self.note_time(request, page.now)?;
        self.wanted_documents = self.client.store().missing_documents(&page)?.into();
        self.documents.clear();
        self.page = Some(page);
        self.apply_when_complete()
    }

    pub(super) fn document_came(&mut self, document: DocumentRef, reply: &Reply) -> Result<(), Error> {
        match &reply.body {
            ReplyBody::Bytes(bytes) if reply.is_success() && Hash::of(&[bytes]) == document.hash => {
                self.documents.push((document, bytes.clone()));
                self.apply_when_complete()
            }
            ReplyBody::Bytes(_) if reply.is_success() => Err(Error::BadDocument(document.hash)),
            _ => {
                self.give_up_on(reply);
                Ok(())
            }
        }
    }

    /// Applies the page once all documents that it needs are here.
    fn apply_when_complete(&mut self) -> Result<(), Error> {
        let waits = self.under_way.iter().any(|request| matches!(request.purpose, Purpose::Document(_)));
        let Some(page) = self.page.as_ref().filter(|_| !waits && self.wanted_documents.is_empty()) else {
            return Ok(());
        };
        let effect = self.client.store().apply_page(page, &self.documents)?;
        self.documents.clear();
        self.summary.pages += 1;
        self.summary.changed += count(&effect.changed);
        self.summary.differing += count(&effect.differing);
        self.differing.extend(effect.differing);
        Ok(())
    }

    pub(super) fn next_repair(&mut self) -> Result<Option<Request>, Error> {
        if !self.under_way.is_empty() || self.repairs >= MOST_REPAIRS {
            return Ok(None);
        }
        if let Some(key) = self.differing.pop_front() {
            self.terms.clear();
            return Ok(Some(self.narrow(key)));
        }
        let tickets = self.client.store().wanted_tickets(FETCH)?;
        if tickets.is_empty() {
            return Ok(None);
        }
        self.repairs += 1;
        let fetch = Fetch { tickets };
        Ok(Some(self.send(Purpose::Fetch, |id, token| post(id, path::TICKETS, Some(token), &fetch))))
    }

    fn narrow(&mut self, key: Key) -> Request {
        self.repairs += 1;
        let narrow = Narrow { key: key.clone(), after: self.terms.last().map(|(ticket, _)| *ticket) };
        self.send(Purpose::Narrow(key), |id, token| post(id, path::DIGEST, Some(token), &narrow))
    }

    pub(super) fn terms_came(&mut self, key: Key, reply: &Reply) -> Result<(), Error> {
        let narrowed: Option<Narrowed> = if reply.is_success() { reply.message() } else { None };
        let Some(narrowed) = narrowed else {
            self.give_up_on(reply);
            return Ok(());
        };
        let more = narrowed.more && !narrowed.terms.is_empty();
        self.terms.extend(narrowed.terms);
        if more {
            // The same key again, behind the last ticket; `next_repair` goes on with it first.
            self.differing.push_front(key);
            return Ok(());
        }
        self.client.store().differs(&key, &self.terms)?;
        self.terms.clear();
        Ok(())
    }

    pub(super) fn tickets_came(&mut self, reply: &Reply) -> Result<(), Error> {
        let fetched: Option<Fetched> = if reply.is_success() { reply.message() } else { None };
        let Some(fetched) = fetched else {
            self.give_up_on(reply);
            return Ok(());
        };
        let effect = self.client.store().apply_fetched(&fetched)?;
        self.summary.changed += count(&effect.changed);
        Ok(())
    }

    pub(super) fn next_names(&mut self) -> Result<Option<Request>, Error> {
        if !self.under_way.is_empty() {
            return Ok(None);
        }
        let wanted = self.client.store().names_wanted(NAMES)?;
        let members: Vec<_> = wanted.into_iter().filter(|member| self.asked_names.insert(*member)).collect();
        if members.is_empty() {
            return Ok(None);
        }
        let names = Names { members: members.clone() };
        Ok(Some(self.send(Purpose::Names(members), |id, token| post(id, path::NAMES, Some(token), &names))))
    }

    pub(super) fn names_came(&mut self, asked: &[redvest_domain::id::MemberId], reply: &Reply) -> Result<(), Error> {
        match reply.message::<Named>().filter(|_| reply.is_success()) {
            Some(named) => self.client.store().apply_names(asked, &named),
            None => {
                // Names are a comfort: without them the session still has photos to bring.
                self.summary.failure.get_or_insert(Failure::of(&reply.problem()));
                self.phase = Phase::Upload;
                Ok(())
            }
        }
    }
}
