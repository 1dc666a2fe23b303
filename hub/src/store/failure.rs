//! How SQL fails: the hub's other parts never see the database's own errors.

use crate::error::{HubError, Refusal};

impl From<rusqlite::Error> for HubError {
    fn from(error: rusqlite::Error) -> Self {
        HubError::Database(error.into())
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        HubError::from(error).into()
    }
}
