//! `redvest evidence-file`: one ticket as a file that proves itself, with its photos beside it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use redvest_client::view::TicketDetail;
use redvest_domain::evidence;
use serde_json::json;

use super::Phone;
use super::work::Ticket;
use crate::failure::Failure;

/// Arguments of `redvest evidence-file`.
#[derive(Debug, Args)]
pub struct EvidenceFile {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 写到哪个文件 || The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// 把本机持有的照片也放到这个目录 || Put the photos held here into this folder too
    #[arg(long, value_name = "DIR")]
    photos: Option<PathBuf>,
}

impl EvidenceFile {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let ticket = self.ticket.id(phone)?;
        let identity = phone.client.store().identity()?.ok_or(redvest_client::Error::NotEnrolled)?;
        let bytes = redvest_transport::evidence(&phone.client, ticket)?;
        // A file that does not prove itself is never left for somebody to rely on.
        let verified = evidence::verify(&bytes, &identity.hub_key.0)?;
        write_durably(&self.output, &bytes)?;
        let photos = match &self.photos {
            Some(folder) => copy_photos(&phone.client.ticket(ticket)?, folder)?,
            None => 0,
        };
        let (events, file) = (verified.events.len(), self.output.display());
        phone.ctx.out.object(&json!({
            "file": self.output,
            "ticket": ticket,
            "events": events,
            "photos": photos,
            "hub_key": identity.hub_key,
            "sealed": verified.sealed.map(|at| at.to_rfc3339()),
        }))?;
        phone.ctx.out.say(
            &format!("已写出 {file}：{events} 个事件，{photos} 个照片文件，已验证。"),
            &format!("{file} is written: {events} events, {photos} photo files, proven."),
        )?;
        phone.ctx.out.fields(&[("中心公钥", "Hub key", identity.hub_key.to_hex())])
    }
}

/// Writes a file whole or not at all.
fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    });
    written.map_err(Failure::file(path))
}

/// Copies what is here of a ticket's photos, named by content.
fn copy_photos(detail: &TicketDetail, folder: &Path) -> Result<usize, Failure> {
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    let paths =
        detail.photos.iter().flat_map(|photo| [&photo.original_path, &photo.review_path, &photo.thumbnail_path]);
    let mut count = 0;
    for path in paths.flatten() {
        let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        fs::copy(path, folder.join(name)).map_err(Failure::file(path))?;
        count += 1;
    }
    Ok(count)
}
