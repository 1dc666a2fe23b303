//! Making the copies of a 12- and a 50-megapixel photo: milliseconds, ratio to a floor of the same run (the same
//! photo decoded at the same scale by `jpeg-decoder`, nothing else), and the peak of resident memory of a process
//! that does only this. `cargo bench -p redvest-photo`
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use redvest_photo::sample::{self, Scene};
use redvest_photo::{Limits, LocalTime, copies, inspect_file};

const ROUNDS: usize = 9;
const MEMORY_LIMIT_KB: u64 = 64 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("draw") => draw(Path::new(&arguments[2]), arguments[3].parse()?, arguments[4].parse()?),
        Some("once") => once(Path::new(&arguments[2])),
        Some("time") => time(Path::new(&arguments[2])),
        _ => all(),
    }
}

/// Each step in a process of its own, so that none adds to the memory of another.
fn all() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("redvest-ingest-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    for (name, width, height) in [("12 MP", "4032", "3024"), ("50 MP", "8160", "6120")] {
        let photo = folder.join("photo.jpg");
        let step = |arguments: &[&str]| -> Result<String, Box<dyn Error>> {
            let output = Command::new(std::env::current_exe()?).args(arguments).output()?;
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() { Ok(String::from_utf8(output.stdout)?) } else { Err(errors.into()) }
        };
        let path = photo.to_str().ok_or("the temporary folder has a strange name")?;
        step(&["draw", path, width, height])?;
        let bytes = std::fs::metadata(&photo)?.len();
        print!("{name}, {:.1} MB: {}  {}", bytes as f64 / 1e6, step(&["time", path])?, step(&["once", path])?);
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn draw(photo: &Path, width: u32, height: u32) -> Result<(), Box<dyn Error>> {
    // Held upright, as most are: the stored rows are the picture's columns.
    let taken = LocalTime::new((2026, 5, 1), (9, 30, 0), Some(480));
    let position_e7 = Some((312_304_889, 1_214_736_667));
    let scene = Scene { width: height, height: width, taken, position_e7, orientation: 6, ..Scene::new(1) };
    Ok(std::fs::write(photo, sample::jpeg(&scene))?)
}

fn time(photo: &Path) -> Result<(), Box<dyn Error>> {
    let (mut own, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(inspect_file(photo)?);
        black_box(copies(photo, &Limits::default())?);
        own.push(start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        let mut decoder = jpeg_decoder::Decoder::new(BufReader::new(File::open(photo)?));
        decoder.scale(1500, 1500)?;
        black_box(decoder.decode()?);
        floor.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let (own, floor) = (median(&mut own), median(&mut floor));
    print!("{own:.1} ms, floor {floor:.1} ms, ratio {:.2}", own / floor);
    Ok(())
}

fn once(photo: &Path) -> Result<(), Box<dyn Error>> {
    let made = copies(photo, &Limits::default())?;
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return Ok(()) };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{} x {}, peak {:.1} MB", made.width, made.height, kilobytes as f64 / 1024.0);
    if kilobytes < MEMORY_LIMIT_KB { Ok(()) } else { Err("the copies took 64 MB or more".into()) }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
