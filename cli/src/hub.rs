//! The hub's commands. All but `init` and `serve` are orders to the office's workspace: they open the data folder when
//! it is free and go to the hub that serves it otherwise, with the same outcome and the same output.

mod confirm;
mod documents;
mod exports;
mod forget;
mod log;
mod people;
mod refused;
pub(crate) mod serve;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use redvest_hub::clerk::{Language, RowFault};
use redvest_hub::orders::{Office, Order, Reply};

pub(crate) use self::serve::stop_signal;

use crate::cli::{Ctx, log_to_stderr};
use crate::failure::{Exit, Failure, Input};
use crate::now::hub_clock;

/// What the hub's operator can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 建立新的工作区（一个区县的创建活动） || Set up a new workspace: one district's campaign
    Init(serve::Init),
    /// 运行中心，直到收到停止信号 || Run the hub until it is told to stop
    Serve(serve::Serve),
    /// 检查并显示中心设置 || Check the settings and print them
    CheckConfig(serve::CheckConfig),
    /// 显示工作区的状态和公钥 || Show where the workspace stands, and its public key
    Status,
    /// 人员：从表格导入 || People: import a table
    #[command(subcommand)]
    People(people::People),
    /// 责任单位：从表格导入 || Agencies: import a table
    #[command(subcommand)]
    Agencies(documents::Import),
    /// 网格：从表格或 GeoJSON 导入 || Grids: import a table or GeoJSON
    #[command(subcommand)]
    Grids(documents::ImportGrids),
    /// 包联路段、点位：从表格导入 || Duty roads and points: import a table
    #[command(subcommand)]
    Duties(documents::Import),
    /// 工作日历：导入 || The calendar: import a file
    #[command(subcommand)]
    Calendar(documents::Import),
    /// 工作规则：导入 || The policy: import a file
    #[command(subcommand)]
    Policy(documents::Import),
    /// 事项目录：导入 || The catalogue: import a file
    #[command(subcommand)]
    Catalogue(documents::Import),
    /// 发布一份现成的资料（JSON） || Publish a finished document (JSON)
    #[command(
        long_about = "发布一份现成的资料（JSON）。\n\n先显示与现行资料的差别，确认后才发布；只看差别用 --dry-run。各设备下次同步时取得，已有工单的条款不变。 || Publish a finished document (JSON).\n\nIt first shows what changes and asks; --dry-run only shows. Every device gets it with its next sync; terms of tickets that exist do not change."
    )]
    Publish(documents::Publish),
    /// 写出空白表格，供填写后导入 || Write an empty table to fill in and import
    Template(documents::Template),
    /// 为一名成员开一次性登记码 || Make a one-time enrolment code for a member
    #[command(
        long_about = "为一名成员开一次性登记码。\n\n登记码写明中心地址和证书指纹，只能登记一台设备；中心只保存它的摘要，请当场交给本人。 || Make a one-time enrolment code for a member.\n\nThe code names the hub's address and certificate and enrols one device. The hub keeps its hash alone, so hand it over now."
    )]
    Invite(people::Invite),
    /// 列出成员 || List the members
    Members,
    /// 清除名册中一名成员的姓名、职务、电话 || Forget a member's name, title and telephone number
    #[command(
        long_about = "清除名册中一名成员的姓名、职务、电话。\n\n名册不在事件日志里，所以可以清除；日志、工单和证据只留编号。不改变权限：离岗请用 people import --leaving。已取得姓名的手机仍会显示它。再次导入含此人的表格会重新写入。 || Forget a member's name, title and telephone number.\n\nThe directory lies outside the log, so it can be erased; log, tickets and evidence keep the id alone. Rights stay: for somebody who left, use `people import --leaving`. Phones that were told the name keep showing it. Importing a table with this person sets them again."
    )]
    Forget(forget::Forget),
    /// 列出设备 || List the devices
    Devices,
    /// 停用一台设备 || End a device's access
    #[command(
        long_about = "停用一台设备。\n\n它的下一次请求即被拒绝，已接收的工作仍在。不知在谁手里时用 --lost。 || End a device's access.\n\nIts next request is refused; what was accepted stays. Say --lost when nobody knows who holds it."
    )]
    Revoke(people::Revoke),
    /// 导出台账或超期清单 || Export the ledger or the overdue list
    Export(exports::Export),
    /// 导出全部事件，每行一个 JSON || Export every event, one JSON a line
    ExportLog(log::ExportLog),
    /// 写出一件工单的证据文件 || Write a ticket's evidence file
    EvidenceFile(log::EvidenceFile),
    /// 列出可以补录的被拒收的工作 || List refused work that can be admitted
    #[command(
        long_about = "列出可以补录的被拒收的工作。\n\n每行是一次操作，第一列的编号用于 redvest hub admit。 || List refused work that can be admitted.\n\nEach row is one action; its first column is what `redvest hub admit` takes."
    )]
    Refused,
    /// 补录一次被拒收的工作 || Admit a refused piece of work
    #[command(
        long_about = "补录一次被拒收的工作，编号见 redvest hub refused。\n\n它按现在的顺序进入工单，并注明由谁补录；设备下次同步时得知。 || Admit a refused piece of work; `redvest hub refused` lists them.\n\nIt enters its ticket now, marked with who admitted it; its device hears of it with its next sync."
    )]
    Admit(log::Admit),
    /// 清除事件中的文字 || Erase the words of events
    Erase(log::Erase),
    /// 从备份恢复后开启新纪元 || Open a new epoch after restoring a backup
    OpenEpoch(log::OpenEpoch),
    /// 从事件日志重建各状态表 || Rebuild the tables of state from the log
    Rebuild,
    /// 声明某编号以前的内容已有经过验证的备份 || Say that a verified backup holds everything up to a number
    #[command(
        long_about = "声明某编号以前的内容已有经过验证的备份。\n\n各设备随后可以清理编号以前已上传的照片原件；不能收回。请在试恢复成功之后执行，而不是复制之后。 || Say that a verified backup holds everything up to a number.\n\nDevices may then free originals that were bound up to there; it never goes back. Say it after a trial restore, not after a copy."
    )]
    Safe {
        /// 编号 || The number
        number: u64,
    },
}

