//! One request, one reply.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::time::Duration;

use redvest_client::sync::{Body, NetFailure, Reply, ReplyBody, Request, Target};
use redvest_domain::id::Hash;
use redvest_domain::invitation::is_protected;
use ureq::config::Config;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, TcpConnector};
use ureq::{Agent, SendBody};

use crate::pin::PinConnector;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(15);
/// Longest wait for the first byte of a reply: a hub under load answers late but does answer.
const RESPONSE: Duration = Duration::from_secs(90);
/// Longest silence within a body; a slow network that moves at all is not cut off.
const SILENCE: Duration = Duration::from_secs(60);

/// A way to one hub; cheap to clone, safe from several threads, connections are kept.
#[derive(Clone, Debug)]
pub struct Http {
    agent: Agent,
    address: String,
}

impl Http {
    /// A way to the hub at `address`, whose certificate has the fingerprint `pin`, or a public authority's name.
    ///
    /// # Errors
    /// [`NetFailure::Certificate`] for an address that is not protected.
    pub fn new(address: &str, pin: Option<Hash>) -> Result<Http, NetFailure> {
        if !is_protected(address) {
            return Err(NetFailure::Certificate);
        }
        let config: Config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(RESPONSE))
            .timeout_per_read(Some(SILENCE))
            .timeout_per_write(Some(SILENCE))
            .user_agent(concat!("redvest/", env!("CARGO_PKG_VERSION")))
            .build();
        let agent = match pin {
            Some(pin) if address.starts_with("https://") => {
                let tls = PinConnector::new(pin).map_err(|_| NetFailure::Certificate)?;
                Agent::with_parts(config, ().chain(TcpConnector::default()).chain(tls), DefaultResolver::default())
            }
            _ => Agent::new_with_config(config),
        };
        Ok(Http { agent, address: address.trim_end_matches('/').to_owned() })
    }

    /// Sends a request and waits for its reply.
    ///
    /// # Errors
    /// When there is no whole reply. A reply of any status is none.
    pub fn call(&self, request: &Request) -> Result<Reply, NetFailure> {
        let url = format!("{}{}", self.address, request.path);
        let mut builder = ureq::http::Request::builder().method(request.method).uri(url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let response = match &request.body {
            Body::None => {
                let request = builder.body(()).map_err(|_| NetFailure::Broken)?;
                self.agent.run(request)
            }
            Body::Bytes(bytes) => {
                let request = builder.body(bytes.as_slice()).map_err(|_| NetFailure::Broken)?;
                self.agent.run(request)
            }
            Body::File { path, offset, length } => {
                let mut file = File::open(path).map_err(|_| NetFailure::Broken)?;
                file.seek(SeekFrom::Start(*offset)).map_err(|_| NetFailure::Broken)?;
                let mut part = file.take(*length);
                let request = builder
                    .header("content-length", length.to_string())
                    .body(SendBody::from_reader(&mut part))
                    .map_err(|_| NetFailure::Broken)?;
                self.agent.run(request)
            }
        };
        receive(response.map_err(|error| classify(&error))?, &request.target)
    }
}

fn receive(mut response: ureq::http::Response<ureq::Body>, target: &Target) -> Result<Reply, NetFailure> {
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let body = match target {
        Target::File { path, most } if (200..300).contains(&status) => {
            let mut reader = response.body_mut().with_config().limit(most.saturating_add(1)).reader();
            save(&mut reader, path, *most).map_err(|_| NetFailure::Broken)?;
            ReplyBody::File
        }
        Target::File { .. } => ReplyBody::Bytes(read(&mut response, 64 << 10)?),
        Target::Memory { most } => ReplyBody::Bytes(read(&mut response, *most)?),
    };
    Ok(Reply { status, headers, body })
}

fn read(response: &mut ureq::http::Response<ureq::Body>, most: usize) -> Result<Vec<u8>, NetFailure> {
    response.body_mut().with_config().limit(most as u64 + 1).read_to_vec().map_err(|error| classify(&error))
}

/// Writes a body to a new file; nothing is left behind when it does not arrive whole.
fn save(from: &mut impl Read, path: &std::path::Path, most: u64) -> io::Result<()> {
    let written = File::create_new(path).and_then(|mut file| {
        let copied = io::copy(&mut from.take(most.saturating_add(1)), &mut file)?;
        if copied > most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        file.flush()
    });
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// What an error means for a session: a wrong certificate is never mistaken for a missing network.
fn classify(error: &ureq::Error) -> NetFailure {
    match error {
        ureq::Error::Rustls(rustls::Error::InvalidCertificate(_)) | ureq::Error::Tls(_) => NetFailure::Certificate,
        ureq::Error::Io(error) => classify_io(error),
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::Timeout(_) => NetFailure::Unreachable,
        _ => NetFailure::Broken,
    }
}

fn classify_io(error: &io::Error) -> NetFailure {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    if matches!(tls, Some(rustls::Error::InvalidCertificate(_))) {
        return NetFailure::Certificate;
    }
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkDown, NetworkUnreachable, TimedOut,
    };
    match error.kind() {
        ConnectionRefused | HostUnreachable | NetworkDown | NetworkUnreachable | TimedOut | AddrNotAvailable => {
            NetFailure::Unreachable
        }
        _ => NetFailure::Broken,
    }
}
