package cn.redvest.app.ticket

import cn.redvest.app.App
import cn.redvest.app.camera.Handover
import cn.redvest.app.report.Shot
import cn.redvest.core.Draft
import java.io.File
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
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
 * leaving the screen cost nothing; photos lie in the core, or in [folder] until it has them. Nothing is kept before
 * something was filled in.
 */
class Rectifying(private val app: App, private val ticket: String) {
    private val folder = File(app.noBackupFilesDir, Handover.FOLDER).apply { mkdirs() }
    private var draft: Draft? = null

    /** Whether the core keeps it, so that it can be thrown away. */
    var isKept: Boolean = false
        private set

    /** What is kept of it, or an empty one; a photo that the end of the process left behind is taken in. */
    suspend fun load(): Kept {
        inTurn {
            if (draft != null) return@inTurn
            draft = app.redVest().ask {
                drafts().find { it.ticket == ticket }?.also { isKept = true } ?: newDraft().copy(ticket = ticket)
            }
        }
        for (file in files()) take(file)
        val now = requireNotNull(draft) { "it was just loaded" }
        return Kept(now, shots(now.after))
    }

    private suspend fun shots(hashes: List<String>): List<Shot> {
        if (hashes.isEmpty()) return emptyList()
        val paths = app.redVest().ask { unboundPhotos() }.associate { it.hash to it.thumbnail }
        return hashes.map { Shot(it, paths[it]) }
    }

    private fun files(): List<File> = folder.listFiles().orEmpty().filter { it.name.startsWith(name()) }.sorted()

    private fun name() = "after-$ticket-"

    /** A new place for a photo that is about to be taken. It names the ticket, which the process that comes next knows. */
    fun fileFor(): File = File(folder, "${name()}${app.now()}.jpg")

    /** Takes a photo in. When this returns the core has it, and the draft names it. */
    suspend fun take(file: File): Shot {
        val photo = app.redVest().ask { importPhoto(file.path) }
        keep { if (photo.hash in it.after) it else it.copy(after = it.after + photo.hash) }
        file.delete()
        return Shot(photo.hash, photo.thumbnail)
    }

    /** Changes what is kept, and keeps it. Where the phone is changes all the time, and is kept with what else changes. */
    suspend fun keep(change: (Draft) -> Draft): Unit = inTurn {
        val old = draft ?: return@inTurn
        val new = change(old)
        if (new.copy(fix = null) == old.copy(fix = null)) return@inTurn
        draft = new
        app.redVest().ask { saveDraft(new) }
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
        files().forEach { it.delete() }
    }

    /**
     * One at a time in the whole process, to its end: a screen that is made anew reads only after the one before it wrote
     * what it still had to write.
     */
    private suspend fun inTurn(work: suspend () -> Unit) = withContext(NonCancellable) { TURN.withLock { work() } }

    private companion object {
        val TURN = Mutex()
    }
}
