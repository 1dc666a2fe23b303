package cn.redvest.app.looks

import android.graphics.Color
import android.graphics.Rect
import android.graphics.drawable.ColorDrawable
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.LayerDrawable
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.TextView
import cn.redvest.app.ui.Overlay
import kotlin.math.pow

/** Least contrast of text on its ground. */
private const val CONTRAST = 4.5

/** What no screen may do, on any phone. Each law gives a sentence for every place that breaks it. */
class Laws(private val root: View, private val density: Float) {
    private val views = all(root)

    /** Everything that is wrong with the screen as it is laid out. */
    fun broken(): List<String> = texts() + overlaps() + outside() + targets() + labels() + contrasts()

    private fun texts(): List<String> = views.filterIsInstance<TextView>().flatMap { view ->
        val layout = view.layout ?: return@flatMap emptyList()
        val found = ArrayList<String>()
        for (line in 0 until layout.lineCount) {
            if (layout.getEllipsisCount(line) > 0) found += "${name(view)} is cut off with dots"
            val end = layout.getLineEnd(line)
            val text = view.text
            if (end in 1 until text.length && letter(text[end - 1]) && letter(text[end]) && view !is EditText) {
                found += "${name(view)} breaks a word"
            }
        }
        val room = view.height - view.compoundPaddingTop - view.compoundPaddingBottom
        if (layout.height > room + 1 && view !is EditText) found += "${name(view)} is ${layout.height - room} px too high for its view"
        val wide = view.width - view.compoundPaddingLeft - view.compoundPaddingRight
        val widest = (0 until layout.lineCount).maxOfOrNull { layout.getLineMax(it) } ?: 0f
        if (widest > wide + 1) found += "${name(view)} is ${widest - wide} px too wide for its view"
        found
    }

    private fun letter(sign: Char) = sign in 'a'..'z' || sign in 'A'..'Z'

    private fun overlaps(): List<String> = views.filterIsInstance<ViewGroup>().filter { it !is Overlay }.flatMap { group ->
        val children = (0 until group.childCount).map(group::getChildAt).filter { it.visibility == View.VISIBLE }
        children.flatMapIndexed { index, one ->
            children.drop(index + 1).filter { Rect.intersects(frame(one), frame(it)) }
                .map { "${name(one)} lies over ${name(it)}" }
        }
    }

    private fun frame(view: View) = Rect(view.left, view.top, view.right, view.bottom)

    private fun outside(): List<String> = views.filter { it !== root }.mapNotNull { view ->
        val at = place(view)
        val parent = view.parent as ViewGroup
        when {
            at.left < 0 || at.right > root.width -> "${name(view)} leaves the window at its side: $at"
            view.width == 0 && (view as? TextView)?.text?.isNotEmpty() == true -> "${name(view)} has no width"
            view.top < 0 || view.bottom > parent.height -> "${name(view)} leaves what it stands in"
            else -> null
        }
    }

    private fun place(view: View): Rect {
        val at = Rect(0, 0, view.width, view.height)
        (root as ViewGroup).offsetDescendantRectToMyCoords(view, at)
        return at
    }

    private fun targets(): List<String> = views.filter { it.isClickable }.mapNotNull { view ->
        val (width, height) = view.width / density to view.height / density
        if (width >= 47.5f && height >= 47.5f) null else "${name(view)} is too small to touch: $width × $height dp"
    }

    private fun labels(): List<String> = views.filter { it.isClickable }.mapNotNull { view ->
        val said = all(view).any { !it.contentDescription.isNullOrBlank() || !(it as? TextView)?.text.isNullOrBlank() }
        if (said) null else "${name(view)} has no words for TalkBack"
    }

    /** Text that is too faint on its ground; needs no layout. */
    fun contrasts(): List<String> = views.filterIsInstance<TextView>().flatMap { view ->
        val ground = groundOf(view) ?: return@flatMap listOf("${name(view)} stands on no known ground")
        val found = ArrayList<String>()
        if (view.text.isNotEmpty()) found += tooFaint(view, view.currentTextColor, ground)
        if (view.text.isEmpty() && !view.hint.isNullOrEmpty()) found += tooFaint(view, view.currentHintTextColor, ground)
        found
    }

    private fun tooFaint(view: View, ink: Int, ground: Int): List<String> {
        val contrast = contrast(ink, ground)
        return if (contrast >= CONTRAST) emptyList() else listOf("${name(view)} has a contrast of ${"%.2f".format(contrast)}")
    }

    /** The first ground under a view that can be seen. */
    private fun groundOf(view: View): Int? {
        var here: View? = view
        while (here != null) {
            here.background?.let(::solid)?.let { return it }
            here = if (here === root) null else here.parent as? View
        }
        return null
    }

    private fun solid(drawable: Drawable): Int? {
        val color = when (drawable) {
            is ColorDrawable -> drawable.color
            is GradientDrawable -> drawable.color?.defaultColor
            is LayerDrawable -> (0 until drawable.numberOfLayers).firstNotNullOfOrNull { solid(drawable.getDrawable(it)) }
            else -> null
        }
        return color?.takeIf { Color.alpha(it) == 255 }
    }

    private fun name(view: View): String {
        val words = view.contentDescription ?: (view as? TextView)?.text
        return view.javaClass.simpleName + if (words.isNullOrEmpty()) "" else " “$words”"
    }
}

/** The contrast of two colours as the W3C computes it, from 1 to 21. */
fun contrast(one: Int, other: Int): Double {
    val (light, dark) = listOf(brightness(one), brightness(other)).sortedDescending()
    return (light + 0.05) / (dark + 0.05)
}

private fun brightness(color: Int): Double {
    fun part(value: Int): Double {
        val share = value / 255.0
        return if (share <= 0.04045) share / 12.92 else ((share + 0.055) / 1.055).pow(2.4)
    }
    return 0.2126 * part(Color.red(color)) + 0.7152 * part(Color.green(color)) + 0.0722 * part(Color.blue(color))
}
