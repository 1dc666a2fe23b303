//! The story, second part: the work on the tickets, two who act at once, a change of grid, and the proofs at the end.

use redvest_client::commands::{By, Dispatch, Judge, Rectify, SendBack};
use redvest_domain::event::Outcome;
use redvest_domain::evidence::verify;
use redvest_domain::id::{ReasonCode, TicketId};
use redvest_domain::terms::Holder;
use redvest_domain::ticket::Stage;
use redvest_transport::evidence;
use serde_json::json;

use super::district::{Someone, middle_of, of_grid, people};
use super::phone::{digest_of, expected};
use super::story::{Story, Tickets, clock_time, fix};
use crate::failure::Failure;

impl Story<'_> {
    pub(super) fn work(mut self, tickets: &Tickets) -> Result<(), Failure> {
        self.returned_and_handed_on(tickets.second_litter)?;
        self.manager_closes(tickets.litter)?;
        self.supervisor_judges(tickets)?;
        self.two_at_once(tickets.second_litter)?;
        self.member_changes_grid()?;
        self.proofs(tickets.litter)
    }

    fn sync(&self, tags: &[&str]) -> Result<(), Failure> {
        tags.iter().try_for_each(|tag| self.phone(tag)?.sync().map(drop))
    }

    fn expect(&self, tag: &str, ticket: TicketId, stage: Stage) -> Result<(), Failure> {
        let found = self.phone(tag)?.client().ticket(ticket)?.row;
        if found.stage == stage {
            return Ok(());
        }
        let (is, wanted) = (&found.stage_zh, stage.zh());
        Err(expected(
            &format!("工单 {} 是“{is}”，应为“{wanted}”", found.number),
            &format!("ticket {} is {} instead of {}", found.number, found.stage.code(), stage.code()),
        ))
    }

    fn returned_and_handed_on(&mut self, ticket: TicketId) -> Result<(), Failure> {
        self.phone("wang")?.client().return_ticket(ticket, reason("outside_area")?, By::saying("在二网格一侧"))?;
        self.sync(&["wang", "sun"])?;
        self.expect("sun", ticket, Stage::Waiting)?;
        let to_second = Dispatch { lead: grid("WG02")?, cooperating: vec![], reason: reason("after_return").ok() };
        self.phone("sun")?.client().dispatch(ticket, to_second, By::default())?;
        self.sync(&["sun", "zhao"])?;
        self.expect("zhao", ticket, Stage::Dispatched)?;
        let hand_on = Dispatch { lead: grid("WG01")?, cooperating: vec![grid("WG02")?], reason: None };
        self.phone("zhao")?.client().dispatch(ticket, hand_on, By::saying("现场确认属一网格"))?;
        self.sync(&["zhao", "sun", "wang"])?;
        self.expect("wang", ticket, Stage::Dispatched)?;
        let detail = self.phone("sun")?.client().ticket(ticket)?;
        let kinds: Vec<_> = detail.history.iter().map(|row| row.kind_zh.as_str()).collect();
        self.teller.step(
            "returned_and_handed_on",
            "一网格退回，网格长改派二网格，二网格现场确认后移交一网格。",
            "Grid one returns a ticket, the manager dispatches it to grid two, and grid two hands it on to grid one.",
            json!({ "ticket": ticket, "history": kinds }),
        )?;
        self.teller.more(&format!("经过：{}", kinds.join(" → ")), "its history, in the hub's order")
    }

    fn rectify(&mut self, tag: &str, ticket: TicketId, grid: &str, words: &str) -> Result<(), Failure> {
        let at = middle_of(grid);
        let after = self.photo(tag, at, true)?;
        let done = Rectify {
            outcome: Outcome::Rectified,
            photos: vec![after],
            fix: Some(fix(at)),
            gate_reason: None,
            draft: None,
        };
        self.phone(tag)?.client().rectify(ticket, done, By::saying(words))?;
        Ok(())
    }

    fn manager_closes(&mut self, ticket: TicketId) -> Result<(), Failure> {
        self.phone("wang")?.client().accept(ticket, By::default())?;
        self.rectify("wang", ticket, "WG01", "已清运")?;
        self.sync(&["wang", "sun"])?;
        self.phone("sun")?.client().pass(ticket, Judge::default(), By::saying("到场核查，合格"))?;
        self.sync(&["sun", "wang", "li"])?;
        self.expect("li", ticket, Stage::Closed)?;
        self.teller.step(
            "grid_manager_closed",
            "网格员签收、处置并拍整改照，网格长核查结案；李红的手机上同样是“已结案”。",
            "The grid member accepts and rectifies with an after photo, the grid manager closes; Li Hong's phone says closed too.",
            json!({ "ticket": ticket }),
        )
    }

    fn supervisor_judges(&mut self, tickets: &Tickets) -> Result<(), Failure> {
        for (ticket, place) in [(tickets.structure, "WG02"), (tickets.second_structure, "WG03")] {
            self.phone("chen")?.client().accept(ticket, By::default())?;
            self.rectify("chen", ticket, place, "已拆除")?;
        }
        self.sync(&["chen", "zhou"])?;
        let zhou = self.phone("zhou")?.client();
        zhou.pass(tickets.structure, Judge::default(), By::default())?;
        let reasons = vec![reason("partly_done")?];
        zhou.send_back(
            tickets.second_structure,
            SendBack { judge: Judge::default(), reasons },
            By::saying("仍有骨架未拆"),
        )?;
        self.sync(&["zhou", "chen"])?;
        self.expect("chen", tickets.structure, Stage::Closed)?;
        self.expect("chen", tickets.second_structure, Stage::Accepted)?;
        self.teller.step(
            "supervisor_judged",
            "督查员对照前后照片：一件通过，一件返工；返工的整改时限从剩余时间继续。",
            "The supervisor compares before and after: passes one and sends one back, whose limit goes on with what was left.",
            json!({ "passed": tickets.structure, "sent_back": tickets.second_structure }),
        )
    }

    /// Both act without having seen the other; the hub's order decides.
    fn two_at_once(&mut self, ticket: TicketId) -> Result<(), Failure> {
        self.phone("wang")?.client().accept(ticket, By::default())?;
        let to_second = Dispatch { lead: grid("WG02")?, cooperating: vec![], reason: None };
        self.phone("sun")?.client().dispatch(ticket, to_second, By::default())?;
        self.sync(&["sun", "wang"])?;
        let late = self.phone("wang")?.client().too_late()?;
        let told = late.first().ok_or_else(|| expected("没有人被告知", "nobody was told"))?;
        let winner = told.winner.clone().ok_or_else(|| expected("没有先到者", "nobody came first"))?;
        let (what, who, when) = (winner.kind_zh, winner.name, winner.at);
        self.teller.step(
            "two_at_once",
            &format!("离线时王强签收、孙亮改派，几乎同时：先到者有效，王强被告知——{}（{what}，{who}，{}）。", told.zh.trim_end_matches('。'), clock_time(when)),
            &format!("Offline, Wang accepts while Sun dispatches: the first to arrive counts, and Wang is told: {} ({who}, {})", told.en, clock_time(when)),
            json!({ "ticket": ticket, "code": told.code, "winner": who }),
        )
    }

    fn member_changes_grid(&mut self) -> Result<(), Failure> {
        let before = self.phone("wang")?.client().digest()?.len();
        let moved: Vec<Someone> = people()
            .into_iter()
            .filter(|who| who.tag == "wang")
            .map(|who| Someone { acting: of_grid("WG02"), ..who })
            .collect();
        let records = moved.iter().map(Someone::record).collect();
        self.handle.block_on(self.hub.app.store.set_members(records, Vec::new()))?;
        self.sync(&["wang"])?;
        let wang = self.phone("wang")?.client();
        let rows = wang.work_list(None, None)?.rows;
        self.teller.step(
            "member_changed_grid",
            &format!("王强调到二网格：手机上一网格的工单撤下，二网格的工单补齐，现有 {} 件待办。", rows.len()),
            &format!("Wang moves to grid two: grid one's tickets leave the phone, grid two's are filled in; {} are to be done.", rows.len()),
            json!({ "work": rows.len(), "keys_before": before }),
        )?;
        self.teller.tickets(&rows)
    }

    fn proofs(&mut self, ticket: TicketId) -> Result<(), Failure> {
        let tags: Vec<&str> = self.phones.iter().map(|phone| phone.who.tag).collect();
        // Twice: what the first round brings to the hub, the second brings to everybody.
        self.sync(&tags)?;
        self.sync(&tags)?;
        let file = evidence(self.phone("li")?.client(), ticket)?;
        let hub_key = self.handle.block_on(self.hub.app.store.hello())?.hub_key;
        let proven = verify(&file, &hub_key.0)?;
        let mut altered = file.clone();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        let caught = verify(&altered, &hub_key.0).is_err();
        self.teller.step(
            "verified",
            &format!("证据文件（{} 个事件，{} 个照片文件）离线验证通过；改动一个字节即被发现：{caught}。", proven.events.len(), proven.blobs.len()),
            &format!("The ticket's file ({} events, {} photo files) is proven without the hub; one altered byte is caught: {caught}.", proven.events.len(), proven.blobs.len()),
            json!({ "events": proven.events.len(), "altered_byte_caught": caught }),
        )?;
        if !caught {
            return Err(expected("改动未被发现", "an altered byte went unnoticed"));
        }
        self.equal_digests()
    }

    fn equal_digests(&mut self) -> Result<(), Failure> {
        let mut digests = Vec::new();
        let mut equal = true;
        for phone in &self.phones {
            let (keys, own) = phone.digest()?;
            let sums = self.handle.block_on(self.hub.app.store.digests(keys))?;
            let hub = digest_of(sums);
            equal &= own == hub;
            digests.push(json!({ "replica": phone.who.tag, "digest": own, "hub": hub }));
        }
        self.teller.step(
            "digests",
            &format!("{} 部手机与中心逐键比对摘要：{}。", digests.len(), if equal { "全部一致" } else { "不一致" }),
            &format!(
                "{} phones compare digests with the hub: {}.",
                digests.len(),
                if equal { "all equal" } else { "NOT equal" }
            ),
            json!({ "equal": equal }),
        )?;
        self.teller.end(&json!({ "digests": digests }))?;
        if equal { Ok(()) } else { Err(expected("摘要不一致", "digests differ")) }
    }
}

fn reason(code: &str) -> Result<ReasonCode, Failure> {
    code.parse().map_err(|_| expected("原因代码有误", "a reason code is malformed"))
}

fn grid(code: &str) -> Result<Holder, Failure> {
    code.parse().map(Holder::Grid).map_err(|_| expected("网格代码有误", "a grid code is malformed"))
}
