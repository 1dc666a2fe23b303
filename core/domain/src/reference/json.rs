//! Reading a document's JSON: what serde says becomes a fault that names line, column and field.

use serde::de::DeserializeOwned;

use super::fault::Fault;

/// The largest document, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Reads one document. Size is bounded by [`MAX_BYTES`], nesting by the types: whatever nests deeper than they do is of
/// a wrong type where it begins.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    if bytes.len() > MAX_BYTES {
        return Err(Fault::error(
            "",
            "too_large",
            format!("文件超过 {} MiB 上限，请拆分或简化网格边界。", MAX_BYTES >> 20),
            format!("The file is larger than {} MiB: split it or simplify the boundaries.", MAX_BYTES >> 20),
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| explain(bytes, &error))
}

/// How serde's message begins, our code for it, and what to do in Chinese and English.
const MEANINGS: [(&str, &str, &str, &str); 9] = [
    ("unknown field", "unknown_field", "有不认识的字段，请删除或改正字段名", "remove the field or correct its name"),
    ("missing field", "missing_field", "缺少必填字段，请补上", "add the missing field"),
    ("duplicate field", "duplicate_field", "字段重复，请只留一个", "keep one of the fields"),
    ("unknown variant", "unknown_value", "取值不在允许范围内，请改用列出的值", "use one of the values named"),
    ("invalid type", "wrong_type", "类型不对（如应为数字却写成文字），请改正", "write a value of the type expected"),
    ("invalid value", "bad_value", "数值不合适，请改正", "write a value in range"),
    ("invalid length", "bad_value", "项数不合适，请改正", "write as many items as expected"),
    ("trailing characters", "surplus", "此处多出内容，请删除", "remove what is too much here"),
    ("not a valid", "bad_value", "编码或标识格式不对，请改正", "correct the code"),
];

fn explain(bytes: &[u8], error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    let (code, zh, en) = match MEANINGS.iter().find(|(start, ..)| message.starts_with(start)) {
        Some((_, code, zh, en)) => (*code, *zh, *en),
        None if error.is_eof() => ("cut_short", "文件不完整，请重新导出", "the file is cut short: export it again"),
        None if error.is_data() => ("bad_value", "内容不合适，请改正", "correct the value"),
        None => ("not_json", "不是合法的 JSON，请检查此处的标点", "this is no JSON: check the punctuation here"),
    };
    let (line, column) = (error.line(), error.column());
    let path = path_at(bytes, offset_of(bytes, line, column));
    let place_zh = if path.is_empty() { String::new() } else { format!("（{path}）") };
    let place_en = if path.is_empty() { String::new() } else { format!(" ({path})") };
    Fault {
        line: u32::try_from(line).ok(),
        column: u32::try_from(column).ok(),
        ..Fault::error(
            path,
            code,
            format!("第 {line} 行第 {column} 列{place_zh}：{zh}。"),
            format!("Line {line}, column {column}{place_en}: {en}. [{message}]"),
        )
    }
}

/// The byte offset after the given line and column, both as serde_json counts them: lines from 1, columns in bytes.
fn offset_of(bytes: &[u8], line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match bytes[start..].iter().position(|byte| *byte == b'\n') {
            Some(at) => start += at + 1,
            None => break,
        }
    }
    (start + column).min(bytes.len())
}

/// Where a reader stands in an object or an array.
enum Step {
    Field { name: String, in_value: bool },
    Item(usize),
}

/// The field at a byte offset, such as `grids[12].parent`. It reads only up to the offset and trusts nothing: in text
/// that is no JSON it returns the deepest field that it could make out.
fn path_at(bytes: &[u8], offset: usize) -> String {
    let mut steps: Vec<Step> = Vec::new();
    let mut at = 0;
    while at < offset {
        match bytes[at] {
            b'{' => steps.push(Step::Field { name: String::new(), in_value: false }),
            b'[' => steps.push(Step::Item(0)),
            // serde complains of a missing field at the closing brace, which belongs to the object still.
            b'}' | b']' if at + 1 < offset => drop(steps.pop()),
            b'}' => {
                if let Some(Step::Field { name, .. }) = steps.last_mut() {
                    name.clear();
                }
            }
            b':' => {
                if let Some(Step::Field { in_value, .. }) = steps.last_mut() {
                    *in_value = true;
                }
            }
            b',' if at + 1 < offset => match steps.last_mut() {
                Some(Step::Field { name, in_value }) => {
                    name.clear();
                    *in_value = false;
                }
                Some(Step::Item(index)) => *index += 1,
                None => {}
            },
            b'"' => {
                let text = at + 1;
                at = text;
                while at < offset && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(offset);
                if let Some(Step::Field { name, in_value: false }) = steps.last_mut() {
                    *name = String::from_utf8_lossy(&bytes[text.min(end)..end]).chars().take(60).collect();
                }
            }
            _ => {}
        }
        at += 1;
    }
    let mut path = String::new();
    for step in &steps {
        match step {
            Step::Item(index) => path.push_str(&format!("[{index}]")),
            Step::Field { name, .. } if name.is_empty() => {}
            Step::Field { name, .. } => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
        }
        // Deep garbage would make a path as long as itself.
        if path.len() > 200 {
            path.push('…');
            break;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_names_field_and_index() {
        let text = br#"{"a": {"b": [1, {"c": "x,]}\"", "d": 7}]}, "e": 1}"#;
        let at = |needle: &str| {
            let text = std::str::from_utf8(text).unwrap();
            path_at(text.as_bytes(), text.find(needle).unwrap() + needle.len())
        };
        assert_eq!(at("[1"), "a.b[0]");
        assert_eq!(at("\"d\": 7"), "a.b[1].d");
        assert_eq!(at("\"e\": 1"), "e");
    }

    #[test]
    fn any_bytes_and_any_offset_give_a_path_without_a_panic() {
        let garbage: Vec<u8> = (0..=255).chain(*b"{\"\\[[{]}:,\"\"").collect();
        for offset in 0..=garbage.len() {
            path_at(&garbage, offset);
        }
    }
}
