package cn.redvest.app.ticket

import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import cn.redvest.app.R
import cn.redvest.app.parts.thumbnail
import cn.redvest.app.report.Shot
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.button
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.field
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.group
import cn.redvest.core.Act
import cn.redvest.core.HolderRow
import cn.redvest.core.Outcome
import cn.redvest.core.Reason

/** What is filled in so far. */
data class ActForm(
    /** What is to be done. */
    val act: Act,
    /** Reasons to choose from. */
    val reasons: List<Reason> = emptyList(),
    /** Codes of those that were chosen; more than one only where work is sent back. */
    val chosen: List<String> = emptyList(),
    /** Whom a dispatcher may choose. */
    val holders: List<HolderRow> = emptyList(),
    /** The key of the one that was chosen to lead. */
    val lead: String? = null,
    /** What it came to. */
    val outcome: Outcome? = null,
    /** Photos so far. */
    val photos: List<Shot> = emptyList(),
    /** Photos that are needed; none says that there is no place for photos. */
    val needed: Int? = null,
    /** Days for which the clocks are to stand. */
    val days: Int? = null,
    /** Whether the ticket was no violation; else it was a mistake. Nothing where that is not asked. */
    val noViolation: Boolean? = null,
    /** Why it could not be saved. */
    val failure: String? = null,
)

/** What a user can do in the form of an act. */
interface ActActs {
    /** Fills something in. */
    fun change(form: ActForm)

    /** Takes a photo. */
    fun shoot()

    /** Does it. */
    fun done()
}

/** The form of an act: only what this act asks for. */
class ActView(private val ui: Ui, private val acts: ActActs) {
    /** What its author says. */
    val words: EditText = ui.field(ui.say(R.string.words), 3, ui.say(R.string.say_something)).apply { id = R.id.words }

    /** What the form asks for. */
    fun body(form: ActForm): View = ui.column(12) {
        (words.parent as? ViewGroup)?.removeView(words)
        form.failure?.let { put(ui.banner(Tone.Bad, R.drawable.ic_warning, it)) }
        put(outcomes(form))
        put(shots(form))
        put(holders(form))
        put(days(form))
        put(voids(form))
        put(reasons(form))
        put(ui.group(ui.say(R.string.words)))
        put(words)
    }

    /** The button at the bottom. */
    fun foot(form: ActForm): View = ui.footer(ui.button(ui.actName(form.act), Loud.Main, R.drawable.ic_check, acts::done))

    private fun outcomes(form: ActForm): View? {
        if (form.act != Act.RECTIFY) return null
        val names = listOf(
            Outcome.RECTIFIED to R.string.outcome_rectified, Outcome.PERSUADED to R.string.outcome_persuaded,
            Outcome.NOTHING_FOUND to R.string.outcome_nothing,
        )
        return ui.flow(8, views = names.map { (outcome, name) ->
            ui.choice(ui.say(name), form.outcome == outcome) { acts.change(form.copy(outcome = outcome)) }
        })
    }

    private fun shots(form: ActForm): View? {
        val needed = form.needed ?: return null
        if (form.outcome != null && form.outcome != Outcome.RECTIFIED) return null
        val missing = needed - form.photos.size
        return ui.column(8) {
            put(ui.group(ui.say(if (form.act == Act.RECTIFY) R.string.photos_after else R.string.photos_evidence)))
            put(ui.flow(8, views = form.photos.mapIndexed { index, shot ->
                ui.thumbnail(shot.path, 96, ui.say(R.string.photo_number, index + 1)).apply {
                    layoutParams = ViewGroup.LayoutParams(ui.dp(96), ui.dp(96))
                }
            }))
            if (missing > 0) put(ui.chip(ui.count(R.plurals.photos_missing, missing), Tone.Warn, R.drawable.ic_camera), width = WRAP)
            put(ui.button(ui.say(R.string.shoot), Loud.Second, R.drawable.ic_camera, acts::shoot))
        }
    }

    private fun holders(form: ActForm): View? {
        if (form.act != Act.DISPATCH) return null
        return ui.column(8) {
            put(ui.group(ui.say(R.string.who_leads)))
            put(ui.flow(8, views = form.holders.map { row ->
                val name = ui.name(row.zh, row.en)
                ui.choice(name, row.key == form.lead) { acts.change(form.copy(lead = row.key)) }
            }))
        }
    }

    private fun days(form: ActForm): View? {
        if (form.act != Act.ASK && form.act != Act.GRANT) return null
        return ui.column(8) {
            put(ui.group(ui.say(R.string.clocks_stand)))
            put(ui.flow(8, views = listOf(1, 3, 7, 14).map { days ->
                ui.choice(ui.count(R.plurals.days_long, days), form.days == days) { acts.change(form.copy(days = days)) }
            }))
        }
    }

    private fun voids(form: ActForm): View? {
        if (form.act != Act.VOID) return null
        return ui.flow(8, views = listOf(true to R.string.no_violation, false to R.string.by_mistake).map { (value, name) ->
            ui.choice(ui.say(name), form.noViolation == value) { acts.change(form.copy(noViolation = value)) }
        })
    }

    private fun reasons(form: ActForm): View? {
        if (form.reasons.isEmpty()) return null
        val several = form.act == Act.SEND_BACK
        return ui.column(8) {
            put(ui.group(ui.say(if (several) R.string.why_several else R.string.why)))
            put(ui.flow(8, views = form.reasons.map { reason ->
                val on = reason.code in form.chosen
                ui.choice(ui.pick(reason.zh, reason.en), on) {
                    val chosen = if (several) { if (on) form.chosen - reason.code else form.chosen + reason.code } else listOf(reason.code)
                    acts.change(form.copy(chosen = chosen))
                }
            }))
        }
    }
}

private const val WRAP = ViewGroup.LayoutParams.WRAP_CONTENT
