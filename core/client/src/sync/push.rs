//! Events up: batches in the order of the device's chain, one at a time, until none wait.

use redvest_domain::wire::{MAX_PUSH, Push, Pushed, path};

use super::message::{Reply, Request, post};
use super::session::{Failure, Phase, Purpose, Session, UnderWay};
use crate::Error;

/// About how many bytes of events go into one batch; well below what a hub takes.
const BATCH_BYTES: usize = 1 << 20;

impl Session {
    pub(super) fn next_push(&mut self) -> Result<Option<Request>, Error> {
        if !self.under_way.is_empty() {
            return Ok(None);
        }
        let commits = self.client.store().outbox_batch(MAX_PUSH, BATCH_BYTES)?;
        let state = self.client.store().pull_state()?;
        if commits.is_empty() && !state.asks_chain {
            return Ok(None);
        }
        let push = Push { commits, seen: state.seen, sent: self.client.env().now() };
        Ok(Some(self.send(Purpose::Push, |id, token| post(id, path::PUSH, Some(token), &push))))
    }

    pub(super) fn pushed(&mut self, request: &UnderWay, reply: &Reply) -> Result<(), Error> {
        let pushed: Option<Pushed> = if reply.is_success() { reply.message() } else { None };
        let Some(pushed) = pushed else {
            if !self.is_restored(reply) {
                self.give_up_on(reply);
            }
            return Ok(());
        };
        self.note_time(request, pushed.now)?;
        let effect = self.client.store().apply_pushed(&pushed, request.sent)?;
        self.summary.accepted += effect.accepted;
        self.summary.refused += effect.refused;
        self.summary.too_late += effect.too_late;
        self.summary.changed += count(&effect.changed);
        if effect.rewound > 0 && !self.rewound {
            // What the hub forgot waits again and is sent from there on; once, so that no hub keeps a session for ever.
            self.rewound = true;
        } else if let Some(later) = pushed.later {
            // Nothing from there on was consumed. Pulling may bring what was missing, so the session goes on.
            let (code, zh, en, retry_after) = (later.code, later.zh, later.en, later.retry_after);
            self.summary.failure.get_or_insert(Failure { code, zh, en, retry_after });
            self.phase = Phase::Pull;
        } else if effect.accepted + effect.refused + effect.too_late == 0 {
            // A hub that answers without deciding anything would be asked for ever.
            self.phase = Phase::Pull;
        }
        Ok(())
    }
}

/// The length as the summary counts.
pub(super) fn count<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}
