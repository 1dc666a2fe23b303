package cn.redvest.app.report

import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.FrameLayout
import cn.redvest.app.R
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Overlay
import cn.redvest.app.ui.SIDE
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.button
import cn.redvest.app.ui.column
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.signButton
import cn.redvest.app.ui.text
import cn.redvest.app.ui.beside

/**
 * What the camera sees over the shutter, which is in reach of one thumb. [ghost] is seen through it to stand alike, and
 * [about] stands above it.
 */
fun Ui.shootView(preview: View, title: String, ghost: View?, back: () -> Unit, shoot: () -> Unit, about: View? = null): View = column {
    setBackgroundColor(color(R.color.ground))
    put(beside(4) {
        setPadding(dp(4), dp(6), dp(16), dp(6))
        put(signButton(R.drawable.ic_back, say(R.string.back), act = back))
        put(text(title, Type.Title), weight = 1f)
    })
    put(about?.let { above ->
        FrameLayout(context).apply {
            setPadding(dp(SIDE), 0, dp(SIDE), dp(8))
            addView(above)
        }
    })
    put(Overlay(context).apply {
        addView(preview, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
        if (ghost != null) addView(ghost.apply { alpha = GHOST }, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
    }, weight = 1f)
    put(footer(button(say(R.string.shoot), Loud.Main, R.drawable.ic_camera, shoot).apply { minHeight = dp(80) }))
    setOnApplyWindowInsetsListener { _, insets -> cn.redvest.app.enrol.clearOfBars(this, insets) }
}

/** How much of the photo before is seen over the picture of now. */
private const val GHOST = 0.4f

/** The screen when the camera gives nothing for what is called [title]: why, and two ways on. */
fun Ui.shootTrouble(why: CameraTrouble, title: String, back: () -> Unit, again: () -> Unit, other: () -> Unit, without: () -> Unit): View =
    Frame(this, title, back).apply {
        val (words, more) = when (why) {
            CameraTrouble.DENIED -> R.string.scan_denied to R.string.shoot_denied_more
            CameraTrouble.MISSING -> R.string.shoot_missing to R.string.shoot_missing_more
            CameraTrouble.BUSY -> R.string.scan_no_camera to R.string.shoot_busy_more
            CameraTrouble.FULL -> R.string.shoot_full to R.string.shoot_full_more
        }
        body(banner(Tone.Warn, R.drawable.ic_camera, say(words), say(more)))
        foot(footer(*listOfNotNull(
            button(say(R.string.go_on_without), act = without),
            when (why) {
                CameraTrouble.DENIED -> button(say(R.string.open_settings), act = again)
                CameraTrouble.BUSY -> button(say(R.string.system_camera), act = other)
                else -> button(say(R.string.try_again), act = again)
            },
        ).toTypedArray()))
    }
