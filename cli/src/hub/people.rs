//! Members, their devices and their enrolment codes.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use redvest_domain::id::{Bytes, DeviceId, Hash, MemberId};
use redvest_domain::invitation::Invitation;
use redvest_domain::key::MemberRecord;
use redvest_hub::clerk::{self, File, Identity, Known, Language, MAX_FILE_BYTES, PeopleContext, preview_people};
use redvest_hub::keys::Keys;
use redvest_hub::orders::{Member, Office, Order, Person, Reply, Whom};
use redvest_hub::tls;
use serde_json::json;

use super::confirm::confirm;
use super::documents::in_force;
use super::serve::LastAddress;
use super::{data_folder, faulty_file, file_name, order, read_capped, strange, with_office};
use crate::cli::Ctx;
use crate::due::local;
use crate::failure::{Failure, Input};
use crate::parse::{self, CHINA_MINUTES};

/// Records and people set with one order.
const AT_ONCE: usize = 1000;

/// Commands about people.
#[derive(Debug, Subcommand)]
pub enum People {
    /// 导入人员表（XLSX 或 CSV），先显示变化再确认 || Import a table of people (XLSX or CSV); shows the changes first
    Import(Import),
}

/// Arguments of `redvest hub people import`.
#[derive(Debug, Args)]
pub struct Import {
    /// 文件 || The file
    pub(super) file: PathBuf,
    /// 不再询问 || Do not ask
    #[arg(long)]
    pub(super) yes: bool,
    /// 只显示变化，不改动 || Only show the changes
    #[arg(long, conflicts_with = "yes")]
    pub(super) dry_run: bool,
    /// 文件之外的在岗成员视为离岗 || Members who are not in the file leave
    #[arg(long)]
    leaving: bool,
}

impl People {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let People::Import(import) = self;
        let bytes = read_capped(&import.file, MAX_FILE_BYTES as u64)?;
        let name = file_name(&import.file);
        with_office(ctx, |office| async move {
            let (existing, reference) = (known_members(&office).await?, in_force(&office).await?);
            let file = File { name: &name, bytes: &bytes };
            let read = with_identity(ctx, &office, |identity| {
                let leaving = import.leaving;
                clerk::people(&file, &PeopleContext { identity, reference: &reference, existing: &existing, leaving })
            });
            let read = read.await?.map_err(|faults| faulty_file(&faults))?;
            for warning in &read.warnings {
                let (zh, en) = (warning.text(Language::Zh), warning.text(Language::En));
                ctx.out.note(&format!("提醒：{zh}"), &format!("Note: {en}"));
            }
            import.apply(ctx, &office, &existing, read.value).await
        })
    }
}

impl Import {
    /// Shows what changes and sets it if somebody agrees.
    async fn apply(&self, ctx: &Ctx, office: &Office, known: &[Known], people: clerk::People) -> Result<(), Failure> {
        let preview = preview_people(known, &people);
        let told = |is_set: bool| ctx.out.object(&json!({ "set": is_set, "preview": preview }));
        let changes = preview.added.len() + preview.changed.len() + preview.leaving.len();
        ctx.out.say(preview.text(Language::Zh).trim_end(), preview.text(Language::En).trim_end())?;
        if changes == 0 || self.dry_run {
            return told(false);
        }
        if !confirm(ctx, self.yes, &format!("写入这 {changes} 处变化吗？"), &format!("Set these {changes} changes?"))?
        {
            return ctx.out.say("没有改动。", "Nothing was changed.");
        }
        let persons = people.members.iter().map(|person| Person {
            member: person.record.member,
            name: person.name.clone(),
            title: person.title.clone(),
            phone: person.phone.clone(),
        });
        let persons: Vec<Person> = persons.collect();
        let records = people.members.into_iter().map(|person| person.record).chain(people.leaving);
        let records: Vec<MemberRecord> = records.collect();
        // Records first: what the directory says stands beside them.
        for part in records.chunks(AT_ONCE) {
            office.ask(Order::SetMembers { records: part.to_vec(), people: Vec::new() }).await?;
        }
        for part in persons.chunks(AT_ONCE) {
            office.ask(Order::SetMembers { records: Vec::new(), people: part.to_vec() }).await?;
        }
        told(true)?;
        ctx.out.say(&format!("已写入 {changes} 处变化。"), &format!("{changes} changes are set."))
    }
}

