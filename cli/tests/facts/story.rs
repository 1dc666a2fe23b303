//! A ticket's life through the command line: reported offline, worked on by others, proven by its file.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::hub::founded;
use crate::program::{Hub, free_port, json, photo, run};

/// A hub that serves, with enrolled phones.
struct Place {
    folder: tempfile::TempDir,
    hub: PathBuf,
    port: u16,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let hub = founded(folder.path());
        Place { folder, hub, port: free_port() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn serve(&self) -> Hub {
        Hub::serve(&self.hub, &["--listen", &format!("127.0.0.1:{}", self.port), "--tls", "off"])
    }

    fn code(&self, name: &str) -> String {
        let address = format!("http://127.0.0.1:{}", self.port);
        let arguments = ["hub", "invite", "--name", name, "--address", &address, "--tls", "off"];
        json(&self.hub, &arguments).well().object()["code"].as_str().unwrap().to_owned()
    }

    fn phone(&self, name: &str, code: &str) -> PathBuf {
        let data = self.path().join(name);
        json(&data, &["enrol", code, "--label", name]).well();
        json(&data, &["sync"]).well();
        data
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

#[test]
fn a_ticket_lives_from_a_dead_zone_to_its_proof() {
    let place = Place::new();
    let codes = ["李红", "王强", "孙亮"].map(|name| (name, place.code(name)));
    let serving = place.serve();
    let [li, wang, sun] = codes.map(|(name, code)| place.phone(name, &code));
    assert_eq!(serving.stop(), 0);

    // The hub is gone: reporting works all the same, and syncing says why it does not.
    let before = photo(place.path(), 1);
    let before = before.to_str().unwrap();
    let words = ["report", "--category", "M06010", "--photo", before, "--grid", "WG01", "--words", "路口西侧"];
    let refused = json(&li, &words[..3]);
    assert_eq!((refused.code, refused.error().as_str()), (3, "no_place"), "without place or photo the law refuses");
    let unsure = json(&li, &words);
    assert_eq!((unsure.code, unsure.error().as_str()), (3, "accuracy_gate_not_met"));
    let reported = json(&li, &[&words[..], &["--gate-reason", "signal"]].concat()).well().object();
    assert_eq!(
        (&reported["row"]["stage"], &reported["row"]["clock_starts_when_sent"]),
        (&"dispatched".into(), &true.into())
    );
    let local = text(&reported["row"]["number"]);
    let unreachable = json(&li, &["sync"]);
    assert_eq!((unreachable.code, unreachable.error().as_str()), (5, "unreachable"));
    let waiting = json(&li, &["status"]).well().object()["events_waiting"].as_u64().unwrap();
    assert!(waiting >= 1);

    let serving = place.serve();
    let sent = json(&li, &["sync"]).well().object();
    assert_eq!(sent["accepted"], waiting);
    assert!(sent["sent"].as_u64().unwrap() >= 1, "{sent}");
    json(&wang, &["sync"]).well();
    let row = json(&wang, &["list", "--work"]).well().object();
    let number = text(&row["number"]);
    assert_ne!(number, local, "the hub gave its own number");
    json(&wang, &["accept", &number]).well();
    let after = photo(place.path(), 2);
    let after = after.to_str().unwrap();
    json(&wang, &["rectify", &number, "--photo", after, "--gate-reason", "signal"]).well();
    json(&wang, &["sync"]).well();

    json(&sun, &["sync"]).well();
    let own = json(&wang, &["pass", &number]);
    assert_eq!(own.code, 3, "nobody judges work of their own: {}", own.out);
    assert_eq!(text(&json(&sun, &["list", "--review"]).well().object()["number"]), number);
    assert_eq!(text(&json(&sun, &["review"]).well().object()["number"]), number);
    json(&sun, &["send-back", &number, "--reason", "not_done"]).well();
    json(&sun, &["sync"]).well();
    json(&wang, &["sync"]).well();
    json(&wang, &["rectify", &number, "--photo", after, "--gate-reason", "signal"]).well();
    json(&wang, &["sync"]).well();
    json(&sun, &["sync"]).well();
    json(&sun, &["pass", &number]).well();
    json(&sun, &["sync"]).well();
    json(&li, &["sync"]).well();

    // The reporter finds it closed under both numbers and under the beginning of its id.
    let id = text(&reported["ticket"]);
    for reference in [&number, &local, &id, &id[..20].to_owned()] {
        let shown = json(&li, &["show", reference]).well().object();
        assert_eq!((text(&shown["row"]["stage"]), text(&shown["row"]["ticket"])), ("closed".to_owned(), id.clone()));
    }
    let late = json(&li, &["void", &local, "--reason", "mistake"]);
    assert_eq!((late.code, late.error().as_str()), (3, "already_closed"));
    assert_eq!(json(&li, &["list", "--stage", "closed"]).well().objects().len(), 1);
    assert_eq!(json(&li, &["list", "--stage", "waiting"]).well().objects().len(), 0);
    assert_eq!(json(&li, &["search", "路口"]).well().objects().len(), 1);
    assert!(json(&li, &["doctor"]).well().object()["findings"].as_array().unwrap().is_empty());

    let proof = place.path().join("proof.evidence");
    let shots = place.path().join("shots");
    let (proof_text, shots_text) = (proof.to_str().unwrap(), shots.to_str().unwrap());
    let made = json(&li, &["evidence-file", &number, "-o", proof_text, "--photos", shots_text]).well().object();
    let key = text(&made["hub_key"]);
    assert_eq!(serving.stop(), 0);
    prove(&proof, &key);
    prove_photos(proof_text, &shots);
    export(&place.hub, place.path());
}

fn prove(proof: &Path, key: &str) {
    let shown = proof.to_str().unwrap();
    let whole = run(&["verify", shown, "--hub-key", key, "--json"]).well().object();
    assert_eq!((whole["proven"].clone(), text(&whole["stage"])), (true.into(), "closed".to_owned()));
    assert!(whole["sealed"].is_string());
    let other = run(&["verify", shown, "--hub-key", &"0".repeat(64), "--json"]);
    assert_eq!((other.code, other.error().as_str()), (6, "evidence_other_hub"));
    let bytes = fs::read(proof).unwrap();
    let altered = proof.with_extension("altered");
    for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        fs::write(&altered, &bytes).unwrap();
        let ran = run(&["verify", altered.to_str().unwrap(), "--hub-key", key, "--json"]);
        assert_eq!(ran.code, 6, "byte {at}: {}", ran.out);
    }
}

fn prove_photos(proof: &str, shots: &Path) {
    let shown = shots.to_str().unwrap();
    run(&["verify", proof, "--photos", shown]).well();
    let one = fs::read_dir(shots).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&one).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&one, bytes).unwrap();
    let ran = run(&["verify", proof, "--photos", shown, "--json"]);
    assert_eq!((ran.code, ran.error().as_str()), (6, "photos_not_proven"));
}

