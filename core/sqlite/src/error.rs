//! What can go wrong with a database, each with a stable code and a sentence that says what to do.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;
use rusqlite::ffi;

/// The failure underneath, kept for logs.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// A call to the file system failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A call to SQLite failed.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// How a database turned out to be damaged.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The file does not begin like a database, or its header is impossible.
    #[error("the header is destroyed")]
    Header,
    /// There is a write-ahead log, but its database is missing or empty.
    #[error("the write-ahead log has no database")]
    OrphanLog,
    /// The check of all pages found this.
    #[error("the check found: {0}")]
    Check(String),
    /// SQLite came upon it. Its extended code tells a damaged full-text index (`SQLITE_CORRUPT_VTAB`) from the rest.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
}

/// Why a database could not be opened, read or written. [`Error::code`] is stable; the display is the English sentence.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another [`Db`](crate::Db) owns the database, here or in another process.
    #[error("The data in {} is already open. Close the other window or program that uses it, then try again.", folder.display())]
    AlreadyOpen {
        /// Folder of the database.
        folder: PathBuf,
    },
    /// The database was written by a later version of the program.
    #[error(
        "The data was written by a newer version (format {found}, this program knows {known}). Update RedVest; nothing was changed."
    )]
    SchemaNewer {
        /// `user_version` of the file.
        found: i64,
        /// Number of migrations that this program knows.
        known: i64,
    },
    /// The file is a database of another program.
    #[error("The file {} belongs to another program. Choose another folder; nothing was changed.", file.display())]
    ForeignFile {
        /// The file.
        file: PathBuf,
    },
    /// The database is damaged; `quarantine`, then `salvage`.
    #[error(
        "The data is damaged. It is set aside, not deleted; what can be read is brought back and the rest fetched again."
    )]
    Corrupt(#[source] Damage),
    /// No space is left; what was written before is safe.
    #[error("The storage is full. Free some space, then try again; everything saved so far is safe.")]
    DiskFull(#[source] Cause),
    /// The database file may be read but not written.
    #[error("The data can only be read. Allow writing to it, then try again.")]
    ReadOnly(#[source] Cause),
    /// The folder for the database does not exist.
    #[error("The folder {} does not exist. Create it or choose another one.", folder.display())]
    NoFolder {
        /// The missing folder.
        folder: PathBuf,
    },
    /// The folder does not allow files to be created.
    #[error("Nothing can be written into {}. Allow writing to this folder or choose another one.", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// What was refused.
        #[source]
        source: Cause,
    },
    /// [`Db::suspend`](crate::Db::suspend) was called and [`Db::resume`](crate::Db::resume) was not.
    #[error("The data is closed while the app is in the background. Open the app, then try again.")]
    Suspended,
    /// Another program holds a lock on the database file for longer than the busy timeout.
    #[error("Another program is using the database. Close it, then try again.")]
    Busy(#[source] rusqlite::Error),
    /// Reading or writing the disk failed. After a failed commit its outcome is unknown: look before repeating.
    #[error("The storage does not work properly. Restart the device; if it happens again, have the storage checked.")]
    DiskFailed(#[source] Cause),
    /// A migration failed; the database is as it was before that migration.
    #[error(
        "The data could not be brought to the new format (step {number}). Nothing was changed; please report this."
    )]
    MigrationFailed {
        /// Number of the migration, counted from 1.
        number: i64,
        /// Why it failed.
        #[source]
        source: rusqlite::Error,
    },
    /// A migration left rows that refer to missing rows; it was undone.
    #[error(
        "The data could not be brought to the new format (step {number}, table {table}). Nothing was changed; please report this."
    )]
    MigrationBreaksReferences {
        /// Number of the migration, counted from 1.
        number: i64,
        /// Table with the dangling rows.
        table: String,
    },
    /// `salvage` was asked for a table that has no rowid or that the schema does not have.
    #[error("The table {table} cannot be brought back row by row. Please report this.")]
    NotSalvageable {
        /// The table.
        table: String,
    },
    /// Anything else that SQLite refuses, such as a broken constraint.
    #[error("The database refused the request. Please report this.")]
    Sqlite(#[source] rusqlite::Error),
}

