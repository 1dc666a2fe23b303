//! What the hub can answer instead of what was asked, each with a stable code, sentences and an HTTP status.
//!
//! Invariant: the match in [`HubError::status`] is exhaustive, so a new failure gets its status when it is written, and
//! what only the operator may know never reaches a device.

use std::io;

use redvest_domain::codes::{Code, Explained};
use redvest_domain::reference::Fault;
use redvest_domain::wire::Problem;

/// A failure of the hub. Its text is for the operator's log; [`HubError::problem`] is for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The law refuses, with its own code.
    #[error("refused: {0}")]
    Law(Code),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] redvest_sqlite::Error),
    /// Reading or writing a file of the hub failed.
    #[error("a file of the hub cannot be used: {0}")]
    File(#[from] io::Error),
    /// A file of keys is missing or does not hold a key. Without it the hub cannot go on signing its log.
    #[error("the key file {0} is missing or is none; restore it from the backup of DATA/keys")]
    KeyFile(std::path::PathBuf),
    /// A row of the database does not hold what was written there.
    #[error("the database holds bytes that were not written by this program: {0}")]
    Damaged(&'static str),
    /// The data folder has no workspace yet.
    #[error("there is no workspace yet; run `redvest hub init`")]
    NoWorkspace,
    /// The data folder already has a workspace.
    #[error("there already is a workspace in this folder")]
    WorkspaceExists,
    /// The device knows only an epoch that ended when the hub was restored from a backup.
    #[error("the device does not know of the present epoch yet")]
    OlderEpoch,
    /// No device has this token.
    #[error("no device has this token")]
    TokenUnknown,
    /// No invitation has this code.
    #[error("the enrolment code is not known")]
    CodeUnknown,
    /// The enrolment code was used.
    #[error("the enrolment code was used")]
    CodeUsed,
    /// The enrolment code expired.
    #[error("the enrolment code expired")]
    CodeExpired,
    /// What was asked for is not there, or the asker may not know that it is.
    #[error("not found")]
    NotFound,
    /// A list in a request is longer than the protocol allows.
    #[error("a list is longer than allowed")]
    TooMany,
    /// A member's record that no member can have.
    #[error("the record of a member does not hold together")]
    BadRecord,
    /// A reference document that cannot be published.
    #[error("the document has {} faults", .0.len())]
    BadDocument(Vec<Fault>),
    /// A version of the law that this program does not know.
    #[error("version {0} of the law is not known to this program")]
    UnknownLaw(u16),
    /// A version of the law older than the one in force.
    #[error("version {0} of the law is older than the one in force")]
    LawGoesBack(u16),
    /// Too many writers wait.
    #[error("too many writers wait")]
    Busy,
    /// The transaction that this was part of did not commit.
    #[error("the transaction did not commit: {0}")]
    Lost(std::sync::Arc<HubError>),
    /// The hub is stopping, or its writer is gone.
    #[error("the hub is stopping")]
    Stopping,
    /// A part of the program failed in a way that it should not.
    #[error("internal failure in {0}")]
    Internal(&'static str),
}

impl From<Code> for HubError {
    fn from(code: Code) -> Self {
        HubError::Law(code)
    }
}

impl HubError {
    /// The HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            HubError::Law(code) => match code {
                Code::HubBehind | Code::Busy => 503,
                Code::ForkedChain | Code::IdConflict | Code::BrokenChain => 409,
                Code::DeviceRevoked | Code::DeviceLost => 401,
                Code::BadBytes | Code::BadSignature | Code::EventTooLarge => 400,
                _ => 403,
            },
            HubError::TokenUnknown => 401,
            HubError::CodeUnknown | HubError::NotFound => 404,
            HubError::CodeUsed | HubError::CodeExpired | HubError::OlderEpoch => 410,
            HubError::TooMany | HubError::BadRecord | HubError::BadDocument(_) | HubError::UnknownLaw(_) => 400,
            HubError::Busy | HubError::Stopping | HubError::NoWorkspace => 503,
            HubError::WorkspaceExists | HubError::LawGoesBack(_) => 409,
            HubError::Lost(cause) => cause.status(),
            HubError::Database(redvest_sqlite::Error::DiskFull(_)) => 507,
            HubError::File(error) if error.kind() == io::ErrorKind::StorageFull => 507,
            HubError::Database(_)
            | HubError::File(_)
            | HubError::KeyFile(_)
            | HubError::Damaged(_)
            | HubError::Internal(_) => 500,
        }
    }

    /// Seconds after which trying again makes sense, for failures that pass by themselves.
    pub fn retry_after(&self) -> Option<u32> {
        match self.status() {
            503 | 507 => Some(if matches!(self, HubError::Busy | HubError::Law(Code::Busy)) { 2 } else { 60 }),
            500 => Some(30),
            _ => None,
        }
    }

    /// The body of the answer.
    pub fn problem(&self) -> Problem {
        Problem { code: self.code().to_owned(), zh: self.zh(), en: self.en(), retry_after: self.retry_after() }
    }

    /// Code and sentences for whoever asked.
    fn told(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            HubError::Law(code) => (code.as_str(), "", ""),
            HubError::Lost(cause) => cause.told(),
            error if error.status() == 507 => (
                "hub_full",
                "中心存储空间已满，请联系管理员；将自动重试。",
                "The hub's disk is full; tell its operator. It is tried again by itself.",
            ),
            HubError::Database(_)
            | HubError::File(_)
            | HubError::KeyFile(_)
            | HubError::Damaged(_)
            | HubError::Internal(_) => (
                "hub_failed",
                "中心出现故障，请联系管理员；将自动重试。",
                "The hub failed; tell its operator. It is tried again by itself.",
            ),
            HubError::NoWorkspace => (
                "no_workspace",
                "中心尚未建立工作区，请联系管理员。",
                "The hub has no workspace yet; tell its operator.",
            ),
            HubError::WorkspaceExists => (
                "workspace_exists",
                "此目录已有工作区，请另选目录。",
                "This folder already has a workspace; choose another one.",
            ),
            HubError::OlderEpoch => (
                "older_epoch",
                "中心已从备份恢复；先补回中心忘记的内容，再从分叉处同步。未上传的工作不受影响。",
                "The hub was restored from a backup: relay what it forgot, then go on from the fork. Unsent work stays.",
            ),
            HubError::TokenUnknown => {
                ("token_unknown", "登录凭证无效，请重新登记设备。", "The token is not known; enrol this device again.")
            }
            HubError::CodeUnknown => (
                "code_unknown",
                "登记码无效，请核对或向创文办索取新的登记码。",
                "The enrolment code is not known; check it or ask the office for another.",
            ),
            HubError::CodeUsed => (
                "code_used",
                "登记码已被使用，请向创文办索取新的登记码。",
                "The enrolment code was used; ask the office for another.",
            ),
            HubError::CodeExpired => (
                "code_expired",
                "登记码已过期，请向创文办索取新的登记码。",
                "The enrolment code expired; ask the office for another.",
            ),
            HubError::NotFound => ("not_found", "没有找到，或您无权查看。", "It is not there, or you may not see it."),
            HubError::TooMany => {
                ("too_many", "一次请求的数量过多，请分批进行。", "Too many at once; ask in smaller parts.")
            }
            HubError::BadRecord => (
                "bad_record",
                "人员记录有误：角色与范围不符，请改正。",
                "The member's record is wrong: a role and its scope do not go together.",
            ),
            HubError::BadDocument(_) => (
                "bad_document",
                "文件有误，不能发布；请按提示改正。",
                "The document has faults and cannot be published; correct them.",
            ),
            HubError::UnknownLaw(_) => (
                "unknown_law",
                "本程序不认识这个规则版本，请升级中心程序。",
                "This program does not know that version of the law; install a newer one.",
            ),
            HubError::LawGoesBack(_) => (
                "law_goes_back",
                "规则版本不能回退，请指定当前或更新的版本。",
                "The law never goes back; name the version in force or a newer one.",
            ),
            HubError::Busy => ("busy", "中心繁忙，将自动重试。", "The hub is busy; it is tried again by itself."),
            HubError::Stopping => {
                ("stopping", "中心正在停止，将自动重试。", "The hub is stopping; it is tried again by itself.")
            }
        }
    }
}

