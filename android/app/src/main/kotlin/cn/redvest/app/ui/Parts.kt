package cn.redvest.app.ui

import android.text.InputType
import android.view.Gravity
import android.view.View
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.ImageView
import android.widget.TextView
import cn.redvest.app.R

/** Least side of what can be touched, in dp. */
const val TARGET = 48

/** Height of the button that a screen is about, in dp. */
const val MAIN_TARGET = 64

/** Room at the sides of a screen, in dp. */
const val SIDE = 16

/** Views under each other. */
fun Ui.column(gap: Number = 0, build: Stack.() -> Unit): Stack = Stack(context, true, dp(gap)).apply(build)

/** Views beside each other, their middles on one line. */
fun Ui.beside(gap: Number = 0, build: Stack.() -> Unit): Stack = Stack(context, false, dp(gap)).apply(build)

/** Views beside each other, in further lines where there is no room. */
fun Ui.flow(gap: Number = 8, stretch: Boolean = false, views: List<View?>): Flow =
    Flow(context, dp(gap), stretch).apply { views.filterNotNull().forEach(::addView) }

/** Text. It breaks into lines and is never cut off. */
fun Ui.text(words: CharSequence, type: Type = Type.Body, color: Int = type.color): TextView = TextView(context).apply {
    text = words
    textSize = type.sp
    typeface = face(type.strong)
    setTextColor(color(color))
    setLineSpacing(0f, 1.12f)
    breakStrategy = android.graphics.text.LineBreaker.BREAK_STRATEGY_HIGH_QUALITY
    hyphenationFrequency = android.text.Layout.HYPHENATION_FREQUENCY_NONE
    includeFontPadding = false
}

/** The name of a group of cards or rows, which TalkBack can jump to. */
fun Ui.group(words: CharSequence): TextView = text(words, Type.Group).apply {
    setPadding(dp(4), dp(8), dp(4), 0)
    heading(this)
}

/** Says to TalkBack that a text heads what follows, where the phone knows about that. */
fun heading(view: View) {
    if (android.os.Build.VERSION.SDK_INT >= 28) view.isAccessibilityHeading = true
}

/** A sign that only repeats what words beside it say. */
fun Ui.icon(id: Int, color: Int = R.color.ink_soft, size: Number = 24): ImageView = ImageView(context).apply {
    setImageDrawable(sign(id, color, size))
    minimumWidth = dp(grown(size))
    minimumHeight = dp(grown(size))
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
}

/** How loud a button is. */
enum class Loud {
    /** The one thing that a screen is for. */
    Main,

    /** A thing to do among others. */
    Second,

    /** A way out, or something rare. */
    Quiet,
}

/** A button. [main] ones are higher, filled with the colour of the vest. */
fun Ui.button(words: CharSequence, loud: Loud = Loud.Second, sign: Int? = null, act: () -> Unit): TextView =
    text(words, if (loud == Loud.Main) Type.Head else Type.Body).apply {
        val ink = when (loud) {
            Loud.Main -> R.color.on_accent
            Loud.Second -> R.color.ink
            Loud.Quiet -> R.color.accent_ink
        }
        typeface = face(true)
        setTextColor(color(ink))
        gravity = Gravity.CENTER
        minHeight = dp(if (loud == Loud.Main) MAIN_TARGET else TARGET)
        minWidth = dp(MAIN_TARGET)
        setPadding(dp(16), dp(8), dp(16), dp(8))
        background = touchable(
            when (loud) {
                Loud.Main -> ground(R.color.accent, 20)
                Loud.Second -> ground(R.color.surface, 14, R.color.line)
                Loud.Quiet -> ground(android.R.color.transparent, 14)
            },
        )
        if (sign != null) lead(words, sign(sign, ink, grown(22)), dp(8))
        asButton(this, act)
    }

/** Makes a view a button for fingers, keyboards and TalkBack. */
fun asButton(view: View, act: () -> Unit) {
    view.isClickable = true
    view.isFocusable = true
    view.setOnClickListener { act() }
    view.accessibilityDelegate = ButtonRole
}

private object ButtonRole : View.AccessibilityDelegate() {
    override fun onInitializeAccessibilityNodeInfo(host: View, info: android.view.accessibility.AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(host, info)
        info.className = "android.widget.Button"
    }
}

/** A button that is a sign alone; TalkBack says the words. */
fun Ui.signButton(id: Int, words: CharSequence, color: Int = R.color.ink, act: () -> Unit): ImageView =
    ImageView(context).apply {
        setImageDrawable(sign(id, color))
        scaleType = ImageView.ScaleType.CENTER
        minimumWidth = dp(TARGET)
        minimumHeight = dp(TARGET)
        contentDescription = words
        background = touchable(ground(android.R.color.transparent, 24))
        asButton(this, act)
    }

/** A ground on which things that belong together lie. With an act the whole of it can be touched. */
fun Ui.card(
    gap: Number = 8, tone: Tone? = null, says: CharSequence? = null, act: (() -> Unit)? = null, build: Stack.() -> Unit,
): Stack = column(gap) {
    setPadding(dp(16), dp(14), dp(16), dp(14))
    val ground = if (tone == null) ground(R.color.surface, 16, R.color.line) else ground(tone.soft, 16)
    background = if (act == null) ground else touchable(ground)
    if (act != null) {
        minimumHeight = dp(TARGET)
        asButton(this, act)
    }
    if (says != null) contentDescription = says
    build()
}

