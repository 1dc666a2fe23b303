//! Tables from XLSX or CSV: the header is found and recognised, columns stand in any order, rows come out as texts.

mod build;

use self::build::Builder;
use super::fault::{Faults, Place, RowFault, unreadable};
use super::layout::Layout;
use super::text::decode;
use super::wording::quoted;
use super::workbook::{Cell, Unfit, Workbook};
use super::{File, MAX_FILE_BYTES, Reading};

/// Characters of a name or a title.
const MAX_WORDS: usize = 80;
/// Rows in which the header is looked for: titles often stand above it.
const HEADER_WITHIN: usize = 20;

/// A table with its columns in the order of its layout.
pub(super) struct Table {
    sheet: Option<String>,
    headers: Vec<Option<String>>,
    layout: &'static Layout,
    /// The rows that are not blank.
    pub(super) rows: Vec<Row>,
    /// How it was read.
    pub(super) reading: Reading,
}

/// A row of a table.
pub(super) struct Row {
    /// Its number in the file, from 1.
    pub(super) number: u32,
    /// None for a cell that could not be read, which has its fault already.
    cells: Vec<Option<String>>,
}

impl Row {
    /// A cell without spaces around it; empty where there is none.
    pub(super) fn text(&self, column: usize) -> &str {
        self.cells.get(column).and_then(Option::as_deref).unwrap_or_default()
    }

    /// Whether nothing was written there.
    pub(super) fn is_empty(&self, column: usize) -> bool {
        self.cells.get(column).is_none_or(|cell| cell.as_ref().is_some_and(String::is_empty))
    }

    /// The items of a cell that holds a list of codes, words or numbers.
    pub(super) fn items(&self, column: usize) -> impl Iterator<Item = String> {
        let separates = |c: char| c.is_whitespace() || "、，,；;/|".contains(c);
        let items = narrow(self.text(column));
        let items: Vec<String> = items.split(separates).filter(|item| !item.is_empty()).map(str::to_owned).collect();
        items.into_iter()
    }
}

impl Table {
    /// The place of a cell, for a fault.
    pub(super) fn at(&self, row: u32, column: usize) -> Place {
        let header = self.headers.get(column).cloned().flatten();
        let name = header.unwrap_or_else(|| self.layout.columns[column].zh.to_owned());
        Place::Cell { sheet: self.sheet.clone(), row: Some(row), column: Some(name) }
    }

    /// The place of a row, for a fault.
    pub(super) fn at_row(&self, row: u32) -> Place {
        Place::Cell { sheet: self.sheet.clone(), row: Some(row), column: None }
    }

    /// Whether the file has this column.
    pub(super) fn has(&self, column: usize) -> bool {
        self.headers.get(column).is_some_and(Option::is_some)
    }

    /// The place of the sheet as a whole.
    pub(super) fn whole(&self) -> Place {
        Place::Cell { sheet: self.sheet.clone(), row: None, column: None }
    }
}

