//! Reading the rows of a damaged database, without SQLite and without changing a byte of it.
//!
//! SQLite reaches a row through the pages above it, so one destroyed page high in a tree, or the first page of the file,
//! hides every row below. Here each tree is walked as far as it goes; leaves that hang below a destroyed page are then
//! found by looking at every page that no tree reached and asking whether its rows can belong to a table that misses
//! some. So a row is lost only with a page that holds a part of it.
//!
//! SQLite keeps no checksums: a row is what the bytes say. Whoever takes it must verify it, best by a hash inside it.

mod layout;
mod pages;
mod record;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::path::Path;

use rusqlite::types::Value;

use crate::Schema;
use crate::error::Error;
use crate::lock::Ownership;
use crate::migrate;
use crate::place::Place;

use layout::Layout;
use pages::{Pages, be32};
use record::Node;

/// No tree of SQLite is deeper.
const DEPTH: usize = 20;

/// A row that could be read.
#[derive(Debug)]
pub struct SalvagedRow<'a> {
    /// Name of the table.
    pub table: &'a str,
    /// Rowid.
    pub rowid: i64,
    /// Names of the columns.
    pub columns: &'a [String],
    /// Values of the columns, with the rowid and the defaults of later columns filled in.
    pub values: &'a [Value],
    /// The page of the row hangs below a destroyed one and was recognised by its form. Such a row may have been deleted
    /// before, may come twice, and may be offered to each of two tables that have the same form.
    pub orphan: bool,
}

impl SalvagedRow<'_> {
    /// The value of a column.
    pub fn get(&self, column: &str) -> Option<&Value> {
        self.columns.iter().position(|name| name == column).and_then(|index| self.values.get(index))
    }
}

/// What was read of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// Name of the table.
    pub table: String,
    /// Rows read, orphans included.
    pub read: u64,
    /// Rows among them that were found below destroyed pages.
    pub orphans: u64,
    /// Rows that are there but make no sense.
    pub damaged: u64,
    /// Rowids that could not be reached through the tree. Those of them that exist and are not among the orphans are
    /// lost.
    pub skipped: Vec<RangeInclusive<i64>>,
}

/// What was read of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Pages of the database.
    pub pages: u32,
    /// One for each table asked for, in that order.
    pub tables: Vec<TableReport>,
}

