//! Messages in and out: CBOR with zstd, under caps, and refusals as problems.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use minicbor::{Decode, Encode};
use redvest_domain::cbor;
use redvest_domain::codes::Explained;
use redvest_domain::wire::CONTENT_TYPE;

use super::App;
use crate::error::{HubError, Refusal};

/// Answers smaller than this are not worth packing.
const PACK_FROM: usize = 512;
/// Fast, and within a few per cent of the best for pages of similar events.
const PACK_LEVEL: i32 = 3;

/// What every handler gives.
pub(super) type Answer = Result<Response, Refused>;

/// A refusal on its way out.
pub(super) struct Refused(pub(super) Refusal);

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(error: E) -> Self {
        Refused(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Refused(Refusal { status, problem }) = self;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        metrics::counter!("redvest_refusals_total", "code" => problem.code.clone()).increment(1);
        let mut response = (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], cbor::encode(&problem)).into_response();
        if let Some(seconds) = problem.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Codes of the interface itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    UnknownPath,
    BadMessage,
    TooLarge,
    Encoding,
    Timeout,
    NoToken,
    BadToken,
    TooOften,
    Protocol,
    NotFound,
}

impl Fault {
    pub(super) fn refuse(self) -> Refusal {
        let status = match self {
            Fault::UnknownPath | Fault::NotFound => 404,
            Fault::BadMessage => 400,
            Fault::TooLarge => 413,
            Fault::Encoding => 415,
            Fault::Timeout => 408,
            Fault::NoToken | Fault::BadToken => 401,
            Fault::TooOften => 429,
            Fault::Protocol => 426,
        };
        Refusal::explained(status, &self)
    }
}

impl Explained for Fault {
    fn code(&self) -> &'static str {
        match self {
            Fault::UnknownPath => "unknown_path",
            Fault::BadMessage => "bad_message",
            Fault::TooLarge => "too_large",
            Fault::Encoding => "unknown_encoding",
            Fault::Timeout => "too_slow",
            Fault::NoToken => "no_token",
            Fault::BadToken => "bad_token",
            Fault::TooOften => "too_often",
            Fault::Protocol => "protocol_unsupported",
            Fault::NotFound => "not_found",
        }
    }

    fn zh(&self) -> String {
        match self {
            Fault::UnknownPath => "没有这个接口地址；请核对中心地址或升级应用。",
            Fault::BadMessage => "消息格式有误；请升级应用后重试。",
            Fault::TooLarge => "消息超过大小限制；请分批发送。",
            Fault::Encoding => "不支持的内容编码；请使用 zstd 或不压缩。",
            Fault::Timeout => "数据传输过慢；请在信号较好时重试。",
            Fault::NoToken => "缺少登录凭证；请先登记设备。",
            Fault::BadToken => "登录凭证无效或已停用；请联系创文办重新登记设备。",
            Fault::TooOften => "请求过于频繁；将自动稍后重试。",
            Fault::Protocol => "应用与中心的版本不兼容；请升级应用。",
            Fault::NotFound => "没有找到，或不在您的查看范围内。",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            Fault::UnknownPath => "There is no such address; check the hub's address or update the app.",
            Fault::BadMessage => "The message is malformed; update the app and try again.",
            Fault::TooLarge => "The message is larger than allowed; send it in parts.",
            Fault::Encoding => "This content encoding is not known; use zstd or none.",
            Fault::Timeout => "The bytes arrived too slowly; try again with better reception.",
            Fault::NoToken => "The token is missing; enrol this device first.",
            Fault::BadToken => "The token is not valid any more; ask the office for a new enrolment code.",
            Fault::TooOften => "Too many requests; it is tried again by itself.",
            Fault::Protocol => "App and hub speak no common version; update the app.",
            Fault::NotFound => "There is no such thing, or it lies outside what you may see.",
        }
        .to_owned()
    }
}

/// Any address that is none.
pub(super) async fn unknown_path() -> Answer {
    Err(Fault::UnknownPath.refuse().into())
}

/// Reads a message from a body of at most the configured size, packed or not.
pub(super) fn read<T: for<'b> Decode<'b, ()>>(app: &App, headers: &HeaderMap, body: &Bytes) -> Result<T, Refusal> {
    let limits = &app.config.limits;
    let decoded = match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => cbor::decode(body, limits.unpacked_bytes),
        Some(b"zstd") => cbor::decode(&unpack(body, limits.unpacked_bytes)?, limits.unpacked_bytes),
        Some(_) => return Err(Fault::Encoding.refuse()),
    };
    decoded.map_err(|fault| match fault {
        cbor::Fault::TooLarge => Fault::TooLarge.refuse(),
        _ => Fault::BadMessage.refuse(),
    })
}

/// Unpacks zstd up to a cap, whatever the frame claims.
fn unpack(packed: &[u8], cap: usize) -> Result<Vec<u8>, Refusal> {
    use std::io::Read;
    let decoder = zstd::stream::read::Decoder::new(packed).map_err(|_| Fault::BadMessage.refuse())?;
    let mut bytes = Vec::new();
    decoder.take(cap as u64 + 1).read_to_end(&mut bytes).map_err(|_| Fault::BadMessage.refuse())?;
    if bytes.len() > cap { Err(Fault::TooLarge.refuse()) } else { Ok(bytes) }
}

/// A message as an answer, packed when the asker takes zstd and it is worth it.
pub(super) fn write<T: Encode<()>>(headers: &HeaderMap, message: &T) -> Answer {
    let bytes = cbor::encode(message);
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let takes_zstd = accepts.is_some_and(|value| value.split(',').any(|coding| coding.trim() == "zstd"));
    let common = [
        (header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    if takes_zstd && bytes.len() >= PACK_FROM {
        let packed = zstd::bulk::compress(&bytes, PACK_LEVEL).map_err(HubError::from)?;
        let coding = [(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"))];
        return Ok((common, coding, Body::from(packed)).into_response());
    }
    Ok((common, Body::from(bytes)).into_response())
}

/// The whole body, if it is within the cap and keeps arriving.
pub(super) async fn collect(app: &App, body: Body) -> Result<Bytes, Refusal> {
    let cap = app.config.limits.body_bytes;
    let mut pieces = Pieces::new(app, body);
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await? {
        if whole.len() + piece.len() > cap {
            return Err(Fault::TooLarge.refuse());
        }
        whole.extend_from_slice(&piece);
    }
    Ok(Bytes::from(whole))
}

/// A body piece by piece, each of which has to arrive within the configured time.
pub(super) struct Pieces {
    body: Body,
    idle: std::time::Duration,
}

impl Pieces {
    pub(super) fn new(app: &App, body: Body) -> Pieces {
        Pieces { body, idle: std::time::Duration::from_secs(app.config.limits.idle_seconds.into()) }
    }

    /// The next piece; `None` at the end. A connection that broke counts as too slow: nobody hears the answer.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        use http_body_util::BodyExt;
        loop {
            let frame = tokio::time::timeout(self.idle, self.body.frame()).await;
            match frame {
                Err(_) | Ok(Some(Err(_))) => return Err(Fault::Timeout.refuse()),
                Ok(None) => return Ok(None),
                Ok(Some(Ok(frame))) => {
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
            }
        }
    }
}
