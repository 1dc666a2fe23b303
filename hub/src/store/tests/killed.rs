//! A hub that is killed at any moment.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use redvest_domain::id::EventId;

use super::kit::{Hub, MONDAY};
use crate::clock::FixedClock;
use crate::store::Store;

const FOLDER: &str = "REDVEST_HUB_KILLED_IN";

/// Pushes without end, each from a new phone, and prints what was acknowledged.
async fn push_for_ever(folder: std::ffi::OsString) {
    let mut hub = Hub::new().await;
    hub.store.close().await;
    let clock = Arc::new(FixedClock::at(MONDAY));
    let store = Store::open(folder.as_ref(), clock.clone()).unwrap();
    hub = Hub { store, clock, data: hub.data };
    let mut phone = hub.phone(1).await;
    loop {
        let commits: Vec<_> = (0..3).map(|_| phone.report("T2", "g")).collect();
        let ids: Vec<_> = commits.iter().map(|(ticket, _)| ticket.to_string()).collect();
        hub.accept(&phone, commits.into_iter().map(|(_, commit)| commit).collect()).await;
        println!("acknowledged {}", ids.join(" "));
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn killed_hub_loses_nothing_that_it_acknowledged() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(folder) = std::env::var_os(FOLDER) {
        runtime.block_on(push_for_ever(folder));
    }
    let hub = runtime.block_on(Hub::new());
    runtime.block_on(hub.store.close());
    let Hub { data, store, .. } = hub;
    drop(store);
    let mut acknowledged = Vec::new();
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::tests::killed::killed_hub_loses_nothing_that_it_acknowledged", "--nocapture"])
            .env(FOLDER, data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut heard = 0;
        while heard <= round * 7 {
            let line = lines.next().expect("the child pushes until it is killed").unwrap();
            heard += take(&line, &mut acknowledged);
        }
        child.kill().unwrap();
        // What was printed before the kill counts, too; the last line may be cut.
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        let whole = rest.len().saturating_sub(1);
        rest.iter().take(whole).for_each(|line| {
            take(line, &mut acknowledged);
        });
        child.wait().unwrap();
        let store = Store::open(data.path(), Arc::new(FixedClock::at(MONDAY))).unwrap();
        runtime.block_on(async {
            let log = store.export_log(0, 1_000_000).await.unwrap();
            assert!(log.iter().zip(1..).all(|(row, n)| row.n == n));
            let ids: std::collections::BTreeSet<EventId> = log.iter().map(|row| row.id).collect();
            assert!(acknowledged.iter().all(|id| ids.contains(id)));
            // The chain leads to the signed head, and the caches are what the log says.
            assert_eq!(store.rebuild().await.unwrap(), store.head().await.unwrap().n);
            store.close().await;
        });
    }
    assert!(acknowledged.len() > 50);
}

fn take(line: &str, acknowledged: &mut Vec<EventId>) -> usize {
    let Some((_, ids)) = line.split_once("acknowledged ") else { return 0 };
    acknowledged.extend(ids.split(' ').map(|id| id.parse::<EventId>().unwrap()));
    1
}
