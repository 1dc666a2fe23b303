package cn.redvest.app.ticket

import android.view.View
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import cn.redvest.app.R
import cn.redvest.app.parts.distanceChip
import cn.redvest.app.parts.numberChip
import cn.redvest.app.parts.pressingChip
import cn.redvest.app.parts.thumbnail
import cn.redvest.app.parts.weightChips
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.asButton
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.card
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.column
import cn.redvest.app.ui.fact
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.group
import cn.redvest.app.ui.icon
import cn.redvest.app.ui.text
import cn.redvest.core.Act
import cn.redvest.core.ClockName
import cn.redvest.core.HistoryRow
import cn.redvest.core.PhotoRow
import cn.redvest.core.Shows
import cn.redvest.core.Status
import cn.redvest.core.TicketDetail

/** What a ticket's screen shows. */
data class TicketState(
    /** The core's account. */
    val detail: TicketDetail,
    /** When this is shown. */
    val now: Long,
)

/** What a user can do on a ticket's screen. */
interface TicketActs {
    /** Does one of the acts that the core offers. */
    fun act(act: Act)

    /** Shows the way in the phone's map app. */
    fun goThere()

    /** Shows a photo large. */
    fun photo(photo: PhotoRow)
}

/** Acts that stand at the bottom where a thumb reaches them, the most wanted first. */
private val FIRST = listOf(Act.ACCEPT, Act.RECTIFY, Act.PASS, Act.CONTRIBUTE, Act.DISPATCH, Act.GRANT)

/** Acts that belong beside the first one. */
private val SECOND = mapOf(Act.ACCEPT to Act.RETURN, Act.PASS to Act.SEND_BACK, Act.RECTIFY to Act.RETURN, Act.GRANT to Act.DENY)

/** Where a ticket stands, what there is to see, what can be done, and what happened. */
fun Ui.ticketBody(state: TicketState, acts: TicketActs): View = column(12) {
    val words = Words(this@ticketBody, state.now)
    val detail = state.detail
    put(head(detail, words))
    put(warnings(detail, words))
    put(placeCard(detail, acts))
    put(photos(detail, Shows.BEFORE, R.string.photos_before, acts))
    put(photos(detail, Shows.AFTER, R.string.photos_after, acts))
    put(photos(detail, Shows.EVIDENCE, R.string.photos_evidence, acts))
    put(clocks(detail, words))
    val foot = footActs(detail)
    val others = detail.acts.filter { it !in foot }
    if (others.isNotEmpty()) {
        put(group(say(R.string.what_you_can_do)))
        put(flow(8, views = others.map { act -> button(actName(act)) { acts.act(act) } }))
    }
    put(group(say(R.string.history)))
    put(card(16) { detail.history.asReversed().forEach { put(historyRow(it, words)) } })
}

private fun footActs(detail: TicketDetail): List<Act> {
    val first = FIRST.firstOrNull { it in detail.acts } ?: return emptyList()
    return listOfNotNull(SECOND[first]?.takeIf { it in detail.acts }, first)
}

/** The buttons at the bottom; nothing where nothing is to be done. */
fun Ui.ticketFoot(detail: TicketDetail, acts: TicketActs): View? {
    val shown = footActs(detail)
    if (shown.isEmpty()) return null
    return footer(*shown.map { act ->
        button(actName(act), if (act == shown.last()) Loud.Main else Loud.Second) { acts.act(act) }.apply { minHeight = dp(64) }
    }.toTypedArray())
}

private fun Ui.head(detail: TicketDetail, words: Words): View = card(8) {
    val row = detail.row
    put(text(name(row.categoryZh, row.categoryEn), Type.Title).apply { cn.redvest.app.ui.heading(this) })
    put(flow(6, views = listOf(chip(pick(row.stageZh, row.stageEn), Tone.Info), pressingChip(row, words), numberChip(row)) + weightChips(row)))
    row.words?.let { put(text(it)) }
    put(fact(say(R.string.reported_by), row.reporter))
    put(fact(say(R.string.reported_at), words.time(row.reported)))
    row.leadZh?.let { put(fact(say(R.string.lead), name(it, row.leadEn))) }
    if (detail.cooperatingZh.isNotEmpty()) put(fact(say(R.string.cooperating), detail.cooperatingZh.joinToString("、")))
}

private fun Ui.warnings(detail: TicketDetail, words: Words): View? {
    val late = detail.history.mapNotNull { it.late?.let { late -> it to late } }
    if (late.isEmpty()) return null
    return column(8) {
        for ((row, why) in late) {
            val first = say(R.string.came_first, pick(why.winnerKindZh, why.winnerKindEn), why.winner, words.time(why.winnerAt))
            put(banner(Tone.Warn, R.drawable.ic_clock, say(R.string.was_late, pick(row.kindZh, row.kindEn)), first + "\n" + pick(why.zh, why.en)))
        }
    }
}

