//! A device reduced to its replica: applies pages by the book and checks after each that nothing has a hole.

use std::collections::{BTreeMap, BTreeSet};

use redvest_domain::digest::{Digest, term};
use redvest_domain::id::{EventId, Hash, MemberId, TicketId};
use redvest_domain::key::{Key, MemberRecord};
use redvest_domain::stamp::{Stamped, event_hash};
use redvest_domain::wire::{Fetched, Page, Pull, TicketPart};

use super::hub::{Hub, ME, event_id, state_hash};

/// A ticket as held: its events by sequence, and its keys.
#[derive(Debug, Clone, Default)]
struct Held {
    events: BTreeMap<u64, Stamped>,
    keys: BTreeSet<Key>,
}

#[derive(Debug, Default)]
pub(super) struct Device {
    held: BTreeMap<TicketId, Held>,
    /// Own events of tickets that left, kept read-only.
    former: BTreeMap<EventId, Stamped>,
    members: BTreeMap<MemberId, MemberRecord>,
    documents: BTreeMap<u8, (u64, Hash)>,
    outcomes: u64,
    low: u64,
    /// Held since before the last restart, and not sent again since.
    stale: BTreeSet<TicketId>,
    pub(super) cursor: Option<Vec<u8>>,
}

impl Device {
    pub(super) fn ask(&self) -> Pull {
        let cursor = self.cursor.clone().map(redvest_domain::id::Bytes);
        Pull { cursor, max_bytes: 0, outcomes_after: self.outcomes, seen: None }
    }

    /// Applies a page that the hub built just now.
    pub(super) fn apply(&mut self, page: &Page, hub: &Hub<'_>) -> Result<(), String> {
        let subscription = hub.subscription();
        // Removed keys first: a part must then still find the ticket that it continues.
        self.strike(&page.removed_keys);
        for part in &page.tickets {
            self.take(part, hub, &subscription)?;
        }
        for ticket in &page.left {
            self.drop_ticket(*ticket);
        }
        if page.removed_keys.contains(&Key::Office) {
            self.members.retain(|member, _| *member == ME);
        }
        self.members.extend(page.members.iter().map(|record| (record.member, record.clone())));
        for document in &page.documents {
            self.documents.insert(document.kind as u8, (document.n, document.hash));
        }
        for outcome in &page.outcomes {
            self.outcomes += 1;
            ensure(outcome.counter == self.outcomes, || {
                format!("outcome {} after {}", outcome.counter, self.outcomes)
            })?;
        }
        for erased in &page.erased {
            for event in self.held.values_mut().flat_map(|held| held.events.iter_mut()) {
                if event_id_of(event.1) == *erased {
                    event.1.private = None;
                }
            }
            self.former.entry(*erased).and_modify(|event| event.private = None);
        }
        if !page.more {
            for ticket in std::mem::take(&mut self.stale) {
                self.drop_ticket(ticket);
            }
        }
        ensure(page.low >= self.low && page.head.n == hub.n, || "low or head went back".into())?;
        self.low = page.low;
        self.cursor = Some(page.cursor.0.clone());
        if page.more {
            ensure(page.digests.is_empty(), || "digests before the end".into())
        } else {
            self.is_true(page, hub)
        }
    }

    /// The cursor was refused: the device pulls from the beginning and keeps showing what it holds. What was not sent
    /// again by the end of that pull is not visible any more.
    pub(super) fn restart(&mut self) {
        self.cursor = None;
        self.stale = self.held.keys().copied().collect();
        self.members.clear();
    }

    pub(super) fn apply_fetched(&mut self, fetched: &Fetched, hub: &Hub<'_>) -> Result<(), String> {
        for part in &fetched.tickets {
            ensure(part.whole, || "fetched a part".into())?;
            self.take(part, hub, &hub.subscription())?;
        }
        for ticket in &fetched.left {
            self.drop_ticket(*ticket);
        }
        Ok(())
    }

