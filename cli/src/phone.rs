//! A phone at a desk: every act and every look that a phone offers, on a data folder of its own. Works offline but for
//! `enrol`, `sync`, `rekey` and `evidence-file`.

mod arguments;
mod device;
mod file;
mod list;
mod look;
mod names;
mod news;
mod refer;
mod report;
mod review;
mod show;
mod steer;
mod sync;
mod work;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use redvest_client::Client;
use redvest_client::commands::Done;
use redvest_client::vault::FileVault;
use redvest_domain::time::Timestamp;

use crate::cli::Ctx;
use crate::failure::Failure;
use crate::hub::platform_folder;
use crate::now::GivenEnv;

/// What a phone does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 用登记码登记这台设备 || Enrol this device with a code
    Enrol(device::Enrol),
    /// 与中心同步：送出、取回、传照片 || Sync with the hub: send, fetch, move photos
    Sync(sync::Sync),
    /// 显示还有什么没送出、上次何时同步 || Show what waits, and when the last sync was
    Status,
    /// 检查本机数据是否完好 || Check that everything held here is whole
    Doctor,
    /// 写出故障报告所需的情况，不含个人信息 || Write what a bug report needs, with nothing personal in it
    Diagnostic,
    /// 数据被复制或由备份恢复后更换密钥 || Take a new key after the data was cloned or restored
    Rekey(device::Rekey),
    /// 显示本机持有的事件 || Show the events held here
    Log(look::Log),
    /// 上报一处问题 || Report a violation
    Report(report::Report),
    /// 显示照片：未上报的，或一件工单的 || Show photos: those on no ticket yet, or a ticket's
    Photos(look::Photos),
    /// 列出工单 || List tickets
    List(list::List),
    /// 显示一件工单的全部情况 || Show everything about a ticket
    Show(look::Show),
    /// 列出附近未办结的工单 || List open tickets near a position
    Near(look::Near),
    /// 按文字和编号查找工单 || Find tickets by words and numbers
    Search(list::Search),
    /// 显示各范围的数据摘要 || Show the digest of each key
    Digest,
    /// 列出可用的编码：事项、网格、单位、原因 || List the codes to choose from: categories, grids, agencies, reasons
    Names(names::Names),
    /// 签收 || Accept a ticket
    Accept(work::Accept),
    /// 退回：不属于本网格或本单位 || Return a ticket that is not ours
    Return(work::Return),
    /// 处置完成 || Say that it is put right
    Rectify(work::Rectify),
    /// 协办单位报告本方部分 || Report the part of a cooperating agency
    Contribute(work::Contribute),
    /// 补充照片或说明 || Add photos or words
    Evidence(work::Evidence),
    /// 留言 || Leave a comment
    Comment(work::Comment),
    /// 申请挂账或延期 || Ask for a suspension or an extension
    #[command(subcommand)]
    Ask(work::Ask),
    /// 派遣或移交 || Dispatch, or hand on
    Dispatch(steer::Dispatch),
    /// 同意挂账或延期 || Grant a suspension or an extension
    Grant(steer::Grant),
    /// 不同意申请 || Deny what was asked for
    Deny(steer::Plain),
    /// 提前恢复挂账的工单 || End a suspension early
    Resume(steer::Plain),
    /// 催办 || Remind the holder
    Remind(steer::Plain),
    /// 督办 || Urge a holder
    Urge(steer::Whom),
    /// 黄牌 || Give a yellow card
    Card(steer::Whom),
    /// 更改事项类别 || Change the category
    Recategorise(steer::Recategorise),
    /// 更改位置 || Change the place
    Relocate(steer::Relocate),
    /// 作废 || Void a ticket
    Void(steer::Void),
    /// 列出等我核查的工单 || List what waits for my review
    Review(list::Review),
    /// 核查通过 || Pass a rectification
    Pass(review::Pass),
    /// 返工 || Send work back
    SendBack(review::SendBack),
    /// 重开误结的工单 || Reopen a ticket that was wrongly closed
    Reopen(review::Reopen),
    /// 评判一张照片 || Judge one photo
    ReviewPhoto(review::ReviewPhoto),
    /// 列出被拒收的工作 || List work that was refused
    Refused,
    /// 列出来迟的工作 || List work that came too late
    TooLate,
    /// 不再显示一条被拒收或来迟的工作 || Stop showing work that was refused or too late
    Dismiss(news::Dismiss),
    /// 向中心取得一件工单的证据文件 || Fetch the evidence file of a ticket from the hub
    EvidenceFile(file::EvidenceFile),
}

