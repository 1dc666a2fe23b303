//! Tables: encodings, headers, places of faults.

use encoding_rs::GB18030;

use super::*;
use crate::clerk::{Encoding, Language, TableFormat, TemplateKind, agencies, grids, responsibilities, template};

const GOOD: &str = "姓名,手机,角色,网格\r\n张三,13800000001,网格员,SQ01-01\r\n";

#[test]
fn a_gbk_file_reads_like_utf_8_and_the_guess_is_reported() {
    let utf_8 = read_people(GOOD.as_bytes()).unwrap();
    let gbk = read_people(&GB18030.encode(GOOD).0).unwrap();
    assert_eq!(gbk.value, utf_8.value);
    assert_eq!((utf_8.reading.encoding, gbk.reading.encoding), (Some(Encoding::Utf8), Some(Encoding::Gb18030)));
    assert_eq!(gbk.value.members[0].name, "张三");
}

#[test]
fn columns_stand_in_any_order_under_any_known_header_below_a_title() {
    let text = "\u{feff}东区人员名单;;;;\n\n Role ;姓名（必填）;喜好;所属网格*;手机号码\n网格长;李四;茶;ＳＱ０１;+86 138-0000-0002\n";
    let parsed = read_people(text.as_bytes()).unwrap();
    let person = &parsed.value.members[0];
    assert_eq!((person.name.as_str(), person.phone.as_deref()), ("李四", Some("13800000002")));
    assert_eq!(person.title.as_deref(), Some("网格长"));
    assert_eq!(person.record.roles[0].key.to_string(), "grid:SQ01");
    assert_eq!(person.rows, [4]);
    let [warning] = parsed.warnings.as_slice() else { panic!("one unknown column: {:?}", parsed.warnings) };
    assert_eq!(warning.code, "column_unknown");
    assert_eq!(warning.text(Language::Zh), "people.csv › 第 3 行“喜好”列：不认识此列，未读取。（column_unknown）");
}

#[test]
fn a_wrong_header_names_the_columns_that_are_missing() {
    let found = codes(read_people("名字,电话,网格\n张三,13800000001,SQ01\n".as_bytes()));
    assert_eq!(found, [fault("column_missing", 0, "姓名"), fault("column_missing", 0, "角色")]);
}

#[test]
fn two_columns_of_one_meaning_are_refused() {
    let found = codes(read_people("姓名,手机,电话,角色\n张三,13800000001,13800000002,志愿者\n".as_bytes()));
    assert_eq!(found, [fault("column_twice", 1, "电话")]);
}

#[test]
fn both_faults_of_one_file_are_reported_and_nothing_is_given() {
    let text = "姓名,手机,角色,网格\n张三,1380000,网格员,SQ01\n李四,13800000002,网格员,SQ99\n";
    assert_eq!(codes(read_people(text.as_bytes())), [fault("bad_phone", 2, "手机"), fault("unknown_grid", 3, "网格")]);
}

#[test]
fn a_fault_of_a_workbook_names_file_sheet_row_and_column() {
    let bytes = workbook(&[&["姓名", "手机", "角色", "网格"], &[], &["张三", "13800000001", "网格员", "东门社区"]]);
    let reference = reference();
    let context = PeopleContext { identity: &identity(), reference: &reference, existing: &[], leaving: false };
    let faults = people(&file("people.xlsx", &bytes), &context).unwrap_err();
    assert_eq!(
        faults[0].text(Language::En),
        "people.xlsx › Sheet1 › row 3, column 网格: There is no grid 东门社区: this is a name, write the code SQ01. \
         (unknown_grid)"
    );
}

#[test]
fn blank_lines_do_not_move_the_rows_of_a_text_file() {
    let text = "\n\n姓名,手机,角色\n\n,,\n\"张三\",1,志愿者\n\n\r\n李四,2,志愿者\n";
    assert_eq!(codes(read_people(text.as_bytes())), [fault("bad_phone", 6, "手机"), fault("bad_phone", 9, "手机")]);
}

