//! A phone at a desk.
use crate::cli::Ctx;
use crate::failure::Failure;
use clap::Subcommand;

/// What a phone does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 登记 || Enrol
    Enrol,
}
impl Command {
    pub(crate) fn run(self, _ctx: &Ctx) -> Result<(), Failure> {
        Ok(())
    }
}
