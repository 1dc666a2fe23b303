//! `redvest-world FOLDER [--tls]`: the district of the tests for programs in other languages: a real hub behind a line on
//! which something can go wrong.
//!
//! The first line on standard output is JSON: the hub's address (the line's), and for everybody of the district the name
//! and a one-time enrolment code. Then each line on standard input is a command, answered by one line of JSON:
//!
//! - `invite TAG`: another code, `{"code": …}`
//! - `revoke DEVICE`, `revoke TAG`: the device, or everyone of that person's, is locked out at once
//! - `digest TAG`, `digest DEVICE`: what the hub holds for the keys that somebody, or a device's owner, subscribes to,
//!   `{"digests": {KEY: HEX}}`
//! - `fault none`: nothing happens to connections any more
//! - `fault cut BYTES`, `fault cut_down BYTES`, `fault reset`, `fault delay MS`: happens to the next connection
//! - `fault storm SEED PERCENT`: happens by chance, the same for the same seed
//! - `hold BYTES`: once so many more bytes went to the hub the line stands still; `held` answers when it does, within a
//!   minute; `release` lets it go on
//!
//! What is wrong with a command is said as `{"error": …}`. It ends with its standard input.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use redvest_domain::id::DeviceId;
use redvest_domain::invitation::Invitation;
use redvest_domain::time::HOUR_MS;
use redvest_hub::clock::SystemClock;
use redvest_hub::config::{Config, TlsMode};
use redvest_hub::serve::{self, Running};
use redvest_hub::store::Store;
use redvest_tests::district::{self, Someone};
use redvest_tests::world::loopback;
use redvest_tests::{Fault, Proxy};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

type Answer = Result<Value, Box<dyn Error>>;

struct District {
    running: Running,
    config: Config,
    line: Proxy,
    runtime: Runtime,
}

impl District {
    fn start(folder: &Path, mode: TlsMode) -> Result<District, Box<dyn Error>> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let config = loopback(mode);
        let store = Store::open(folder, Arc::new(SystemClock))?;
        runtime.block_on(district::found(&store))?;
        runtime.block_on(store.close());
        drop(store);
        let running = runtime.block_on(serve::start(folder, config.clone(), Arc::new(SystemClock)))?;
        let line = Proxy::to(running.listening);
        Ok(District { running, config, line, runtime })
    }

    fn store(&self) -> &Store {
        &self.running.app.store
    }

    fn address(&self) -> String {
        self.config.device_address(self.line.address())
    }

    fn invite(&self, who: &Someone) -> Result<String, Box<dyn Error>> {
        let secret = self.runtime.block_on(self.store().invite(who.member(), HOUR_MS))?;
        Ok(Invitation { hub: self.address(), pin: self.running.pin, secret }.to_string())
    }

    fn greeting(&self) -> Answer {
        let mut people = BTreeMap::new();
        for who in district::people() {
            let about = json!({ "name": who.name, "member": who.member().to_string(), "code": self.invite(&who)? });
            people.insert(who.tag, about);
        }
        let pin = self.running.pin.map(|pin| pin.to_hex());
        Ok(json!({ "hub": self.address(), "pin": pin, "people": people }))
    }

    fn obey(&self, line: &str) -> Answer {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["invite", tag] => Ok(json!({ "code": self.invite(&someone(tag)?)? })),
            ["revoke", device] => {
                for device in self.devices(device)? {
                    self.runtime.block_on(self.store().revoke(device, false))?;
                }
                Ok(json!({}))
            }
            ["hold", bytes] => {
                self.line.hold(bytes.parse()?);
                Ok(json!({}))
            }
            ["held"] if self.line.held(Duration::from_mins(1)) => Ok(json!({})),
            ["held"] => Err("nothing stands still".into()),
            ["release"] => {
                self.line.release();
                Ok(json!({}))
            }
            ["digest", whose] => self.digests(&self.whose(whose)?),
            ["fault", "none"] => {
                self.line.calm();
                Ok(json!({}))
            }
            ["fault", "storm", seed, percent] => {
                self.line.storm(seed.parse()?, percent.parse()?);
                Ok(json!({}))
            }
            ["fault", fault @ ..] => {
                self.line.next([match fault {
                    ["cut", bytes] => Fault::CutUp(bytes.parse()?),
                    ["cut_down", bytes] => Fault::CutDown(bytes.parse()?),
                    ["reset"] => Fault::Reset,
                    ["delay", ms] => Fault::Delay(ms.parse()?),
                    _ => return Err("no such fault".into()),
                }]);
                Ok(json!({}))
            }
            _ => Err("no such command".into()),
        }
    }

    /// A device, or all of somebody's.
    fn devices(&self, text: &str) -> Result<Vec<DeviceId>, Box<dyn Error>> {
        let Ok(who) = someone(text) else { return Ok(vec![text.parse()?]) };
        let rows = self.runtime.block_on(self.store().devices(Some(who.member())))?;
        Ok(rows.into_iter().map(|row| row.device).collect())
    }

    /// Somebody by the tag, or by a device.
    fn whose(&self, text: &str) -> Result<Someone, Box<dyn Error>> {
        let Ok(device) = text.parse::<DeviceId>() else { return someone(text) };
        let rows = self.runtime.block_on(self.store().devices(None))?;
        let owner = rows.into_iter().find(|row| row.device == device).ok_or("no such device")?.member;
        Ok(district::people().into_iter().find(|who| who.member() == owner).ok_or("nobody of the district")?)
    }

    fn digests(&self, who: &Someone) -> Answer {
        let keys = who.record().subscription().into_iter().collect();
        let digests = self.runtime.block_on(self.store().digests(keys))?;
        let digests: BTreeMap<String, String> =
            digests.into_iter().map(|(key, digest)| (key.to_string(), digest.0.to_hex())).collect();
        Ok(json!({ "digests": digests }))
    }
}

fn someone(tag: &str) -> Result<Someone, Box<dyn Error>> {
    Ok(district::people().into_iter().find(|who| who.tag == tag).ok_or("nobody of that tag")?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, mode) = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [folder] => (folder.to_string(), TlsMode::Off),
        [folder, "--tls"] => (folder.to_string(), TlsMode::Own),
        _ => return Err("usage: redvest-world FOLDER [--tls]".into()),
    };
    std::fs::create_dir_all(&folder)?;
    let district = District::start(Path::new(&folder), mode)?;
    println!("{}", district.greeting()?);
    for line in std::io::stdin().lock().lines() {
        let answer = district.obey(&line?).unwrap_or_else(|error| json!({ "error": error.to_string() }));
        println!("{answer}");
    }
    let District { running, runtime, line, .. } = district;
    drop(line);
    runtime.block_on(running.stop());
    Ok(())
}
