//! A hub as a process of its own, founded with the district, and phones enrolled at it. Benches measure against it, and
//! what memory it takes is its own and nothing of the bench's.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use redvest_client::env::SetEnv;
use redvest_domain::id::Hash;
use redvest_domain::invitation::Invitation;
use redvest_domain::time::HOUR_MS;
use redvest_hub::clock::{Clock, SystemClock};
use redvest_hub::store::Store;
use redvest_tests::{Device, World, district};

/// Whatever can go wrong ends a bench.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// No rate holds a bench back, and no timer comes in between.
const SETTINGS: &str = "timer_seconds = 3600\n[log]\nfilter = \"warn\"\n[limits]\ndevice_per_minute = 60000000\n";

/// A process with the most memory that it was seen to hold.
pub(crate) struct Process {
    child: Child,
    peak: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
    sampler: Option<JoinHandle<()>>,
}

impl Process {
    /// Starts a program and gives its first line of output, too.
    pub(crate) fn start(command: &mut Command) -> Result<(Process, String), Fault> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("a pipe was asked for")?;
        BufReader::new(out).read_line(&mut line)?;
        let (peak, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        let (seen, stop) = (peak.clone(), ended.clone());
        let sampler = std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                seen.fetch_max(anonymous_kb(&status), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        Ok((Process { child, peak, ended, sampler: Some(sampler) }, line.trim().to_owned()))
    }

    /// The most anonymous memory (RssAnon) seen at any look, 50 a second, in MB; 0 where there is no /proc.
    pub(crate) fn peak_mb(&self) -> f64 {
        self.peak.load(Ordering::Relaxed) as f64 / 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(sampler) = self.sampler.take() {
            // The sampler does not panic, and nothing follows from it here if it did.
            let _ = sampler.join();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn anonymous_kb(status: &Path) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The program that cargo built beside this bench.
fn program() -> Result<PathBuf, Fault> {
    let bench = std::env::current_exe()?;
    let built = bench.ancestors().nth(2).ok_or("a bench lies in target/PROFILE/deps")?.join("redvest");
    if !built.is_file() {
        return Err("there is no hub to measure: run `cargo build --release -p redvest-cli` first".into());
    }
    Ok(built)
}

/// Founds the district in an empty folder and invites some of its people.
pub(crate) fn found(data: &Path, tags: &[&'static str]) -> Result<Vec<Invitation>, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let store = Store::open(data, Arc::new(SystemClock))?;
    fs::write(data.join("bench.toml"), SETTINGS)?;
    let codes = runtime.block_on(async {
        district::found(&store).await?;
        let mut codes = Vec::new();
        for tag in tags {
            let secret = store.invite(World::someone(tag).member(), HOUR_MS).await?;
            codes.push(Invitation { hub: String::new(), pin: None, secret });
        }
        store.close().await;
        Ok::<_, redvest_hub::HubError>(codes)
    })?;
    Ok(codes)
}

/// Runs a hub on this folder; port 0 lets the system choose. Gives where it listens.
pub(crate) fn serve(data: &Path, listen: SocketAddr) -> Result<(Process, SocketAddr), Fault> {
    let mut command = Command::new(program()?);
    command.arg("--json").arg("--data").arg(data).args(["hub", "serve", "--tls", "off", "--listen"]);
    command.arg(listen.to_string()).arg("--config").arg(data.join("bench.toml"));
    let (hub, line) = Process::start(&mut command)?;
    let told: serde_json::Value = serde_json::from_str(&line)?;
    let listening = told["listening"].as_str().ok_or("the hub says where it listens")?.parse()?;
    Ok((hub, listening))
}

/// A new phone in this folder, enrolled with a code at a hub.
pub(crate) fn enrol(folder: PathBuf, seed: u64, hub: SocketAddr, code: &Invitation) -> Result<Device, Fault> {
    let phone = open(folder, seed);
    let code = Invitation { hub: format!("http://{hub}"), ..code.clone() };
    phone.enrol(&code).map_err(|error| format!("{error:?}"))?;
    phone.sync();
    Ok(phone)
}

/// The phone of a folder. Its clock stands at the present instant; `seed` makes its random numbers.
pub(crate) fn open(folder: PathBuf, seed: u64) -> Device {
    Device::open(folder, Arc::new(SetEnv::new(SystemClock.now(), seed)))
}

/// The middle of some figures.
pub(crate) fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// How busy the machine is: the load averages of the last 1, 5 and 15 minutes, where the system tells.
pub(crate) fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Bytes that do not repeat and cannot be packed, always the same for the same seed.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 32);
    let mut block = 0_u64;
    while bytes.len() < length {
        bytes.extend_from_slice(&Hash::of(&[b"noise", &seed.to_be_bytes(), &block.to_be_bytes()]).0);
        block += 1;
    }
    bytes.truncate(length);
    bytes
}
