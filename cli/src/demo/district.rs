//! A small district to play with: four grids, two agencies, seven people. Used by the demo and by the tests' world.

use redvest_domain::event::DocumentKind;
use redvest_domain::id::{Hash, MemberId};
use redvest_domain::key::{Acting, Key, MemberRecord, Role};
use redvest_domain::place::Position;
use redvest_domain::reference::{Document, Successors, parse};
use redvest_hub::HubError;
use redvest_hub::store::{NewWorkspace, Person, Store};
use serde_json::{Value, json};

/// The south-west corner of the district, in 1e-7 degree: a made-up block at the size of a real one.
const SOUTH: i32 = 312_300_000;
const WEST: i32 = 1_214_700_000;
/// Height and width of a grid, about 550 m and 480 m.
const TALL: i32 = 50_000;
const WIDE: i32 = 50_000;

/// Somebody of the district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Someone {
    /// A short name for folders and tests, such as `li`.
    pub tag: &'static str,
    /// The name on screens.
    pub name: &'static str,
    /// The title on screens.
    pub title: &'static str,
    /// The role and what it is for; a volunteer has none.
    pub acting: Option<Acting>,
    /// Grids of the duty points.
    pub duty: &'static [&'static str],
}

impl Someone {
    /// The member's id: always the same for the same tag.
    pub fn member(&self) -> MemberId {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&Hash::of(&[b"redvest demo member", self.tag.as_bytes()]).0[..16]);
        MemberId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The member's record.
    pub fn record(&self) -> MemberRecord {
        let duty = self.duty.iter().filter_map(|grid| grid.parse().ok()).collect();
        MemberRecord { member: self.member(), active: true, roles: self.acting.clone().into_iter().collect(), duty }
    }

    fn person(&self) -> Person {
        Person { member: self.member(), name: self.name.to_owned(), title: Some(self.title.to_owned()), phone: None }
    }
}

/// Acting as a grid member of a grid.
pub fn of_grid(code: &str) -> Option<Acting> {
    Some(Acting { role: Role::Grid, key: Key::Grid(code.parse().ok()?) })
}

fn of_agency(code: &str) -> Option<Acting> {
    Some(Acting { role: Role::Agency, key: Key::Agency(code.parse().ok()?) })
}

/// The people.
pub fn people() -> Vec<Someone> {
    let whole = |role| Some(Acting { role, key: Key::Workspace });
    vec![
        Someone { tag: "li", name: "李红", title: "志愿者", acting: None, duty: &["WG01"] },
        Someone { tag: "wang", name: "王强", title: "网格员", acting: of_grid("WG01"), duty: &[] },
        Someone { tag: "zhao", name: "赵敏", title: "网格员", acting: of_grid("WG02"), duty: &[] },
        Someone { tag: "sun", name: "孙亮", title: "网格长", acting: of_grid("SQ01"), duty: &[] },
        Someone { tag: "chen", name: "陈刚", title: "城管经办人", acting: of_agency("CG"), duty: &[] },
        Someone { tag: "zhou", name: "周静", title: "督查员", acting: whole(Role::Supervisor), duty: &[] },
        Someone { tag: "wu", name: "吴岚", title: "创文办", acting: whole(Role::Office), duty: &[] },
    ]
}

fn rectangle(south: i32, west: i32, tall: i32, wide: i32) -> Value {
    let (north, east) = (south + tall, west + wide);
    json!([[[[west, south], [east, south], [east, north], [west, north], [west, south]]]])
}

/// The middle of a grid with a boundary: WG01 and WG02 lie in SQ01, WG03 in SQ02.
pub fn middle_of(grid: &str) -> Position {
    let column = match grid {
        "WG01" => 0,
        "WG02" => 1,
        _ => 2,
    };
    Position { lat_e7: SOUTH + TALL / 2, lon_e7: WEST + WIDE * column + WIDE / 2 }
}

fn grids() -> Value {
    let cell = |column: i32| rectangle(SOUTH, WEST + WIDE * column, TALL, WIDE);
    json!({
        "levels": [
            { "code": "street", "name": "街道", "name_en": "Subdistrict" },
            { "code": "community", "name": "社区", "name_en": "Community" },
            { "code": "grid", "name": "网格", "name_en": "Grid" }
        ],
        "grids": [
            { "code": "JD01", "name": "红旗街道", "level": "street", "shape": rectangle(SOUTH, WEST, TALL, WIDE * 3) },
            { "code": "SQ01", "name": "和平社区", "level": "community", "parent": "JD01",
              "shape": rectangle(SOUTH, WEST, TALL, WIDE * 2) },
            { "code": "SQ02", "name": "文昌社区", "level": "community", "parent": "JD01", "shape": cell(2) },
            { "code": "WG01", "name": "和平一网格", "level": "grid", "parent": "SQ01", "shape": cell(0) },
            { "code": "WG02", "name": "和平二网格", "level": "grid", "parent": "SQ01", "shape": cell(1) },
            { "code": "WG03", "name": "文昌一网格", "level": "grid", "parent": "SQ02", "shape": cell(2) }
        ]
    })
}

fn agencies() -> Value {
    json!({ "agencies": [
        { "code": "CG", "name": "城市管理局", "name_en": "City management", "leads": [{ "groups": ["M06", "M07", "M09"] }] },
        { "code": "ZJ", "name": "住房建设局", "name_en": "Housing and construction", "leads": [{ "groups": ["M08", "X1"] }] }
    ] })
}

/// The built-in policy, with holders allowed to hand tickets on.
fn policy() -> Result<Value, serde_json::Error> {
    let built_in = Document::Policy(Box::new(redvest_domain::reference::Policy::built_in()));
    let mut policy: Value = serde_json::from_slice(&built_in.to_bytes())?;
    policy["hand_on"] = json!(true);
    Ok(policy)
}

/// The canonical bytes of a document.
fn document(kind: DocumentKind, value: &Value) -> Result<Vec<u8>, HubError> {
    parse(kind, value.to_string().as_bytes()).map(|document| document.to_bytes()).map_err(HubError::BadDocument)
}

/// Founds the district in an empty hub: workspace, documents and people.
///
/// # Errors
/// The store's; `workspace_exists` for a hub that is not empty.
pub async fn found(store: &Store) -> Result<(), HubError> {
    store.init(NewWorkspace { name: "示范区创文办".to_owned() }).await?;
    let policy = policy().map_err(|_| HubError::Internal("the built-in policy"))?;
    let documents =
        [(DocumentKind::Grids, grids()), (DocumentKind::Agencies, agencies()), (DocumentKind::Policy, policy)];
    for (kind, value) in documents {
        store.publish(kind, document(kind, &value)?, Successors::default()).await?;
    }
    let people = people();
    let records = people.iter().map(Someone::record).collect();
    store.set_members(records, people.iter().map(Someone::person).collect()).await
}