/// Reads every row of `tables` that can still be read, from a database set aside by `quarantine`, log included, and
/// gives each to `each`. Works for a database of any version of `schema`. Takes memory for one row and the page numbers.
///
/// Errors: those of `each`, which end the reading; `not_salvageable` for a table that the schema does not have or that
/// has no rowid; `already_open`, `no_folder`, `disk_failed` when the file cannot be opened.
pub fn salvage<E: From<Error>>(
    path: &Path,
    schema: &Schema,
    tables: &[&str],
    mut each: impl FnMut(&SalvagedRow<'_>) -> Result<(), E>,
) -> Result<Report, E> {
    let place = Place::of(path)?;
    // Opening and closing the file of a database that is in use would drop SQLite's locks on it.
    let _ownership = Ownership::take(&place)?;
    let mut pages = Pages::open(&place.database, &place.wal()).map_err(Error::from)?;
    let version = version(&mut pages, schema);
    let fresh = migrate::in_memory(schema, version)?;
    let layouts = tables.iter().map(|table| Layout::of(&fresh, table)).collect::<Result<Vec<_>, _>>()?;

    let mut walked = HashSet::from([1]);
    let roots = roots(&mut pages, &mut walked);
    let mut reports = Vec::new();
    for layout in &layouts {
        let mut report = TableReport::new(&layout.table);
        let root = roots.iter().find(|(name, _)| name.eq_ignore_ascii_case(&layout.table));
        let start = root.map_or(0, |(_, page)| *page);
        let missing = walk(&mut pages, &mut walked, start, &mut |pages, page, cells, within| {
            let mut read = 0;
            for cell in cells {
                let stored = cell.and_then(|at| record::row(pages, page, at));
                let stored = stored.filter(|(rowid, _)| within.contains(rowid));
                if let Some((rowid, values)) =
                    stored.and_then(|(rowid, values)| Some((rowid, layout.complete(rowid, values)?)))
                {
                    read += 1;
                    each(&row(layout, rowid, &values, false))?;
                }
            }
            // A page of which nothing fits belongs to another table: the pointer to it is destroyed, not the page.
            let ours = read > 0 || cells.is_empty();
            report.read += read;
            report.damaged += if ours { cells.len() as u64 - read } else { 0 };
            Ok::<_, E>(ours)
        })?;
        report.skipped = merged(missing);
        reports.push(report);
    }
    if reports.iter().any(|report| !report.skipped.is_empty()) {
        // What belongs to the other tables is no orphan.
        for (_, root) in roots.iter().filter(|(name, _)| !tables.iter().any(|table| table.eq_ignore_ascii_case(name))) {
            walk(&mut pages, &mut walked, *root, &mut |_, _, _, _| Ok::<_, E>(true))?;
        }
        walked.extend(pages.free());
        for number in (2..=pages.count()).filter(|number| !walked.contains(number)) {
            offer(&mut pages, number, &layouts, &mut reports, &mut each)?;
        }
    }
    Ok(Report { pages: pages.count(), tables: reports })
}

impl TableReport {
    fn new(table: &str) -> TableReport {
        TableReport { table: table.into(), read: 0, orphans: 0, damaged: 0, skipped: Vec::new() }
    }
}

fn row<'a>(layout: &'a Layout, rowid: i64, values: &'a [Value], orphan: bool) -> SalvagedRow<'a> {
    SalvagedRow { table: &layout.table, rowid, columns: &layout.columns, values, orphan }
}

/// How many migrations the database had seen; all, if its header is destroyed.
fn version(pages: &mut Pages, schema: &Schema) -> i64 {
    let header = pages.read(1).filter(|first| first.starts_with(b"SQLite format 3\0"));
    let version = header.and_then(|first| be32(&first, 60)).map(i64::from);
    version.filter(|version| (1..=schema.version()).contains(version)).unwrap_or(schema.version())
}

/// Names and first pages of the tables, from the damaged file.
fn roots(pages: &mut Pages, walked: &mut HashSet<u32>) -> Vec<(String, u32)> {
    let mut roots = Vec::new();
    walked.remove(&1);
    let mut take = |pages: &mut Pages, page: &[u8], cells: &[Option<usize>]| {
        for (_, object) in cells.iter().filter_map(|cell| record::row(pages, page, (*cell)?)) {
            if let [Value::Text(kind), Value::Text(name), _, Value::Integer(root), ..] = object.as_slice()
                && kind == "table"
                && let Ok(root @ 1..) = u32::try_from(*root)
                && !roots.iter().any(|(known, _)| known == name)
            {
                roots.push((name.clone(), root));
            }
        }
    };
    let missing = walk(pages, walked, 1, &mut |pages, page, cells, _| {
        take(pages, page, cells);
        Ok::<_, Error>(true)
    });
    // A large schema has leaves of its own, which a destroyed first page hides.
    if missing.is_ok_and(|missing| !missing.is_empty()) {
        for number in 2..=pages.count() {
            if let Some(page) = pages.read(number)
                && let Some(Node::Leaf { cells }) = Node::parse(&page, number)
                && is_schema(pages, &page, &cells)
            {
                take(pages, &page, &cells);
                walked.insert(number);
            }
        }
    }
    roots
}

fn is_schema(pages: &mut Pages, page: &[u8], cells: &[Option<usize>]) -> bool {
    let kinds = ["table", "index", "view", "trigger"];
    let like_schema = |cell: &Option<usize>| {
        let Some((_, object)) = cell.and_then(|at| record::row(pages, page, at)) else { return false };
        matches!(object.as_slice(), [Value::Text(kind), Value::Text(_), Value::Text(_), Value::Integer(_), _]
            if kinds.contains(&kind.as_str()))
    };
    !cells.is_empty() && cells.iter().all(like_schema)
}

/// Visits the leaves below `root` in the order of rowids and gives the ranges of rowids that could not be reached.
/// `visit` says whether the leaf belongs here.
fn walk<E>(
    pages: &mut Pages,
    walked: &mut HashSet<u32>,
    root: u32,
    visit: &mut impl FnMut(&mut Pages, &[u8], &[Option<usize>], &RangeInclusive<i64>) -> Result<bool, E>,
) -> Result<Vec<RangeInclusive<i64>>, E> {
    let mut missing = Vec::new();
    let mut stack = vec![(root, i64::MIN..=i64::MAX, 0)];
    while let Some((number, within, depth)) = stack.pop() {
        // A page met twice means that a pointer is destroyed.
        let fresh = depth < DEPTH && !walked.contains(&number);
        let page = if fresh { pages.read(number) } else { None };
        let node = page.as_deref().and_then(|page| Node::parse(page, number));
        match (node, page) {
            (Some(Node::Leaf { cells }), Some(page)) => {
                if visit(pages, &page, &cells, &within)? {
                    walked.insert(number);
                } else {
                    missing.push(within);
                }
            }
            (Some(Node::Interior { children, last }), Some(_)) => {
                walked.insert(number);
                let mut below = Vec::new();
                let mut start = *within.start();
                // A cell that makes no sense hides the rowids up to the next key that does.
                let mut hole = false;
                for child in children.into_iter().chain([Some((last, *within.end()))]) {
                    let Some((page, largest)) = child.filter(|(_, largest)| (start..=*within.end()).contains(largest))
                    else {
                        hole = true;
                        continue;
                    };
                    if hole {
                        below.push((0, start..=largest, depth));
                    }
                    hole = false;
                    below.push((page, start..=largest, depth + 1));
                    start = largest.saturating_add(1);
                }
                stack.extend(below.into_iter().rev());
            }
            _ => missing.push(within),
        }
    }
    Ok(missing)
}

/// Gives the rows of a page that no tree reached to each table that misses such rows.
fn offer<E>(
    pages: &mut Pages,
    number: u32,
    layouts: &[Layout],
    reports: &mut [TableReport],
    each: &mut impl FnMut(&SalvagedRow<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let Some(page) = pages.read(number) else { return Ok(()) };
    let Some(Node::Leaf { cells }) = Node::parse(&page, number) else { return Ok(()) };
    // A row whose further pages are destroyed says nothing about the page it begins on.
    let rows: Vec<_> = cells.iter().filter_map(|cell| record::row(pages, &page, (*cell)?)).collect();
    for (layout, report) in layouts.iter().zip(reports) {
        let misses = |rowid: &i64| report.skipped.iter().any(|range| range.contains(rowid));
        let fitting = rows
            .iter()
            .map(|(rowid, stored)| Some((*rowid, layout.complete(*rowid, stored.clone()).filter(|_| misses(rowid))?)));
        let Some(fitting) = fitting.collect::<Option<Vec<_>>>() else { continue };
        if fitting.is_empty() {
            continue;
        }
        report.damaged += (cells.len() - fitting.len()) as u64;
        for (rowid, values) in fitting {
            report.read += 1;
            report.orphans += 1;
            each(&row(layout, rowid, &values, true))?;
        }
    }
    Ok(())
}

fn merged(ranges: Vec<RangeInclusive<i64>>) -> Vec<RangeInclusive<i64>> {
    let mut merged: Vec<RangeInclusive<i64>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if last.end().checked_add(1) == Some(*range.start()) => *last = *last.start()..=*range.end(),
            _ => merged.push(range),
        }
    }
    merged
}
