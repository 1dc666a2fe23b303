package cn.redvest.app.parts

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.chip
import cn.redvest.core.Pressing
import cn.redvest.core.TicketRow

/** The number that people call a ticket by. */
fun Ui.numberChip(row: TicketRow): View = chip(row.number)

/** What the clock of a ticket says, if one runs or stands. */
fun Ui.pressingChip(row: TicketRow, words: Words): View? {
    val until = row.suspendedUntil
    val due = row.due
    return when {
        until != null -> chip(say(R.string.suspended_until, words.time(until)), Tone.Info, R.drawable.ic_clock)
        row.clockStartsWhenSent -> chip(say(R.string.clock_starts_when_sent), Tone.Info, R.drawable.ic_send)
        due == null -> null
        else -> when (row.pressing) {
            Pressing.ON_TIME -> chip(words.left(due), Tone.Good, R.drawable.ic_clock)
            Pressing.DUE_SOON -> chip(words.left(due), Tone.Warn, R.drawable.ic_clock)
            Pressing.OVERDUE -> chip(words.left(due), Tone.Bad, R.drawable.ic_warning)
            Pressing.NOBODY_TOOK_IT -> chip(say(R.string.nobody_took_it), Tone.Bad, R.drawable.ic_warning)
        }
    }
}

/** What weighs on a ticket: returned, urged, carded, sent back, not sent yet. */
fun Ui.weightChips(row: TicketRow): List<View> = listOfNotNull(
    if (row.passedAround) chip(say(R.string.passed_around), Tone.Bad) else null,
    if (row.round > 1u) chip(say(R.string.round, row.round.toInt()), Tone.Warn) else null,
    if (row.urged > 0u) chip(say(R.string.urged), Tone.Warn) else null,
    if (row.carded > 0u) chip(say(R.string.carded), Tone.Bad) else null,
    if (row.pending > 0u) chip(say(R.string.not_sent_yet), Tone.Info, R.drawable.ic_send) else null,
)
