//! Stable codes of all that the law can refuse, with a sentence that says what to do, in Chinese and English.
//!
//! Codes are for ever: programs match on them. Sentences may improve. Other parts have codes of their own with the same
//! three fields, and share [`Explained`].

use serde::Serialize;

/// A code with its sentences.
pub trait Explained {
    /// The stable code, in snake_case.
    fn code(&self) -> &'static str;
    /// What is wrong and what to do, in Chinese.
    fn zh(&self) -> String;
    /// What is wrong and what to do, in English.
    fn en(&self) -> String;
}

macro_rules! codes {
    ($($name:ident $code:literal $zh:literal $en:literal;)*) => {
        /// A refusal by the law. Its text is the code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $(#[doc = $en] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The stable code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// The code of this text; `None` for one of a newer version.
            pub fn from_code(code: &str) -> Option<Code> {
                match code { $($code => Some(Code::$name),)* _ => None }
            }
        }

        impl Explained for Code {
            fn code(&self) -> &'static str {
                self.as_str()
            }

            fn zh(&self) -> String {
                match self { $(Code::$name => $zh,)* }.to_owned()
            }

            fn en(&self) -> String {
                match self { $(Code::$name => $en,)* }.to_owned()
            }
        }

        impl std::fmt::Display for Code {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    // State: what fits.
    StageForbids "stage_forbids" "工单当前阶段不能这样处理，请刷新后查看最新进展。" "The ticket's stage does not allow this; look at its latest state first.";
    AlreadyClosed "already_closed" "工单已结案；问题再次出现请重新上报并注明反弹。" "The ticket is closed; if the violation is back, report it again as a recurrence.";
    AlreadyVoided "already_voided" "工单已作废；如确有问题请重新上报。" "The ticket was voided; if there is a violation, report it again.";
    AlreadyAccepted "already_accepted" "工单已被签收，无需再次签收。" "Somebody already accepted the ticket; nothing more to do.";
    AlreadyRectified "already_rectified" "工单已处置，正等待核查。" "The ticket is already rectified and waits for review.";
    NotTheHolder "not_the_holder" "工单现不由您的网格或单位主办，请刷新列表。" "Your grid or agency does not lead this ticket now; refresh the list.";
    NotCooperating "not_cooperating" "您的单位现不是协办单位，请刷新列表。" "Your agency does not cooperate on this ticket now; refresh the list.";
    NotDispatcher "not_dispatcher" "只有上级网格、督查员或创文办可以这样处理该工单。" "Only a grid above, a supervisor in scope or the office may do this to the ticket.";
    NotReviewer "not_reviewer" "按该事项的核查规则，您不能核查此工单。" "By the category's review policy you may not judge this ticket.";
    NewerRectification "newer_rectification" "已有更新的处置结果，请查看后重新核查。" "A newer rectification has come in; look at it and judge again.";
    NotSuspended "not_suspended" "工单未处于挂账状态。" "The ticket is not suspended.";
    NoOpenAsk "no_open_ask" "该申请已答复或已失效。" "That request was answered already or is no longer open.";
    AskPending "ask_pending" "已有申请等待答复，请先等待结果。" "A request still waits for its answer; wait for it first.";
    HandOnForbidden "hand_on_forbidden" "本项工作不允许自行移交，请退回并说明理由。" "Policy does not let holders hand tickets on; return it with a reason instead.";
    ReopenTooLate "reopen_too_late" "已超过可重开期限，请重新上报并注明反弹。" "The days for reopening are over; report it again as a recurrence.";
    ReporterTooLate "reporter_too_late" "工单已被签收或处置，上报人不能再更改；请留言说明。" "The ticket was taken already, so its reporter cannot change it; leave a comment.";
    NothingToDraw "nothing_to_draw" "没有需要抽查的处置结果。" "There is no rectification to draw.";
    OutOfPlace "out_of_place" "该操作不适用于此工单。" "This does not apply to a ticket in this place.";
    // Rights: what somebody may.
    WrongAuthor "wrong_author" "身份与登记不符，请重新登记设备。" "The identity does not match the enrolment; enrol this device again.";
    MemberInactive "member_inactive" "您已不在本次创建工作人员名单中，请联系创文办。" "You are no longer a member of this campaign; ask the office.";
    RoleNotHeld "role_not_held" "您没有以该身份办理的权限，请联系创文办。" "You do not hold the role that this was done under; ask the office.";
    RoleLacksKind "role_lacks_kind" "您的角色不能进行此操作。" "Your role may not do this.";
    OutOfScope "out_of_scope" "工单不在您的辖区或职责范围内。" "The ticket lies outside your area.";
    FourEyes "four_eyes" "处置人或取证人不能核查自己的工作，请由他人核查。" "Nobody judges work or evidence of their own; somebody else has to review it.";
    DeviceRevoked "device_revoked" "设备已停用，请联系创文办重新登记。" "This device was revoked; ask the office for a new enrolment code.";
    DeviceLost "device_lost" "设备已报失，未上传的工作不予接收。" "This device was reported lost; work from it is not taken.";
    // Rules for photos and places.
    PhotoRuleNotMet "photo_rule_not_met" "照片数量不足，请按要求补拍后再保存。" "Too few photos; take the ones that are still missing.";
    AccuracyGateNotMet "accuracy_gate_not_met" "定位精度不足；请稍候再试，或选择原因后保存。" "The position is not accurate enough; wait a little, or save with a reason.";
    NoPlace "no_place" "没有位置；请在地图上标点或从列表中选择网格。" "There is no place; set a pin or pick a grid from the list.";
    UnknownCategory "unknown_category" "没有这个事项类别，请更新后重新选择。" "There is no such category; sync and choose again.";
    UnknownGrid "unknown_grid" "没有这个网格，请更新后重新选择。" "There is no such grid; sync and choose again.";
    UnknownAgency "unknown_agency" "没有这个责任单位，请更新后重新选择。" "There is no such agency; sync and choose again.";
    UnknownReason "unknown_reason" "没有这个原因代码，请从列表中选择。" "There is no such reason code; choose one from the list.";
    SuspensionTooLong "suspension_too_long" "挂账时间超过规定的最长期限，请选择较早的日期。" "The suspension is longer than the policy allows; choose an earlier end.";
    NeedsUpdate "needs_update" "该工单采用了更新的规则，请升级应用后再操作。" "The ticket follows a newer law; update the app before you change it.";
    NewerLaw "newer_law" "工作区已采用更新的规则，请升级应用后再操作；本机记录都会保留。" "The workspace follows a newer law; update the app before you write anything. What is on this device stays.";
    // Bytes, chains and caps.
    BadBytes "bad_bytes" "数据格式有误，无法接收；请升级应用后重试。" "The bytes are not a valid event; update the app and try again.";
    EventTooLarge "event_too_large" "内容过大，请缩短文字或减少照片。" "The event is too large; shorten the text or attach fewer photos.";
    TicketFull "ticket_full" "该工单记录已达上限，只能继续办理流程操作。" "The ticket is full; only events that move it on are still taken.";
    BadSignature "bad_signature" "签名校验失败，请重新登记设备。" "The signature does not verify; enrol this device again.";
    BrokenChain "broken_chain" "设备记录链不连续，请运行诊断。" "The device's chain does not continue the one the hub knows; run the doctor.";
    ForkedChain "forked_chain" "此设备的数据被复制或由备份恢复，请更换密钥后继续。" "This phone was cloned or restored from a backup; re-key it to go on.";
    IdConflict "id_conflict" "同一编号已有不同内容，先收到的有效。" "The same id is known with other content; the first one is kept.";
    ParentRefused "parent_refused" "所依据的记录未被接收，此记录也未被接收。" "The event that this one builds on was refused, so this one is too.";
    ParentLost "parent_lost" "所依据的记录已不在设备上，无法接收。" "The event that this one builds on is no longer on the device.";
    ErasedId "erased_id" "该记录已按规定清除，不再接收。" "This event was erased and is not taken again.";
    // Later: nothing is consumed.
    ParentMissing "parent_missing" "所依据的记录尚未到达，将自动重试。" "An event that this one builds on has not arrived yet; it is tried again by itself.";
    OlderLaw "older_law" "中心还不认识这类记录；中心升级后会自动重新发送，请勿删除。" "The hub does not know this kind of event yet; it is sent again by itself once the hub was updated.";
    Busy "busy" "中心繁忙，将自动重试。" "The hub is busy; it is tried again by itself.";
    HubBehind "hub_behind" "中心数据早于本设备所见，已停止写入，等待管理员恢复。" "The hub is behind what this device has seen; it takes nothing until its operator opens a new epoch.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::misfit::Misfit;

    #[test]
    fn codes_are_distinct_and_read_back() {
        for code in Code::ALL {
            assert_eq!(Code::from_code(code.as_str()), Some(*code));
        }
    }

    #[test]
    fn every_code_says_in_two_languages_what_to_do() {
        for code in Code::ALL {
            assert!(code.zh().ends_with('。') && code.en().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn a_misfit_has_the_code_of_its_own_name() {
        for misfit in Misfit::ALL {
            let name = serde_json::to_value(misfit).unwrap();
            assert_eq!(name, misfit.code().as_str());
        }
    }
}
