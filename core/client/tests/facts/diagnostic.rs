//! What waits, what changed, and what a bug report says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use redvest_client::commands::By;
use redvest_client::sync::{Failure, Summary};
use redvest_client::view::Draft;
use redvest_domain::id::Hash;
use redvest_domain::wire::{Name, Named};

use crate::world::{Hub, MONDAY, PIN, Person, grid_member, reported, volunteer};
use crate::{import, litter};

#[test]
fn the_queue_says_what_waits_and_why() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let (photo, other) = (import(&client, folder.path(), 1), import(&client, folder.path(), 2));
    client.report(litter(vec![photo]), By::default()).unwrap();
    let queue = client.queue().unwrap();
    assert_eq!((queue.events_waiting, queue.unbound_photos, queue.postponed.len()), (1, 1, 0));
    assert_eq!(queue.photos.iter().map(|waiting| waiting.files).sum::<u64>(), 3);
    client.save_draft(&Draft { before: vec![other], ..client.new_draft() }).unwrap();
    assert_eq!(client.queue().unwrap().unbound_photos, 0);
    let next_at = MONDAY.plus_ms(60_000);
    client.store().upload_failed(photo, "connection_lost", next_at).unwrap();
    let postponed = client.queue().unwrap().postponed;
    let row = &postponed[0];
    assert_eq!(
        (postponed.len(), row.tries, row.code.as_deref(), row.next_at),
        (1, 1, Some("connection_lost"), next_at)
    );
}

#[test]
fn a_watcher_hears_of_every_act_and_of_no_look() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let heard = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&heard);
    client.watch(Arc::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
    }));
    client.save_draft(&client.new_draft()).unwrap();
    assert_eq!(heard.load(Ordering::SeqCst), 1);
    let photo = import(&client, folder.path(), 1);
    let before = heard.swap(0, Ordering::SeqCst);
    assert!(before > 1, "an import is a change");
    let ticket = client.report(litter(vec![photo]), By::default()).unwrap().ticket;
    assert_eq!(heard.load(Ordering::SeqCst), 1);
    client.home().unwrap();
    client.ticket(ticket).unwrap();
    assert_eq!(heard.load(Ordering::SeqCst), 1, "looking, and drawing what is looked at, is no news");
    client.accept(ticket, By::default()).unwrap_err();
    assert_eq!(heard.load(Ordering::SeqCst), 1, "what was refused is no news");
    client.unwatch();
    client.comment(ticket, By::saying("还在")).unwrap();
    assert_eq!(heard.load(Ordering::SeqCst), 1);
}

#[test]
fn a_session_of_another_version_has_no_result_and_a_present_one_reads_back() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    let store = client.store();
    store.session_ended(store.session_began().unwrap(), &serde_json::json!({ "accepted": "many" })).unwrap();
    let failure = Failure { code: "offline".into(), zh: "断网".into(), en: "Offline".into(), retry_after: Some(5) };
    let summary = Summary { accepted: 3, failure: Some(failure), retry_at: Some(MONDAY), ..Summary::default() };
    store.session_ended(store.session_began().unwrap(), &summary).unwrap();
    let sessions = client.sessions().unwrap();
    assert_eq!(sessions[0].result, Some(summary));
    assert_eq!(sessions[1].result, None);
}

#[test]
fn a_diagnostic_helps_and_tells_nothing_personal() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &grid_member());
    let mut v = Person::new(volunteer());
    let (told, ids) = hub.tell_saying(&mut v, None, vec![reported("M06010", 1)], Some("邻居的秘密话"));
    hub.pull(&client, &grid_member());
    let name = Name { member: volunteer().member, name: "张无忌".into(), title: Some("志愿者头衔".into()) };
    client.store().apply_names(&[volunteer().member], &Named { names: vec![name] }).unwrap();
    let photo = import(&client, folder.path(), 1);
    let report = redvest_client::commands::Report { place: Some("幸福里三号楼".into()), ..litter(vec![photo]) };
    let own = client.report(report, By::saying("某某人的话")).unwrap();
    client
        .save_draft(&Draft {
            words: Some("草稿里的话".into()), place: Some("草稿地点".into()), ..client.new_draft()
        })
        .unwrap();
    let failure =
        Failure { code: "offline".into(), zh: "发给李四".into(), en: "sent to Li Si".into(), retry_after: None };
    let store = client.store();
    let summary = Summary { failure: Some(failure), ..Summary::default() };
    store.session_ended(store.session_began().unwrap(), &summary).unwrap();
    std::fs::remove_file(store.photo_path(photo).unwrap().unwrap()).unwrap();

    let text = client.diagnostic().unwrap();
    let identity = store.identity().unwrap().unwrap();
    let token: String = client.token().unwrap().0.iter().map(|byte| format!("{byte:02x}")).collect();
    let number = client.ticket(told).unwrap().row.number;
    let secret = [
        "邻居的秘密话",
        "张无忌",
        "志愿者头衔",
        "幸福里",
        "某某人",
        "草稿",
        "李四",
        "Li Si",
        "hub",
        "试点区",
        "北门",
        "第一网格",
        &own.row.number,
        &number,
        "K7-12",
        &told.to_string(),
        &ids[0].to_string(),
        &own.ticket.to_string(),
        &identity.device.to_string(),
        &identity.member.to_string(),
        &identity.workspace.to_string(),
        &token,
        &PIN.lat_e7.to_string(),
        &PIN.lon_e7.to_string(),
        "32.06",
        "118.79",
        &photo.to_hex(),
        folder.path().to_str().unwrap(),
        "M06010",
    ];
    for secret in secret {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["findings"]["photo_missing"], 1);
    assert_eq!(value["sessions"][0]["figures"]["failure"], "offline");
    assert_eq!(value["counts"]["waiting"], 1);
    assert_eq!(value["device"]["device"], Hash::of(&[identity.device.as_bytes()]).to_hex()[..16]);
    assert_eq!(value["device"]["roles"][0], "grid");
    assert_eq!(value["device"]["drafts"], 1);
    assert_eq!(value["program"]["now"], serde_json::json!(MONDAY));
}

#[test]
fn a_diagnostic_is_there_before_enrolment() {
    let folder = tempfile::tempdir().unwrap();
    let env = Arc::new(redvest_client::env::SetEnv::new(MONDAY, 1));
    let client = crate::world::open(folder.path(), &env);
    let value: serde_json::Value = serde_json::from_str(&client.diagnostic().unwrap()).unwrap();
    assert!(value["device"]["device"].is_null() && value["program"]["schema"] == 2);
    assert_eq!(client.queue().unwrap().events_waiting, 0);
    assert!(client.home().unwrap().roles.is_empty());
}
