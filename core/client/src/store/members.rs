//! Members' records: the own one, and at the office everybody's.

use redvest_domain::cbor;
use redvest_domain::id::MemberId;
use redvest_domain::key::MemberRecord;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Store, meta};
use crate::Error;

/// Keeps a record in place of the one before.
pub(crate) fn put(connection: &Connection, record: &MemberRecord) -> Result<(), Error> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO member (member, record) VALUES (?1, ?2)")?
        .execute(params![record.member.as_bytes(), cbor::encode(record)])?;
    Ok(())
}

/// A member's record, if it is held.
pub(crate) fn get(connection: &Connection, member: MemberId) -> Result<Option<MemberRecord>, Error> {
    let mut query = connection.prepare_cached("SELECT record FROM member WHERE member = ?1")?;
    let bytes: Option<Vec<u8>> = query.query_row([member.as_bytes()], |row| row.get(0)).optional()?;
    bytes.map(|bytes| meta::stored(&bytes)).transpose()
}

/// The own record; without one a member may do what every member may.
pub(crate) fn own(connection: &Connection, member: MemberId) -> Result<MemberRecord, Error> {
    let record = get(connection, member)?;
    Ok(record.unwrap_or(MemberRecord { member, active: true, roles: Vec::new(), duty: Vec::new() }))
}

/// Every record held.
pub(crate) fn all(connection: &Connection) -> Result<Vec<MemberRecord>, Error> {
    let mut query = connection.prepare_cached("SELECT record FROM member ORDER BY member")?;
    let rows = query.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let rows: Vec<Vec<u8>> = rows.collect::<Result<_, _>>()?;
    rows.iter().map(|bytes| meta::stored(bytes)).collect()
}

impl Store {
    /// The record of this device's member.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`].
    pub fn record(&self) -> Result<MemberRecord, Error> {
        self.db.read(|connection| own(connection, meta::identity(connection)?.member))
    }

    /// Every member's record that is held: the own one, at the office all.
    ///
    /// # Errors
    /// Those of the database.
    pub fn records(&self) -> Result<Vec<MemberRecord>, Error> {
        self.db.read(all)
    }
}
