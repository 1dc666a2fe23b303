package cn.redvest.app.work

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.home.workName
import cn.redvest.app.parts.numberChip
import cn.redvest.app.parts.pressingChip
import cn.redvest.app.parts.thumbnail
import cn.redvest.app.parts.weightChips
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.card
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.empty
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.text
import cn.redvest.core.TicketRow
import cn.redvest.core.Work

/** Which tickets a list shows. */
sealed interface Which {
    /** Those with which this member has the next move; of one kind, or all. */
    data class ToDo(
        /** The kind. */
        val work: Work?,
    ) : Which

    /** Those that this member reported. */
    data object Mine : Which
}

/** What a list shows. */
data class WorkState(
    /** The tickets, by what expires next. */
    val rows: List<TicketRow>,
    /** Whether there are more. */
    val more: Boolean,
    /** Which are shown. */
    val which: Which,
    /** Kinds to choose from. */
    val kinds: List<Which>,
    /** When this is shown. */
    val now: Long,
)

/** What a user can do with a list. */
interface WorkActs {
    /** Shows others. */
    fun which(which: Which)

    /** Opens a ticket. */
    fun open(ticket: String)

    /** Shows more. */
    fun more()
}

/** A list of tickets under what it can be narrowed to. */
fun Ui.workBody(state: WorkState, acts: WorkActs): View = column(10) {
    val words = Words(this@workBody, state.now)
    if (state.kinds.size > 1) {
        put(flow(8, views = state.kinds.map { kind -> choice(kindName(kind), kind == state.which) { acts.which(kind) } }))
    }
    if (state.rows.isEmpty()) put(empty(R.drawable.ic_check, say(R.string.nothing_to_do), say(R.string.nothing_to_do_more)))
    state.rows.forEach { put(ticketCard(it, words) { acts.open(it.ticket) }) }
    if (state.more) put(button(say(R.string.show_more), act = acts::more))
}

private fun Ui.kindName(which: Which): String = when (which) {
    is Which.ToDo -> which.work?.let { workName(it) } ?: say(R.string.all)
    Which.Mine -> say(R.string.reported_by_me)
}

/** A ticket in a list: what it is, how long there is for it, where, and what is doubtful. */
fun Ui.ticketCard(row: TicketRow, words: Words, open: () -> Unit): View {
    val name = name(row.categoryZh, row.categoryEn)
    val clock = row.due?.let { words.left(it) }.orEmpty()
    val stage = pick(row.stageZh, row.stageEn)
    val says = listOf(name, stage, clock, row.place.orEmpty(), row.number).filter(String::isNotEmpty).joinToString(", ")
    return card(8, says = says, act = open) {
        put(beside(12) {
            gravity = android.view.Gravity.TOP
            put(thumbnail(row.thumbnail, 72, null), width = dp(72), height = dp(72))
            put(column(3) {
                put(text(name, Type.Head))
                put(text(listOfNotNull(row.place, row.gridZh).firstOrNull() ?: row.number, Type.Soft))
                put(text(stage + " · " + words.ago(row.reported), Type.Small))
            }, weight = 1f)
        })
        put(flow(6, views = listOf(pressingChip(row, words), numberChip(row)) + weightChips(row)))
        if (row.probablyLate > 0u) put(chip(say(R.string.probably_late), Tone.Warn, R.drawable.ic_clock), width = WRAP)
    }
}

private const val WRAP = android.view.ViewGroup.LayoutParams.WRAP_CONTENT
