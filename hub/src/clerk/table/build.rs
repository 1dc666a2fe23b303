//! Making a table of rows that come one by one: the header is found and its columns recognised, then come data.

use std::ops::ControlFlow;

use super::{HEADER_WITHIN, Row, Table, narrow};
use crate::clerk::fault::{Faults, Place, RowFault};
use crate::clerk::layout::{Column, Layout};
use crate::clerk::text::Encoding;
use crate::clerk::wording::quoted;
use crate::clerk::workbook::{Cell, MAX_COLUMNS};
use crate::clerk::{MAX_ROWS, Reading};

/// Characters of one cell.
const MAX_CELL_CHARS: usize = 10_000;

/// Takes rows one by one: first those in which the header is looked for, then data.
pub(super) struct Builder {
    layout: &'static Layout,
    sheet: Option<String>,
    /// For each cell of a row, the column of the layout.
    order: Vec<Option<usize>>,
    headers: Vec<Option<String>>,
    /// The row that is most like a header, until one is found.
    nearest: (usize, Vec<String>),
    is_found: bool,
    looked_at: usize,
    rows: Vec<Row>,
}

impl Builder {
    pub(super) fn new(layout: &'static Layout, sheet: Option<String>) -> Builder {
        Builder {
            layout,
            sheet,
            order: Vec::new(),
            headers: vec![None; layout.columns.len()],
            nearest: (0, Vec::new()),
            is_found: false,
            looked_at: 0,
            rows: Vec::new(),
        }
    }

    fn place(&self, row: u32, column: Option<&str>) -> Place {
        Place::Cell { sheet: self.sheet.clone(), row: Some(row), column: column.map(str::to_owned) }
    }

