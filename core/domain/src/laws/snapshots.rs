//! The bytes of every kind and every message, so that a changed encoding is noticed. A change here breaks every device
//! in the street: it needs a new kind, a new field or a new version instead.

use std::fmt::{Debug, Write};

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode, decode};

use super::samples::{KINDS, Visit, payload_of, visit};
use super::vectors::hex;
use crate::cbor;

fn show(text: &mut String, name: &str, bytes: &[u8]) {
    let mut diagnosis = String::new();
    diagnose(&mut Decoder::new(bytes), &mut diagnosis).expect("its own bytes");
    let _ = writeln!(text, "{name}\n{}\n{diagnosis}\n", hex(bytes));
}

/// One item in the diagnostic notation of CBOR.
fn diagnose(d: &mut Decoder<'_>, text: &mut String) -> Result<(), decode::Error> {
    let _ = match d.datatype()? {
        Type::Bytes => write!(text, "h'{}'", hex(d.bytes()?)),
        Type::String => write!(text, "{:?}", d.str()?),
        Type::Bool => write!(text, "{}", d.bool()?),
        Type::Null => d.null().map(|()| text.push_str("null")).map(Ok)?,
        Type::Array => {
            let items = d.array()?.unwrap_or_default();
            text.push('[');
            for item in 0..items {
                text.push_str(if item > 0 { ", " } else { "" });
                diagnose(d, text)?;
            }
            text.push(']');
            Ok(())
        }
        Type::Map => {
            let entries = d.map()?.unwrap_or_default();
            text.push('{');
            for entry in 0..entries {
                text.push_str(if entry > 0 { ", " } else { "" });
                diagnose(d, text)?;
                text.push_str(": ");
                diagnose(d, text)?;
            }
            text.push('}');
            Ok(())
        }
        // Deterministic events hold nothing else than integers.
        _ => write!(text, "{}", d.int()?),
    };
    Ok(())
}

#[test]
fn the_bytes_of_every_kind() {
    let mut text = String::new();
    for kind in KINDS {
        let payload = payload_of(kind);
        show(&mut text, &format!("{kind} {}", payload.body.code()), &payload.to_bytes());
    }
    insta::assert_snapshot!("kinds", text);
}

struct Show(String);

impl Visit for Show {
    fn see<T>(&mut self, name: &str, message: T)
    where
        T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug,
    {
        show(&mut self.0, name, &cbor::encode(&message));
    }
}

#[test]
fn the_bytes_of_every_message() {
    let mut text = Show(String::new());
    visit(&mut text);
    insta::assert_snapshot!("messages", text.0);
}
