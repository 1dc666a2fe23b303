//! One event of the exported log.

use redvest_domain::event::{Payload, Private, kind_names};
use redvest_domain::stamp::Stamp;
use serde_json::{Value, json};

use super::desk::hex;
use crate::store::LogRow;

/// An event with its parts read and its bytes in hex, so that a line proves what it says.
pub(super) fn line(row: &LogRow) -> Value {
    let (kind, kind_zh) = kind_names(row.kind);
    let payload = Payload::from_bytes(&row.event.payload).ok();
    let stamp = Stamp::from_bytes(&row.event.stamp).ok();
    let private = row.event.private.as_ref().and_then(|bytes| Private::from_bytes(bytes).ok());
    json!({
        "n": row.n,
        "id": row.id,
        "subject": row.subject,
        "kind": kind,
        "kind_zh": kind_zh,
        "member": stamp.as_ref().map(|stamp| stamp.member),
        "received": stamp.as_ref().map(|stamp| stamp.received.to_rfc3339()),
        "acting": payload.as_ref().map(|payload| &payload.acting),
        "words": private.as_ref().and_then(|private| private.words.as_ref()),
        "envelope": hex(&row.event.envelope),
        "payload": hex(&row.event.payload),
        "private": row.event.private.as_ref().map(|private| hex(private)),
        "stamp": hex(&row.event.stamp),
        "mac": hex(&row.event.mac),
        "signature": row.signature.as_ref().map(|signature| hex(&signature.signature)),
    })
}
