package cn.redvest.app.report

import cn.redvest.app.App
import cn.redvest.app.place.Lost
import cn.redvest.core.CategoryRow
import cn.redvest.core.Done
import cn.redvest.core.Draft
import cn.redvest.core.Fix
import cn.redvest.core.OnTheSpot
import cn.redvest.core.Outcome
import cn.redvest.core.Report
import cn.redvest.core.Source
import cn.redvest.sdk.RedVestFailure
import cn.redvest.sdk.by
import java.io.File
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Of which of a report's photos a file is. */
private const val BEFORE = "before"
private const val AFTER = "after"

/** Metres around the pin in which tickets and borders are shown. */
private const val AROUND = 100u

/**
 * A report in the making. Everything that the user does lies in the core's draft when the call returns, so that the end
 * of the process costs nothing; photos lie in the core, or in files until it has them. [awaited] is one of these that another
 * app may still be writing.
 */
class Drafting(private val app: App, awaited: () -> File?) {
    private val told = MutableStateFlow<ReportState?>(null)
    private val turn = Mutex()
    private val loading = Mutex()
    private val incoming = Incoming(app, awaited) { told.value?.draft?.id }

    /** What the form shows; nothing until it is loaded. */
    val state: StateFlow<ReportState?> = told

    /** Begins a draft, or goes on with one. */
    suspend fun load(id: String?): Unit = loading.withLock {
        if (told.value != null) return@withLock
        val core = app.redVest()
        val draft = core.ask { drafts().find { it.id == id } ?: newDraft() }
        val (before, after) = core.ask { shots(draft.before) to shots(draft.after) }
        told.value = ReportState(
            draft, draft.category?.let { category(it) }, before, after, null, draft.fix, null,
            emptyList(), null, saving = false, now = app.now(),
        )
        look()
    }

    /** Takes photos in that the core does not have yet because the process ended or the disk was full. */
    suspend fun takeWaiting() {
        val files = incoming.waiting()
        for (file in files) {
            try {
                take(file, after = "-$AFTER-" in file.name)
            } catch (failure: RedVestFailure.Input) {
                // What is no photo is gone now.
                if (failure.code == Incoming.UNREADABLE) throw failure
            }
        }
        if (files.isNotEmpty()) told.value = told.value?.copy(failure = null)
    }

    private suspend fun category(code: String): CategoryRow? = app.redVest().ask {
        catalogue(null).groups.flatMap { it.categories }.find { it.code == code }
    }

    /** Keeps the draft as it is, so that it is found again by its name. */
    suspend fun keepNow() {
        val draft = told.value?.draft ?: return
        app.redVest().ask { saveDraft(draft) }
    }

    /** A new place for a photo that is about to be taken. */
    fun fileFor(after: Boolean): File = incoming.fileFor(if (after) AFTER else BEFORE)

    /** Takes a photo in. When this returns the core has it; when it fails the photo waits in its file. */
    suspend fun take(file: File, after: Boolean) {
        try {
            incoming.take(file) { shot ->
                change { state ->
                    val draft = state.draft
                    if (shot.hash in draft.before + draft.after) return@change state
                    if (after) state.copy(draft = draft.copy(after = draft.after + shot.hash), after = state.after + shot)
                    else state.copy(draft = draft.copy(before = draft.before + shot.hash), before = state.before + shot)
                }
            }
        } finally {
            told.value = told.value?.copy(waiting = incoming.waiting().size)
        }
    }

    /** Takes a photo off the draft; the core keeps it among those that are on no report. */
    suspend fun drop(shot: Shot) = change { state ->
        val draft = state.draft.copy(before = state.draft.before - shot.hash, after = state.draft.after - shot.hash)
        state.copy(draft = draft, before = state.before - shot, after = state.after - shot)
    }

    /** Chooses the category. */
    suspend fun choose(category: CategoryRow) {
        change { it.copy(draft = it.draft.copy(category = category.code), category = category) }
        look()
    }

    /** Changes what is kept, and keeps it. */
    suspend fun keep(change: (Draft) -> Draft) = change { it.copy(draft = change(it.draft)) }

    private suspend fun change(change: (ReportState) -> ReportState) = turn.withLock {
        val old = told.value ?: return@withLock
        val new = change(old)
        told.value = new
        if (new.draft != old.draft) app.redVest().ask { saveDraft(new.draft) }
    }

    /** Takes a measurement, or that there is none. */
    suspend fun measured(fix: Fix?, lost: Lost?) {
        turn.withLock { told.value = told.value?.let { it.copy(fix = fix ?: it.fix, lost = lost) } }
        look()
    }

    /** Looks what is known of the place; reasons are offered once the measurement had its time. */
    suspend fun look(patient: Boolean = false) {
        val state = told.value ?: return
        val draft = state.draft
        val (place, reasons) = app.redVest().ask {
            val at = draft.pin ?: state.fix?.position
            place(at, state.fix, draft.category, AROUND) to reasons().gate
        }
        val asked = draft.category != null && !place.gateMet && (patient || state.lost != null || draft.gateReason != null)
        turn.withLock {
            told.value = told.value?.copy(place = place, reasons = if (asked) reasons else emptyList(), now = app.now())
        }
    }

    /** Says why it could not be saved, or that it is being saved. */
    fun say(failure: String?, saving: Boolean) {
        told.value = told.value?.copy(failure = failure, saving = saving)
    }

    /** Reports, with the photos that wait too. When this returns the report is durable and the draft is gone. */
    suspend fun report(): Done {
        takeWaiting()
        return turn.withLock { reportNow() }
    }

    private suspend fun reportNow(): Done {
        val state = requireNotNull(told.value) { "the form is shown, so it was loaded" }
        val draft = state.draft
        val category = draft.category.orEmpty()
        // A grid picked by hand stands for the place, unless the pin was put by hand too.
        val pin = draft.pin ?: if (draft.grid == null) state.fix?.position else null
        val onTheSpot = draft.outcome?.let { OnTheSpot(it, if (it == Outcome.RECTIFIED) draft.after else emptyList(), null) }
        val request = Report(
            category = category, pin = pin, fix = state.fix, grid = draft.grid, photos = draft.before,
            source = draft.source ?: Source.PATROL, recurs = draft.recurs,
            gateReason = draft.gateReason.takeIf { state.reasons.isNotEmpty() },
            place = draft.place?.trim()?.ifEmpty { null }, onTheSpot = onTheSpot, draft = draft.id,
        )
        val done = app.redVest().ask { report(request, by(draft.words?.trim()?.ifEmpty { null })) }
        forget()
        return done
    }

    /** What is still on its way to the draft must not bring it back. */
    private fun forget() {
        incoming.clear()
        told.value = null
    }

    /** Throws the draft away. */
    suspend fun discard(): Unit = turn.withLock {
        val draft = told.value?.draft ?: return@withLock
        forget()
        app.redVest().ask { discardDraft(draft.id) }
    }
}
