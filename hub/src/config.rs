//! The hub's settings: one documented structure, from a file, the environment and flags, in that order.
//!
//! Every setting has a default that is right for a district, so a hub runs without any file. Unknown settings are
//! refused, because a mistyped limit is worse than none. docs/hub.md lists them; `redvest hub check-config` prints them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port to listen on. Plain HTTP is served on loopback alone.
    pub listen: SocketAddr,
    /// The address that devices use, such as `https://hub.example.org`; by default made from `listen`.
    pub address: Option<String>,
    /// How connections are protected.
    pub tls: Tls,
    /// Sizes and rates.
    pub limits: Limits,
    /// Logging.
    pub log: Log,
    /// Seconds between looks at what has run out (reminders, cards) and at uploads that expired.
    pub timer_seconds: u32,
}

/// How connections are protected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// `own`: a certificate that the hub makes, pinned by the enrolment code. `files`: a given certificate. `off`:
    /// plain HTTP, on loopback alone.
    pub mode: TlsMode,
    /// PEM file with the certificate chain, for `files`.
    pub certificate: Option<PathBuf>,
    /// PEM file with the private key, for `files`.
    pub key: Option<PathBuf>,
    /// Whether devices check a given certificate against public authorities (false) or by the code's pin (true).
    pub pin: bool,
}

/// Where the certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Made by the hub.
    #[default]
    Own,
    /// Given as files.
    Files,
    /// None.
    Off,
}

/// Sizes and rates. A request beyond them gets a clear answer and costs next to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Most bytes of a message as sent.
    pub body_bytes: usize,
    /// Most bytes of a message when unpacked.
    pub unpacked_bytes: usize,
    /// Most bytes of tickets in a page.
    pub page_bytes: u32,
    /// Most bytes of a photo.
    pub photo_bytes: u64,
    /// Hours that an unfinished upload is kept.
    pub upload_hours: u32,
    /// Unfinished uploads of one device.
    pub uploads_per_device: u32,
    /// Requests a minute of one device; bursts of a tenth of it are free.
    pub device_per_minute: u32,
    /// Requests a minute without a token, of one address: enrolment and greetings.
    pub stranger_per_minute: u32,
    /// Open connections.
    pub connections: usize,
    /// Seconds within which a request's head, and each further piece of its body, has to arrive.
    pub idle_seconds: u32,
}

/// Logging.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `text` or `json`.
    pub format: LogFormat,
    /// A filter such as `info` or `redvest_hub=debug`.
    pub filter: String,
}

/// Form of the log's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8440)),
            address: None,
            tls: Tls::default(),
            limits: Limits::default(),
            log: Log::default(),
            timer_seconds: 30,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: 4 << 20,
            unpacked_bytes: 16 << 20,
            page_bytes: 1 << 20,
            photo_bytes: 64 << 20,
            upload_hours: 48,
            uploads_per_device: 64,
            device_per_minute: 6_000,
            stranger_per_minute: 60,
            connections: 4_096,
            idle_seconds: 60,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Log { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

/// Settings that cannot be used. The text names the setting and what to write instead.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings file {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {source}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, column and what was expected.
        source: Box<toml::de::Error>,
    },
    /// A value of the environment is not what it should be.
    #[error("environment variable {name}: expected {expected}")]
    Environment {
        /// The variable.
        name: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// A value that makes no sense, alone or with others.
    #[error("setting {setting}: {rule}")]
    Rule {
        /// The setting.
        setting: &'static str,
        /// What it has to be.
        rule: &'static str,
    },
}

impl ConfigError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ConfigError::Unreadable { .. } => "config_unreadable",
            ConfigError::Malformed { .. } => "config_malformed",
            ConfigError::Environment { .. } => "config_environment",
            ConfigError::Rule { .. } => "config_rule",
        }
    }
}

