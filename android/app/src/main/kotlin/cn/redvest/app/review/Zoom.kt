package cn.redvest.app.review

import android.graphics.Matrix

/** How many times larger a photo can be looked at, at most. */
private const val MOST = 8f

/**
 * How photos are looked at: so many times larger, the middle moved by parts of the panel's width and height. In parts,
 * so that it fits both panels and outlives a rotation. The photo's panel never shows what lies outside of it.
 */
data class Zoom(
    /** How many times larger, 1 to 8. */
    val scale: Float = 1f,
    /** How far the middle is moved to the right, in panel widths. */
    val x: Float = 0f,
    /** How far it is moved down, in panel heights. */
    val y: Float = 0f,
) {
    /** Enlarges or reduces around a spot, which is given in parts of the panel from its middle and stays where it is. */
    fun by(factor: Float, spotX: Float, spotY: Float): Zoom {
        val next = (scale * factor).coerceIn(1f, MOST)
        val real = next / scale
        return Zoom(next, spotX - (spotX - x) * real, spotY - (spotY - y) * real).kept()
    }

    /** Moves by parts of the panel. */
    fun moved(byX: Float, byY: Float): Zoom = copy(x = x + byX, y = y + byY).kept()

    private fun kept(): Zoom {
        val most = (scale - 1) / 2
        return copy(x = x.coerceIn(-most, most), y = y.coerceIn(-most, most))
    }

    /** What brings a picture of this size into a panel of that size: whole and in the middle, then as it is looked at. */
    fun matrix(picture: Pair<Int, Int>, panel: Pair<Int, Int>): Matrix {
        val (width, height) = panel.first.toFloat() to panel.second.toFloat()
        val fit = minOf(width / picture.first, height / picture.second)
        return Matrix().apply {
            setScale(fit, fit)
            postTranslate((width - picture.first * fit) / 2, (height - picture.second * fit) / 2)
            postScale(scale, scale, width / 2, height / 2)
            postTranslate(x * width, y * height)
        }
    }
}
