//! Digests: whether a replica holds exactly what the hub holds, in 32 bytes for each key.
//!
//! A key's digest is the sum modulo 2^256 of one term for each of its tickets, so an event changes it by one
//! subtraction and one addition. Protocol: "Partial replicas", digest.

use minicbor::{Decode, Encode};

use crate::id::{Hash, TicketId};

/// A sum modulo 2^256, big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Digest(#[n(0)] pub Hash);

impl Default for Digest {
    fn default() -> Self {
        Digest(Hash::ZERO)
    }
}

/// The term of one ticket: SHA-256(ticket id ‖ hash of its last event ‖ hash of its canonical state).
pub fn term(ticket: TicketId, last_event: Hash, state: Hash) -> Hash {
    Hash::of(&[ticket.as_bytes(), &last_event.0, &state.0])
}

impl Digest {
    /// The digest with one more term.
    pub fn plus(self, term: Hash) -> Digest {
        let mut carry = 0u16;
        self.zip(term, |own, other| {
            let sum = u16::from(own) + u16::from(other) + carry;
            carry = sum >> 8;
            (sum & 0xff) as u8
        })
    }

    /// The digest with one term less.
    pub fn minus(self, term: Hash) -> Digest {
        let mut borrow = 0i16;
        self.zip(term, |own, other| {
            let difference = i16::from(own) - i16::from(other) - borrow;
            borrow = i16::from(difference < 0);
            (difference & 0xff) as u8
        })
    }

    /// The digest of these terms, whatever their order.
    pub fn of(terms: impl IntoIterator<Item = Hash>) -> Digest {
        terms.into_iter().fold(Digest::default(), Digest::plus)
    }

    fn zip(self, term: Hash, mut step: impl FnMut(u8, u8) -> u8) -> Digest {
        let mut sum = [0; 32];
        for at in (0..32).rev() {
            sum[at] = step(self.0.0[at], term.0[at]);
        }
        Digest(Hash(sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sum_wraps_around_at_two_to_the_256() {
        let mut one = [0; 32];
        one[31] = 1;
        assert_eq!(Digest(Hash([0xff; 32])).plus(Hash(one)), Digest::default());
        assert_eq!(Digest::default().minus(Hash(one)), Digest(Hash([0xff; 32])));
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_a_term_can_be_taken_away(
            mut terms in prop::collection::vec(any::<[u8; 32]>(), 1..8), gone in any::<prop::sample::Index>()
        ) {
            let all = Digest::of(terms.iter().copied().map(Hash));
            terms.reverse();
            prop_assert_eq!(all, Digest::of(terms.iter().copied().map(Hash)));
            let gone = terms.remove(gone.index(terms.len()));
            prop_assert_eq!(all.minus(Hash(gone)), Digest::of(terms.into_iter().map(Hash)));
        }
    }
}
