//! How tickets look in a terminal.

use redvest_client::view::{Pressing, TicketDetail, TicketRow};
use redvest_domain::event::ClockName;

use super::Phone;
use crate::failure::Failure;

impl Phone {
    /// Prints tickets: a table for people, an object each for programs.
    pub(super) fn rows(&self, rows: &[TicketRow]) -> Result<(), Failure> {
        for row in rows {
            self.ctx.out.object(row)?;
        }
        let header = [
            ("编号", "number"),
            ("事项", "category"),
            ("阶段", "stage"),
            ("地点", "place"),
            ("主办", "lead"),
            ("到期", "due"),
            ("提示", "notes"),
        ];
        self.ctx.out.table(&header, rows.iter().map(|row| self.cells(row)).collect())
    }

    fn cells(&self, row: &TicketRow) -> Vec<String> {
        let out = self.ctx.out;
        let place = [row.grid_zh.clone(), row.place.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let place = match row.distance_m {
            Some(metres) => format!("{metres} m {place}"),
            None => place,
        };
        vec![
            row.number.clone(),
            row.category_zh.clone(),
            out.pick(&row.stage_zh, row.stage.code()).to_owned(),
            place,
            row.lead_zh.clone().unwrap_or_default(),
            row.due.map(|due| self.local(due)).unwrap_or_default(),
            self.notes(row).join(out.pick("、", ", ")),
        ]
    }

    /// What deserves a look.
    fn notes(&self, row: &TicketRow) -> Vec<String> {
        let pick = |zh: &str, en: &str| self.ctx.out.pick(zh, en).to_owned();
        let mut notes = Vec::new();
        match row.pressing {
            Pressing::OnTime => {}
            Pressing::DueSoon => notes.push(pick("即将到期", "due soon")),
            Pressing::Overdue => notes.push(pick("超期", "overdue")),
            Pressing::NobodyTookIt => notes.push(pick("无人签收", "nobody took it")),
        }
        if let Some(until) = row.suspended_until {
            notes.push(format!("{} {}", pick("挂账至", "suspended until"), self.local(until)));
        }
        let counts = [
            (row.passed_around, pick("推诿", "passed around")),
            (row.asks, pick("有申请", "asks")),
            (row.carded > 0, pick("黄牌", "carded")),
            (row.urged > 0, pick("督办", "urged")),
            (row.reminded > 0, pick("催办", "reminded")),
            (row.clock_starts_when_sent, pick("未送达", "not sent")),
            (row.pending > 0 && !row.clock_starts_when_sent, pick("有未送出", "pending")),
            (row.probably_late > 0, pick("可能来迟", "probably late")),
            (row.former, pick("已转出", "former")),
            (row.needs_update, pick("需升级", "needs update")),
        ];
        notes.extend(counts.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note));
        notes
    }

    /// Prints a ticket's own screen.
    pub(super) fn detail(&self, detail: &TicketDetail) -> Result<(), Failure> {
        let out = self.ctx.out;
        out.object(detail)?;
        let row = &detail.row;
        let position = row.pin.map(|pin| format!("{:.6},{:.6}", pin.lat(), pin.lon())).unwrap_or_default();
        let local_number = row.local_number.clone().filter(|local| *local != row.number).unwrap_or_default();
        out.fields(&[
            ("编号", "Number", row.number.clone()),
            ("本机号", "Phone's number", local_number),
            ("标识", "Id", row.ticket.to_string()),
            ("事项", "Category", format!("{} {}", row.category, row.category_zh)),
            ("阶段", "Stage", out.pick(&row.stage_zh, row.stage.code()).to_owned()),
            ("轮次", "Round", if row.round > 1 { row.round.to_string() } else { String::new() }),
            ("上报人", "Reporter", row.reporter.clone()),
            ("上报时间", "Reported", self.local(row.reported)),
            ("网格", "Grid", row.grid_zh.clone().unwrap_or_default()),
            ("位置", "Position", position),
            ("地点", "Place", row.place.clone().unwrap_or_default()),
            ("说明", "Words", row.words.clone().unwrap_or_default()),
            ("主办", "Lead", row.lead_zh.clone().unwrap_or_default()),
            ("协办", "Cooperating", detail.cooperating_zh.join(out.pick("、", ", "))),
            ("提示", "Notes", self.notes(row).join(out.pick("、", ", "))),
            ("存疑", "Marks", detail.marks.join(out.pick("、", ", "))),
        ])?;
        let clocks = detail.clocks.iter().filter(|clock| clock.due.is_some() || clock.remaining_ms.is_some());
        let clocks = clocks.map(|clock| {
            vec![
                self.clock(clock.clock).to_owned(),
                clock.due.map(|due| self.local(due)).unwrap_or_default(),
                clock.remaining_ms.map(crate::due::signed_span).unwrap_or_default(),
                match (clock.running, clock.in_time) {
                    (true, _) => out.pick("计时中", "running"),
                    (false, Some(true)) => out.pick("按时", "in time"),
                    (false, Some(false)) => out.pick("超期", "late"),
                    (false, None) => out.pick("停表", "stands"),
                }
                .to_owned(),
            ]
        });
        out.table(&[("时限", "clock"), ("到期", "due"), ("剩余", "left"), ("状态", "state")], clocks.collect())?;
        self.history(detail)
    }

    fn history(&self, detail: &TicketDetail) -> Result<(), Failure> {
        let out = self.ctx.out;
        let rows = detail.history.iter().map(|event| {
            let late = event.late.as_ref().map(|late| {
                let at = self.local(late.winner_at);
                format!(
                    "{}（{} {} {at}）",
                    out.pick(&late.zh, &late.en),
                    late.winner,
                    out.pick(&late.winner_kind_zh, &late.winner_kind_en)
                )
            });
            let pending = event.pending.map(|_| out.pick("未确认", "pending").to_owned());
            let erased = event.erased.then(|| out.pick("（已清除）", "(erased)").to_owned());
            let photos = (event.photos > 0).then(|| format!("{} {}", event.photos, out.pick("张照片", "photos")));
            let about = event.about_zh.as_ref().zip(event.about_en.as_ref());
            let about = about.map(|(zh, en)| out.pick(zh, en).to_owned());
            let parts = [about, event.words.clone(), erased, photos, pending, late];
            vec![
                self.local(event.received),
                out.pick(&event.kind_zh, &event.kind_en).to_owned(),
                event.author.clone(),
                parts.into_iter().flatten().collect::<Vec<_>>().join("  "),
            ]
        });
        out.table(&[("时间", "when"), ("事件", "event"), ("经办", "who"), ("内容", "what")], rows.collect())
    }

    fn clock(&self, clock: ClockName) -> &'static str {
        let (zh, en) = match clock {
            ClockName::Dispatch => ("派遣", "dispatch"),
            ClockName::Accept => ("签收", "accept"),
            ClockName::Rectify => ("处置", "rectify"),
            ClockName::Review => ("核查", "review"),
        };
        self.ctx.out.lang.pick(zh, en)
    }
}
