//! The hub's commands. All but `serve` open the data folder themselves, so they need the hub to be stopped; they say so
//! when it is not.

mod confirm;
mod documents;
mod exports;
mod log;
mod people;
pub(crate) mod serve;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use redvest_domain::codes::Explained;
use redvest_domain::reference::{Fault, Severity};
use redvest_hub::HubError;
use redvest_hub::clerk::{Language, RowFault};
use redvest_hub::store::Store;

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
    Publish(documents::Publish),
    /// 写出空白表格，供填写后导入 || Write an empty table to fill in and import
    Template(documents::Template),
    /// 为一名成员开一次性登记码 || Make a one-time enrolment code for a member
    Invite(people::Invite),
    /// 列出成员 || List the members
    Members,
    /// 列出设备 || List the devices
    Devices,
    /// 停用一台设备 || End a device's access
    Revoke(people::Revoke),
    /// 导出台账或超期清单 || Export the ledger or the overdue list
    Export(exports::Export),
    /// 导出全部事件，每行一个 JSON || Export every event, one JSON a line
    ExportLog(log::ExportLog),
    /// 补录一次被拒收的工作 || Admit a refused piece of work
    Admit(log::Admit),
    /// 清除事件中的文字 || Erase the words of events
    Erase(log::Erase),
    /// 从备份恢复后开启新纪元 || Open a new epoch after restoring a backup
    OpenEpoch(log::OpenEpoch),
    /// 从事件日志重建各状态表 || Rebuild the tables of state from the log
    Rebuild,
    /// 声明某编号以前的内容已有经过验证的备份 || Say that a verified backup holds everything up to a number
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

/// Opens the workspace of the data folder, does something with it, and closes it.
pub(crate) fn with_store<T, F, Fut>(ctx: &Ctx, work: F) -> Result<T, Failure>
where
    F: FnOnce(Store) -> Fut,
    Fut: Future<Output = Result<T, Failure>>,
{
    let data = data_folder(ctx.data.as_deref());
    // Opening makes what is missing, which only `init` should do.
    if !data.join("hub.db").exists() {
        return Err(HubError::NoWorkspace.into());
    }
    runtime()?.block_on(async {
        let store = Store::open(&data, hub_clock(ctx.now))?;
        let done = match store.site().await {
            Ok(_) => work(store.clone()).await,
            Err(error) => Err(error.into()),
        };
        store.close().await;
        done
    })
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

/// Faults of a document as one input error that names each.
pub(crate) fn faulty(faults: &[Fault]) -> Input {
    let list = |of: &dyn Fn(&Fault) -> String| {
        let errors = faults.iter().filter(|fault| fault.severity == Severity::Error);
        errors.map(|fault| format!("\n  {}{}", place(fault), of(fault))).collect::<String>()
    };
    Input::new(
        "bad_document",
        format!("资料有误，未作任何改动：{}", list(&|fault| fault.zh())),
        format!("The document has faults and nothing was changed:{}", list(&|fault| fault.en())),
    )
}

fn place(fault: &Fault) -> String {
    match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("{line}:{column} "),
        _ if fault.path.is_empty() => String::new(),
        _ => format!("{} ", fault.path),
    }
}
