//! Members: the record in force, the history of roles and keys that rights are judged by, and the directory of names,
//! which lies outside the log and can be erased.

use std::collections::BTreeSet;

use redvest_domain::cbor;
use redvest_domain::event::{Body, MemberSet, Subject};
use redvest_domain::id::{MemberId, TicketId, WorkspaceId};
use redvest_domain::key::{Acting, Key, MemberRecord, Role};
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::columns::{integer, limit_of};
use super::writer::Work;
use super::{Store, hub_events, log};
use crate::accept::hub_event_id;
use crate::error::HubError;
use crate::lasting::Lasting;

/// Records set in one transaction.
const AT_ONCE: usize = 200;
/// Number of the kind `member_set`.
const MEMBER_SET: u16 = 100;
/// Most bytes of a record: those of the event that set it.
const MAX_RECORD_BYTES: usize = redvest_domain::event::MAX_EVENT_BYTES;

/// Forgets what the directory says of a member.
pub(super) const FORGET: &str =
    "UPDATE member SET name = NULL, title = NULL, phone = NULL WHERE workspace = ?1 AND member = ?2";

/// What the directory says of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The member.
    pub member: MemberId,
    /// The name to show.
    pub name: String,
    /// Title, such as 网格长.
    pub title: Option<String>,
    /// Telephone number; only the office sees it.
    pub phone: Option<String>,
}

/// A member's record in force.
pub(super) fn record(
    conn: &Connection,
    workspace: WorkspaceId,
    member: MemberId,
) -> Result<Option<MemberRecord>, HubError> {
    let mut query = conn.prepare_cached("SELECT record FROM member WHERE workspace = ?1 AND member = ?2")?;
    let found: Option<Vec<u8>> =
        query.query_row(params![workspace.as_bytes(), member.as_bytes()], |row| row.get(0)).optional()?;
    found.map(|bytes| decode(&bytes)).transpose()
}

/// A record as stored.
pub(super) fn decode(bytes: &[u8]) -> Result<MemberRecord, HubError> {
    cbor::decode(bytes, MAX_RECORD_BYTES).map_err(|_| HubError::Damaged("member.record"))
}

/// The keys that a member subscribes to now.
pub(super) fn subscription(
    conn: &Connection,
    workspace: WorkspaceId,
    member: MemberId,
) -> Result<BTreeSet<Key>, HubError> {
    Ok(record(conn, workspace, member)?.map(|record| record.subscription()).unwrap_or_default())
}

/// Whether a member held a role at some moment after the event `low`, or until `grace_from` at the earliest.
pub(super) fn held(
    conn: &Connection,
    workspace: WorkspaceId,
    member: MemberId,
    acting: &Acting,
    low: u64,
    grace_from: Timestamp,
) -> Result<bool, HubError> {
    let mut query = conn.prepare_cached(
        "SELECT 1 FROM member_role WHERE workspace = ?1 AND member = ?2 AND role = ?3 AND key = ?4
         AND (to_n IS NULL OR to_n > ?5 OR ended_at >= ?6) LIMIT 1",
    )?;
    let key = acting.key.to_string();
    let row = params![workspace.as_bytes(), member.as_bytes(), acting.role as i64, key, integer(low), grace_from.0];
    Ok(query.exists(row)?)
}

