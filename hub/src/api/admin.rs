//! The desk: where the office's commands reach a hub that serves. A listener of its own on loopback, never on the port
//! that phones see; see [`crate::orders`] for what is asked and how the caller knows whom it speaks to.
//!
//! Invariant: an order is read only after the token, which is in a file that nobody but the hub's own user can read. A
//! page in a browser on this machine reaches loopback too, so a request has to name the desk as its host, and none that
//! a page sent is taken.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use redvest_domain::codes::Explained;
use redvest_domain::reference::MAX_BYTES;
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::error::HubError;
use crate::keys;
use crate::orders::{Denied, DeniedKind, Notice, ORDERS, Order, PROOF, carry_out, hex, proof, unhex};
use crate::store::Store;

/// Most bytes of an order: the largest document, each of its bytes written as two.
const MAX_ORDER: usize = 2 * MAX_BYTES + (1 << 20);

/// A desk that listens, and is not announced yet.
pub(crate) struct Opened {
    pub(crate) listener: TcpListener,
    pub(crate) router: Router,
    pub(crate) address: SocketAddr,
    data: PathBuf,
}

/// Listens on a free port of loopback, with a new token.
pub(crate) async fn open(data: &FilePath, store: Store) -> Result<Opened, HubError> {
    let token = keys::new_admin_token(data)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let desk = Arc::new(Desk { store, token, host: address.to_string() });
    let router = Router::new()
        .route(&format!("{PROOF}{{nonce}}"), get(prove))
        .route(ORDERS, post(order))
        .fallback(async || Fault::Path)
        .layer(from_fn_with_state(desk.clone(), guard))
        .with_state(desk);
    Ok(Opened { listener, router, address, data: data.to_owned() })
}

impl Opened {
    /// Says in the data folder where the desk is.
    pub(crate) fn announce(&self) -> Result<Notice, HubError> {
        Notice::put(&self.data, self.address)
    }
}

struct Desk {
    store: Store,
    token: Zeroizing<[u8; 32]>,
    host: String,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    Path,
    Origin,
    Token,
    TooLarge,
    Order,
}

impl Explained for Fault {
    fn code(&self) -> &'static str {
        match self {
            Fault::Path => "unknown_path",
            Fault::Origin => "desk_origin",
            Fault::Token => "desk_token",
            Fault::TooLarge => "order_too_large",
            Fault::Order => "order_malformed",
        }
    }

    fn zh(&self) -> String {
        match self {
            Fault::Path => "没有这个接口地址。",
            Fault::Origin => "本机管理接口不接受来自网页或其他主机名的请求；请使用 redvest hub 命令。",
            Fault::Token => "本机管理接口的令牌不对；请以运行中心的同一用户执行 redvest hub 命令。",
            Fault::TooLarge => "内容过大；请分批进行。",
            Fault::Order => "运行中的中心不认识这条命令，版本可能不同；请用同一版本的程序重启中心。",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            Fault::Path => "There is no such address.",
            Fault::Origin => {
                "The desk takes nothing from web pages or for other host names; use the `redvest hub` commands."
            }
            Fault::Token => "The desk's token is wrong; run `redvest hub` as the user that runs the hub.",
            Fault::TooLarge => "This is too large; do it in parts.",
            Fault::Order => {
                "The serving hub does not know this order; restart it with the same version of the program."
            }
        }
        .to_owned()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = match self {
            Fault::Path => StatusCode::NOT_FOUND,
            Fault::Origin => StatusCode::FORBIDDEN,
            Fault::Token => StatusCode::UNAUTHORIZED,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::Order => StatusCode::BAD_REQUEST,
        };
        (status, axum::Json(Denied::explained(DeniedKind::Failed, &self))).into_response()
    }
}

/// Lets nothing through that a page in a browser could have sent.
async fn guard(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let names_the_desk = headers.get(header::HOST).is_some_and(|host| host.as_bytes() == desk.host.as_bytes());
    let is_of_a_page = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    if !names_the_desk || is_of_a_page {
        return Fault::Origin.into_response();
    }
    next.run(request).await
}

async fn prove(State(desk): State<Arc<Desk>>, Path(nonce): Path<String>) -> Result<String, Fault> {
    let nonce = unhex(&nonce).ok_or(Fault::Path)?;
    Ok(hex(&proof(&desk.token, &nonce)))
}

async fn order(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Body) -> Result<Response, Fault> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token = bearer.and_then(unhex).map(Zeroizing::new);
    if !token.is_some_and(|token| bool::from(token.ct_eq(&*desk.token))) {
        tracing::warn!("an order came with a wrong token");
        return Err(Fault::Token);
    }
    // What says beforehand that it is too large is not waited for.
    if body.size_hint().lower() > MAX_ORDER as u64 {
        return Err(Fault::TooLarge);
    }
    let body = to_bytes(body, MAX_ORDER).await.map_err(|_| Fault::TooLarge)?;
    let order: Order = serde_json::from_slice(&body).map_err(|_| Fault::Order)?;
    Ok(match carry_out(&desk.store, order).await {
        Ok(reply) => axum::Json(reply).into_response(),
        Err(denied) => (StatusCode::CONFLICT, axum::Json(denied)).into_response(),
    })
}
