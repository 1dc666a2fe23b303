//! What can be wrong with a file of evidence, with a code and a sentence for each.

use crate::cbor;
use crate::codes::Explained;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The bytes are no file of evidence.
    #[error("the bytes are no file of evidence: {0}")]
    Unreadable(cbor::Fault),
    /// A form of the file that this code does not know.
    #[error("a newer form of the file")]
    Version,
    /// Bytes that nothing proves.
    #[error("the file holds bytes that nothing proves")]
    NotCanonical,
    /// It comes from another hub than the expected one.
    #[error("the file is another hub's")]
    OtherHub,
    /// There is no report at its beginning.
    #[error("the ticket's report is missing")]
    NoReport,
    /// An envelope, payload, private part or stamp that cannot be read.
    #[error("an event cannot be read: {0}")]
    Event(cbor::Fault),
    /// A payload or private part is not the one that was signed.
    #[error("an event's content was altered")]
    Content,
    /// An event of another workspace or ticket.
    #[error("an event of another ticket")]
    Foreign,
    /// The ticket's events are not 1, 2, 3, … in the order of the hub.
    #[error("an event is missing or out of order")]
    Order,
    /// A commit is not whole.
    #[error("a commit is not whole")]
    Commit,
    /// A device wrote an event whose key is not in the file, or a key is there that nobody needs.
    #[error("the keys are not those of the devices that wrote")]
    Keys,
    /// A signature is missing or not the device's.
    #[error("a signature is missing or false")]
    Signature,
    /// An event is not in the hub's chain, or the chain was altered.
    #[error("an event is not in the hub's chain")]
    Chain,
    /// A head was not signed by the hub.
    #[error("a head was not signed by the hub")]
    Head,
    /// The seal is not the hub's.
    #[error("the seal is false")]
    Seal,
}

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{flaw}{}", self.place())]
pub struct Fault {
    /// What is wrong.
    pub flaw: Flaw,
    /// The event that it was found at, counted from 1; `None` if it is the file as a whole.
    pub event: Option<usize>,
}

impl Fault {
    pub(super) fn of_file(flaw: Flaw) -> Fault {
        Fault { flaw, event: None }
    }

    /// `at` counts from 0.
    pub(super) fn of_event(at: usize, flaw: Flaw) -> Fault {
        Fault { flaw, event: Some(at + 1) }
    }

    fn place(&self) -> String {
        self.event.map(|event| format!(" (event {event})")).unwrap_or_default()
    }
}

impl Explained for Fault {
    fn code(&self) -> &'static str {
        match self.flaw {
            Flaw::Unreadable(_) => "evidence_unreadable",
            Flaw::Version => "evidence_version",
            Flaw::NotCanonical => "evidence_not_canonical",
            Flaw::OtherHub => "evidence_other_hub",
            Flaw::NoReport => "evidence_no_report",
            Flaw::Event(_) => "evidence_event_unreadable",
            Flaw::Content => "evidence_content",
            Flaw::Foreign => "evidence_foreign_event",
            Flaw::Order => "evidence_order",
            Flaw::Commit => "evidence_commit",
            Flaw::Keys => "evidence_keys",
            Flaw::Signature => "evidence_signature",
            Flaw::Chain => "evidence_chain",
            Flaw::Head => "evidence_head",
            Flaw::Seal => "evidence_seal",
        }
    }

    fn zh(&self) -> String {
        let what = match self.flaw {
            Flaw::Unreadable(_) => "不是证据文件，或文件已损坏，请重新取得原始文件",
            Flaw::Version => "证据文件版本较新，请升级后再验证",
            Flaw::NotCanonical => "文件含有无法证明的内容，请重新取得原始文件",
            Flaw::OtherHub => "文件不是由该中心出具，请核对中心公钥",
            Flaw::NoReport => "缺少上报记录，证据不完整",
            Flaw::Event(_) => "记录无法读取，文件已被改动",
            Flaw::Content => "记录内容与签名不符，文件已被改动",
            Flaw::Foreign => "混入了其他工单的记录，文件已被改动",
            Flaw::Order => "记录缺失或次序不对，文件已被改动",
            Flaw::Commit => "同一操作的记录不完整，文件已被改动",
            Flaw::Keys => "设备公钥与记录不符，文件已被改动",
            Flaw::Signature => "设备签名缺失或无效，文件已被改动",
            Flaw::Chain => "记录不在中心的链上，文件已被改动",
            Flaw::Head => "链头不是中心签署，文件已被改动",
            Flaw::Seal => "中心的封签无效，文件已被改动",
        };
        self.event.map_or_else(|| format!("{what}。"), |event| format!("第 {event} 条：{what}。"))
    }

    fn en(&self) -> String {
        let what = match self.flaw {
            Flaw::Unreadable(_) => "This is no file of evidence, or it is damaged; get the original file again",
            Flaw::Version => "The file has a newer form; update the program and verify again",
            Flaw::NotCanonical => "The file holds content that nothing proves; get the original file again",
            Flaw::OtherHub => "The file does not come from this hub; compare the hub's public key",
            Flaw::NoReport => "The report is missing, so the evidence is incomplete",
            Flaw::Event(_) => "The event cannot be read: the file was altered",
            Flaw::Content => "The content is not what was signed: the file was altered",
            Flaw::Foreign => "An event of another ticket was put in: the file was altered",
            Flaw::Order => "An event is missing or out of order: the file was altered",
            Flaw::Commit => "What one act wrote is not whole: the file was altered",
            Flaw::Keys => "The keys are not those of the devices that wrote: the file was altered",
            Flaw::Signature => "A device's signature is missing or false: the file was altered",
            Flaw::Chain => "The event is not in the hub's chain: the file was altered",
            Flaw::Head => "A head was not signed by the hub: the file was altered",
            Flaw::Seal => "The hub's seal is false: the file was altered",
        };
        self.event.map_or_else(|| format!("{what}."), |event| format!("Event {event}: {what}."))
    }
}
