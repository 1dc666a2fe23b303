//! The hub's commands on a data folder.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{Hub, free_port, json, run};

pub(crate) const GRIDS: &str = "编码,名称,层级,上级\nJD,东风街道,街道,\nSQ01,幸福社区,社区,JD\nWG01,幸福一网格,网格,SQ01\nWG02,幸福二网格,网格,SQ01\n";
pub(crate) const PEOPLE: &str = "姓名,手机,角色,网格,单位,包联点位,职务,编号\n\
    李红,13800000001,志愿者,,,WG01,志愿者,1\n王强,13800000002,网格员,WG01,,,网格员,2\n\
    孙亮,13800000003,网格长,SQ01,,,网格长,3\n吴岚,13800000005,创文办,,,,主任,5\n";

/// Writes a file and gives its path as text.
pub(crate) fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A workspace with grids and people.
pub(crate) fn founded(folder: &Path) -> std::path::PathBuf {
    let hub = folder.join("hub");
    json(&hub, &["hub", "init", "--name", "东风区创城"]).well();
    json(&hub, &["hub", "grids", "import", &file(folder, "grids.csv", GRIDS), "--yes"]).well();
    json(&hub, &["hub", "people", "import", &file(folder, "people.csv", PEOPLE), "--yes"]).well();
    hub
}

#[test]
fn a_workspace_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let before = json(folder.path(), &["hub", "status"]);
    assert_eq!((before.code, before.error().as_str()), (1, "no_workspace"));
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "looking makes nothing");
    let told = json(folder.path(), &["hub", "init", "--name", "东风区创城"]).well().object();
    let status = json(folder.path(), &["hub", "status"]).well().object();
    assert_eq!((&status["hub_key"], &status["name"]), (&told["hub_key"], &Value::from("东风区创城")));
    let again = json(folder.path(), &["hub", "init", "--name", "另一个"]);
    assert_eq!((again.code, again.error().as_str()), (1, "workspace_exists"));
}

#[test]
fn an_import_shows_its_changes_and_needs_a_yes() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &["hub", "init", "--name", "x"]).well();
    let grids = file(folder.path(), "grids.csv", GRIDS);
    let unasked = json(folder.path(), &["hub", "grids", "import", &grids]);
    assert_eq!((unasked.code, unasked.error().as_str()), (2, "needs_yes"));
    let looked = json(folder.path(), &["hub", "grids", "import", &grids, "--dry-run"]).well().object();
    assert_eq!(looked["published"], Value::Null);
    assert_eq!(looked["changes"].as_array().unwrap().iter().filter(|one| one["list"] == "grids").count(), 4);
    let done = json(folder.path(), &["hub", "grids", "import", &grids, "--yes"]).well().object();
    assert!(done["published"].is_string());
    let same = json(folder.path(), &["hub", "grids", "import", &grids, "--yes"]).well().object();
    assert_eq!((same["published"].clone(), same["changes"].as_array().unwrap().len()), (Value::Null, 0));
}

#[test]
fn a_faulty_table_names_its_rows_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let hub = founded(folder.path());
    let people = file(folder.path(), "bad.csv", "姓名,手机,角色,网格\n钱多,13800000009,网格员,没有\n");
    let before = json(&hub, &["hub", "members"]).well().out;
    let ran = run(&["--data", hub.to_str().unwrap(), "hub", "people", "import", &people, "--yes"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("error[bad_file]") && ran.err.contains("第 2 行"), "{}", ran.err);
    assert_eq!(json(&hub, &["hub", "members"]).well().out, before);
}

#[test]
fn people_imported_again_stay_the_same_members() {
    let folder = tempfile::tempdir().unwrap();
    let hub = founded(folder.path());
    let members = json(&hub, &["hub", "members"]).well().out;
    assert_eq!(members.lines().count(), 4);
    let again = json(&hub, &["hub", "people", "import", &file(folder.path(), "people.csv", PEOPLE), "--yes"]).well();
    assert_eq!(again.object()["set"], false);
    assert_eq!(json(&hub, &["hub", "members"]).well().out, members);
}

