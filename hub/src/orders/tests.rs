//! Orders as data, both ways to a store, and what the desk lets nobody do.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redvest_domain::event::DocumentKind;
use redvest_domain::id::{DeviceId, EventId, MemberId, TicketId};
use redvest_domain::key::MemberRecord;
use redvest_domain::reference::Successors;
use redvest_domain::time::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::clock::{Clock, FixedClock};
use crate::config::{Config, Tls, TlsMode};
use crate::keys;
use crate::serve::{Running, start};
use crate::store::{NewWorkspace, Store};

fn clock() -> Arc<dyn Clock> {
    Arc::new(FixedClock::at(Timestamp(1_795_395_600_000)))
}

fn member() -> MemberRecord {
    MemberRecord { member: MemberId::from_bytes([7; 16]), active: true, roles: vec![], duty: vec![] }
}

fn person(name: &str) -> Person {
    Person { member: member().member, name: name.to_owned(), title: None, phone: Some("13800000001".to_owned()) }
}

/// A data folder with a workspace and one member.
async fn founded() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let store = Store::open(&data, clock()).unwrap();
    store.init(NewWorkspace { name: "东风区".to_owned() }).await.unwrap();
    let set = Order::SetMembers { records: vec![member()], people: vec![person("李红")] };
    assert_eq!(carry_out(&store, set).await, Ok(Reply::Done));
    store.close().await;
    (folder, data)
}

async fn serve(data: &Path) -> Running {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen, tls: Tls { mode: TlsMode::Off, ..Tls::default() }, ..Config::default() };
    start(data, config, clock()).await.unwrap()
}

async fn office(data: &Path) -> Result<Office, String> {
    Office::open(data, clock()).await.map_err(|denied| denied.code)
}

/// Sends a request as the only one of its connection, and gives the whole answer.
async fn send(to: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let text = text.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(host: impl std::fmt::Display, token: &[u8; 32], more: &str, body: &str) -> String {
    let (token, length) = (hex(token), body.len());
    format!(
        "POST {ORDERS} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n{more}content-length: {length}\r\n\r\n{body}"
    )
}

const STATUS: &str = r#"{"order":"status"}"#;

#[test]
fn orders_and_replies_read_back_from_their_text() {
    let (member, event) = (member(), EventId::from_bytes([1; 16]));
    let ticket = TicketId::from_bytes([3; 16]);
    let orders = [
        Order::Status,
        Order::Members { after: Some(member.member) },
        Order::SetMembers { records: vec![member.clone()], people: vec![person("a")] },
        Order::Forget { whom: Whom::Member(member.member) },
        Order::Invite { whom: Whom::Name("李红".to_owned()), hours: 3 },
        Order::Publish {
            kind: DocumentKind::Grids,
            text: "{\"a\"}".to_owned(),
            over: None,
            successors: Successors::default(),
        },
        Order::Erase { by: member.member, ticket: TicketName::Number("1-1".to_owned()), events: vec![event] },
        Order::Evidence { ticket: TicketName::Id(ticket) },
        Order::SetSafe { number: u64::MAX },
    ];
    for order in orders {
        let text = serde_json::to_string(&order).unwrap();
        assert_eq!(serde_json::from_str::<Order>(&text).unwrap(), order, "{text}");
    }
    assert_eq!(serde_json::to_string(&Order::Status).unwrap(), STATUS);
    let file = Packed((0..=255).collect());
    let hub_key = Hash([9; 32]);
    for reply in [Reply::Done, Reply::Evidence { ticket, hub_key, file }, Reply::Rebuilt(7), Reply::Epoch(2)] {
        let text = serde_json::to_string(&reply).unwrap();
        assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply, "{text}");
    }
}

#[tokio::test]
async fn both_ways_answer_the_same() {
    let (_folder, data) = founded().await;
    let orders = [
        Order::Status,
        Order::Documents,
        Order::Members { after: None },
        Order::Devices,
        Order::Log { after: 0 },
        Order::Tickets { after: 0 },
        Order::Refused { after: None },
        Order::Revoke { device: DeviceId::from_bytes([5; 16]), lost: false },
        Order::Invite { whom: Whom::Name("没有人".to_owned()), hours: 1 },
        Order::SetSafe { number: 1_000 },
        Order::Evidence { ticket: TicketName::Number("20261122-0001".to_owned()) },
        Order::Publish {
            kind: DocumentKind::Policy,
            text: "{".to_owned(),
            over: None,
            successors: Successors::default(),
        },
    ];
    let here = office(&data).await.unwrap();
    assert!(matches!(here, Office::Here(_)));
    let mut told = Vec::new();
    for order in &orders {
        told.push(here.ask(order.clone()).await);
    }
    here.close().await;
    let running = serve(&data).await;
    let there = office(&data).await.unwrap();
    assert!(matches!(there, Office::There(_)));
    for (order, told) in orders.into_iter().zip(told) {
        assert_eq!(there.ask(order.clone()).await, told, "{order:?}");
    }
    running.stop().await;
    assert_eq!(there.ask(Order::Status).await.unwrap_err().code, "desk_silent");
}

#[tokio::test]
async fn a_wrong_token_is_refused() {
    let (_folder, data) = founded().await;
    let running = serve(&data).await;
    let desk = running.desk;
    let token = *keys::admin_token(&data).unwrap();
    let right = send(desk, &request(desk, &token, "", STATUS)).await;
    assert!(right.starts_with("HTTP/1.1 200 ") && right.contains("东风区"), "{right}");
    let mut wrong = token;
    wrong[31] ^= 1;
    for text in [
        request(desk, &wrong, "", STATUS),
        format!("POST {ORDERS} HTTP/1.1\r\nhost: {desk}\r\ncontent-length: 18\r\n\r\n{STATUS}"),
    ] {
        let answer = send(desk, &text).await;
        assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("\"desk_token\""), "{answer}");
        assert!(!answer.contains("东风区"));
    }
    running.stop().await;
}

