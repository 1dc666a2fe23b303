//! Choosing: categories, reasons, and whom a dispatcher may name. Reads documents above all, so it works before any sync.

use redvest_domain::id::{CategoryCode, TicketId};
use redvest_domain::key::Key;
use redvest_domain::reference::{Category, GridTree, Reasons};
use redvest_domain::terms::Holder;
use rusqlite::Connection;

use super::place::grid_name;
use super::rows::{Screen, metres};
use crate::store::lists::REPORTED;
use crate::store::shown::view;
use crate::store::{Card, Identity, members, meta};
use crate::view::{CatalogueView, CategoryGroup, CategoryRow, HolderRow};
use crate::{Client, Error};

/// Most of what was used last that is shown.
pub(super) const RECENT: usize = 8;
/// Own reports that are looked through for that.
const LOOKED_THROUGH: i64 = 200;
/// Most holders that one call gives.
const MOST_HOLDERS: usize = 200;

impl Client {
    /// The categories that a report can have, in groups, with those of this member's last reports before all. A text
    /// keeps those that it finds: in a name, in the pinyin initials, at the beginning of a code.
    ///
    /// # Errors
    /// Those of the database.
    pub fn catalogue(&self, text: Option<&str>) -> Result<CatalogueView, Error> {
        let reference = self.store().reference();
        let catalogue = reference.catalogue();
        let is_shown = |category: &Category| !category.retired && text.is_none_or(|text| category.matches(text));
        let mut recent: Vec<CategoryCode> = Vec::new();
        for card in self.last_reports()? {
            if !recent.contains(&card.category) {
                recent.push(card.category);
            }
        }
        let recent = recent.iter().filter_map(|code| reference.category(code)).filter(|one| is_shown(one));
        let groups = catalogue.groups.iter().map(|group| CategoryGroup {
            code: group.code.to_string(),
            zh: group.name.clone(),
            en: group.name_en.clone(),
            categories: {
                let within = catalogue.categories.iter().filter(|category| category.group == group.code);
                within.filter(|category| is_shown(category)).map(row).collect()
            },
        });
        Ok(CatalogueView {
            zh: catalogue.name.clone(),
            en: catalogue.name_en.clone(),
            note_zh: catalogue.note.clone(),
            note_en: catalogue.note_en.clone(),
            recent: recent.take(RECENT).map(row).collect(),
            groups: groups.filter(|group| !group.categories.is_empty()).collect(),
        })
    }

    /// The reasons that people choose from, as the policy in force has them.
    pub fn reasons(&self) -> Reasons {
        self.store().reference().policy().reasons.clone()
    }

    /// Whom this member may name as lead or cooperating on a ticket: every agency, then grids of the member's own scope,
    /// those near the ticket's place first; at most 200. Nobody where this member dispatches nothing.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`], [`Error::NotEnrolled`], those of the database.
    pub fn holders(&self, ticket: TicketId) -> Result<Vec<HolderRow>, Error> {
        let (store, reference) = (self.store(), self.store().reference());
        store.draw();
        store.db.read(|connection| {
            let screen = Screen::new(store, connection, &reference)?;
            let state = view(connection, ticket)?.ok_or(Error::UnknownTicket)?.ticket;
            let record = members::own(connection, screen.me)?;
            let grids = reference.grids();
            let mut scopes: Vec<&Key> = Vec::new();
            for acting in record.roles.iter().filter(|_| record.active) {
                if state.has_dispatcher(acting) {
                    scopes.push(&acting.key);
                } else if state.has_lead(acting) && state.terms.hand_on {
                    // Who hands a ticket on may hand it to anybody.
                    scopes.push(&Key::Workspace);
                }
            }
            if scopes.is_empty() {
                return Ok(Vec::new());
            }
            let agencies = reference.agencies().agencies.iter().map(|agency| Holder::Agency(agency.code.clone()));
            let below = in_scope(grids, &scopes, &state.pin_path).into_iter().map(Holder::Grid);
            let rows = agencies.chain(below).take(MOST_HOLDERS).map(|holder| {
                let level = match &holder {
                    Holder::Grid(code) => grids.get(code).map(|grid| grid_name(grids, grid)),
                    Holder::Agency(_) => None,
                };
                HolderRow {
                    key: Key::from(&holder).to_string(),
                    zh: screen.holder_zh(&holder),
                    en: screen.holder_en(&holder),
                    level_zh: level.as_ref().map(|level| level.level_zh.clone()),
                    level_en: level.map(|level| level.level_en),
                    leads: state.lead.as_ref() == Some(&holder),
                    cooperates: state.cooperating.contains(&holder),
                }
            });
            Ok(rows.collect())
        })
    }

    /// Cards of this member's last reports, the newest first; none before this device is enrolled.
    pub(super) fn last_reports(&self) -> Result<Vec<Card>, Error> {
        self.store().draw();
        let mut cards = self.store().db.read(last_reports)?;
        cards.sort_by_key(|card| (std::cmp::Reverse(card.reported), card.ticket));
        Ok(cards)
    }
}

/// The reports that moved last.
fn last_reports(connection: &Connection) -> Result<Vec<Card>, Error> {
    if meta::get::<Identity>(connection, meta::name::IDENTITY)?.is_none() {
        return Ok(Vec::new());
    }
    let mut query = connection.prepare_cached(
        "SELECT card FROM listing JOIN shown ON shown.ticket = listing.ticket
         WHERE audience = ?1 ORDER BY sort, listing.ticket LIMIT ?2",
    )?;
    let mut rows = query.query((REPORTED, LOOKED_THROUGH))?;
    let mut cards = Vec::new();
    while let Some(row) = rows.next()? {
        cards.push(meta::stored(&row.get::<_, Vec<u8>>(0)?)?);
    }
    Ok(cards)
}

/// Grids in one of these scopes: those that share the most of the ticket's path first, else in the document's order.
fn in_scope(
    grids: &GridTree,
    scopes: &[&Key],
    pin_path: &[redvest_domain::id::GridCode],
) -> Vec<redvest_domain::id::GridCode> {
    let mut found = Vec::new();
    for (at, grid) in grids.document().grids.iter().enumerate() {
        let path = grids.path(&grid.code);
        let is_in = scopes.iter().any(|scope| match scope {
            Key::Grid(code) => path.contains(code),
            _ => true,
        });
        if is_in {
            let shared = path.iter().zip(pin_path).take_while(|(one, other)| one == other).count();
            found.push((std::cmp::Reverse(shared), at, grid.code.clone()));
        }
    }
    found.sort();
    found.into_iter().map(|(_, _, code)| code).collect()
}

fn row(category: &Category) -> CategoryRow {
    CategoryRow {
        code: category.code.clone(),
        zh: category.name.clone(),
        en: category.name_en.clone(),
        initials: category.initials.clone(),
        group: category.group.to_string(),
        urgent: category.urgent,
        outcome: category.outcome,
        photos_before: category.photos.before.into(),
        photos_after: category.photos.after.into(),
        accuracy_gate_m: category.accuracy_gate_cm.map(metres),
        handler: category.handler,
    }
}
