//! Choosing on a screen: categories, places, grids, holders.

use redvest_client::commands::By;
use redvest_client::env::SetEnv;
use redvest_domain::event::DocumentKind;
use redvest_domain::place::{Fix, Position};
use redvest_domain::reference::{Catalogue, Document, Handler, parse};

use crate::litter;
use crate::work::Street;
use crate::world::{Hub, MONDAY, PIN, code, fix, grid_member, office, open, volunteer};

/// The street of the stories with boundaries: a street, a community in it, two grids side by side in that.
fn shapes() -> Document {
    let square = |south: i64, west: i64, north: i64, east: i64| {
        let at = |lat: i64, lon: i64| format!("[{},{}]", 1_187_969_000 + lon, 320_603_000 + lat);
        let ring = [at(south, west), at(south, east), at(north, east), at(north, west), at(south, west)].join(",");
        format!("[[[{ring}]]]")
    };
    let grid = |code: &str, name: &str, level: &str, parent: &str, shape: String| {
        let parent = if parent.is_empty() { String::new() } else { format!(r#","parent":"{parent}""#) };
        format!(r#"{{"code":"{code}","name":"{name}","level":"{level}"{parent},"shape":{shape}}}"#)
    };
    let all = [
        grid("s", "青石街道", "street", "", square(-500_000, -500_000, 500_000, 500_000)),
        grid("c", "临河社区", "community", "s", square(-200_000, -200_000, 200_000, 200_000)),
        grid("g", "第一网格", "grid", "c", square(-10_000, -10_000, 10_000, 10_000)),
        grid("g2", "第二网格", "grid", "c", square(-10_000, 10_000, 10_000, 30_000)),
    ];
    let levels = r#"[{"code":"street","name":"街道","name_en":"Street"},
        {"code":"community","name":"社区","name_en":"Community"},{"code":"grid","name":"网格","name_en":"Grid"}]"#;
    let text = format!(r#"{{"levels":{levels},"grids":[{}]}}"#, all.join(","));
    parse(DocumentKind::Grids, text.as_bytes()).unwrap()
}

#[test]
fn the_catalogue_is_there_before_any_sync_and_is_searched_by_characters_and_initials() {
    let folder = tempfile::tempdir().unwrap();
    let client = open(folder.path(), &std::sync::Arc::new(SetEnv::new(MONDAY, 1)));
    let all = client.catalogue(None).unwrap();
    let shown: usize = all.groups.iter().map(|group| group.categories.len()).sum();
    assert_eq!(shown, Catalogue::built_in().categories.iter().filter(|category| !category.retired).count());
    assert!(all.recent.is_empty() && !all.note_zh.is_empty());
    for text in ["暴露", "bllj"] {
        let found = client.catalogue(Some(text)).unwrap();
        let names: Vec<&str> =
            found.groups.iter().flat_map(|group| &group.categories).map(|one| one.zh.as_str()).collect();
        assert!(names.contains(&"暴露垃圾") && names.len() < 6, "{text}: {names:?}");
    }
    assert!(client.catalogue(Some("没有这样的事")).unwrap().groups.is_empty());
    assert!(!client.reasons().returned.is_empty());
    assert!(client.grids(None, None).is_empty() && client.recent_grids().unwrap().is_empty());
}

#[test]
fn what_was_reported_last_comes_first_and_a_retired_category_is_offered_no_more() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let categories = Catalogue::built_in().categories;
    let plain: Vec<_> =
        categories.iter().filter(|one| one.photos.before == 0 || one.photos.before == 1).take(10).collect();
    for (at, category) in plain.iter().enumerate() {
        env.pass(1_000);
        let photo = crate::import(&client, folder.path(), at as u64);
        let grid = Some(code(if at % 2 == 0 { "g" } else { "g2" }));
        let report = redvest_client::commands::Report { category: category.code.clone(), grid, ..litter(vec![photo]) };
        client.report(report, By::default()).unwrap();
    }
    let recent = || client.catalogue(None).unwrap().recent;
    let codes: Vec<_> = recent().into_iter().map(|row| row.code).collect();
    let last: Vec<_> = plain.iter().rev().take(8).map(|category| category.code.clone()).collect();
    assert_eq!(codes, last);
    let used: Vec<String> = client.recent_grids().unwrap().into_iter().map(|row| row.code.to_string()).collect();
    assert_eq!(used, ["g2", "g"]);
    let mut next = Catalogue::built_in();
    next.categories.iter_mut().find(|one| one.code == last[0]).unwrap().retired = true;
    hub.publish(Document::Catalogue(next));
    hub.pull(&client, &volunteer());
    assert_eq!(recent()[0].code, last[1]);
    let shown = client.catalogue(None).unwrap();
    assert!(shown.groups.iter().flat_map(|group| &group.categories).all(|row| row.code != last[0]));
}

#[test]
fn a_place_says_its_grid_its_borders_and_what_is_open_there() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    hub.publish(shapes());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = crate::import(&client, folder.path(), 1);
    client.report(litter(vec![photo]), By::default()).unwrap();
    let place = client.place(Some(PIN), Some(fix()), Some(code("M06010")), 50).unwrap();
    assert_eq!(place.grid, Some(code("g")));
    let path: Vec<(&str, &str)> =
        place.grid_path.iter().map(|grid| (grid.name.as_str(), grid.level_en.as_str())).collect();
    assert_eq!(path, [("青石街道", "Street"), ("临河社区", "Community"), ("第一网格", "Grid")]);
    let borders: Vec<&str> = place.borders.iter().map(|border| border.name.as_str()).collect();
    assert_eq!(borders, ["第一网格", "临河社区"], "the deepest level and the one above, what the circle reaches alone");
    assert_eq!(place.borders[0].rings[0].len(), 5);
    assert_eq!(client.place(Some(PIN), None, None, 150).unwrap().borders.len(), 3);
    assert_eq!(place.nearby.len(), 1);
    let gate = hub.reference.category(&code("M06010")).unwrap().accuracy_gate_cm;
    assert_eq!((place.gate_m, place.gate_met), (gate.map(|cm| cm.div_ceil(100)), true));
    let vague = Fix { accuracy_cm: Some(1_000_000), ..fix() };
    assert!(!client.place(Some(PIN), Some(vague), Some(code("M06010")), 50).unwrap().gate_met);
    let shift = (place.shown_lat.unwrap() - PIN.lat()).abs() + (place.shown_lon.unwrap() - PIN.lon()).abs();
    assert!(shift > 0.001 && shift < 0.02, "{shift}");
    assert_eq!(place.handler_zh, None, "a volunteer's phone does not know who is staffed");
    let nowhere = client.place(None, None, None, 50).unwrap();
    assert!(nowhere.grid.is_none() && nowhere.borders.is_empty() && nowhere.nearby.is_empty() && nowhere.gate_met);
    let away = Position { lat_e7: 0, lon_e7: 0 };
    let away = client.place(Some(away), None, None, 5_000).unwrap();
    assert!(away.grid.is_none() && away.borders.is_empty());
}

#[test]
fn the_office_sees_who_would_get_a_ticket() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &office());
    let page = redvest_domain::wire::Page { members: vec![office(), grid_member()], ..hub.page(&office()) };
    hub.give(&client, &page);
    let mut hub = hub;
    hub.publish(shapes());
    let page = redvest_domain::wire::Page { members: vec![office(), grid_member()], ..hub.page(&office()) };
    hub.give(&client, &page);
    let handler = |pin| client.place(Some(pin), None, Some(code("M06010")), 50).unwrap().handler_zh;
    assert_eq!(handler(PIN).as_deref(), Some("第一网格"));
    let second = Position { lon_e7: PIN.lon_e7 + 20_000, ..PIN };
    assert_eq!(handler(second), None, "nobody works in the second grid, nor above");
    let agencies =
        r#"{"agencies":[{"code":"cg","name":"城管局","name_en":"City management","leads":[{"groups":["M08"]}]}]}"#;
    hub.publish(parse(DocumentKind::Agencies, agencies.as_bytes()).unwrap());
    hub.give(&client, &hub.page(&office()));
    let all = Catalogue::built_in().categories.into_iter();
    let theirs = all.filter(|one| one.group == code("M08")).find(|one| one.handler == Handler::Agency).unwrap();
    let place = client.place(Some(second), None, Some(theirs.code), 50).unwrap();
    assert_eq!((place.handler_zh.as_deref(), place.handler_en.as_deref()), (Some("城管局"), Some("City management")));
}

