package cn.redvest.app.enrol

import android.annotation.SuppressLint
import android.graphics.Canvas
import android.graphics.Paint
import android.view.Gravity
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
import cn.redvest.app.ui.column
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.text

/** What the camera sees, with a frame to hold the code in. */
fun Ui.scanView(preview: View, back: () -> Unit): View = column {
    setBackgroundColor(color(R.color.ground))
    put(Overlay(context).apply {
        addView(preview, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
        addView(Aim(this@scanView), FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
    }, weight = 1f)
    put(text(say(R.string.scan_more)).apply {
        gravity = Gravity.CENTER
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

/** The corners of a square in the middle. */
@SuppressLint("ViewConstructor")
private class Aim(private val ui: Ui) : View(ui.context) {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = ui.color(R.color.on_accent)
        style = Paint.Style.STROKE
        strokeWidth = ui.dp(4).toFloat()
        strokeCap = Paint.Cap.ROUND
    }

    override fun onDraw(canvas: Canvas) {
        val side = minOf(width, height) * 0.7f
        val left = (width - side) / 2
        val top = (height - side) / 2
        val arm = side / 6
        for (x in listOf(left to 1, left + side to -1)) {
            for (y in listOf(top to 1, top + side to -1)) {
                canvas.drawLine(x.first, y.first, x.first + arm * x.second, y.first, paint)
                canvas.drawLine(x.first, y.first, x.first, y.first + arm * y.second, paint)
            }
        }
    }
}
