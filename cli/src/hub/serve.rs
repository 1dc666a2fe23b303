//! Setting a hub up and running it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use redvest_domain::id::Hash;
use redvest_hub::HubError;
use redvest_hub::config::{Config, LogFormat, TlsMode};
use redvest_hub::orders::{Order, Reply};
use redvest_hub::serve::{Running, start};
use redvest_hub::store::{NewWorkspace, Store};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{data_folder, order, runtime, strange};
use crate::cli::{Ctx, log_to_stderr};
use crate::failure::{Failure, Input};
use crate::now::hub_clock;

/// Where a hub last listened, for enrolment codes that are made while it is stopped.
const LAST_ADDRESS: &str = "last-address.json";

/// Arguments of `redvest hub init`.
#[derive(Debug, Args)]
pub struct Init {
    /// 活动名称，显示在手机上 || The campaign's name, as shown on phones
    #[arg(long)]
    name: String,
}

impl Init {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let data = data_folder(ctx.data.as_deref());
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Input::new("bad_name", "名称应为 1 至 100 个字。", "The name has 1 to 100 characters.").into());
        }
        let (workspace, key) = runtime()?.block_on(async {
            let store = Store::open(&data, hub_clock(ctx.now))?;
            let made = async {
                let workspace = store.init(NewWorkspace { name: name.clone() }).await?;
                Ok::<_, HubError>((workspace, store.hello().await?.hub_key))
            }
            .await;
            store.close().await;
            made
        })?;
        ctx.out.object(&json!({ "workspace": workspace, "name": name, "data": data, "hub_key": key }))?;
        ctx.out.fields(&[
            ("工作区", "Workspace", name),
            ("数据目录", "Data folder", data.display().to_string()),
            ("中心公钥", "Hub key", key.to_hex()),
        ])?;
        ctx.out.note(
            "请把数据目录下的 keys 另行备份：没有它，数据库备份无法继续使用。",
            "Back up the folder `keys` apart from the database: without it no backup can go on.",
        );
        Ok(())
    }
}

/// How connections are protected, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Protection {
    /// The hub's own certificate.
    Own,
    /// Files that the settings name.
    Files,
    /// Plain HTTP on loopback.
    Off,
}

impl From<Protection> for TlsMode {
    fn from(protection: Protection) -> TlsMode {
        match protection {
            Protection::Own => TlsMode::Own,
            Protection::Files => TlsMode::Files,
            Protection::Off => TlsMode::Off,
        }
    }
}

/// Settings given on the command line.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// 设置文件（TOML） || The settings file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// 监听地址和端口；0 号端口由系统分配 || Address and port to listen on; port 0 lets the system choose
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// 设备使用的地址，如 https://hub.example.org || The address that devices use
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// 连接保护：own 自签并固定指纹、files 用证书文件、off 仅限本机 || Protection: own makes and pins a certificate, files takes one, off is for loopback alone
    #[arg(long)]
    tls: Option<Protection>,
}

impl Settings {
    /// The settings from file, environment and flags, checked.
    pub(super) fn load(&self) -> Result<Config, Failure> {
        let mut config = Config::load(self.config.as_deref(), |name| std::env::var(name).ok())?;
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        if let Some(address) = &self.address {
            config.address = Some(address.trim_end_matches('/').to_owned());
        }
        if let Some(tls) = self.tls {
            config.tls.mode = tls.into();
        }
        config.check()?;
        Ok(config)
    }
}

/// Arguments of `redvest hub check-config`.
#[derive(Debug, Args)]
pub struct CheckConfig {
    /// Settings.
    #[command(flatten)]
    settings: Settings,
}

impl CheckConfig {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let config = self.settings.load()?;
        ctx.out.object(&config)?;
        if !ctx.out.json {
            let text = config_text(&config)?;
            ctx.out.text(text.trim_end())?;
        }
        ctx.out.note("设置可用。", "The settings are usable.");
        Ok(())
    }
}

/// The settings with a line for each, in the form of the file.
fn config_text(config: &Config) -> Result<String, Failure> {
    fn lines(prefix: &str, value: &serde_json::Value, text: &mut String) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                    let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                    lines(&path, value, text);
                }
            }
            value => text.push_str(&format!("{prefix} = {value}\n")),
        }
    }
    let value = serde_json::to_value(config).map_err(std::io::Error::other)?;
    let mut text = String::new();
    lines("", &value, &mut text);
    Ok(text)
}

/// Arguments of `redvest hub serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Settings.
    #[command(flatten)]
    settings: Settings,
}

impl Serve {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let config = self.settings.load()?;
        log_to_stderr(&config.log.filter, config.log.format == LogFormat::Json);
        let data = data_folder(ctx.data.as_deref());
        if !data.join("hub.db").exists() {
            return Err(HubError::NoWorkspace.into());
        }
        runtime()?.block_on(async {
            // Listening for signals comes first, so that none is missed while the hub starts.
            let stop = stop_signal()?;
            let running = start(&data, config, hub_clock(ctx.now)).await?;
            let told = tell(ctx, &data, &running);
            if told.is_ok() {
                stop.await;
                tracing::info!("stopping");
            }
            running.stop().await;
            told
        })
    }
}

fn tell(ctx: &Ctx, data: &Path, running: &Running) -> Result<(), Failure> {
    let last = LastAddress { address: running.address.clone(), pin: running.pin };
    let path = data.join(LAST_ADDRESS);
    let bytes = serde_json::to_vec(&last).map_err(std::io::Error::other)?;
    fs::write(&path, bytes).map_err(Failure::file(path))?;
    ctx.out.object(&json!({
        "listening": running.listening.to_string(),
        "address": running.address,
        "pin": running.pin,
    }))?;
    ctx.out.fields(&[
        ("监听", "Listening on", running.listening.to_string()),
        ("设备地址", "Address for devices", running.address.clone()),
        ("证书指纹", "Pin", running.pin.map(Hash::to_hex).unwrap_or_default()),
    ])
}

/// Where a hub last listened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LastAddress {
    pub(super) address: String,
    pub(super) pin: Option<Hash>,
}

impl LastAddress {
    /// What `serve` noted last; `None` if it never ran here.
    pub(super) fn read(data: &Path) -> Option<LastAddress> {
        serde_json::from_slice(&fs::read(data.join(LAST_ADDRESS)).ok()?).ok()
    }
}

/// Completes when the process is told to stop.
#[cfg(unix)]
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes when the process is told to stop.
#[cfg(not(unix))]
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        // Without a console there is nothing to hear, and the process is ended from outside.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// `redvest hub status`.
pub(super) fn status(ctx: &Ctx) -> Result<(), Failure> {
    let Reply::Status(status) = order(ctx, Order::Status)? else { return Err(strange()) };
    ctx.out.object(&status)?;
    ctx.out.fields(&[
        ("工作区", "Workspace", status.name),
        ("编号", "Id", status.workspace.to_string()),
        ("纪元", "Epoch", status.epoch.to_string()),
        ("事件数", "Events", status.events.to_string()),
        ("已备份至", "Backed up to", status.safe.to_string()),
        ("中心公钥", "Hub key", status.hub_key.to_hex()),
    ])?;
    if status.behind {
        ctx.out.note(
            "有设备见过更新的数据：确认本库由备份恢复后，请执行 redvest hub open-epoch。",
            "A device has seen more than this hub holds: if it was restored from a backup, run `redvest hub open-epoch`.",
        );
    }
    Ok(())
}
