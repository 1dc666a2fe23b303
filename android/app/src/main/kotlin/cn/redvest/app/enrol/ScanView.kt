package cn.redvest.app.enrol

import android.annotation.SuppressLint
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import cn.redvest.app.R
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Overlay
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.button
import cn.redvest.app.ui.centred
import cn.redvest.app.ui.column
import cn.redvest.app.ui.footer

/** What the camera sees, with a frame to hold the code in. */
fun Ui.scanView(preview: View, back: () -> Unit): View = column {
    setBackgroundColor(color(R.color.ground))
    put(Overlay(context).apply {
        addView(preview, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
        addView(Aim(this@scanView), FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
    }, weight = 1f)
    put(centred(say(R.string.scan_more)).apply {
        setPadding(dp(16), dp(16), dp(16), dp(4))
    })
    put(footer(button(say(R.string.type_it), Loud.Second, act = back)))
    setOnApplyWindowInsetsListener { _, insets -> clearOfBars(this, insets) }
}

/** Keeps what can be touched clear of the system's bars. */
@Suppress("DEPRECATION") // Its replacement came with API 30.
internal fun clearOfBars(view: View, insets: android.view.WindowInsets): android.view.WindowInsets {
    view.setPadding(
        insets.systemWindowInsetLeft, insets.systemWindowInsetTop,
        insets.systemWindowInsetRight, insets.systemWindowInsetBottom,
    )
    return insets.consumeSystemWindowInsets()
}

/** The screen when the camera gives nothing. */
fun Ui.scanTrouble(why: CameraTrouble, back: () -> Unit, again: () -> Unit): View =
    Frame(this, say(R.string.scan_title), back).apply {
        val denied = why == CameraTrouble.DENIED
        body(
            banner(
                Tone.Warn, R.drawable.ic_camera,
                say(if (denied) R.string.scan_denied else R.string.scan_no_camera),
                say(if (denied) R.string.scan_denied_more else R.string.scan_no_camera_more),
            ),
        )
        foot(
            footer(
                button(say(R.string.type_it), act = back),
                button(say(if (denied) R.string.open_settings else R.string.try_again), act = again),
            ),
        )
    }

/** The corners of a square in the middle, light with a dark edge, so that they are seen before whatever the camera sees. */
@SuppressLint("ViewConstructor")
private class Aim(private val ui: Ui) : View(ui.context) {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeCap = Paint.Cap.ROUND
    }

    override fun onDraw(canvas: Canvas) {
        val side = minOf(width, height) * 0.7f
        val left = (width - side) / 2
        val top = (height - side) / 2
        val arm = side / 6
        for ((color, wide) in listOf(Color.argb(150, 0, 0, 0) to 8, ui.color(R.color.on_accent) to 4)) {
            paint.color = color
            paint.strokeWidth = ui.dp(wide).toFloat()
            corners(canvas, left, top, side, arm)
        }
    }

    private fun corners(canvas: Canvas, left: Float, top: Float, side: Float, arm: Float) {
        for (x in listOf(left to 1, left + side to -1)) {
            for (y in listOf(top to 1, top + side to -1)) {
                canvas.drawLine(x.first, y.first, x.first + arm * x.second, y.first, paint)
                canvas.drawLine(x.first, y.first, x.first, y.first + arm * y.second, paint)
            }
        }
    }
}
