//! Invitations: the one-time code with which a device enrols, as text for a QR code, a link or a keyboard.
//!
//! The text names the hub's address, the fingerprint of its certificate and the secret, so that a phone trusts exactly
//! the hub that invited it and nobody has to type a password. Form:
//! `redvest:enrol?hub=ADDRESS&pin=SHA256&code=SECRET`, with the secret in Crockford's base 32 and two check digits.

use std::fmt;
use std::str::FromStr;

use crate::codes::Explained;
use crate::id::{Bytes, Hash};

/// Bytes of a secret: 128 bits.
pub const SECRET_BYTES: usize = 16;
const PREFIX: &str = "redvest:enrol?";
/// Crockford's base 32: no I, L, O, U, so that nothing is misread.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a device needs to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The hub's address, such as `https://10.0.0.5:8440`.
    pub hub: String,
    /// SHA-256 of the hub's certificate (DER) if it is not to be trusted by public authorities.
    pub pin: Option<Hash>,
    /// The secret, [`SECRET_BYTES`] long.
    pub secret: Bytes,
}

/// A text that is no invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnInvitation {
    /// It does not have the form.
    #[error("not an enrolment code")]
    Form,
    /// A digit was mistyped.
    #[error("the enrolment code is mistyped")]
    Mistyped,
    /// It asks for plain HTTP beyond this machine.
    #[error("the enrolment code asks for an unprotected connection")]
    Unprotected,
}

impl Explained for NotAnInvitation {
    fn code(&self) -> &'static str {
        match self {
            NotAnInvitation::Form => "code_malformed",
            NotAnInvitation::Mistyped => "code_mistyped",
            NotAnInvitation::Unprotected => "code_unprotected",
        }
    }

    fn zh(&self) -> String {
        match self {
            NotAnInvitation::Form => "这不是登记码；请完整扫描或粘贴以 redvest:enrol 开头的内容。",
            NotAnInvitation::Mistyped => "登记码有误；请核对后重新输入。",
            NotAnInvitation::Unprotected => "登记码要求不加密的连接；请向创文办索取新的登记码。",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            NotAnInvitation::Form => "This is no enrolment code; scan or paste all of it, from redvest:enrol on.",
            NotAnInvitation::Mistyped => "The enrolment code is mistyped; compare it and enter it again.",
            NotAnInvitation::Unprotected => "The code asks for an unprotected connection; ask the office for another.",
        }
        .to_owned()
    }
}

/// Whether an address may be used: TLS, or plain HTTP to this machine alone.
pub fn is_protected(address: &str) -> bool {
    if address.starts_with("https://") {
        return true;
    }
    let Some(rest) = address.strip_prefix("http://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn to_digits(secret: &[u8]) -> String {
    let check = Hash::of(&[secret]).0[0];
    let bits = secret.iter().chain([&check]);
    let (mut text, mut held, mut count) = (String::new(), 0u32, 0);
    for byte in bits {
        held = held << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(char::from(DIGITS[(held >> count & 31) as usize]));
        }
        held &= (1 << count) - 1;
    }
    if count > 0 {
        text.push(char::from(DIGITS[(held << (5 - count) & 31) as usize]));
    }
    text
}

fn from_digits(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut count) = (Vec::new(), 0u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'-' && *letter != b' ') {
        let letter = match letter.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let digit = DIGITS.iter().position(|known| *known == letter)?;
        held = held << 5 | digit as u32;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((held >> count & 0xff) as u8);
            held &= (1 << count) - 1;
        }
    }
    (held == 0 && bytes.len() == SECRET_BYTES + 1).then_some(bytes)
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}hub={}", self.hub)?;
        if let Some(pin) = self.pin {
            write!(f, "&pin={pin}")?;
        }
        write!(f, "&code={}", to_digits(&self.secret))
    }
}

impl FromStr for Invitation {
    type Err = NotAnInvitation;

    fn from_str(text: &str) -> Result<Self, NotAnInvitation> {
        let query = text.trim().strip_prefix(PREFIX).ok_or(NotAnInvitation::Form)?;
        let (mut hub, mut pin, mut secret) = (None, None, None);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "hub" => hub = Some(value.trim_end_matches('/').to_owned()),
                "pin" => pin = Some(value.parse().map_err(|_| NotAnInvitation::Form)?),
                "code" => secret = Some(from_digits(value).ok_or(NotAnInvitation::Mistyped)?),
                _ => {}
            }
        }
        let (hub, mut secret) = hub.zip(secret).ok_or(NotAnInvitation::Form)?;
        let check = secret.pop();
        if check != Some(Hash::of(&[&secret]).0[0]) {
            return Err(NotAnInvitation::Mistyped);
        }
        if !is_protected(&hub) {
            return Err(NotAnInvitation::Unprotected);
        }
        Ok(Invitation { hub, pin, secret: Bytes(secret) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn invitation(secret: [u8; 16]) -> Invitation {
        Invitation { hub: "https://10.0.0.5:8440".to_owned(), pin: Some(Hash([3; 32])), secret: Bytes(secret.to_vec()) }
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for (address, allowed) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://localhost", true),
            ("http://127.0.0.1.example.org", false),
            ("http://10.0.0.1", false),
            ("ftp://127.0.0.1", false),
            ("https://hub.example.org", true),
        ] {
            assert_eq!(is_protected(address), allowed, "{address}");
        }
    }

    #[test]
    fn a_code_in_small_letters_with_gaps_is_the_same_code() {
        let text = invitation([0xab; 16]).to_string();
        let (head, code) = text.rsplit_once('=').unwrap();
        let typed = format!("{head}={}-{}", code[..7].to_lowercase(), &code[7..]);
        assert_eq!(typed.parse(), Ok(invitation([0xab; 16])));
    }

    proptest! {
        #[test]
        fn an_invitation_reads_back_from_its_text(secret in any::<[u8; 16]>()) {
            prop_assert_eq!(invitation(secret).to_string().parse(), Ok(invitation(secret)));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(redvest:enrol\\?)?(hub=|pin=|code=|&|.){0,12}") {
            let _ = text.parse::<Invitation>();
        }
    }
}