#[test]
fn grids_are_walked_and_found_by_name_or_code() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let roots = client.grids(None, None);
    assert_eq!((roots.len(), roots[0].name.as_str(), roots[0].has_children), (1, "青石街道", true));
    let below = client.grids(Some(&code("c")), None);
    assert_eq!(below.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["g", "g2"]);
    assert_eq!((below[0].path.as_str(), below[0].has_children), ("青石街道 / 临河社区", false));
    assert_eq!(client.grids(None, Some("第二"))[0].code, code("g2"));
    assert_eq!(client.grids(None, Some("G")).len(), 2);
    assert!(client.grids(Some(&code("g")), Some("第二")).is_empty(), "not below it");
}

#[test]
fn a_dispatcher_is_offered_agencies_and_the_grids_below() {
    let mut street = Street::new();
    let photo = street.photo(0, 1);
    let ticket = street.phone(0).report(litter(vec![photo]), By::default()).unwrap().ticket;
    street.sync();
    let keys = |at: usize| {
        let rows = street.phone(at).holders(ticket).unwrap();
        rows.into_iter().map(|row| row.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(2), ["agency:cg", "agency:wy", "grid:g", "grid:c", "grid:g2"], "the manager of community c");
    assert_eq!(keys(5), ["agency:cg", "agency:wy", "grid:g", "grid:c", "grid:g2", "grid:s"], "the office");
    assert!(keys(0).is_empty(), "a volunteer dispatches nothing");
    let rows = street.phone(2).holders(ticket).unwrap();
    assert!(rows[2].leads && rows[2].level_zh.as_deref() == Some("网格") && rows[0].level_zh.is_none());
}
