//! Decoding the pages of a table and the rows in them. Any bytes may come in; what makes no sense is `None`.
//! Source: the SQLite file format, sections 1.6 and 2.1.

use rusqlite::types::Value;

use super::pages::{Pages, be16, be32};

/// A page of a table's tree.
pub(super) enum Node {
    /// Child pages, each with the largest rowid below it; the last child has none. `None` is a cell that makes no sense.
    Interior { children: Vec<Option<(u32, i64)>>, last: u32 },
    /// Where the rows begin in the page. `None` is a pointer out of the page.
    Leaf { cells: Vec<Option<usize>> },
}

impl Node {
    pub(super) fn parse(page: &[u8], number: u32) -> Option<Node> {
        // The first page begins with the header of the database.
        let start = if number == 1 { 100 } else { 0 };
        let kind = *page.get(start)?;
        let cells = be16(page, start + 3)?;
        let pointers = start + if kind == 0x05 { 12 } else { 8 };
        let end = pointers.checked_add(cells.checked_mul(2)?).filter(|end| *end <= page.len())?;
        let place = |index| be16(page, pointers + 2 * index).filter(|at| (end..page.len()).contains(at));
        let places = (0..cells).map(place);
        match kind {
            0x05 => {
                let child = |at: usize| Some((be32(page, at)?, signed(varint(page, at + 4)?.0)));
                Some(Node::Interior { children: places.map(|at| child(at?)).collect(), last: be32(page, start + 8)? })
            }
            0x0d => Some(Node::Leaf { cells: places.collect() }),
            _ => None,
        }
    }
}

/// The row whose cell begins at `at`: its rowid and stored values.
pub(super) fn row(pages: &mut Pages, page: &[u8], at: usize) -> Option<(i64, Vec<Value>)> {
    let (length, used) = varint(page, at)?;
    let (rowid, more) = varint(page, at + used)?;
    let payload = payload(pages, page, at + used + more, usize::try_from(length).ok()?)?;
    Some((signed(rowid), record(&payload)?))
}

fn payload(pages: &mut Pages, page: &[u8], start: usize, length: usize) -> Option<Vec<u8>> {
    let usable = pages.usable();
    // A length beyond the whole file is damage, and must not cost memory.
    if length as u64 > u64::from(pages.count()) * usable as u64 {
        return None;
    }
    let most = usable - 35;
    if length <= most {
        return Some(page.get(start..start.checked_add(length)?)?.to_vec());
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let fitting = least + (length - least) % (usable - 4);
    let local = if fitting <= most { fitting } else { least };
    let mut bytes = page.get(start..start.checked_add(local)?)?.to_vec();
    let mut next = be32(page, start + local)?;
    while bytes.len() < length {
        let overflow = pages.read(next)?;
        next = be32(&overflow, 0)?;
        let wanted = (length - bytes.len()).min(usable - 4);
        bytes.extend_from_slice(overflow.get(4..4 + wanted)?);
    }
    // A chain that goes on was destroyed somewhere.
    (next == 0).then_some(bytes)
}

fn record(payload: &[u8]) -> Option<Vec<Value>> {
    let (header, mut at) = varint(payload, 0)?;
    let header = usize::try_from(header).ok().filter(|header| *header <= payload.len())?;
    let mut body = header;
    let mut values = Vec::new();
    while at < header {
        let (kind, used) = varint(payload, at)?;
        at += used;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let bytes = payload.get(body..body.checked_add(length)?)?;
        body += length;
        values.push(match kind {
            0 => Value::Null,
            7 => Value::Real(f64::from_bits(integer(bytes).cast_unsigned())),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            1..=6 => Value::Integer(integer(bytes)),
            _ if kind % 2 == 0 => Value::Blob(bytes.to_vec()),
            _ => Value::Text(String::from_utf8(bytes.to_vec()).ok()?),
        });
    }
    (at == header && body == payload.len()).then_some(values)
}

/// A big-endian two's complement number of 1 to 8 bytes.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|first| *first >= 0x80) { -1 } else { 0 };
    bytes.iter().fold(sign, |number, byte| (number << 8) | i64::from(*byte))
}

fn signed(number: u64) -> i64 {
    number.cast_signed()
}

/// A number of 1 to 9 bytes and how many bytes it took.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.get(at..)?.iter().take(9).enumerate() {
        if index == 8 {
            return Some(((number << 8) | u64::from(*byte), 9));
        }
        number = (number << 7) | u64::from(*byte & 0x7f);
        if *byte < 0x80 {
            return Some((number, index + 1));
        }
    }
    None
}
