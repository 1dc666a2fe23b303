//! Names of members, for those who see a ticket that they had a part in, or who work beside them.

use redvest_domain::id::MemberId;
use redvest_domain::key::Key;
use redvest_domain::wire::{Name, Named, Names};
use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use super::devices::Auth;
use crate::error::HubError;

/// Most members in one question.
const MAX_NAMES: usize = 500;

/// A grid or an agency that both belong to.
const COLLEAGUE: &str = "SELECT 1 FROM member_role AS theirs JOIN member_key AS own
    ON own.workspace = theirs.workspace AND own.key = theirs.key AND own.member = ?2 AND own.to_n IS NULL
    WHERE theirs.workspace = ?1 AND theirs.member = ?3 AND theirs.to_n IS NULL LIMIT 1";
/// A ticket that the asker sees and that the member wrote an event of.
const ON_A_TICKET: &str = "SELECT 1 FROM event AS e
    JOIN feed AS f ON f.workspace = e.workspace AND f.ticket = e.subject AND f.\"left\" IS NULL
    JOIN member_key AS own ON own.workspace = f.workspace AND own.key = f.key AND own.member = ?2 AND own.to_n IS NULL
    WHERE e.workspace = ?1 AND e.member = ?3 AND e.subject_kind = 0 LIMIT 1";

fn may_know(conn: &Connection, auth: &Auth, member: MemberId) -> Result<bool, HubError> {
    // Who subscribes to the workspace sees every ticket.
    if member == auth.member || auth.subscription.contains(&Key::Workspace) {
        return Ok(true);
    }
    let parties = params![auth.workspace.as_bytes(), auth.member.as_bytes(), member.as_bytes()];
    Ok(conn.prepare_cached(COLLEAGUE)?.exists(parties)? || conn.prepare_cached(ON_A_TICKET)?.exists(parties)?)
}

impl Store {
    /// Names of those members that the asker may know: on a ticket that the asker sees, or a colleague. Others are left
    /// out, like those who are not known or were erased.
    ///
    /// # Errors
    /// [`HubError::TooMany`] for more than 500 at once.
    pub async fn names(&self, auth: &Auth, names: Names) -> Result<Named, HubError> {
        if names.members.len() > MAX_NAMES {
            return Err(HubError::TooMany);
        }
        let auth = auth.clone();
        self.read(move |conn| {
            let mut query = conn.prepare_cached(
                "SELECT name, title FROM member WHERE workspace = ?1 AND member = ?2 AND name IS NOT NULL",
            )?;
            let mut named = Named { names: Vec::new() };
            for member in names.members {
                let found = query.query_row(params![auth.workspace.as_bytes(), member.as_bytes()], |row| {
                    Ok(Name { member, name: row.get(0)?, title: row.get(1)? })
                });
                if let Some(name) = found.optional()?
                    && may_know(conn, &auth, member)?
                {
                    named.names.push(name);
                }
            }
            Ok(named)
        })
        .await
    }
}
