//! What can go wrong, as an app needs it: what kind it is, a stable code, a sentence in two languages, and whether trying
//! again later may help without anybody doing anything.

use std::panic::{AssertUnwindSafe, catch_unwind};

use redvest_client::Error;
use redvest_client::sync::Failure;
use redvest_domain::codes::{Code, Explained};

macro_rules! errors {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:ident,)*) => {
        /// Why a call failed; nothing was changed by it. The variant says what an app does about it.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
        pub enum RedVestError {$(
            $(#[doc = $doc])+
            #[error("{code}: {en}")]
            $variant {
                /// The stable code, in snake_case.
                code: String,
                /// What is wrong and what to do, in Chinese.
                zh: String,
                /// What is wrong and what to do, in English.
                en: String,
                /// Whether the same call may succeed later without anybody doing anything.
                retry: bool,
            },
        )*}

        $(fn $name(code: String, zh: String, en: String, retry: bool) -> RedVestError {
            RedVestError::$variant { code, zh, en, retry }
        })*
    };
}

errors! {
    /// The law refuses what the user wants to do: show the sentence.
    Law law,
    /// What was asked for is not on this device: go back to the list.
    Missing missing,
    /// A text or a file from outside is not what it should be.
    Input input,
    /// The device is not enrolled, or not as whom it was: show the enrolment.
    Enrolment enrolment,
    /// The hub said no, answered nonsense, or cannot be reached.
    Hub hub,
    /// The disk is full, read-only or failing, or another program has the data.
    Storage storage,
    /// What is on the disk cannot be read: keep the app, tell the office.
    Damaged damaged,
    /// The device was suspended or closed, or the sync is over.
    Closed closed,
    /// A fault of the program itself; the store is still usable.
    Internal internal,
}

/// Which variant, before its fields are filled.
type Kind = fn(String, String, String, bool) -> RedVestError;

impl RedVestError {
    /// A text from outside that is not what it should be.
    pub(crate) fn bad_text(what: &str) -> RedVestError {
        input(
            "bad_text".to_owned(),
            format!("“{what}”格式有误，请重新选择。"),
            format!("\"{what}\" is not written as it should be; choose again."),
            false,
        )
    }

    /// The device was closed.
    pub(crate) fn closed() -> RedVestError {
        let (zh, en) = ("数据已关闭，请重新打开应用。", "The data was closed; open the app again.");
        closed("closed".to_owned(), zh.to_owned(), en.to_owned(), false)
    }

    /// A sync that has come to its end.
    pub(crate) fn sync_over() -> RedVestError {
        let (zh, en) = ("本次同步已结束，请重新开始。", "This sync is over; begin another one.");
        closed("sync_over".to_owned(), zh.to_owned(), en.to_owned(), true)
    }

    /// A second sync beside one that runs.
    pub(crate) fn sync_running() -> RedVestError {
        let (zh, en) = ("正在同步，请稍候。", "A sync is running already; wait for it.");
        closed("sync_running".to_owned(), zh.to_owned(), en.to_owned(), true)
    }

    fn panicked() -> RedVestError {
        let zh = "程序内部出错，数据未受影响；请重试，若仍如此请联系创文办。";
        let en =
            "Something inside the program failed; the data is safe. Try again, and tell the office if it stays so.";
        internal("internal".to_owned(), zh.to_owned(), en.to_owned(), true)
    }

    /// What the hub, or the way to it, refused outside of a sync.
    pub(crate) fn refused(failure: Failure) -> RedVestError {
        let retry = failure.retry_after.is_some();
        hub(failure.code, failure.zh, failure.en, retry)
    }

    pub(crate) fn explained(kind: Kind, error: &dyn Explained, retry: bool) -> RedVestError {
        kind(error.code().to_owned(), error.zh(), error.en(), retry)
    }
}

impl From<redvest_domain::invitation::NotAnInvitation> for RedVestError {
    fn from(error: redvest_domain::invitation::NotAnInvitation) -> Self {
        RedVestError::explained(input, &error, false)
    }
}

impl From<Error> for RedVestError {
    fn from(error: Error) -> Self {
        let (kind, retry): (Kind, bool) = match &error {
            Error::Law(code) => (law, matches!(code, Code::ParentMissing | Code::OlderLaw | Code::Busy)),
            Error::Store(store) => of_store(store),
            Error::Photo(redvest_photo::Refused::UnreadableFile(_)) => (input, true),
            Error::Photo(_) => (input, false),
            Error::Vault(_) => (enrolment, true),
            Error::NotEnrolled | Error::WrongKey | Error::OtherMember | Error::NothingBegun => (enrolment, false),
            Error::UnknownTicket | Error::UnknownEvent | Error::UnknownPhoto(_) => (missing, false),
            Error::PhotoInUse => (input, false),
            Error::BadPage(_) | Error::BadDocument(_) | Error::BadFile(_) => (hub, true),
            Error::Stored(_) => (damaged, false),
        };
        RedVestError::explained(kind, &error, retry)
    }
}

fn of_store(error: &redvest_sqlite::Error) -> (Kind, bool) {
    use redvest_sqlite::Error as Store;
    match error {
        Store::Suspended => (closed, true),
        Store::Busy(_) => (storage, true),
        Store::AlreadyOpen { .. }
        | Store::DiskFull(_)
        | Store::ReadOnly(_)
        | Store::NoFolder { .. }
        | Store::NotWritable { .. }
        | Store::DiskFailed(_) => (storage, false),
        Store::SchemaNewer { .. }
        | Store::ForeignFile { .. }
        | Store::Corrupt(_)
        | Store::MigrationFailed { .. }
        | Store::MigrationBreaksReferences { .. }
        | Store::NotSalvageable { .. }
        | Store::Sqlite(_) => (damaged, false),
    }
}

/// Runs what foreign code asked for. A panic becomes an error: the core rolls its transaction back and its locks know no
/// poison, so whoever calls next finds a store that works.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T, RedVestError>) -> Result<T, RedVestError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(RedVestError::panicked()))
}
