//! The story, first part: founding, enrolment, a morning without reception, and the network's return.

use std::path::Path;

use redvest_client::commands::{By, OnTheSpot, Report};
use redvest_client::queries::Mine;
use redvest_domain::event::Outcome;
use redvest_domain::id::{CategoryCode, Hash, TicketId};
use redvest_domain::invitation::Invitation;
use redvest_domain::place::{Fix, FixSource, Position};
use redvest_domain::time::{HOUR_MS, Timestamp};
use redvest_hub::serve::Running;
use serde_json::json;
use tokio::runtime::Handle;

use super::district::{middle_of, people};
use super::phone::{Phone, expected};
use super::pictures::Pictures;
use super::tell::Teller;
use crate::failure::Failure;
use crate::out::Out;

/// Exposed litter: goes to the grid; a grid manager closes it.
pub(super) const LITTER: &str = "M06010";
/// Unauthorised structures: goes to the agency; a supervisor judges each.
pub(super) const STRUCTURE: &str = "M06001";
/// A cigarette end: somebody is persuaded; nothing to review.
const CIGARETTE: &str = "X201";

/// Everything that the story happens to.
pub(super) struct Story<'a> {
    pub(super) hub: &'a Running,
    pub(super) handle: Handle,
    pub(super) teller: Teller,
    pub(super) phones: Vec<Phone>,
    pub(super) pictures: Pictures,
    folder: &'a Path,
}

/// The tickets that the story follows.
pub(super) struct Tickets {
    pub(super) litter: TicketId,
    pub(super) second_litter: TicketId,
    pub(super) structure: TicketId,
    pub(super) second_structure: TicketId,
}