impl Error {
    /// Stable name of the kind of failure.
    pub fn code(&self) -> &'static str {
        match self {
            Error::AlreadyOpen { .. } => "already_open",
            Error::SchemaNewer { .. } => "schema_newer",
            Error::ForeignFile { .. } => "foreign_file",
            Error::Corrupt(_) => "corrupt",
            Error::DiskFull(_) => "disk_full",
            Error::ReadOnly(_) => "read_only",
            Error::NoFolder { .. } => "no_folder",
            Error::NotWritable { .. } => "not_writable",
            Error::Suspended => "suspended",
            Error::Busy(_) => "busy",
            Error::DiskFailed(_) => "disk_failed",
            Error::MigrationFailed { .. } | Error::MigrationBreaksReferences { .. } => "migration_failed",
            Error::NotSalvageable { .. } => "not_salvageable",
            Error::Sqlite(_) => "sqlite",
        }
    }

    /// What happened and what to do, in English.
    pub fn sentence_en(&self) -> String {
        self.to_string()
    }

    /// What happened and what to do, in Chinese.
    pub fn sentence_zh(&self) -> String {
        match self {
            Error::AlreadyOpen { folder } => {
                format!("{} 中的数据已被打开。请关闭正在使用它的窗口或程序后重试。", folder.display())
            }
            Error::SchemaNewer { found, known } => {
                format!(
                    "数据由更新的版本写入（格式 {found}，本程序只认识到 {known}）。请升级红马甲，数据未作任何改动。"
                )
            }
            Error::ForeignFile { file } => {
                format!("文件 {} 属于其他程序。请另选文件夹，数据未作任何改动。", file.display())
            }
            Error::Corrupt(_) => "数据已损坏。原文件已另行保存、没有删除；能读出的会恢复，其余重新获取。".into(),
            Error::DiskFull(_) => "存储空间已满。请清理空间后重试，此前保存的内容都还在。".into(),
            Error::ReadOnly(_) => "数据只能读取。请开放写入权限后重试。".into(),
            Error::NoFolder { folder } => format!("文件夹 {} 不存在。请新建或另选文件夹。", folder.display()),
            Error::NotWritable { folder, .. } => {
                format!("无法写入 {}。请开放该文件夹的写入权限，或另选文件夹。", folder.display())
            }
            Error::Suspended => "应用在后台时数据已关闭。请打开应用后重试。".into(),
            Error::Busy(_) => "其他程序正在使用数据库。请关闭后重试。".into(),
            Error::DiskFailed(_) => "存储设备工作异常。请重启设备，若再次出现，请检修存储。".into(),
            Error::MigrationFailed { number, .. } => {
                format!("数据未能升级到新格式（第 {number} 步）。数据未作任何改动，请报告此问题。")
            }
            Error::MigrationBreaksReferences { number, table } => {
                format!("数据未能升级到新格式（第 {number} 步，表 {table}）。数据未作任何改动，请报告此问题。")
            }
            Error::NotSalvageable { table } => format!("表 {table} 无法逐行恢复，请报告此问题。"),
            Error::Sqlite(_) => "数据库拒绝了这次操作，请报告此问题。".into(),
        }
    }

    /// Whether the file system itself failed, so that no open connection is to be trusted any more.
    pub(crate) fn is_disk_failure(&self) -> bool {
        matches!(self, Error::DiskFailed(_))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        let Some(failure) = source.sqlite_error() else { return Error::Sqlite(source) };
        match (failure.code, failure.extended_code) {
            // The index of the log could not grow: on every platform this is a full disk.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Error::DiskFull(source.into()),
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) | (_, ffi::SQLITE_IOERR_CORRUPTFS) => {
                Error::Corrupt(Damage::Sqlite(source))
            }
            (ErrorCode::ReadOnly, _) => Error::ReadOnly(source.into()),
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Error::Busy(source),
            (ErrorCode::SystemIoFailure | ErrorCode::CannotOpen, _) => Error::DiskFailed(source.into()),
            _ => Error::Sqlite(source),
        }
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull(source.into()),
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Error::ReadOnly(source.into()),
            _ => Error::DiskFailed(source.into()),
        }
    }
}