private fun Ui.placeCard(detail: TicketDetail, acts: TicketActs): View? {
    val row = detail.row
    val where = listOfNotNull(row.gridZh, row.place)
    if (where.isEmpty() && row.pin == null) return null
    return card(10) {
        put(beside(12) {
            put(icon(R.drawable.ic_pin))
            put(column(2) {
                put(text(row.place ?: row.gridZh ?: say(R.string.place_unknown), Type.Head))
                row.gridZh?.takeIf { row.place != null }?.let { put(text(it, Type.Soft)) }
            }, weight = 1f)
        })
        if (row.pin != null) put(button(say(R.string.go_there), Loud.Second, R.drawable.ic_go, acts::goThere))
    }
}

private fun Ui.photos(detail: TicketDetail, shows: Shows, title: Int, acts: TicketActs): View? {
    val these = detail.photos.filter { it.shows == shows }
    if (these.isEmpty()) return null
    return column(8) {
        put(group(say(title)))
        put(flow(8, views = these.mapIndexed { index, photo ->
            thumbnail(photo.thumbnailPath ?: photo.reviewPath, 96, say(R.string.photo_number, index + 1)).also { view ->
                view.layoutParams = android.view.ViewGroup.LayoutParams(dp(96), dp(96))
                asButton(view) { acts.photo(photo) }
            }
        }))
        val waiting = these.count { it.waits != null }
        if (waiting > 0) put(chip(count(R.plurals.photos_waiting, waiting), Tone.Info, R.drawable.ic_send), width = WRAP_CONTENT)
    }
}

private fun Ui.clocks(detail: TicketDetail, words: Words): View? {
    val running = detail.clocks.filter { it.due != null || it.inTime != null }
    if (running.isEmpty()) return null
    return card(6) {
        running.forEach { clock ->
            val due = clock.due
            val inTime = clock.inTime
            val value = when {
                inTime != null -> say(if (inTime) R.string.in_time else R.string.not_in_time)
                due != null -> words.time(due) + " · " + words.left(due)
                else -> ""
            }
            val tone = if (inTime == false || (clock.remainingMs ?: 0) < 0) Tone.Bad else null
            put(fact(clockName(clock.clock), value, tone))
        }
    }
}

private fun Ui.clockName(clock: ClockName): String = say(
    when (clock) {
        ClockName.DISPATCH -> R.string.clock_dispatch
        ClockName.ACCEPT -> R.string.clock_accept
        ClockName.RECTIFY -> R.string.clock_rectify
        ClockName.REVIEW -> R.string.clock_review
    },
)

private fun Ui.historyRow(row: HistoryRow, words: Words): View = column(2) {
    put(text(pick(row.kindZh, row.kindEn) + " · " + row.author, Type.Head))
    put(text(words.time(row.happened) + received(row, words), Type.Small))
    listOfNotNull(row.about(this@historyRow), row.words, row.place).forEach { put(text(it, Type.Soft)) }
    if (row.erased) put(text(say(R.string.erased), Type.Soft))
    if (row.photos > 0u) put(text(count(R.plurals.photos, row.photos.toInt()), Type.Small))
    // A report makes the place from which all others are counted.
    row.distanceM?.takeIf { row.kind != REPORTED }?.let { put(distanceChip(it), width = WRAP_CONTENT) }
    when (row.pending) {
        Status.WAITING -> put(chip(say(R.string.not_sent_yet), Tone.Info, R.drawable.ic_send), width = WRAP_CONTENT)
        Status.REFUSED -> put(chip(say(R.string.refused), Tone.Bad, R.drawable.ic_warning), width = WRAP_CONTENT)
        Status.TOO_LATE -> put(chip(say(R.string.too_late), Tone.Warn, R.drawable.ic_clock), width = WRAP_CONTENT)
        else -> Unit
    }
}

/** The core's code for the kind of a report. */
private const val REPORTED = "reported"

private fun HistoryRow.about(ui: Ui): String? = aboutZh?.let { ui.pick(it, aboutEn ?: it) }

/** When the hub had it, where that is another minute than when it happened. */
private fun Ui.received(row: HistoryRow, words: Words): String {
    if (row.pending != null || row.received - row.happened < 60_000) return ""
    return " · " + say(R.string.received_at, words.time(row.received))
}

/** What an act is called. */
fun Ui.actName(act: Act): String = say(
    when (act) {
        Act.ACCEPT -> R.string.act_accept
        Act.RETURN -> R.string.act_return
        Act.RECTIFY -> R.string.act_rectify
        Act.CONTRIBUTE -> R.string.act_contribute
        Act.DISPATCH -> R.string.act_dispatch
        Act.ADD_EVIDENCE -> R.string.act_add_evidence
        Act.COMMENT -> R.string.act_comment
        Act.PASS -> R.string.act_pass
        Act.SEND_BACK -> R.string.act_send_back
        Act.REVIEW_PHOTO -> R.string.act_review_photo
        Act.VOID -> R.string.act_void
        Act.REOPEN -> R.string.act_reopen
        Act.ASK -> R.string.act_ask
        Act.GRANT -> R.string.act_grant
        Act.DENY -> R.string.act_deny
        Act.RESUME_CLOCKS -> R.string.act_resume
        Act.REMIND -> R.string.act_remind
        Act.URGE -> R.string.act_urge
        Act.CARD -> R.string.act_card
        Act.RECATEGORISE -> R.string.act_recategorise
        Act.RELOCATE -> R.string.act_relocate
    },
)