impl Command {
    pub(crate) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let phone = Phone::open(ctx, matches!(self, Command::Enrol(_)))?;
        match self {
            Command::Enrol(enrol) => enrol.run(&phone),
            Command::Sync(sync) => sync.run(&phone),
            Command::Status => device::status(&phone),
            Command::Doctor => device::doctor(&phone),
            Command::Diagnostic => device::diagnostic(&phone),
            Command::Rekey(rekey) => rekey.run(&phone),
            Command::Log(log) => log.run(&phone),
            Command::Report(report) => report.run(&phone),
            Command::Photos(photos) => photos.run(&phone),
            Command::List(list) => list.run(&phone),
            Command::Review(review) => review.run(&phone),
            Command::Show(show) => show.run(&phone),
            Command::Near(near) => near.run(&phone),
            Command::Search(search) => search.run(&phone),
            Command::Digest => look::digest(&phone),
            Command::Names(names) => names.run(&phone),
            Command::Accept(accept) => accept.run(&phone),
            Command::Return(back) => back.run(&phone),
            Command::Rectify(rectify) => rectify.run(&phone),
            Command::Contribute(contribute) => contribute.run(&phone),
            Command::Evidence(evidence) => evidence.run(&phone),
            Command::Comment(comment) => comment.run(&phone),
            Command::Ask(ask) => ask.run(&phone),
            Command::Dispatch(dispatch) => dispatch.run(&phone),
            Command::Grant(grant) => grant.run(&phone),
            Command::Deny(deny) => deny.run(&phone, Client::deny),
            Command::Resume(resume) => resume.run(&phone, Client::resume_clocks),
            Command::Remind(remind) => remind.run(&phone, Client::remind),
            Command::Urge(urge) => urge.run(&phone, Client::urge),
            Command::Card(card) => card.run(&phone, Client::card),
            Command::Recategorise(change) => change.run(&phone),
            Command::Relocate(relocate) => relocate.run(&phone),
            Command::Void(void) => void.run(&phone),
            Command::Pass(pass) => pass.run(&phone),
            Command::SendBack(back) => back.run(&phone),
            Command::Reopen(reopen) => reopen.run(&phone),
            Command::ReviewPhoto(photo) => photo.run(&phone),
            Command::Refused => news::list(&phone, &phone.client.refused()?),
            Command::TooLate => news::list(&phone, &phone.client.too_late()?),
            Command::Dismiss(dismiss) => dismiss.run(&phone),
            Command::EvidenceFile(file) => file.run(&phone),
        }
    }
}

/// Opens a phone's data folder, making it if it is missing; the wall clock is held at `now` if that is given.
///
/// # Errors
/// `already_open` when another program uses it, and what else keeps the database from opening.
pub(crate) fn open_client(folder: &Path, now: Option<Timestamp>) -> Result<Client, Failure> {
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What somebody reports and photographs is nobody else's business on a shared computer.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(Failure::file(folder))?;
    }
    let vault = Box::new(FileVault::new(folder.join("secrets")));
    Ok(Client::open(folder, Arc::new(GivenEnv::new(now)), vault)?)
}

/// The phone that a command works on.
pub(crate) struct Phone {
    client: Arc<Client>,
    ctx: Ctx,
}

impl Phone {
    /// Opens the data folder; only enrolment makes a new one.
    fn open(ctx: &Ctx, make: bool) -> Result<Phone, Failure> {
        let folder = data_folder(ctx.data.as_deref());
        if !make && !folder.join("secrets").exists() {
            return Err(redvest_client::Error::NotEnrolled.into());
        }
        Ok(Phone { client: Arc::new(open_client(&folder, ctx.now)?), ctx: ctx.clone() })
    }

    /// The offset from UTC that local times are typed and shown in: that of the calendar in force.
    fn offset_minutes(&self) -> i32 {
        let reference = self.client.store().reference();
        reference
            .calendar(&reference.policy().calendar)
            .map_or(crate::parse::CHINA_MINUTES, |found| found.offset_minutes)
    }

    /// A local date and time for people.
    fn local(&self, at: Timestamp) -> String {
        crate::due::local_short(at, self.offset_minutes())
    }

    /// Says what was written. It is on the disk by now.
    fn done(&self, done: &Done, zh: &str, en: &str) -> Result<(), Failure> {
        let out = self.ctx.out;
        out.object(done)?;
        let (number, stage) = (&done.row.number, out.pick(&done.row.stage_zh, done.row.stage.code()));
        out.say(
            &format!("{zh}：{number}（{stage}），已存在本机。"),
            &format!("{en}: {number} ({stage}), safe on this device."),
        )?;
        if done.row.clock_starts_when_sent {
            out.note("时限从送达中心时起算；请尽快同步。", "The clock starts when it is sent; sync soon.");
        }
        if done.row.probably_late > 0 {
            out.note(
                "注意：可能已有人先办理，这次可能来迟。",
                "Note: somebody may have been first; this probably comes too late.",
            );
        }
        Ok(())
    }
}

/// The phone's data folder: `--data`, then `REDVEST_DATA`, then `phone` in the platform's folder for data.
pub(crate) fn data_folder(given: Option<&Path>) -> PathBuf {
    let own = || std::env::var_os("REDVEST_DATA").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    given.map(Path::to_owned).or_else(own).unwrap_or_else(|| platform_folder().join("phone"))
}