/// The keys that a member subscribed to at some moment after the event `low`, as they stand in the feed.
pub(super) fn keys_since(
    conn: &Connection,
    workspace: WorkspaceId,
    member: MemberId,
    low: u64,
) -> Result<Vec<String>, HubError> {
    let mut query = conn.prepare_cached(
        "SELECT DISTINCT key FROM member_key WHERE workspace = ?1 AND member = ?2 AND (to_n IS NULL OR to_n > ?3)",
    )?;
    let rows = query.query_map(params![workspace.as_bytes(), member.as_bytes(), integer(low)], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn roles(record: &MemberRecord) -> BTreeSet<(i64, String)> {
    if !record.active {
        return BTreeSet::new();
    }
    let own = Acting { role: Role::Volunteer, key: Key::Member(record.member) };
    record.roles.iter().chain([&own]).map(|acting| (acting.role as i64, acting.key.to_string())).collect()
}

/// Writes a member's record as an event, with its history, unless it is in force already.
fn set(work: &mut Work<'_>, record: &MemberRecord, at: Timestamp) -> Result<(), HubError> {
    let (workspace, member) = (work.site.workspace, record.member);
    let is_sound = member != work.site.hub_member()
        && record.roles.iter().all(|acting| acting.role != Role::Hub && acting.is_possible(member));
    if !is_sound || record.roles.len() > 256 || record.duty.len() > 256 {
        return Err(HubError::BadRecord);
    }
    let old = self::record(work, workspace, member)?;
    if old.as_ref() == Some(record) {
        return Ok(());
    }
    let subject = Subject::Member(member);
    // The record's place in the member's own order tells apart what is set twice.
    let step = log::next_seq(work, subject)?.to_be_bytes();
    let cause = redvest_domain::id::EventId(workspace.0);
    let id = hub_event_id(workspace, TicketId(member.0), cause, MEMBER_SET, &step);
    let body = Body::MemberSet(MemberSet { record: record.clone() });
    let n = hub_events::about_record(work, subject, id, body, at)?.n;
    work.prepare_cached(
        "INSERT INTO member (workspace, member, n, record) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (workspace, member) DO UPDATE SET n = excluded.n, record = excluded.record",
    )?
    .execute(params![workspace.as_bytes(), member.as_bytes(), integer(n), cbor::encode(record)])?;
    let (before, after) = (old.as_ref().map(roles).unwrap_or_default(), roles(record));
    for (role, key) in before.difference(&after) {
        work.prepare_cached(
            "UPDATE member_role SET to_n = ?5, ended_at = ?6
             WHERE workspace = ?1 AND member = ?2 AND role = ?3 AND key = ?4 AND to_n IS NULL",
        )?
        .execute(params![workspace.as_bytes(), member.as_bytes(), role, key, integer(n), at.0])?;
    }
    for (role, key) in after.difference(&before) {
        work.prepare_cached(
            "INSERT INTO member_role (workspace, member, role, key, from_n) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![workspace.as_bytes(), member.as_bytes(), role, key, integer(n)])?;
    }
    let (before, after) = (old.map(|old| old.subscription()).unwrap_or_default(), record.subscription());
    for key in before.difference(&after) {
        work.prepare_cached(
            "UPDATE member_key SET to_n = ?4 WHERE workspace = ?1 AND member = ?2 AND key = ?3 AND to_n IS NULL",
        )?
        .execute(params![workspace.as_bytes(), member.as_bytes(), key.to_string(), integer(n)])?;
    }
    for key in after.difference(&before) {
        work.prepare_cached("INSERT INTO member_key (workspace, member, key, from_n) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![workspace.as_bytes(), member.as_bytes(), key.to_string(), integer(n)])?;
    }
    Ok(())
}

fn set_person(work: &Work<'_>, person: &Person) -> Result<(), HubError> {
    work.prepare_cached("UPDATE member SET name = ?3, title = ?4, phone = ?5 WHERE workspace = ?1 AND member = ?2")?
        .execute(params![
            work.site.workspace.as_bytes(),
            person.member.as_bytes(),
            person.name,
            person.title,
            person.phone
        ])?;
    Ok(())
}

impl Store {
    /// Sets members' records, and what the directory says of people. A record that is in force already gives no event;
    /// a person without a record is passed over. Goes in transactions of 200, so after an error the first ones are set;
    /// doing it again is harmless.
    ///
    /// # Errors
    /// [`HubError::BadRecord`] for a role that does not go with its key; [`redvest_domain::codes::Code::HubBehind`].
    pub async fn set_members(&self, records: Vec<MemberRecord>, people: Vec<Person>) -> Result<(), HubError> {
        for part in records.chunks(AT_ONCE).map(<[MemberRecord]>::to_vec) {
            self.write(move |work| {
                work.ensure_not_behind()?;
                let at = work.now;
                part.iter().try_for_each(|record| set(work, record, at))
            })
            .await?;
        }
        for part in people.chunks(AT_ONCE).map(<[Person]>::to_vec) {
            self.write(move |work| part.iter().try_for_each(|person| set_person(work, person))).await?;
        }
        Ok(())
    }

    /// The records in force, in the order of their ids, at most `max` behind `after`.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn members(
        &self,
        after: Option<MemberId>,
        max: usize,
    ) -> Result<Vec<(MemberRecord, Option<Person>)>, HubError> {
        self.read(move |conn| {
            let site = super::Site::load(conn)?;
            let mut query = conn.prepare_cached(
                "SELECT member, record, name, title, phone FROM member WHERE workspace = ?1 AND member > ?2
                 ORDER BY member LIMIT ?3",
            )?;
            let after: &[u8] = after.as_ref().map_or(&[], |member| member.as_bytes());
            let limit = limit_of(max);
            let rows = query.query_map(params![site.workspace.as_bytes(), after, limit], |row| {
                let member = MemberId::from_bytes(row.get(0)?);
                let (title, phone) = (row.get(3)?, row.get(4)?);
                let name: Option<String> = row.get(2)?;
                Ok((row.get::<_, Vec<u8>>(1)?, name.map(|name| Person { member, name, title, phone })))
            })?;
            rows.map(|row| {
                let (bytes, person) = row?;
                Ok((decode(&bytes)?, person))
            })
            .collect()
        })
        .await
    }

    /// Forgets name, title and telephone number of a member, and what is kept of the member's refused work; the log keeps
    /// the pseudonym.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for a member without a record.
    pub async fn forget_person(&self, member: MemberId) -> Result<(), HubError> {
        self.write(move |work| {
            let changed = work.execute(FORGET, params![work.site.workspace.as_bytes(), member.as_bytes()])?;
            if changed == 0 {
                return Err(HubError::NotFound);
            }
            super::erase::drop_kept_of(work, work.site.workspace, member)?;
            work.last(Lasting::Forgotten { member });
            Ok(())
        })
        .await
    }
}
