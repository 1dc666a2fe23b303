//! Reference documents: from the clerk's files or finished ones, published with the difference shown first.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use redvest_domain::event::DocumentKind;
use redvest_domain::reference::{
    self, Change, Document, MAX_BYTES, ReferenceSet, Severity, Successors, address, diff, has_errors,
};
use redvest_hub::clerk::{
    self, Datum, File, GridSource, Language, MAX_FILE_BYTES, Parsed, TableFormat, TemplateKind, template,
};
use redvest_hub::orders::{Denied, Office, Order, Reply};
use serde_json::json;

use super::confirm::confirm;
use super::people::{known_members, with_identity};
use super::{faulty_file, file_name, read_capped, strange, with_office};
use crate::cli::Ctx;
use crate::failure::{Failure, Input};

/// Changes shown to people one by one; programs get them all.
const MOST_SHOWN: usize = 60;

/// The kinds of documents, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Categories.
    Catalogue,
    /// Grids.
    Grids,
    /// Agencies.
    Agencies,
    /// A calendar.
    Calendar,
    /// The policy.
    Policy,
    /// Duty roads and points.
    Duties,
}

impl From<Kind> for DocumentKind {
    fn from(kind: Kind) -> DocumentKind {
        match kind {
            Kind::Catalogue => DocumentKind::Catalogue,
            Kind::Grids => DocumentKind::Grids,
            Kind::Agencies => DocumentKind::Agencies,
            Kind::Calendar => DocumentKind::Calendar,
            Kind::Policy => DocumentKind::Policy,
            Kind::Duties => DocumentKind::Responsibilities,
        }
    }
}

impl Kind {
    fn zh(self) -> &'static str {
        match self {
            Kind::Catalogue => "事项目录",
            Kind::Grids => "网格",
            Kind::Agencies => "责任单位",
            Kind::Calendar => "工作日历",
            Kind::Policy => "工作规则",
            Kind::Duties => "包联点位",
        }
    }
}

/// How to publish.
#[derive(Debug, Args)]
pub struct How {
    /// 撤销的网格或单位由谁接替，如 XH-03=XH-04，可写多次 || Who takes over from a removed grid or agency, such as XH-03=XH-04; may be repeated
    #[arg(long = "successor", value_name = "OLD=NEW", value_parser = successor)]
    successors: Vec<(String, String)>,
    /// 不再询问 || Do not ask
    #[arg(long)]
    yes: bool,
    /// 只显示变化，不发布 || Only show the changes
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
}

fn successor(text: &str) -> Result<(String, String), Input> {
    let bad = || {
        Input::new(
            "bad_successor",
            format!("“{text}”看不懂；请写成 旧编码=新编码。"),
            format!("\"{text}\" is not understood; write OLD=NEW."),
        )
    };
    let (old, new) = text.split_once('=').ok_or_else(bad)?;
    Ok((old.trim().to_owned(), new.trim().to_owned()))
}

impl How {
    fn successors(&self, kind: Kind) -> Result<Successors, Input> {
        fn map<C: Ord + std::str::FromStr>(pairs: &[(String, String)]) -> Result<BTreeMap<C, C>, Input> {
            pairs.iter().map(|(old, new)| Ok((crate::parse::code(old)?, crate::parse::code(new)?))).collect()
        }
        match kind {
            Kind::Grids => Ok(Successors { grids: map(&self.successors)?, ..Successors::default() }),
            Kind::Agencies => Ok(Successors { agencies: map(&self.successors)?, ..Successors::default() }),
            _ if self.successors.is_empty() => Ok(Successors::default()),
            _ => Err(Input::new(
                "bad_successor",
                "只有网格和责任单位有接替关系。",
                "Only grids and agencies have successors.",
            )),
        }
    }
}

/// Arguments of `redvest hub publish`.
#[derive(Debug, Args)]
pub struct Publish {
    /// 资料种类 || What kind of document
    kind: Kind,
    /// 文件（JSON） || The file (JSON)
    file: PathBuf,
    /// How to publish.
    #[command(flatten)]
    how: How,
}

impl Publish {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let bytes = read_capped(&self.file, MAX_BYTES as u64)?;
        let document = reference::parse(self.kind.into(), &bytes).map_err(|faults| Denied::faulty(&faults))?;
        with_office(ctx, |office| async move {
            let in_force = in_force(&office).await?;
            put_in_force(ctx, &office, &in_force, self.kind, document, bytes, self.how).await
        })
    }
}

/// Commands about one kind of document.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// 导入文件，先显示变化再确认 || Import a file; shows the changes first
    Import {
        /// 文件：表格、TOML 或 JSON || The file: a table, TOML or JSON
        file: PathBuf,
        /// How to publish.
        #[command(flatten)]
        how: How,
    },
}

