//! Asking before something is put into force.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::cli::Ctx;
use crate::failure::{Failure, Input};

/// Whether the person at the terminal agrees; `--yes` agrees beforehand.
///
/// # Errors
/// `needs_yes` when nobody is there to ask.
pub(super) fn confirm(ctx: &Ctx, yes: bool, zh: &str, en: &str) -> Result<bool, Failure> {
    if yes {
        return Ok(true);
    }
    if ctx.out.json || !io::stdin().is_terminal() {
        return Err(Input::new(
            "needs_yes",
            "需要确认：看过上面的变化后，加上 --yes 再执行；只看变化用 --dry-run。",
            "This needs a yes: look at the changes above and add --yes, or --dry-run to look only.",
        )
        .into());
    }
    write!(io::stderr(), "{} [y/N] ", ctx.out.pick(zh, en))?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let answer = answer.trim().to_lowercase();
    Ok(matches!(answer.as_str(), "y" | "yes" | "是"))
}
