//! Keys: under which a replica holds a ticket, and in whose name somebody acts.
//!
//! A ticket is visible to whoever subscribes to one of its keys; a member subscribes to the keys that roles and scopes
//! give. Scope is therefore one set intersection, on the hub and on the phone alike.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{AgencyCode, GridCode, MemberId, NotAnId};
use crate::terms::Holder;

/// An audience. As text: `everybody`, `office`, `workspace`, `member:<uuid>`, `grid:<code>`, `agency:<code>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Every member: reference documents.
    Everybody,
    /// The campaign office: records of members.
    Office,
    /// The whole workspace: every ticket.
    Workspace,
    /// One member: own tickets and own record.
    Member(MemberId),
    /// A grid of any level, with all grids below it.
    Grid(GridCode),
    /// An agency.
    Agency(AgencyCode),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Everybody => f.write_str("everybody"),
            Key::Office => f.write_str("office"),
            Key::Workspace => f.write_str("workspace"),
            Key::Member(member) => write!(f, "member:{member}"),
            Key::Grid(code) => write!(f, "grid:{code}"),
            Key::Agency(code) => write!(f, "agency:{code}"),
        }
    }
}

/// A text that is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a key: expected everybody, office, workspace, member:UUID, grid:CODE or agency:CODE")]
pub struct NotAKey;

impl From<NotAnId> for NotAKey {
    fn from(_: NotAnId) -> Self {
        NotAKey
    }
}

impl FromStr for Key {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        Ok(match text.split_once(':') {
            None if text == "everybody" => Key::Everybody,
            None if text == "office" => Key::Office,
            None if text == "workspace" => Key::Workspace,
            Some(("member", id)) => Key::Member(id.parse()?),
            Some(("grid", code)) => Key::Grid(code.parse()?),
            Some(("agency", code)) => Key::Agency(code.parse()?),
            _ => return Err(NotAKey),
        })
    }
}

impl<C> Encode<C> for Key {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Key {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        d.str()?.parse().map_err(decode::Error::custom)
    }
}

impl Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl From<&Holder> for Key {
    fn from(holder: &Holder) -> Self {
        match holder {
            Holder::Grid(code) => Key::Grid(code.clone()),
            Holder::Agency(code) => Key::Agency(code.clone()),
        }
    }
}

/// The roles of LAW, who.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Role {
    /// V, 志愿者: key [`Key::Member`] of the member itself.
    #[n(0)]
    Volunteer,
    /// G, 网格: key [`Key::Grid`].
    #[n(1)]
    Grid,
    /// A, 责任单位经办人: key [`Key::Agency`].
    #[n(2)]
    Agency,
    /// S, 督查员: key [`Key::Grid`] (a subtree) or [`Key::Workspace`].
    #[n(3)]
    Supervisor,
    /// O, 创文办: key [`Key::Workspace`].
    #[n(4)]
    Office,
    /// H, the hub itself: key [`Key::Workspace`].
    #[n(5)]
    Hub,
}

/// The role and key under which an author acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Acting {
    /// The role.
    #[n(0)]
    pub role: Role,
    /// For whom.
    #[n(1)]
    pub key: Key,
}

impl Acting {
    /// Whether role and key go together at all.
    pub fn is_possible(&self, member: MemberId) -> bool {
        match (self.role, &self.key) {
            (Role::Volunteer, Key::Member(own)) => *own == member,
            (Role::Grid, Key::Grid(_)) | (Role::Agency, Key::Agency(_)) => true,
            (Role::Supervisor, Key::Grid(_) | Key::Workspace) => true,
            (Role::Office | Role::Hub, Key::Workspace) => true,
            _ => false,
        }
    }
}

/// What one member is and may: the record that a `member_set` event carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct MemberRecord {
    /// The member.
    #[n(0)]
    pub member: MemberId,
    /// Whether the member belongs to the campaign now; one who left keeps nothing but history.
    #[n(1)]
    pub active: bool,
    /// Roles with their keys. Every member is a volunteer for itself without saying so.
    #[n(2)]
    pub roles: Vec<Acting>,
    /// Grids of the member's duty points (包联点位): for reading and for evidence.
    #[n(3)]
    pub duty: Vec<GridCode>,
}

impl MemberRecord {
    /// The keys that this member's replica subscribes to.
    pub fn subscription(&self) -> BTreeSet<Key> {
        if !self.active {
            return BTreeSet::new();
        }
        let own = [Key::Everybody, Key::Member(self.member)];
        let office = self.roles.iter().any(|acting| acting.role == Role::Office).then_some(Key::Office);
        let duty = self.duty.iter().cloned().map(Key::Grid);
        let roles = self.roles.iter().map(|acting| acting.key.clone());
        own.into_iter().chain(office).chain(duty).chain(roles).collect()
    }

    /// Whether the member holds this role for this key.
    pub fn holds(&self, acting: &Acting) -> bool {
        let own = Acting { role: Role::Volunteer, key: Key::Member(self.member) };
        self.active && (*acting == own || self.roles.contains(acting))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_from_its_text() {
        let member = MemberId::from_bytes([7; 16]);
        let keys = [
            Key::Everybody,
            Key::Office,
            Key::Workspace,
            Key::Member(member),
            Key::Grid("320102-01".parse().unwrap()),
            Key::Agency("城管".parse().unwrap()),
        ];
        for key in keys {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        assert_eq!("grid:".parse::<Key>(), Err(NotAKey));
    }

    #[test]
    fn a_member_who_left_subscribes_to_nothing() {
        let member = MemberId::from_bytes([7; 16]);
        let record = MemberRecord { member, active: false, roles: vec![], duty: vec!["g1".parse().unwrap()] };
        assert!(record.subscription().is_empty());
    }
}