    fn take(&mut self, part: &TicketPart, hub: &Hub<'_>, subscription: &BTreeSet<Key>) -> Result<(), String> {
        let truth = &hub.tickets[&part.ticket];
        self.stale.remove(&part.ticket);
        if part.whole {
            let before = self.held.insert(part.ticket, Held::default()).unwrap_or_default();
            let gone = before.events.len().saturating_sub(part.events.len());
            ensure(gone == 0, || format!("{} lost {gone} events", part.ticket))?;
        }
        let held =
            self.held.get_mut(&part.ticket).ok_or_else(|| format!("part of {} which is not held", part.ticket))?;
        held.events.extend(part.events.iter().map(|event| (seq_of(event), event.clone())));
        held.keys = part.keys.iter().cloned().collect();
        let whole = held.events.values().map(|event| &event.envelope.0).eq(&truth.envelopes);
        ensure(whole, || format!("{} has a hole: {:?} of {}", part.ticket, held.events.keys(), truth.envelopes.len()))?;
        let visible: BTreeSet<Key> = truth.keys.intersection(subscription).cloned().collect();
        ensure(!visible.is_empty() && held.keys == visible, || format!("{} under {:?}", part.ticket, held.keys))?;
        // Here the last event of each commit alone is signed, and a ticket ends with a whole commit.
        let signed = part.events.is_empty()
            || part
                .signatures
                .last()
                .is_some_and(|last| part.events.last().is_some_and(|event| event.stamp.0 == last.seq.to_be_bytes()));
        ensure(signed, || format!("{} lacks the signature of its last commit", part.ticket))
    }

    fn drop_ticket(&mut self, ticket: TicketId) {
        let events = self.held.remove(&ticket).unwrap_or_default().events;
        self.former.extend(events.into_values().map(|event| (event_id_of(&event), event)));
    }

    fn strike(&mut self, removed: &[Key]) {
        for held in self.held.values_mut() {
            held.keys.retain(|key| !removed.contains(key));
        }
        let lost: Vec<TicketId> =
            self.held.iter().filter(|(_, held)| held.keys.is_empty()).map(|(ticket, _)| *ticket).collect();
        for ticket in lost {
            self.drop_ticket(ticket);
        }
    }

    /// When no page follows the replica is the truth.
    fn is_true(&self, page: &Page, hub: &Hub<'_>) -> Result<(), String> {
        let subscription = hub.subscription();
        let visible: BTreeMap<_, BTreeSet<Key>> = hub
            .tickets
            .iter()
            .map(|(ticket, truth)| (*ticket, truth.keys.intersection(&subscription).cloned().collect::<BTreeSet<_>>()))
            .filter(|(_, keys)| !keys.is_empty())
            .collect();
        let held: BTreeMap<_, _> = self.held.iter().map(|(ticket, held)| (*ticket, held.keys.clone())).collect();
        ensure(held == visible, || format!("holds {held:?} instead of {visible:?}"))?;
        for (ticket, held) in &self.held {
            let whole = held.events.values().map(|event| &event.envelope.0).eq(&hub.tickets[ticket].envelopes);
            ensure(whole, || format!("{ticket} is not whole: {:?}", held.events.keys()))?;
        }
        for (key, digest) in &page.digests {
            let own = Digest::of(
                self.held.iter().filter(|(_, held)| held.keys.contains(key)).map(|(t, held)| own_term(*t, held)),
            );
            ensure(own == *digest, || format!("the digest of {key} differs"))?;
        }
        let with_digests: BTreeSet<_> = page.digests.iter().map(|(key, _)| key.clone()).collect();
        let expected =
            subscription.iter().filter(|key| !matches!(key, Key::Everybody | Key::Office)).cloned().collect();
        ensure(with_digests == expected, || format!("digests of {with_digests:?} only"))?;
        ensure(page.low == hub.n, || "low is not the head".into())?;
        let office = subscription.contains(&Key::Office);
        let known =
            hub.members.iter().filter(|(member, _)| office || **member == ME).map(|(m, r)| (*m, r.clone())).collect();
        ensure(self.members == known, || format!("knows {:?} instead of {:?}", self.members, known))?;
        let documents = self.documents.iter().map(|(kind, (_, hash))| (*kind, *hash)).collect::<BTreeMap<_, _>>();
        // Who left is given none any more.
        let has_left = !subscription.contains(&Key::Everybody);
        ensure(has_left || documents == hub.documents, || "documents differ".into())?;
        ensure(self.outcomes == hub.outcomes, || "outcomes are missing".into())?;
        let mut all = self.held.values().flat_map(|held| held.events.values()).chain(self.former.values());
        let kept = all.find(|event| event.private.is_some() && hub.erased.contains(&event_id_of(event)));
        ensure(kept.is_none(), || "an erased private part is still held".into())
    }
}

fn own_term(ticket: TicketId, held: &Held) -> Hash {
    let last = held.events.values().next_back().map_or(Hash::ZERO, |event| event_hash(&event.envelope, &event.stamp));
    term(ticket, last, state_hash(held.events.values().map(|event| &event.envelope.0)))
}

fn seq_of(event: &Stamped) -> u64 {
    u64::from_be_bytes(event.envelope[16..24].try_into().unwrap())
}

fn event_id_of(event: &Stamped) -> EventId {
    event_id(TicketId::from_bytes(event.envelope[..16].try_into().unwrap()), seq_of(event))
}

pub(super) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
