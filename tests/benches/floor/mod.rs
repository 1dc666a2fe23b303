//! The least that anybody has to do who sends signed commits to a hub, keeps them there, and gives them to another
//! device: no law, no order between devices, no state, no screens, no rights.
//!
//! One connection on loopback, messages with their length before them, packed as ours are. The hub hashes each event,
//! verifies each commit's signature, keeps every event as a row with two keys, signs one head for a message, and answers
//! when that is on the disk (SQLite, WAL, synchronous = FULL: what PERFORMANCE claims are made against). The sender notes
//! each answer durably. A reader verifies each page's head and keeps the rows durably.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use ed25519_dalek::SigningKey;
use redvest_domain::cbor;
use redvest_domain::envelope::{Commit, Sealed, verify};
use redvest_domain::id::{Bytes, Hash};
use redvest_domain::stamp::{Head, Stamped, chain, event_hash};
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, params};

use crate::process::{Fault, noise};

/// Packing as our own messages are packed.
const PACK_LEVEL: i32 = 3;
/// Bytes of a stamp and of its MAC: what the hub adds to an event.
const STAMP: usize = 138;
const MAC: usize = 32;
/// Bytes of events in a page.
const PAGE: usize = 512 << 10;
const MOST: usize = 64 << 20;

fn send(stream: &mut TcpStream, message: &[u8]) -> Result<(), Fault> {
    let packed = zstd::bulk::compress(message, PACK_LEVEL)?;
    let length = u32::try_from(packed.len())?;
    stream.write_all(&[&length.to_be_bytes()[..], &packed].concat())?;
    Ok(())
}

/// `None` when the other side has closed.
fn receive(stream: &mut TcpStream) -> Result<Option<Vec<u8>>, Fault> {
    let mut length = [0; 4];
    if stream.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[1..])?;
    let mut packed = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut packed)?;
    Ok(Some(zstd::bulk::decompress(&packed, MOST)?))
}

fn open(path: &Path) -> Result<Connection, Fault> {
    let database = Connection::open(path)?;
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;
         CREATE TABLE IF NOT EXISTS event (
             n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, envelope BLOB NOT NULL, payload BLOB NOT NULL, private BLOB,
             stamp BLOB, mac BLOB, signature BLOB, head INTEGER
         ) STRICT;",
    )?;
    Ok(database)
}

fn put(database: &Connection, id: &[u8], event: &Stamped, signature: Option<&[u8]>) -> Result<(), Fault> {
    database
        .prepare_cached(
            "INSERT INTO event (id, envelope, payload, private, stamp, mac, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            id,
            event.envelope.0,
            event.payload.0,
            event.private.as_ref().map(|private| &private.0),
            event.stamp.0,
            event.mac.0,
            signature
        ])?;
    Ok(())
}

/// Answers pushes until the sender closes.
fn take_pushes(listener: &TcpListener, path: &Path, device: &[u8; 32], key: &SigningKey) -> Result<(), Fault> {
    let mut stream = listener.accept()?.0;
    stream.set_nodelay(true)?;
    let mut database = open(path)?;
    let (mut n, mut last) = (0, Hash::ZERO);
    while let Some(message) = receive(&mut stream)? {
        let commits: Vec<Commit> = cbor::decode(&message, MOST)?;
        let tx = database.transaction()?;
        for commit in commits {
            let end = commit.events.last().ok_or("a commit has an event")?;
            verify(device, &end.envelope, &commit.signature)?;
            for Sealed { envelope, payload, private } in commit.events {
                n += 1;
                let (stamp, mac) = (Bytes(noise(n, STAMP)), Bytes(noise(n, MAC)));
                let hash = event_hash(&envelope, &stamp);
                last = chain(last, hash);
                let event = Stamped { envelope, payload, private, stamp, mac };
                put(&tx, &hash.0, &event, Some(&commit.signature))?;
            }
        }
        let head = Head::sign(key, 1, n, last, Timestamp(0));
        tx.commit()?;
        send(&mut stream, &cbor::encode(&head))?;
    }
    Ok(())
}

