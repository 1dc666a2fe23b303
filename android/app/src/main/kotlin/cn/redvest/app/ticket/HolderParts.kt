package cn.redvest.app.ticket

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.button
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.group
import cn.redvest.core.Act
import cn.redvest.core.HolderRow

/** Who leads and who helps, or who is pressed. */
internal fun Ui.holders(form: ActForm, acts: ActActs): View? = when (form.act) {
    Act.DISPATCH -> dispatched(form, acts)
    Act.URGE, Act.CARD -> pressed(form, acts)
    else -> null
}

private fun Ui.dispatched(form: ActForm, acts: ActActs): View = column(8) {
    put(group(say(R.string.who_leads)))
    put(flow(8, views = form.holders.map { row ->
        choice(nameOf(row), row.key == form.lead) { acts.change(form.copy(lead = row.key, cooperating = form.cooperating - row.key)) }
    }))
    val others = form.holders.filter { it.key != form.lead }
    val shown = if (form.allHolders) others else others.filter { it.key in form.cooperating }
    put(group(say(R.string.who_cooperates)))
    put(flow(8, views = shown.map { row ->
        val on = row.key in form.cooperating
        choice(nameOf(row), on) { acts.change(form.copy(cooperating = if (on) form.cooperating - row.key else form.cooperating + row.key)) }
    } + if (form.allHolders) null else button(say(R.string.add_cooperating), sign = R.drawable.ic_plus) { acts.change(form.copy(allHolders = true)) }))
}

/** Only where somebody cooperates is there anybody to choose: else the lead is meant. */
private fun Ui.pressed(form: ActForm, acts: ActActs): View? {
    if (form.holders.none { it.cooperates }) return null
    return column(8) {
        put(group(say(R.string.whom)))
        put(flow(8, views = form.holders.map { row ->
            val chosen = if (form.lead == null) row.leads else row.key == form.lead
            choice(nameOf(row), chosen) { acts.change(form.copy(lead = row.key)) }
        }))
    }
}

private fun Ui.nameOf(row: HolderRow): String = name(row.zh, row.en)
