//! Enrolment and re-keying: one request each, outside of any session.

use redvest_domain::id::Bytes;
use redvest_domain::invitation::Invitation;
use redvest_domain::wire::{Enrolled, path};

use super::message::{Reply, Request, post};
use super::session::Failure;
use crate::{Client, Error};

/// The request with which this device enrols. The new key is in the vault before the request exists, so a reply that
/// gets lost costs a code and nothing else.
pub fn enrol_request(client: &Client, invitation: &Invitation, label: &str) -> Result<Request, Error> {
    let enrol = client.begin_enrol(&invitation.secret, label)?;
    Ok(post(0, path::ENROL, None, &enrol))
}

/// Takes the hub's reply: afterwards the device is enrolled, or the failure says why not.
pub fn enrol_reply(client: &Client, invitation: &Invitation, reply: &Reply) -> Result<Result<(), Failure>, Error> {
    let enrolled = match enrolled(reply) {
        Ok(enrolled) => enrolled,
        Err(failure) => return Ok(Err(failure)),
    };
    let pin = invitation.pin.map(|pin| Bytes(pin.0.to_vec()));
    client.finish_enrol(&enrolled, &invitation.hub, pin)?;
    Ok(Ok(()))
}

/// The request with which a device whose chain forked takes a new key.
pub fn rekey_request(client: &Client, label: &str) -> Result<Request, Error> {
    let rekey = client.begin_rekey(label)?;
    let token = super::session::token_text(client)?;
    Ok(post(0, path::REKEY, Some(&token), &rekey))
}

/// Takes the hub's reply: afterwards what was never accepted is issued again on the new chain.
pub fn rekey_reply(client: &Client, reply: &Reply) -> Result<Result<(), Failure>, Error> {
    match enrolled(reply) {
        Ok(enrolled) => client.finish_rekey(&enrolled).map(Ok),
        Err(failure) => Ok(Err(failure)),
    }
}

fn enrolled(reply: &Reply) -> Result<Enrolled, Failure> {
    let enrolled = if reply.is_success() { reply.message() } else { None };
    enrolled.ok_or_else(|| Failure::of(&reply.problem()))
}
