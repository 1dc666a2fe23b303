//! 2,000 photos of 300 KB, each durable before its answer, over HTTP on loopback through four connections.
//!
//! Contenders take turns, in the same order each round, and get the same requests (tus, creation with upload) from the
//! same sender, so that only the servers differ:
//!
//! - the hub: the program `redvest`, with originals that accepted events of a real phone bind;
//! - the floor: one file for each photo: written while it is hashed, fsync, rename under its hash, fsync of the folder;
//!   a thread for each connection, nothing asked, nothing noted;
//! - tus's reference server (`@tus/server` with `@tus/file-store` on Node), which neither hashes nor syncs.
//!
//! The fourth figure is a whole phone's session against the hub: its own store notes each photo durably, too. The photos
//! are HEIC by their first bytes and noise behind, so nobody can make copies of them; only originals travel.
//!
//! `cargo build --release -p redvest-cli && cargo bench --profile release -p redvest-tests --bench photos [-- ROUNDS [PHOTOS]]`

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

mod process;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use process::{Fault, Process, median, noise};
use redvest_client::commands::Report;
use redvest_client::sync::SessionOptions;
use redvest_domain::event::MAX_PHOTOS;
use redvest_domain::id::Hash;
use redvest_domain::wire::path::UPLOADS;
use redvest_tests::device::{LITTER, fix, saying};
use redvest_tests::district::middle_of;
use redvest_tests::raw::token_of;
use redvest_tests::world::copy_folder;
use sha2::{Digest, Sha256};

const BYTES: usize = 300_000;
/// As many as the protocol allows a device.
const CONNECTIONS: usize = 4;
/// What a HEIC file begins with.
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";

/// What is sent: the folder of originals, their hashes, and the token of the phone that bound them.
struct Load {
    folder: PathBuf,
    photos: Vec<Hash>,
    token: String,
}

fn main() -> Result<(), Fault> {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let first = words.next();
    if first.as_deref() == Some("floor") {
        return serve_floor(Path::new(&words.next().ok_or("a folder")?));
    }
    let rounds = first.and_then(|word| word.parse().ok()).unwrap_or(5);
    let photos = words.next().and_then(|word| word.parse().ok()).unwrap_or(2000);
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    let start = folder.path().join("start");
    let (load, listen) = prepare(&start, photos)?;
    let tus = install_tus(&folder.path().join("tus"));
    if let Err(reason) = &tus {
        println!("tus's server is skipped: {reason}");
    }
    println!("{photos} photos of {BYTES} bytes; load {}", process::load());
    let names = ["hub", "floor", "tus", "phone"];
    let mut times: [Vec<f64>; 4] = Default::default();
    let mut memory = [0.0_f64; 4];
    for _ in 0..rounds {
        for (at, name) in names.iter().enumerate() {
            let place = folder.path().join(format!("{name}-place"));
            let Some((seconds, peak)) = contend(name, &place, &start, &load, listen, tus.as_deref().ok())? else {
                continue;
            };
            times[at].push(seconds);
            memory[at] = memory[at].max(peak);
            fs::remove_dir_all(place)?;
        }
    }
    for ((name, times), memory) in names.iter().zip(&times).zip(memory) {
        if !times.is_empty() {
            let seconds = median(times);
            let rate = photos as f64 / seconds;
            println!("{name:6} {seconds:7.3} s, {rate:6.0} photos/s; the server's RssAnon at most {memory:5.1} MB");
        }
    }
    let ratio = |above: usize, below: usize| {
        let pairs: Vec<f64> = times[above].iter().zip(&times[below]).map(|(above, below)| above / below).collect();
        if pairs.is_empty() { f64::NAN } else { median(&pairs) }
    };
    println!("hub / floor {:.2}, tus / hub {:.2}, phone / floor {:.2}", ratio(0, 1), ratio(2, 0), ratio(3, 1));
    println!("medians of {rounds} rounds; load {}", process::load());
    Ok(())
}

