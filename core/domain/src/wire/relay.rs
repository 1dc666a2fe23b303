//! Relay: what a hub forgot when it was restored from a backup, brought back by whoever still holds it.

use minicbor::{Decode, Encode};

use super::pull::TicketPart;
use crate::stamp::Head;
use crate::time::Timestamp;

/// Asks a hub of a newer epoch where it forked, and gives it the events beyond. The first request holds no tickets.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Relay {
    /// The epoch of the order that the device has seen.
    #[n(0)]
    pub epoch: u32,
    /// For each ticket its events beyond the fork in the order of their sequence, with the stamps, codes and signatures
    /// that the hub gave them; `keys` is not looked at. At most 1,000 tickets.
    #[n(1)]
    pub tickets: Vec<TicketPart>,
}

/// Where the hub forked, and what it took. Whatever it says is durable.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Relayed {
    /// The order that the device has seen goes on unchanged up to this number; what it holds beyond is to be relayed and
    /// then taken back.
    #[n(0)]
    pub fork_at: u64,
    /// The head of the present epoch.
    #[n(1)]
    pub head: Head,
    /// How many events of this request the hub had forgotten and took again. The others it knows already or cannot
    /// recognise.
    #[n(2)]
    pub taken: u32,
    /// Hub time.
    #[n(3)]
    pub now: Timestamp,
}

/// Most tickets in one [`Relay`].
pub const MAX_RELAY: usize = 1_000;
