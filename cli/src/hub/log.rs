//! The log: exporting it, admitting and erasing, new epochs, rebuilding.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use redvest_domain::evidence;
use redvest_domain::id::{EventId, MemberId};
use redvest_hub::orders::{Office, Order, Reply, TicketName};
use serde_json::json;

use super::confirm::confirm;
use super::{order, strange, with_office};
use crate::cli::Ctx;
use crate::failure::Failure;
use crate::parse;

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
        let count = with_office(ctx, |office| async move {
            match path {
                Some(path) => {
                    let file = File::create(&path).map_err(Failure::file(&path))?;
                    let mut writer = BufWriter::new(file);
                    let count = write_log(&office, after, &mut writer).await?;
                    let file = writer.into_inner().map_err(|error| Failure::file(&path)(error.into_error()))?;
                    file.sync_all().map_err(Failure::file(&path))?;
                    Ok(count)
                }
                None => write_log(&office, after, &mut io::stdout()).await,
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

/// Writes the log page by page, so that memory does not grow with it.
async fn write_log(office: &Office, mut after: u64, writer: &mut impl Write) -> Result<u64, Failure> {
    let mut count = 0;
    loop {
        let Reply::Log { last, lines } = office.ask(Order::Log { after }).await? else { return Err(strange()) };
        for line in &lines {
            serde_json::to_writer(&mut *writer, line).map_err(io::Error::from)?;
            writer.write_all(b"\n")?;
        }
        count += lines.len() as u64;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    writer.flush()?;
    Ok(count)
}

/// Arguments of `redvest hub evidence-file`.
#[derive(Debug, Args)]
pub struct EvidenceFile {
    /// 工单：中心的编号或 UUID || The ticket: the hub's number or its id
    #[arg(value_parser = parse::ticket_name)]
    ticket: TicketName,
    /// 写到哪个文件 || The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl EvidenceFile {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let EvidenceFile { ticket, output } = self;
        let Reply::Evidence { ticket, hub_key, file } = order(ctx, Order::Evidence { ticket })? else {
            return Err(strange());
        };
        // A file that does not prove itself is never left for somebody to rely on.
        let events = evidence::verify(&file.0, &hub_key.0)?.events.len();
        fs::write(&output, &file.0).map_err(Failure::file(&output))?;
        let shown = output.display();
        ctx.out.object(&json!({ "file": output, "ticket": ticket, "events": events, "hub_key": hub_key }))?;
        ctx.out.say(
            &format!("已写出 {shown}：{events} 个事件，已验证。"),
            &format!("{shown} is written: {events} events, proven."),
        )?;
        ctx.out.fields(&[("中心公钥", "Hub key", hub_key.to_hex())])
    }
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
        order(ctx, Order::Admit { by, event })?;
        ctx.out.object(&json!({ "admitted": event }))?;
        ctx.out.say("已补录。", "It is admitted.")
    }
}

/// Arguments of `redvest hub erase`.
#[derive(Debug, Args)]
pub struct Erase {
    /// 工单：中心的编号或 UUID || The ticket: the hub's number or its id
    #[arg(value_parser = parse::ticket_name)]
    ticket: TicketName,
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
        let Reply::Erased(ticket) = order(ctx, Order::Erase { by, ticket, events })? else { return Err(strange()) };
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
        let Reply::Epoch(epoch) = order(ctx, Order::OpenEpoch)? else { return Err(strange()) };
        ctx.out.object(&json!({ "epoch": epoch }))?;
        ctx.out.say(&format!("现为第 {epoch} 纪元。"), &format!("This is epoch {epoch} now."))
    }
}

/// `redvest hub rebuild`.
pub(super) fn rebuild(ctx: &Ctx) -> Result<(), Failure> {
    let Reply::Rebuilt(events) = order(ctx, Order::Rebuild)? else { return Err(strange()) };
    ctx.out.object(&json!({ "events": events }))?;
    ctx.out.say(
        &format!("已从 {events} 个事件重建，链条完好。"),
        &format!("Rebuilt from {events} events; the chain is whole."),
    )
}

/// `redvest hub safe`.
pub(super) fn safe(ctx: &Ctx, number: u64) -> Result<(), Failure> {
    order(ctx, Order::SetSafe { number })?;
    ctx.out.object(&json!({ "safe": number }))?;
    ctx.out.say(&format!("已记下：到 {number} 为止已备份。"), &format!("Noted: backed up to {number}."))
}