#[tokio::test]
async fn what_a_page_in_a_browser_sends_is_refused() {
    let (_folder, data) = founded().await;
    let running = serve(&data).await;
    let (desk, token) = (running.desk, *keys::admin_token(&data).unwrap());
    let port = desk.port();
    for (host, more) in [
        (format!("evil.example:{port}"), ""),
        (format!("localhost:{port}"), ""),
        (desk.to_string(), "origin: https://evil.example\r\n"),
        (desk.to_string(), "origin: null\r\n"),
        (desk.to_string(), "sec-fetch-site: cross-site\r\n"),
    ] {
        let answer = send(desk, &request(&host, &token, more, STATUS)).await;
        assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("\"desk_origin\""), "{host} {more} {answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn malformed_and_enormous_orders_are_refused() {
    let (_folder, data) = founded().await;
    let running = serve(&data).await;
    let (desk, token) = (running.desk, *keys::admin_token(&data).unwrap());
    for body in ["", "{", r#"{"order":"reformat"}"#, r#"{"order":"revoke","with":{"device":"x"}}"#, "\u{0}"] {
        let answer = send(desk, &request(desk, &token, "", body)).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("\"order_malformed\""), "{body} {answer}");
    }
    let bearer = hex(&token);
    let large = format!(
        "POST {ORDERS} HTTP/1.1\r\nhost: {desk}\r\nauthorization: Bearer {bearer}\r\ncontent-length: 99999999\r\n\r\n"
    );
    let mut stream = TcpStream::connect(desk).await.unwrap();
    stream.write_all(large.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"order_too_large\""), "{answer}");
    running.stop().await;
}

#[tokio::test]
async fn the_desk_is_not_on_the_public_port_and_is_on_loopback() {
    let (_folder, data) = founded().await;
    let running = serve(&data).await;
    assert!(running.desk.ip().is_loopback());
    assert_ne!(running.desk.port(), running.listening.port());
    let token = *keys::admin_token(&data).unwrap();
    let answer = send(running.listening, &request(running.desk, &token, "", STATUS)).await;
    assert!(answer.starts_with("HTTP/1.1 40") && !answer.contains("东风区"), "{answer}");
    let sync = send(running.desk, &format!("GET /v1/hello HTTP/1.1\r\nhost: {}\r\n\r\n", running.desk)).await;
    assert!(sync.starts_with("HTTP/1.1 404 "), "{sync}");
    running.stop().await;
}

#[tokio::test]
async fn each_start_has_a_new_token_and_a_stop_leaves_none() {
    let (_folder, data) = founded().await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let running = serve(&data).await;
        tokens.push(*keys::admin_token(&data).unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(data.join("keys/admin.token")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(data.join("admin.json").exists());
        running.stop().await;
        assert!(!data.join("admin.json").exists() && !data.join("keys/admin.token").exists());
    }
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn an_owner_that_takes_no_orders_is_named_whatever_the_notice_says() {
    let (_folder, data) = founded().await;
    let owner = Store::open(&data, clock()).unwrap();
    assert_eq!(office(&data).await.unwrap_err(), "already_open");
    // A killed hub's notice: nobody listens there any more.
    let token = keys::new_admin_token(&data).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = port.local_addr().unwrap();
    drop(port);
    Notice::put(&data, gone).unwrap();
    assert_eq!(office(&data).await.unwrap_err(), "already_open");
    // Somebody else does by now, and answers whatever it is asked.
    let stranger = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Notice::put(&data, stranger.local_addr().unwrap()).unwrap();
    let listening = tokio::spawn(async move {
        let (mut stream, _) = stranger.accept().await.unwrap();
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: 64\r\n\r\n{}", "0".repeat(64));
        stream.write_all(answer.as_bytes()).await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        heard
    });
    assert_eq!(office(&data).await.unwrap_err(), "already_open");
    let heard = listening.await.unwrap();
    assert!(heard.starts_with("GET /proof/") && !heard.contains(&hex(&*token)) && !heard.contains("POST"), "{heard}");
    // Nor does a notice lead off this machine.
    Notice::put(&data, "192.0.2.1:80".parse().unwrap()).unwrap();
    assert_eq!(office(&data).await.unwrap_err(), "already_open");
    owner.close().await;
    drop(owner);
    assert!(matches!(office(&data).await.unwrap(), Office::Here(_)), "a free folder is opened whatever lies in it");
}

#[tokio::test]
async fn a_forgotten_member_has_no_name_and_stays_a_member() {
    let (_folder, data) = founded().await;
    let office = office(&data).await.unwrap();
    let forget = Order::Forget { whom: Whom::Name(" 李红 ".to_owned()) };
    assert_eq!(office.ask(forget.clone()).await, Ok(Reply::Forgotten(member().member)));
    assert_eq!(office.ask(forget).await.unwrap_err().code, "no_such_member");
    let stranger = Whom::Member(MemberId::from_bytes([8; 16]));
    assert_eq!(office.ask(Order::Forget { whom: stranger }).await.unwrap_err().code, "not_found");
    let left = Member { record: member(), person: None };
    assert_eq!(office.ask(Order::Members { after: None }).await, Ok(Reply::Members(vec![left])));
    office.close().await;
}
