//! Who is who when a file is imported again: a member's pseudonym follows from the workspace and the person's own number
//! or telephone number.
//!
//! It is made with a secret of the hub. Without one, whoever reads the log could try all telephone numbers and put names
//! to pseudonyms, also of people whose names were erased.

use redvest_domain::id::{MemberId, WorkspaceId};
use uuid::Builder;

use super::table::narrow;

/// Makes pseudonyms.
pub struct Identity<'a> {
    workspace: WorkspaceId,
    mac: &'a dyn Fn(&[u8]) -> [u8; 32],
}

impl<'a> Identity<'a> {
    /// The pseudonyms of a workspace. `mac` is a message authentication code under a secret that is never replaced:
    /// with another one every person of a file would be a new member.
    pub fn new(workspace: WorkspaceId, mac: &'a dyn Fn(&[u8]) -> [u8; 32]) -> Identity<'a> {
        Identity { workspace, mac }
    }

    /// The member with this number (编号); letters count alike in either case.
    pub fn by_number(&self, number: &str) -> MemberId {
        self.member(b'n', &narrow(number.trim()).to_uppercase())
    }

    /// The member with this telephone number, written as the reader of people does: digits alone, `+` before a foreign one.
    pub fn by_phone(&self, phone: &str) -> MemberId {
        self.member(b'p', phone)
    }

    fn member(&self, kind: u8, text: &str) -> MemberId {
        let message = [b"redvest member 1\0", self.workspace.as_bytes().as_slice(), &[kind], text.as_bytes()].concat();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&(self.mac)(&message)[..16]);
        // Version 8: made by a rule of one's own.
        MemberId(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// A telephone number in one way of writing: 11 digits for a mobile number of the mainland, `0…` for a landline, `+…`
/// for another country. `None` for what is none.
pub(super) fn phone(text: &str) -> Option<String> {
    let plain: String = narrow(text).chars().filter(|c| !" -()".contains(*c)).collect();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mainland = plain.strip_prefix("+86").or_else(|| plain.strip_prefix("0086")).unwrap_or(&plain);
    let mainland = mainland.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(mainland);
    let is_mobile = mainland.len() == 11 && mainland.starts_with('1') && !mainland.starts_with("10");
    let is_landline = (10..=12).contains(&mainland.len()) && mainland.starts_with('0') && !mainland.starts_with("00");
    if is_digits(mainland) && (is_mobile || is_landline) {
        return Some(mainland.to_owned());
    }
    let abroad = plain.strip_prefix('+').filter(|rest| !rest.starts_with("86"))?;
    ((7..=15).contains(&abroad.len()) && is_digits(abroad)).then_some(plain.clone())
}

#[cfg(test)]
mod tests {
    use redvest_domain::id::Hash;

    use super::*;

    fn under(secret: &[u8], make: impl Fn(&Identity) -> MemberId) -> MemberId {
        make(&Identity::new(WorkspaceId::from_bytes([1; 16]), &|message| Hash::of(&[secret, message]).0))
    }

    #[test]
    fn one_number_is_one_member_and_nobody_elses() {
        let by_phone = |identity: &Identity| identity.by_phone("13800000000");
        let by_number = |identity: &Identity| identity.by_number("13800000000");
        assert_eq!(under(b"a", by_phone), under(b"a", by_phone));
        assert_ne!(under(b"a", by_phone), under(b"a", by_number));
        assert_ne!(under(b"a", by_phone), under(b"b", by_phone));
        assert_eq!(under(b"a", |one| one.by_number(" a１ ")), under(b"a", |one| one.by_number("A1")));
        let other = Identity::new(WorkspaceId::from_bytes([2; 16]), &|message| Hash::of(&[b"a", message]).0);
        assert_ne!(under(b"a", by_phone), other.by_phone("13800000000"));
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for text in
            ["13800000000", "+86 138-0000-0000", "86 13800000000", "１３８００００００００", "0086 138 0000 0000"]
        {
            assert_eq!(phone(text).as_deref(), Some("13800000000"), "{text}");
        }
        assert_eq!(phone("025-8361 0000").as_deref(), Some("02583610000"));
        assert_eq!(phone("+852 6123 4567").as_deref(), Some("+85261234567"));
        for text in ["", "1380000000", "138000000000", "1.38E+10", "10000000000", "=1+2", "+86123", "无"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }
}