impl Import {
    pub(super) fn run(self, ctx: &Ctx, kind: Kind) -> Result<(), Failure> {
        let Import::Import { file: path, how } = self;
        let bytes = read_capped(&path, MAX_FILE_BYTES as u64)?;
        let name = file_name(&path);
        with_office(ctx, |office| async move {
            let reference = in_force(&office).await?;
            let file = File { name: &name, bytes: &bytes };
            let read = match kind {
                Kind::Agencies => clerk::agencies(&file, &reference).map(|parsed| of(parsed, Document::Agencies)),
                Kind::Duties => {
                    let members = known_members(&office).await?;
                    with_identity(ctx, &office, |identity| {
                        clerk::responsibilities(&file, &reference, identity, &members)
                    })
                    .await?
                    .map(|parsed| of(parsed, Document::Responsibilities))
                }
                other => clerk::settings(other.into(), &file),
            };
            let read = read.map_err(|faults| faulty_file(&faults))?;
            publish_read(ctx, &office, &reference, kind, read, how).await
        })
    }
}

/// Commands about grids.
#[derive(Debug, Subcommand)]
pub enum ImportGrids {
    /// 导入表格或 GeoJSON，先显示变化再确认 || Import a table or GeoJSON; shows the changes first
    Import {
        /// 文件：XLSX、CSV 或 GeoJSON || The file: XLSX, CSV or GeoJSON
        file: PathBuf,
        /// GeoJSON 的坐标系：wgs84、gcj02、bd09 或 cgcs2000 || Datum of the coordinates: wgs84, gcj02, bd09 or cgcs2000
        #[arg(long, value_parser = datum)]
        datum: Option<Datum>,
        /// 去掉文件中没有边界的网格原有的边界 || Drop the boundary of every grid that has none in the file
        #[arg(long)]
        drop_boundaries: bool,
        /// How to publish.
        #[command(flatten)]
        how: How,
    },
}

fn datum(text: &str) -> Result<Datum, Input> {
    text.parse().map_err(|_| {
        Input::new(
            "bad_datum",
            format!("没有坐标系“{text}”；可以是 wgs84、gcj02、bd09、cgcs2000。"),
            format!("There is no datum \"{text}\"; it is wgs84, gcj02, bd09 or cgcs2000."),
        )
    })
}

impl ImportGrids {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let ImportGrids::Import { file: path, datum, drop_boundaries, how } = self;
        let bytes = read_capped(&path, MAX_FILE_BYTES as u64)?;
        let name = file_name(&path);
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
        let is_json = first == Some(&b'{');
        if is_json && datum.is_none() {
            return Err(Input::new(
                "datum_needed",
                "GeoJSON 须写明坐标系：--datum wgs84、gcj02、bd09 或 cgcs2000；写错会整体偏移数百米。",
                "Say which datum the GeoJSON has: --datum wgs84, gcj02, bd09 or cgcs2000; a wrong one shifts all by 500 m.",
            )
            .into());
        }
        with_office(ctx, |office| async move {
            let reference = in_force(&office).await?;
            let document = reference.grids().document();
            let source = GridSource { levels: &[], in_force: document, keep_boundaries: !drop_boundaries };
            let file = File { name: &name, bytes: &bytes };
            let read = match datum {
                Some(datum) if is_json => clerk::geojson(&file, datum, &source),
                _ => clerk::grids(&file, &source),
            };
            let read = read.map_err(|faults| faulty_file(&faults))?;
            publish_read(ctx, &office, &reference, Kind::Grids, of(read, Document::Grids), how).await
        })
    }
}

fn of<T>(parsed: Parsed<T>, document: impl FnOnce(T) -> Document) -> Parsed<Document> {
    let Parsed { value, warnings, reading } = parsed;
    Parsed { value: document(value), warnings, reading }
}

async fn publish_read(
    ctx: &Ctx,
    office: &Office,
    in_force: &ReferenceSet,
    kind: Kind,
    read: Parsed<Document>,
    how: How,
) -> Result<(), Failure> {
    for warning in &read.warnings {
        let (zh, en) = (warning.text(Language::Zh), warning.text(Language::En));
        ctx.out.note(&format!("提醒：{zh}"), &format!("Note: {en}"));
    }
    let bytes = read.value.to_bytes();
    put_in_force(ctx, office, in_force, kind, read.value, bytes, how).await
}

/// What a template is for, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Blank {
    /// People.
    People,
    /// Agencies.
    Agencies,
    /// Duty roads and points.
    Duties,
    /// Grids as a table.
    Grids,
    /// Grids with boundaries.
    GridsGeojson,
    /// A calendar.
    Calendar,
    /// A policy.
    Policy,
}

