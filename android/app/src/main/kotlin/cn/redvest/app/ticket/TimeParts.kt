package cn.redvest.app.ticket

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.group
import cn.redvest.app.ui.text
import cn.redvest.core.Act
import cn.redvest.core.Clock
import cn.redvest.core.HistoryRow

/** How long the clocks can be made to stand, in days. */
private val DAYS = listOf(1, 3, 7, 14)

/** Which kind of time, and how much of it; who refuses a request sees it alone. */
internal fun Ui.time(form: ActForm, said: Words, now: Long, acts: ActActs): View? {
    val wish = form.time ?: return null
    if (form.act == Act.DENY) return wish.asked?.let { asked(it) }
    fun change(to: TimeWish) = acts.change(form.of(to))
    return column(8) {
        wish.asked?.let { put(asked(it)) }
        if (wish.limit != null) {
            put(flow(8, views = listOf(
                choice(say(R.string.time_suspension), !wish.extends) { change(wish.copy(extends = false)) },
                choice(say(R.string.time_extension), wish.extends) { change(wish.copy(extends = true)) },
            )))
        }
        put(if (wish.extends) extension(wish, said, ::change) else suspension(wish, said, now, ::change))
    }
}

/** The form with another wish; the reasons for the two kinds differ. */
internal fun ActForm.of(wish: TimeWish): ActForm {
    val kind = wish.extends != time?.extends
    val list = if (act != Act.ASK) reasons else if (wish.extends) wish.whyExtended else wish.whySuspended
    return copy(time = wish, reasons = list, chosen = if (kind) emptyList() else chosen)
}

private fun Ui.asked(row: HistoryRow): View {
    val what = pick(row.aboutZh.orEmpty(), row.aboutEn ?: row.aboutZh.orEmpty())
    return banner(Tone.Info, R.drawable.ic_clock, say(R.string.asked_by, row.author), listOfNotNull(what.ifEmpty { null }, row.words).joinToString("\n"))
}

private fun Ui.suspension(wish: TimeWish, said: Words, now: Long, change: (TimeWish) -> Unit): View = column(8) {
    put(group(say(R.string.clocks_stand)))
    val asked = wish.until?.let { until -> choice(say(R.string.as_asked), true) { change(wish.copy(until = until)) } }
    put(flow(8, views = listOf(asked) + DAYS.map { days ->
        choice(count(R.plurals.days_long, days), wish.until == null && wish.days == days) { change(wish.copy(days = days, until = null)) }
    }))
    put(text(say(R.string.suspended_until, said.time(wish.until ?: (now + wish.days * DAY))), Type.Soft))
}

private fun Ui.extension(wish: TimeWish, said: Words, change: (TimeWish) -> Unit): View = column(8) {
    val working = wish.limit?.clock == Clock.WORKING_HOURS
    put(group(say(if (working) R.string.extend_by_working_time else R.string.extend_by)))
    put(flow(8, views = wish.amounts.map { amount ->
        choice(amountOf(wish, amount, said), wish.amount == amount) { change(wish.copy(amount = amount)) }
    }))
}

private fun Ui.amountOf(wish: TimeWish, amount: Int, said: Words): String = when (wish.limit?.clock) {
    Clock.WORKING_DAYS -> count(R.plurals.working_days_long, amount)
    Clock.NATURAL_DAYS, null -> count(R.plurals.days_long, amount)
    Clock.URGENT_HOURS, Clock.WORKING_HOURS -> said.span(amount * 60_000L)
}
