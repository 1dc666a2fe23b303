//! Carrying an order out on a store.

use redvest_domain::codes::Explained;
use redvest_domain::id::{MemberId, TicketId};
use redvest_domain::reference::{address, parse};
use redvest_domain::time::HOUR_MS;

use super::denied::{Denied, DeniedKind};
use super::line::line;
use super::{Member, Order, Packed, PlainDocument, Reply, Status, TicketName, Whom};
use crate::error::HubError;
use crate::store::Store;

/// Members, events and tickets in one page.
const PAGE: usize = 500;

/// Does what the office wants done, and says what came of it. What it says is done is on the disk.
///
/// # Errors
/// [`Denied`] with the store's own code, and `no_such_member`, `several_members`, `no_such_ticket`, `no_such_number`
/// for what was named and is not there; `document_changed`.
pub async fn carry_out(store: &Store, order: Order) -> Result<Reply, Denied> {
    Ok(match order {
        Order::Status => Reply::Status(status(store).await?),
        Order::Documents => {
            let documents = store.documents_in_force().await?.into_iter();
            Reply::Documents(documents.map(|(kind, text)| PlainDocument { kind, text }).collect())
        }
        Order::Members { after } => {
            let members = store.members(after, PAGE).await?.into_iter();
            Reply::Members(members.map(|(record, person)| Member { record, person }).collect())
        }
        Order::SetMembers { records, people } => {
            store.set_members(records, people).await?;
            Reply::Done
        }
        Order::Forget { whom } => {
            let member = find(store, whom, false).await?;
            store.forget_person(member).await?;
            Reply::Forgotten(member)
        }
        Order::Invite { whom, hours } => {
            let member = find(store, whom, true).await?;
            let ttl_ms = i64::from(hours) * HOUR_MS;
            let secret = Packed(store.invite(member, ttl_ms).await?.0);
            Reply::Invited { member, secret, expires: store.now().plus_ms(ttl_ms) }
        }
        Order::Devices => Reply::Devices(store.devices(None).await?),
        Order::Revoke { device, lost } => {
            store.revoke(device, lost).await?;
            Reply::Done
        }
        Order::Publish { kind, text, over, successors } => {
            // A text that is no document is refused below, with everything that is wrong.
            if let Ok(document) = parse(kind, text.as_bytes()) {
                let in_force = store.reference().predecessor(&document);
                if in_force.map(|document| address(&document.to_bytes())) != over {
                    return Err(Unknown::Compared.denied(DeniedKind::Failed));
                }
            }
            Reply::Published(store.publish(kind, text.into_bytes(), successors).await?)
        }
        Order::Tickets { after } => {
            let now = store.now();
            let page = store.ticket_states(after, PAGE).await?;
            let last = page.last().map(|(first, _)| *first);
            Reply::Tickets { now, last, tickets: page.into_iter().map(|(_, state)| Packed(state)).collect() }
        }
        Order::PhotoDoubts => Reply::PhotoDoubts(store.photo_doubts().await?),
        Order::Log { after } => {
            let rows = store.export_log(after, PAGE).await?;
            Reply::Log { last: rows.last().map(|row| row.n), lines: rows.iter().map(line).collect() }
        }
        Order::Refused { after } => Reply::Refused(store.refused_work(after, PAGE).await?),
        Order::Admit { by, event } => {
            store.admit(by, event).await?;
            Reply::Done
        }
        Order::Erase { by, ticket, events } => {
            let ticket = named(store, ticket).await?;
            store.erase(by, ticket, events).await?;
            Reply::Erased(ticket)
        }
        Order::Evidence { ticket } => {
            let ticket = named(store, ticket).await?;
            let file = Packed(store.evidence(None, ticket).await?.to_bytes());
            Reply::Evidence { ticket, hub_key: store.hello().await?.hub_key, file }
        }
        Order::Rebuild => Reply::Rebuilt(store.rebuild().await?),
        Order::OpenEpoch => Reply::Epoch(store.open_epoch().await?),
        Order::SetSafe { number } => {
            let head = store.site().await?.head_n;
            if number > head {
                return Err(Unknown::Number { number, head }.denied(DeniedKind::Input));
            }
            store.set_safe(number).await?;
            Reply::Done
        }
    })
}

async fn status(store: &Store) -> Result<Status, HubError> {
    let (site, hello) = (store.site().await?, store.hello().await?);
    Ok(Status {
        workspace: site.workspace,
        name: site.name,
        epoch: site.epoch,
        events: site.head_n,
        safe: site.safe_n,
        behind: site.behind,
        law: site.law,
        hub: site.hub,
        hub_key: hello.hub_key,
        software: hello.software,
    })
}

/// The member that is meant.
async fn find(store: &Store, whom: Whom, active: bool) -> Result<MemberId, Denied> {
    let name = match whom {
        Whom::Member(member) => return Ok(member),
        Whom::Name(name) => name.trim().to_owned(),
    };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.members(after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.member);
        let of_that_name = page.iter().filter(|(record, person)| {
            (record.active || !active) && person.as_ref().is_some_and(|person| person.name == name)
        });
        found.extend(of_that_name.map(|(record, _)| record.member));
    }
    match found.as_slice() {
        [member] => Ok(*member),
        [] => Err(Unknown::Member(name).denied(DeniedKind::Failed)),
        several => Err(Unknown::Several(name, several.len()).denied(DeniedKind::Failed)),
    }
}

/// The ticket that is meant.
async fn named(store: &Store, ticket: TicketName) -> Result<TicketId, Denied> {
    match ticket {
        TicketName::Id(ticket) => Ok(ticket),
        TicketName::Number(number) => match store.ticket_by_number(number.clone()).await? {
            Some(ticket) => Ok(ticket),
            None => Err(Unknown::Ticket(number).denied(DeniedKind::Failed)),
        },
    }
}

/// Something that was named and is not there.
enum Unknown {
    Member(String),
    Several(String, usize),
    Ticket(String),
    Number { number: u64, head: u64 },
    Compared,
}

impl Unknown {
    fn denied(&self, kind: DeniedKind) -> Denied {
        Denied::explained(kind, self)
    }
}

impl Explained for Unknown {
    fn code(&self) -> &'static str {
        match self {
            Unknown::Member(_) => "no_such_member",
            Unknown::Several(..) => "several_members",
            Unknown::Ticket(_) => "no_such_ticket",
            Unknown::Number { .. } => "no_such_number",
            Unknown::Compared => "document_changed",
        }
    }

    fn zh(&self) -> String {
        match self {
            Unknown::Member(name) => format!("没有叫“{name}”的在岗成员；请用 redvest hub members 查看。"),
            Unknown::Several(name, count) => format!("有 {count} 名成员叫“{name}”；请改写成员编号。"),
            Unknown::Ticket(number) => format!("没有编号为“{number}”的工单；请核对编号。"),
            Unknown::Number { number, head } => format!("还没有编号 {number}，目前到 {head}。"),
            Unknown::Compared => "其间已有人发布了另一份；请重新执行，看过与它的差别再发布。".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Unknown::Member(name) => format!("No active member is called \"{name}\"; see `redvest hub members`."),
            Unknown::Several(name, count) => {
                format!("{count} members are called \"{name}\"; give the member's id instead.")
            }
            Unknown::Ticket(number) => format!("No ticket has the number \"{number}\"; check the number."),
            Unknown::Number { number, head } => format!("There is no number {number} yet; the last is {head}."),
            Unknown::Compared => {
                "Somebody published another one meanwhile; run this again and look at the changes.".to_owned()
            }
        }
    }
}
