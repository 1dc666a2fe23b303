//! What a member can do to a ticket.

use serde::Serialize;

/// One kind of act, by the command that does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// 签收
    Accept,
    /// 退回
    Return,
    /// 处置
    Rectify,
    /// 协办
    Contribute,
    /// 派遣、移交
    Dispatch,
    /// 补充
    AddEvidence,
    /// 留言
    Comment,
    /// 核查通过
    Pass,
    /// 返工
    SendBack,
    /// 照片核查
    ReviewPhoto,
    /// 作废
    Void,
    /// 重开
    Reopen,
    /// 申请挂账或延期
    Ask,
    /// 同意挂账或延期
    Grant,
    /// 不同意
    Deny,
    /// 恢复: a suspension ends early.
    ResumeClocks,
    /// 催办
    Remind,
    /// 督办
    Urge,
    /// 黄牌
    Card,
    /// 改类
    Recategorise,
    /// 改址
    Relocate,
}

impl Act {
    /// Every kind, in the order of a screen.
    pub const ALL: [Act; 21] = [
        Act::Accept,
        Act::Return,
        Act::Rectify,
        Act::Contribute,
        Act::Dispatch,
        Act::AddEvidence,
        Act::Comment,
        Act::Pass,
        Act::SendBack,
        Act::ReviewPhoto,
        Act::Void,
        Act::Reopen,
        Act::Ask,
        Act::Grant,
        Act::Deny,
        Act::ResumeClocks,
        Act::Remind,
        Act::Urge,
        Act::Card,
        Act::Recategorise,
        Act::Relocate,
    ];
}