impl Config {
    /// Settings from a file if one is given, then from the environment as `lookup` gives it. Flags come last and are the
    /// caller's. Whoever changed anything calls [`Config::check`].
    pub fn load(file: Option<&Path>, lookup: impl Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
        let mut config = match file {
            None => Config::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
                toml::from_str(&text)
                    .map_err(|source| ConfigError::Malformed { path: path.to_owned(), source: Box::new(source) })?
            }
        };
        config.take_environment(lookup)?;
        Ok(config)
    }

    fn take_environment(&mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        if let Some(text) = lookup("REDVEST_HUB_LISTEN") {
            self.listen = text.parse().map_err(|_| ConfigError::Environment {
                name: "REDVEST_HUB_LISTEN",
                expected: "an address with a port, such as 0.0.0.0:8440",
            })?;
        }
        if let Some(text) = lookup("REDVEST_HUB_ADDRESS") {
            self.address = Some(text);
        }
        if let Some(text) = lookup("REDVEST_HUB_TLS") {
            self.tls.mode = match text.as_str() {
                "own" => TlsMode::Own,
                "files" => TlsMode::Files,
                "off" => TlsMode::Off,
                _ => {
                    let expected = "own, files or off";
                    return Err(ConfigError::Environment { name: "REDVEST_HUB_TLS", expected });
                }
            };
        }
        if let Some(text) = lookup("REDVEST_HUB_LOG") {
            self.log.filter = text;
        }
        Ok(())
    }

    /// Whether the settings make sense together.
    pub fn check(&self) -> Result<(), ConfigError> {
        let rule = |holds: bool, setting, rule| if holds { Ok(()) } else { Err(ConfigError::Rule { setting, rule }) };
        let limits = &self.limits;
        let loopback = self.listen.ip().is_loopback();
        rule(self.tls.mode != TlsMode::Off || loopback, "tls.mode", "off is for loopback alone; use own or files")?;
        let files = self.tls.certificate.is_some() && self.tls.key.is_some();
        rule(self.tls.mode != TlsMode::Files || files, "tls", "files needs certificate and key")?;
        let protected = self.address.as_deref().is_none_or(redvest_domain::invitation::is_protected);
        rule(protected, "address", "has to begin with https://, or http:// for loopback")?;
        rule(limits.body_bytes >= 64 << 10, "limits.body_bytes", "at least 65536")?;
        rule(limits.unpacked_bytes >= limits.body_bytes, "limits.unpacked_bytes", "at least body_bytes")?;
        rule(limits.page_bytes >= 64 << 10, "limits.page_bytes", "at least 65536")?;
        rule(limits.photo_bytes >= 1 << 20, "limits.photo_bytes", "at least 1048576")?;
        rule(limits.device_per_minute >= 60, "limits.device_per_minute", "at least 60")?;
        rule(limits.stranger_per_minute >= 1, "limits.stranger_per_minute", "at least 1")?;
        rule(limits.connections >= 8, "limits.connections", "at least 8")?;
        rule((1..=3600).contains(&self.timer_seconds), "timer_seconds", "1 to 3600")?;
        rule((5..=600).contains(&limits.idle_seconds), "limits.idle_seconds", "5 to 600")
    }

    /// The address that devices use, given the address that is really listened on.
    pub fn device_address(&self, listening: SocketAddr) -> String {
        let scheme = if self.tls.mode == TlsMode::Off { "http" } else { "https" };
        self.address.clone().unwrap_or_else(|| format!("{scheme}://{listening}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Config, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Some(&path), |_| None)
    }

    #[test]
    fn the_defaults_make_sense() {
        Config::default().check().unwrap();
    }

    #[test]
    fn a_mistyped_setting_is_refused_with_its_line() {
        let error = file("listen = \"127.0.0.1:1\"\n[limits]\nbody_byte = 5\n").unwrap_err();
        assert_eq!(error.code(), "config_malformed");
        assert!(error.to_string().contains("line 3"), "{error}");
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let lookup = |name: &str| (name == "REDVEST_HUB_LISTEN").then(|| "127.0.0.1:9".to_owned());
        let config = Config::load(None, lookup).unwrap();
        assert_eq!(config.listen.port(), 9);
    }

    #[test]
    fn plain_http_is_refused_beyond_loopback() {
        let config = file("listen = \"0.0.0.0:80\"\n[tls]\nmode = \"off\"\n").unwrap();
        assert_eq!(config.check().unwrap_err().code(), "config_rule");
    }

    #[test]
    fn settings_written_out_read_back() {
        let config = Config::default();
        assert_eq!(toml::from_str::<Config>(&toml::to_string(&config).unwrap()).unwrap(), config);
    }
}
