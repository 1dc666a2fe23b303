//! The commands, and the way from a command line to an exit code.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use redvest_domain::time::Timestamp;
use tracing_subscriber::EnvFilter;

use crate::failure::{Exit, Failure, Input};
use crate::lang::Lang;
use crate::out::{Out, tell};
use crate::{demo, due, help, hub, parse, phone, usage, verify};

/// The command line of RedVest.
#[derive(Debug, Parser)]
#[command(
    name = "redvest",
    bin_name = "redvest",
    version,
    about = "红马甲：没有网络也能用的文明城市巡查 || RedVest: field inspection for a civilized city, with or without a network"
)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Debug, Args)]
pub struct Global {
    /// 数据目录；不写时用 REDVEST_DATA（中心用 REDVEST_HUB_DATA）或系统的数据目录 || Data folder; else REDVEST_DATA (a hub: REDVEST_HUB_DATA) or the platform's
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// 每行输出一个 JSON 对象，供程序读取 || Print one JSON object a line, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// 语言；不写时看 LANG，默认中文 || Language; else by LANG, Chinese first
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<Lang>,
    /// 把时钟定在这一刻，如 2026-05-01T09:30:00+08:00 || Hold the clock at this instant, such as 2026-05-01T09:30:00+08:00
    #[arg(long, global = true, value_name = "RFC3339", env = "REDVEST_NOW", hide_env = true, value_parser = parse::now)]
    pub now: Option<Timestamp>,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What a phone does.
    #[command(flatten)]
    Phone(phone::Command),
    /// 按日历推算到期时刻，并逐步说明 || Reckon when a limit is due, step by step
    Due(due::Due),
    /// 验证一份工单证据文件；不需要数据目录 || Prove a ticket's evidence file; needs no data folder
    Verify(verify::Verify),
    /// 中心：建立、运行、资料、人员、导出 || The hub: set up, run, documents, people, exports
    #[command(
        subcommand,
        long_about = "中心：建立、运行、资料、人员、导出。\n\n除 init 和 serve 以外，各命令在中心运行时也可执行：数据目录空闲时直接打开，正由运行中的中心使用时，交由它办理，结果相同。请以运行中心的同一用户执行。 || The hub: set up, run, documents, people, exports.\n\nAll but init and serve work while the hub serves: a command opens the data folder when it is free, and hands its order to the hub that serves it otherwise, with the same result. Run it as the user that runs the hub."
    )]
    Hub(hub::Command),
    /// 用真实部件演示一天的工作 || Play a district's day through real parts
    Demo(demo::Demo),
    /// 输出命令补全脚本 || Print a completion script for a shell
    Completions {
        /// 哪一种 shell || Which shell
        shell: clap_complete::Shell,
    },
    /// 显示一条命令的说明 || Show the help of a command
    Help {
        /// 哪一条命令 || Which command
        command: Vec<String>,
    },
}

/// What a command is given besides its own arguments.
#[derive(Debug, Clone)]
pub(crate) struct Ctx {
    /// Where results go.
    pub(crate) out: Out,
    /// `--data`.
    pub(crate) data: Option<PathBuf>,
    /// `--now`.
    pub(crate) now: Option<Timestamp>,
}

/// The whole command line in one language, for parsing, help and completions.
pub fn command(lang: Lang) -> clap::Command {
    let version =
        Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本 || Show the version");
    help::localised(Cli::command().arg(version), lang)
}

/// Runs the program with the arguments and the environment of the process.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let texts: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let lang = Lang::of_arguments(&texts, |name| std::env::var(name).ok());
    let json = texts.iter().take_while(|text| *text != "--").any(|text| text == "--json");
    let out = Out { json, lang };
    let parsed = command(lang)
        .try_get_matches_from(&arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command(lang))));
    let exit = match parsed {
        Err(error) => usage::tell(out, &error),
        Ok(cli) => match run(cli, out) {
            Ok(exit) => exit,
            Err(failure) if failure.is_broken_pipe() => Exit::Done,
            Err(failure) => {
                tell(out, &failure);
                failure.exit()
            }
        },
    };
    ExitCode::from(exit as u8)
}

fn run(cli: Cli, out: Out) -> Result<Exit, Failure> {
    let Global { data, now, .. } = cli.global;
    let ctx = Ctx { out, data, now };
    match cli.command {
        Command::Phone(command) => {
            log_to_stderr("warn", false);
            command.run(&ctx)?;
        }
        Command::Due(due) => due.run(&ctx)?,
        Command::Verify(verify) => verify.run(&ctx)?,
        Command::Hub(command) => return command.run(&ctx),
        Command::Demo(demo) => {
            log_to_stderr("warn", false);
            demo.run(&ctx)?;
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command(out.lang), "redvest", &mut script);
            let mut stdout = std::io::stdout().lock();
            std::io::Write::write_all(&mut stdout, &script)?;
        }
        Command::Help { command } => show_help(&ctx, &command)?,
    }
    Ok(Exit::Done)
}

fn show_help(ctx: &Ctx, path: &[String]) -> Result<(), Failure> {
    let mut root = command(ctx.out.lang);
    root.build();
    let mut found = &mut root;
    for name in path {
        found = found.find_subcommand_mut(name).ok_or_else(|| {
            Input::new("usage", format!("没有 {name} 这个命令。"), format!("There is no command {name}."))
        })?;
    }
    let text = found.render_long_help().to_string();
    let mut stdout = std::io::stdout().lock();
    std::io::Write::write_all(&mut stdout, text.as_bytes())?;
    Ok(())
}

/// Sends the program's log to standard error. `REDVEST_LOG` goes over the given filter; a filter that does not parse is
/// as good as none.
pub(crate) fn log_to_stderr(filter: &str, json: bool) {
    let filter = std::env::var("REDVEST_LOG").unwrap_or_else(|_| filter.to_owned());
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    // A second subscriber in the same process changes nothing.
    let _ = if json { builder.json().try_init() } else { builder.with_ansi(ansi).try_init() };
}

#[cfg(test)]
mod tests;
