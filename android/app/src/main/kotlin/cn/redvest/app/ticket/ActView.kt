package cn.redvest.app.ticket

import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.EditText
import android.widget.FrameLayout
import cn.redvest.app.R
import cn.redvest.app.parts.Here
import cn.redvest.app.report.Shot
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.button
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.field
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.group
import cn.redvest.app.ui.lacking
import cn.redvest.core.Act
import cn.redvest.core.PhotoRow

/** What a user can do in the form of an act. */
interface ActActs {
    /** Fills something in. */
    fun change(form: ActForm)

    /** Takes a photo. */
    fun shoot()

    /** Takes a photo off the form. */
    fun drop(shot: Shot)

    /** Looks at a photo of the ticket closely. */
    fun look(photo: PhotoRow)

    /** Chooses another category. */
    fun category()

    /** Moves the pin. */
    fun map()

    /** Picks the grid from the tree. */
    fun grid()

    /** Lets the app measure where the phone is, or opens the settings that do. */
    fun locate()

    /** Throws away what was kept. */
    fun discard()

    /** Does it. */
    fun done()
}

/** The form of an act: only what this act asks for. What is written stays the same views while the rest is drawn anew. */
class ActView(private val ui: Ui, private val acts: ActActs) {
    private val where = FrameLayout(ui.context)
    private var shown: Here? = null

    /** What its author says. */
    val words: EditText = ui.field(ui.say(R.string.words), 3, ui.say(R.string.say_something)).apply { id = R.id.words }

    /** New words for the place. */
    val place: EditText = ui.field(ui.say(R.string.place_words), hint = ui.say(R.string.place_hint)).apply { id = R.id.place }

    /** What the form asks for at [now]; [kept] offers to throw away what is kept of it. */
    fun body(form: ActForm, now: Long, kept: Boolean = false): View = ui.column(12) {
        for (view in listOf(words, place, where)) (view.parent as? ViewGroup)?.removeView(view)
        val said = Words(ui, now)
        form.failure?.let { put(ui.banner(Tone.Bad, R.drawable.ic_warning, it, if (kept) ui.say(R.string.kept_of_work) else null)) }
        put(ui.outcomes(form, acts))
        put(ui.shots(form, acts))
        if (form.act == Act.RECTIFY) put(where)
        put(ui.judgement(form, acts))
        put(ui.category(form, acts))
        put(ui.place(form, acts))
        if (form.place != null) put(place)
        put(ui.holders(form, acts))
        put(ui.time(form, said, now, acts))
        put(ui.voiding(form, said, acts))
        put(reasons(form))
        put(ui.group(ui.say(R.string.words)))
        put(words)
        if (kept) put(ui.button(ui.say(R.string.discard), Loud.Quiet, act = acts::discard))
    }

    /** Where the phone is, in place of where it was; nothing else is drawn anew, so that nobody's typing is disturbed. */
    fun show(here: Here) {
        if (here == shown) return
        shown = here
        where.removeAllViews()
        where.addView(ui.herePart(here, acts), MATCH_PARENT, WRAP_CONTENT)
    }

    /** The button at the bottom, under what is still missing once somebody touched it too early. */
    fun foot(form: ActForm): View {
        val lack = if (form.asksForMore) ui.lack(form) else null
        return ui.lacking(lack, ui.footer(ui.button(ui.actName(form.act), Loud.Main, R.drawable.ic_check, acts::done)))
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
