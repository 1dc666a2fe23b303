//! Help that teaches, in the language of the screen.
//!
//! Every help text in the source is written `中文 || English`; before parsing, [`localised`] keeps one half everywhere,
//! puts the commands of the first page into groups and adds the examples, which a test parses one by one.

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command};

use crate::lang::Lang;

/// What stands between the Chinese and the English half of a text.
const BETWEEN: &str = " || ";

/// The commands of the first page, in groups.
pub(crate) const GROUPS: [(&str, &[&str]); 8] = [
    ("设备 || Device", &["enrol", "sync", "status", "doctor", "diagnostic", "rekey", "log"]),
    ("上报 || Report", &["report", "photos"]),
    ("查看 || Look", &["list", "show", "near", "search", "digest", "names"]),
    ("办理 || Work on tickets", &["accept", "return", "rectify", "contribute", "evidence", "comment", "ask"]),
    (
        "派遣与督办 || Dispatch and urge",
        &["dispatch", "grant", "deny", "resume", "remind", "urge", "card", "recategorise", "relocate", "void"],
    ),
    ("核查 || Review", &["review", "pass", "send-back", "reopen", "review-photo"]),
    ("未被接收的工作 || Work that was not taken", &["refused", "too-late", "dismiss"]),
    ("工具与中心 || Tools and hub", &["demo", "due", "evidence-file", "verify", "hub", "completions", "help"]),
];

/// Exit codes, as they end every help page of the program itself.
const EXIT_CODES: &str = "退出码：0 完成，1 失败，2 命令行有误，3 规则不允许，4 设备未登记，5 网络或中心不通，6 数据损坏或验证不通过，7 数据正被占用。\n环境变量：REDVEST_DATA、REDVEST_HUB_DATA、REDVEST_LANG、REDVEST_NOW、REDVEST_LOG。每条命令都可用 --help 查看说明和示例。 || Exit codes: 0 done, 1 failed, 2 wrong command line, 3 refused by the law, 4 not enrolled,\n  5 network or hub, 6 damaged data or failed proof, 7 busy (data in use).\nEnvironment: REDVEST_DATA, REDVEST_HUB_DATA, REDVEST_LANG, REDVEST_NOW, REDVEST_LOG.\nEach command explains itself with --help.";

