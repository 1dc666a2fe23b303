//! `redvest demo`: a district's day through real parts. A hub on loopback, phones with stores of their own, the same
//! commands and the same sync as in the field; nothing is simulated but the people.

pub mod district;
mod phone;
mod pictures;
mod story;
mod tell;
mod work;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use redvest_hub::clock::SystemClock;
use redvest_hub::config::Config;
use redvest_hub::serve::{self, Running};
use redvest_hub::store::Store;

use crate::cli::Ctx;
use crate::failure::Failure;
use story::Story;

/// Arguments of `redvest demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// 讲完就结束 || End when the story is told
    #[arg(long)]
    pub exit: bool,
    /// 使用这个目录里的照片 || Use the photos in this folder
    #[arg(long, value_name = "DIR")]
    pub photos: Option<PathBuf>,
}

impl Demo {
    /// Tells the story.
    pub(crate) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let (folder, temporary) = folder(ctx)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let hub_folder = folder.join("hub");
        let hub = runtime.block_on(open_hub(&hub_folder))?;
        let handle = runtime.handle().clone();
        let told = Story::new(ctx.out, &hub, handle, &folder, self.photos.as_deref()).and_then(Story::tell);
        if told.is_ok() && !self.exit {
            go_on_by_hand(ctx, &folder, &hub)?;
            runtime.block_on(until_stopped())?;
        }
        runtime.block_on(hub.stop());
        if temporary && (self.exit || told.is_err()) {
            // Left-overs in the temporary folder harm nobody, and the story has been told.
            let _ = std::fs::remove_dir_all(&folder);
        }
        told
    }
}

/// The folder of the demo: the given one, else a new one that is dropped at the end.
fn folder(ctx: &Ctx) -> Result<(PathBuf, bool), Failure> {
    let (folder, temporary) = match &ctx.data {
        Some(folder) => (folder.clone(), false),
        None => (std::env::temp_dir().join(format!("redvest-demo-{}", std::process::id())), true),
    };
    std::fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    Ok((folder, temporary))
}

async fn open_hub(folder: &std::path::Path) -> Result<Running, Failure> {
    let clock = Arc::new(SystemClock);
    let store = Store::open(folder, clock.clone())?;
    let founded = district::found(&store).await;
    store.close().await;
    drop(store);
    founded?;
    let config = Config { listen: ([127, 0, 0, 1], 0).into(), timer_seconds: 1, ..Config::default() };
    Ok(serve::start(folder, config, clock).await?)
}

async fn until_stopped() -> Result<(), Failure> {
    crate::hub::serve::stop_signal()?.await;
    Ok(())
}

fn go_on_by_hand(ctx: &Ctx, folder: &std::path::Path, hub: &Running) -> Result<(), Failure> {
    let show = |tag: &str| folder.join(tag).display().to_string();
    let out = ctx.out;
    out.say("\n中心仍在运行，可在另一个终端继续：", "\nThe hub keeps running. Go on by hand in another terminal:")?;
    out.text(&format!("    ./redvest --data {} list", show("li")))?;
    out.text(&format!("    ./redvest --data {} report --category X105 --grid WG01 --photo PHOTO.jpg", show("li")))?;
    out.text(&format!("    ./redvest --data {} sync", show("li")))?;
    out.text(&format!("    ./redvest --data {} list --work", show("wang")))?;
    out.say(
        &format!("中心地址 {}，按 Ctrl-C 结束。", hub.address),
        &format!("The hub is at {}; Ctrl-C ends it.", hub.address),
    )
}
