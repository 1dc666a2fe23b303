//! `redvest verify`: proves a ticket's evidence file, and the photos beside it, without any data folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use redvest_domain::cbor;
use redvest_domain::event::kind_names;
use redvest_domain::evidence::{self, Evidence, MAX_EVIDENCE_BYTES, Verified};
use redvest_domain::id::Hash;
use serde::Serialize;
use serde_json::json;

use crate::cli::Ctx;
use crate::due::local;
use crate::failure::{Failure, Input};
use crate::hub::read_capped;
use crate::parse::CHINA_MINUTES;

/// Arguments of `redvest verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// 证据文件 || The evidence file
    file: PathBuf,
    /// 照片所在目录，一并验证 || Folder of the photos, to be proven too
    #[arg(long, value_name = "DIR")]
    photos: Option<PathBuf>,
    /// 中心公钥（64 位十六进制）；不写时取自文件，须另行核对 || The hub's public key in hex; else the file's own, to be compared by you
    #[arg(long, value_name = "HEX", conflicts_with = "hub_key_file")]
    hub_key: Option<String>,
    /// 存有中心公钥的文件 || A file that holds the hub's public key
    #[arg(long, value_name = "FILE")]
    hub_key_file: Option<PathBuf>,
}

/// What became of the photos.
#[derive(Debug, Default, Serialize)]
struct Photos {
    /// Files that an event binds.
    proven: usize,
    /// Photos of which no file is here.
    missing: Vec<Hash>,
    /// Files that no event binds: altered, or of another ticket.
    foreign: Vec<String>,
}

impl Verify {
    pub(crate) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let bytes = read_capped(&self.file, MAX_EVIDENCE_BYTES as u64)?;
        let given = self.given_key()?;
        let key = match given {
            Some(key) => key,
            None => own_key(&bytes)?,
        };
        let verified = evidence::verify(&bytes, &key.0)?;
        let photos = self.photos.as_deref().map(|folder| photos_in(folder, &verified)).transpose()?;
        self.report(ctx, &verified, key, given.is_some(), photos.as_ref())?;
        match photos.filter(|photos| !photos.missing.is_empty() || !photos.foreign.is_empty()) {
            None => Ok(()),
            Some(photos) => Err(Failure::Proof(Input::new(
                "photos_not_proven",
                format!("照片未通过验证：缺 {} 张，{} 个文件与工单不符。", photos.missing.len(), photos.foreign.len()),
                format!(
                    "The photos are not proven: {} missing, {} files that no event binds.",
                    photos.missing.len(),
                    photos.foreign.len()
                ),
            ))),
        }
    }

    fn given_key(&self) -> Result<Option<Hash>, Failure> {
        let text = match (&self.hub_key, &self.hub_key_file) {
            (Some(text), _) => text.clone(),
            (None, Some(path)) => String::from_utf8_lossy(&read_capped(path, 4096)?).into_owned(),
            (None, None) => return Ok(None),
        };
        let key = text.trim().to_ascii_lowercase().parse().map_err(|_| {
            Input::new(
                "bad_hub_key",
                "中心公钥应为 64 位十六进制数字。",
                "The hub's public key is 64 hexadecimal digits.",
            )
        })?;
        Ok(Some(key))
    }

    fn report(
        &self,
        ctx: &Ctx,
        verified: &Verified,
        key: Hash,
        is_given: bool,
        photos: Option<&Photos>,
    ) -> Result<(), Failure> {
        let Ctx { out, .. } = ctx;
        let ticket = &verified.ticket;
        let when = |at: redvest_domain::time::Timestamp| local(at, CHINA_MINUTES);
        out.object(&json!({
            "proven": photos.is_none_or(|photos| photos.missing.is_empty() && photos.foreign.is_empty()),
            "ticket": ticket.id,
            "short_number": ticket.short_number,
            "stage": ticket.stage,
            "events": verified.events.len(),
            "hub_key": key,
            "hub_key_given": is_given,
            "sealed": verified.sealed.map(|at| at.to_rfc3339()),
            "blobs": verified.blobs.len(),
            "photos": photos,
        }))?;
        let rows = verified.events.iter().map(|event| {
            let (code, zh) = kind_names(event.payload.body.number());
            let words = event.private.as_ref().and_then(|private| private.words.clone()).unwrap_or_default();
            let erased = if event.erased { out.pick("（已清除）", "(erased)").to_owned() } else { words };
            vec![
                event.stamp.seq.to_string(),
                out.pick(zh, code).to_owned(),
                when(event.stamp.received),
                event.stamp.member.to_string(),
                erased,
            ]
        });
        let header =
            [("序", "no."), ("事件", "event"), ("中心收到", "received"), ("经办人", "member"), ("内容", "words")];
        out.table(&header, rows.collect())?;
        out.fields(&[
            ("工单", "Ticket", ticket.short_number.clone().unwrap_or_else(|| ticket.id.to_string())),
            ("阶段", "Stage", out.pick(ticket.stage.zh(), ticket.stage.code()).to_owned()),
            ("中心公钥", "Hub key", key.to_hex()),
            ("封签时间", "Sealed", verified.sealed.map(when).unwrap_or_default()),
        ])?;
        if let Some(photos) = photos {
            let (proven, missing, foreign) = (photos.proven, photos.missing.len(), photos.foreign.len());
            out.say(
                &format!("照片文件：{proven} 个相符，{missing} 张缺失，{foreign} 个不符。"),
                &format!("Photo files: {proven} proven, {missing} missing, {foreign} foreign."),
            )?;
            for name in &photos.foreign {
                out.text(&format!("  {name}"))?;
            }
        }
        out.say("事件与签名验证通过。", "Events and signatures are proven.")?;
        if !is_given {
            out.note(
                "注意：公钥取自文件本身，请与中心公布的公钥核对，或用 --hub-key 指定。",
                "Note: the key is the file's own; compare it with the one that the hub publishes, or give --hub-key.",
            );
        }
        if verified.sealed.is_none() {
            out.note(
                "注意：文件未经中心封签，其后的事件可能没有包含在内。",
                "Note: the file has no seal of the hub, so later events may be missing.",
            );
        }
        Ok(())
    }
}

