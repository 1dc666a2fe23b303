//! Single values by name, each a CBOR item, and the small questions that are asked of them.

use minicbor::{Decode, Encode};
use redvest_domain::cbor::{self, Fault};
use redvest_domain::envelope::ChainHead;
use redvest_domain::event::{Base, DeviceTime};
use redvest_domain::id::{Bytes, Hash};
use redvest_domain::stamp::Head;
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Identity, PullState, Store};
use crate::Error;

/// Names of values.
pub(crate) mod name {
    pub(crate) const IDENTITY: &str = "identity";
    pub(crate) const CHAIN: &str = "chain";
    pub(crate) const CURSOR: &str = "cursor";
    pub(crate) const OUTCOMES_AFTER: &str = "outcomes_after";
    pub(crate) const SEEN: &str = "seen";
    pub(crate) const BASE: &str = "base";
    pub(crate) const SAFE_N: &str = "safe_n";
    pub(crate) const OFFSET: &str = "offset";
    pub(crate) const LOCAL_NUMBER: &str = "local_number";
    pub(crate) const MISMATCHES: &str = "mismatches";
    pub(crate) const LAST_PULL: &str = "last_pull";
    pub(crate) const ASKS_CHAIN: &str = "asks_chain";
    pub(crate) const LAW: &str = "law";
    pub(crate) const FOLDED_UNDER: &str = "folded_under";
}

/// The value of this name, if it was ever set.
pub(crate) fn get<T: for<'b> Decode<'b, ()>>(connection: &Connection, name: &str) -> Result<Option<T>, Error> {
    let mut query = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    let bytes: Option<Vec<u8>> = query.query_row([name], |row| row.get(0)).optional()?;
    bytes.map(|bytes| stored(&bytes)).transpose()
}

/// Sets a value.
pub(crate) fn put<T: Encode<()>>(connection: &Connection, name: &str, value: &T) -> Result<(), Error> {
    let mut write = connection.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
    write.execute(params![name, cbor::encode(value)])?;
    Ok(())
}

/// Forgets a value.
pub(crate) fn forget(connection: &Connection, name: &str) -> Result<(), Error> {
    connection.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([name])?;
    Ok(())
}

/// Reads what this program wrote.
pub(crate) fn stored<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, Error> {
    minicbor::decode(bytes).map_err(|_| Error::Stored(Fault::Shape))
}

pub(crate) fn identity(connection: &Connection) -> Result<Identity, Error> {
    get(connection, name::IDENTITY)?.ok_or(Error::NotEnrolled)
}

/// Where the device's chain stands.
pub(crate) fn chain_head(connection: &Connection) -> Result<ChainHead, Error> {
    let stored: Option<(u64, Hash)> = get(connection, name::CHAIN)?;
    Ok(stored.map_or(ChainHead { seq: 0, hash: Hash::ZERO }, |(seq, hash)| ChainHead { seq, hash }))
}

pub(crate) fn set_chain_head(connection: &Connection, head: ChainHead) -> Result<(), Error> {
    put(connection, name::CHAIN, &(head.seq, head.hash))
}

/// What the member of this device has seen.
pub(crate) fn base(connection: &Connection) -> Result<Base, Error> {
    Ok(get(connection, name::BASE)?.unwrap_or_default())
}

/// The law in force, as the last page said; the first before any.
pub(crate) fn law(connection: &Connection) -> Result<u16, Error> {
    Ok(get(connection, name::LAW)?.unwrap_or(1))
}

impl Store {
    /// Who this device is; `None` until enrolled.
    ///
    /// # Errors
    /// Those of the database.
    pub fn identity(&self) -> Result<Option<Identity>, Error> {
        self.db.read(|connection| get(connection, name::IDENTITY))
    }

    /// Says who this device is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_identity(&self, identity: &Identity) -> Result<(), Error> {
        self.db.write(|tx| put(tx, name::IDENTITY, identity))
    }

    /// Where the last pull ended.
    ///
    /// # Errors
    /// Those of the database.
    pub fn pull_state(&self) -> Result<PullState, Error> {
        self.db.read(|connection| {
            let base = base(connection)?;
            Ok(PullState {
                cursor: get::<Bytes>(connection, name::CURSOR)?,
                outcomes_after: get(connection, name::OUTCOMES_AFTER)?.unwrap_or(0),
                seen: get::<Head>(connection, name::SEEN)?,
                low: base.low,
                epoch: base.epoch,
                asks_chain: get(connection, name::ASKS_CHAIN)?.unwrap_or(false),
            })
        })
    }

    /// Learns the hub's time from an exchange: the device's wall clock and monotonic reading when it asked, the hub's
    /// time in the answer, and the monotonic reading when it came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn note_time(
        &self,
        sent_wall: Timestamp,
        sent_monotonic: u64,
        hub_now: Timestamp,
        received_monotonic: u64,
    ) -> Result<(), Error> {
        let took = i64::try_from(received_monotonic.saturating_sub(sent_monotonic)).unwrap_or(0);
        let offset = hub_now.since(sent_wall.plus_ms(took / 2));
        self.db.write(|tx| put(tx, name::OFFSET, &(self.env.boot(), offset)))
    }

    /// The device's time with what is known of the hub's.
    pub(crate) fn device_time(&self, connection: &Connection) -> Result<DeviceTime, Error> {
        let boot = self.env.boot();
        let known: Option<(u64, i64)> = get(connection, name::OFFSET)?;
        Ok(DeviceTime {
            wall: self.env.now(),
            monotonic_ms: self.env.monotonic_ms(),
            boot,
            offset_ms: known.filter(|(of, _)| *of == boot).map(|(_, offset)| offset),
        })
    }

    /// How many digests differed from the hub's so far.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mismatches(&self) -> Result<u64, Error> {
        self.db.read(|connection| Ok(get(connection, name::MISMATCHES)?.unwrap_or(0)))
    }
}
