//! Writes the mirrors: what uniffi has to know of the core's plain data, with the core's own documentation, so that both
//! are said once. A field that uniffi cannot carry, or a type that moved, fails the build.

use std::fmt::Write;
use std::path::Path;

use quote::ToTokens;
use syn::{Attribute, Fields, Item};

/// Files under core/, and the types of each that cross.
const SOURCES: &[(&str, &[&str])] = &[
    ("domain/src/event/choices.rs", &["VoidReason", "Grant"]),
    ("domain/src/event/photo.rs", &["PhotoMark"]),
    ("domain/src/key.rs", &["Role", "Acting"]),
    ("domain/src/place.rs", &["Position", "FixSource", "Fix"]),
    ("domain/src/terms.rs", &["Holder"]),
    ("domain/src/ticket/parts.rs", &["Shows"]),
    ("domain/src/time.rs", &["Clock", "Limit"]),
    ("domain/src/ticket/stage.rs", &["Stage"]),
    ("domain/src/reference/catalogue.rs", &["Handler"]),
    ("domain/src/reference/policy.rs", &["Reasons", "Reason"]),
    ("client/src/commands/mod.rs", &["By", "Done"]),
    (
        "client/src/commands/requests.rs",
        &["Report", "OnTheSpot", "Rectify", "Dispatch", "Contribute", "Evidence", "Judge", "SendBack", "Relocate"],
    ),
    ("client/src/queries/doctor.rs", &["Health", "Finding"]),
    ("client/src/queries/lists.rs", &["Mine"]),
    ("client/src/store/contract.rs", &["BlobRole"]),
    ("client/src/store/digests.rs", &["KeyDigest"]),
    ("client/src/store/lists.rs", &["Work"]),
    ("client/src/store/outbox.rs", &["Status"]),
    ("client/src/store/sessions.rs", &["SessionRow"]),
    ("client/src/store/transfers.rs", &["PhotosWaiting"]),
    ("client/src/sync/message.rs", &["NetFailure"]),
    ("client/src/sync/session.rs", &["Failure", "Phase", "SessionOptions", "Summary"]),
    (
        "client/src/view.rs",
        &[
            "Pressing",
            "TicketRow",
            "TicketPage",
            "Tally",
            "Home",
            "PhotoRow",
            "LateRow",
            "HistoryRow",
            "ClockRow",
            "TicketDetail",
            "NewsRow",
            "Winner",
        ],
    ),
    ("client/src/view/act.rs", &["Act"]),
    ("client/src/view/catalogue.rs", &["CatalogueView", "CategoryGroup", "CategoryRow"]),
    ("client/src/view/draft.rs", &["Draft"]),
    ("client/src/view/notice.rs", &["NoticeKind", "Notice", "Notices"]),
    ("client/src/view/place.rs", &["PlaceView", "GridName", "Border", "GridRow", "HolderRow"]),
    ("client/src/view/queue.rs", &["Queue", "PostponedRow"]),
];

fn main() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core");
    let mut mirrors = String::new();
    for (file, types) in SOURCES {
        let path = core.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for name in *types {
            let mirror = parsed.items.iter().find_map(|item| mirror(item, name));
            let mirror = mirror.unwrap_or_else(|| panic!("{}: there is no type {name}", path.display()));
            // Writing to a string does not fail.
            let _ = writeln!(mirrors, "{mirror}");
        }
    }
    let out = std::env::var_os("OUT_DIR").expect("cargo names the folder");
    std::fs::write(Path::new(&out).join("mirrors.rs"), mirrors).expect("cargo's folder can be written");
}

/// The definition of a type as uniffi's `remote` wants it, if the item is that type.
fn mirror(item: &Item, name: &str) -> Option<String> {
    let (kind, tokens) = match item.clone() {
        Item::Struct(mut item) if item.ident == name => {
            document(&mut item.attrs);
            fields(&mut item.fields);
            ("Record", item.into_token_stream())
        }
        Item::Enum(mut item) if item.ident == name => {
            document(&mut item.attrs);
            for variant in &mut item.variants {
                document(&mut variant.attrs);
                fields(&mut variant.fields);
                variant.discriminant = None;
            }
            ("Enum", item.into_token_stream())
        }
        _ => return None,
    };
    Some(format!("#[uniffi::remote({kind})]\n{tokens}"))
}

fn fields(fields: &mut Fields) {
    fields.iter_mut().for_each(|field| document(&mut field.attrs));
}

/// Keeps the documentation alone.
fn document(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| attribute.path().is_ident("doc"));
}
