package cn.redvest.app.enrol

import android.view.Gravity
import android.view.View
import android.widget.EditText
import cn.redvest.app.R
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.column
import cn.redvest.app.ui.field
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.heading
import cn.redvest.app.ui.icon
import cn.redvest.app.ui.text

/** How far an enrolment is. */
sealed interface EnrolStep {
    /** The user is to scan, paste or type a code. */
    data object Ask : EnrolStep

    /** The hub is asked. */
    data object Busy : EnrolStep

    /** It failed, with what to do. */
    data class Failed(
        /** What is wrong and what to do. */
        val words: String,
        /** The stable code, for whoever is called. */
        val code: String,
    ) : EnrolStep
}

/** What a user can do to enrol. */
interface EnrolActs {
    /** Reads the code with the camera. */
    fun scan()

    /** Takes what is on the clipboard. */
    fun paste()

    /** Enrols with this code. */
    fun enrol(code: String)
}

/** The screen before everything else: three ways to hand over a code, the quickest first. */
class EnrolView(private val ui: Ui, private val acts: EnrolActs) {
    /** Where the code is typed; its text survives a rotation by the activity's hand. */
    val code: EditText = ui.field(ui.say(R.string.enrol_field), 3, ui.say(R.string.enrol_hint)).apply {
        id = R.id.code
    }

    /** What the screen says at a step. */
    fun body(step: EnrolStep): View = ui.column(14) {
        (code.parent as? android.view.ViewGroup)?.removeView(code)
        put(head())
        if (step is EnrolStep.Failed) {
            put(ui.banner(Tone.Bad, R.drawable.ic_warning, step.words, ui.say(R.string.code_is, step.code)))
        }
        put(ui.button(ui.say(R.string.scan), Loud.Main, R.drawable.ic_scan, acts::scan))
        put(ui.text(ui.say(R.string.enrol_or), Type.Soft).apply { gravity = Gravity.CENTER })
        put(ui.text(ui.say(R.string.enrol_field), Type.Group).apply { labelFor = code.id })
        put(code)
        put(ui.button(ui.say(R.string.paste), Loud.Second, R.drawable.ic_file, acts::paste))
        put(ui.text(ui.say(R.string.enrol_where), Type.Soft))
        code.isEnabled = step != EnrolStep.Busy
    }

    /** The button at the bottom. */
    fun foot(step: EnrolStep): View {
        val busy = step == EnrolStep.Busy
        val words = ui.say(if (busy) R.string.enrolling else R.string.enrol)
        val button = ui.button(words, Loud.Second, R.drawable.ic_check) {
            if (!busy) acts.enrol(code.text.toString())
        }
        button.minHeight = ui.dp(64)
        return ui.footer(button)
    }

    private fun head(): View = ui.column(6) {
        setPadding(0, ui.dp(20), 0, ui.dp(8))
        put(ui.beside(12) {
            put(ui.icon(R.drawable.ic_duty, R.color.accent_ink, 40), width = ui.dp(40), height = ui.dp(40))
            put(ui.text(ui.say(R.string.app_name), Type.Display).apply(::heading), weight = 1f)
        })
        put(ui.text(ui.say(R.string.enrol_more), Type.Body, R.color.ink_soft))
    }
}
