//! What a command can end with: one exit code for each kind of failure, and a stable code with two sentences for each.

use std::io;
use std::path::PathBuf;

use redvest_client::sync;
use redvest_domain::codes::{Code, Explained};
use redvest_domain::evidence;
use redvest_domain::invitation::NotAnInvitation;
use redvest_hub::HubError;
use redvest_hub::config::ConfigError;
use redvest_hub::orders::{Denied, DeniedKind};
use redvest_hub::serve::ServeError;

/// Exit codes, as documented in `--help` and docs/cli.md. They are for ever, like the codes in the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The law refuses; nothing was written.
    Refused = 3,
    /// The device is not enrolled.
    NotEnrolled = 4,
    /// The network or the hub does not work.
    Network = 5,
    /// Damaged data, or a proof that fails.
    Damaged = 6,
    /// The data is in use by another program.
    Busy = 7,
}

/// Something that a person typed, or put into a file, and that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{en}")]
pub struct Input {
    /// The stable code.
    pub code: &'static str,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// What is wrong and what to do, in English.
    pub en: String,
}

impl Input {
    /// An input with its code and sentences.
    pub fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Input {
        Input { code, zh: zh.into(), en: en.into() }
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The device's store, or the law.
    #[error(transparent)]
    Client(#[from] redvest_client::Error),
    /// A sync that ended early.
    #[error("{}", .0.en)]
    Sync(sync::Failure),
    /// An order that was not carried out, here or by a serving hub.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A hub that does not start.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// Settings of a hub.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file of evidence that proves nothing.
    #[error(transparent)]
    Evidence(#[from] evidence::Fault),
    /// A proof that fails for another reason than the file itself, or data that is damaged.
    #[error(transparent)]
    Proof(Input),
    /// An enrolment code.
    #[error(transparent)]
    Invitation(#[from] NotAnInvitation),
    /// Something typed that cannot be used.
    #[error(transparent)]
    Input(#[from] Input),
    /// Something that failed although the command line was right.
    #[error(transparent)]
    Failed(Input),
    /// A file that cannot be read or written.
    #[error("cannot use {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard output, or the runtime, failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<redvest_transport::Error> for Failure {
    fn from(error: redvest_transport::Error) -> Self {
        match error {
            redvest_transport::Error::Client(error) => Failure::Client(error),
            redvest_transport::Error::Refused(failure) => Failure::Sync(failure),
        }
    }
}

impl From<HubError> for Failure {
    fn from(error: HubError) -> Self {
        Failure::Denied(error.into())
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Failure::Client(code.into())
    }
}

impl Failure {
    /// A file that cannot be used.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Failure {
        move |source| Failure::File { path: path.into(), source }
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Client(error) => of_client(error),
            Failure::Sync(failure) => match Code::from_code(&failure.code) {
                Some(code) => DeniedKind::of_law(code).into(),
                None => Exit::Network,
            },
            Failure::Denied(denied) => denied.kind.into(),
            Failure::Serve(ServeError::Hub(error)) => Denied::of(error).kind.into(),
            Failure::Serve(ServeError::Listen { .. }) => Exit::Network,
            Failure::Serve(ServeError::Config(_) | ServeError::Tls(_)) | Failure::Config(_) => Exit::Usage,
            Failure::Evidence(_) | Failure::Proof(_) => Exit::Damaged,
            Failure::Invitation(_) | Failure::Input(_) => Exit::Usage,
            Failure::Failed(_) | Failure::File { .. } | Failure::Io(_) => Exit::Failed,
        }
    }

    /// Whether whoever read our output went away, which is no failure of ours.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Failure::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<DeniedKind> for Exit {
    fn from(kind: DeniedKind) -> Exit {
        match kind {
            DeniedKind::Failed => Exit::Failed,
            DeniedKind::Input => Exit::Usage,
            DeniedKind::Refused => Exit::Refused,
            DeniedKind::Unreachable => Exit::Network,
            DeniedKind::Damaged => Exit::Damaged,
            DeniedKind::Busy => Exit::Busy,
        }
    }
}

fn of_client(error: &redvest_client::Error) -> Exit {
    match error {
        redvest_client::Error::Law(code) => DeniedKind::of_law(*code).into(),
        redvest_client::Error::NotEnrolled => Exit::NotEnrolled,
        redvest_client::Error::Store(error) => DeniedKind::of_database(error.code()).into(),
        redvest_client::Error::WrongKey
        | redvest_client::Error::BadPage(_)
        | redvest_client::Error::BadDocument(_)
        | redvest_client::Error::BadFile(_)
        | redvest_client::Error::Stored(_) => Exit::Damaged,
        _ => Exit::Failed,
    }
}

impl Failure {
    /// The stable code, and what to do, in Chinese and English.
    pub fn explained(&self) -> (String, String, String) {
        fn of(what: &impl Explained) -> (String, String, String) {
            (what.code().to_owned(), what.zh(), what.en())
        }
        let of_denied = |denied: &Denied| (denied.code.clone(), denied.zh.clone(), denied.en.clone());
        match self {
            Failure::Client(error) => of(error),
            Failure::Sync(failure) => (failure.code.clone(), failure.zh.clone(), failure.en.clone()),
            Failure::Denied(denied) => of_denied(denied),
            Failure::Serve(ServeError::Hub(error)) => of_denied(&Denied::of(error)),
            Failure::Serve(ServeError::Config(error)) | Failure::Config(error) => {
                (error.code().to_owned(), format!("中心设置有误：{error}。"), format!("{error}."))
            }
            Failure::Serve(ServeError::Tls(error)) => {
                ("tls".to_owned(), format!("证书不能使用：{error}。"), format!("{error}."))
            }
            Failure::Serve(ServeError::Listen { address, source }) => (
                "cannot_listen".to_owned(),
                format!("无法监听 {address}（{source}）；请换一个端口，或停止占用它的程序。"),
                format!("Cannot listen on {address} ({source}); choose another port or stop what uses this one."),
            ),
            Failure::Evidence(fault) => of(fault),
            Failure::Invitation(fault) => of(fault),
            Failure::Proof(input) | Failure::Input(input) | Failure::Failed(input) => {
                (input.code.to_owned(), input.zh.clone(), input.en.clone())
            }
            Failure::File { path, source } => (
                "file".to_owned(),
                format!("无法使用文件 {}：{source}。请检查路径和权限。", path.display()),
                format!("Cannot use {}: {source}. Check the path and its permissions.", path.display()),
            ),
            Failure::Io(source) => {
                ("io".to_owned(), format!("输入输出出错：{source}。"), format!("Input or output failed: {source}."))
            }
        }
    }
}
