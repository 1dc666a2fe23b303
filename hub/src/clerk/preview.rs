//! What a publication would change, before anybody publishes: as plain data and as text for a screen.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use chrono::NaiveDate;
use redvest_domain::id::{Hash, MemberId};
use redvest_domain::key::{Acting, Key, MemberRecord};
use redvest_domain::reference::{
    Change, ChangeKind, Document, DocumentKind, Fault, ReferenceSet, Retired, Severity, Successors, address,
    check_publication, diff, has_errors,
};
use serde::Serialize;

use super::people::{Known, People, Person};
use super::wording::{self, Language, width};

/// What a document would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The kind of document.
    pub kind: DocumentKind,
    /// Its address when it is published.
    pub hash: Hash,
    /// Entries that are new.
    pub added: Vec<Change>,
    /// Entries with other fields, and the document's own fields.
    pub changed: Vec<Change>,
    /// Entries that are gone.
    pub removed: Vec<Removed>,
    /// Everything that forbids publishing it, and what somebody should look at.
    pub faults: Vec<Fault>,
}

/// An entry that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// What the entry was.
    pub change: Change,
    /// Whether it needs a successor: grids and agencies, whose open tickets somebody takes over.
    pub needs_successor: bool,
    /// The successor that was named.
    pub successor: Option<String>,
}

