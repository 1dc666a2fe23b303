package cn.redvest.app.ticket

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.parts.nearRow
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.group
import cn.redvest.app.ui.text

/** Why a ticket is voided, and which one near by is about the same. */
internal fun Ui.voiding(form: ActForm, said: Words, acts: ActActs): View? {
    val voiding = form.voiding ?: return null
    fun change(to: Voiding) = acts.change(form.copy(voiding = to))
    val kinds = listOf(
        VoidKind.NO_VIOLATION to R.string.no_violation, VoidKind.MISTAKE to R.string.by_mistake, VoidKind.DUPLICATE to R.string.duplicate,
    )
    return column(8) {
        put(flow(8, views = kinds.map { (kind, name) -> choice(say(name), voiding.kind == kind) { change(voiding.copy(kind = kind)) } }))
        if (voiding.kind != VoidKind.DUPLICATE) return@column
        put(group(say(R.string.duplicate_of)))
        if (voiding.near.isEmpty()) put(text(say(R.string.no_duplicate), Type.Soft))
        voiding.near.forEach { row ->
            put(nearRow(row, said, numbered = true, chosen = row.ticket == voiding.of) { change(voiding.copy(of = row.ticket)) })
        }
    }
}
