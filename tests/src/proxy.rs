//! The line between a phone and the hub, and what happens to it.
//!
//! Bytes pass as they are, so TLS does too. What is to happen to a connection is queued by a test, or drawn from a seed.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What happens to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It ends once so many bytes went to the hub; these arrive.
    CutUp(u64),
    /// It ends once so many bytes came from the hub.
    CutDown(u64),
    /// It is reset as soon as it is made.
    Reset,
    /// Every part of it arrives so many ms late, both ways.
    Delay(u64),
    /// The request to this path reaches the hub, which answers; the answer is lost. For plain HTTP alone.
    SwallowReply(&'static str),
}

/// Where the line stands still: once so many bytes went to the hub, whichever connection they came on.
#[derive(Debug, Default)]
struct Hold {
    /// Bytes until then; `None` never.
    left: Mutex<Option<u64>>,
    /// Whether a connection stands there now.
    held: Mutex<bool>,
    changed: Condvar,
    goes_on: Notify,
}

/// What the line carried.
#[derive(Debug, Default)]
struct Carried {
    connections: AtomicU64,
    up: AtomicU64,
    down: AtomicU64,
    faults: AtomicU64,
}

#[derive(Debug, Default)]
struct Plan {
    upstream: Option<SocketAddr>,
    next: VecDeque<Fault>,
    /// State of the dice, and in how many of 100 connections something happens.
    weather: Option<(u64, u64)>,
}

/// The line.
pub struct Proxy {
    address: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    carried: Arc<Carried>,
    hold: Arc<Hold>,
    accepting: Option<JoinHandle<()>>,
    runtime: Runtime,
}

/// The next number of a seeded sequence (SplitMix64, public domain algorithm by S. Vigna).
pub fn dice(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Plan {
    fn draw(&mut self) -> Fault {
        if let Some(fault) = self.next.pop_front() {
            return fault;
        }
        let Some((state, percent)) = &mut self.weather else { return Fault::None };
        if dice(state) % 100 >= *percent {
            return Fault::None;
        }
        // Handshakes take about 2 KB, messages of a few tickets some more, photos of tests 5 to 200 KB.
        let bytes = 1 << (6 + dice(state) % 12);
        match dice(state) % 5 {
            0 => Fault::Reset,
            1 | 2 => Fault::CutUp(bytes),
            _ => Fault::CutDown(bytes),
        }
    }
}

impl Hold {
    /// How much of a part may go on now.
    fn room(&self, part: usize) -> usize {
        let mut left = locked(&self.left);
        let Some(most) = &mut *left else { return part };
        let room = part.min(usize::try_from(*most).unwrap_or(usize::MAX));
        *most -= room as u64;
        room
    }

    /// Stands still until the line is released.
    async fn stand(&self) {
        let mut goes_on = pin!(self.goes_on.notified());
        // Registered before anybody can know that it stands, so that no release is missed.
        goes_on.as_mut().enable();
        *locked(&self.held) = true;
        self.changed.notify_all();
        goes_on.await;
    }
}

impl Proxy {
    /// A line to the hub at this address.
    pub fn to(upstream: SocketAddr) -> Proxy {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("threads can be started");
        let plan = Arc::new(Mutex::new(Plan { upstream: Some(upstream), ..Plan::default() }));
        let mut proxy = Proxy {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            plan,
            carried: Arc::default(),
            hold: Arc::default(),
            accepting: None,
            runtime,
        };
        proxy.mend();
        proxy
    }

    /// Where phones connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        locked(&self.plan)
    }

    /// What happens to the next connections that have nothing queued yet, one each.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.plan().next.extend(faults);
    }

    /// From now on something happens to so many of 100 connections, as the seed says.
    pub fn storm(&self, seed: u64, percent: u64) {
        self.plan().weather = Some((seed, percent));
    }

    /// Once so many more bytes went to the hub, on old connections or new ones, nothing goes on until [`Proxy::release`].
    pub fn hold(&self, bytes: u64) {
        *locked(&self.hold.left) = Some(bytes);
    }

    /// Waits until a connection stands still, at most so long; `false` if none does by then.
    pub fn held(&self, at_most: Duration) -> bool {
        let held = locked(&self.hold.held);
        let waited = self.hold.changed.wait_timeout_while(held, at_most, |held| !*held);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Lets go on what stands still.
    pub fn release(&self) {
        *locked(&self.hold.left) = None;
        *locked(&self.hold.held) = false;
        self.hold.goes_on.notify_waiters();
    }

    /// Nothing happens any more.
    pub fn calm(&self) {
        let mut plan = self.plan();
        plan.weather = None;
        plan.next.clear();
    }

    /// New connections go to another hub.
    pub fn redirect(&self, upstream: SocketAddr) {
        self.plan().upstream = Some(upstream);
    }

    /// Nobody listens any more: connections are refused.
    pub fn tear(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            // Cancelled, as was just asked for.
            let _ = self.runtime.block_on(accepting);
        }
    }

    /// Listens, again on the same port if there was one.
    pub fn mend(&mut self) {
        self.tear();
        let listener = self.runtime.block_on(TcpListener::bind(self.address)).expect("the port is free");
        self.address = listener.local_addr().expect("a bound socket has an address");
        let (plan, carried, hold) = (self.plan.clone(), self.carried.clone(), self.hold.clone());
        self.accepting = Some(self.runtime.spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let (fault, upstream) = {
                    let mut plan = locked(&plan);
                    (plan.draw(), plan.upstream)
                };
                carried.connections.fetch_add(1, Ordering::SeqCst);
                carried.faults.fetch_add(u64::from(fault != Fault::None), Ordering::SeqCst);
                let (carried, hold) = (carried.clone(), hold.clone());
                tokio::spawn(async move {
                    let Some(upstream) = upstream else { return };
                    // A connection that breaks is what this line is for.
                    let _ = carry(phone, upstream, fault, &carried, &hold).await;
                });
            }
        }));
    }

    /// Connections made so far.
    pub fn connections(&self) -> u64 {
        self.carried.connections.load(Ordering::SeqCst)
    }

    /// Connections so far to which something was to happen.
    pub fn faults(&self) -> u64 {
        self.carried.faults.load(Ordering::SeqCst)
    }

    /// Bytes that went to the hub so far.
    pub fn sent(&self) -> u64 {
        self.carried.up.load(Ordering::SeqCst)
    }

    /// Bytes that came from the hub so far.
    pub fn received(&self) -> u64 {
        self.carried.down.load(Ordering::SeqCst)
    }
}