/// What publishing `new` over the documents in force would change. `published_on` is the local day.
pub fn preview(
    in_force: &ReferenceSet,
    new: &Document,
    successors: &Successors,
    retired: &Retired,
    published_on: NaiveDate,
) -> Preview {
    let old = in_force.predecessor(new);
    let mut faults = new.check();
    faults.extend(check_publication(old.as_ref(), new, successors, retired, published_on));
    // What did not fit before is not this document's doing, unless it is still there: then it stays worth a look.
    faults.extend(in_force.clone().with(new.clone()).check());
    let (mut added, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    for change in diff(old.as_ref(), new) {
        match change.kind {
            ChangeKind::Added => added.push(change),
            ChangeKind::Changed => changed.push(change),
            ChangeKind::Removed => {
                let code = change.code.as_str();
                let named = |(from, to): (&str, &str)| (from == code).then(|| to.to_owned());
                let (needs_successor, successor) = match change.list.as_str() {
                    "grids" => {
                        (true, successors.grids.iter().find_map(|(from, to)| named((from.as_str(), to.as_str()))))
                    }
                    "agencies" => {
                        (true, successors.agencies.iter().find_map(|(from, to)| named((from.as_str(), to.as_str()))))
                    }
                    _ => (false, None),
                };
                removed.push(Removed { change, needs_successor, successor });
            }
        }
    }
    Preview { kind: new.kind(), hash: address(&new.to_bytes()), added, changed, removed, faults }
}

impl Preview {
    /// Whether the document in force says the same already.
    pub fn is_same(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// Whether nothing forbids publishing.
    pub fn may_publish(&self) -> bool {
        !has_errors(&self.faults)
    }

    /// The preview as text: counts, then one line for each change and fault.
    pub fn text(&self, language: Language) -> String {
        let sentence = |change: &Change| language.of(change.zh.clone(), change.en.clone());
        let mut lines: Vec<[String; 3]> = Vec::new();
        let mut line = |mark: &str, code: &str, text: String| lines.push([mark.into(), code.into(), text]);
        for change in &self.added {
            line("+", &change.code, sentence(change));
        }
        for change in &self.changed {
            line("~", &change.code, sentence(change));
        }
        for removed in &self.removed {
            let heir = match (&removed.successor, removed.needs_successor) {
                (Some(heir), _) => language.of(format!("由 {heir} 接替。"), format!(" {heir} takes over.")),
                (None, true) => language.of("须指定接替者。".into(), " Name a successor.".into()),
                (None, false) => String::new(),
            };
            line("-", &removed.change.code, sentence(&removed.change) + &heir);
        }
        for fault in &self.faults {
            let mark = if fault.severity == Severity::Error { "!" } else { "?" };
            line(mark, fault.code, language.of(fault.zh.clone(), fault.en.clone()));
        }
        let counts = (self.added.len(), self.changed.len(), self.removed.len(), self.faults.len());
        head(counts, language) + &aligned(&lines)
    }
}

/// The first line of a preview.
fn head((added, changed, removed, faults): (usize, usize, usize, usize), language: Language) -> String {
    match language {
        Language::Zh => format!("新增 {added}，改动 {changed}，删除 {removed}，问题 {faults}\n"),
        Language::En => format!("added {added}, changed {changed}, removed {removed}, faults {faults}\n"),
    }
}

/// Lines whose columns stand below each other.
fn aligned(lines: &[[String; 3]]) -> String {
    let widest = lines.iter().map(|[_, code, _]| width(code)).max().unwrap_or_default();
    lines.iter().fold(String::new(), |mut text, [mark, code, sentence]| {
        let gap = widest - width(code);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{mark} {code}{:gap$}  {sentence}", "");
        text
    })
}

/// What an import of people would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PeoplePreview {
    /// New members, and those who come back.
    pub added: Vec<PeopleChange>,
    /// Members of whom something differs.
    pub changed: Vec<PeopleChange>,
    /// Members who leave.
    pub leaving: Vec<PeopleChange>,
    /// How many stay as they are.
    pub same: usize,
}

/// What changes of one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeopleChange {
    /// The member.
    pub member: MemberId,
    /// The name.
    pub name: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What importing `people` would change.
pub fn preview_people(existing: &[Known], people: &People) -> PeoplePreview {
    let known: HashMap<MemberId, &Known> = existing.iter().map(|one| (one.record.member, one)).collect();
    let mut preview = PeoplePreview::default();
    for person in &people.members {
        let change =
            |zh: String, en: String| PeopleChange { member: person.record.member, name: person.name.clone(), zh, en };
        let roles = |language| roles(&person.record, language);
        match known.get(&person.record.member) {
            None => preview.added.push(change(roles(Language::Zh), roles(Language::En))),
            Some(known) if !known.record.active => preview.added.push(change(
                format!("重新加入；{}", roles(Language::Zh)),
                format!("comes back; {}", roles(Language::En)),
            )),
            Some(known) => match (differences(known, person, Language::Zh), differences(known, person, Language::En)) {
                (Some(zh), Some(en)) => preview.changed.push(change(zh, en)),
                _ => preview.same += 1,
            },
        }
    }
    preview.leaving = people
        .leaving
        .iter()
        .map(|record| {
            let known = known.get(&record.member);
            let before = |language| known.map(|known| roles(&known.record, language)).unwrap_or_default();
            PeopleChange {
                member: record.member,
                name: known.map(|known| known.name.clone()).unwrap_or_default(),
                zh: format!("离开；原有{}", before(Language::Zh)),
                en: format!("leaves; was {}", before(Language::En)),
            }
        })
        .collect();
    preview
}

impl PeoplePreview {
    /// The preview as text: counts, then one line for each person.
    pub fn text(&self, language: Language) -> String {
        let marked = [("+", &self.added), ("~", &self.changed), ("-", &self.leaving)];
        let lines: Vec<[String; 3]> = marked
            .into_iter()
            .flat_map(|(mark, changes)| changes.iter().map(move |one| (mark, one)))
            .map(|(mark, one)| [mark.into(), one.name.clone(), language.of(one.zh.clone(), one.en.clone())])
            .collect();
        head((self.added.len(), self.changed.len(), self.leaving.len(), 0), language) + &aligned(&lines)
    }
}

/// The fields that differ, in words; `None` where nothing does.
fn differences(known: &Known, person: &Person, language: Language) -> Option<String> {
    let mut found = Vec::new();
    let none = || language.of("无", "none").to_owned();
    let mut text = |zh: &str, en: &str, old: Option<&String>, new: Option<&String>| {
        if old.filter(|old| !old.is_empty()) != new.filter(|new| !new.is_empty()) {
            let (old, new) = (old.cloned().unwrap_or_else(none), new.cloned().unwrap_or_else(none));
            found.push(language.of(format!("{zh}由“{old}”改为“{new}”"), format!("{en} from “{old}” to “{new}”")));
        }
    };
    text("姓名", "name", Some(&known.name), Some(&person.name));
    text("手机", "phone", known.phone.as_ref(), person.phone.as_ref());
    text("职务", "title", known.title.as_ref(), person.title.as_ref());
    let before: HashSet<&Acting> = known.record.roles.iter().collect();
    let after: HashSet<&Acting> = person.record.roles.iter().collect();
    for (zh, en, from, minus) in [("增加", "adds ", &after, &before), ("去掉", "loses ", &before, &after)] {
        let mut roles: Vec<&&Acting> = from.difference(minus).collect();
        roles.sort();
        if !roles.is_empty() {
            let words: Vec<String> = roles.into_iter().map(|one| acting(one, language)).collect();
            found.push(language.of(zh, en).to_owned() + &words.join(language.comma()));
        }
    }
    let (before, after): (HashSet<_>, HashSet<_>) =
        (known.record.duty.iter().collect(), person.record.duty.iter().collect());
    if before != after {
        let codes: Vec<&str> = person.record.duty.iter().map(|grid| grid.as_str()).collect();
        let codes = if codes.is_empty() { none() } else { codes.join(language.comma()) };
        found.push(language.of(format!("包联改为 {codes}"), format!("duty now {codes}")));
    }
    (!found.is_empty()).then(|| found.join(language.of("，", ", ")))
}

fn roles(record: &MemberRecord, language: Language) -> String {
    if record.roles.is_empty() {
        return wording::role(redvest_domain::key::Role::Volunteer, language).to_owned();
    }
    record.roles.iter().map(|one| acting(one, language)).collect::<Vec<_>>().join(language.comma())
}

fn acting(acting: &Acting, language: Language) -> String {
    let role = wording::role(acting.role, language);
    match &acting.key {
        Key::Grid(code) => format!("{role} {code}"),
        Key::Agency(code) => format!("{role} {code}"),
        _ => role.to_owned(),
    }
}