#[test]
fn a_template_reads_back_and_a_document_can_be_published() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &["hub", "init", "--name", "x"]).well();
    for (kind, name) in [("people", "people.xlsx"), ("grids", "grids.xlsx"), ("duties", "duties.xlsx")] {
        let path = folder.path().join(name);
        json(folder.path(), &["hub", "template", kind, "-o", path.to_str().unwrap()]).well();
        assert!(fs::metadata(&path).unwrap().len() > 1_000, "{kind}");
    }
    let path = folder.path().join("policy.json");
    let shown = path.to_str().unwrap();
    json(folder.path(), &["hub", "template", "policy", "-o", shown]).well();
    let text = fs::read_to_string(&path).unwrap();
    let policy: Value = serde_json::from_str(&text).unwrap();
    let longer = policy["reopen_days"].as_u64().unwrap() + 1;
    let text =
        text.replace(&format!("\"reopen_days\": {}", policy["reopen_days"]), &format!("\"reopen_days\": {longer}"));
    fs::write(&path, text).unwrap();
    let told = json(folder.path(), &["hub", "publish", "policy", shown, "--yes"]).well().object();
    assert!(told["published"].is_string() && told["changes"].to_string().contains("reopen_days"), "{told}");
    let wrong = json(folder.path(), &["hub", "publish", "calendar", shown, "--yes"]);
    assert_eq!((wrong.code, wrong.error().as_str()), (2, "bad_document"));
}

#[test]
fn a_hub_with_its_own_certificate_pins_it_in_every_code() {
    let folder = tempfile::tempdir().unwrap();
    let hub = founded(folder.path());
    let serving = Hub::serve(&hub, &["--listen", "127.0.0.1:0"]);
    let pin = serving.told["pin"].as_str().unwrap().to_owned();
    let address = serving.told["address"].as_str().unwrap().to_owned();
    assert_eq!(serving.stop(), 0);
    let code = json(&hub, &["hub", "invite", "--name", "李红"]).well().object()["code"].as_str().unwrap().to_owned();
    assert!(code.contains(&format!("hub={address}&pin={pin}&code=")), "{code}");
    let nobody = json(&hub, &["hub", "invite", "--name", "没有人"]);
    assert_eq!((nobody.code, nobody.error().as_str()), (1, "no_such_member"));
}

#[test]
fn settings_that_make_no_sense_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let off = run(&["hub", "check-config", "--listen", "0.0.0.0:80", "--tls", "off", "--json"]);
    assert_eq!((off.code, off.error().as_str()), (2, "config_rule"));
    let config = file(folder.path(), "hub.toml", "[limits]\nbody_byte = 1\n");
    let typo = run(&["hub", "check-config", "--config", &config, "--lang", "en"]);
    assert_eq!(typo.code, 2);
    assert!(typo.err.contains("error[config_malformed]") && typo.err.contains("body_byte"), "{}", typo.err);
    let port = free_port().to_string();
    let fine = run(&["hub", "check-config", "--listen", &format!("127.0.0.1:{port}"), "--json"]).well().object();
    assert_eq!(fine["listen"], format!("127.0.0.1:{port}"));
}

#[test]
fn a_hub_is_not_served_where_nothing_was_set_up() {
    let folder = tempfile::tempdir().unwrap();
    let ran = json(folder.path(), &["hub", "serve", "--listen", "127.0.0.1:0"]);
    assert_eq!((ran.code, ran.error().as_str()), (1, "no_workspace"));
}

#[test]
fn the_log_is_exported_whole_and_rebuilds_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let hub = founded(folder.path());
    let events = json(&hub, &["hub", "status"]).well().object()["events"].as_u64().unwrap();
    let lines = json(&hub, &["hub", "export-log"]).well().objects();
    assert_eq!(lines.len() as u64, events);
    assert!(lines.iter().zip(1..).all(|(line, n)| line["n"] == n));
    let half = json(&hub, &["hub", "export-log", "--after", &(events - 1).to_string()]).well().objects();
    assert_eq!(half.len(), 1);
    assert_eq!(json(&hub, &["hub", "rebuild"]).well().object()["events"], events);
    let beyond = json(&hub, &["hub", "safe", &(events + 1).to_string()]);
    assert_eq!((beyond.code, beyond.error().as_str()), (2, "no_such_number"));
    json(&hub, &["hub", "safe", &events.to_string()]).well();
    assert_eq!(json(&hub, &["hub", "status"]).well().object()["safe"], events);
}
