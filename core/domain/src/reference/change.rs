//! What a new document changes, in plain data and plain words: shown before it is published.
//!
//! Entries are told apart by their code, so that moving a line changes nothing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Document;

/// What happened to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Some of its fields differ.
    Changed,
}

/// One difference between two documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The list that the entry stands in, such as `grids`; empty for fields of the document itself.
    pub list: String,
    /// The entry's code; empty for fields of the document itself.
    pub code: String,
    /// The fields that differ, such as `limits.rectify`; empty for entries that are new or gone.
    pub fields: Vec<String>,
    /// A sentence in Chinese.
    pub zh: String,
    /// A sentence in English.
    pub en: String,
}

/// The differences from `old` to `new`, in the order of the new document and then what is gone. Without an old
/// document, or with one of another kind, every entry is new.
pub fn diff(old: Option<&Document>, new: &Document) -> Vec<Change> {
    let old = old.filter(|old| old.kind() == new.kind()).map(fields_of).unwrap_or_default();
    let new = fields_of(new);
    let mut changes = Vec::new();
    let mut own = Vec::new();
    let empty = Value::Null;
    let names: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for (path, before, after) in lists_of(&old, &new, names, &mut own) {
        compare_lists(&path, before, after, &mut changes);
    }
    let mut found = Vec::new();
    for name in own {
        compare(name, old.get(name).unwrap_or(&empty), new.get(name).unwrap_or(&empty), &mut found);
    }
    // For a first document its own fields are no news.
    if !found.is_empty() && !old.is_empty() {
        changes.insert(0, changed("", "", "", found));
    }
    changes
}

fn fields_of(document: &Document) -> Map<String, Value> {
    // A document is an object of its own making, so both steps succeed; an empty one would show as no difference.
    match serde_json::from_slice(&document.to_bytes()) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

type Lists<'a> = Vec<(String, &'a [Value], &'a [Value])>;

/// The lists of entries with codes, also one level down (the policy's reasons); other fields go to `own`.
fn lists_of<'a>(
    old: &'a Map<String, Value>,
    new: &'a Map<String, Value>,
    names: std::collections::BTreeSet<&'a String>,
    own: &mut Vec<&'a str>,
) -> Lists<'a> {
    let mut lists = Vec::new();
    for name in names {
        let (before, after) = (old.get(name), new.get(name));
        if is_list(before) && is_list(after) {
            lists.push((name.clone(), entries(before), entries(after)));
            continue;
        }
        let inner = |value: Option<&'a Value>| value.and_then(Value::as_object);
        let (inner_old, inner_new) = (inner(before), inner(after));
        let keys: Vec<_> = inner_new.into_iter().chain(inner_old).flat_map(Map::keys).collect();
        let at = |fields: Option<&'a Map<String, Value>>, key: &String| fields.and_then(|fields| fields.get(key));
        let all_lists = keys.iter().all(|key| is_list(at(inner_old, key)) && is_list(at(inner_new, key)));
        if keys.is_empty() || !all_lists {
            own.push(name);
            continue;
        }
        for key in keys.into_iter().collect::<std::collections::BTreeSet<_>>() {
            let path = format!("{name}.{key}");
            lists.push((path, entries(at(inner_old, key)), entries(at(inner_new, key))));
        }
    }
    lists
}

/// Whether a value is absent or a list of entries with codes.
fn is_list(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.as_array().is_some_and(|items| items.iter().all(|item| code_of(item).is_some())))
}