/// Examples of each command, by its path.
pub(crate) const EXAMPLES: &[(&str, &[&str])] = &[
    ("enrol", &["redvest enrol 'redvest:enrol?hub=https://10.0.0.5:8440&pin=…&code=…' --label '张三的电脑'"]),
    (
        "report",
        &[
            "redvest report --category M06010 --photo a.jpg --at 32.06,118.79 --accuracy 8 --words '路口西侧'",
            "redvest report --category M06010 --photo a.jpg --grid XH-03 --fixed --after b.jpg",
            "redvest report --category X201 --at 32.0603,118.7969 --accuracy 8 --persuaded",
        ],
    ),
    ("list", &["redvest list --mine", "redvest list --stage accepted --limit 50", "redvest list --review --json"]),
    ("show", &["redvest show 20261122-0147", "redvest show K7-12 --json"]),
    ("photos", &["redvest photos", "redvest photos 20261122-0147"]),
    ("near", &["redvest near --at 32.0603,118.7969"]),
    ("names", &["redvest names categories 垃圾", "redvest names reasons"]),
    ("search", &["redvest search 北门 垃圾"]),
    ("accept", &["redvest accept 20261122-0147"]),
    ("return", &["redvest return 20261122-0147 --reason not_ours --words '属城管'"]),
    (
        "rectify",
        &[
            "redvest rectify 20261122-0147 --photo after.jpg --at 32.0603,118.7969 --accuracy 8",
            "redvest rectify K7-12 --outcome persuaded",
        ],
    ),
    ("contribute", &["redvest contribute 20261122-0147 --done --photo part.jpg"]),
    ("evidence", &["redvest evidence 20261122-0147 --photo more.jpg --words '另一角度'"]),
    ("comment", &["redvest comment 20261122-0147 '请带梯子'"]),
    (
        "ask",
        &[
            "redvest ask suspension 20261122-0147 --until '2026-12-01 18:00' --reason season",
            "redvest ask extension 20261122-0147 --amount 2d --reason material",
        ],
    ),
    ("dispatch", &["redvest dispatch 20261122-0147 --to agency:cg --with grid:XH-03"]),
    ("grant", &["redvest grant 20261122-0147 --until '2026-12-01 18:00'", "redvest grant 20261122-0147 --amount 2d"]),
    ("deny", &["redvest deny 20261122-0147"]),
    ("resume", &["redvest resume 20261122-0147"]),
    ("remind", &["redvest remind 20261122-0147"]),
    ("urge", &["redvest urge 20261122-0147 --words '今日务必办结'"]),
    ("card", &["redvest card 20261122-0147 --whom agency:cg --words '多次逾期'"]),
    ("recategorise", &["redvest recategorise 20261122-0147 M09010"]),
    ("relocate", &["redvest relocate 20261122-0147 --at 32.0603,118.7969"]),
    ("void", &["redvest void K7-12 --reason mistake", "redvest void K7-13 --duplicate-of K7-12"]),
    ("review", &["redvest review", "redvest review --json"]),
    ("pass", &["redvest pass 20261122-0147"]),
    ("send-back", &["redvest send-back 20261122-0147 --reason not_done --words '墙角仍有垃圾'"]),
    ("reopen", &["redvest reopen 20261122-0147 --reason wrongly_closed"]),
    ("review-photo", &["redvest review-photo 20261122-0147 1 --verdict unclear"]),
    ("dismiss", &["redvest dismiss 0190a1b2-0000-7000-8000-000000000001"]),
    ("sync", &["redvest sync", "redvest sync --originals never", "redvest sync --watch 60"]),
    ("evidence-file", &["redvest evidence-file 20261122-0147 -o ticket.evidence"]),
    (
        "verify",
        &["redvest verify ticket.evidence", "redvest verify ticket.evidence --photos photos/ --hub-key-file hub.pub"],
    ),
    (
        "due",
        &[
            "redvest due --clock working-hours --amount 4h --start '2026-09-30 16:00'",
            "redvest due --clock working-days --amount 2d --start 2026-05-01 --pause 2026-05-07/2026-05-08",
        ],
    ),
    ("demo", &["redvest demo", "redvest demo --exit"]),
    ("completions", &["redvest completions bash"]),
    ("help", &["redvest help report", "redvest help hub invite"]),
    (
        "hub",
        &[
            "redvest hub init --name '某某区创城'",
            "redvest hub people import 人员.xlsx",
            "redvest hub serve --listen 0.0.0.0:8440",
            "redvest hub invite --name 张三",
            "redvest hub export ledger -o 台账.xlsx",
        ],
    ),
    ("hub init", &["redvest hub init --data hub-data --name '某某区创城'"]),
    (
        "hub serve",
        &[
            "redvest hub serve --data hub-data --listen 0.0.0.0:8440",
            "redvest hub serve --listen 127.0.0.1:0 --tls off",
        ],
    ),
    ("hub check-config", &["redvest hub check-config --config hub.toml"]),
    ("hub people import", &["redvest hub people import 人员.xlsx --yes"]),
    ("hub grids import", &["redvest hub grids import grids.geojson --datum gcj02"]),
    ("hub agencies import", &["redvest hub agencies import 责任单位.xlsx --dry-run"]),
    ("hub duties import", &["redvest hub duties import 包联点位.xlsx"]),
    ("hub calendar import", &["redvest hub calendar import 2027.toml"]),
    ("hub policy import", &["redvest hub policy import policy.toml --dry-run"]),
    ("hub catalogue import", &["redvest hub catalogue import catalogue.json"]),
    ("hub members", &["redvest hub members", "redvest hub members --json"]),
    ("hub devices", &["redvest hub devices"]),
    ("hub forget", &["redvest hub forget --name 张三"]),
    ("hub publish", &["redvest hub publish policy policy.json --yes"]),
    ("hub template", &["redvest hub template people -o 人员.xlsx"]),
    (
        "hub invite",
        &["redvest hub invite --name 张三", "redvest hub invite --name 张三 --address https://hub.example.org"],
    ),
    ("hub revoke", &["redvest hub revoke 0190a1b2-0000-7000-8000-000000000001 --lost"]),
    (
        "hub export",
        &[
            "redvest hub export ledger --format xlsx -o 台账.xlsx",
            "redvest hub export overdue --format csv -o 超期.csv",
        ],
    ),
    ("hub export-log", &["redvest hub export-log -o log.jsonl", "redvest hub export-log --after 120000"]),
    ("hub evidence-file", &["redvest hub evidence-file 20261122-0147 -o ticket.evidence"]),
    ("hub refused", &["redvest hub refused"]),
    (
        "hub admit",
        &["redvest hub admit 0190a1b2-0000-7000-8000-000000000001 --by 0190a1b2-0000-7000-8000-000000000002"],
    ),
    ("hub safe", &["redvest hub safe 120000"]),
    ("hub rebuild", &["redvest hub rebuild"]),
    ("hub open-epoch", &["redvest hub open-epoch"]),
];

