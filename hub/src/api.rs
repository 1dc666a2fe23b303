//! The hub's HTTP interface. Handlers decode, ask the store, and encode: right and scope are decided below them.

mod access;
pub(crate) mod admin;
mod answer;
mod devices;
mod events;
mod files;
mod health;
mod uploads;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, patch, post};
use redvest_domain::wire::path;

pub use self::access::Rates;
use crate::clock::Clock;
use crate::config::Config;
use crate::photos::{Files, Uploads};
use crate::store::Store;

/// What all handlers share.
pub struct App {
    /// The hub's settings.
    pub config: Config,
    /// The hub's clock.
    pub clock: Arc<dyn Clock>,
    /// Events, members, devices and documents.
    pub store: Store,
    /// Photos.
    pub files: Files,
    /// Photos on their way.
    pub uploads: Uploads,
    /// Who asked how often.
    pub rates: Rates,
    /// The hub's figures.
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
}

/// The address that a request came from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route(path::HELLO, get(events::hello))
        .route(path::ENROL, post(devices::enrol))
        .route(path::REKEY, post(devices::rekey))
        .route(path::PUSH, post(events::push))
        .route(path::PULL, post(events::pull))
        .route(path::RELAY, post(events::relay))
        .route(path::TICKETS, post(events::fetch))
        .route(path::DIGEST, post(events::narrow))
        .route(path::NAMES, post(events::names))
        .route(&format!("{}/{{hash}}", path::DOCUMENTS), get(files::document))
        .route(&format!("{}/{{hash}}", path::PHOTOS), get(files::photo))
        .route(&format!("{}/{{ticket}}", path::EVIDENCE), get(files::evidence))
        .route(path::UPLOADS, post(uploads::create).options(uploads::options))
        .route(
            &format!("{}/{{id}}", path::UPLOADS),
            patch(uploads::append).head(uploads::state).delete(uploads::give_up),
        )
        .fallback(answer::unknown_path)
        .layer(axum::middleware::from_fn_with_state(app.clone(), access::guard))
        .with_state(app)
}