fn entries(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn code_of(entry: &Value) -> Option<&str> {
    entry.get("code")?.as_str()
}

fn compare_lists(list: &str, old: &[Value], new: &[Value], changes: &mut Vec<Change>) {
    let code = |entry| code_of(entry).unwrap_or_default();
    let before: BTreeMap<&str, &Value> = old.iter().map(|entry| (code(entry), entry)).collect();
    let after: BTreeMap<&str, &Value> = new.iter().map(|entry| (code(entry), entry)).collect();
    for entry in new {
        let Some(earlier) = before.get(code(entry)) else {
            changes.push(whole(ChangeKind::Added, list, entry));
            continue;
        };
        let mut found = Vec::new();
        compare("", earlier, entry, &mut found);
        if !found.is_empty() {
            changes.push(changed(list, code(entry), name_of(entry), found));
        }
    }
    for entry in old.iter().filter(|entry| !after.contains_key(code(entry))) {
        changes.push(whole(ChangeKind::Removed, list, entry));
    }
}

/// One field that differs, with its values in words.
struct Difference {
    field: String,
    zh: String,
    en: String,
}

/// Collects the fields in which two values differ. Objects are compared field by field, limits and lists as a whole.
fn compare(field: &str, old: &Value, new: &Value, found: &mut Vec<Difference>) {
    if old == new {
        return;
    }
    // A field of an object that came or went is named by its parts, but a limit is one thing.
    if let (Value::Object(before), Value::Object(after)) = (old, new)
        && limit_words(old).is_none()
        && limit_words(new).is_none()
    {
        for name in before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))) {
            let path = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
            let none = &Value::Null;
            compare(&path, before.get(name).unwrap_or(none), after.get(name).unwrap_or(none), found);
        }
        return;
    }
    let (zh, en) = (words(field).0, words(field).1);
    let difference = match (value_words(old), value_words(new)) {
        (Some((old_zh, old_en)), Some((new_zh, new_en))) => Difference {
            field: field.to_owned(),
            zh: format!("{zh}由“{old_zh}”改为“{new_zh}”"),
            en: format!("{en} from “{old_en}” to “{new_en}”"),
        },
        _ => Difference { field: field.to_owned(), zh: format!("{zh}有改动"), en: format!("{en} altered") },
    };
    found.push(difference);
}

/// A value in Chinese and English words; `None` for one too long to show.
fn value_words(value: &Value) -> Option<(String, String)> {
    let both = |text: String| (text.clone(), text);
    let words = match value {
        Value::Null => ("无".to_owned(), "none".to_owned()),
        Value::Bool(true) => ("是".to_owned(), "yes".to_owned()),
        Value::Bool(false) => ("否".to_owned(), "no".to_owned()),
        Value::String(text) => both(text.clone()),
        Value::Number(number) => both(number.to_string()),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            (items.join("、"), items.join(", "))
        }
        Value::Object(_) => limit_words(value).unwrap_or_else(|| both(value.to_string())),
        Value::Array(_) => both(value.to_string()),
    };
    (words.0.chars().count() <= 60).then_some(words)
}

/// A limit in words, such as 4 工作时; `None` for anything else.
fn limit_words(value: &Value) -> Option<(String, String)> {
    let (clock, amount) = (value.get("clock")?.as_str()?, value.get("amount")?.as_u64()?);
    let (zh, en, unit) = match clock {
        "urgent_hours" => ("紧急工作时", "urgent h", 60),
        "working_hours" => ("工作时", "working h", 60),
        "working_days" => ("个工作日", "working d", 1),
        "natural_days" => ("个自然日", "natural d", 1),
        _ => return None,
    };
    let (whole, rest) = (amount / unit, amount % unit);
    Some(match (whole, rest) {
        (_, 0) => (format!("{whole} {zh}"), format!("{whole} {en}")),
        (0, _) => (format!("{rest} 分钟（{zh}）"), format!("{rest} min ({en})")),
        _ => (format!("{whole} {zh} {rest} 分钟"), format!("{whole} {en} {rest} min")),
    })
}

fn name_of(entry: &Value) -> &str {
    entry.get("name").or_else(|| entry.get("zh")).and_then(Value::as_str).unwrap_or_default()
}

fn whole(kind: ChangeKind, list: &str, entry: &Value) -> Change {
    let (code, name) = (code_of(entry).unwrap_or_default(), name_of(entry));
    let (zh, en) = words(list);
    let (zh_verb, en_verb) = if kind == ChangeKind::Added { ("新增", "added") } else { ("删除", "removed") };
    Change {
        kind,
        list: list.to_owned(),
        code: code.to_owned(),
        fields: Vec::new(),
        zh: format!("{zh_verb}{zh} {code} {name}。"),
        en: format!("{en} {code} {name} {en_verb}."),
    }
}

