//! Enrolment and new keys.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use redvest_domain::wire::{Enrol, Rekey};

use super::App;
use super::access::Token;
use super::answer::{Answer, collect, read, write};

pub(super) async fn enrol(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Answer {
    let enrol: Enrol = read(&app, &headers, &collect(&app, body).await?)?;
    write(&headers, &app.store.enrol(enrol).await?)
}

pub(super) async fn rekey(
    State(app): State<Arc<App>>,
    Extension(token): Extension<Token>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let rekey: Rekey = read(&app, &headers, &collect(&app, body).await?)?;
    write(&headers, &app.store.rekey(&token.0, rekey).await?)
}
