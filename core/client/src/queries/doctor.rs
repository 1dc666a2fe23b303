//! The doctor: whether everything that this device holds is whole, and what to do where it is not.

use redvest_domain::envelope::{Envelope, link};
use redvest_domain::id::{DeviceId, Hash};
use rusqlite::Connection;
use serde::Serialize;

use crate::photo::files;
use crate::store::{BlobRole, Identity, digests, meta, photos};
use crate::{Client, Error};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable code.
    pub code: String,
    /// What to do, in Chinese.
    pub zh: String,
    /// What to do, in English.
    pub en: String,
    /// Which event, file or key.
    pub what: String,
}

/// What the doctor saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// What is wrong; nothing on a healthy device.
    pub findings: Vec<Finding>,
    /// Events of the replica.
    pub events: u64,
    /// Tickets held.
    pub tickets: u64,
    /// Own events, whatever became of them.
    pub own_events: u64,
    /// Own events that wait.
    pub waiting: u64,
    /// Files of photos held, and their bytes.
    pub files: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Digests that differed from the hub's so far; each was repaired by fetching.
    pub mismatches: u64,
}

/// What can be wrong, before it is said of what.
struct Fault {
    code: &'static str,
    zh: &'static str,
    en: &'static str,
}

impl Fault {
    fn of(&self, what: String) -> Finding {
        Finding { code: self.code.to_owned(), zh: self.zh.to_owned(), en: self.en.to_owned(), what }
    }
}

const CHAIN: Fault = Fault {
    code: "chain_broken",
    zh: "本机记录链不连续，请勿卸载应用，并联系创文办。",
    en: "The chain of this device's events is broken. Do not remove the app; tell the office.",
};
const MISSING: Fault = Fault {
    code: "photo_missing",
    zh: "照片文件缺失；如仍有原图，请重新导入。",
    en: "A photo's file is missing; import it again if you still have it.",
};
const DAMAGED: Fault = Fault {
    code: "photo_damaged",
    zh: "照片文件已损坏；如仍有原图，请重新导入。",
    en: "A photo's file is damaged; import it again if you still have it.",
};
const DIGEST: Fault = Fault {
    code: "digest_differs",
    zh: "本机数据与其摘要不符，请重建数据后同步。",
    en: "The held data does not match its own digest. Rebuild, then sync.",
};
const PAGES: Fault = Fault {
    code: "database_damaged",
    zh: "数据库已损坏，请勿卸载应用，并联系创文办。",
    en: "The database is damaged. Do not remove the app; tell the office.",
};

impl Client {
    /// Reads everything: every page of the database, the own chain, every photo by its hash, every digest. Takes as
    /// long as reading all files does.
    ///
    /// # Errors
    /// Those of the database that keep it from looking at all.
    pub fn doctor(&self) -> Result<Health, Error> {
        let store = self.store();
        let mut findings = Vec::new();
        if let Err(error) = store.db.check_pages() {
            findings.push(PAGES.of(error.code().to_owned()));
        }
        let files: Vec<(Hash, i64)> = store.db.read(|connection| {
            check_chain(connection, &mut findings)?;
            check_digests(connection, &mut findings)?;
            let mut query = connection.prepare("SELECT hash, role FROM blob WHERE held = 1")?;
            let rows = query.query_map([], |row| Ok((Hash(row.get(0)?), row.get(1)?)))?;
            Ok::<_, Error>(rows.collect::<Result<_, _>>()?)
        })?;
        let mut bytes = 0;
        for (hash, role) in &files {
            let path = photos::path_of(store.folder(), BlobRole::of_number(*role), *hash);
            match files::hash_of(&path) {
                Ok((found, size)) if found == *hash => bytes += size,
                Ok(_) => findings.push(DAMAGED.of(hash.to_hex())),
                Err(_) => findings.push(MISSING.of(hash.to_hex())),
            }
        }
        store.db.read(|connection| {
            let count = |sql: &str| -> Result<u64, Error> { Ok(connection.query_row(sql, [], |row| row.get(0))?) };
            Ok(Health {
                findings,
                events: count("SELECT count(*) FROM event")?,
                tickets: count("SELECT count(*) FROM ticket")?,
                own_events: count("SELECT count(*) FROM outbox")?,
                waiting: count("SELECT count(*) FROM outbox WHERE status = 0")?,
                files: files.len() as u64,
                bytes,
                mismatches: meta::get(connection, meta::name::MISMATCHES)?.unwrap_or(0),
            })
        })
    }
}

/// Every link of the present chain: numbers without gaps, each envelope on the hash of the one before, contents as
/// their envelopes say, the last one the head.
fn check_chain(connection: &Connection, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let Some(identity) = meta::get::<Identity>(connection, meta::name::IDENTITY)? else { return Ok(()) };
    let device: DeviceId = identity.device;
    let mut query =
        connection.prepare("SELECT seq, envelope, payload, private FROM outbox WHERE device = ?1 ORDER BY seq")?;
    let mut rows = query.query([device.as_bytes()])?;
    let (mut seq, mut hash) = (0_u64, Hash::ZERO);
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(1)?;
        let (payload, private): (Vec<u8>, Option<Vec<u8>>) = (row.get(2)?, row.get(3)?);
        let whole = Envelope::from_bytes(&bytes).is_ok_and(|envelope| {
            let follows = envelope.seq == seq + 1 && envelope.prev == hash && row.get(0) == Ok(envelope.seq);
            // An erased private part is missing; the chain still proves that it was there.
            let said = private.is_none_or(|private| envelope.private == Some(Hash::of(&[&private])));
            follows && said && envelope.payload == Hash::of(&[&payload])
        });
        seq += 1;
        if !whole {
            findings.push(CHAIN.of(format!("{device} {seq}")));
        }
        hash = link(&bytes);
    }
    let head = meta::chain_head(connection)?;
    if (head.seq, head.hash) != (seq, hash) {
        findings.push(CHAIN.of(format!("{device} head {}", head.seq)));
    }
    Ok(())
}

/// Whether the kept digests are those of the held tickets.
fn check_digests(connection: &Connection, findings: &mut Vec<Finding>) -> Result<(), Error> {
    for kept in digests::all(connection)? {
        let terms = digests::terms(connection, &kept.key)?;
        let count = terms.len() as u64;
        let digest = redvest_domain::digest::Digest::of(terms.into_iter().map(|(_, term)| term));
        if digest.0.to_hex() != kept.digest || count != kept.tickets {
            findings.push(DIGEST.of(kept.key.to_string()));
        }
    }
    Ok(())
}