/// One half of a text; a text without halves is the same in both languages.
pub(crate) fn half(text: &str, lang: Lang) -> &str {
    match text.split_once(BETWEEN) {
        Some((zh, en)) => lang.pick(zh, en).trim(),
        None => text,
    }
}

/// The command in one language, with groups, examples and its own help flag.
pub fn localised(command: Command, lang: Lang) -> Command {
    let groups = groups(&command, lang);
    let command = branch(command, lang, "");
    command
        .help_template(format!(
            "{{about-with-newline}}\n{} {{usage}}\n\n{groups}{}\n{{options}}{{after-help}}",
            lang.pick("用法：", "Usage:"),
            lang.pick("选项：", "Options:"),
        ))
        .after_help(half(EXIT_CODES, lang).to_owned())
}

fn groups(command: &Command, lang: Lang) -> String {
    let mut text = String::new();
    for (title, names) in GROUPS {
        text.push_str(&format!("{}{}\n", half(title, lang), lang.pick("：", ":")));
        for name in names {
            let about = command.find_subcommand(name).and_then(Command::get_about).map(StyledStr::to_string);
            text.push_str(&format!("  {name:<14} {}\n", half(&about.unwrap_or_default(), lang)));
        }
        text.push('\n');
    }
    text
}

fn branch(command: Command, lang: Lang, path: &str) -> Command {
    let about = command.get_about().map(|about| half(&about.to_string(), lang).to_owned());
    let long = command.get_long_about().map(|about| half(&about.to_string(), lang).to_owned());
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let is_root = path.is_empty();
    let mut command = command.mut_args(|arg| match is_root {
        // They reach every command, and there they stand apart from its own.
        true => argument(arg, lang).help_heading(lang.pick("通用选项", "Common options")).display_order(900),
        false => argument(arg, lang),
    });
    command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(lang.pick("显示说明", "Show this help"))
                .help_heading(lang.pick("通用选项", "Common options"))
                .display_order(999),
        )
        .subcommand_help_heading(lang.pick("命令", "Commands"))
        .subcommand_value_name(lang.pick("命令", "COMMAND"))
        .help_template(format!(
            "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
            lang.pick("用法：", "Usage:")
        ));
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    if let Some((_, lines)) = EXAMPLES.iter().find(|(known, _)| *known == path) {
        let title = lang.pick("示例：", "Examples:");
        command = command.after_help(format!("{title}\n  {}", lines.join("\n  ")));
    }
    for name in names {
        let inner = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
        command = command.mut_subcommand(&name, |sub| branch(sub, lang, &inner));
    }
    command
}

fn argument(arg: Arg, lang: Lang) -> Arg {
    let heading = if arg.is_positional() { lang.pick("参数", "Arguments") } else { lang.pick("选项", "Options") };
    let help = arg.get_help().map(|help| half(&help.to_string(), lang).to_owned());
    let long = arg.get_long_help().map(|help| half(&help.to_string(), lang).to_owned());
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let is_switch = !arg.get_action().takes_values();
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let mut arg = arg.help_heading(heading).hide_possible_values(true).hide_default_value(true);
    let help = help.map(|mut help| {
        if !values.is_empty() && !is_switch {
            let (values, before, after) =
                (values.join(lang.pick("、", ", ")), lang.pick("（", " ("), lang.pick("）", ")"));
            help.push_str(&format!("{before}{values}{after}"));
        }
        if !defaults.is_empty() && !is_switch {
            help.push_str(&format!("{}{}", lang.pick("；默认 ", "; default "), defaults.join(" ")));
        }
        help
    });
    if let Some(help) = help {
        arg = arg.help(help);
    }
    if let Some(long) = long {
        arg = arg.long_help(long);
    }
    arg
}
