//! Who asks, in which version, and how often: checked for every request before its body is read.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use redvest_domain::id::DeviceId;
use redvest_domain::time::{MINUTE_MS, Timestamp};
use redvest_domain::wire::{OLDEST_PROTOCOL, PROTOCOL, PROTOCOL_HEADER, path};

use super::answer::{Fault, Refused};
use super::{App, Peer};
use crate::error::Refusal;
use crate::store::Auth;

/// Buckets kept at most; beyond it those that are full again are dropped.
const MOST_BUCKETS: usize = 50_000;

/// Token buckets of devices and of strangers.
#[derive(Debug, Default)]
pub struct Rates {
    devices: Mutex<HashMap<DeviceId, Bucket>>,
    strangers: Mutex<HashMap<IpAddr, Bucket>>,
}

/// One request in a bucket's unit.
const WHOLE: i64 = 1_000;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// What may still be asked, in thousandths.
    left: i64,
    at: Timestamp,
}

/// Whether one more request is within the rate; else the seconds to wait.
fn spend<K: Eq + Hash + Copy>(
    buckets: &Mutex<HashMap<K, Bucket>>,
    who: K,
    per_minute: u32,
    now: Timestamp,
) -> Result<(), u32> {
    let most = (i64::from(per_minute) * WHOLE / 10).max(WHOLE);
    let gained = |bucket: &Bucket| {
        let elapsed = now.since(bucket.at).clamp(0, MINUTE_MS);
        most.min(bucket.left + elapsed * i64::from(per_minute) / 60)
    };
    let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
    if buckets.len() >= MOST_BUCKETS {
        buckets.retain(|_, bucket| gained(bucket) < most);
    }
    let bucket = buckets.entry(who).or_insert(Bucket { left: most, at: now });
    let left = gained(bucket);
    let is_enough = left >= WHOLE;
    *bucket = Bucket { left: if is_enough { left - WHOLE } else { left }, at: now };
    if is_enough {
        return Ok(());
    }
    let wait_ms = (WHOLE - left) * 60 / i64::from(per_minute.max(1));
    Err(u32::try_from(wait_ms / 1_000 + 1).unwrap_or(60))
}

/// Lets a request through, with [`Auth`] in its extensions where a token is needed.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let where_to = request.uri().path().to_owned();
    match admit(&app, &where_to, request).await {
        Err(refusal) => Refused(refusal).into_response(),
        Ok(request) => {
            let mut response = next.run(request).await;
            let headers = response.headers_mut();
            headers.insert(PROTOCOL_HEADER, HeaderValue::from(PROTOCOL));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            metrics::counter!("redvest_requests_total", "status" => response.status().as_u16().to_string())
                .increment(1);
            response
        }
    }
}

async fn admit(app: &App, where_to: &str, mut request: Request) -> Result<Request, Refusal> {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    match where_to {
        "/healthz" => return Ok(request),
        // Figures and readiness are for whoever runs the hub, on the hub's own machine.
        "/readyz" | "/metrics" if peer.is_some_and(|peer| peer.is_loopback()) => return Ok(request),
        "/readyz" | "/metrics" => return Err(Fault::UnknownPath.refuse()),
        _ => {}
    }
    speak_a_common_version(request.headers())?;
    let now = app.clock.now();
    let limits = &app.config.limits;
    let too_often = |seconds| Fault::TooOften.refuse().retry_after(seconds);
    let as_a_stranger = || match peer {
        Some(peer) => spend(&app.rates.strangers, peer, limits.stranger_per_minute, now).map_err(too_often),
        None => Ok(()),
    };
    if matches!(where_to, path::HELLO | path::ENROL) {
        as_a_stranger()?;
        return Ok(request);
    }
    let token = token(request.headers())?;
    if where_to == path::REKEY {
        // The old token ends with the first answer; if that got lost, the same request is answered again.
        as_a_stranger()?;
        request.extensions_mut().insert(token);
        return Ok(request);
    }
    let auth = match app.store.authenticate(&token.0).await {
        Ok(auth) => auth,
        Err(error) => {
            // Guessing tokens is slowed down like guessing codes.
            as_a_stranger()?;
            return Err(error.into());
        }
    };
    spend(&app.rates.devices, auth.device, limits.device_per_minute, now).map_err(too_often)?;
    request.extensions_mut().insert(auth);
    Ok(request)
}

/// A device that names a version is served in it; one that names none speaks the newest.
fn speak_a_common_version(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(PROTOCOL_HEADER) else { return Ok(()) };
    let version = value.to_str().ok().and_then(|text| text.parse::<u16>().ok());
    let is_common = version.is_some_and(|version| (OLDEST_PROTOCOL..=PROTOCOL).contains(&version));
    if is_common { Ok(()) } else { Err(Fault::Protocol.refuse()) }
}

/// The token that a request came with.
#[derive(Clone)]
pub(super) struct Token(pub(super) [u8; 32]);

/// The 32 bytes of the bearer token, written as 64 hexadecimal digits.
fn token(headers: &HeaderMap) -> Result<Token, Refusal> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(|| Fault::NoToken.refuse())?;
    let text = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
    let token = text.and_then(|text| text.parse::<redvest_domain::id::Hash>().ok());
    token.map(|token| Token(token.0)).ok_or_else(|| Fault::BadToken.refuse())
}

/// The authenticated device of a request that [`guard`] let through.
pub(super) type Who = Extension<Auth>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_the_rate_holds() {
        let buckets = Mutex::new(HashMap::new());
        let at = |ms: i64| Timestamp(1_000_000 + ms);
        // 600 a minute: a burst of 60, then 10 a second.
        for _ in 0..60 {
            assert_eq!(spend(&buckets, 1, 600, at(0)), Ok(()));
        }
        assert_eq!(spend(&buckets, 1, 600, at(0)), Err(1));
        assert_eq!(spend(&buckets, 1, 600, at(100)), Ok(()));
        assert_eq!(spend(&buckets, 1, 600, at(100)), Err(1));
        assert_eq!(spend(&buckets, 2, 600, at(100)), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let buckets = Mutex::new(HashMap::new());
        for _ in 0..60 {
            assert_eq!(spend(&buckets, 1, 600, Timestamp(10_000)), Ok(()));
        }
        assert!(spend(&buckets, 1, 600, Timestamp(0)).is_err());
    }
}
