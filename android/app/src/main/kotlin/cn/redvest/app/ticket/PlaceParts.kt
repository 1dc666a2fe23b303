package cn.redvest.app.ticket

import android.view.View
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import cn.redvest.app.R
import cn.redvest.app.parts.Here
import cn.redvest.app.parts.hereChips
import cn.redvest.app.place.Lost
import cn.redvest.app.report.categoryCard
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.card
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.column
import cn.redvest.app.ui.fact
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.icon
import cn.redvest.app.ui.text

/** The category before and the one that was chosen. */
internal fun Ui.category(form: ActForm, acts: ActActs): View? {
    val change = form.category ?: return null
    return column(8) {
        put(fact(say(R.string.category_before), name(change.before.zh, change.before.en)))
        put(categoryCard(change.chosen?.let { name(it.zh, it.en) }, change.chosen?.urgent == true, acts::category))
    }
}

/** The new place: pin, grid, and who would get the ticket there. */
internal fun Ui.place(form: ActForm, acts: ActActs): View? {
    val change = form.place ?: return null
    return card(10) {
        val path = change.known?.gridPath.orEmpty().joinToString(" › ") { it.name }
        val where = path.ifEmpty { change.grid?.let { name(it.zh, it.en) } ?: say(R.string.no_grid_here) }
        put(beside(12) {
            put(icon(R.drawable.ic_pin))
            put(text(where, Type.Head), weight = 1f)
        })
        if (change.isPinMoved) put(chip(say(R.string.pin_moved), Tone.Good, R.drawable.ic_check), width = WRAP_CONTENT)
        put(flow(8, views = listOf(button(say(R.string.move_pin), act = acts::map), button(say(R.string.pick_grid), act = acts::grid))))
    }
}

/** How far the phone is from the place that was reported, how exactly that is known, and what lets it be known. */
internal fun Ui.herePart(here: Here, acts: ActActs): View = column(8) {
    put(hereChips(here))
    val lost = here.lost ?: return@column
    put(text(say(if (lost == Lost.OFF) R.string.here_off else R.string.here_denied), Type.Soft))
    put(flow(8, views = listOf(button(say(if (lost == Lost.OFF) R.string.open_settings else R.string.allow), act = acts::locate))))
}
