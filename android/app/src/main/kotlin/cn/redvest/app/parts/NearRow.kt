package cn.redvest.app.parts

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.ui.TARGET
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.card
import cn.redvest.app.ui.column
import cn.redvest.app.ui.text
import cn.redvest.core.TicketRow

/**
 * A ticket near by, as somebody recognises it: photo, category, distance, age, place, stage; with [numbered] also the
 * number. Where one of several is chosen, [chosen] says whether it is this one.
 */
fun Ui.nearRow(row: TicketRow, words: Words, numbered: Boolean = false, chosen: Boolean? = null, act: () -> Unit): View {
    val name = name(row.categoryZh, row.categoryEn)
    val about = listOfNotNull(row.distanceM?.let { words.distance(it.toInt()) }, words.ago(row.reported), row.place)
    val last = listOfNotNull(row.number.takeIf { numbered }, pick(row.stageZh, row.stageEn))
    val state = chosen?.let { say(if (it) R.string.chosen else R.string.not_chosen) }
    return card(6, Tone.Accent.takeIf { chosen == true }, (listOf(name) + about + last.dropLast(1) + listOfNotNull(state)).joinToString(", "), act) {
        put(beside(12) {
            put(thumbnail(row.thumbnail, 64, null), width = dp(64), height = dp(64))
            put(column(2) {
                put(text(name, Type.Head))
                put(text(about.joinToString(" · "), Type.Soft))
                put(text(last.joinToString(" · "), Type.Small))
            }, weight = 1f)
        })
        minimumHeight = dp(TARGET)
        isSelected = chosen == true
    }
}
