//! Whatever bytes come, the hub answers with a stable code, takes nothing, and goes on.

use base64::Engine;
use redvest_domain::cbor;
use redvest_domain::wire::{CONTENT_TYPE, Fetch, Hello, Names, Narrow, PROTOCOL_HEADER, Page, Pull, path};
use redvest_tests::device::{LITTER, grid_key};
use redvest_tests::raw::{Answer, ask, post, send, token_of};
use redvest_tests::{Device, Forger, World};

fn body(world: &World, token: &str, to: &str, extra: &[(&str, &str)], body: &[u8]) -> (u16, String) {
    let mut headers = vec![("content-type", CONTENT_TYPE), ("authorization", token)];
    headers.extend(extra);
    ask(world, "POST", to, &headers, body).refusal()
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A world, somebody's phone in it with a ticket, and the phone's token.
fn scene() -> (World, Device, String) {
    let world = World::plain();
    let li = world.enrol("li");
    li.report("WG01", LITTER);
    li.sync();
    let token = token_of(&li);
    (world, li, token)
}

#[test]
fn garbage_instead_of_a_message_is_refused_everywhere() {
    let (world, li, token) = scene();
    let before = world.log().digests;
    // Nested deeper than any message, with lengths that promise more than there is, and plain noise.
    let deep = [vec![0x81; 100_000], vec![0x00]].concat();
    let promising = vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let noise: Vec<u8> = (0..5_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let indefinite = vec![0x9f, 0x01, 0xff];
    for to in [path::PUSH, path::PULL, path::TICKETS, path::DIGEST, path::NAMES, path::ENROL, path::REKEY] {
        for bytes in [&deep, &promising, &noise, &indefinite, &vec![], &vec![0xa0]] {
            assert_eq!(body(&world, &token, to, &[], bytes), refused(400, "bad_message"), "{to}");
        }
    }
    assert_eq!(world.log().digests, before);
    world.converge(&[&li]);
}

#[test]
fn packed_messages_are_unpacked_up_to_a_cap() {
    let (world, li, token) = scene();
    let zstd = [("content-encoding", "zstd")];
    // A hundred megabytes of zeros in a few kilobytes, and the same claimed by a frame that holds nothing.
    let bomb = zstd::bulk::compress(&vec![0; 100 << 20], 19).unwrap();
    assert!(bomb.len() < 64 << 10);
    let cut =
        zstd::bulk::compress(&cbor::encode(&Names { members: vec![World::someone("li").member(); 50] }), 3).unwrap();
    assert_eq!(body(&world, &token, path::PUSH, &zstd, &bomb), refused(413, "too_large"));
    assert_eq!(body(&world, &token, path::PUSH, &zstd, &cut[..cut.len() - 9]), refused(400, "bad_message"));
    assert_eq!(body(&world, &token, path::PUSH, &zstd, b"not zstd"), refused(400, "bad_message"));
    assert_eq!(
        body(&world, &token, path::PUSH, &[("content-encoding", "gzip")], b"x"),
        refused(415, "unknown_encoding")
    );
    let huge = vec![0; (4 << 20) + 1];
    assert_eq!(body(&world, &token, path::PUSH, &[], &huge), refused(413, "too_large"));
    world.converge(&[&li]);
}

#[test]
fn who_asks_without_a_good_token_learns_nothing() {
    let (world, _li, token) = scene();
    let pull = cbor::encode(&Pull { cursor: None, max_bytes: 1 << 20, outcomes_after: 0, seen: None });
    let with = |token: &str| body(&world, token, path::PULL, &[], &pull);
    assert_eq!(ask(&world, "POST", path::PULL, &[], &pull).refusal(), refused(401, "no_token"));
    assert_eq!(with("Basic bGk6"), refused(401, "bad_token"));
    assert_eq!(with("Bearer 1234"), refused(401, "bad_token"));
    assert_eq!(with(&format!("Bearer {}", "0".repeat(64))), refused(401, "token_unknown"));
    assert_eq!(with(&token.to_uppercase()), refused(401, "bad_token"));
    for (method, to) in
        [("GET", path::PHOTOS), ("GET", path::DOCUMENTS), ("GET", path::EVIDENCE), ("POST", path::UPLOADS)]
    {
        let answer = ask(&world, method, &format!("{to}/{}", "0".repeat(64)), &[], &[]);
        assert_eq!(answer.refusal().0, 401, "{to}");
    }
    assert_eq!(
        ask(&world, "GET", "/v1/events", &[("authorization", &token)], &[]).refusal(),
        refused(404, "unknown_path")
    );
    assert_eq!(
        ask(&world, "GET", "/%2e%2e/keys", &[("authorization", &token)], &[]).refusal(),
        refused(404, "unknown_path")
    );
    assert_eq!(ask(&world, "DELETE", path::PUSH, &[("authorization", &token)], &[]).status, 405);
}

#[test]
fn a_protocol_of_another_age_is_told_to_update() {
    let (world, _li, token) = scene();
    for version in ["99", "0", "one", ""] {
        let headers = [(PROTOCOL_HEADER, version), ("authorization", token.as_str())];
        assert_eq!(ask(&world, "POST", path::PULL, &headers, &[]).refusal(), refused(426, "protocol_unsupported"));
        assert_eq!(ask(&world, "GET", path::HELLO, &headers, &[]).refusal(), refused(426, "protocol_unsupported"));
    }
    let hello: Hello = ask(&world, "GET", path::HELLO, &[(PROTOCOL_HEADER, "1")], &[]).message();
    assert_eq!((hello.oldest, hello.newest, hello.now), (1, 1, world.now()));
}

#[test]
fn lists_and_cursors_that_no_phone_would_send_are_refused() {
    let (world, li, token) = scene();
    let refusal = |answer: Answer| answer.refusal();
    let ticket = li.client().log().unwrap()[0].ticket.unwrap();
    let names = Names { members: vec![World::someone("li").member(); 501] };
    assert_eq!(refusal(post(&world, path::NAMES, &token, &names)), refused(400, "too_many"));
    let fetch = Fetch { tickets: vec![ticket; 101] };
    assert_eq!(refusal(post(&world, path::TICKETS, &token, &fetch)), refused(400, "too_many"));
    // Another's key, and another's cursor.
    let narrow = Narrow { key: grid_key("WG02"), after: None };
    let told = refusal(post(&world, path::DIGEST, &token, &narrow));
    assert!([403, 404].contains(&told.0), "{told:?}");
    let wang = world.enrol("wang");
    let pull =
        |cursor: Vec<u8>| Pull { cursor: Some(cursor.into()), max_bytes: 1 << 20, outcomes_after: 0, seen: None };
    let cursor = wang.client().store().pull_state().unwrap().cursor.unwrap();
    assert_eq!(refusal(post(&world, path::PULL, &token, &pull(cursor.0))), refused(400, "bad_cursor"));
    assert_eq!(refusal(post(&world, path::PULL, &token, &pull(vec![1, 2, 3]))), refused(400, "bad_cursor"));
    // A cursor with a flipped bit never brings what its owner may not see.
    let own = li.client().store().pull_state().unwrap().cursor.unwrap().0;
    for at in 0..own.len() {
        let mut forged = own.clone();
        forged[at] ^= 4;
        let answer = post(&world, path::PULL, &token, &pull(forged));
        if answer.status == 200 {
            let page: Page = answer.message();
            assert!(page.tickets.iter().all(|part| part.ticket == ticket));
        } else {
            assert!(["bad_cursor", "older_epoch", "hub_behind"].contains(&answer.refusal().1.as_str()));
        }
    }
    assert!(!world.wait(world.store().site()).unwrap().behind, "a made-up cursor stops nobody's writing");
}

#[test]
fn half_a_request_and_no_request_at_all_harm_nobody() {
    let (world, li, token) = scene();
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00".to_vec(),
        b"GET".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        vec![0; 100_000],
        format!("POST {} HTTP/1.1\r\nhost: hub\r\ncontent-length: 99999999999999999999\r\n\r\n", path::PUSH)
            .into_bytes(),
        format!("GET {} HTTP/1.1\r\n{}\r\n\r\n", path::HELLO, "x: y\r\n".repeat(2_000)).into_bytes(),
    ] {
        // Closing our half ends what would else wait for more.
        let mut stream = std::net::TcpStream::connect(world.listening()).unwrap();
        let _ = std::io::Write::write_all(&mut stream, &bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = std::io::Read::read_to_end(&mut stream, &mut Vec::new());
    }
    let chunked = format!(
        "POST {} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\nauthorization: {token}\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        path::PULL
    );
    let answer = String::from_utf8_lossy(&send(&world, chunked.as_bytes())).into_owned();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    li.report("WG01", LITTER);
    assert_eq!(world.converge(&[&li]).tickets.len(), 2);
}

#[test]
fn whoever_sends_much_and_is_refused_hears_the_refusal() {
    let (world, _, token) = scene();
    // More than the buffers between two processes hold, so that the hub answers while most is still to come.
    let body = vec![7; 24 << 20];
    let size = body.len().to_string();
    let strangers_token = format!("Bearer {}", "0".repeat(64));
    let metadata = format!("sha256 {}", base64::engine::general_purpose::STANDARD.encode("07".repeat(32)));
    for (token, refusal) in [(&strangers_token, (401, "token_unknown")), (&token, (403, "upload_without_event"))] {
        let headers = [
            ("authorization", token.as_str()),
            ("tus-resumable", "1.0.0"),
            ("content-type", "application/offset+octet-stream"),
            ("upload-length", &size),
            ("upload-metadata", &metadata),
        ];
        let (status, code) = ask(&world, "POST", path::UPLOADS, &headers, &body).refusal();
        assert_eq!((status, code.as_str()), refusal);
    }
}

#[test]
fn another_devices_events_are_nobodys_to_push() {
    let (world, li, token) = scene();
    let mut forger = Forger::enrol(&world, "wang");
    let acting = forger.volunteer();
    let (ticket, commit) = forger.report(&world, acting, "WG01", vec![]);
    let push = redvest_domain::wire::Push { commits: vec![commit.clone()], seen: None, sent: world.now() };
    assert_eq!(post(&world, path::PUSH, &token, &push).refusal().1, "wrong_author");
    // Altered in any part, it is refused too: payload, envelope, signature.
    let altered = |change: &dyn Fn(&mut redvest_domain::envelope::Commit)| {
        let mut commit = commit.clone();
        change(&mut commit);
        forger.push(&world, &[commit]).refusal()
    };
    assert_eq!(altered(&|commit| commit.events[0].payload.0[20] ^= 1), refused(400, "bad_bytes"));
    assert_eq!(altered(&|commit| commit.signature.0[20] ^= 1), refused(400, "bad_signature"));
    assert!(altered(&|commit| *commit.events[0].envelope.0.last_mut().unwrap() ^= 1).0 >= 400);
    assert_eq!(altered(&|commit| commit.events.clear()), refused(400, "bad_bytes"));
    assert!(!world.log().tickets.contains_key(&ticket));
    assert_eq!(forger.pushed(&world, std::slice::from_ref(&commit)).outcomes.len(), 1);
    world.converge(&[&li]);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let mut world = World::plain();
    world.config.limits.stranger_per_minute = 60;
    world.restart();
    let codes: Vec<_> = (0..8).map(|_| ask(&world, "GET", path::HELLO, &[], &[])).collect();
    let refused = codes.iter().find(|answer| answer.status == 429).expect("a burst has an end");
    assert_eq!(refused.refusal().1, "too_often");
    assert!(refused.header("retry-after").is_some());
    world.pass(60_000);
    assert_eq!(ask(&world, "GET", path::HELLO, &[], &[]).status, 200);
}