#[test]
fn codes_typed_as_numbers_keep_their_digits() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(["编码", "名称", "层级"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    sheet.write_number(1, 0, 320_102_001_002_003.0).unwrap();
    sheet.write_string(1, 1, "第一网格").unwrap();
    sheet.write_string(1, 2, "网格").unwrap();
    sheet.write_number(2, 0, 3_201_020_010_020_031_234.0).unwrap();
    sheet.write_string(2, 1, "第二网格").unwrap();
    sheet.write_string(2, 2, "网格").unwrap();
    let date = rust_xlsxwriter::Format::new().set_num_format("m/d");
    sheet.write_number_with_format(3, 0, 46_000.0, &date).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let found = read_grids(&bytes);
    assert_eq!(
        codes(found),
        [
            fault("number_rounded", 3, "编码"),
            fault("cell_is_date", 4, "编码"),
            fault("cell_empty", 4, "名称"),
            fault("cell_empty", 4, "层级")
        ]
    );
}

fn read_grids(bytes: &[u8]) -> Result<Parsed<Grids>, Vec<RowFault>> {
    let source = crate::clerk::GridSource { levels: &[], in_force: &Grids::default(), keep_boundaries: false };
    grids(&file("grids.xlsx", bytes), &source)
}

#[test]
fn every_template_reads_back_without_a_fault() {
    for format in [TableFormat::Xlsx, TableFormat::Csv] {
        let bytes = |kind| template(kind, format).unwrap();
        let people = read_people(&bytes(TemplateKind::People)).unwrap();
        assert_eq!((people.value.members.len(), people.warnings), (5, vec![]));
        let read = agencies(&file("agencies", &bytes(TemplateKind::Agencies)), &reference()).unwrap();
        assert_eq!((read.value.agencies.len(), read.value.agencies[0].leads.len(), read.warnings), (3, 2, vec![]));
        let read = read_grids(&bytes(TemplateKind::Grids)).unwrap();
        assert_eq!((read.value.grids.len(), read.value.levels.len(), read.warnings), (3, 3, vec![]));
        let known: Vec<Known> = people.value.members.into_iter().map(known_person).collect();
        let duties = bytes(TemplateKind::Responsibilities);
        let read = responsibilities(&file("duties", &duties), &reference(), &identity(), &known).unwrap();
        assert_eq!((read.value.points.len(), read.value.points[1].members.len(), read.warnings), (2, 2, vec![]));
    }
}

fn known_person(person: crate::clerk::Person) -> Known {
    Known { record: person.record, name: person.name, phone: person.phone, title: person.title }
}

#[test]
fn agencies_faults_stand_at_the_row_that_names_the_unknown() {
    let text = "编码,名称,事项,分组,网格\nCG,城管,,M06,\nCG,,,M07,SQ77\nJJ,交警,M99999,,\nCG,公安,,,\n";
    let found = codes(agencies(&file("agencies.csv", text.as_bytes()), &reference()));
    assert_eq!(found, [fault("duplicate_code", 5, "名称")]);
    let text = text.replace("CG,公安,,,\n", "WY,物业,,M06,\n");
    let found = codes(agencies(&file("agencies.csv", text.as_bytes()), &reference()));
    assert_eq!(
        found,
        [fault("two_leads", 5, ""), fault("unknown_grid", 3, "网格"), fault("unknown_category", 4, "事项")]
    );
}

#[test]
fn a_duty_of_somebody_unknown_is_refused() {
    let text = "编码,名称,网格,责任人\nD1,人民路,SQ01,13800000009\n";
    let found = codes(responsibilities(&file("d.csv", text.as_bytes()), &reference(), &identity(), &[]));
    assert_eq!(found, [fault("unknown_member", 2, "责任人")]);
}

#[test]
fn a_parent_that_is_not_there_is_named_at_its_cell() {
    let text = "编码,名称,层级,上级\nA,甲,街道,\nB,乙,社区,Z\nC,丙,楼层,A\n";
    let found = codes(read_grids(text.as_bytes()));
    assert_eq!(found, [fault("unknown_level", 4, "层级")]);
    let found = codes(read_grids(text.replace("楼层", "社区").as_bytes()));
    assert_eq!(found, [fault("unknown_parent", 3, "上级")]);
}
