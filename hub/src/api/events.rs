//! Greeting, push, pull and what belongs to them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use redvest_domain::wire::{Fetch, Names, Narrow, Pull, Push, Relay};

use super::App;
use super::access::Who;
use super::answer::{Answer, collect, read, write};

pub(super) async fn hello(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    write(&headers, &app.store.hello().await?)
}

pub(super) async fn push(State(app): State<Arc<App>>, Extension(auth): Who, headers: HeaderMap, body: Body) -> Answer {
    let body = collect(&app, body).await?;
    // The clocks of others start when the whole message is here, not when its slow first byte came.
    let received = app.clock.now();
    let push: Push = read(&app, &headers, &body)?;
    write(&headers, &app.store.push(&auth, push, received).await?)
}

pub(super) async fn pull(State(app): State<Arc<App>>, Extension(auth): Who, headers: HeaderMap, body: Body) -> Answer {
    let mut pull: Pull = read(&app, &headers, &collect(&app, body).await?)?;
    pull.max_bytes = pull.max_bytes.min(app.config.limits.page_bytes);
    write(&headers, &app.store.pull(&auth, pull).await?)
}

pub(super) async fn relay(State(app): State<Arc<App>>, Extension(_): Who, headers: HeaderMap, body: Body) -> Answer {
    let relay: Relay = read(&app, &headers, &collect(&app, body).await?)?;
    write(&headers, &app.store.relay(relay).await?)
}

pub(super) async fn fetch(State(app): State<Arc<App>>, Extension(auth): Who, headers: HeaderMap, body: Body) -> Answer {
    let fetch: Fetch = read(&app, &headers, &collect(&app, body).await?)?;
    write(&headers, &app.store.fetch(&auth, fetch).await?)
}

pub(super) async fn narrow(
    State(app): State<Arc<App>>,
    Extension(auth): Who,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let narrow: Narrow = read(&app, &headers, &collect(&app, body).await?)?;
    write(&headers, &app.store.narrow(&auth, narrow).await?)
}

pub(super) async fn names(State(app): State<Arc<App>>, Extension(auth): Who, headers: HeaderMap, body: Body) -> Answer {
    let names: Names = read(&app, &headers, &collect(&app, body).await?)?;
    write(&headers, &app.store.names(&auth, names).await?)
}
