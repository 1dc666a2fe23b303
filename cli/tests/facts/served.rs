//! The office's commands while the hub serves: the same words, the same exit codes, at once.

use std::fs;
use std::path::{Path, PathBuf};

use redvest_hub::clock::SystemClock;
use redvest_hub::store::Store;

use crate::hub::{file, founded};
use crate::program::{Hub, json, redvest, run};

fn serve(hub: &Path) -> Hub {
    Hub::serve(hub, &["--listen", "127.0.0.1:0", "--tls", "off"])
}

fn phone(folder: &Path, hub: &Path, name: &str) -> PathBuf {
    let code = json(hub, &["hub", "invite", "--name", name]).well().object()["code"].as_str().unwrap().to_owned();
    let data = folder.join(name);
    json(&data, &["enrol", &code, "--label", name]).well();
    json(&data, &["sync"]).well();
    data
}

/// What a command gives for people and for programs, with its exit code.
fn said(hub: &Path, arguments: &[&str]) -> Vec<(i32, String, String)> {
    let mut all = Vec::new();
    for (lang, form) in [("zh", &["--json"][..]), ("zh", &[]), ("en", &[])] {
        let common = ["--data", hub.to_str().unwrap(), "--lang", lang];
        let ran = run(&[&common[..], form, arguments].concat());
        all.push((ran.code, ran.out, ran.err));
    }
    all
}

#[test]
fn commands_say_the_same_while_the_hub_serves() {
    let folder = tempfile::tempdir().unwrap();
    let hub = founded(folder.path());
    let serving = serve(&hub);
    let li = phone(folder.path(), &hub, "李红");
    json(&li, &["report", "--category", "X201", "--grid", "WG01", "--gate-reason", "signal"]).well();
    json(&li, &["sync"]).well();
    let broken = file(folder.path(), "broken.json", "{\"hand_on\": 1}");
    let table = file(folder.path(), "bad.csv", "姓名,手机,角色,网格\n钱多,13800000009,网格员,没有\n");
    let nobody = "00000000-0000-7000-8000-000000000001";
    let out = folder.path().join("out");
    let commands: &[&[&str]] = &[
        &["hub", "safe", "1"],
        &["hub", "status"],
        &["hub", "members"],
        &["hub", "devices"],
        &["hub", "refused"],
        &["hub", "export-log"],
        &["hub", "export", "ledger", "--format", "csv", "-o", out.to_str().unwrap()],
        &["hub", "publish", "policy", &broken, "--yes"],
        &["hub", "people", "import", &table, "--yes"],
        &["hub", "invite", "--name", "没有人"],
        &["hub", "revoke", nobody],
        &["hub", "forget", nobody, "--yes"],
        &["hub", "admit", nobody, "--by", nobody],
        &["hub", "evidence-file", "20990101-0001", "-o", out.to_str().unwrap()],
        &["hub", "safe", "1000000"],
        &["hub", "rebuild"],
    ];
    let served: Vec<_> = commands.iter().map(|arguments| (said(&hub, arguments), fs::read(&out).ok())).collect();
    assert_eq!(serving.stop(), 0);
    for (arguments, served) in commands.iter().zip(served) {
        // Most commands write none.
        let _ = fs::remove_file(&out);
        let alone = said(&hub, arguments);
        assert_eq!(alone, served.0, "{arguments:?}");
        if arguments.contains(&"csv") {
            assert_eq!(fs::read(&out).ok(), served.1, "{arguments:?}");
        }
    }
}

#[test]
fn people_and_documents_are_set_and_phones_shut_out_while_the_hub_serves() {
    let folder = tempfile::tempdir().unwrap();
    let hub = folder.path().join("hub");
    json(&hub, &["hub", "init", "--name", "东风区"]).well();
    let serving = serve(&hub);
    // The same founding, through the hub.
    let again = founded_through(folder.path(), &hub);
    assert_eq!(again, 4);
    let li = phone(folder.path(), &hub, "李红");
    assert_eq!(json(&li, &["names", "grids"]).well().objects().len(), 4);
    let more = "编码,名称,层级,上级\nJD,东风街道,街道,\nSQ01,幸福社区,社区,JD\nWG01,幸福一网格,网格,SQ01\n\
                WG02,幸福二网格,网格,SQ01\nWG03,幸福三网格,网格,SQ01\n";
    json(&hub, &["hub", "grids", "import", &file(folder.path(), "more.csv", more), "--yes"]).well();
    json(&li, &["sync"]).well();
    assert_eq!(json(&li, &["names", "grids"]).well().objects().len(), 5);
    let device = json(&hub, &["hub", "devices"]).well().object()["device"].as_str().unwrap().to_owned();
    json(&hub, &["hub", "revoke", &device]).well();
    let shut_out = json(&li, &["sync"]);
    assert_eq!((shut_out.code, shut_out.error().as_str()), (3, "device_revoked"));
    json(&hub, &["hub", "forget", "--name", "李红", "--yes"]).well();
    assert!(!json(&hub, &["hub", "members"]).well().out.contains("李红"));
    assert_eq!(serving.stop(), 0);
    assert!(!json(&hub, &["hub", "members"]).well().out.contains("李红"));
}

fn founded_through(folder: &Path, hub: &Path) -> usize {
    let grids = file(folder, "grids.csv", crate::hub::GRIDS);
    json(hub, &["hub", "grids", "import", &grids, "--yes"]).well();
    let people = file(folder, "people.csv", crate::hub::PEOPLE);
    let looked = json(hub, &["hub", "people", "import", &people, "--dry-run"]).well().object();
    assert_eq!(looked["set"], false);
    json(hub, &["hub", "people", "import", &people, "--yes"]).well();
    json(hub, &["hub", "members"]).well().objects().len()
}

#[test]
fn a_folder_has_one_serving_hub_and_an_owner_that_takes_no_orders_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let hub = founded(folder.path());
    let serving = serve(&hub);
    assert!(serving.told["address"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{}", serving.told);
    let second = json(&hub, &["hub", "serve", "--listen", "127.0.0.1:0", "--tls", "off"]);
    assert_eq!((second.code, second.error().as_str()), (7, "already_open"));
    json(&hub, &["hub", "members"]).well();
    // Killed, not stopped: its notice stays, and is no obstacle.
    drop(serving);
    assert!(hub.join("admin.json").exists());
    json(&hub, &["hub", "members"]).well();
    let owner = Store::open(&hub, std::sync::Arc::new(SystemClock)).unwrap();
    let busy = json(&hub, &["hub", "members"]);
    assert_eq!((busy.code, busy.error().as_str()), (7, "already_open"));
    drop(owner);
    let serving = serve(&hub);
    json(&hub, &["hub", "members"]).well();
    assert_eq!(serving.stop(), 0, "a hub that is told to stop ends well");
    assert!(!hub.join("admin.json").exists());
}

#[test]
fn the_log_can_be_read_by_somebody_who_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let hub = founded(folder.path());
    let serving = serve(&hub);
    let mut child = redvest()
        .arg("--data")
        .arg(&hub)
        .args(["hub", "export-log"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(serving);
}