impl Table {
    /// The text of a cell that people read: not empty where it is `needed`, not long, on one line.
    pub(super) fn words(&self, row: &Row, column: usize, needed: bool, faults: &mut Faults) -> Option<String> {
        let text = row.text(column);
        if text.is_empty() {
            if needed && row.is_empty(column) {
                let (zh, en) = ("此格必填，请填写。", "This cell is required: fill it in.");
                faults.error(self.at(row.number, column), "cell_empty", zh, en);
            }
            return None;
        }
        if text.chars().nth(MAX_WORDS).is_some() || text.chars().any(char::is_control) {
            faults.error(
                self.at(row.number, column),
                "text_unfit",
                format!("此格最多 {MAX_WORDS} 个字，且不能换行；CSV 文件请检查引号是否成对。"),
                format!("This cell has at most {MAX_WORDS} characters on one line; see that quotes pair."),
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// The codes in a cell that parse; a fault for each that does not.
    pub(super) fn codes<C: std::str::FromStr>(&self, row: &Row, column: usize, faults: &mut Faults) -> Vec<C> {
        let items = row.items(column).collect::<Vec<_>>();
        items.into_iter().filter_map(|item| self.code(&item, row.number, column, faults)).collect()
    }

    /// One code.
    pub(super) fn code<C: std::str::FromStr>(
        &self,
        text: &str,
        row: u32,
        column: usize,
        faults: &mut Faults,
    ) -> Option<C> {
        let code = narrow(text).parse().ok();
        if code.is_none() {
            faults.error(
                self.at(row, column),
                "bad_code",
                format!("“{}”不能作编码：只用字母、汉字、数字、-、_、.，最长 40 字节。", quoted(text)),
                format!("{} is no code: letters, digits, '-', '_' and '.', at most 40 bytes.", quoted(text)),
            );
        }
        code
    }
}

/// Full-width letters, digits and signs as their plain ones, which codes and numbers are made of.
pub(super) fn narrow(text: &str) -> String {
    let plain = |c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    };
    text.chars().map(plain).collect()
}

/// Reads a table. Faults that leave the rows readable are added to `faults`, with the warnings.
///
/// # Errors
/// Faults of a file that gives no rows at all.
pub(super) fn read(file: &File<'_>, layout: &'static Layout, faults: &mut Faults) -> Result<Table, Vec<RowFault>> {
    let fail = |code, zh: &str, en: &str| Err(unreadable(file.name, code, zh, en));
    if file.bytes.len() > MAX_FILE_BYTES {
        let mib = MAX_FILE_BYTES >> 20;
        return fail(
            "too_large",
            &format!("文件超过 {mib} MiB，请拆成几个文件。"),
            &format!("The file is larger than {mib} MiB: split it."),
        );
    }
    match file.bytes {
        [] => fail("empty_file", "文件是空的，请重新导出。", "The file is empty: export it again."),
        [b'P', b'K', 3 | 5, ..] => read_workbook(file, layout, faults),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => fail(
            "old_excel",
            "这是旧版 .xls 或加密的工作簿，请在 Excel 中去掉密码并另存为 .xlsx。",
            "This is an old .xls or an encrypted workbook: remove its password and save it as .xlsx.",
        ),
        _ => read_text(file, layout, faults),
    }
}

fn read_workbook(file: &File<'_>, layout: &'static Layout, faults: &mut Faults) -> Result<Table, Vec<RowFault>> {
    let refuse = |unfit| {
        let (code, zh, en) = match unfit {
            Unfit::NotAWorkbook => (
                "not_a_workbook",
                "这是压缩包，不是 Excel 工作簿，请先解压，再选择其中的 .xlsx 或 .csv 文件。",
                "This is an archive of something else: unpack it and give the .xlsx or .csv inside.",
            ),
            Unfit::Bomb => (
                "unpacks_too_large",
                "工作簿解压后过大，请只保留需要的工作表和行，另存后重试。",
                "The workbook unpacks to too much: keep only the sheet and rows that are needed.",
            ),
            Unfit::Damaged => (
                "workbook_damaged",
                "工作簿无法读取，请用 Excel 打开并另存为 .xlsx 后重试。",
                "The workbook cannot be read: open it in Excel and save it as .xlsx again.",
            ),
            Unfit::NoSheet => (
                "no_sheet",
                "工作簿中没有可读的工作表，请取消隐藏或另存后重试。",
                "The workbook has no visible sheet with a table: show one and save it again.",
            ),
        };
        unreadable(file.name, code, zh, en)
    };
    let mut workbook = Workbook::open(file.bytes).map_err(refuse)?;
    let mut builder = Builder::new(layout, Some(workbook.sheet.clone()));
    workbook.each_row(|number, cells| builder.push(number, cells, faults)).map_err(refuse)?;
    for sheet in &workbook.others {
        faults.warning(
            Place::Cell { sheet: Some(sheet.clone()), row: None, column: None },
            "sheet_ignored",
            format!("只读取了工作表“{}”，此表未读取；如需要请另存为单独的文件。", workbook.sheet),
            format!("Only sheet {} was read: save this one as a file of its own if it is needed.", workbook.sheet),
        );
    }
    builder.finish("xlsx", None, file.name, faults)
}

fn read_text(file: &File<'_>, layout: &'static Layout, faults: &mut Faults) -> Result<Table, Vec<RowFault>> {
    let (text, encoding) = decode(file.bytes).map_err(|line| {
        unreadable(
            file.name,
            "encoding_unknown",
            format!("第 {line} 行起不是 UTF-8 也不是 GBK 文本，请另存为“CSV UTF-8”后重试。"),
            format!("From line {line} on this is neither UTF-8 nor GBK text: save it as CSV UTF-8."),
        )
    })?;
    if text.contains('\0') || text.trim_start().starts_with('<') {
        return Err(unreadable(
            file.name,
            "not_a_table",
            "这不是表格文件，请用 Excel 打开并另存为 .xlsx 或“CSV UTF-8”。",
            "This is no table: open it in Excel and save it as .xlsx or CSV UTF-8.",
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut builder = Builder::new(layout, None);
    let mut record = csv::StringRecord::new();
    let mut bytes_before = 0;
    let mut line = 1;
    loop {
        // Text that was decoded has no bad bytes, and records may differ in length: nothing is left to fail.
        if !reader.read_record(&mut record).unwrap_or(false) {
            break;
        }
        // The reader skips blank lines without counting them in the record's own position.
        let start = record.position().map_or(bytes_before, |position| position.byte() as usize);
        let start = start.max(bytes_before);
        let blank = text[start..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += text[bytes_before..start + blank].matches('\n').count() as u32;
        bytes_before = start + blank;
        let mut cells: Vec<Cell> = record.iter().map(|cell| Cell::Text(cell.trim().to_owned())).collect();
        while cells.last().is_some_and(|cell| *cell == Cell::Text(String::new())) {
            cells.pop();
        }
        if !cells.is_empty() && builder.push(line, cells, faults).is_break() {
            break;
        }
    }
    builder.finish("csv", Some(encoding), file.name, faults)
}

/// Comma, semicolon or tab, whichever the first lines have most of.
fn delimiter(text: &str) -> u8 {
    let head: Vec<&str> = text.lines().take(HEADER_WITHIN).collect();
    let count = |mark: u8| head.iter().map(|line| line.bytes().filter(|byte| *byte == mark).count()).sum::<usize>();
    // The last of equals wins.
    [b';', b'\t', b','].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}
