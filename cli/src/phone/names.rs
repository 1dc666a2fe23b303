//! `redvest names`: the codes to choose from, with their names, as the documents held here have them.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::Phone;
use crate::failure::Failure;

/// What can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    /// Categories.
    Categories,
    /// Grids.
    Grids,
    /// Agencies.
    Agencies,
    /// Reasons.
    Reasons,
}

/// Arguments of `redvest names`.
#[derive(Debug, Args)]
pub struct Names {
    /// 哪一类：事项、网格、责任单位、原因 || What to list
    #[arg(default_value = "categories")]
    what: What,
    /// 只列出含有这些文字的 || Only those that contain this
    filter: Option<String>,
}

/// A code with its names, and what it belongs to.
struct Named {
    code: String,
    zh: String,
    en: String,
    within: String,
}

impl Names {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let out = phone.ctx.out;
        let reference = phone.client.store().reference();
        let mut all: Vec<Named> = Vec::new();
        match self.what {
            What::Categories => {
                for category in reference.catalogue().categories.iter().filter(|category| !category.retired) {
                    all.push(Named {
                        code: category.code.to_string(),
                        zh: category.name.clone(),
                        en: category.name_en.clone(),
                        within: category.group.to_string(),
                    });
                }
            }
            What::Grids => {
                for grid in &reference.grids().document().grids {
                    let within = grid.parent.as_ref().map(ToString::to_string).unwrap_or_default();
                    all.push(Named { code: grid.code.to_string(), zh: grid.name.clone(), en: String::new(), within });
                }
            }
            What::Agencies => {
                for agency in &reference.agencies().agencies {
                    let (code, zh) = (agency.code.to_string(), agency.name.clone());
                    all.push(Named { code, zh, en: String::new(), within: String::new() });
                }
            }
            What::Reasons => {
                for (list, reasons) in reference.policy().reasons.lists() {
                    all.extend(reasons.iter().map(|reason| Named {
                        code: reason.code.to_string(),
                        zh: reason.zh.clone(),
                        en: reason.en.clone(),
                        within: list.to_owned(),
                    }));
                }
            }
        }
        if let Some(filter) = self.filter.map(|filter| filter.to_lowercase()) {
            all.retain(|named| {
                [&named.code, &named.zh, &named.en, &named.within]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&filter))
            });
        }
        let mut rows = Vec::new();
        for named in all {
            let Named { code, zh, en, within } = named;
            out.object(&json!({ "code": code, "zh": zh, "en": en, "within": within }))?;
            let name = if en.is_empty() { zh } else { out.pick(&zh, &en).to_owned() };
            rows.push(vec![code, name, within]);
        }
        out.table(&[("编码", "code"), ("名称", "name"), ("所属", "within")], rows)
    }
}