/// One contender's turn in an empty folder: the seconds it took and the most memory of its server in MB. `None` when it
/// is skipped.
fn contend(
    name: &str,
    place: &Path,
    start: &Path,
    load: &Load,
    listen: SocketAddr,
    tus: Option<&Path>,
) -> Result<Option<(f64, f64)>, Fault> {
    fs::create_dir_all(place)?;
    let (server, address) = match name {
        "floor" => {
            let (server, line) = Process::start(Command::new(std::env::current_exe()?).arg("floor").arg(place))?;
            (server, line.parse()?)
        }
        "tus" => {
            let Some(script) = tus else {
                fs::remove_dir(place)?;
                return Ok(None);
            };
            let (server, port) = Process::start(Command::new("node").arg(script).arg(place))?;
            (server, SocketAddr::from(([127, 0, 0, 1], port.parse()?)))
        }
        _ => {
            copy_folder(&start.join("hub"), &place.join("hub"));
            process::serve(&place.join("hub"), listen)?
        }
    };
    let seconds = if name == "phone" { sync(start, place, load)? } else { send_all(load, address)? };
    Ok(Some((seconds, server.peak_mb())))
}

/// A founded hub that took a phone's events, and that phone with the originals that they bind.
fn prepare(start: &Path, photos: usize) -> Result<(Load, SocketAddr), Fault> {
    let codes = process::found(&start.join("hub"), &["wang"])?;
    let (hub, listen) = process::serve(&start.join("hub"), SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let phone = process::enrol(start.join("wang"), 1, listen, &codes[0])?;
    let camera = start.join("camera.heic");
    let mut hashes = Vec::with_capacity(photos);
    for seed in 0..photos {
        fs::write(&camera, [HEIC, &noise(seed as u64, BYTES - HEIC.len())].concat())?;
        hashes.push(phone.client().import_photo(&camera)?.hash);
    }
    let (pin, category) = (middle_of("WG01"), LITTER.parse().map_err(|_| "a category code")?);
    let report = Report { pin: Some(pin), fix: Some(fix(pin)), ..Report::new(category) };
    for some in hashes.chunks(MAX_PHOTOS) {
        phone.env.pass(1);
        phone.client().report(Report { photos: some.to_vec(), ..report.clone() }, saying("看到的问题"))?;
    }
    let summary = phone.sync_with(SessionOptions { originals: false, ..SessionOptions::default() });
    assert_eq!((summary.accepted as usize, summary.sent), (photos.div_ceil(MAX_PHOTOS), 0), "{:?}", summary.failure);
    let token = token_of(&phone);
    phone.close();
    drop(hub);
    Ok((Load { folder: start.join("wang").join("originals"), photos: hashes, token }, listen))
}

/// The session of a copy of the phone, whose originals stay where they are.
fn sync(start: &Path, place: &Path, load: &Load) -> Result<f64, Fault> {
    let own = place.join("wang");
    fs::create_dir_all(&own)?;
    for entry in fs::read_dir(start.join("wang"))? {
        let entry = entry?;
        let (from, to) = (entry.path(), own.join(entry.file_name()));
        if from == load.folder {
            std::os::unix::fs::symlink(from, to)?;
        } else if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            fs::copy(from, to)?;
        }
    }
    let phone = process::open(own, 2);
    let begin = Instant::now();
    let summary = phone.sync();
    let seconds = begin.elapsed().as_secs_f64();
    assert_eq!(summary.sent as usize, load.photos.len(), "every photo was sent");
    Ok(seconds)
}

/// Sends every photo through four connections that stay open; seconds until the last answer.
fn send_all(load: &Load, address: SocketAddr) -> Result<f64, Fault> {
    let next = AtomicUsize::new(0);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| send_some(load, address, &next))).collect();
        senders.into_iter().try_for_each(|sender| sender.join().map_err(|_| "a sender panicked")?)
    })?;
    Ok(begin.elapsed().as_secs_f64())
}

