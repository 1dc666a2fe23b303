//! Forgetting what the directory says of a member.

use clap::Args;
use redvest_domain::id::MemberId;
use redvest_hub::orders::{Order, Reply};
use serde_json::json;

use super::confirm::confirm;
use super::people::whom;
use super::{order, strange};
use crate::cli::Ctx;
use crate::failure::Failure;
use crate::parse;

/// Arguments of `redvest hub forget`.
#[derive(Debug, Args)]
pub struct Forget {
    /// 成员编号，见 redvest hub members || The member's id, see `redvest hub members`
    #[arg(value_parser = parse::id::<MemberId>, required_unless_present = "name")]
    member: Option<MemberId>,
    /// 按姓名找成员，离岗的也算 || Find the member by name, also one who left
    #[arg(long, conflicts_with = "member")]
    name: Option<String>,
    /// 不再询问 || Do not ask
    #[arg(long)]
    yes: bool,
}

impl Forget {
    pub(super) fn run(self, ctx: &Ctx) -> Result<(), Failure> {
        let zh = "姓名、职务和电话清除后不能恢复，工单记录中只剩编号。继续吗？";
        let en = "Name, title and telephone number cannot be brought back; tickets keep the id alone. Go on?";
        if !confirm(ctx, self.yes, zh, en)? {
            return Ok(());
        }
        let whom = whom(self.member, self.name);
        let Reply::Forgotten(member) = order(ctx, Order::Forget { whom })? else { return Err(strange()) };
        ctx.out.object(&json!({ "forgotten": member }))?;
        ctx.out.say(
            &format!("名册中已清除成员 {member} 的姓名、职务和电话。"),
            &format!("Name, title and telephone number of member {member} are forgotten."),
        )
    }
}
