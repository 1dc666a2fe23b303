//! The file that proves a ticket, outside of any session.

use redvest_domain::evidence::MAX_EVIDENCE_BYTES;
use redvest_domain::id::TicketId;
use redvest_domain::wire::path;

use super::message::{Body, Reply, ReplyBody, Request, Target, headers};
use super::session::{Failure, token_text};
use crate::{Client, Error};

/// The request for a ticket's evidence.
pub fn evidence_request(client: &Client, ticket: TicketId) -> Result<Request, Error> {
    let token = token_text(client)?;
    Ok(Request {
        id: 0,
        method: "GET",
        path: format!("{}/{ticket}", path::EVIDENCE),
        headers: headers(Some(&token)),
        body: Body::None,
        target: Target::Memory { most: MAX_EVIDENCE_BYTES },
    })
}

/// The file, or why there is none. It proves itself: see [`redvest_domain::evidence::verify`].
pub fn evidence_reply(reply: &Reply) -> Result<Vec<u8>, Failure> {
    match &reply.body {
        ReplyBody::Bytes(bytes) if reply.is_success() => Ok(bytes.clone()),
        _ => Err(Failure::of(&reply.problem())),
    }
}
