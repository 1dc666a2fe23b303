//! Grids: the tree, its faults, places.

use super::*;
use crate::id::GridCode;

pub(super) const LEVELS: &str =
    r#""levels":[{"code":"street","name":"街道","name_en":"Street"},{"code":"cell","name":"网格","name_en":"Grid"}]"#;

pub(super) fn grids(list: &str) -> String {
    format!("{{{LEVELS},\"grids\":[{list}]}}")
}

fn grid(code: &str, level: &str, parent: &str) -> String {
    let parent = if parent.is_empty() { String::new() } else { format!(",\"parent\":\"{parent}\"") };
    format!("{{\"code\":\"{code}\",\"name\":\"网格\",\"level\":\"{level}\"{parent}}}")
}

fn faults(list: &[String]) -> Vec<(String, &'static str)> {
    refused(DocumentKind::Grids, &grids(&list.join(",")))
}

fn code(text: &str) -> GridCode {
    text.parse().unwrap()
}

#[test]
fn a_path_leads_from_the_root_to_the_grid() {
    // A child may stand before its parent.
    let list = [grid("a1", "cell", "a"), grid("a", "street", ""), grid("b", "street", "")].join(",");
    let Ok(Document::Grids(document)) = parse(DocumentKind::Grids, grids(&list).as_bytes()) else { panic!() };
    let tree = GridTree::new(document);
    assert_eq!(tree.path(&code("a1")), [code("a"), code("a1")]);
    assert_eq!(tree.path(&code("b")), [code("b")]);
    assert_eq!(tree.path(&code("c")), []);
    let children = |parent: Option<&GridCode>| tree.children(parent).map(|grid| grid.code.clone()).collect::<Vec<_>>();
    assert_eq!(children(None), [code("a"), code("b")]);
    assert_eq!(children(Some(&code("a"))), [code("a1")]);
}

#[test]
fn a_path_of_three_levels_is_no_cycle() {
    let list = [grid("a", "street", ""), grid("b", "cell", "a"), grid("c", "yard", "b")].join(",");
    let text = grids(&list).replacen("[{", r#"[{"code":"city","name":"市","name_en":"City"},{"#, 1);
    let text = text.replacen("}],", r#"},{"code":"yard","name":"楼院","name_en":"Yard"}],"#, 1);
    let Ok(Document::Grids(document)) = parse(DocumentKind::Grids, text.as_bytes()) else { panic!() };
    assert_eq!(document.check(), []);
    assert_eq!(GridTree::new(document).path(&code("c")), [code("a"), code("b"), code("c")]);
}

#[test]
fn a_tree_that_is_none_is_refused() {
    let street = grid("a", "street", "");
    assert_eq!(faults(&[street.clone(), street.clone()]), one("grids[1].code", "duplicate_code"));
    assert_eq!(faults(&[street.clone(), grid("b", "cell", "x")]), one("grids[1].parent", "unknown_parent"));
    assert_eq!(faults(&[street.clone(), grid("b", "nowhere", "a")]), one("grids[1].level", "unknown_level"));
    assert_eq!(faults(&[street.clone(), grid("b", "street", "a")]), one("grids[1].parent", "wrong_level"));
    assert_eq!(faults(&[grid("b", "street", "a"), grid("a", "cell", "")]), one("grids[0].parent", "wrong_level"));
    assert_eq!(faults(&[grid("a", "street", "a")]), one("grids[0].parent", "parent_cycle"));
    let round = [grid("x", "cell", "a"), grid("a", "street", "b"), grid("b", "street", "c"), grid("c", "cell", "a")];
    // What hangs below the cycle is not part of it.
    let cycle = |index: usize| (format!("grids[{index}].parent"), "parent_cycle");
    assert_eq!(faults(&round), [cycle(1), cycle(2), cycle(3)]);
    let twice = grids(&street).replace("\"cell\"", "\"street\"");
    assert_eq!(refused(DocumentKind::Grids, &twice), one("levels[1].code", "duplicate_code"));
}

#[test]
fn a_cycle_that_nobody_checked_still_ends() {
    let list = [grid("a", "street", "b"), grid("b", "street", "a")].join(",");
    let tree = GridTree::new(serde_json::from_str(&grids(&list)).unwrap());
    assert!(tree.path(&code("a")).len() <= 16);
}

/// A street with this shape and a cell in it with that one.
fn shapes(street: &str, cell: &str) -> String {
    let with = |grid: String, ring: &str| grid.replace('}', &format!(",\"shape\":[[[{ring}]]]}}"));
    grids(&[with(grid("a", "street", ""), street), with(grid("a1", "cell", "a"), cell)].join(","))
}

const WIDE: &str = "[0,0],[100,0],[100,100],[0,100],[0,0]";

#[test]
fn a_bad_boundary_is_refused_where_it_is_bad() {
    let shape = |ring: &str| refused(DocumentKind::Grids, &shapes(WIDE, ring));
    assert_eq!(shape("[0,0],[9,9],[9,0],[0,9],[0,0]")[0].1, "self_crossing");
    assert!(shape("[0,0],[9,9],[9,0],[0,9],[0,0]")[0].0.starts_with("grids[1].shape[0][0]["));
    assert_eq!(shape("[0,0],[9,0],[9,9],[0,9]"), one("grids[1].shape[0][0][3]", "ring_not_closed"));
    assert_eq!(shape("[0,0],[9,0],[2000000000,9],[0,0]"), one("grids[1].shape[0][0][2]", "point_out_of_range"));
    assert_eq!(shape("[0,0],[9,0,5],[9,9],[0,0]")[0].1, "surplus");
    assert_eq!(shape("[0,0],[9,0.5],[9,9],[0,0]")[0].1, "wrong_type");
}

#[test]
fn a_grid_that_leaves_its_parent_is_a_warning() {
    let check = |cell: &str| {
        let text = shapes(WIDE, cell);
        parse(DocumentKind::Grids, text.as_bytes()).unwrap().check()
    };
    assert_eq!(check("[0,0],[50,0],[50,50],[0,50],[0,0]"), []);
    let found = check("[0,0],[101,0],[50,50],[0,50],[0,0]");
    assert_eq!((found.len(), found[0].path.as_str(), found[0].code), (1, "grids[1].shape", "outside_parent"));
    assert_eq!(found[0].severity, Severity::Warning);
    assert!(!has_errors(&found));
}
