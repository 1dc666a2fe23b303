package cn.redvest.app.ui

import android.annotation.SuppressLint
import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout

/** Views under or beside each other, with the same room between any two that are shown. */
@SuppressLint("ViewConstructor")
class Stack(context: Context, upright: Boolean, private val gap: Int) : LinearLayout(context) {
    init {
        orientation = if (upright) VERTICAL else HORIZONTAL
        if (!upright) gravity = Gravity.CENTER_VERTICAL
        isBaselineAligned = false
    }

    /** Adds a view; with a weight it takes what room is left. A view that is missing adds nothing. */
    fun put(view: View?, weight: Float = 0f, width: Int? = null, height: Int? = null): Stack {
        if (view == null) return this
        val upright = orientation == VERTICAL
        val along = if (weight > 0f) 0 else WRAP_CONTENT
        val params = LayoutParams(
            width ?: if (upright) MATCH_PARENT else along,
            height ?: if (upright) along else WRAP_CONTENT,
            weight,
        )
        if (childCount > 0) if (upright) params.topMargin = gap else params.marginStart = gap
        addView(view, params)
        return this
    }
}

/**
 * Views beside each other as long as there is room, then in the next line: for chips, and for buttons when letters are
 * large. With [stretch] those of a line share its width equally; with [apart] the last of the first line stands at its end.
 */
@SuppressLint("ViewConstructor")
class Flow(
    context: Context, private val gap: Int, private val stretch: Boolean = false, private val apart: Boolean = false,
) : ViewGroup(context) {
    private val lines = ArrayList<List<View>>()

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val bounded = MeasureSpec.getMode(widthMeasureSpec) != MeasureSpec.UNSPECIFIED
        val room = if (bounded) MeasureSpec.getSize(widthMeasureSpec) - paddingLeft - paddingRight else Int.MAX_VALUE / 2
        val shown = (0 until childCount).map(::getChildAt).filter { it.visibility != GONE }
        val most = MeasureSpec.makeMeasureSpec(room, MeasureSpec.AT_MOST)
        val free = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        shown.forEach { it.measure(most, free) }
        if (stretch) shareOut(shown, room) else breakLines(shown, room)
        val needed = lines.maxOfOrNull { line -> line.sumOf { it.measuredWidth } + gap * (line.size - 1) } ?: 0
        val height = lines.sumOf { line -> line.maxOf { it.measuredHeight } } + gap * maxOf(0, lines.size - 1)
        setMeasuredDimension(
            resolveSize((if (apart && bounded) room else needed) + paddingLeft + paddingRight, widthMeasureSpec),
            resolveSize(height + paddingTop + paddingBottom, heightMeasureSpec),
        )
    }

    private fun breakLines(shown: List<View>, room: Int) {
        lines.clear()
        var line = ArrayList<View>()
        var used = 0
        for (view in shown) {
            val wanted = view.measuredWidth + if (line.isEmpty()) 0 else gap
            if (line.isNotEmpty() && used + wanted > room) {
                lines.add(line)
                line = ArrayList()
                used = 0
            }
            used += view.measuredWidth + if (line.isEmpty()) 0 else gap
            line.add(view)
        }
        if (line.isNotEmpty()) lines.add(line)
    }

    /** All in one line of equal parts if each fits into its part, else each in a line of its own. */
    private fun shareOut(shown: List<View>, room: Int) {
        lines.clear()
        if (shown.isEmpty()) return
        val part = (room - gap * (shown.size - 1)) / shown.size
        val together = shown.all { it.measuredWidth <= part }
        val width = MeasureSpec.makeMeasureSpec(if (together) part else room, MeasureSpec.EXACTLY)
        shown.forEach { it.measure(width, MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)) }
        if (together) lines.add(shown) else shown.mapTo(lines) { listOf(it) }
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        val mirrored = layoutDirection == LAYOUT_DIRECTION_RTL
        var y = paddingTop
        for (line in lines) {
            var x = paddingLeft
            val height = line.maxOf { it.measuredHeight }
            for (view in line) {
                if (apart && line.size > 1 && view === line.last()) x = width - paddingRight - view.measuredWidth
                val start = if (mirrored) width - x - view.measuredWidth else x
                val down = y + (height - view.measuredHeight) / 2
                view.layout(start, down, start + view.measuredWidth, down + view.measuredHeight)
                x += view.measuredWidth + gap
            }
            y += height + gap
        }
    }
}

/** Views that lie over each other on purpose, such as words over what the camera sees. */
open class Overlay(context: Context) : android.widget.FrameLayout(context)