/** A few words on a coloured ground: a state, a count. */
fun Ui.chip(words: CharSequence, tone: Tone = Tone.Plain, sign: Int? = null): TextView =
    text(words, Type.Small, tone.ink).apply {
        typeface = face(true)
        gravity = Gravity.CENTER_VERTICAL
        setPadding(dp(10), dp(5), dp(10), dp(5))
        background = ground(tone.soft, 12)
        if (sign != null) {
            setCompoundDrawablesRelative(sign(sign, tone.ink, grown(16)), null, null, null)
            compoundDrawablePadding = dp(4)
        }
    }

/** A choice among others that stand beside it. */
fun Ui.choice(words: CharSequence, chosen: Boolean, act: () -> Unit): TextView = text(words, Type.Body).apply {
    typeface = face(chosen)
    setTextColor(color(if (chosen) R.color.accent_ink else R.color.ink))
    gravity = Gravity.CENTER
    minHeight = dp(TARGET)
    minWidth = dp(TARGET)
    setPadding(dp(16), dp(8), dp(16), dp(8))
    background = touchable(
        if (chosen) ground(R.color.accent_soft, 24, R.color.accent_ink) else ground(R.color.surface, 24, R.color.line),
    )
    asButton(this, act)
    isSelected = chosen
    if (android.os.Build.VERSION.SDK_INT >= 30) {
        stateDescription = if (chosen) say(R.string.chosen) else say(R.string.not_chosen)
    }
}

/** A sentence that the user should read now, with a way on. TalkBack reads it when it appears. */
fun Ui.banner(
    tone: Tone, sign: Int, words: CharSequence, more: CharSequence? = null, acts: List<View> = emptyList(),
): Stack = card(gap = 8, tone = tone) {
    put(beside(12) {
        gravity = Gravity.TOP
        put(icon(sign, tone.ink))
        put(column(4) {
            // One line stands beside the middle of the sign.
            minimumHeight = dp(grown(24))
            gravity = Gravity.CENTER_VERTICAL
            put(text(words, Type.Head, tone.ink))
            if (more != null) put(text(more, Type.Soft, R.color.ink))
        }, weight = 1f)
    })
    if (acts.isNotEmpty()) put(flow(8, stretch = true, views = acts))
    accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
}

/** Text in the middle, in lines of about the same length. */
fun Ui.centred(words: CharSequence, type: Type = Type.Body): TextView = text(words, type).apply {
    gravity = Gravity.CENTER
    breakStrategy = android.graphics.text.LineBreaker.BREAK_STRATEGY_BALANCED
}

/** What stands where nothing is yet: what will stand here, and what brings it. */
fun Ui.empty(sign: Int, words: CharSequence, more: CharSequence, act: View? = null): Stack = column(12) {
    gravity = Gravity.CENTER_HORIZONTAL
    setPadding(dp(24), dp(40), dp(24), dp(40))
    put(icon(sign, R.color.ink_soft, 48), width = dp(48), height = dp(48))
    put(centred(words, Type.Head))
    put(centred(more, Type.Soft))
    put(act)
}

/** A name with what it is, under each other when there is no room beside each other. */
fun Ui.fact(name: CharSequence, value: CharSequence, tone: Tone? = null): View = Flow(context, dp(12), apart = true).apply {
    addView(text(name, Type.Soft))
    addView(text(value, Type.Body, tone?.ink ?: R.color.ink).apply { typeface = face(true) })
    setPadding(0, dp(3), 0, dp(3))
    contentDescription = "$name $value"
}

/** A field to write in, with its name above it. */
fun Ui.field(name: CharSequence, lines: Int = 1, hint: CharSequence = ""): EditText = EditText(context).apply {
    this.hint = hint
    contentDescription = name
    textSize = Type.Body.sp
    typeface = face(false)
    setTextColor(color(R.color.ink))
    setHintTextColor(color(R.color.ink_soft))
    background = ground(R.color.surface, 14, R.color.line)
    setPadding(dp(14), dp(12), dp(14), dp(12))
    minLines = lines
    // Of the view, since a number of lines takes the place of the text's own least height.
    minimumHeight = dp(TARGET)
    gravity = if (lines > 1) Gravity.TOP or Gravity.START else Gravity.CENTER_VERTICAL or Gravity.START
    inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_MULTI_LINE
    imeOptions = EditorInfo.IME_FLAG_NO_FULLSCREEN or EditorInfo.IME_FLAG_NO_EXTRACT_UI
}

/** Something to turn on and off, with what it does; all of it can be touched. */
fun Ui.toggle(name: CharSequence, more: CharSequence, on: Boolean, act: (Boolean) -> Unit): View {
    val knob = Knob(this, on)
    return card(act = { act(!on) }, says = "$name. $more") {
        put(beside(12) {
            put(column(4) {
                put(text(name, Type.Head))
                put(text(more, Type.Soft))
            }, weight = 1f)
            put(knob, width = dp(52), height = dp(32))
        })
        accessibilityDelegate = SwitchRole(on)
    }
}

private class SwitchRole(private val on: Boolean) : View.AccessibilityDelegate() {
    override fun onInitializeAccessibilityNodeInfo(host: View, info: android.view.accessibility.AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(host, info)
        info.className = "android.widget.Switch"
        info.isCheckable = true
        info.isChecked = on
    }
}
