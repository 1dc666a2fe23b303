//! Ledgers and overdue lists, written as the tickets come, so that memory does not grow with them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use redvest_domain::id::MemberId;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::ticket::Ticket;
use redvest_domain::time::Timestamp;
use redvest_hub::HubError;
use redvest_hub::clerk::{self, Language, LedgerError, LedgerRow, TableFormat, ledger_row};
use redvest_hub::orders::{Office, Order, Reply};
use serde_json::json;
use tokio::sync::mpsc;

use super::documents::{Format, in_force};
use super::people::all_members;
use super::{strange, with_office};
use crate::cli::Ctx;
use crate::failure::{Failure, Input};
use crate::lang::Lang;

/// Rows that wait for the writer at most.
const WAITING: usize = 1_000;

/// What is exported, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    /// Every ticket.
    Ledger,
    /// What ran out, by holder.
    Overdue,
}

/// Arguments of `redvest hub export`.
#[derive(Debug, Args)]
pub struct Export {
    /// 台账，或超期清单 || The ledger, or the overdue list
    what: What,
    /// 格式 || The format
    #[arg(long, default_value = "xlsx")]
    format: Format,
    /// 写到哪个文件 || The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Export {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let language = match ctx.out.lang {
            Lang::Zh => Language::Zh,
            Lang::En => Language::En,
        };
        let Export { what, format, output } = self;
        let path = output.clone();
        let count = with_office(ctx, |office| async move {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(".partial");
            let partial = path.with_file_name(name);
            let (sender, rows) = mpsc::channel(WAITING);
            let draft = partial.clone();
            let writing = tokio::task::spawn_blocking(move || write(what, format.into(), language, &draft, rows));
            let read = send_rows(&office, sender).await;
            let written = writing.await.map_err(|_| HubError::Internal("writing a table"))?;
            // The writer went away first if it failed, so its reason is the better one.
            let done = written.and(read).and_then(|count| {
                fs::rename(&partial, &path).map_err(Failure::file(&path))?;
                Ok(count)
            });
            if done.is_err() {
                // Half a ledger must not be taken for one; that it is left is not worth another message.
                let _ = fs::remove_file(&partial);
            }
            done
        })?;
        ctx.out.object(&json!({ "file": output, "tickets": count }))?;
        let shown = output.display();
        ctx.out.say(
            &format!("已写出 {shown}（全部 {count} 件工单）。"),
            &format!("{shown} is written (from {count} tickets)."),
        )
    }
}

/// A table that could not be written.
pub(super) fn not_written(error: LedgerError) -> Failure {
    Failure::Failed(Input::new(
        "table_not_written",
        format!("表格没有写成（{error}）。"),
        format!("The table was not written ({error})."),
    ))
}

/// Writes rows as they come, durably.
fn write(
    what: What,
    format: TableFormat,
    language: Language,
    path: &Path,
    mut rows: mpsc::Receiver<LedgerRow>,
) -> Result<(), Failure> {
    let mut writer = BufWriter::new(File::create(path).map_err(Failure::file(path))?);
    let rows = std::iter::from_fn(|| rows.blocking_recv());
    let written = match what {
        What::Ledger => clerk::write_ledger(rows, format, language, &mut writer),
        What::Overdue => clerk::write_overdue(rows, format, language, &mut writer),
    };
    written.map_err(not_written)?;
    let file = writer.into_inner().map_err(|error| Failure::file(path)(error.into_error()))?;
    file.sync_all().map_err(Failure::file(path))
}

/// Sends every ticket as a ledger shows it, the oldest first, and says how many there were. Tickets are asked for in
/// pages, and all rows show the same instant.
async fn send_rows(office: &Office, rows: mpsc::Sender<LedgerRow>) -> Result<u64, Failure> {
    let people = all_members(office).await?.into_iter();
    let names: HashMap<MemberId, String> =
        people.filter_map(|member| Some((member.record.member, member.person?.name))).collect();
    let Reply::PhotoDoubts(doubts) = office.ask(Order::PhotoDoubts).await? else { return Err(strange()) };
    let reference = in_force(office).await?;
    let (mut after, mut at, mut count) = (0, None, 0);
    loop {
        let Reply::Tickets { now, last, tickets } = office.ask(Order::Tickets { after }).await? else {
            return Err(strange());
        };
        let at = *at.get_or_insert(now);
        for state in tickets {
            let ticket = Ticket::from_bytes(&state.0).map_err(|_| HubError::Damaged("ticket.state"))?;
            let mut row = row(&ticket, &names, &reference, at)?;
            row.note_photos(doubts.iter().filter(|doubt| doubt.ticket == ticket.id));
            if rows.send(row).await.is_err() {
                // The writer failed and says why.
                return Ok(count);
            }
            count += 1;
        }
        match last {
            Some(last) => after = last,
            None => return Ok(count),
        }
    }
}

fn row(
    ticket: &Ticket,
    names: &HashMap<MemberId, String>,
    reference: &ReferenceSet,
    now: Timestamp,
) -> Result<LedgerRow, Failure> {
    // A ticket keeps the calendar that its terms name; a set of documents always has the policy's.
    let usual = || reference.clock(&reference.policy().calendar);
    let calendar = reference.clock(&ticket.terms.calendar).or_else(usual);
    let calendar = calendar.ok_or(HubError::Damaged("document: no calendar"))?;
    Ok(ledger_row(ticket, &|member| names.get(&member).cloned(), reference, calendar, now))
}
