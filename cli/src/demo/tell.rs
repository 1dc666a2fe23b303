//! Telling the story: sentences and tables for people, an object a line for programs.

use redvest_client::view::TicketRow;
use redvest_domain::time::HOUR_MS;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::out::Out;

/// Tells step after step.
pub(super) struct Teller {
    out: Out,
    step: u32,
}

impl Teller {
    /// Tells to `out`.
    pub(super) fn new(out: Out) -> Teller {
        Teller { out, step: 0 }
    }

    /// A new step: its name, what happens in two languages, and facts for programs.
    pub(super) fn step(&mut self, name: &str, zh: &str, en: &str, facts: Value) -> Result<(), Failure> {
        self.step += 1;
        if self.out.json {
            let mut line = Map::new();
            line.insert("step".to_owned(), json!(self.step));
            line.insert("name".to_owned(), json!(name));
            line.insert("zh".to_owned(), json!(zh));
            line.insert("en".to_owned(), json!(en));
            if let Value::Object(facts) = facts {
                line.extend(facts);
            }
            return self.out.object(&line);
        }
        self.out.text(&format!("\n{:>2}  {zh}\n    {en}", self.step))
    }

    /// More of the same step, for people.
    pub(super) fn more(&self, zh: &str, en: &str) -> Result<(), Failure> {
        self.out.text(&format!("    · {zh}\n      {en}"))
    }

    /// Tickets as a table with both languages in its head.
    pub(super) fn tickets(&self, rows: &[TicketRow]) -> Result<(), Failure> {
        if self.out.json {
            return Ok(());
        }
        let header = ["编号 number", "事项 category", "网格 grid", "阶段 stage", "主办 lead", "到期 due"];
        let cells = rows.iter().map(|row| {
            let due = row.due.map(|due| due.plus_ms(8 * HOUR_MS).to_utc().format("%m-%d %H:%M").to_string());
            vec![
                row.number.clone(),
                row.category_zh.clone(),
                row.grid_zh.clone().unwrap_or_default(),
                row.stage_zh.clone(),
                row.lead_zh.clone().unwrap_or_else(|| "—".to_owned()),
                due.unwrap_or_else(|| "—".to_owned()),
            ]
        });
        self.out.table(&header.map(|both| (both, both)), cells.collect())
    }

    /// The last line for programs.
    pub(super) fn end(&self, line: &Value) -> Result<(), Failure> {
        self.out.object(line)
    }
}
