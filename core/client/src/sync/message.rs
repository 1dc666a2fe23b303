//! What a driver sends and what it hands back.

use std::path::PathBuf;

use minicbor::{Decode, Encode};
use redvest_domain::cbor;
use redvest_domain::wire::{CONTENT_TYPE, PROTOCOL, PROTOCOL_HEADER, Problem};

/// Messages smaller than this are not worth packing.
const PACK_FROM: usize = 512;
/// Fast, and within a few per cent of the best for batches of similar events.
const PACK_LEVEL: i32 = 3;
/// Most bytes of a message when unpacked; a hub's page is far smaller.
pub(super) const MOST_UNPACKED: usize = 64 << 20;

/// One HTTP request to the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Names the request when its reply is fed.
    pub id: u64,
    /// `GET`, `POST`, `PATCH` or `HEAD`.
    pub method: &'static str,
    /// Path below the hub's address, beginning with a slash.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// What to send.
    pub body: Body,
    /// Where the reply's body belongs if the status is 2xx; of any other reply it belongs into memory.
    pub target: Target,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    None,
    /// These bytes.
    Bytes(Vec<u8>),
    /// A part of a file. Photos cross as paths, never as bytes.
    File {
        /// The file.
        path: PathBuf,
        /// The first byte to send.
        offset: u64,
        /// How many.
        length: u64,
    },
}

/// Where the body of a successful reply belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Into memory; a longer one is a [`NetFailure::Broken`].
    Memory {
        /// Most bytes.
        most: usize,
    },
    /// Into this file, which does not exist yet.
    File {
        /// The file.
        path: PathBuf,
        /// Most bytes.
        most: u64,
    },
}

/// A reply, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: ReplyBody,
}

/// The body of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyBody {
    /// In memory.
    Bytes(Vec<u8>),
    /// In the file that the request named.
    File,
}

/// Why there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetFailure {
    /// The hub cannot be reached: no network, no name, refused, timed out.
    Unreachable,
    /// The connection broke before the reply was whole.
    Broken,
    /// The hub's certificate is not the one that the enrolment code named, or is not trusted.
    Certificate,
    /// The driver was told to stop.
    Cancelled,
}

impl NetFailure {
    /// The stable code with its sentences in Chinese and English.
    pub fn explained(self) -> (&'static str, &'static str, &'static str) {
        match self {
            NetFailure::Unreachable => (
                "unreachable",
                "现在连不上中心；数据已保存在手机上，有网络后会自动上传。",
                "The hub cannot be reached now; everything is kept and is sent by itself later.",
            ),
            NetFailure::Broken => (
                "connection_broke",
                "连接中断；会从中断处继续。",
                "The connection broke; it goes on from there by itself.",
            ),
            NetFailure::Certificate => (
                "wrong_certificate",
                "中心的证书与登记码不符，未发送任何数据；请联系创文办。",
                "The hub's certificate is not the enrolled one, so nothing was sent; ask the office.",
            ),
            NetFailure::Cancelled => {
                ("cancelled", "同步已停止；稍后会继续。", "The sync was stopped; it goes on later.")
            }
        }
    }
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The message in the body; `None` if it is none.
    pub(super) fn message<T: for<'b> Decode<'b, ()>>(&self) -> Option<T> {
        let ReplyBody::Bytes(bytes) = &self.body else { return None };
        match self.header("content-encoding") {
            None | Some("identity") => cbor::decode(bytes, MOST_UNPACKED).ok(),
            Some("zstd") => cbor::decode(&unpack(bytes)?, MOST_UNPACKED).ok(),
            Some(_) => None,
        }
    }

    /// What the hub says is wrong. A reply that is not from a hub (a captive portal, a proxy) says nothing usable.
    pub(super) fn problem(&self) -> Problem {
        self.message().unwrap_or_else(|| {
            let retry_after = self.header("retry-after").and_then(|seconds| seconds.parse().ok());
            Problem {
                code: "no_hub_there".to_owned(),
                zh: "该地址应答的不是中心（可能需要先登录网络）；稍后会自动重试。".to_owned(),
                en: "What answers there is no hub (the network may want a sign-in first); it is tried again."
                    .to_owned(),
                retry_after,
            }
        })
    }
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read;
    let decoder = zstd::stream::read::Decoder::new(packed).ok()?;
    let mut bytes = Vec::new();
    decoder.take(MOST_UNPACKED as u64 + 1).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Headers that every request has.
pub(super) fn headers(token: Option<&str>) -> Vec<(&'static str, String)> {
    let mut headers = vec![(PROTOCOL_HEADER, PROTOCOL.to_string()), ("accept-encoding", "zstd".to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    headers
}

/// A POST with a message.
pub(super) fn post<T: Encode<()>>(id: u64, path: &str, token: Option<&str>, message: &T) -> Request {
    let bytes = cbor::encode(message);
    let mut headers = headers(token);
    headers.push(("content-type", CONTENT_TYPE.to_owned()));
    let packed = if bytes.len() >= PACK_FROM { zstd::bulk::compress(&bytes, PACK_LEVEL).ok() } else { None };
    let body = match packed {
        Some(packed) => {
            headers.push(("content-encoding", "zstd".to_owned()));
            packed
        }
        None => bytes,
    };
    let target = Target::Memory { most: MOST_UNPACKED };
    Request { id, method: "POST", path: path.to_owned(), headers, body: Body::Bytes(body), target }
}