    pub(super) fn push(&mut self, number: u32, cells: Vec<Cell>, faults: &mut Faults) -> ControlFlow<()> {
        if !self.is_found {
            self.look(number, &cells, faults);
            return if self.looked_at == HEADER_WITHIN { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        }
        if self.rows.len() == MAX_ROWS {
            faults.error(
                self.place(number, None),
                "too_many_rows",
                format!("最多 {MAX_ROWS} 行，请拆成几个文件。"),
                format!("A table has at most {MAX_ROWS} rows: split the file."),
            );
            return ControlFlow::Break(());
        }
        let mut row = Row { number, cells: vec![Some(String::new()); self.layout.columns.len()] };
        for (cell, column) in cells.into_iter().zip(&self.order) {
            let Some(column) = *column else { continue };
            let header = self.headers[column].as_deref();
            row.cells[column] = checked(cell, || self.place(number, header), faults);
        }
        if row.cells.iter().any(|cell| cell.as_ref().is_none_or(|cell| !cell.is_empty())) {
            self.rows.push(row);
        }
        ControlFlow::Continue(())
    }

    /// Whether this row is the header; if so its columns are recognised.
    fn look(&mut self, number: u32, cells: &[Cell], faults: &mut Faults) {
        let texts: Vec<&str> = cells
            .iter()
            .map(|cell| match cell {
                Cell::Text(text) => text.as_str(),
                Cell::Error | Cell::Rounded | Cell::Date => "",
            })
            .collect();
        let order: Vec<Option<usize>> = texts.iter().map(|text| recognised(text, self.layout)).collect();
        let known = |column: usize| order.contains(&Some(column));
        let matched = (0..self.layout.columns.len()).filter(|column| known(*column)).count();
        let is_header = self.layout.columns.iter().enumerate().all(|(at, column)| known(at) || !column.required);
        if !is_header {
            self.looked_at += 1;
            if matched > self.nearest.0 || self.nearest.1.is_empty() {
                self.nearest = (matched, texts.iter().map(|text| (*text).to_owned()).collect());
            }
            return;
        }
        self.is_found = true;
        for (text, column) in texts.iter().zip(&order) {
            match column {
                Some(column) if self.headers[*column].is_some() => faults.error(
                    self.place(number, Some(text)),
                    "column_twice",
                    format!("有两列都是“{}”，请删去一列。", self.layout.columns[*column].zh),
                    format!("Two columns mean {}: remove one.", self.layout.columns[*column].en),
                ),
                Some(column) => self.headers[*column] = Some((*text).to_owned()),
                None if text.is_empty() => {}
                None => faults.warning(
                    self.place(number, Some(&quoted(text))),
                    "column_unknown",
                    "不认识此列，未读取。",
                    "This column is not known and was not read.",
                ),
            }
        }
        if texts.len() > MAX_COLUMNS {
            faults.warning(
                self.place(number, None),
                "too_many_columns",
                format!("只读取前 {MAX_COLUMNS} 列。"),
                format!("Only the first {MAX_COLUMNS} columns are read."),
            );
        }
        self.order = order;
    }

    pub(super) fn finish(
        self,
        format: &'static str,
        encoding: Option<Encoding>,
        file: &str,
        faults: &mut Faults,
    ) -> Result<Table, Vec<RowFault>> {
        let Builder { layout, sheet, headers, rows, is_found, nearest, .. } = self;
        if !is_found {
            return Err(header_missing(file, layout, sheet, &nearest.1));
        }
        if rows.is_empty() {
            faults.error(
                Place::Cell { sheet: sheet.clone(), row: None, column: None },
                "no_rows",
                "表头下面没有数据，请填写后再导入。",
                "There is nothing below the header: fill in some rows.",
            );
        }
        let reading = Reading { format, encoding, sheet: sheet.clone(), rows: rows.len() };
        Ok(Table { sheet, headers, layout, rows, reading })
    }
}

/// The columns that are missing from the row that is most like a header.
fn header_missing(file: &str, layout: &Layout, sheet: Option<String>, nearest: &[String]) -> Vec<RowFault> {
    let mut faults = Faults::new(file);
    let found: Vec<usize> = nearest.iter().filter_map(|text| recognised(text, layout)).collect();
    let seen: Vec<String> = nearest.iter().filter(|text| !text.is_empty()).take(12).map(|text| quoted(text)).collect();
    for (_, column) in layout.columns.iter().enumerate().filter(|(at, column)| column.required && !found.contains(at)) {
        let place = Place::Cell { sheet: sheet.clone(), row: None, column: Some(column.zh.to_owned()) };
        faults.error(
            place,
            "column_missing",
            format!("表头中没有“{}”列，请补上或改正表头；现有：{}。", column.zh, seen.join("、")),
            format!(
                "The header has no column {}: add it or correct the header. Found: {}.",
                column.en,
                seen.join(", ")
            ),
        );
    }
    // Some required column is missing, or the row would be the header.
    faults.finish().err().unwrap_or_default()
}

/// The column that a header means.
fn recognised(header: &str, layout: &Layout) -> Option<usize> {
    let plain = narrow(header).to_lowercase();
    let names = |text: &str| {
        let is = |column: &Column| column.zh == text || column.en == text || column.aliases.contains(&text);
        layout.columns.iter().position(is)
    };
    // What stands in brackets explains, and a star says that it is required.
    let bare = plain.split(['(', '（', '[', '【']).next().unwrap_or_default();
    let joined: String = bare.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':' | '：')).collect();
    names(&joined).or_else(|| bare.split(|c: char| c.is_whitespace() || c == '*' || c == '/').find_map(names))
}

/// The text of a cell; a fault and no text where it has none that can be used.
fn checked(cell: Cell, place: impl Fn() -> Place, faults: &mut Faults) -> Option<String> {
    let (code, zh, en) = match cell {
        Cell::Text(text) if text.chars().nth(MAX_CELL_CHARS).is_some() => (
            "cell_too_long",
            format!("单元格超过 {MAX_CELL_CHARS} 个字，请删减；CSV 文件请检查引号是否成对。"),
            format!("The cell has more than {MAX_CELL_CHARS} characters: shorten it, and see that quotes pair."),
        ),
        Cell::Text(text) => return Some(text),
        Cell::Error => (
            "cell_error",
            "单元格中的公式出错，请改为数值或文字。".to_owned(),
            "The cell's formula gives an error: write its value instead.".to_owned(),
        ),
        Cell::Rounded => (
            "number_rounded",
            "超过 15 位的数字已被 Excel 改成近似值，请把该列设为“文本”格式后重新填写。".to_owned(),
            "Excel keeps 15 digits of a number: format the column as text and write it again.".to_owned(),
        ),
        Cell::Date => (
            "cell_is_date",
            "Excel 已把此内容改成日期，请把该列设为“文本”格式后重新填写。".to_owned(),
            "Excel made a date of this: format the column as text and write it again.".to_owned(),
        ),
    };
    faults.error(place(), code, zh, en);
    None
}
