//! The office's way to a workspace: its data folder, or the hub that serves it.

use std::path::Path;
use std::sync::Arc;

use super::{Denied, Desk, Order, Reply, carry_out};
use crate::clock::Clock;
use crate::error::HubError;
use crate::store::Store;

/// A workspace that takes orders.
#[derive(Debug, Clone)]
pub enum Office {
    /// The data folder, opened here.
    Here(Store),
    /// A hub that serves the folder.
    There(Desk),
}

impl Office {
    /// Opens the data folder; if another program has it open, and that is a hub that serves it, gives the way to that
    /// hub, whose own clock then counts.
    ///
    /// # Errors
    /// `no_workspace` when nothing was set up, `already_open` when the owner takes no orders, and whatever keeps the
    /// store from opening.
    pub async fn open(data: &Path, clock: Arc<dyn Clock>) -> Result<Office, Denied> {
        // Opening makes what is missing, which only setting up should do.
        if !data.join(crate::store::DATABASE).exists() {
            return Err(HubError::NoWorkspace.into());
        }
        match Store::open(data, clock) {
            Ok(store) => {
                if let Err(error) = store.site().await {
                    store.close().await;
                    return Err(error.into());
                }
                Ok(Office::Here(store))
            }
            Err(error) => {
                let denied = Denied::from(error);
                let desk = if denied.code == "already_open" { Desk::find(data).await } else { None };
                desk.map(Office::There).ok_or(denied)
            }
        }
    }

    /// Has an order carried out.
    ///
    /// # Errors
    /// As [`carry_out`]; `desk_silent` when the serving hub went away meanwhile.
    pub async fn ask(&self, order: Order) -> Result<Reply, Denied> {
        match self {
            Office::Here(store) => carry_out(store, order).await,
            Office::There(desk) => desk.ask(&order).await,
        }
    }

    /// Lets go of the data folder.
    pub async fn close(self) {
        if let Office::Here(store) = self {
            store.close().await;
        }
    }
}
