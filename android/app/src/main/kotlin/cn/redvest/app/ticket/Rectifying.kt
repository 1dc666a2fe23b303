package cn.redvest.app.ticket

import cn.redvest.app.App
import cn.redvest.app.report.Shot
import cn.redvest.app.report.shots
import cn.redvest.core.Draft
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** The draft of a rectification as the form needs it. */
data class Kept(
    /** What is kept. */
    val draft: Draft,
    /** Its photos. */
    val photos: List<Shot>,
)

/**
 * A rectification in the making. What the user fills in lies in the core's draft, so that the end of the process and
 * leaving the screen cost nothing. Nothing is kept before something was filled in.
 */
class Rectifying(private val app: App, private val ticket: String) {
    private var draft: Draft? = null

    /** Whether the core keeps it, so that it can be thrown away. */
    var isKept: Boolean = false
        private set

    /** What is kept of it, or an empty one. */
    suspend fun load(): Kept {
        inTurn {
            if (draft != null) return@inTurn
            draft = app.redVest().ask {
                drafts().find { it.ticket == ticket }?.also { isKept = true } ?: newDraft().copy(ticket = ticket)
            }
        }
        val now = requireNotNull(draft) { "it was just loaded" }
        return Kept(now, app.redVest().ask { shots(now.after) })
    }

    /** Changes what is kept, and keeps it. Where the phone is changes all the time, and is kept with what else changes. */
    suspend fun keep(change: (Draft) -> Draft): Unit = inTurn {
        val old = draft ?: return@inTurn
        val new = change(old)
        if (new.copy(fix = null) == old.copy(fix = null)) return@inTurn
        app.redVest().ask { saveDraft(new) }
        // Not before it is kept: what a full disk refused is tried again with the next change.
        draft = new
        isKept = true
    }

    /** Does what the draft is for; what is still on its way to the draft must not bring it back. */
    suspend fun done(work: suspend (draft: String?) -> Unit): Unit = inTurn {
        work(draft?.id)
        forget()
    }

    /** Throws it away; the core keeps its photos among those that are on no ticket. */
    suspend fun discard(): Unit = inTurn {
        val old = draft ?: return@inTurn
        app.redVest().ask { discardDraft(old.id) }
        forget()
    }

    private fun forget() {
        draft = null
        isKept = false
    }

    /**
     * One at a time in the whole process, to its end: a screen that is made anew reads only after the one before it wrote
     * what it still had to write.
     */
    private suspend fun inTurn(work: suspend () -> Unit) = withContext(NonCancellable) { app.keeping.withLock { work() } }
}