async fn carry(
    mut phone: TcpStream,
    upstream: SocketAddr,
    fault: Fault,
    carried: &Carried,
    hold: &Hold,
) -> std::io::Result<()> {
    if fault == Fault::Reset {
        // Closing without lingering sends a reset instead of an end.
        return phone.set_zero_linger();
    }
    let mut hub = TcpStream::connect(upstream).await?;
    phone.set_nodelay(true)?;
    hub.set_nodelay(true)?;
    let (mut from_phone, mut to_phone) = phone.split();
    let (mut from_hub, mut to_hub) = hub.split();
    let (mut most_up, mut most_down) = match fault {
        Fault::CutUp(bytes) => (bytes, u64::MAX),
        Fault::CutDown(bytes) => (u64::MAX, bytes),
        _ => (u64::MAX, u64::MAX),
    };
    let mut asked = false;
    let mut head = Vec::new();
    let (mut up, mut down) = (vec![0; 16 << 10], vec![0; 16 << 10]);
    loop {
        tokio::select! {
            read = from_phone.read(&mut up) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                late(fault).await;
                if let Fault::SwallowReply(path) = fault {
                    head.extend_from_slice(&up[..read]);
                    asked |= contains(&head, format!(" {path} HTTP/1.1\r\n").as_bytes());
                    let kept = head.len().saturating_sub(256);
                    head.drain(..kept);
                }
                let part = read.min(usize::try_from(most_up).unwrap_or(usize::MAX));
                let (first, rest) = up[..part].split_at(hold.room(part));
                to_hub.write_all(first).await?;
                if !rest.is_empty() {
                    hold.stand().await;
                    to_hub.write_all(rest).await?;
                }
                carried.up.fetch_add(part as u64, Ordering::SeqCst);
                most_up -= part as u64;
                if most_up == 0 {
                    return Ok(());
                }
            }
            read = from_hub.read(&mut down) => {
                let read = read?;
                if read == 0 || asked {
                    return Ok(());
                }
                late(fault).await;
                let part = read.min(usize::try_from(most_down).unwrap_or(usize::MAX));
                to_phone.write_all(&down[..part]).await?;
                carried.down.fetch_add(part as u64, Ordering::SeqCst);
                most_down -= part as u64;
                if most_down == 0 {
                    return Ok(());
                }
            }
        }
    }
}

async fn late(fault: Fault) {
    if let Fault::Delay(ms) = fault {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
