//! Why an event does not fit a ticket's state: on the phone a refusal before anything is written, in the fold an
//! anomaly.

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::codes::Code;

macro_rules! misfits {
    ($($(#[$doc:meta])* $number:literal $name:ident)*) => {
        /// A mismatch of state. Every one has a [`Code`] of the same name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Encode, Decode)]
        #[serde(rename_all = "snake_case")]
        #[cbor(index_only)]
        pub enum Misfit {
            $($(#[$doc])* #[n($number)] $name,)*
        }

        impl Misfit {
            /// Every misfit.
            pub const ALL: &[Misfit] = &[$(Misfit::$name,)*];

            /// The code with its sentences.
            pub fn code(self) -> Code {
                match self {
                    $(Misfit::$name => Code::$name,)*
                }
            }
        }
    };
}

misfits! {
    /// The stage does not allow it.
    0 StageForbids
    /// Already closed.
    1 AlreadyClosed
    /// Already voided.
    2 AlreadyVoided
    /// Somebody already took it.
    3 AlreadyAccepted
    /// It is already rectified.
    4 AlreadyRectified
    /// The author's grid or agency does not lead it now.
    5 NotTheHolder
    /// The author's grid or agency does not cooperate on it now.
    6 NotCooperating
    /// The author is no dispatcher of it now.
    7 NotDispatcher
    /// The author is no reviewer of it now.
    8 NotReviewer
    /// A newer rectification waits to be judged.
    9 NewerRectification
    /// It is not suspended.
    10 NotSuspended
    /// The ask was answered or withdrawn.
    11 NoOpenAsk
    /// Another ask still waits for its answer.
    12 AskPending
    /// The terms do not let holders hand tickets on.
    13 HandOnForbidden
    /// The days for reopening are over.
    14 ReopenTooLate
    /// Only the reporter may still do this, or nobody any more.
    15 ReporterTooLate
    /// There is nothing to draw, or it was drawn.
    16 NothingToDraw
    /// The ticket is not what the event takes it to be.
    17 OutOfPlace
}
