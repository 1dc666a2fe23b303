//! A hub that was restored from a backup: it is given what it forgot, the replica goes back to where it forked, and the
//! session begins again from there.

use std::collections::VecDeque;

use redvest_domain::cbor;
use redvest_domain::id::TicketId;
use redvest_domain::stamp::Head;
use redvest_domain::wire::{MAX_RELAY, Relay, Relayed, TicketPart, path};

use super::message::{Reply, Request, post};
use super::session::{Phase, Purpose, Session};
use crate::Error;

/// About how many bytes of events go into one message.
const RELAY_BYTES: usize = 512 << 10;
/// The status for a device of an older epoch.
const GONE: u16 = 410;

/// Where the hub forked, and what it is still to be given.
pub(super) struct Fork {
    fork_at: u64,
    head: Head,
    tickets: VecDeque<TicketId>,
}

impl Session {
    /// Takes the news that the hub is of a newer epoch; true if that is what the reply says. Once in a session: a hub
    /// that says so again is not followed further.
    pub(super) fn is_restored(&mut self, reply: &Reply) -> bool {
        let is_news = reply.status == GONE && !self.has_gone_back;
        if is_news {
            self.has_gone_back = true;
            self.phase = Phase::Relay;
            self.page = None;
        }
        is_news
    }

    pub(super) fn next_relay(&mut self) -> Result<Option<Request>, Error> {
        if !self.under_way.is_empty() {
            return Ok(None);
        }
        let state = self.client.store().pull_state()?;
        let epoch = state.seen.map_or(state.epoch, |seen| seen.epoch);
        let Some(fork) = &mut self.fork else { return Ok(Some(self.relay(epoch, Vec::new()))) };
        let (mut tickets, mut bytes) = (Vec::new(), 0);
        while let Some(ticket) = fork.tickets.front()
            && (tickets.is_empty() || bytes < RELAY_BYTES && tickets.len() < MAX_RELAY)
        {
            let part = self.client.store().beyond(*ticket, fork.fork_at)?;
            bytes += cbor::encode(&part).len();
            tickets.push(part);
            fork.tickets.pop_front();
        }
        if tickets.is_empty() {
            let fork_at = fork.fork_at;
            let head = fork.head.clone();
            self.client.store().go_back(fork_at, &head)?;
            self.fork = None;
            return Ok(None);
        }
        Ok(Some(self.relay(epoch, tickets)))
    }

    fn relay(&mut self, epoch: u32, tickets: Vec<TicketPart>) -> Request {
        let relay = Relay { epoch, tickets };
        self.send(Purpose::Relay, |id, token| post(id, path::RELAY, Some(token), &relay))
    }

    pub(super) fn relayed(&mut self, reply: &Reply) -> Result<(), Error> {
        let relayed: Option<Relayed> = if reply.is_success() { reply.message() } else { None };
        let Some(Relayed { fork_at, head, taken, .. }) = relayed else {
            self.give_up_on(reply);
            return Ok(());
        };
        self.summary.relayed += taken;
        match &mut self.fork {
            // The hub may have been restored once more meanwhile; the lower fork counts.
            Some(fork) => (fork.fork_at, fork.head) = (fork.fork_at.min(fork_at), head),
            None => {
                let tickets = self.client.store().tickets_beyond(fork_at)?.into();
                self.fork = Some(Fork { fork_at, head, tickets });
            }
        }
        Ok(())
    }
}