/// Sends pages until the reader has everything.
fn give_pages(listener: &TcpListener, path: &Path, key: &SigningKey) -> Result<(), Fault> {
    let mut stream = listener.accept()?.0;
    stream.set_nodelay(true)?;
    let database = open(path)?;
    let mut after = 0_i64;
    while receive(&mut stream)?.is_some() {
        let (mut events, mut bytes) = (Vec::new(), 0);
        let mut query = database
            .prepare_cached("SELECT n, envelope, payload, private, stamp, mac FROM event WHERE n > ?1 ORDER BY n")?;
        let mut rows = query.query([after])?;
        while let Some(row) = rows.next()?.filter(|_| bytes < PAGE) {
            after = row.get(0)?;
            let event = Stamped {
                envelope: Bytes(row.get(1)?),
                payload: Bytes(row.get(2)?),
                private: row.get::<_, Option<Vec<u8>>>(3)?.map(Bytes),
                stamp: Bytes(row.get(4)?),
                mac: Bytes(row.get(5)?),
            };
            bytes += event.envelope.len() + event.payload.len() + STAMP + MAC;
            events.push(event);
        }
        let head = Head::sign(key, 1, after.unsigned_abs(), Hash::ZERO, Timestamp(0));
        send(&mut stream, &cbor::encode(&(head, events)))?;
    }
    Ok(())
}

/// Runs both sides of one exchange. Gives the seconds from the first byte to the last durable row.
fn exchange(
    hub: impl FnOnce(&TcpListener) -> Result<(), Fault> + Send,
    device: impl FnOnce(&mut TcpStream) -> Result<(), Fault>,
) -> Result<f64, Fault> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::scope(|scope| {
        let hub = scope.spawn(|| hub(&listener));
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let start = std::time::Instant::now();
        device(&mut stream)?;
        let seconds = start.elapsed().as_secs_f64();
        drop(stream);
        hub.join().map_err(|_| "the floor's hub panicked")??;
        Ok(seconds)
    })
}

/// Seconds to push these commits, so many in a message, from a device that has them in its database.
pub(crate) fn push(folder: &Path, commits: &[Commit], at_once: usize, device: &[u8; 32]) -> Result<f64, Fault> {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = key.verifying_key().to_bytes();
    let hub = folder.join("floor-hub.db");
    let mut own = open(&folder.join("floor-device.db"))?;
    let tx = own.transaction()?;
    for event in commits.iter().flat_map(|commit| &commit.events) {
        let Sealed { envelope, payload, private } = event.clone();
        let event = Stamped { envelope, payload, private, stamp: Bytes::default(), mac: Bytes::default() };
        put(&tx, &Hash::of(&[&event.envelope]).0, &event, None)?;
    }
    tx.commit()?;
    let mut sent = 0;
    exchange(
        |listener| take_pushes(listener, &hub, device, &key),
        |stream| {
            for part in commits.chunks(at_once) {
                send(stream, &cbor::encode(&part.to_vec()))?;
                let answer = receive(stream)?.ok_or("the floor's hub answers")?;
                let head: Head = cbor::decode(&answer, MOST)?;
                head.verify(&public)?;
                let tx = own.transaction()?;
                tx.prepare_cached("UPDATE event SET head = ?1 WHERE n > ?2 AND n <= ?1")?
                    .execute(params![head.n.cast_signed(), sent])?;
                tx.commit()?;
                sent = head.n.cast_signed();
            }
            Ok(())
        },
    )
}

/// Seconds until a new device has every event that [`push`] left at the hub; panics unless it has so many.
pub(crate) fn pull(folder: &Path, events: usize) -> Result<f64, Fault> {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = key.verifying_key().to_bytes();
    let hub = folder.join("floor-hub.db");
    let mut own = open(&folder.join("floor-reader.db"))?;
    let mut got = 0;
    let seconds = exchange(
        |listener| give_pages(listener, &hub, &key),
        |stream| {
            loop {
                send(stream, b"more")?;
                let answer = receive(stream)?.ok_or("the floor's hub answers")?;
                let (head, page): (Head, Vec<Stamped>) = cbor::decode(&answer, MOST)?;
                head.verify(&public)?;
                if page.is_empty() {
                    return Ok(());
                }
                got += page.len();
                let tx = own.transaction()?;
                for event in &page {
                    put(&tx, &event_hash(&event.envelope, &event.stamp).0, event, None)?;
                }
                tx.commit()?;
            }
        },
    )?;
    assert_eq!(got, events, "the floor's reader has everything");
    Ok(seconds)
}