/// The form of a table, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// An Excel workbook.
    Xlsx,
    /// Comma-separated text.
    Csv,
}

impl From<Format> for TableFormat {
    fn from(format: Format) -> TableFormat {
        match format {
            Format::Xlsx => TableFormat::Xlsx,
            Format::Csv => TableFormat::Csv,
        }
    }
}

/// Arguments of `redvest hub template`.
#[derive(Debug, Args)]
pub struct Template {
    /// 哪一种 || Which
    kind: Blank,
    /// 格式 || The format
    #[arg(long, default_value = "xlsx")]
    format: Format,
    /// 写到哪个文件 || The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Template {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let kind = match self.kind {
            Blank::People => TemplateKind::People,
            Blank::Agencies => TemplateKind::Agencies,
            Blank::Duties => TemplateKind::Responsibilities,
            Blank::Grids => TemplateKind::Grids,
            Blank::GridsGeojson => TemplateKind::GridsGeoJson,
            Blank::Calendar => TemplateKind::Calendar,
            Blank::Policy => TemplateKind::Policy,
        };
        let bytes = template(kind, self.format.into()).map_err(super::exports::not_written)?;
        std::fs::write(&self.output, &bytes).map_err(Failure::file(&self.output))?;
        ctx.out.object(&json!({ "file": self.output }))?;
        let shown = self.output.display();
        ctx.out.say(&format!("已写出 {shown}。"), &format!("{shown} is written."))
    }
}

/// The documents in force.
pub(super) async fn in_force(office: &Office) -> Result<ReferenceSet, Failure> {
    let Reply::Documents(documents) = office.ask(Order::Documents).await? else { return Err(strange()) };
    documents.into_iter().try_fold(ReferenceSet::built_in(), |set, document| {
        let read = reference::parse(document.kind, document.text.as_bytes());
        Ok(set.with(read.map_err(|faults| Denied::faulty(&faults))?))
    })
}

/// Shows what a document changes and publishes it if somebody agrees.
pub(super) async fn put_in_force(
    ctx: &Ctx,
    office: &Office,
    in_force: &ReferenceSet,
    kind: Kind,
    document: Document,
    bytes: Vec<u8>,
    how: How,
) -> Result<(), Failure> {
    let successors = how.successors(kind)?;
    let old = in_force.predecessor(&document);
    let (changes, over) = (diff(old.as_ref(), &document), old.map(|old| address(&old.to_bytes())));
    show(ctx, kind, &changes)?;
    let mut faults = document.check();
    faults.extend(in_force.clone().with(document).check());
    for fault in faults.iter().filter(|fault| fault.severity == Severity::Warning) {
        ctx.out.note(&format!("提醒：{} {}", fault.path, fault.zh), &format!("Note: {} {}", fault.path, fault.en));
    }
    if has_errors(&faults) {
        return Err(Denied::faulty(&faults).into());
    }
    let told = |published: Option<redvest_domain::id::Hash>| {
        ctx.out.object(&json!({ "kind": DocumentKind::from(kind), "published": published, "changes": changes }))
    };
    if changes.is_empty() {
        told(None)?;
        return ctx.out.say("与现行资料相同，无需发布。", "It is what is in force; there is nothing to publish.");
    }
    if how.dry_run {
        return told(None);
    }
    let zh = kind.zh();
    if !confirm(ctx, how.yes, &format!("发布新的{zh}吗？"), "Publish this?")? {
        return ctx.out.say("没有发布。", "Nothing was published.");
    }
    // What was parsed is text.
    let text = String::from_utf8(bytes).map_err(|_| strange())?;
    let order = Order::Publish { kind: kind.into(), text, over, successors };
    let Reply::Published(published) = office.ask(order).await? else { return Err(strange()) };
    told(Some(published))?;
    ctx.out.say(&format!("{zh}已发布，各设备下次同步时取得。"), "Published; every device gets it with its next sync.")
}

fn show(ctx: &Ctx, kind: Kind, changes: &[Change]) -> Result<(), Failure> {
    if changes.is_empty() {
        return Ok(());
    }
    let count = changes.len();
    ctx.out.say(&format!("{}将有 {count} 处变化：", kind.zh()), &format!("{count} changes:"))?;
    for change in changes.iter().take(MOST_SHOWN) {
        ctx.out.text(&format!("  {}", ctx.out.pick(&change.zh, &change.en)))?;
    }
    if let Some(more) = count.checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
        ctx.out.say(
            &format!("  ……另有 {more} 处，用 --json 查看全部。"),
            &format!("  … and {more} more; see them with --json."),
        )?;
    }
    Ok(())
}
