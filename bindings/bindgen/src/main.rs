//! `redvest-bindgen LANGUAGE LIBRARY FOLDER`: writes the Kotlin or Swift sources that speak to a built library of
//! redvest-bindings. The library must not be stripped: what it exports is described by its symbols.
//!
//! A crate of its own, so that the generator's many dependencies never come near the library that phones carry.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use camino::Utf8PathBuf;
use uniffi_bindgen::BindgenPaths;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate_with_bindgen_paths};

const USAGE: &str = "usage: redvest-bindgen kotlin|swift LIBRARY FOLDER

LIBRARY  the built redvest-bindings, not stripped: libredvest_core.so, .dylib or .a
FOLDER   where the sources go; it is created if it is missing";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [language, library, folder] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let language = match language.as_str() {
        "kotlin" => TargetLanguage::Kotlin,
        "swift" => TargetLanguage::Swift,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let names = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../uniffi.toml");
    let options = GenerateOptions {
        languages: vec![language],
        source: Utf8PathBuf::from(library),
        out_dir: Utf8PathBuf::from(folder),
        config_override: Some(names),
        ..GenerateOptions::default()
    };
    match generate_with_bindgen_paths(options, BindgenPaths::default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("redvest-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
