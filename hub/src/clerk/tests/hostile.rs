//! Files that are broken, not what they seem, or made to do harm.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::clerk::{TableFormat, TemplateKind, template};

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The parts of the people's template, one of them replaced.
fn with_part(name: &str, bytes: &[u8]) -> Vec<u8> {
    let template = template(TemplateKind::People, TableFormat::Xlsx).unwrap();
    let mut old = zip::ZipArchive::new(Cursor::new(template)).unwrap();
    let mut parts = Vec::new();
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        let path = part.name().unwrap().into_owned();
        parts.push((path.clone(), if path == name { bytes.to_vec() } else { content }));
    }
    archive(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

#[test]
fn an_empty_file_and_one_with_only_a_header_are_refused() {
    assert_eq!(codes(read_people(b"")), [fault("empty_file", 0, "")]);
    assert_eq!(codes(read_people("姓名,手机,角色\n".as_bytes())), [fault("no_rows", 0, "")]);
    assert_eq!(codes(read_people(b"\xef\xbb\xbf"))[0].0, "column_missing");
    assert_eq!(codes(read_people(&vec![b'a'; 32 * 1024 * 1024 + 1])), [fault("too_large", 0, "")]);
}

#[test]
fn an_archive_of_something_else_is_no_workbook() {
    assert_eq!(codes(read_people(&archive(&[("word/document.xml", b"<w/>")]))), [fault("not_a_workbook", 0, "")]);
    assert_eq!(codes(read_people(&archive(&[]))), [fault("not_a_workbook", 0, "")]);
    assert_eq!(codes(read_people(b"PK\x03\x04 and nothing more")), [fault("workbook_damaged", 0, "")]);
    assert_eq!(codes(read_people(&archive(&[("xl/workbook.xml", b"<w/>")])))[0].0, "not_a_workbook");
    assert_eq!(codes(read_people(&with_part("xl/workbook.xml", b"<w")))[0].0, "workbook_damaged");
    assert_eq!(codes(read_people(b"\xd0\xcf\x11\xe0\xa1\xb1")), [fault("old_excel", 0, "")]);
    assert_eq!(codes(read_people(b"<html><table><tr><td>")), [fault("not_a_table", 0, "")]);
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked_into_memory() {
    let zeros = vec![b' '; 300 * 1024 * 1024];
    let bomb = with_part("xl/worksheets/sheet1.xml", &zeros);
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    assert_eq!(codes(read_people(&bomb)), [fault("unpacks_too_large", 0, "")]);
    let strings = [b"<sst>".as_slice(), &b"<si/>".repeat(9_000_000)].concat();
    assert_eq!(codes(read_people(&with_part("xl/sharedStrings.xml", &strings))), [fault("unpacks_too_large", 0, "")]);
}

#[test]
fn a_workbook_that_claims_strings_without_end_is_refused() {
    // The reader of workbooks would reserve 24 bytes for each, and the program would end there.
    let claim =
        br#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="9000000000000"></sst>"#;
    assert_eq!(codes(read_people(&with_part("xl/sharedStrings.xml", claim))), [fault("unpacks_too_large", 0, "")]);
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(std::str::from_utf8(claim).unwrap().encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(codes(read_people(&with_part("xl/sharedStrings.xml", &wide))), [fault("workbook_damaged", 0, "")]);
}

#[test]
fn a_lone_cell_at_the_end_of_a_sheet_costs_nothing() {
    let sheet = br#"<worksheet><sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>"#;
    assert_eq!(codes(read_people(&with_part("xl/worksheets/sheet1.xml", sheet)))[0].0, "column_missing");
}

#[test]
fn a_cell_of_a_megabyte_is_a_fault_at_its_place() {
    let long = "长".repeat(350_000);
    let text = format!("姓名,手机,角色\n张三,13800000001,志愿者\n{long},13800000002,志愿者\n");
    let found = codes(read_people(text.as_bytes()));
    assert_eq!(found[0], fault("cell_too_long", 3, "姓名"));
}

#[test]
fn a_quote_that_never_ends_swallows_no_row_in_silence() {
    let text = "姓名,手机,角色,职务\n张三,13800000001,志愿者,\"主任\n李四,13800000002,志愿者,\n";
    assert_eq!(codes(read_people(text.as_bytes())), [fault("text_unfit", 2, "职务")]);
}

#[test]
fn a_formula_in_a_name_stays_text_and_comes_out_harmless() {
    let text = "姓名,手机,角色\n\"=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",13800000001,志愿者\n";
    let parsed = read_people(text.as_bytes()).unwrap();
    assert_eq!(parsed.value.members[0].name, "=HYPERLINK(\"http://x\",\"y\")");
}

#[test]
fn more_rows_than_a_table_may_have_are_a_fault() {
    let mut text = String::from("姓名,手机,角色\n");
    for row in 0..200_001 {
        text.push_str(&format!("甲,{},志愿者\n", 13_000_000_000_u64 + row));
    }
    assert_eq!(codes(read_people(text.as_bytes())), [fault("too_many_rows", 200_002, "")]);
}

#[test]
fn garbage_yields_a_bounded_list_of_faults() {
    let text = format!("姓名,手机,角色\n{}", "x,1,2\n".repeat(5_000));
    let faults = read_people(text.as_bytes()).unwrap_err();
    assert_eq!(faults.len(), 1_001);
    assert_eq!(faults.last().unwrap().code, "more_faults");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_damage_to_a_workbook_makes_the_reader_fall_over(hits in prop::collection::vec((any::<u16>(), any::<u8>()), 1..8)) {
        let mut bytes = template(TemplateKind::People, TableFormat::Xlsx).unwrap();
        for (at, byte) in hits {
            let at = usize::from(at) % bytes.len();
            bytes[at] ^= byte;
        }
        let _ = read_people(&bytes);
    }

    #[test]
    fn no_sheet_of_odd_xml_makes_the_reader_fall_over(sheet in "(<(row|c|v|is|t|f|sheetData)( (r|s|t)=\"[A-Z0-9a-z]{0,8}\"){0,3}/?>|</(row|c|v|is|t)>|[0-9.]{1,4}){0,30}") {
        let sheet = format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>");
        let _ = read_people(&with_part("xl/worksheets/sheet1.xml", sheet.as_bytes()));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_people(&bytes);
        let _ = read_people(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }
}
