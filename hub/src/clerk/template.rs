//! Files for a clerk to begin with: the header, a few example rows to be replaced, and a sheet that explains each column.

use redvest_domain::calendar::Calendar;
use redvest_domain::reference::{Document, Policy};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::TableFormat;
use super::layout::{AGENCIES, DUTIES, GRIDS, Layout, PEOPLE};
use super::ledger::{LedgerError, csv_writer, finish_csv};

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateKind {
    /// People.
    People,
    /// Agencies.
    Agencies,
    /// Duty roads and points.
    Responsibilities,
    /// Grids without boundaries.
    Grids,
    /// Grids with boundaries, as GeoJSON; the table format does not matter.
    GridsGeoJson,
    /// The calendar that a new workspace has, as JSON; the table format does not matter.
    Calendar,
    /// The policy that a new workspace has, as JSON; the table format does not matter.
    Policy,
}

/// A file to begin with. CSV has header and examples only, because anything else in it would be data.
///
/// # Errors
/// [`LedgerError`] when a workbook cannot be put together, which for these few rows does not happen.
pub fn template(kind: TemplateKind, format: TableFormat) -> Result<Vec<u8>, LedgerError> {
    let layout = match kind {
        TemplateKind::People => &PEOPLE,
        TemplateKind::Agencies => &AGENCIES,
        TemplateKind::Responsibilities => &DUTIES,
        TemplateKind::Grids => &GRIDS,
        TemplateKind::GridsGeoJson => return Ok(GEOJSON.as_bytes().to_vec()),
        TemplateKind::Calendar => return Ok(pretty(&Document::Calendar(Calendar::built_in()))),
        TemplateKind::Policy => return Ok(pretty(&Document::Policy(Box::new(Policy::built_in())))),
    };
    match format {
        TableFormat::Xlsx => workbook(layout).map_err(LedgerError::from),
        TableFormat::Csv => {
            let mut writer = csv_writer(Vec::new())?;
            writer.write_record(layout.columns.iter().map(|column| column.zh))?;
            for row in layout.examples {
                writer.write_record(*row)?;
            }
            finish_csv(writer)
        }
    }
}

/// A square of some 500 m as a grid: `code`, `name`, `level` and `parent` are what counts.
const GEOJSON: &str = r#"{
  "type": "FeatureCollection",
  "features": [
    {
      "type": "Feature",
      "properties": { "code": "JD01", "name": "东门街道", "level": "街道" },
      "geometry": null
    },
    {
      "type": "Feature",
      "properties": { "code": "SQ01", "name": "东门社区", "level": "社区", "parent": "JD01" },
      "geometry": {
        "type": "Polygon",
        "coordinates": [[[118.790, 32.050], [118.795, 32.050], [118.795, 32.055], [118.790, 32.055], [118.790, 32.050]]]
      }
    }
  ]
}
"#;

fn pretty(document: &Document) -> Vec<u8> {
    // The document's own bytes are JSON; should they ever not be, they are still the document.
    let bytes = document.to_bytes();
    let value: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
    value.and_then(|value| serde_json::to_vec_pretty(&value).ok()).unwrap_or(bytes)
}

fn workbook(layout: &Layout) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    // Codes and telephone numbers stay as they are typed.
    let text = Format::new().set_num_format("@");
    let sheet = workbook.add_worksheet();
    sheet.set_name(layout.zh)?.set_freeze_panes(1, 0)?;
    for (at, column) in (0..).zip(layout.columns) {
        sheet.set_column_format(at, &text)?.set_column_width(at, 16)?;
        let header = if column.required { format!("{}*", column.zh) } else { column.zh.to_owned() };
        sheet.write_string_with_format(0, at, header, &bold)?;
    }
    for (row, example) in (1..).zip(layout.examples) {
        for (at, cell) in (0..).zip(*example) {
            sheet.write_string_with_format(row, at, *cell, &text)?;
        }
    }
    notes(workbook.add_worksheet(), layout, &bold)?;
    workbook.save_to_buffer()
}

fn notes(sheet: &mut Worksheet, layout: &Layout, bold: &Format) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name("说明")?;
    let title = format!("{}  {}", layout.zh, layout.en);
    let lines = [
        title.as_str(),
        "请删去示例行，从第 2 行起填写；带 * 的列必填，列的先后不限，可以增加其他列（不会读取）。",
        "Replace the example rows. Columns with a star are required; they may stand in any order, others are not read.",
    ];
    for (row, line) in (0..).zip(lines) {
        sheet.write_string(row, 0, line)?;
    }
    for (at, header) in (0..).zip(["列", "Column", "说明", "Notes", "也可写作 / Also"]) {
        sheet.write_string_with_format(4, at, header, bold)?;
    }
    for (row, column) in (5..).zip(layout.columns) {
        let also = column.aliases.join("、");
        for (at, cell) in (0..).zip([column.zh, column.en, column.note_zh, column.note_en, also.as_str()]) {
            sheet.write_string_with_format(row, at, cell, &wrapped)?;
        }
    }
    for (at, width) in (0..).zip([12, 12, 48, 48, 40]) {
        sheet.set_column_width(at, width)?;
    }
    Ok(())
}
