//! What can go wrong on a phone, each with a stable code and a sentence that says what to do.

use redvest_domain::cbor::Fault;
use redvest_domain::codes::{Code, Explained};
use redvest_domain::envelope::Broken;
use redvest_domain::id::Hash;

/// Why a command, a query or a step of a sync failed. The display is the English sentence.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The law refuses the action; nothing was written.
    #[error("{}", .0.en())]
    Law(Code),
    /// The database or the file system.
    #[error(transparent)]
    Store(#[from] redvest_sqlite::Error),
    /// A file that is no photo, or that cannot be read.
    #[error(transparent)]
    Photo(#[from] redvest_photo::Refused),
    /// The keystore.
    #[error(
        "The device's keys cannot be read or kept. Unlock the device and try again; if it stays so, enrol it anew."
    )]
    Vault(#[source] std::io::Error),
    /// The device has not been enrolled yet.
    #[error("This device is not enrolled yet. Scan the code that the office gives out.")]
    NotEnrolled,
    /// The key that the vault holds is not that of the device in the database.
    #[error("The device's key does not belong to its data. Re-key the device, or enrol it anew.")]
    WrongKey,
    /// The data folder holds another member's work, or that of another workspace.
    #[error("This device holds somebody else's work. Choose another folder, or let its owner sync and sign off first.")]
    OtherMember,
    /// There is no enrolment or re-keying to finish.
    #[error("No enrolment is under way. Begin it again.")]
    NothingBegun,
    /// No such ticket is held here.
    #[error("This ticket is not on this device. Sync, then look again.")]
    UnknownTicket,
    /// No such event is held here.
    #[error("This record is not on this device. Sync, then look again.")]
    UnknownEvent,
    /// A photo that was not imported, or was discarded.
    #[error("Photo {0} is not on this device. Import it again.")]
    UnknownPhoto(Hash),
    /// A photo on a ticket cannot be discarded.
    #[error("The photo belongs to a ticket and is kept.")]
    PhotoInUse,
    /// Bytes that the hub sent do not hold together; nothing of the page was taken.
    #[error(
        "The hub's answer does not hold together ({0}). Nothing was changed; try again, and tell the office if it stays so."
    )]
    BadPage(#[source] Broken),
    /// A document that a page names is missing or not what its hash says.
    #[error("Reference document {0} is missing or damaged. Sync again.")]
    BadDocument(Hash),
    /// A downloaded file is not what its hash says.
    #[error("File {0} arrived damaged and is fetched again.")]
    BadFile(Hash),
    /// What this program itself stored cannot be read.
    #[error("A record on this device cannot be read ({0}). Run the doctor.")]
    Stored(#[source] Fault),
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        Error::Store(source.into())
    }
}

impl From<std::io::Error> for Error {
    fn from(source: std::io::Error) -> Self {
        Error::Store(source.into())
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Error::Law(code)
    }
}

impl Explained for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::Law(code) => code.as_str(),
            Error::Store(error) => error.code(),
            Error::Photo(error) => error.code(),
            Error::Vault(_) => "vault",
            Error::NotEnrolled => "not_enrolled",
            Error::WrongKey => "wrong_key",
            Error::OtherMember => "other_member",
            Error::NothingBegun => "nothing_begun",
            Error::UnknownTicket => "unknown_ticket",
            Error::UnknownEvent => "unknown_event",
            Error::UnknownPhoto(_) => "unknown_photo",
            Error::PhotoInUse => "photo_in_use",
            Error::BadPage(_) => "bad_page",
            Error::BadDocument(_) => "bad_document",
            Error::BadFile(_) => "bad_file",
            Error::Stored(_) => "stored",
        }
    }

    fn zh(&self) -> String {
        match self {
            Error::Law(code) => code.zh(),
            Error::Store(error) => error.sentence_zh(),
            Error::Photo(error) => error.zh().to_owned(),
            Error::Vault(_) => "无法读取或保存设备密钥。请解锁设备后重试；若仍如此，请重新登记设备。".to_owned(),
            Error::NotEnrolled => "设备尚未登记。请扫描创文办发放的二维码。".to_owned(),
            Error::WrongKey => "设备密钥与数据不符。请更换密钥，或重新登记设备。".to_owned(),
            Error::OtherMember => "本机存有他人的工作数据。请另选文件夹，或由其本人同步后退出。".to_owned(),
            Error::NothingBegun => "没有进行中的登记，请重新开始。".to_owned(),
            Error::UnknownTicket => "本机没有该工单。请同步后再查看。".to_owned(),
            Error::UnknownEvent => "本机没有该记录。请同步后再查看。".to_owned(),
            Error::UnknownPhoto(_) => "本机没有该照片，请重新导入。".to_owned(),
            Error::PhotoInUse => "照片已用于工单，需要保留。".to_owned(),
            Error::BadPage(_) => "中心返回的数据有误，未作任何改动。请重试；若仍如此，请联系创文办。".to_owned(),
            Error::BadDocument(_) => "基础资料缺失或损坏，请重新同步。".to_owned(),
            Error::BadFile(_) => "文件传输有误，将重新获取。".to_owned(),
            Error::Stored(_) => "本机有记录无法读取，请运行诊断。".to_owned(),
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