fn send_some(load: &Load, address: SocketAddr, next: &AtomicUsize) -> Result<(), Fault> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answers = BufReader::new(stream.try_clone()?);
    while let Some(hash) = load.photos.get(next.fetch_add(1, Ordering::Relaxed)) {
        let hex = hash.to_hex();
        let bytes = fs::read(load.folder.join(&hex))?;
        let (length, name, token) = (bytes.len(), BASE64.encode(&hex), &load.token);
        write!(
            stream,
            "POST {UPLOADS} HTTP/1.1\r\nhost: {address}\r\nauthorization: {token}\r\nredvest-protocol: 1\r\n\
             tus-resumable: 1.0.0\r\nupload-length: {length}\r\nupload-metadata: sha256 {name}\r\n\
             content-type: application/offset+octet-stream\r\ncontent-length: {length}\r\n\r\n"
        )?;
        stream.write_all(&bytes)?;
        let (status, offset) = answer(&mut answers)?;
        if (status, offset) != (201, length) {
            return Err(format!("answered {status} at {offset}").into());
        }
    }
    Ok(())
}

/// Reads one answer without content: its status and the offset that it acknowledges.
fn answer(from: &mut impl BufRead) -> Result<(u16, usize), Fault> {
    let head = read_head(from)?.ok_or("the server closed")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("a status")?;
    if field(&head, "transfer-encoding").is_some() {
        let mut end = [0; 5];
        from.read_exact(&mut end)?;
    }
    Ok((status, number(&head, "upload-offset").unwrap_or(0)))
}

/// The lines up to the empty one; `None` when the other side has closed.
fn read_head(from: &mut impl BufRead) -> Result<Option<String>, Fault> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head)? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(head))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.into_iter().find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value.trim()))
}

fn number(head: &str, name: &str) -> Option<usize> {
    field(head, name)?.parse().ok()
}

/// The floor's server: prints its address and serves until it is killed.
fn serve_floor(folder: &Path) -> Result<(), Fault> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    std::thread::scope(|scope| {
        for (number, stream) in listener.incoming().enumerate() {
            scope.spawn(move || take(stream?, folder, number));
        }
        Ok(())
    })
}

fn take(mut stream: TcpStream, folder: &Path, connection: usize) -> Result<(), Fault> {
    stream.set_nodelay(true)?;
    let mut requests = BufReader::new(stream.try_clone()?);
    let temporary = folder.join(format!("part-{connection}"));
    let mut piece = vec![0; 256 << 10];
    while let Some(head) = read_head(&mut requests)? {
        let length = number(&head, "content-length").ok_or("a length")?;
        let (mut file, mut hash, mut left) = (File::create(&temporary)?, Sha256::new(), length);
        while left > 0 {
            let most = left.min(piece.len());
            let got = requests.read(&mut piece[..most])?;
            if got == 0 {
                return Ok(());
            }
            file.write_all(&piece[..got])?;
            hash.update(&piece[..got]);
            left -= got;
        }
        file.sync_all()?;
        fs::rename(&temporary, folder.join(Hash(hash.finalize().into()).to_hex()))?;
        File::open(folder)?.sync_all()?;
        write!(stream, "HTTP/1.1 201 Created\r\nupload-offset: {length}\r\ncontent-length: 0\r\n\r\n")?;
    }
    Ok(())
}

/// Puts tus's server into a folder with npm and gives the script that runs it, or says why there is none.
fn install_tus(folder: &Path) -> Result<PathBuf, String> {
    let failed = |what: &str| format!("{what} does not work here");
    fs::create_dir_all(folder).map_err(|_| failed("the folder"))?;
    let script = folder.join("tus_server.mjs");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/tus_server.mjs");
    fs::copy(source, &script).map_err(|_| failed("copying the script"))?;
    let node = Command::new("node").arg("--version").output();
    if !node.is_ok_and(|node| node.status.success()) {
        return Err(failed("Node"));
    }
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args([
        "install",
        "--no-audit",
        "--no-fund",
        "--silent",
        "@tus/server@2",
        "@tus/file-store@2",
    ]);
    let installed = npm.output().map_err(|_| failed("npm"))?;
    if installed.status.success() { Ok(script) } else { Err(failed("npm's registry")) }
}
