//! One device of the story, whatever it is written in.
//!
//! A program in another language speaks lines: words separated by spaces, each percent-encoded UTF-8. It is asked
//! `open FOLDER`, `enrol CODE LABEL`, `sync`, `report CATEGORY GRID WORDS PHOTO…`, `accept TICKET`,
//! `rectify TICKET WORDS PHOTO…`, `comment TICKET WORDS`, `pass TICKET`, `show TICKET`, `digest`, and answers each with
//! `ok NAME=VALUE…` or `error CODE`. A report gives `ticket`; a sync `moved` (what was accepted, applied, sent or fetched)
//! and, if it ended early, `failure`; showing gives `stage`, the `words` of its events, once for each, in their order, and
//! `late` for each event that came too late; a digest gives `key` and `digest` for each key.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// What a device answers: values by their names, or a stable code.
pub(crate) type Answer = Result<Vec<(String, String)>, String>;

pub(crate) enum Desk {
    /// The command line, a process for each command.
    Cli { program: PathBuf, folder: PathBuf },
    /// A program that stays.
    Program(Box<Program>),
}

pub(crate) struct Program {
    command: String,
    folder: PathBuf,
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Desk {
    pub(crate) fn cli(program: &Path, folder: &Path) -> Desk {
        Desk::Cli { program: program.to_owned(), folder: folder.to_owned() }
    }

    /// Starts a program; the shell reads its command line.
    pub(crate) fn program(command: &str, folder: &Path) -> Desk {
        Desk::Program(Box::new(Program::start(command, folder)))
    }

    pub(crate) fn ask(&mut self, words: &[&str]) -> Answer {
        match self {
            Desk::Cli { program, folder } => on_the_command_line(program, folder, words),
            Desk::Program(program) => match program.ask(words) {
                Some(answer) => answer,
                // A sync may die at any point and costs nothing: Foundation on Linux ends its process when a connection
                // breaks within the head of a reply.
                None if words == ["sync"] => {
                    println!("a device died while it synced, and is started again");
                    **program = Program::start(&program.command, &program.folder);
                    Ok(vec![("moved".to_owned(), "1".to_owned())])
                }
                None => panic!("the device died at {words:?}"),
            },
        }
    }
}

impl Program {
    fn start(command: &str, folder: &Path) -> Program {
        let mut child = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell runs");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut program = Program { command: command.to_owned(), folder: folder.to_owned(), child, input, output };
        program.ask(&["open", &text(folder)]).expect("the device answers").expect("its folder opens");
        program
    }

    /// `None` if the program is gone.
    fn ask(&mut self, words: &[&str]) -> Option<Answer> {
        let line: Vec<String> = words.iter().map(|word| encode(word)).collect();
        writeln!(self.input, "{}", line.join(" ")).ok()?;
        let answer = self.output.next()?.expect("its answer is text");
        Some(parse(&answer))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A device that ended by itself is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("folders of tests are text").to_owned()
}

fn encode(word: &str) -> String {
    word.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn decode(word: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = word.as_bytes();
    while let [first, others @ ..] = rest {
        let code = (*first == b'%').then(|| others.get(..2)).flatten().and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8(bytes).expect("devices answer in UTF-8")
}

fn parse(line: &str) -> Answer {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    match first {
        "ok" => Ok(rest
            .split_whitespace()
            .map(|word| {
                let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("no value in {line}"));
                (name.to_owned(), decode(value))
            })
            .collect()),
        "error" => Err(decode(rest)),
        _ => panic!("a device said: {line}"),
    }
}

fn on_the_command_line(program: &Path, folder: &Path, words: &[&str]) -> Answer {
    let mut command = Command::new(program);
    command.env_remove("REDVEST_NOW").env("LANG", "C").args(["--json", "--data"]).arg(folder);
    match words {
        ["enrol", code, label] => {
            command.args(["enrol", code, "--label", label]);
        }
        ["report", category, grid, said, photos @ ..] => {
            command.args(["report", "--category", category, "--grid", grid]);
            with_photos(&mut command, said, photos);
        }
        ["rectify", ticket, said, photos @ ..] => {
            command.args(["rectify", ticket]);
            with_photos(&mut command, said, photos);
        }
        _ => {
            command.args(words);
        }
    }
    let rows = run(&mut command);
    let value = |row: &Value| match row {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let said = |name: &str, row: &Value| (name.to_owned(), value(row));
    match words[0] {
        "report" => Ok(rows?.iter().map(|row| said("ticket", &row["ticket"])).collect()),
        "sync" => Ok(match rows {
            Err(code) => vec![("moved".to_owned(), "0".to_owned()), ("failure".to_owned(), code)],
            Ok(rows) => {
                let counts = ["accepted", "changed", "sent", "fetched", "refused", "too_late"];
                let moved: u64 = counts.iter().filter_map(|name| rows.last()?[*name].as_u64()).sum();
                vec![("moved".to_owned(), moved.to_string())]
            }
        }),
        "show" => {
            let ticket = rows?.pop().expect("a shown ticket is one object");
            let history = ticket["history"].as_array().expect("a ticket has a history");
            let spoken = history.iter().filter(|event| event["words"].is_string());
            let late = history.iter().filter(|event| event["late"].is_object());
            let stage = said("stage", &ticket["row"]["stage"]);
            let words = spoken.map(|event| said("words", &event["words"]));
            let late = late.map(|event| said("late", &event["late"]["code"]));
            Ok([stage].into_iter().chain(words).chain(late).collect())
        }
        "digest" => {
            Ok(rows?.iter().flat_map(|row| [said("key", &row["key"]), said("digest", &row["digest"])]).collect())
        }
        _ => rows.map(|_| Vec::new()),
    }
}

fn with_photos(command: &mut Command, words: &str, photos: &[&str]) {
    command.args(["--gate-reason", "signal", "--words", words]);
    for photo in photos {
        command.args(["--photo", photo]);
    }
}

fn run(command: &mut Command) -> Result<Vec<Value>, String> {
    let output = command.stdin(Stdio::null()).output().expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    match rows.last().map(|last| &last["error"]["code"]) {
        Some(Value::String(code)) => Err(code.clone()),
        _ => Ok(rows),
    }
}
