//! What is open around a position: so that nobody reports the same thing twice.

use redvest_domain::geo::distance_m;
use redvest_domain::id::TicketId;
use redvest_domain::place::Position;
use rusqlite::params;

use super::rows::Screen;
use crate::store::shown::{card, cell_number, cell_of};
use crate::view::TicketRow;
use crate::{Client, Error};

/// Most tickets that one call gives.
const MOST: usize = 200;
/// Largest radius in metres; beyond it a list answers better.
pub(super) const LARGEST_M: u32 = 5_000;
/// 1e-7 degree of latitude in one metre, a little more than there are.
const E7_IN_METRE: f64 = 90.0;

impl Client {
    /// Open tickets within so many metres (at most 5,000), the nearest first, at most 200, each with its distance and
    /// its photo.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn nearby(&self, position: Position, radius_m: u32) -> Result<Vec<TicketRow>, Error> {
        let radius = radius_m.min(LARGEST_M);
        let (store, reference) = (self.store(), self.store().reference());
        store.draw();
        store.db.read(|connection| {
            let mut screen = Screen::new(store, connection, &reference)?;
            let mut found = spots(connection, position, radius)?;
            found.sort_by_key(|(metres, ticket)| (*metres, *ticket));
            found.truncate(MOST);
            let mut rows = Vec::with_capacity(found.len());
            for (metres, ticket) in found {
                let Some(card) = card(connection, ticket)? else { continue };
                rows.push(TicketRow { distance_m: Some(metres), ..screen.row(card)? });
            }
            Ok(rows)
        })
    }
}

/// Open tickets in the cells that a circle touches, less those outside it. Cells of one row follow each other, so each
/// row is one range.
fn spots(connection: &rusqlite::Connection, position: Position, radius: u32) -> Result<Vec<(u32, TicketId)>, Error> {
    let (lat, lon) = (i64::from(position.lat_e7), i64::from(position.lon_e7));
    let high = (f64::from(radius) * E7_IN_METRE) as i64;
    // Degrees of longitude grow shorter towards the poles; there a row is simply searched widely.
    let wide = (high as f64 / position.lat().to_radians().cos().max(0.05)) as i64;
    let (first, left) = cell_of(lat - high, lon - wide);
    let (last, right) = cell_of(lat + high, lon + wide);
    let mut found = Vec::new();
    for row in first..=last {
        let mut query =
            connection.prepare_cached("SELECT ticket, lat_e7, lon_e7 FROM spot WHERE cell BETWEEN ?1 AND ?2")?;
        let mut rows = query.query(params![cell_number(row, left), cell_number(row, right)])?;
        while let Some(spot) = rows.next()? {
            let at = Position { lat_e7: spot.get(1)?, lon_e7: spot.get(2)? };
            let metres = distance_m(position, at);
            if metres <= f64::from(radius) {
                // At most LARGEST_M.
                found.push((metres.round() as u32, TicketId::from_bytes(spot.get(0)?)));
            }
        }
    }
    Ok(found)
}
