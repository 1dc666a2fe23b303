package cn.redvest.app.sync

import android.view.Gravity
import android.view.View
import cn.redvest.app.R
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.card
import cn.redvest.app.ui.column
import cn.redvest.app.ui.fact
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.group
import cn.redvest.app.ui.icon
import cn.redvest.app.ui.text
import cn.redvest.app.ui.toggle
import cn.redvest.core.BlobRole
import cn.redvest.core.Failure
import cn.redvest.core.NetFailure
import cn.redvest.core.Phase
import cn.redvest.core.PhotosWaiting
import cn.redvest.core.PostponedRow
import cn.redvest.core.Queue
import cn.redvest.core.RedVestException
import cn.redvest.core.SessionRow
import cn.redvest.core.Summary
import cn.redvest.core.netFailure

/** A sync that is under way. */
data class UnderWay(
    /** What it is at. */
    val phase: Phase,
    /** What it did so far. */
    val summary: Summary,
    /** Bytes of photos sent in the last second or so; nothing before the first photo. */
    val bytesPerSecond: Long?,
)

/** What the sync screen shows. */
data class SyncState(
    /** What waits. */
    val queue: Queue,
    /** The last syncs, the newest first. */
    val past: List<SessionRow>,
    /** The sync under way, if one is. */
    val running: UnderWay?,
    /** Why the last sync ended early, if it did. */
    val failure: Failure?,
    /** When the last page came. */
    val lastSync: Long?,
    /** Whether originals wait for Wi-Fi. */
    val wifiOnly: Boolean,
    /** Whether this phone is online. */
    val online: Boolean,
    /** Whether the network has no price by the byte. */
    val unmetered: Boolean,
    /** When this is shown. */
    val now: Long,
)

/** What a user can do about syncing. */
interface SyncActs {
    /** Syncs now. */
    fun start()

    /** Ends the sync under way. */
    fun stop()

    /** Says whether originals wait for Wi-Fi. */
    fun wifiOnly(on: Boolean)

    /** Writes the report for whoever looks after the program. */
    fun diagnostic()

    /** Shows the enrolment, which the hub asks for anew. */
    fun enrol()
}

/** What waits to be sent, what went wrong and what to do about it, and the last syncs. */
fun Ui.syncBody(state: SyncState, acts: SyncActs): View = column(12) {
    val words = Words(this@syncBody, state.now)
    put(status(state, words))
    put(trouble(state, words, acts))
    put(group(say(R.string.waiting_to_be_sent)))
    put(queueCard(state))
    put(postponed(state.queue.postponed, words))
    put(toggle(say(R.string.wifi_only), say(R.string.wifi_only_more), state.wifiOnly, acts::wifiOnly))
    put(group(say(R.string.last_syncs)))
    put(history(state.past, words))
    put(group(say(R.string.help)))
    put(card(4, act = acts::diagnostic, says = say(R.string.diagnostic)) {
        put(beside(12) {
            put(icon(R.drawable.ic_file))
            put(column(2) {
                put(text(say(R.string.diagnostic), Type.Head))
                put(text(say(R.string.diagnostic_more), Type.Soft))
            }, weight = 1f)
            put(icon(R.drawable.ic_forward))
        })
    })
}

/** The button at the bottom: syncs now, or ends the sync under way. */
fun Ui.syncFoot(state: SyncState, acts: SyncActs): View = footer(
    if (state.running == null) {
        button(say(R.string.sync_now), Loud.Main, R.drawable.ic_sync, acts::start)
    } else {
        button(say(R.string.stop), Loud.Second, R.drawable.ic_close, acts::stop).apply { minHeight = dp(64) }
    },
)

private fun Ui.status(state: SyncState, words: Words): View {
    val running = state.running
    val waiting = state.queue.eventsWaiting > 0uL || state.queue.photos.any { it.files > 0uL }
    val (head, tone, sign) = when {
        running != null -> Triple(phaseName(running.phase), Tone.Info, R.drawable.ic_sync)
        state.failure != null -> Triple(say(R.string.sync_failed), Tone.Bad, R.drawable.ic_warning)
        waiting -> Triple(say(R.string.still_waiting), Tone.Warn, R.drawable.ic_send)
        else -> Triple(say(R.string.all_sent), Tone.Good, R.drawable.ic_check)
    }
    val last = state.lastSync?.let { say(R.string.last_sync, words.time(it)) } ?: say(R.string.never_synced)
    return card(8) {
        put(beside(12) {
            put(icon(sign, tone.ink, 32), width = dp(grown(32)), height = dp(grown(32)))
            put(column(2) {
                put(text(head, Type.Title))
                put(text(last, Type.Soft))
            }, weight = 1f)
        })
        if (running != null) {
            put(fact(say(R.string.sent_so_far), sentSoFar(running.summary, words)))
            val speed = running.bytesPerSecond?.let { say(R.string.per_second, words.size(it)) } ?: say(R.string.no_speed)
            put(fact(say(R.string.speed), speed))
        }
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }
}

private fun Ui.sentSoFar(summary: Summary, words: Words): String =
    count(R.plurals.entries, summary.accepted.toInt()) + " · " + count(R.plurals.files, summary.sent.toInt()) +
        " · " + words.size(summary.sentBytes.toLong())