/// The members as the clerk's readers take them.
pub(super) async fn known_members(office: &Office) -> Result<Vec<Known>, Failure> {
    let known = all_members(office).await?.into_iter().map(|Member { record, person }| match person {
        Some(person) => Known { record, name: person.name, phone: person.phone, title: person.title },
        None => Known { record, name: String::new(), phone: None, title: None },
    });
    Ok(known.collect())
}

/// Gives the maker of pseudonyms to `work`. It draws on the hub's own secret, so that a telephone number cannot be
/// found by trying all of them, and the same person stays the same member.
pub(super) async fn with_identity<T>(
    ctx: &Ctx,
    office: &Office,
    work: impl FnOnce(&Identity<'_>) -> T,
) -> Result<T, Failure> {
    let keys = Keys::open(&data_folder(ctx.data.as_deref()))?;
    let Reply::Status(status) = office.ask(Order::Status).await? else { return Err(strange()) };
    let mac = |bytes: &[u8]| keys.stamp_mac(Hash::of(&[b"redvest person 1\0", bytes]));
    Ok(work(&Identity::new(status.workspace, &mac)))
}

/// All members with what the directory says of them.
pub(super) async fn all_members(office: &Office) -> Result<Vec<Member>, Failure> {
    let mut all: Vec<Member> = Vec::new();
    loop {
        let after = all.last().map(|member| member.record.member);
        let Reply::Members(page) = office.ask(Order::Members { after }).await? else { return Err(strange()) };
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// `redvest hub members`.
pub(super) fn members(ctx: &Ctx) -> Result<(), Failure> {
    let all = with_office(ctx, |office| async move { all_members(&office).await })?;
    let mut rows = Vec::new();
    for Member { record, person } in &all {
        let (name, title) =
            person.as_ref().map(|person| (Some(&person.name), person.title.as_ref())).unwrap_or_default();
        ctx.out.object(&json!({
            "member": record.member,
            "name": name,
            "title": title,
            "active": record.active,
            "roles": record.roles,
            "duty": record.duty,
        }))?;
        let roles: Vec<String> =
            record.roles.iter().map(|acting| format!("{} {}", role(ctx, acting.role), acting.key)).collect();
        rows.push(vec![
            record.member.to_string(),
            name.cloned().unwrap_or_default(),
            title.cloned().unwrap_or_default(),
            ctx.out
                .pick(if record.active { "在岗" } else { "离岗" }, if record.active { "active" } else { "left" })
                .to_owned(),
            roles.join(ctx.out.pick("、", ", ")),
        ]);
    }
    let header = [("编号", "id"), ("姓名", "name"), ("职务", "title"), ("状态", "state"), ("角色", "roles")];
    ctx.out.table(&header, rows)?;
    ctx.out.say(&format!("共 {} 人。", all.len()), &format!("{} members.", all.len()))
}

fn role(ctx: &Ctx, role: redvest_domain::key::Role) -> &'static str {
    use redvest_domain::key::Role;
    let (zh, en) = match role {
        Role::Volunteer => ("志愿者", "volunteer"),
        Role::Grid => ("网格", "grid"),
        Role::Agency => ("经办人", "agency"),
        Role::Supervisor => ("督查员", "supervisor"),
        Role::Office => ("创文办", "office"),
        Role::Hub => ("系统", "hub"),
    };
    ctx.out.lang.pick(zh, en)
}

/// `redvest hub devices`.
pub(super) fn devices(ctx: &Ctx) -> Result<(), Failure> {
    let (devices, people) = with_office(ctx, |office| async move {
        let Reply::Devices(devices) = office.ask(Order::Devices).await? else { return Err(strange()) };
        Ok((devices, all_members(&office).await?))
    })?;
    let names: HashMap<MemberId, String> =
        people.into_iter().filter_map(|member| Some((member.record.member, member.person?.name))).collect();
    let name = |member: MemberId| names.get(&member).cloned();
    let mut rows = Vec::new();
    for device in &devices {
        ctx.out.object(&json!({
            "device": device.device,
            "member": device.member,
            "name": name(device.member),
            "label": device.label,
            "events": device.seq,
            "enrolled": device.enrolled.to_rfc3339(),
            "revoked": device.revoked.map(|at| at.to_rfc3339()),
            "lost": device.lost,
            "successor": device.successor,
        }))?;
        let state = match (device.lost, device.revoked, device.successor) {
            (true, ..) => ctx.out.pick("报失", "lost"),
            (_, _, Some(_)) => ctx.out.pick("已换密钥", "re-keyed"),
            (_, Some(_), None) => ctx.out.pick("已停用", "revoked"),
            (false, None, None) => ctx.out.pick("在用", "in use"),
        };
        rows.push(vec![
            device.device.to_string(),
            name(device.member).unwrap_or_else(|| device.member.to_string()),
            device.label.clone(),
            device.seq.to_string(),
            local(device.enrolled, CHINA_MINUTES),
            state.to_owned(),
        ]);
    }
    let header = [
        ("设备", "device"),
        ("成员", "member"),
        ("名称", "label"),
        ("事件", "events"),
        ("登记", "enrolled"),
        ("状态", "state"),
    ];
    ctx.out.table(&header, rows)?;
    ctx.out.say(&format!("共 {} 台。", devices.len()), &format!("{} devices.", devices.len()))
}

/// Arguments of `redvest hub revoke`.
#[derive(Debug, Args)]
pub struct Revoke {
    /// 设备编号，见 redvest hub devices || The device's id, see `redvest hub devices`
    #[arg(value_parser = parse::id::<DeviceId>)]
    device: DeviceId,
    /// 报失：此后不再接收它的任何工作 || Lost: nothing from it is taken any more
    #[arg(long)]
    lost: bool,
}

impl Revoke {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let Revoke { device, lost } = self;
        order(ctx, Order::Revoke { device, lost })?;
        ctx.out.object(&json!({ "revoked": device, "lost": lost }))?;
        ctx.out.say(&format!("设备 {device} 已停用。"), &format!("Device {device} is revoked."))
    }
}

/// Arguments of `redvest hub invite`.
#[derive(Debug, Args)]
pub struct Invite {
    /// 成员编号，见 redvest hub members || The member's id, see `redvest hub members`
    #[arg(value_parser = parse::id::<MemberId>, required_unless_present = "name")]
    member: Option<MemberId>,
    /// 按姓名找成员 || Find the member by name
    #[arg(long, conflicts_with = "member")]
    name: Option<String>,
    /// 有效小时数 || Hours that the code is valid
    #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u32).range(1..=24 * 90))]
    hours: u32,
    /// Settings of the hub that the code leads to.
    #[command(flatten)]
    settings: super::serve::Settings,
}

impl Invite {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let (hub, pin) = self.hub(ctx)?;
        let whom = whom(self.member, self.name);
        let Reply::Invited { member, secret, expires } = order(ctx, Order::Invite { whom, hours: self.hours })? else {
            return Err(strange());
        };
        let secret = Bytes(secret.0);
        let code = Invitation { hub, pin, secret }.to_string();
        ctx.out.object(&json!({ "member": member, "code": code, "expires": expires.to_rfc3339() }))?;
        ctx.out.text(&code)?;
        let until = local(expires, CHINA_MINUTES);
        ctx.out.note(
            &format!("一次有效，{until} 前使用；请只交给本人。"),
            &format!("Works once, until {until}; give it to nobody but the member."),
        );
        Ok(())
    }

    /// The hub's address for devices and its pin.
    fn hub(&self, ctx: &Ctx) -> Result<(String, Option<Hash>), Failure> {
        let config = self.settings.load()?;
        let data = data_folder(ctx.data.as_deref());
        if let (None, Some(last)) = (&config.address, LastAddress::read(&data)) {
            return Ok((last.address, last.pin));
        }
        if config.address.is_none() && (config.listen.port() == 0 || config.listen.ip().is_unspecified()) {
            return Err(Input::new(
                "address_needed",
                "不知道设备用哪个地址连接中心；请用 --address 写明，如 https://10.0.0.5:8440。",
                "It is not known under which address devices reach the hub; give --address, such as https://10.0.0.5:8440.",
            )
            .into());
        }
        let identity = tls::identity(&config.tls, &data.join("keys"), config.listen)
            .map_err(redvest_hub::serve::ServeError::Tls)?;
        Ok((config.device_address(config.listen), identity.pin))
    }
}

/// A member as named on the command line, where one of both is given.
pub(super) fn whom(member: Option<MemberId>, name: Option<String>) -> Whom {
    member.map_or_else(|| Whom::Name(name.unwrap_or_default()), Whom::Member)
}
