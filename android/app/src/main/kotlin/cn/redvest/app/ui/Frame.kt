package cn.redvest.app.ui

import android.annotation.SuppressLint
import android.os.Build
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.WindowInsets
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import cn.redvest.app.R

/** Widest column of text that is read with ease, in dp. */
private const val COLUMN = 640

/**
 * What every screen stands in: a title with the way back, a body that scrolls, and what to do at the bottom, where a
 * thumb reaches it. The body can be shown anew while the place that the user scrolled to stays.
 */
@SuppressLint("ViewConstructor")
class Frame(private val ui: Ui, title: CharSequence?, back: (() -> Unit)?) : LinearLayout(ui.context) {
    private val scroll = ScrollView(ui.context)
    private val inner = FrameLayout(ui.context)
    private val foot = FrameLayout(ui.context)
    private val heading: TextView = ui.text(title ?: "", Type.Title)

    init {
        orientation = VERTICAL
        setBackgroundColor(ui.color(R.color.ground))
        if (title != null || back != null) addView(head(back), LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        scroll.isFillViewport = true
        scroll.clipToPadding = false
        val side = ui.dp(SIDE)
        inner.setPadding(side, ui.dp(8), side, ui.dp(24))
        scroll.addView(inner, FrameLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        addView(scroll, LayoutParams(MATCH_PARENT, 0, 1f))
        addView(foot, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        setOnApplyWindowInsetsListener { _, insets -> keepClear(insets) }
    }

    private fun head(back: (() -> Unit)?): View = ui.beside(4) {
        setPadding(ui.dp(if (back == null) SIDE else 4), ui.dp(6), ui.dp(SIDE), ui.dp(6))
        minimumHeight = ui.dp(56)
        if (back != null) put(ui.signButton(R.drawable.ic_back, ui.say(R.string.back), act = back))
        heading(heading)
        put(heading, weight = 1f)
    }

    /** The words over the screen. */
    fun title(words: CharSequence) {
        heading.text = words
    }

    /** What the screen says, in place of what it said. */
    fun body(view: View) {
        inner.removeAllViews()
        val params = FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT, Gravity.CENTER_HORIZONTAL)
        inner.addView(Narrow(ui, view), params)
    }

    /** What can be done here, at the bottom; nothing takes it away. */
    fun foot(view: View?) {
        foot.removeAllViews()
        if (view == null) return
        foot.addView(ui.column {
            put(View(context).apply { setBackgroundColor(ui.color(R.color.line)) }, height = ui.dp(1))
            put(view)
            setBackgroundColor(ui.color(R.color.surface))
        })
    }

    /** Keeps everything clear of the system's bars, a notch and the keyboard. */
    private fun keepClear(insets: WindowInsets): WindowInsets {
        if (Build.VERSION.SDK_INT >= 30) {
            val kinds = WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout() or WindowInsets.Type.ime()
            val room = insets.getInsets(kinds)
            setPadding(room.left, room.top, room.right, room.bottom)
            return WindowInsets.CONSUMED
        }
        @Suppress("DEPRECATION")
        setPadding(
            insets.systemWindowInsetLeft, insets.systemWindowInsetTop,
            insets.systemWindowInsetRight, insets.systemWindowInsetBottom,
        )
        @Suppress("DEPRECATION")
        return insets.consumeSystemWindowInsets()
    }
}

/** A view that becomes no wider than text is read with ease, in the middle of a wide screen. */
@SuppressLint("ViewConstructor")
private class Narrow(private val ui: Ui, view: View) : FrameLayout(ui.context) {
    init {
        addView(view, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val spare = MeasureSpec.getSize(widthMeasureSpec) - ui.dp(COLUMN)
        val side = if (spare > 0) spare / 2 else 0
        setPadding(side, 0, side, 0)
        super.onMeasure(widthMeasureSpec, heightMeasureSpec)
    }
}

/** The buttons at the bottom of a screen. */
fun Ui.footer(vararg buttons: View): View = flow(8, stretch = true, views = buttons.toList()).apply {
    setPadding(dp(SIDE), dp(10), dp(SIDE), dp(10))
}

/** The buttons at the bottom, under what is still [lack]ing, a sentence, once somebody touched them too early. */
fun Ui.lacking(lack: String?, buttons: View): View {
    if (lack == null) return buttons
    return column {
        put(text(lack, Type.Body, Tone.Bad.ink).apply {
            setPadding(dp(SIDE), dp(10), dp(SIDE), 0)
            accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        })
        put(buttons)
    }
}

/** One place that the bottom navigation leads to. */
class Place(
    /** Its sign. */
    val sign: Int,
    /** Its name. */
    val name: Int,
    /** What waits there; zero shows nothing. */
    val count: Long,
)

/** The bottom navigation: at most five places, in reach of one thumb. */
fun Ui.navigation(places: List<Place>, at: Int, go: (Int) -> Unit): View = beside {
    setBackgroundColor(color(R.color.surface))
    setPadding(dp(4), 0, dp(4), 0)
    places.forEachIndexed { index, place -> put(placeView(place, index == at) { go(index) }, weight = 1f) }
}

private fun Ui.placeView(place: Place, here: Boolean, go: () -> Unit): View = column(2) {
    val ink = if (here) R.color.accent_ink else R.color.ink_soft
    gravity = Gravity.CENTER
    minimumHeight = dp(60)
    setPadding(dp(2), dp(8), dp(2), dp(8))
    background = touchable(ground(android.R.color.transparent, 16))
    val name = say(place.name)
    contentDescription = if (place.count > 0) "$name, ${place.count}" else name
    isSelected = here
    asButton(this, go)
    val sign = ImageView(context).apply { setImageDrawable(sign(place.sign, ink)) }
    put(beside(3) {
        gravity = Gravity.CENTER
        put(sign, width = dp(24), height = dp(24))
        if (place.count > 0) put(badge(place.count))
    }, width = WRAP_CONTENT)
    put(text(name, Type.Small, ink).apply {
        gravity = Gravity.CENTER
        typeface = face(here)
    })
    for (index in 0 until childCount) getChildAt(index).importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE
}

private const val IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE = View.IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS

private fun Ui.badge(count: Long): TextView = text(if (count > 99) "99+" else "$count", Type.Small, R.color.on_accent).apply {
    typeface = face(true)
    gravity = Gravity.CENTER
    minWidth = dp(20)
    setPadding(dp(5), dp(1), dp(5), dp(1))
    background = ground(R.color.accent, 10)
}
