//! A running hub: listener, TLS, connections, timers, and a stop that loses nothing.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use redvest_domain::id::Hash;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::api::{App, Peer, Rates, admin, router};
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::custody;
use crate::error::HubError;
use crate::photos::{Files, Uploads};
use crate::store::Store;
use crate::tls::{Identity, TlsError, identity};

/// How long open requests may take to end when the hub stops.
const LAST_REQUESTS: Duration = Duration::from_secs(20);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Connections of commands on this machine at once.
const DESK_CONNECTIONS: usize = 16;
/// Escalations written in one transaction.
const TIMERS_AT_ONCE: usize = 200;

/// Why a hub does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The store.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// A hub that listens.
pub struct Running {
    /// The address that is really listened on.
    pub listening: SocketAddr,
    /// Where commands on this machine reach the hub: loopback, whatever devices use.
    pub desk: SocketAddr,
    /// The address for devices.
    pub address: String,
    /// The certificate's fingerprint for enrolment codes.
    pub pin: Option<Hash>,
    /// What the handlers share.
    pub app: Arc<App>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Takes no new connections, lets open requests end, and closes the store.
    pub async fn stop(self) {
        // Without a receiver the task is over already.
        let _ = self.stop.send(true);
        // The task does not panic; if it were cancelled there would be nothing left to stop.
        let _ = self.task.await;
    }
}

/// The process's figures: one recorder, however many hubs run in it.
fn figures() -> PrometheusHandle {
    static FIGURES: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // Only fails when an embedder installed a recorder of its own, which then has the figures.
        let _ = metrics::set_global_recorder(recorder);
        handle
    };
    FIGURES.get_or_init(install).clone()
}

/// Opens the hub's data folder and begins to serve. The workspace has to exist.
pub async fn start(data: &Path, config: Config, clock: Arc<dyn Clock>) -> Result<Running, ServeError> {
    config.check()?;
    let metrics = figures();
    let store = Store::open(data, clock.clone())?;
    let listen_error = |source| ServeError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(listen_error)?;
    let listening = listener.local_addr().map_err(listen_error)?;
    let Identity { server, pin } = identity(&config.tls, &data.join("keys"), listening)?;
    let files = Files::open(&data.join("photos")).map_err(HubError::from)?;
    let per_device = config.limits.uploads_per_device as usize;
    let uploads = Uploads::open(&data.join("uploads"), per_device).map_err(HubError::from)?;
    let address = config.device_address(listening);
    let opened = admin::open(data, store.clone()).await?;
    let notice = opened.announce()?;
    let app = Arc::new(App { config, clock, store, files, uploads, rates: Rates::default(), metrics });
    let (stop, stopped) = watch::channel(false);
    let timers = tokio::spawn(run_timers(app.clone(), stopped.clone()));
    let checks = tokio::spawn(custody::run(app.clone(), stopped.clone()));
    let idle = Duration::from_secs(app.config.limits.idle_seconds.into());
    let public = Door { router: router(app.clone()), tls: server.map(TlsAcceptor::from), idle };
    let serving = serve_connections(public, app.config.limits.connections, listener, stopped.clone());
    let admin::Opened { listener: office, router: orders, address: desk, .. } = opened;
    let orders = Door { router: orders, tls: None, idle };
    let ordering = serve_connections(orders, DESK_CONNECTIONS, office, stopped);
    let closing = app.clone();
    let task = tokio::spawn(async move {
        tokio::join!(serving, ordering);
        notice.remove();
        // The timers end by the same signal; a step that has begun is let through.
        let _ = timers.await;
        let _ = checks.await;
        closing.store.close().await;
    });
    tracing::info!(%listening, %desk, "serving");
    Ok(Running { listening, desk, address, pin, app, stop, task })
}

/// Ends when the hub is to stop, or whoever could say so is gone.
async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// What stands behind a listener.
struct Door {
    router: axum::Router,
    tls: Option<TlsAcceptor>,
    idle: Duration,
}

async fn serve_connections(door: Door, most: usize, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(most));
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = told_to_stop(&mut stopped) => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Too many open files and the like: it passes when connections close.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = told_to_stop(&mut stopped) => break,
        };
        let connection = Connection {
            router: door.router.clone(),
            tls: door.tls.clone(),
            peer: Peer(peer.ip()),
            watcher: graceful.watcher(),
            idle: door.idle,
        };
        tokio::spawn(async move {
            connection.serve(stream).await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST_REQUESTS, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

struct Connection {
    router: axum::Router,
    tls: Option<TlsAcceptor>,
    peer: Peer,
    watcher: hyper_util::server::graceful::Watcher,
    idle: Duration,
}

impl Connection {
    async fn serve(self, stream: TcpStream) {
        // Small answers must not wait for more; a socket that refuses this is as good as closed.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.http(stream).await,
            Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.http(stream).await,
                Ok(Err(_)) | Err(_) => metrics::counter!("redvest_handshakes_failed_total").increment(1),
            },
        }
    }

    async fn http<S>(self, stream: S)
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let Connection { router, peer, watcher, idle, .. } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(idle)
            .serve_connection(TokioIo::new(stream), service);
        // Broken connections are the network's everyday life; the store never depends on how one ends.
        let _ = watcher.watch(connection).await;
    }
}

/// Reminders, cards and expired uploads, until the hub stops.
async fn run_timers(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let pause = Duration::from_secs(app.config.timer_seconds.into());
    loop {
        let now = app.clock.now();
        match app.store.run_timers(now, TIMERS_AT_ONCE).await {
            // A full batch: more is waiting.
            Ok(done) if done >= TIMERS_AT_ONCE && !*stopped.borrow() => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "timers failed"),
        }
        let uploads = app.uploads.clone();
        let expired = tokio::task::spawn_blocking(move || uploads.expire(now)).await;
        if let Ok(Err(error)) = expired {
            tracing::error!(%error, "expired uploads cannot be dropped");
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = told_to_stop(&mut stopped) => return,
        }
    }
}
