package cn.redvest.app.ui

import android.annotation.SuppressLint
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.drawable.Drawable
import android.text.SpannableString
import android.text.style.ReplacementSpan
import android.view.View
import android.widget.TextView
import cn.redvest.app.R

/** Says words with a sign before them, both in the middle of the view; TalkBack reads the words alone. */
internal fun TextView.lead(words: CharSequence, sign: Drawable, gap: Int) {
    val both = SpannableString("\uFFFC$words")
    both.setSpan(SignSpan(sign, gap), 0, 1, SpannableString.SPAN_EXCLUSIVE_EXCLUSIVE)
    text = both
    contentDescription = words
}

/** A sign in a line of text, in the middle of the line's height. */
private class SignSpan(private val sign: Drawable, private val gap: Int) : ReplacementSpan() {
    override fun getSize(paint: Paint, text: CharSequence, start: Int, end: Int, fm: Paint.FontMetricsInt?): Int =
        sign.bounds.width() + gap

    override fun draw(
        canvas: Canvas, text: CharSequence, start: Int, end: Int, x: Float, top: Int, y: Int, bottom: Int, paint: Paint,
    ) {
        val metrics = paint.fontMetrics
        val middle = y + (metrics.ascent + metrics.descent) / 2
        canvas.save()
        canvas.translate(x, middle - sign.bounds.height() / 2f)
        sign.draw(canvas)
        canvas.restore()
    }
}

/** The picture of something that is on or off: a ring to the left, or a filled pill with the knob to the right. */
@SuppressLint("ViewConstructor")
internal class Knob(private val ui: Ui, private val on: Boolean) : View(ui.context) {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
    }

    override fun onDraw(canvas: Canvas) {
        val line = ui.dp(2).toFloat()
        val radius = (height - line) / 2
        paint.style = if (on) Paint.Style.FILL else Paint.Style.STROKE
        paint.strokeWidth = line
        paint.color = ui.color(if (on) R.color.accent else R.color.ink_soft)
        canvas.drawRoundRect(line / 2, line / 2, width - line / 2, height - line / 2, radius, radius, paint)
        paint.style = Paint.Style.FILL
        paint.color = ui.color(if (on) R.color.on_accent else R.color.ink_soft)
        val x = if (on) width - height / 2f else height / 2f
        canvas.drawCircle(x, height / 2f, radius * if (on) 0.72f else 0.5f, paint)
    }
}
