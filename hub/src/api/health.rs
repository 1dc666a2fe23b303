//! For operators: whether the hub lives, whether it can take work, and its figures.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::App;
use super::answer::Answer;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// The database takes writes: one empty round through the writer.
pub(super) async fn ready(State(app): State<Arc<App>>) -> impl IntoResponse {
    match app.store.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}

/// Prometheus text. Figures name no member, no ticket and no place.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Answer {
    let head = app.store.head().await?;
    metrics::gauge!("redvest_head").set(head.n as f64);
    metrics::gauge!("redvest_epoch").set(f64::from(head.epoch));
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render()).into_response())
}
