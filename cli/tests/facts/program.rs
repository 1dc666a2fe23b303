//! Running the binary.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The binary with an environment of its own: whatever the machine says, it starts in Chinese and without settings.
pub(crate) fn redvest() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redvest"));
    for name in ["LC_ALL", "LC_MESSAGES", "REDVEST_DATA", "REDVEST_HUB_DATA", "REDVEST_NOW", "REDVEST_LOG"] {
        command.env_remove(name);
    }
    command.env("LANG", "C").env("HOME", "/nonexistent").stdin(Stdio::null());
    command
}

/// What a finished run gave.
pub(crate) struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// The objects on standard output, a line each.
    #[track_caller]
    pub(crate) fn objects(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(read).collect()
    }

    /// The first object.
    #[track_caller]
    pub(crate) fn object(&self) -> Value {
        self.objects().into_iter().next().unwrap_or_else(|| panic!("no object; {}", self.err))
    }

    /// The code of the error object.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        let last = self.objects().pop().unwrap_or_else(|| panic!("no object; {}", self.err));
        last["error"]["code"].as_str().unwrap_or_else(|| panic!("{last}")).to_owned()
    }

    /// This run, which has to have ended well.
    #[track_caller]
    pub(crate) fn well(self) -> Ran {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self
    }
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().expect("it was not killed"),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("errors are UTF-8"),
    }
}

/// Runs the binary with these arguments.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    ran(redvest().args(arguments).output().expect("the binary runs"))
}

/// Runs it with a data folder and JSON.
pub(crate) fn json(data: &Path, arguments: &[&str]) -> Ran {
    ran(redvest().arg("--data").arg(data).arg("--json").args(arguments).output().expect("the binary runs"))
}

/// A free port; another program could take it before it is used, which no test here does.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("loopback works").port()
}

/// A hub that serves until it is stopped or dropped.
pub(crate) struct Hub {
    child: Child,
    /// What it said when it began.
    pub told: Value,
}

impl Hub {
    /// Serves a data folder.
    pub(crate) fn serve(data: &Path, arguments: &[&str]) -> Hub {
        let mut child = redvest()
            .arg("--data")
            .arg(data)
            .args(["--json", "hub", "serve"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where it listens");
        Hub { child, told: serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}")) }
    }

    /// Tells it to stop, as a service manager does, and gives its exit code.
    pub(crate) fn stop(mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        self.child.wait().expect("it ends").code().expect("by itself")
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // After `stop` it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A small file of a made-up photo.
pub(crate) fn photo(folder: &Path, seed: u64) -> PathBuf {
    let path = folder.join(format!("photo-{seed}.jpg"));
    std::fs::write(&path, redvest_photo::sample::jpeg(&redvest_photo::sample::Scene::new(seed)))
        .expect("a photo can be written");
    path
}
