//! The desk of a serving hub: how a command on the same machine finds it, trusts it and speaks to it.
//!
//! `DATA/admin.json` says where the desk listens, always on loopback; `DATA/keys/admin.token` holds 32 random bytes,
//! made anew at each start and readable by the owner alone. A killed hub leaves both behind, and anybody may listen on
//! its port by then, so a caller has the desk prove that it knows the token before it says anything. Invariant: neither
//! the token nor an order goes to a listener without that proof, on the same connection.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::{Denied, DeniedKind, Order, Reply};
use crate::error::HubError;
use crate::keys;

/// Where orders go.
pub(crate) const ORDERS: &str = "/orders";
/// Where the desk proves itself; a nonce of 32 bytes in hex follows.
pub(crate) const PROOF: &str = "/proof/";
/// The file that says where the desk listens.
const ADDRESS: &str = "admin.json";
/// How long a desk may take to prove itself. It does no work for that.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of an answer's head.
const MAX_HEAD: u64 = 16 << 10;
/// Most bytes of an answer: all documents in force, or a page of the largest events.
const MAX_ANSWER: u64 = 512 << 20;

/// What a desk answers to a nonce: only who knows the token can.
pub(crate) fn proof(token: &[u8; 32], nonce: &[u8; 32]) -> [u8; 32] {
    keys::mac(token, &[b"redvest admin 1\0", nonce])
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 32 bytes from their hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    text.parse::<redvest_domain::id::Hash>().ok().map(|hash| hash.0)
}

/// What a serving hub leaves in its data folder for commands.
#[derive(Debug)]
pub(crate) struct Notice {
    data: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct Address {
    address: SocketAddr,
}

impl Notice {
    /// Says where the desk listens. The file is whole or not there.
    pub(crate) fn put(data: &Path, address: SocketAddr) -> Result<Notice, HubError> {
        let (path, draft) = (data.join(ADDRESS), data.join("admin.json.partial"));
        let bytes = serde_json::to_vec(&Address { address }).map_err(io::Error::other)?;
        fs::write(&draft, bytes)?;
        fs::rename(&draft, &path)?;
        Ok(Notice { data: data.to_owned() })
    }

    /// Takes it away again, with the token.
    pub(crate) fn remove(self) {
        for path in [self.data.join(ADDRESS), self.data.join("keys").join(keys::ADMIN_TOKEN)] {
            if let Err(error) = fs::remove_file(&path) {
                // A command that follows a notice to nobody is refused as if there were none.
                tracing::warn!(%error, path = %path.display(), "cannot be removed");
            }
        }
    }
}

/// The desk of a hub that serves a data folder.
#[derive(Clone)]
pub struct Desk {
    address: SocketAddr,
    token: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Desk({})", self.address)
    }
}

impl Desk {
    /// The desk of the hub that serves this folder now; `None` when there is none, or only the notice of one that was
    /// killed.
    pub async fn find(data: &Path) -> Option<Desk> {
        let Address { address } = serde_json::from_slice(&fs::read(data.join(ADDRESS)).ok()?).ok()?;
        let token = keys::admin_token(data).ok()?;
        let desk = Desk { address, token };
        // A listener elsewhere was never named by a hub.
        if !address.ip().is_loopback() || desk.connect().await.is_err() {
            return None;
        }
        Some(desk)
    }

    /// Has an order carried out there.
    ///
    /// # Errors
    /// As [`super::carry_out`]; `desk_silent` when the hub went away. Then it may have been carried out, or not.
    pub async fn ask(&self, order: &Order) -> Result<Reply, Denied> {
        let silent = |error: io::Error| {
            tracing::debug!(%error, "the desk does not answer");
            Denied::new(
                DeniedKind::Unreachable,
                "desk_silent",
                "运行中的中心没有答复，可能已停止；请先查看是否已办理，再重试。",
                "The serving hub did not answer; it may have stopped. Look whether it was done, then try again.",
            )
        };
        let body = serde_json::to_vec(order).map_err(|error| silent(error.into()))?;
        let mut line = self.connect().await.map_err(silent)?;
        let (status, answer) = line.exchange("POST", ORDERS, Some(&self.token), &body).await.map_err(silent)?;
        match status {
            200 => serde_json::from_slice(&answer).map_err(|error| silent(error.into())),
            _ => Err(serde_json::from_slice(&answer).map_err(|error| silent(error.into()))?),
        }
    }

    /// A connection to whoever knows the token.
    async fn connect(&self) -> io::Result<Line> {
        let nonce = keys::random::<32>().map_err(io::Error::other)?;
        let proving = async {
            let stream = TcpStream::connect(self.address).await?;
            let mut line = Line { stream: BufReader::new(stream), host: self.address };
            let path = format!("{PROOF}{}", hex(&nonce));
            let (status, answer) = line.exchange("GET", &path, None, &[]).await?;
            let answer = std::str::from_utf8(&answer).ok().and_then(unhex).filter(|_| status == 200);
            let is_proven = answer.is_some_and(|answer| answer.ct_eq(&proof(&self.token, &nonce)).into());
            if is_proven { Ok(line) } else { Err(io::Error::other("the listener is not the hub")) }
        };
        tokio::time::timeout(PATIENCE, proving).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

/// One connection. It speaks as much HTTP as our own hub on loopback needs: answers have a length and no encoding.
struct Line {
    stream: BufReader<TcpStream>,
    host: SocketAddr,
}

impl Line {
    async fn exchange(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&[u8; 32]>,
        body: &[u8],
    ) -> io::Result<(u16, Vec<u8>)> {
        let bearer = token.map(|token| format!("authorization: Bearer {}\r\n", hex(token))).unwrap_or_default();
        let (host, length) = (self.host, body.len());
        let head = Zeroizing::new(format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{bearer}content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        ));
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(body).await?;
        self.stream.flush().await?;
        let (status, length) = self.head().await?;
        let mut answer = Vec::new();
        (&mut self.stream).take(length).read_to_end(&mut answer).await?;
        if answer.len() as u64 == length { Ok((status, answer)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Status and length of an answer.
    async fn head(&mut self) -> io::Result<(u16, u64)> {
        let malformed = || io::Error::from(io::ErrorKind::InvalidData);
        let mut head = (&mut self.stream).take(MAX_HEAD);
        let mut text = String::new();
        head.read_line(&mut text).await?;
        let status =
            text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).ok_or_else(malformed)?;
        let mut length = None;
        loop {
            text.clear();
            if head.read_line(&mut text).await? == 0 {
                return Err(malformed());
            }
            let field = text.trim_end();
            if field.is_empty() {
                break;
            }
            let (name, value) = field.split_once(':').ok_or_else(malformed)?;
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok();
            }
        }
        let length = length.filter(|length| *length <= MAX_ANSWER).ok_or_else(malformed)?;
        Ok((status, length))
    }
}