/// The key that a file names, of a file that reads at all.
fn own_key(bytes: &[u8]) -> Result<Hash, Failure> {
    match cbor::decode::<Evidence>(bytes, MAX_EVIDENCE_BYTES) {
        Ok(evidence) => Ok(evidence.hub_key),
        // Proving it against any key tells what is wrong with it.
        Err(_) => Err(evidence::verify(bytes, &Hash::ZERO.0).map(|_| ()).err().map_or_else(
            || Input::new("evidence_unreadable", "不是证据文件。", "This is no file of evidence.").into(),
            Failure::Evidence,
        )),
    }
}

/// Compares the files of a folder with those that the events bind. Names say nothing, only content does.
fn photos_in(folder: &Path, verified: &Verified) -> Result<Photos, Failure> {
    let bound: BTreeMap<Hash, u64> = verified.blobs.iter().map(|blob| (blob.hash, blob.size)).collect();
    let sizes: BTreeSet<u64> = bound.values().copied().collect();
    let mut found = BTreeSet::new();
    let mut photos = Photos::default();
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(Failure::file(folder))? {
        let entry = entry.map_err(Failure::file(folder))?;
        if entry.file_type().map_err(Failure::file(entry.path()))?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    for path in paths {
        let size = fs::metadata(&path).map_err(Failure::file(&path))?.len();
        // A file of another length cannot be one of them, so a huge one is not even read.
        let hash = if sizes.contains(&size) {
            Some(Hash::of(&[&fs::read(&path).map_err(Failure::file(&path))?]))
        } else {
            None
        };
        match hash.filter(|hash| bound.contains_key(hash)) {
            Some(hash) => {
                photos.proven += 1;
                found.insert(hash);
            }
            None => photos.foreign.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned()),
        }
    }
    let all = verified.events.iter().flat_map(|event| event.payload.body.photos());
    let missing = all.filter(|photo| !photo.blobs().any(|blob| found.contains(&blob.hash)));
    photos.missing = missing.map(|photo| photo.original.hash).collect();
    Ok(photos)
}
