//! The log: exporting it, admitting and erasing, new epochs, rebuilding.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use redvest_domain::event::{Payload, Private, kind_names};
use redvest_domain::id::{Bytes, EventId, MemberId, TicketId};
use redvest_domain::stamp::Stamp;
use redvest_hub::store::{LogRow, Store};
use serde_json::{Value, json};

use super::confirm::confirm;
use super::with_store;
use crate::cli::Ctx;
use crate::failure::{Failure, Input};
use crate::parse;

/// Events read at once.
const AT_ONCE: usize = 500;

/// Arguments of `redvest hub export-log`.
#[derive(Debug, Args)]
pub struct ExportLog {
    /// 输出文件；不写时输出到屏幕 || The file to write; else standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 从这个编号之后开始 || Begin after this number
    #[arg(long, default_value_t = 0)]
    after: u64,
}

impl ExportLog {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let ExportLog { output, after } = self;
        let path = output.clone();
        let count = with_store(ctx, |store| async move {
            match path {
                Some(path) => {
                    let file = File::create(&path).map_err(Failure::file(&path))?;
                    let mut writer = BufWriter::new(file);
                    let count = write_log(&store, after, &mut writer).await?;
                    let file = writer.into_inner().map_err(|error| Failure::file(&path)(error.into_error()))?;
                    file.sync_all().map_err(Failure::file(&path))?;
                    Ok(count)
                }
                None => write_log(&store, after, &mut io::stdout()).await,
            }
        })?;
        if let Some(path) = output {
            told(ctx, &path, count)?;
        }
        Ok(())
    }
}

fn told(ctx: &Ctx, path: &Path, count: u64) -> Result<(), Failure> {
    let shown = path.display();
    ctx.out.object(&json!({ "file": path, "events": count }))?;
    ctx.out.say(&format!("已写出 {count} 个事件到 {shown}。"), &format!("{count} events are written to {shown}."))
}

async fn write_log(store: &Store, mut after: u64, writer: &mut impl Write) -> Result<u64, Failure> {
    let mut count = 0;
    loop {
        let rows = store.export_log(after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.n;
        for row in &rows {
            let line = serde_json::to_string(&line(row)).map_err(io::Error::other)?;
            writeln!(writer, "{line}")?;
            count += 1;
        }
    }
    writer.flush()?;
    Ok(count)
}

/// An event with its parts read and its bytes in hex, so that a line proves what it says.
fn line(row: &LogRow) -> Value {
    let (kind, kind_zh) = kind_names(row.kind);
    let payload = Payload::from_bytes(&row.event.payload).ok();
    let stamp = Stamp::from_bytes(&row.event.stamp).ok();
    let private = row.event.private.as_ref().and_then(|bytes| Private::from_bytes(bytes).ok());
    json!({
        "n": row.n,
        "id": row.id,
        "subject": row.subject,
        "kind": kind,
        "kind_zh": kind_zh,
        "member": stamp.as_ref().map(|stamp| stamp.member),
        "received": stamp.as_ref().map(|stamp| stamp.received.to_rfc3339()),
        "acting": payload.as_ref().map(|payload| &payload.acting),
        "words": private.as_ref().and_then(|private| private.words.as_ref()),
        "envelope": hex(&row.event.envelope),
        "payload": hex(&row.event.payload),
        "private": row.event.private.as_ref().map(hex),
        "stamp": hex(&row.event.stamp),
        "mac": hex(&row.event.mac),
        "signature": row.signature.as_ref().map(|signature| hex(&signature.signature)),
    })
}

fn hex(bytes: &Bytes) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Arguments of `redvest hub admit`.
#[derive(Debug, Args)]
pub struct Admit {
    /// 被拒收的那次操作的最后一个事件 || The last event of the refused piece of work
    #[arg(value_parser = parse::id::<EventId>)]
    event: EventId,
    /// 由哪名创文办成员补录 || The member of the office who admits it
    #[arg(long, value_parser = parse::id::<MemberId>)]
    by: MemberId,
}

impl Admit {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let Admit { event, by } = self;
        with_store(ctx, |store| async move { Ok(store.admit(by, event).await?) })?;
        ctx.out.object(&json!({ "admitted": event }))?;
        ctx.out.say("已补录。", "It is admitted.")
    }
}

/// Arguments of `redvest hub erase`.
#[derive(Debug, Args)]
pub struct Erase {
    /// 工单编号（UUID） || The ticket's id
    #[arg(value_parser = parse::id::<TicketId>)]
    ticket: TicketId,
    /// 要清除文字的事件 || The events whose words go
    #[arg(required = true, value_parser = parse::id::<EventId>)]
    events: Vec<EventId>,
    /// 由哪名创文办成员清除 || The member of the office who erases
    #[arg(long, value_parser = parse::id::<MemberId>)]
    by: MemberId,
    /// 不再询问 || Do not ask
    #[arg(long)]
    yes: bool,
}

impl Erase {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let Erase { ticket, events, by, yes } = self;
        let count = events.len();
        if !confirm(ctx, yes, "清除后不能恢复，继续吗？", "What is erased cannot be brought back. Go on?")?
        {
            return Ok(());
        }
        with_store(ctx, |store| async move { Ok(store.erase(by, ticket, events).await?) })?;
        ctx.out.object(&json!({ "erased": count, "ticket": ticket }))?;
        ctx.out.say(&format!("已清除 {count} 个事件的文字。"), &format!("The words of {count} events are erased."))
    }
}

/// Arguments of `redvest hub open-epoch`.
#[derive(Debug, Args)]
pub struct OpenEpoch {
    /// 不再询问 || Do not ask
    #[arg(long)]
    yes: bool,
}

impl OpenEpoch {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let zh = "只有从备份恢复之后才开启新纪元；各设备会把更新的内容重新送来。继续吗？";
        let en = "Open a new epoch only after restoring a backup; devices then send again what is newer. Go on?";
        if !confirm(ctx, self.yes, zh, en)? {
            return Ok(());
        }
        let epoch = with_store(ctx, |store| async move { Ok(store.open_epoch().await?) })?;
        ctx.out.object(&json!({ "epoch": epoch }))?;
        ctx.out.say(&format!("现为第 {epoch} 纪元。"), &format!("This is epoch {epoch} now."))
    }
}

/// `redvest hub rebuild`.
pub(super) fn rebuild(ctx: &Ctx) -> Result<(), Failure> {
    let events = with_store(ctx, |store| async move { Ok(store.rebuild().await?) })?;
    ctx.out.object(&json!({ "events": events }))?;
    ctx.out.say(
        &format!("已从 {events} 个事件重建，链条完好。"),
        &format!("Rebuilt from {events} events; the chain is whole."),
    )
}

/// `redvest hub safe`.
pub(super) fn safe(ctx: &Ctx, number: u64) -> Result<(), Failure> {
    with_store(ctx, |store| async move {
        let head = store.site().await?.head_n;
        if number > head {
            return Err(Failure::Input(Input::new(
                "no_such_number",
                format!("还没有编号 {number}，目前到 {head}。"),
                format!("There is no number {number} yet; the last is {head}."),
            )));
        }
        Ok(store.set_safe(number).await?)
    })?;
    ctx.out.object(&json!({ "safe": number }))?;
    ctx.out.say(&format!("已记下：到 {number} 为止已备份。"), &format!("Noted: backed up to {number}."))
}
