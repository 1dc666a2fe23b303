//! `redvest sync`: one session with the hub, or one after another.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use redvest_client::sync::{Phase, SessionOptions, Summary};
use redvest_transport::Drive;

use super::Phone;
use crate::failure::Failure;
use crate::out::Out;

/// When originals are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Originals {
    /// Only the copies are sent.
    Never,
    /// All is sent.
    Always,
}

/// Arguments of `redvest sync`.
#[derive(Debug, Args)]
pub struct Sync {
    /// 持续同步，每隔这么多秒一次，直到中断 || Go on, a sync every so many seconds, until interrupted
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "60", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    watch: Option<u32>,
    /// 是否传原图：never 只传缩略图和核查图，always 全部 || Whether originals are sent: never sends the copies alone
    #[arg(long, default_value = "always")]
    originals: Originals,
    /// 预先取回核查图，不只缩略图 || Fetch review copies ahead, not thumbnails alone
    #[arg(long)]
    review_copies: bool,
}

impl Sync {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        // Asked for before anything else, so that a device without a hub is told so at once.
        phone.client.token()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = on_interrupt(stop.clone())?;
        let mut failures = earlier_failures(phone)?;
        loop {
            let summary = self.once(phone, &stop, failures)?;
            tell(phone, &summary)?;
            failures = if summary.failure.is_some() { failures.saturating_add(1) } else { 0 };
            let Some(seconds) = self.watch else {
                return summary.failure.map_or(Ok(()), |failure| Err(Failure::Sync(failure)));
            };
            if let Some(failure) = &summary.failure {
                phone
                    .ctx
                    .out
                    .note(&format!("{}: {}", failure.code, failure.zh), &format!("{}: {}", failure.code, failure.en));
            }
            let wait = pause(phone, &summary, seconds);
            if stop.load(Ordering::Relaxed) || stopped.recv_timeout(wait).is_ok() {
                return Ok(());
            }
        }
    }

    fn once(&self, phone: &Phone, stop: &AtomicBool, failures: u32) -> Result<Summary, Failure> {
        let options = SessionOptions {
            originals: self.originals == Originals::Always,
            review_copies: self.review_copies,
            failures,
            ..SessionOptions::default()
        };
        let bar = progress(phone.ctx.out);
        let drive = Drive { client: &phone.client, options, stop };
        let summary = drive.run(&mut |phase, summary| {
            if let Some(bar) = &bar {
                bar.set_message(message(phone.ctx.out, phase, summary));
            }
        });
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        Ok(summary?)
    }
}

/// How long to wait before the next session: as the failed one says, else as was asked for.
fn pause(phone: &Phone, summary: &Summary, seconds: u32) -> Duration {
    let usual = Duration::from_secs(seconds.into());
    let until = summary.retry_at.map(|at| at.since(phone.client.env().now()));
    match until.and_then(|ms| u64::try_from(ms).ok()) {
        Some(ms) if summary.failure.is_some() => Duration::from_millis(ms),
        _ => usual,
    }
}

/// How many of the last sessions failed in a row.
fn earlier_failures(phone: &Phone) -> Result<u32, Failure> {
    let sessions = phone.client.sessions()?;
    let failed =
        sessions.iter().take_while(|session| session.result.as_ref().is_some_and(|result| result.failure.is_some()));
    Ok(u32::try_from(failed.count()).unwrap_or(u32::MAX))
}

/// Sets `stop` at the first interrupt and tells of it; a second one ends the process at once, which loses nothing.
fn on_interrupt(stop: Arc<AtomicBool>) -> Result<mpsc::Receiver<()>, Failure> {
    let (tell, told) = mpsc::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || {
        runtime.block_on(async {
            let Ok(signal) = crate::hub::stop_signal() else { return };
            signal.await;
            stop.store(true, Ordering::Relaxed);
            // The command may be over already.
            let _ = tell.send(());
            if let Ok(again) = crate::hub::stop_signal() {
                again.await;
                std::process::exit(130);
            }
        });
    })?;
    Ok(told)
}

/// A line on the terminal that tells how far it is; nothing where nobody looks.
fn progress(out: Out) -> Option<ProgressBar> {
    if out.json || !io::stderr().is_terminal() {
        return None;
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    Some(bar)
}

fn message(out: Out, phase: Phase, summary: &Summary) -> String {
    let phase = match phase {
        Phase::Relay => out.pick("补回中心遗失的记录", "giving back what the hub lost"),
        Phase::Push => out.pick("送出事件", "sending events"),
        Phase::Pull => out.pick("取回工单", "fetching tickets"),
        Phase::Repair => out.pick("核对修复", "repairing"),
        Phase::Names => out.pick("取回姓名", "fetching names"),
        Phase::Upload => out.pick("传出照片", "sending photos"),
        Phase::Download => out.pick("取回照片", "fetching photos"),
        Phase::Over => out.pick("结束", "done"),
    };
    let Summary { accepted, changed, sent, fetched, .. } = summary;
    match out.lang {
        crate::lang::Lang::Zh => format!("{phase}… 接收 {accepted}，变化 {changed}，照片 ↑{sent} ↓{fetched}"),
        crate::lang::Lang::En => format!("{phase}… {accepted} accepted, {changed} changed, photos ↑{sent} ↓{fetched}"),
    }
}

fn tell(phone: &Phone, summary: &Summary) -> Result<(), Failure> {
    let out = phone.ctx.out;
    out.object(summary)?;
    let Summary { accepted, refused, too_late, changed, sent, fetched, postponed, .. } = summary;
    if summary.failure.is_some() && accepted + changed + sent + fetched == 0 {
        // The failure says all there is to say.
        return Ok(());
    }
    out.say(
        &format!("中心接收 {accepted} 个事件，{changed} 件工单有变化，照片文件传出 {sent} 个、取回 {fetched} 个。"),
        &format!("{accepted} events accepted, {changed} tickets changed, {sent} photo files sent, {fetched} fetched."),
    )?;
    if *refused > 0 || *too_late > 0 {
        out.say(
            &format!("{refused} 个被拒收（redvest refused），{too_late} 个来迟（redvest too-late）。"),
            &format!("{refused} refused (see `redvest refused`), {too_late} too late (see `redvest too-late`)."),
        )?;
    }
    if *postponed > 0 {
        out.say(
            &format!("{postponed} 个照片文件稍后再传。"),
            &format!("{postponed} photo files are tried again later."),
        )?;
    }
    Ok(())
}