private fun Ui.phaseName(phase: Phase): String = say(
    when (phase) {
        Phase.RELAY, Phase.PUSH -> R.string.phase_push
        Phase.PULL, Phase.REPAIR, Phase.NAMES -> R.string.phase_pull
        Phase.UPLOAD -> R.string.phase_upload
        Phase.DOWNLOAD -> R.string.phase_download
        Phase.OVER -> R.string.phase_over
    },
)

private fun Ui.trouble(state: SyncState, words: Words, acts: SyncActs): View? {
    val failure = state.failure
    return when {
        state.running != null -> null
        failure != null && failure.code in ENROL_AGAIN -> banner(
            Tone.Bad, R.drawable.ic_person, pick(failure.zh, failure.en), say(R.string.code_is, failure.code),
            listOf(button(say(R.string.enrol_again), act = acts::enrol)),
        )
        !state.online -> banner(Tone.Warn, R.drawable.ic_wifi, say(R.string.offline), say(R.string.offline_more))
        failure != null -> banner(
            Tone.Bad, R.drawable.ic_warning, pick(failure.zh, failure.en),
            listOfNotNull(
                failure.retryAfter?.let { say(R.string.again_in, words.span(it.toLong() * 1000)) },
                say(R.string.code_is, failure.code),
            ).joinToString("\n"),
        )
        else -> null
    }
}

/** Codes of the hub's after which only another enrolment helps. */
private val ENROL_AGAIN = setOf("unknown_token", "device_revoked", "not_enrolled")

private fun Ui.queueCard(state: SyncState): View = card(6) {
    val words = Words(this@queueCard, state.now)
    val queue = state.queue
    put(fact(say(R.string.queue_events), number(queue.eventsWaiting)))
    for (role in listOf(BlobRole.THUMBNAIL, BlobRole.REVIEW, BlobRole.ORIGINAL)) {
        put(fact(roleName(role), waiting(queue.photos.find { it.role == role }, words)))
    }
    val originals = queue.photos.find { it.role == BlobRole.ORIGINAL }?.files ?: 0uL
    if (originals > 0uL && state.wifiOnly && !state.unmetered) put(text(say(R.string.originals_wait), Type.Soft))
    if (queue.unboundPhotos > 0uL) put(text(count(R.plurals.unbound, queue.unboundPhotos.toInt()), Type.Soft))
}

private fun Ui.number(count: ULong): String = if (count == 0uL) say(R.string.none) else count.toString()

private fun Ui.waiting(photos: PhotosWaiting?, words: Words): String {
    if (photos == null || photos.files == 0uL) return say(R.string.none)
    return "${photos.files} · ${words.size(photos.bytes.toLong())}"
}

private fun Ui.roleName(role: BlobRole): String = say(
    when (role) {
        BlobRole.THUMBNAIL -> R.string.queue_thumbnails
        BlobRole.REVIEW -> R.string.queue_reviews
        BlobRole.ORIGINAL -> R.string.queue_originals
    },
)

private fun Ui.postponed(rows: List<PostponedRow>, words: Words): View? {
    if (rows.isEmpty()) return null
    return column(8) {
        put(group(say(R.string.tried_again_later)))
        rows.take(POSTPONED).forEach { row ->
            put(card(4, tone = Tone.Warn) {
                put(text("${roleName(row.role)} · ${words.size(row.bytes.toLong())}", Type.Head, Tone.Warn.ink))
                put(text(count(R.plurals.tries, row.tries.toInt()) + " · " + say(R.string.again_at, words.time(row.nextAt)), Type.Body))
                row.code?.let { put(text(whatToDo(it), Type.Soft)) }
            })
        }
        val more = rows.size - POSTPONED
        if (more > 0) put(text(count(R.plurals.more_files, more), Type.Soft))
    }
}

/** What a code means for the user: the core's own sentence for a network that failed, else whom to tell. */
private fun Ui.whatToDo(code: String): String {
    val lost = NetFailure.entries.map(::netFailure).filterIsInstance<RedVestException.Hub>().find { it.code == code }
    return if (lost != null) pick(lost.zh, lost.en) else say(R.string.tell_the_code, code)
}

/** Files named one by one; the others are counted. */
private const val POSTPONED = 5

private fun Ui.history(past: List<SessionRow>, words: Words): View = card(10) {
    if (past.isEmpty()) put(text(say(R.string.never_synced), Type.Soft))
    past.forEach { put(pastRow(it, words)) }
}

private fun Ui.pastRow(past: SessionRow, words: Words): View {
    val failure = past.result?.failure
    val (sign, tone) = when {
        past.ended == null -> R.drawable.ic_close to Tone.Warn
        failure != null -> R.drawable.ic_warning to Tone.Bad
        else -> R.drawable.ic_check to Tone.Good
    }
    val did = when {
        past.ended == null -> say(R.string.cut_off)
        failure != null -> pick(failure.zh, failure.en)
        else -> past.result?.let { sentSoFar(it, words) } ?: say(R.string.nothing_noted)
    }
    return beside(10) {
        gravity = Gravity.TOP
        put(icon(sign, tone.ink, 20), width = dp(grown(20)), height = dp(grown(20)))
        put(column(1) {
            put(text(words.time(past.started), Type.Body))
            put(text(did, Type.Small))
        }, weight = 1f)
    }
}