impl Explained for HubError {
    fn code(&self) -> &'static str {
        self.told().0
    }

    fn zh(&self) -> String {
        match self {
            HubError::Law(code) => code.zh(),
            HubError::Lost(cause) => cause.zh(),
            other => other.told().1.to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            HubError::Law(code) => code.en(),
            HubError::Lost(cause) => cause.en(),
            other => other.told().2.to_owned(),
        }
    }
}

/// What a device is answered instead of what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub problem: Problem,
}

impl Refusal {
    /// A refusal with the code and the sentences of something explained.
    pub fn explained(status: u16, what: &impl Explained) -> Refusal {
        let problem = Problem { code: what.code().to_owned(), zh: what.zh(), en: what.en(), retry_after: None };
        Refusal { status, problem }
    }

    /// A refusal with a code of the law.
    pub fn of(status: u16, code: Code) -> Refusal {
        Refusal::explained(status, &code)
    }

    /// The same with the seconds after which trying again makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Refusal {
        self.problem.retry_after = Some(seconds);
        self
    }
}

impl From<HubError> for Refusal {
    fn from(error: HubError) -> Self {
        if error.status() >= 500 {
            tracing::error!(%error, "a request failed");
        }
        Refusal { status: error.status(), problem: error.problem() }
    }
}

impl From<redvest_sqlite::Error> for Refusal {
    fn from(error: redvest_sqlite::Error) -> Self {
        HubError::from(error).into()
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        HubError::from(code).into()
    }
}
