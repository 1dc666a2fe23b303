package cn.redvest.app.looks

import android.content.Context
import android.content.res.Configuration
import android.view.ContextThemeWrapper
import android.view.View
import android.view.View.MeasureSpec
import android.view.ViewGroup
import android.widget.ScrollView
import cn.redvest.app.R
import org.robolectric.RuntimeEnvironment
import java.util.Locale

/** One way in which a phone can be set up. */
data class Look(val language: String, val night: Boolean, val width: Int, val font: Float) {
    override fun toString(): String = "$language ${if (night) "dark" else "light"} ${width}dp ×$font"

    /** The app's theme on such a phone, with so many dots to a dp. */
    fun context(dpi: Int): Context {
        val app = RuntimeEnvironment.getApplication()
        val settings = Configuration(app.resources.configuration)
        settings.setLocale(Locale.forLanguageTag(if (language == "zh") "zh-CN" else "en-GB"))
        settings.fontScale = font
        settings.densityDpi = dpi
        settings.screenWidthDp = width
        settings.smallestScreenWidthDp = width
        settings.screenHeightDp = HEIGHT
        settings.uiMode = Configuration.UI_MODE_TYPE_NORMAL or
            if (night) Configuration.UI_MODE_NIGHT_YES else Configuration.UI_MODE_NIGHT_NO
        return ContextThemeWrapper(app.createConfigurationContext(settings), R.style.App)
    }

    companion object {
        /** Height of the smallest phone in dp. */
        const val HEIGHT = 640

        /** Every way that is looked at. */
        val ALL: List<Look> = listOf(360, 600).flatMap { width ->
            listOf(1.0f, 1.6f).flatMap { font ->
                listOf("zh", "en").flatMap { language ->
                    listOf(false, true).map { night -> Look(language, night, width, font) }
                }
            }
        }
    }
}

/** Lays a screen out in a window of this size. */
fun layOut(view: View, width: Int, height: Int) {
    // A window says which way it is read. Until somebody does, what stands at the start of a text is not placed at all.
    view.layoutDirection = View.LAYOUT_DIRECTION_LOCALE
    view.measure(
        MeasureSpec.makeMeasureSpec(width, MeasureSpec.EXACTLY), MeasureSpec.makeMeasureSpec(height, MeasureSpec.EXACTLY),
    )
    view.layout(0, 0, width, height)
}

/** Lays a screen out so high that nothing is left to scroll to, and says how high that is. */
fun layOutWhole(view: View, width: Int, least: Int): Int {
    layOut(view, width, least)
    val hidden = scrolls(view).maxOfOrNull { (it.getChildAt(0)?.height ?: 0) - it.height } ?: 0
    val height = least + maxOf(0, hidden)
    if (hidden > 0) layOut(view, width, height)
    return height
}

/** The parts of a screen that scroll. */
fun scrolls(view: View): List<ScrollView> = all(view).filterIsInstance<ScrollView>()

/** A view and everything in it that is shown. */
fun all(view: View): List<View> {
    if (view.visibility != View.VISIBLE) return emptyList()
    if (view !is ViewGroup) return listOf(view)
    return listOf(view) + (0 until view.childCount).flatMap { all(view.getChildAt(it)) }
}
