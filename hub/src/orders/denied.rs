//! Why an order was not carried out: what the operator is told, the same on both ways.
//!
//! Devices are told less ([`HubError::problem`]); the operator is told which file it is and what to type.

use redvest_domain::codes::{Code, Explained};
use redvest_domain::reference::{Fault, Severity};
use serde::{Deserialize, Serialize};

use crate::error::HubError;

/// What kind of failure it is; a program's exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeniedKind {
    /// It failed although the order was right.
    Failed,
    /// What was given cannot be used.
    Input,
    /// The law refuses.
    Refused,
    /// The hub cannot do it now.
    Unreachable,
    /// The data is damaged.
    Damaged,
    /// Another program has the data open.
    Busy,
}

impl DeniedKind {
    /// The kind of a code of the law.
    pub fn of_law(code: Code) -> DeniedKind {
        match code {
            Code::Busy | Code::HubBehind => DeniedKind::Unreachable,
            _ => DeniedKind::Refused,
        }
    }

    /// The kind of a database's code.
    pub fn of_database(code: &str) -> DeniedKind {
        match code {
            "already_open" | "busy" => DeniedKind::Busy,
            "corrupt" | "foreign_file" => DeniedKind::Damaged,
            _ => DeniedKind::Failed,
        }
    }

    fn of_hub(error: &HubError) -> DeniedKind {
        match error {
            HubError::Law(code) => DeniedKind::of_law(*code),
            HubError::Database(error) => DeniedKind::of_database(error.code()),
            HubError::Damaged(_) | HubError::KeyFile(_) => DeniedKind::Damaged,
            HubError::Lost(cause) => DeniedKind::of_hub(cause),
            HubError::Busy | HubError::Stopping => DeniedKind::Unreachable,
            HubError::BadRecord | HubError::BadDocument(_) => DeniedKind::Input,
            _ => DeniedKind::Failed,
        }
    }
}

/// A stable code with sentences for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{en}")]
pub struct Denied {
    /// What kind of failure it is.
    pub kind: DeniedKind,
    /// The stable code.
    pub code: String,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// What is wrong and what to do, in English.
    pub en: String,
}

impl Denied {
    /// A denial with its parts.
    pub fn new(kind: DeniedKind, code: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Denied {
        Denied { kind, code: code.into(), zh: zh.into(), en: en.into() }
    }

    /// A denial with the code and the sentences of something explained.
    pub fn explained(kind: DeniedKind, what: &impl Explained) -> Denied {
        Denied::new(kind, what.code(), what.zh(), what.en())
    }

    /// The errors of a document, each with its place.
    pub fn faulty(faults: &[Fault]) -> Denied {
        let list = |of: &dyn Fn(&Fault) -> String| {
            let errors = faults.iter().filter(|fault| fault.severity == Severity::Error);
            errors.map(|fault| format!("\n  {}{}", place(fault), of(fault))).collect::<String>()
        };
        Denied::new(
            DeniedKind::Input,
            "bad_document",
            format!("资料有误，未作任何改动：{}", list(&|fault| fault.zh())),
            format!("The document has faults and nothing was changed:{}", list(&|fault| fault.en())),
        )
    }

    /// What the operator is told of a failure of the hub.
    pub fn of(error: &HubError) -> Denied {
        let kind = DeniedKind::of_hub(error);
        match error {
            HubError::Database(error) if error.code() == "already_open" => Denied::new(
                kind,
                "already_open",
                "这个数据目录正由另一程序使用，例如另一条 redvest hub 命令；请等它结束，或停止它以后再试。",
                "Another program has this data folder open, such as another `redvest hub` command; wait until it ends, or stop it.",
            ),
            HubError::Database(error) => Denied::new(kind, error.code(), error.sentence_zh(), error.sentence_en()),
            HubError::KeyFile(path) => Denied::new(
                kind,
                "hub_key_file",
                format!("密钥文件 {} 缺失或损坏，请从 keys 目录的备份中恢复。", path.display()),
                format!("The key file {} is missing or is none; restore it from the backup of `keys`.", path.display()),
            ),
            HubError::NoWorkspace => Denied::new(
                kind,
                error.code(),
                "这个目录还没有工作区，请先执行 redvest hub init。",
                "This folder has no workspace yet; run `redvest hub init` first.",
            ),
            HubError::Damaged(what) => Denied::new(
                kind,
                "hub_damaged",
                format!("数据库内容有误（{what}）；请执行 redvest hub rebuild，仍不行则从备份恢复。"),
                format!("The database holds wrong bytes ({what}); run `redvest hub rebuild`, else restore the backup."),
            ),
            HubError::File(source) => Denied::new(
                kind,
                "hub_file",
                format!("无法读写数据目录中的文件：{source}。"),
                format!("A file of the data folder cannot be used: {source}."),
            ),
            HubError::BadDocument(faults) => Denied::faulty(faults),
            HubError::Lost(cause) => Denied::of(cause),
            other => Denied::explained(kind, other),
        }
    }
}

impl From<HubError> for Denied {
    fn from(error: HubError) -> Denied {
        Denied::of(&error)
    }
}

fn place(fault: &Fault) -> String {
    match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("{line}:{column} "),
        _ if fault.path.is_empty() => String::new(),
        _ => format!("{} ", fault.path),
    }
}