fn export(hub: &Path, folder: &Path) {
    for (what, format, name) in
        [("ledger", "csv", "ledger.csv"), ("ledger", "xlsx", "l.xlsx"), ("overdue", "xlsx", "o.xlsx")]
    {
        let path = folder.join(name);
        let shown = path.to_str().unwrap();
        let told = json(hub, &["hub", "export", what, "--format", format, "-o", shown]).well().object();
        assert_eq!(told["tickets"], 1);
        assert!(fs::metadata(&path).unwrap().len() > 20);
    }
    assert!(fs::read_to_string(folder.join("ledger.csv")).unwrap().contains("暴露垃圾"));
}

#[test]
fn a_code_works_once_and_a_revoked_device_is_shut_out() {
    let place = Place::new();
    let code = place.code("李红");
    let serving = place.serve();
    let li = place.phone("li", &code);
    let again = json(&place.path().join("other"), &["enrol", &code]);
    assert_eq!((again.code, again.error().as_str()), (5, "code_used"));
    assert_eq!(serving.stop(), 0);
    let device = text(&json(&place.hub, &["hub", "devices"]).well().object()["device"]);
    json(&place.hub, &["hub", "revoke", &device]).well();
    let serving = place.serve();
    let ran = json(&li, &["sync"]);
    assert_eq!((ran.code, ran.error().as_str()), (3, "device_revoked"));
    drop(serving);
}

#[test]
fn a_photo_that_is_none_is_refused_and_nothing_is_reported() {
    let place = Place::new();
    let code = place.code("李红");
    let serving = place.serve();
    let li = place.phone("li", &code);
    let fake = place.path().join("fake.jpg");
    fs::write(&fake, b"not a photo").unwrap();
    let report = ["report", "--category", "M06010", "--grid", "WG01", "--gate-reason", "signal", "--photo"];
    let ran = json(&li, &[&report[..], &[fake.to_str().unwrap()]].concat());
    assert_eq!((ran.code, ran.error().as_str()), (1, "not_an_image"));
    assert_eq!(json(&li, &["list"]).well().objects().len(), 0);
    let none = json(&li, &["show", "20260101-0001"]);
    assert_eq!((none.code, none.error().as_str()), (1, "unknown_ticket"));
    drop(serving);
}

#[test]
fn pages_of_a_list_join_without_gap_or_repeat() {
    let place = Place::new();
    let code = place.code("李红");
    let serving = place.serve();
    let li = place.phone("li", &code);
    drop(serving);
    for _ in 0..5 {
        json(&li, &["report", "--category", "X201", "--grid", "WG01", "--gate-reason", "signal"]).well();
    }
    for which in ["--all", "--mine"] {
        let (mut seen, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let mut arguments = vec!["list".to_owned(), which.to_owned(), "--limit".to_owned(), "2".to_owned()];
            arguments.extend(cursor.take().map(|cursor| format!("--cursor={cursor}")));
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            for object in json(&li, &arguments).well().objects() {
                match object["next"].as_str() {
                    Some(next) => cursor = Some(next.to_owned()),
                    None => seen.push(text(&object["ticket"])),
                }
            }
            if cursor.is_none() {
                break;
            }
        }
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((count, seen.len()), (5, 5), "{which}");
    }
}