impl<'a> Story<'a> {
    pub(super) fn new(
        out: Out,
        hub: &'a Running,
        handle: Handle,
        folder: &'a Path,
        photos: Option<&Path>,
    ) -> Result<Story<'a>, Failure> {
        let now = hub.app.store.now();
        let pictures = Pictures::new(photos, folder.join("camera"), now)?;
        Ok(Story { hub, handle, teller: Teller::new(out), phones: Vec::new(), pictures, folder })
    }

    /// Tells all of it.
    pub(super) fn tell(mut self) -> Result<(), Failure> {
        self.enrolment()?;
        let tickets = self.morning()?;
        self.network_returns()?;
        self.work(&tickets)
    }

    pub(super) fn phone(&self, tag: &str) -> Result<&Phone, Failure> {
        let found = self.phones.iter().find(|phone| phone.who.tag == tag);
        found.ok_or_else(|| expected("缺少一部手机", "a phone is missing"))
    }

    fn enrolment(&mut self) -> Result<(), Failure> {
        let store = &self.hub.app.store;
        for who in people().into_iter().filter(|who| who.tag != "wu") {
            let secret = self.handle.block_on(store.invite(who.member(), HOUR_MS))?;
            let invitation = Invitation { hub: self.hub.address.clone(), pin: self.hub.pin, secret };
            let phone = Phone::open(who.clone(), self.folder.join(who.tag))?;
            phone.enrol(&invitation)?;
            phone.sync()?;
            self.phones.push(phone);
        }
        let names: Vec<_> = self.phones.iter().map(|phone| phone.who.name).collect();
        self.teller.step(
            "enrolled",
            &format!("中心在 {} 启动；{} 用一次性登记码登记，证书按登记码核对。", self.hub.address, names.join("、")),
            &format!(
                "The hub serves at {}; {} phones enrol with one-time codes and check its certificate against them.",
                self.hub.address,
                names.len()
            ),
            json!({ "hub": self.hub.address, "phones": names }),
        )
    }

    /// Reports without any network: nothing here touches the hub.
    fn morning(&mut self) -> Result<Tickets, Failure> {
        let litter = self.report("li", LITTER, "WG01", "北门东侧一堆暴露垃圾")?;
        let second_litter = self.report("li", LITTER, "WG01", "公交站旁垃圾外溢")?;
        let structure = self.report("li", STRUCTURE, "WG02", "楼顶正在搭建彩钢房")?;
        let second_structure = self.report("li", STRUCTURE, "WG03", "院内加盖雨棚")?;
        self.teller.step(
            "reported_offline",
            "没有信号：李红上报四起问题，每起都带照片，先落盘再返回。",
            "No reception: Li Hong reports four violations with photos; each is on the disk before the command returns.",
            json!({ "tickets": [litter, second_litter, structure, second_structure] }),
        )?;
        self.killed()?;
        self.on_the_spot()?;
        Ok(Tickets { litter, second_litter, structure, second_structure })
    }

    fn report(&mut self, tag: &str, category: &str, grid: &str, words: &str) -> Result<TicketId, Failure> {
        let pin = middle_of(grid);
        let photo = self.photo(tag, pin, false)?;
        let report =
            Report { pin: Some(pin), fix: Some(fix(pin)), photos: vec![photo], ..Report::new(code(category)?) };
        Ok(self.phone(tag)?.client().report(report, By::saying(words))?.ticket)
    }

    /// Takes a photo and imports it.
    pub(super) fn photo(&mut self, tag: &str, at: Position, after: bool) -> Result<Hash, Failure> {
        let path = self.pictures.take(at, after, 1600)?;
        Ok(self.phone(tag)?.client().import_photo(&path)?.hash)
    }

    /// A report of several large photos is killed after the first of them is safe.
    fn killed(&mut self) -> Result<(), Failure> {
        let at = middle_of("WG02");
        let mut arguments: Vec<String> =
            ["report", "--category", LITTER, "--grid", "WG02", "--gate-reason", "signal"].map(str::to_owned).into();
        for _ in 0..4 {
            let path = self.pictures.take(at, false, 4000)?;
            arguments.extend(["--photo".to_owned(), path.display().to_string()]);
        }
        let index = self.phones.iter().position(|phone| phone.who.tag == "li");
        let index = index.ok_or_else(|| expected("缺少一部手机", "a phone is missing"))?;
        let phone = self.phones.swap_remove(index);
        let before = originals_in(&phone.folder);
        let (phone, killed) = phone.kill_in_the_middle(&arguments, |folder| originals_in(folder) > before)?;
        let unbound = phone.client().unbound_photos()?;
        let health = phone.client().doctor()?;
        let kept = unbound.len();
        let is_whole = health.findings.is_empty();
        let photos: Vec<Hash> = unbound.iter().map(|photo| photo.hash).collect();
        self.phones.push(phone);
        self.teller.step(
            "killed",
            &format!("上报进程中途被强制结束；重新打开后数据完好，{kept} 张已导入的照片仍在等待使用。"),
            &format!("The reporting process is killed in the middle; reopened, the store is whole and offers {kept} imported photos again."),
            json!({ "killed": killed, "whole": is_whole, "unbound_photos": kept }),
        )?;
        if !is_whole {
            return Err(expected("数据不完整", "the store is not whole"));
        }
        if !photos.is_empty() {
            let report = Report { pin: Some(at), fix: Some(fix(at)), photos, ..Report::new(code(LITTER)?) };
            self.phone("li")?.client().report(report, By::saying("接着上报刚才没报完的垃圾"))?;
        }
        Ok(())
    }

    fn on_the_spot(&mut self) -> Result<(), Failure> {
        let pin = middle_of("WG01");
        let (before, after) = (self.photo("li", pin, false)?, self.photo("li", pin, true)?);
        let swept = OnTheSpot { outcome: Outcome::Rectified, photos: vec![after], words: Some("已清扫".to_owned()) };
        let report = Report {
            pin: Some(pin),
            fix: Some(fix(pin)),
            photos: vec![before],
            on_the_spot: Some(swept),
            ..Report::new(code(LITTER)?)
        };
        let li = self.phone("li")?.client();
        li.report(report, By::saying("人行道上的纸屑"))?;
        let persuaded =
            OnTheSpot {
                outcome: Outcome::Persuaded, photos: vec![], words: Some("已劝导，当事人捡起".to_owned())
            };
        let cigarette = Report {
            pin: Some(pin),
            fix: Some(fix(pin)),
            on_the_spot: Some(persuaded),
            ..Report::new(code(CIGARETTE)?)
        };
        li.report(cigarette, By::saying("行人乱扔烟头"))?;
        let home = li.home()?;
        let waiting: u64 = home.photos.iter().map(|waiting| waiting.files).sum();
        let rows = li.mine(Mine::Reported, None)?.rows;
        self.teller.step(
            "on_the_spot",
            &format!("立行立改一处，劝导一次。首页显示：{} 条记录、{waiting} 个照片文件待上传。", home.events_waiting),
            &format!(
                "One put right on the spot, one person persuaded. Home says: {} events and {waiting} photo files wait.",
                home.events_waiting
            ),
            json!({ "events_waiting": home.events_waiting, "photo_files_waiting": waiting }),
        )?;
        self.teller.tickets(&rows)
    }

    fn network_returns(&mut self) -> Result<(), Failure> {
        let pushed = self.phone("li")?.sync()?;
        for phone in &self.phones {
            phone.sync()?;
        }
        self.teller.step(
            "network_returned",
            &format!("信号恢复：{} 条记录入库编号，{} 个照片文件上传并逐一核对。", pushed.accepted, pushed.sent),
            &format!(
                "The network returns: {} events get their numbers, {} photo files arrive and are checked.",
                pushed.accepted, pushed.sent
            ),
            json!({ "accepted": pushed.accepted, "photo_files": pushed.sent, "bytes": pushed.sent_bytes }),
        )?;
        self.teller.tickets(&self.phone("zhou")?.client().work_list(None, None)?.rows)?;
        self.teller.tickets(&self.phone("li")?.client().mine(Mine::Reported, None)?.rows)
    }
}

/// A good fix at a position.
pub(super) fn fix(position: Position) -> Fix {
    Fix { position, accuracy_cm: Some(800), source: FixSource::Satellite, age_ms: 1_200, mock: false }
}

fn code(text: &str) -> Result<CategoryCode, Failure> {
    text.parse().map_err(|_| expected("事项代码有误", "a category code is malformed"))
}

/// Originals in a data folder.
fn originals_in(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("originals")).map_or(0, Iterator::count)
}

/// Hours and minutes in China, for sentences.
pub(super) fn clock_time(at: Timestamp) -> String {
    at.plus_ms(8 * HOUR_MS).to_utc().format("%H:%M").to_string()
}