impl Command {
    pub(crate) fn run(self, ctx: &Ctx) -> Result<Exit, Failure> {
        if !matches!(self, Command::Serve(_)) {
            log_to_stderr("warn", false);
        }
        match self {
            Command::Init(init) => init.run(ctx)?,
            Command::Serve(serve) => serve.run(ctx)?,
            Command::CheckConfig(check) => check.run(ctx)?,
            Command::Status => serve::status(ctx)?,
            Command::People(people) => people.run(ctx)?,
            Command::Agencies(import) => import.run(ctx, documents::Kind::Agencies)?,
            Command::Grids(import) => import.run(ctx)?,
            Command::Duties(import) => import.run(ctx, documents::Kind::Duties)?,
            Command::Calendar(import) => import.run(ctx, documents::Kind::Calendar)?,
            Command::Policy(import) => import.run(ctx, documents::Kind::Policy)?,
            Command::Catalogue(import) => import.run(ctx, documents::Kind::Catalogue)?,
            Command::Publish(publish) => publish.run(ctx)?,
            Command::Template(template) => template.run(ctx)?,
            Command::Invite(invite) => invite.run(ctx)?,
            Command::Members => people::members(ctx)?,
            Command::Forget(forget) => forget.run(ctx)?,
            Command::EvidenceFile(file) => file.run(ctx)?,
            Command::Refused => refused::refused(ctx)?,
            Command::Devices => people::devices(ctx)?,
            Command::Revoke(revoke) => revoke.run(ctx)?,
            Command::Export(export) => export.run(ctx)?,
            Command::ExportLog(export) => export.run(ctx)?,
            Command::Admit(admit) => admit.run(ctx)?,
            Command::Erase(erase) => erase.run(ctx)?,
            Command::OpenEpoch(open) => open.run(ctx)?,
            Command::Rebuild => log::rebuild(ctx)?,
            Command::Safe { number } => log::safe(ctx, number)?,
        }
        Ok(Exit::Done)
    }
}

/// The hub's data folder: `--data`, then `REDVEST_HUB_DATA`, then `hub` in the platform's folder for data.
pub fn data_folder(given: Option<&Path>) -> PathBuf {
    let own = || std::env::var_os("REDVEST_HUB_DATA").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    given.map(Path::to_owned).or_else(own).unwrap_or_else(|| platform_folder().join("hub"))
}

/// The folder in which programs of this user keep their data, with our own name.
pub fn platform_folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || variable("HOME").or_else(|| variable("USERPROFILE")).unwrap_or_default();
    let folder = if cfg!(target_os = "macos") {
        home().join("Library/Application Support")
    } else if cfg!(windows) {
        variable("LOCALAPPDATA").unwrap_or_else(home)
    } else {
        variable("XDG_DATA_HOME").unwrap_or_else(|| home().join(".local/share"))
    };
    folder.join("redvest")
}

/// Opens the way to the workspace of the data folder, does something with it, and closes it.
pub(crate) fn with_office<T, F, Fut>(ctx: &Ctx, work: F) -> Result<T, Failure>
where
    F: FnOnce(Office) -> Fut,
    Fut: Future<Output = Result<T, Failure>>,
{
    let data = data_folder(ctx.data.as_deref());
    runtime()?.block_on(async {
        let office = Office::open(&data, hub_clock(ctx.now)).await?;
        let done = work(office.clone()).await;
        office.close().await;
        done
    })
}

/// Has one order carried out.
pub(crate) fn order(ctx: &Ctx, order: Order) -> Result<Reply, Failure> {
    with_office(ctx, |office| async move { Ok(office.ask(order).await?) })
}

/// A reply that no hub of this version gives to the order.
pub(crate) fn strange() -> Failure {
    Failure::Failed(Input::new(
        "strange_reply",
        "运行中的中心答非所问，版本可能不同；请用同一版本的程序重启中心。",
        "The serving hub answered something else; restart it with the same version of the program.",
    ))
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Reads a file of at most so many bytes.
pub(crate) fn read_capped(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut file = fs::File::open(path).map_err(Failure::file(path))?;
    file.by_ref().take(most + 1).read_to_end(&mut bytes).map_err(Failure::file(path))?;
    if bytes.len() as u64 > most {
        let (shown, most) = (path.display(), most >> 20);
        return Err(Input::new(
            "file_too_large",
            format!("文件 {shown} 过大，最多 {most} MiB。"),
            format!("The file {shown} is too large; {most} MiB is the most."),
        )
        .into());
    }
    Ok(bytes)
}

/// A file as the clerk's readers take it, by its own name.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Faults of a clerk's file as one input error that names each with its sheet, row and column.
pub(crate) fn faulty_file(faults: &[RowFault]) -> Input {
    let list =
        |language: Language| faults.iter().map(|fault| format!("\n  {}", fault.text(language))).collect::<String>();
    Input::new(
        "bad_file",
        format!("文件有误，未作任何改动：{}", list(Language::Zh)),
        format!("The file has faults and nothing was changed:{}", list(Language::En)),
    )
}