fn changed(list: &str, code: &str, name: &str, found: Vec<Difference>) -> Change {
    let (zh, en) = if list.is_empty() { ("文件".into(), "document".into()) } else { words(list) };
    let subject = |what: String| [what.as_str(), code, name].join(" ").trim_end().to_owned();
    let joined = |text: fn(&Difference) -> &str, mark| found.iter().map(text).collect::<Vec<_>>().join(mark);
    Change {
        kind: ChangeKind::Changed,
        list: list.to_owned(),
        code: code.to_owned(),
        zh: format!("{}：{}。", subject(zh), joined(|one| &one.zh, "，")),
        en: format!("{}: {}.", subject(en), joined(|one| &one.en, ", ")),
        fields: found.into_iter().map(|one| one.field).collect(),
    }
}

/// The words of a field path; a part without words stands as it is.
fn words(path: &str) -> (String, String) {
    let parts = path.split('.').map(|part| WORDS.iter().find(|(field, ..)| *field == part).copied());
    let known: Vec<_> = parts.zip(path.split('.')).map(|(word, part)| word.unwrap_or((part, part, part))).collect();
    let zh: Vec<_> = known.iter().map(|(_, zh, _)| *zh).collect();
    let en: Vec<_> = known.iter().map(|(.., en)| *en).collect();
    (zh.join("·"), en.join(" "))
}

const WORDS: [(&str, &str, &str); 52] = [
    ("accept", "签收", "accept"),
    ("accuracy_gate_cm", "定位精度门槛（厘米）", "accuracy gate in cm"),
    ("after", "整改后", "after"),
    ("agencies", "责任单位", "agency"),
    ("before", "整改前", "before"),
    ("calendar", "工作日历", "calendar"),
    ("card_after", "黄牌", "yellow card"),
    ("categories", "事项", "category"),
    ("dispatch", "派遣", "dispatch"),
    ("dispatched", "派遣", "dispatched"),
    ("due_soon_percent", "即将到期比例", "due-soon share"),
    ("escalation", "预警", "escalation"),
    ("extended", "延期", "extended"),
    ("gate", "定位说明", "gate"),
    ("grace_days", "宽限天数", "days of grace"),
    ("grids", "网格", "grid"),
    ("group", "分组", "group"),
    ("groups", "分组", "group"),
    ("hand_on", "允许移交", "handing on"),
    ("handler", "承办方", "handler"),
    ("holidays", "节假日", "holidays"),
    ("initials", "拼音首字母", "initials"),
    ("kind", "类型", "kind"),
    ("leads", "牵头范围", "leads"),
    ("level", "层级", "level"),
    ("levels", "层级", "level"),
    ("limits", "时限", "limits"),
    ("members", "责任人", "members"),
    ("name", "名称", "name"),
    ("name_en", "英文名称", "English name"),
    ("note", "说明", "note"),
    ("note_en", "英文说明", "English note"),
    ("number_prefix", "编号前缀", "number prefix"),
    ("outcome", "通常结果", "usual outcome"),
    ("parent", "上级", "parent"),
    ("periods", "作息时间", "working periods"),
    ("photos", "照片", "photos"),
    ("points", "包联点位", "duty point"),
    ("reasons", "原因", "reason"),
    ("rectify", "处置", "rectify"),
    ("remind_after", "催办", "reminder"),
    ("reopen_days", "可重开天数", "days to reopen"),
    ("retired", "停用", "retired"),
    ("returned", "退回", "returned"),
    ("review", "核查", "review"),
    ("rework_floor", "返工最短时限", "rework floor"),
    ("sent_back", "返工", "sent back"),
    ("shape", "边界", "boundary"),
    ("suspended", "挂账", "suspended"),
    ("suspension_max_days", "挂账最长天数", "longest suspension in days"),
    ("urgent", "紧急", "urgent"),
    ("workdays", "调休上班日", "adjusted workdays"),
];
