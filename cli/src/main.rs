//! The program `redvest`.

use std::process::ExitCode;

fn main() -> ExitCode {
    redvest_cli::main()
}
