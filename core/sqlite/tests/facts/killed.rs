//! A process that is killed at any moment.

use std::io::{BufRead, BufReader, Write};

use crate::{add, itself, open, texts};

const FOLDER: &str = "REDVEST_SQLITE_KILLED_IN";

/// Runs itself again as a process that commits and prints each acknowledged commit, and kills that.
#[test]
fn killed_process_leaves_every_acknowledged_commit_and_no_lock() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let db = open(folder.as_ref()).unwrap();
        for number in texts(&db).unwrap().len().. {
            add(&db, &number.to_string()).unwrap();
            println!("acknowledged {number}");
            std::io::stdout().flush().unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for round in 0..8 {
        let fact = "killed::killed_process_leaves_every_acknowledged_commit_and_no_lock";
        let mut child = itself(fact, FOLDER, folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = 0;
        let mut heard = 0;
        let mut take = |line: String| {
            if let Some((_, number)) = line.split_once("acknowledged ") {
                acknowledged = number.parse::<usize>().unwrap() + 1;
                heard += 1;
            }
            heard
        };
        while take(lines.next().unwrap().unwrap()) <= round * 13 {}
        child.kill().unwrap();
        // What was printed before the kill counts, too; the last line may be cut.
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        let whole = rest.len().saturating_sub(1);
        rest.into_iter().take(whole).for_each(|line| {
            take(line);
        });
        child.wait().unwrap();
        let db = open(folder.path()).unwrap();
        let found = texts(&db).unwrap();
        assert!(found.len() >= acknowledged, "{} of {acknowledged}", found.len());
        assert!(found.iter().enumerate().all(|(index, text)| *text == index.to_string()));
        db.check_pages().unwrap();
    }
}
