//! Ledgers and overdue lists, made from the log itself.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use redvest_domain::event::Payload;
use redvest_domain::fold::{Fact, step};
use redvest_domain::id::{MemberId, TicketId};
use redvest_domain::stamp::Stamp;
use redvest_domain::ticket::Ticket;
use redvest_hub::HubError;
use redvest_hub::clerk::{self, Language, LedgerError, LedgerRow, ledger_row};
use redvest_hub::store::Store;
use serde_json::json;

use super::documents::Format;
use super::people::all_members;
use super::with_store;
use crate::cli::Ctx;
use crate::failure::{Failure, Input};
use crate::lang::Lang;

/// Events read at once.
const AT_ONCE: usize = 1_000;

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
        let count = with_store(ctx, |store| async move {
            let rows = rows(&store).await?;
            let count = rows.len();
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(".partial");
            let partial = path.with_file_name(name);
            let file = File::create(&partial).map_err(Failure::file(&path))?;
            let mut writer = BufWriter::new(file);
            let written = match what {
                What::Ledger => clerk::write_ledger(rows.into_iter(), format.into(), language, &mut writer),
                What::Overdue => clerk::write_overdue(rows.into_iter(), format.into(), language, &mut writer),
            };
            written.map_err(not_written)?;
            let file = writer.into_inner().map_err(|error| Failure::file(&path)(error.into_error()))?;
            file.sync_all().and_then(|()| fs::rename(&partial, &path)).map_err(Failure::file(&path))?;
            Ok(count)
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

/// Every ticket as a ledger shows it, the oldest first.
async fn rows(store: &Store) -> Result<Vec<LedgerRow>, Failure> {
    let tickets = tickets(store).await?;
    let people = all_members(store).await?.into_iter();
    let names: HashMap<MemberId, String> =
        people.filter_map(|(record, person)| Some((record.member, person?.name))).collect();
    let (reference, now) = (store.reference(), store.now());
    let usual = &reference.policy().calendar;
    let mut rows = Vec::with_capacity(tickets.len());
    for ticket in &tickets {
        // A ticket keeps the calendar that its terms name; a set of documents always has the policy's.
        let calendar = reference.clock(&ticket.terms.calendar).or_else(|| reference.clock(usual));
        let calendar = calendar.ok_or(HubError::Damaged("document: no calendar"))?;
        rows.push(ledger_row(ticket, &|member| names.get(&member).cloned(), &reference, calendar, now));
    }
    Ok(rows)
}

/// The states of all tickets, folded from the log.
async fn tickets(store: &Store) -> Result<Vec<Ticket>, Failure> {
    let mut held: BTreeMap<TicketId, Option<Ticket>> = BTreeMap::new();
    let mut after = 0;
    loop {
        let rows = store.export_log(after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.n;
        for row in &rows {
            let Some(ticket) = row.subject.ticket() else { continue };
            let payload = Payload::from_bytes(&row.event.payload).map_err(|_| HubError::Damaged("event.payload"))?;
            let stamp = Stamp::from_bytes(&row.event.stamp).map_err(|_| HubError::Damaged("event.stamp"))?;
            step(held.entry(ticket).or_default(), &Fact { id: row.id, payload: &payload, stamp: &stamp });
        }
    }
    let mut tickets: Vec<Ticket> = held.into_values().flatten().collect();
    tickets.sort_by_key(|ticket| ticket.first);
    Ok(tickets)
}
